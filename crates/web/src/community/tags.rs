//! Tags: all in use, and the topics of one.

use askama::Template;
use mainstreet_community::tags::{self, Tag};
use mainstreet_community::topics::{self, List, Row};
use mainstreet_kernel::Error;

use super::home::{Part, ROWS};
use crate::pages::Depends;
use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/tags", index).get("/tags/{slug}", show)
}

#[derive(Template)]
#[template(path = "community/tags.html")]
struct Index {
    chrome: Chrome,
    tags: Vec<Tag>,
}

#[derive(Template)]
#[template(path = "community/tag.html")]
struct Show {
    chrome: Chrome,
    tag: Tag,
    rows: Vec<Row>,
    next: Option<String>,
    first_page: bool,
}

/// `GET /tags`
async fn index(cx: Cx) -> Page {
    let tags = cx.read(|tx| tags::store::common(tx, 200)).await?;
    let mut response = views::html(&Index { chrome: cx.chrome(), tags })?;
    response.extensions_mut().insert(Depends::OnEverything);
    Ok(response)
}

/// `GET /tags/{slug}`
async fn show(cx: Cx) -> Page {
    let (slug, viewer, key) = (cx.path::<String>("slug")?, cx.reader(), cx.query::<Part>()?.key()?);
    let (tag, rows) = cx
        .read(move |tx| {
            let tag =
                tags::store::by_slug(tx, &slug)?.ok_or_else(|| Error::not_found("There is no such tag."))?;
            let rows = topics::store::list(tx, viewer, List::Tag(tag.id), key, ROWS)?;
            Ok((tag, rows))
        })
        .await?;
    let list = List::Tag(tag.id);
    let next = rows
        .more
        .then(|| rows.rows.last().map(|row| topics::store::key_after(list, row).to_string()))
        .flatten();
    let mut response = views::html(&Show {
        chrome: cx.chrome(),
        tag,
        rows: rows.rows,
        next,
        first_page: key == topics::Key::START,
    })?;
    response.extensions_mut().insert(Depends::OnEverything);
    Ok(response)
}
