//! Mediations, as the parties see them: what is written to them, their answers, the agreement they accept.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::{markdown, notices};
use mainstreet_desk::mediations::{self, Mediation};
use mainstreet_kernel::Error;
use mainstreet_kernel::id::{MediationId, PersonId};
use serde::Deserialize;

use crate::desk::conflicts::{Line, read_mediation};
use crate::request::Cx;
use crate::routes::{Routes, is_mistake};
use crate::views::{self, Chrome, Page};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/mediations/{id}", show).post("/mediations/{id}", act)
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Form {
    act: String,
    alone: String,
    body: String,
    version: String,
}

#[derive(Template)]
#[template(path = "community/mediation.html")]
struct Show {
    chrome: Chrome,
    case: Mediation,
    lines: Vec<Line>,
    agreement: String,
    accepted: bool,
    error: Option<String>,
    form: Form,
}

/// `GET /mediations/{id}`
async fn show(cx: Cx) -> Page {
    cx.member()?;
    let id = cx.path::<MediationId>("id")?;
    draw(&cx, id, Form::default(), None).await
}

async fn draw(cx: &Cx, id: MediationId, form: Form, error: Option<Error>) -> Page {
    let me: PersonId = cx.member()?.person;
    let (case, lines) = read_mediation(cx, id).await?;
    if !case.is_party(me) {
        if cx.staff().is_ok() {
            return views::see(&format!("/desk/conflicts/mediations/{id}"));
        }
        return Err(Error::not_found("There is nothing at this address."));
    }
    cx.write(move |tx| notices::read(tx, me, id.0)).await?;
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let page = Show {
        chrome: cx.chrome(),
        accepted: case
            .parties
            .iter()
            .any(|party| party.person == me && party.accepted == case.proposal_version),
        agreement: markdown::render(&case.proposal, &markdown::Links::default()),
        case,
        lines,
        error: error.map(|error| error.safe.into_owned()),
        form,
    };
    views::html_with(status, &page)
}

/// `POST /mediations/{id}`: an answer, or accepting the proposal.
async fn act(cx: Cx) -> Page {
    let (actor, form, id) = (cx.member()?.actor(), cx.form::<Form>()?, cx.path::<MediationId>("id")?);
    let asked = form.clone();
    let done = cx
        .write(move |tx| {
            if asked.act == "accept" {
                return mediations::accept(tx, actor, id, asked.version.parse().unwrap_or(0));
            }
            let to = if asked.alone.is_empty() { None } else { Some(mediations::find(tx, id)?.mediator) };
            mediations::say(tx, actor, id, to, &asked.body)
        })
        .await;
    match done {
        Ok(_) => {
            let said = if form.act == "accept" { "Accepted. Thank you." } else { "Sent." };
            views::see_saying(&cx, &format!("/mediations/{id}"), said)
        }
        Err(error) if is_mistake(&error) => draw(&cx, id, form, Some(error)).await,
        Err(error) => Err(error),
    }
}
