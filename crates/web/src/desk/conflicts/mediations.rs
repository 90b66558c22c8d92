//! Mediations, as the team sees them.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::accounts::{self, Member};
use mainstreet_community::markdown;
use mainstreet_desk::mediations::{self, Mediation, New, Word};
use mainstreet_kernel::id::{MediationId, PersonId, TopicId};
use mainstreet_kernel::{Error, Result};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::is_mistake;
use crate::views::{self, Chrome, Page};

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct NewForm {
    title: String,
    topic: String,
    parties: String,
    mediator: String,
    body: String,
}

#[derive(Template)]
#[template(path = "desk/conflicts/new_mediation.html")]
struct Fresh {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    form: NewForm,
    error: Option<String>,
    staff: Vec<Member>,
}

/// `GET /desk/conflicts/mediations?topic=…&parties=a, b`
pub(super) async fn form(cx: Cx) -> Page {
    cx.staff()?;
    draw_new(&cx, cx.query()?, None).await
}

async fn draw_new(cx: &Cx, mut form: NewForm, error: Option<Error>) -> Page {
    let me = cx.staff()?.person;
    if form.mediator.is_empty() {
        form.mediator = me.to_string();
    }
    let staff = cx.read(accounts::staff).await?;
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let page = Fresh {
        chrome: cx.chrome(),
        here: "conflicts",
        waiting: cx.waiting().await?,
        form,
        error: error.map(|error| error.safe.into_owned()),
        staff,
    };
    views::html_with(status, &page)
}

/// `POST /desk/conflicts/mediations`
pub(super) async fn open(cx: Cx) -> Page {
    let (actor, form) = (cx.staff()?.actor(), cx.form::<NewForm>()?);
    let asked = form.clone();
    let opened = cx
        .write(move |tx| {
            let mut parties = Vec::new();
            for name in asked.parties.split(',').filter(|name| !name.trim().is_empty()) {
                parties.push(super::named(tx, name)?);
            }
            let topic = match asked.topic.as_str() {
                "" => None,
                id => Some(id.parse::<TopicId>()?),
            };
            let mediator = asked.mediator.parse::<PersonId>()?;
            let new = New { title: asked.title, topic, parties, mediator, words: asked.body };
            mediations::open(tx, actor, &new)
        })
        .await;
    match opened {
        Ok(case) => {
            let path = format!("/desk/conflicts/mediations/{}", case.id);
            views::see_saying(&cx, &path, "Opened. The parties are told, and have a page to answer on.")
        }
        Err(error) if is_mistake(&error) => draw_new(&cx, form, Some(error)).await,
        Err(error) => Err(error),
    }
}

/// Something that was written, ready for a page.
pub(crate) struct Line {
    pub(crate) word: Word,
    pub(crate) html: String,
    pub(crate) to: Option<String>,
}

/// What `actor` reads of a mediation.
pub(crate) async fn read(cx: &Cx, id: MediationId) -> Result<(Mediation, Vec<Line>)> {
    let actor = cx.member()?.actor();
    let (case, words) = cx
        .read(move |tx| {
            let case = mediations::find(tx, id)?;
            let words = mediations::words(tx, actor, &case)?;
            Ok((case, words))
        })
        .await?;
    let lines = words
        .into_iter()
        .map(|word| Line {
            html: markdown::render(&word.body, &markdown::Links::default()),
            to: word.to.map(|to| case.name_of(to).to_owned()),
            word,
        })
        .collect();
    Ok((case, lines))
}

#[derive(Template)]
#[template(path = "desk/conflicts/mediation.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    case: Mediation,
    lines: Vec<Line>,
    agreement: String,
    error: Option<String>,
    form: Form,
    mediates: bool,
    staff: Vec<Member>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Form {
    act: String,
    to: String,
    body: String,
    person: String,
}

/// `GET /desk/conflicts/mediations/{id}`
pub(super) async fn show(cx: Cx) -> Page {
    cx.staff()?;
    let id = cx.path::<MediationId>("id")?;
    draw(&cx, id, Form::default(), None).await
}

async fn draw(cx: &Cx, id: MediationId, form: Form, error: Option<Error>) -> Page {
    let viewer = cx.staff()?.clone();
    let (case, lines) = read(cx, id).await?;
    if case.is_party(viewer.person) {
        return views::see(&format!("/mediations/{id}"));
    }
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let page = Show {
        chrome: cx.chrome(),
        here: "conflicts",
        waiting: cx.waiting().await?,
        mediates: case.mediator == viewer.person,
        agreement: markdown::render(&case.proposal, &markdown::Links::default()),
        case,
        lines,
        error: error.map(|error| error.safe.into_owned()),
        form,
        staff: cx.read(accounts::staff).await?,
    };
    views::html_with(status, &page)
}

/// `POST /desk/conflicts/mediations/{id}`: a message, a note, a proposal, the end, or somebody else who mediates.
pub(super) async fn act(cx: Cx) -> Page {
    let (actor, form, id) = (cx.staff()?.actor(), cx.form::<Form>()?, cx.path::<MediationId>("id")?);
    let asked = form.clone();
    let done = cx
        .write(move |tx| match asked.act.as_str() {
            "note" => mediations::note(tx, actor, id, &asked.body),
            "proposal" => mediations::propose(tx, actor, id, &asked.body),
            "close" => mediations::close(tx, actor, id, &asked.body),
            "hand_on" => mediations::hand_on(tx, actor, id, asked.person.parse()?),
            _ => {
                let to = if asked.to.is_empty() { None } else { Some(asked.to.parse::<PersonId>()?) };
                mediations::say(tx, actor, id, to, &asked.body)
            }
        })
        .await;
    let said = match form.act.as_str() {
        "note" => "Kept for the team.",
        "proposal" => "Proposed. Each party is asked to accept it.",
        "close" => "Ended. The parties are told.",
        "hand_on" => "Handed on.",
        _ => "Sent.",
    };
    match done {
        Ok(_) => views::see_saying(&cx, &format!("/desk/conflicts/mediations/{id}"), said),
        Err(error) if is_mistake(&error) => draw(&cx, id, form, Some(error)).await,
        Err(error) => Err(error),
    }
}
