//! Addresses of the place an archive came from: they lead to the same thing here.

use mainstreet_community::redirects;
use mainstreet_kernel::Error;

use crate::request::Cx;
use crate::views::{self, Page};

/// Any path that no page has: perhaps one of another place that was imported.
pub(crate) async fn missing(cx: Cx) -> Page {
    let path = cx.uri.path().to_owned();
    let query = cx.uri.query().map(str::to_owned);
    let found = cx.read(move |tx| redirects::find(tx, &path, query.as_deref())).await?;
    match found {
        Some(path) => views::moved(&path),
        None => Err(Error::not_found("There is nothing at this address. It may have moved: try the search.")),
    }
}
