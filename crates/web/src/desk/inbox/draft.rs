//! A draft by the operator's model: first what would be sent, to the letter; then, when a person asks, the request.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_db::Tx;
use mainstreet_desk::drafting::{self, Request, Stand};
use mainstreet_desk::rules;
use mainstreet_desk::signals::{Sight, view};
use mainstreet_kernel::id::SignalId;
use mainstreet_kernel::{Error, Result};
use serde::Deserialize;

use super::acts::Form;
use super::page::joined;
use crate::request::Cx;
use crate::routes::{Routes, is_mistake};
use crate::views::{self, Chrome, Page};

pub(super) fn routes() -> Routes {
    Routes::new().get("/desk/inbox/{id}/draft", show).post("/desk/inbox/{id}/draft", ask)
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
    /// What stood in the composer; it goes nowhere and comes back.
    typed: Form,
    error: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Listed {
    list: String,
}

fn off() -> Error {
    Error::conflict("Drafting is off. An owner can switch it on in the settings, under Drafting.")
}

/// Draws what would be sent, with what was typed in the composer kept behind it.
pub(super) async fn draw(cx: &Cx, mut typed: Form, error: Option<Error>) -> Page {
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
    typed.list = word(&typed.list);
    let page = Show {
        chrome: cx.chrome(),
        here: "inbox",
        waiting: cx.waiting().await?,
        id,
        title,
        request,
        typed,
        error: error.map(|error| error.safe.into_owned()).unwrap_or_default(),
    };
    views::html_with(status, &page)
}

/// `GET /desk/inbox/{id}/draft`: what would be sent. Nothing is.
async fn show(cx: Cx) -> Page {
    cx.staff()?;
    let asked = cx.query::<Listed>()?;
    draw(&cx, Form { list: asked.list, ..Form::default() }, None).await
}

/// `POST /desk/inbox/{id}/draft`: sends exactly what the person saw.
async fn ask(cx: Cx) -> Page {
    let (actor, id, form) = (cx.staff()?.actor(), cx.path::<SignalId>("id")?, cx.form::<Form>()?);
    let operator = cx.app.config.drafting.clone();
    let typed = form.clone();
    let asked = cx
        .write(move |tx| {
            let endpoint = drafting::endpoint(tx, operator.as_ref())?.ok_or_else(off)?;
            let beside = own_words(tx, id, &typed)?;
            drafting::ask(tx, actor, Sight { id, version: None }, &endpoint, &typed.print, &beside)
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
        Err(error) if is_mistake(&error) => draw(&cx, form, Some(error)).await,
        Err(error) => Err(error),
    }
}

/// What the person wrote themselves: not the untouched draft of a model or a rule.
fn own_words(tx: &mut Tx<'_>, id: SignalId, typed: &Form) -> Result<String> {
    let before = drafting::latest(tx, id)?.filter(|asked| asked.stand == Stand::Done);
    let by_model = before.is_some_and(|asked| asked.draft.trim() == typed.body.trim());
    let by_rule = rules::drafts(tx, id)?.iter().any(|draft| draft.body.trim() == typed.body.trim());
    Ok(joined(&typed.beside, if by_model || by_rule { "" } else { &typed.body }))
}

/// The name of a list, if it is one.
fn word(list: &str) -> String {
    let list = list.parse::<mainstreet_desk::signals::lists::Filter>();
    list.unwrap_or(mainstreet_desk::signals::lists::Filter::Open).to_string()
}
