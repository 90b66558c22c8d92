//! Whom a mention may name: what the composer completes while somebody types.

use axum::http::{HeaderValue, header};
use mainstreet_community::people;
use mainstreet_kernel::Error;
use serde::{Deserialize, Serialize};

use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Page};

/// People offered at once.
const MOST: usize = 8;
/// The longest handle is 30 characters; imported ones may be longer, nobody types more.
const LONGEST: usize = 40;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/mentions", find)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
}

#[derive(Serialize)]
struct Found {
    handle: String,
    name: String,
}

/// `GET /mentions?q=mi`: at most eight people whose handle begins so, as JSON. For members: a list of all handles
/// is nothing for strangers. Two look-ups in indexes, kept by the browser for a minute.
async fn find(cx: Cx) -> Page {
    cx.member()?;
    let prefix = cx.query::<Asked>()?.q;
    let found = if prefix.is_empty() || prefix.chars().count() > LONGEST {
        Vec::new()
    } else {
        cx.read(move |tx| people::store::by_prefix(tx, &prefix, MOST)).await?
    };
    let found: Vec<Found> = found.into_iter().map(|(handle, name)| Found { handle, name }).collect();
    let mut response =
        views::typed("application/json", serde_json::to_string(&found).map_err(Error::internal)?);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=60"));
    Ok(response)
}
