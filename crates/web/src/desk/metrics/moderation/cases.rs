//! `GET /desk/metrics/{figure}/cases`: the posts and members behind a figure of moderation.

use askama::Template;
use mainstreet_desk::metrics::definitions::{self, Behind, Definition};
use mainstreet_desk::metrics::figures::Query;
use mainstreet_desk::metrics::moderation::{self, Row};
use mainstreet_kernel::Error;
use serde::Deserialize;

use crate::desk::metrics::window::Window;
use crate::request::Cx;
use crate::views::{self, Chrome, Page};

const PAGE: usize = 50;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Choice {
    only: String,
    page: String,
}

#[derive(Template)]
#[template(path = "desk/metrics/cases.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    definition: &'static Definition,
    window: Window,
    /// The name of the space, when one is chosen.
    place: Option<String>,
    rows: Vec<Row>,
    total: usize,
    counts: bool,
    only: Option<bool>,
    page: usize,
    more: bool,
}

impl Show {
    fn said_total(&self) -> String {
        views::counted(i64::try_from(self.total).unwrap_or(i64::MAX), "case", "cases")
    }

    fn href(&self, row: &Row) -> String {
        match (row.decision, row.post) {
            (0, Some(post)) => format!("/p/{}", mainstreet_kernel::id::encode(post)),
            (0, None) => String::new(),
            (decision, _) => {
                format!("/desk/moderation/decisions/{}", mainstreet_kernel::id::encode(decision))
            }
        }
    }
}

/// `GET /desk/metrics/{figure}/cases?from=..&to=..&only=yes`
pub(super) async fn show(cx: Cx) -> Page {
    let actor = cx.audits()?.actor();
    let id: String = cx.path("figure")?;
    let definition = definitions::find(&id)
        .filter(|definition| definition.behind == Behind::Cases)
        .ok_or_else(|| Error::not_found("There is no figure of this name with cases behind it."))?;
    let (mut window, choice) = (Window::read(&cx)?, cx.query::<Choice>()?);
    let (query, only) = (window.query.clone(), super::only(&choice.only));
    let (place, all) = cx
        .read(move |tx| {
            let place = moderation::choose(tx, actor, query.space)?;
            let query = Query { space: place.space, ..query };
            Ok((place, moderation::rows(tx, &query, definition.id, actor, only)?))
        })
        .await?;
    window.query.space = place.space;
    let page = choice.page.parse::<usize>().unwrap_or(1).clamp(1, 100_000);
    let total = all.len();
    let counts = only.is_some() || all.iter().any(|row| row.counted.is_some());
    let rows: Vec<Row> = all.into_iter().skip((page - 1) * PAGE).take(PAGE).collect();
    views::html(&Show {
        chrome: cx.chrome(),
        here: "metrics",
        waiting: cx.waiting().await?,
        definition,
        more: page * PAGE < total,
        window,
        place: place.name,
        rows,
        total,
        counts,
        only,
        page,
    })
}
