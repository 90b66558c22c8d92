//! A draft by the operator's model: first what would be sent, to the letter; then, when a person asks, the request.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_desk::drafting::{self, Request};
use mainstreet_desk::signals::{Sight, view};
use mainstreet_kernel::id::SignalId;
use mainstreet_kernel::{Error, Result};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::{Routes, is_mistake};
use crate::views::{self, Chrome, Page};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/desk/inbox/{id}/draft", show)
        .post("/desk/inbox/{id}/draft", ask)
        .post("/desk/inbox/{id}/draft/removal", remove)
}

#[derive(Template)]
#[template(path = "desk/inbox/draft.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    id: SignalId,
    title: String,
    /// What would go out, or why nothing can.
    request: Option<Request>,
    list: String,
    error: String,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    list: String,
    print: String,
}

fn off() -> Error {
    Error::conflict("Drafting is off. An owner can switch it on in the settings, under Drafting.")
}

async fn draw(cx: &Cx, list: String, error: Option<Error>) -> Page {
    let (actor, id) = (cx.staff()?.actor(), cx.path::<SignalId>("id")?);
    let operator = cx.app.config.drafting.clone();
    let read = cx.read(move |tx| {
        let title = view::find(tx, id)?.title;
        let Some(endpoint) = drafting::endpoint(tx, operator.as_ref())? else {
            return Ok((title, Err(off())));
        };
        Ok((title, drafting::prepare(tx, actor, id, &endpoint)))
    });
    let (title, prepared): (String, Result<Request>) = read.await?;
    let (request, why) = match prepared {
        Ok(request) => (Some(request), None),
        Err(error) if is_mistake(&error) => (None, Some(error)),
        Err(error) => return Err(error),
    };
    let error = error.or(why);
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let page = Show {
        chrome: cx.chrome(),
        here: "inbox",
        waiting: cx.waiting().await?,
        id,
        title,
        request,
        list,
        error: error.map(|error| error.safe.into_owned()).unwrap_or_default(),
    };
    views::html_with(status, &page)
}

/// `GET /desk/inbox/{id}/draft`: what would be sent. Nothing is.
async fn show(cx: Cx) -> Page {
    cx.staff()?;
    let asked = cx.query::<Asked>()?;
    draw(&cx, asked.list, None).await
}

/// `POST /desk/inbox/{id}/draft`: sends exactly what the person saw.
async fn ask(cx: Cx) -> Page {
    let (actor, id, form) = (cx.staff()?.actor(), cx.path::<SignalId>("id")?, cx.form::<Asked>()?);
    let operator = cx.app.config.drafting.clone();
    let print = form.print.clone();
    let asked = cx
        .write(move |tx| {
            let endpoint = drafting::endpoint(tx, operator.as_ref())?.ok_or_else(off)?;
            drafting::ask(tx, actor, Sight { id, version: None }, &endpoint, &print)
        })
        .await;
    match asked {
        Ok(_) => {
            let path = format!("/desk/inbox/{id}?list={}#reply", word(&form.list));
            views::see_saying(
                &cx,
                &path,
                "Asked for. The draft will stand in the reply; look again in a moment.",
            )
        }
        Err(error) if is_mistake(&error) => draw(&cx, form.list, Some(error)).await,
        Err(error) => Err(error),
    }
}

/// `POST /desk/inbox/{id}/draft/removal`: throws a draft away.
async fn remove(cx: Cx) -> Page {
    let (actor, id, form) = (cx.staff()?.actor(), cx.path::<SignalId>("id")?, cx.form::<Asked>()?);
    cx.write(move |tx| drafting::drop_draft(tx, actor, id)).await?;
    views::see_saying(&cx, &format!("/desk/inbox/{id}?list={}#reply", word(&form.list)), "Thrown away.")
}

/// The name of a list, if it is one.
fn word(list: &str) -> String {
    let list = list.parse::<mainstreet_desk::signals::lists::Filter>();
    list.unwrap_or(mainstreet_desk::signals::lists::Filter::Open).to_string()
}
