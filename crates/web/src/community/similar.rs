//! Topics that may answer already what somebody is about to ask.

use std::collections::HashSet;

use askama::Template;
use mainstreet_community::meaning::Asker;
use mainstreet_community::mutes;
use mainstreet_community::search::{self, Ways};
use mainstreet_community::topics::{self, Row};
use mainstreet_kernel::{Error, Result};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/new/similar", show)
}

/// How many are named.
const NAMED: usize = 5;
/// Fewer letters than this say nothing yet.
const LEAST: usize = 8;
/// As much of what was typed is looked at, in characters.
const MOST: usize = 600;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    title: String,
}

#[derive(Template)]
#[template(path = "parts/similar.html")]
struct Similar {
    chrome: Chrome,
    similar: Vec<Row>,
}

/// `GET /new/similar?title=…`: the list alone, for the script of the form.
async fn show(cx: Cx) -> Page {
    cx.member()?;
    let asked: Asked = cx.query()?;
    let similar = find(&cx, &asked.title, "").await?;
    views::html(&Similar { chrome: cx.chrome(), similar })
}

/// Topics that begin with something like this, as the reader may see them.
pub(super) async fn find(cx: &Cx, title: &str, body: &str) -> Result<Vec<Row>> {
    let text: String = format!("{} {}", title.trim(), body.trim()).chars().take(MOST).collect();
    if text.trim().chars().count() < LEAST {
        return Ok(Vec::new());
    }
    let viewer = cx.reader();
    let (visible, muted) = cx
        .read(move |tx| {
            let muted = match viewer.person {
                Some(person) => mutes::hidden_from(tx, person)?,
                None => HashSet::new(),
            };
            Ok((search::visible(tx, viewer)?, muted))
        })
        .await?;
    let (index, meaning) = (cx.app.search.clone(), cx.app.meaning.clone());
    let hidden = muted.clone();
    let look = move || {
        let asker = Asker { visible: visible.as_deref(), muted: &muted };
        search::alike(Ways { words: &index, meaning: &meaning }, &text, asker, None, 2 * NAMED)
    };
    let found = tokio::task::spawn_blocking(look).await.map_err(Error::internal)??;
    let mut rows = cx.read(move |tx| topics::store::rows(tx, viewer, &found)).await?;
    rows.retain(|row| !hidden.contains(&row.author.id));
    rows.truncate(NAMED);
    Ok(rows)
}
