//! Prepared answers: the list, and the form to write one.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_desk::canned_replies::{self, CannedReply, VARIABLES};
use mainstreet_kernel::id::CannedReplyId;
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::{Routes, is_mistake};
use crate::views::{self, Chrome, Page};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/desk/canned-replies", show)
        .post("/desk/canned-replies", save)
        .post("/desk/canned-replies/{id}/removal", remove)
}

#[derive(Template)]
#[template(path = "desk/canned_replies.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    all: Vec<CannedReply>,
    form: Form,
    error: Option<String>,
    variables: &'static [(&'static str, &'static str)],
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Form {
    id: String,
    title: String,
    body: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    id: Option<CannedReplyId>,
}

async fn draw(cx: &Cx, form: Form, error: Option<(StatusCode, String)>) -> Page {
    let all = cx.read(canned_replies::all).await?;
    let status = error.as_ref().map_or(StatusCode::OK, |(status, _)| *status);
    let show = Show {
        chrome: cx.chrome(),
        here: "canned",
        waiting: cx.waiting().await?,
        all,
        form,
        error: error.map(|(_, text)| text),
        variables: VARIABLES,
    };
    views::html_with(status, &show)
}

/// `GET /desk/canned-replies?id=…`: the list, and one of them in the form.
async fn show(cx: Cx) -> Page {
    cx.staff()?;
    let form = match cx.query::<Asked>()?.id {
        None => Form::default(),
        Some(id) => {
            let found = cx.read(move |tx| canned_replies::find(tx, id)).await?;
            Form { id: found.id.to_string(), title: found.title, body: found.body }
        }
    };
    draw(&cx, form, None).await
}

/// `POST /desk/canned-replies`
async fn save(cx: Cx) -> Page {
    let (actor, form) = (cx.staff()?.actor(), cx.form::<Form>()?);
    let typed = form.clone();
    let saved = cx
        .write(move |tx| canned_replies::save(tx, actor, form.id.parse().ok(), &form.title, &form.body))
        .await;
    match saved {
        Ok(_) => views::see_saying(&cx, "/desk/canned-replies", "Saved."),
        Err(error) if is_mistake(&error) => {
            let shown = (crate::error::status(error.kind), error.safe.into_owned());
            draw(&cx, typed, Some(shown)).await
        }
        Err(error) => Err(error),
    }
}

/// `POST /desk/canned-replies/{id}/removal`
async fn remove(cx: Cx) -> Page {
    let actor = cx.staff()?.actor();
    let (_, id) = (cx.form::<Form>()?, cx.path::<CannedReplyId>("id")?);
    cx.write(move |tx| canned_replies::remove(tx, actor, id)).await?;
    views::see_saying(&cx, "/desk/canned-replies", "Removed. Answers sent from it stay.")
}
