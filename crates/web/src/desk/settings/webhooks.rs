//! Other programs that rules may tell. Owners only.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_desk::webhooks::{self, Webhook};
use mainstreet_kernel::id::EntryId;
use mainstreet_kernel::{Error, Result, Role};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::{Routes, is_mistake};
use crate::views::{self, Chrome, Page};

const PATH: &str = "/desk/settings/webhooks";

pub(super) fn routes() -> Routes {
    Routes::new().get(PATH, show).post(PATH, add).post("/desk/settings/webhooks/{id}/removal", remove)
}

#[derive(Template)]
#[template(path = "desk/settings/webhooks.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    part: &'static str,
    all: Vec<Webhook>,
    form: Form,
    error: String,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Form {
    name: String,
    url: String,
    secret: String,
}

async fn draw(cx: &Cx, form: Form, error: Option<Error>) -> Page {
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let page = Show {
        chrome: cx.chrome(),
        here: "settings",
        waiting: cx.waiting().await?,
        part: "webhooks",
        all: cx.read(webhooks::all).await?,
        form,
        error: error.map(|error| error.safe.into_owned()).unwrap_or_default(),
    };
    views::html_with(status, &page)
}

/// `GET /desk/settings/webhooks`
async fn show(cx: Cx) -> Page {
    cx.at_least(Role::Owner)?;
    draw(&cx, Form::default(), None).await
}

/// `POST /desk/settings/webhooks`
async fn add(cx: Cx) -> Page {
    let (actor, form) = (cx.at_least(Role::Owner)?.actor(), cx.form::<Form>()?);
    let typed = form.clone();
    let added: Result<()> =
        cx.write(move |tx| webhooks::add(tx, actor, &form.name, &form.url, &form.secret)).await;
    match added {
        Ok(()) => views::see_saying(&cx, PATH, "Added. Rules can tell it by its name from now on."),
        Err(error) if is_mistake(&error) => draw(&cx, typed, Some(error)).await,
        Err(error) => Err(error),
    }
}

/// `POST /desk/settings/webhooks/{id}/removal`
async fn remove(cx: Cx) -> Page {
    let (actor, _) = (cx.at_least(Role::Owner)?.actor(), cx.form::<serde::de::IgnoredAny>()?);
    let id = cx.path::<EntryId>("id")?;
    cx.write(move |tx| webhooks::remove(tx, actor, id)).await?;
    views::see_saying(&cx, PATH, "Removed. Nothing is sent there any more.")
}
