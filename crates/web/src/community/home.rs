//! The front page: what was written last, and what waits for an answer.

use askama::Template;
use mainstreet_community::people::Viewer;
use mainstreet_community::spaces::Space;
use mainstreet_community::topics::{self, Key, List, Row};
use mainstreet_community::{accounts, spaces};
use serde::Deserialize;

use crate::pages::Depends;
use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

/// Rows on a page of a list.
pub(super) const ROWS: usize = 30;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/", latest).get("/unanswered", unanswered)
}

#[derive(Template)]
#[template(path = "community/home.html")]
struct Home {
    chrome: Chrome,
    list: &'static str,
    rows: Vec<Row>,
    waiting: Vec<Row>,
    spaces: Vec<Space>,
    next: Option<String>,
    first_page: bool,
}

/// What part of a list is asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Part {
    after: String,
}

impl Part {
    /// Where the list goes on.
    pub(super) fn key(&self) -> mainstreet_kernel::Result<Key> {
        if self.after.is_empty() { Ok(Key::START) } else { self.after.parse() }
    }
}

/// `GET /`
async fn latest(cx: Cx) -> Page {
    if cx.viewer.is_none() && cx.app.awaits_setup().await? {
        return views::see("/setup");
    }
    page(cx, List::Latest, "latest").await
}

/// `GET /unanswered`
async fn unanswered(cx: Cx) -> Page {
    page(cx, List::Unanswered, "unanswered").await
}

async fn page(cx: Cx, list: List, name: &'static str) -> Page {
    let key = cx.query::<Part>()?.key()?;
    let viewer = cx.reader();
    let (rows, waiting, spaces) = cx
        .read(move |tx| {
            let rows = topics::store::list(tx, viewer, list, key, ROWS)?;
            let waiting = topics::store::list(tx, viewer, List::Unanswered, Key::START, 3)?.rows;
            Ok((rows, waiting, spaces::store::all(tx, viewer)?))
        })
        .await?;
    let next = rows
        .more
        .then(|| rows.rows.last().map(|row| topics::store::key_after(list, row).to_string()))
        .flatten();
    let page = Home {
        chrome: cx.chrome(),
        list: name,
        rows: rows.rows,
        waiting,
        spaces,
        next,
        first_page: key == Key::START,
    };
    let mut response = views::html(&page)?;
    response.extensions_mut().insert(Depends::OnEverything);
    Ok(response)
}

impl Cx {
    /// The viewer, as the reads of the community want them.
    pub(crate) fn reader(&self) -> Viewer {
        self.actor().map_or(Viewer::GUEST, Viewer::from)
    }
}

impl crate::app::App {
    /// True while nobody owns the community and nothing is in it. An imported one can be read before it is set up.
    async fn awaits_setup(&self) -> mainstreet_kernel::Result<bool> {
        self.db
            .read(|tx| {
                let topics = topics::store::list(tx, Viewer::GUEST, List::Latest, Key::START, 1)?;
                Ok(topics.rows.is_empty() && !accounts::has_owner(tx)?)
            })
            .await
    }
}
