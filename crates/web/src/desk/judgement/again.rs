//! Reading open items again: first what would change, then, when a person says so, the change.

use std::collections::HashMap;

use askama::Template;
use axum::http::StatusCode;
use mainstreet_desk::judgement::{self, Difference};
use mainstreet_kernel::Error;
use mainstreet_kernel::id::SignalId;

use crate::request::Cx;
use crate::routes::{Routes, is_mistake};
use crate::views::{self, Chrome, Page};

const PATH: &str = "/desk/judgement/again";

pub(super) fn routes() -> Routes {
    Routes::new().get(PATH, show).post(PATH, read)
}

#[derive(Template)]
#[template(path = "desk/judgement/again.html")]
struct Again {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    /// Those that would change.
    changing: Vec<Difference>,
    /// How many would be said to be the same.
    same: usize,
    in_force: String,
    error: String,
}

async fn draw(cx: &Cx, error: Option<Error>) -> Page {
    let read = cx.read(|tx| Ok((judgement::differences(tx)?, judgement::in_force(tx)?.name().to_owned())));
    let (all, in_force) = read.await?;
    let (changing, same): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| !one.changes.is_empty());
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let page = Again {
        chrome: cx.chrome(),
        here: "judgement",
        waiting: cx.waiting().await?,
        changing,
        same: same.len(),
        in_force,
        error: error.map(|error| error.safe.into_owned()).unwrap_or_default(),
    };
    views::html_with(status, &page)
}

/// `GET /desk/judgement/again`
async fn show(cx: Cx) -> Page {
    cx.staff()?;
    draw(&cx, None).await
}

/// `POST /desk/judgement/again`: those that are ticked.
async fn read(cx: Cx) -> Page {
    let actor = cx.staff()?.actor();
    let fields = cx.form::<HashMap<String, String>>()?;
    let mut ids: Vec<SignalId> =
        fields.keys().filter_map(|name| name.strip_prefix("item-")?.parse().ok()).collect();
    ids.sort_unstable();
    match cx.write(move |tx| judgement::read_again(tx, actor, &ids)).await {
        Ok(count) => {
            let said = views::counted(i64::try_from(count).unwrap_or(i64::MAX), "item", "items");
            views::see_saying(
                &cx,
                PATH,
                format!("Read again: {said}. Each keeps what changed in its history."),
            )
        }
        Err(error) if is_mistake(&error) => draw(&cx, Some(error)).await,
        Err(error) => Err(error),
    }
}
