//! Asking members to pause in a topic, and keeping two members apart: decisions, so that they are told and can appeal.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::guidelines::{self, Version};
use mainstreet_community::{people, topics};
use mainstreet_desk::conflicts::{self, Ask};
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::id::{PersonId, TopicId};
use mainstreet_kernel::{Error, Result};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::is_mistake;
use crate::views::{self, Chrome, Flash, Page};

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Form {
    topic: String,
    person: String,
    people: String,
    hours: String,
    why: String,
    clause: String,
}

#[derive(Template)]
#[template(path = "desk/conflicts/ask.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    form: Form,
    error: Option<String>,
    /// Of a pause: the member's name and the topic's title.
    about: Option<(String, String)>,
    guidelines: Option<Version>,
}

async fn draw(cx: &Cx, mut form: Form, pause: bool, error: Option<Error>) -> Page {
    let (topic, person) = (form.topic.clone(), form.person.clone());
    let (about, guidelines) = cx
        .read(move |tx| {
            let about = if pause {
                let topic = topics::store::find(tx, topic.parse::<TopicId>()?)?;
                Some((people::store::face_of(tx, person.parse::<PersonId>()?)?.name, topic.title))
            } else {
                None
            };
            Ok((about, guidelines::holds(tx)?))
        })
        .await?;
    if form.hours.is_empty() {
        "24".clone_into(&mut form.hours);
    }
    if form.clause.is_empty() {
        "be-kind".clone_into(&mut form.clause);
    }
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let page = Show {
        chrome: cx.chrome(),
        here: "conflicts",
        waiting: cx.waiting().await?,
        form,
        error: error.map(|error| error.safe.into_owned()),
        about,
        guidelines,
    };
    views::html_with(status, &page)
}

/// `GET /desk/conflicts/pause?topic=…&person=…`
pub(super) async fn pause_form(cx: Cx) -> Page {
    cx.staff()?;
    draw(&cx, cx.query()?, true, None).await
}

/// `GET /desk/conflicts/apart?people=a, b`
pub(super) async fn apart_form(cx: Cx) -> Page {
    cx.staff()?;
    draw(&cx, cx.query()?, false, None).await
}

fn hours(text: &str) -> Result<i64> {
    text.trim()
        .parse::<i64>()
        .ok()
        .filter(|hours| (1..=720).contains(hours))
        .ok_or_else(|| Error::invalid("Give the length as a number of hours, from 1 to 720."))
}

/// `POST /desk/conflicts/pause`
pub(super) async fn pause(cx: Cx) -> Page {
    let (actor, form) = (cx.staff()?.actor(), cx.form::<Form>()?);
    let (topic, person) = (form.topic.parse::<TopicId>()?, form.person.parse::<PersonId>()?);
    let asked = form.clone();
    let now = cx.app.now();
    let done = cx
        .write(move |tx| {
            let ask = Ask::Pause(topic, now.plus(hours(&asked.hours)? * HOUR));
            conflicts::ask(tx, actor, person, &ask, (&asked.clause, &asked.why))
        })
        .await;
    match done {
        Ok(decisions) => told(&cx, &decisions).await,
        Err(error) if is_mistake(&error) => draw(&cx, form, true, Some(error)).await,
        Err(error) => Err(error),
    }
}

/// `POST /desk/conflicts/apart`
pub(super) async fn apart(cx: Cx) -> Page {
    let (actor, form) = (cx.staff()?.actor(), cx.form::<Form>()?);
    let asked = form.clone();
    let done = cx
        .write(move |tx| {
            let mut two = Vec::new();
            for name in asked.people.split(',').filter(|name| !name.trim().is_empty()) {
                two.push(super::named(tx, name)?);
            }
            let [one, other] = two.as_slice() else {
                return Err(Error::invalid(
                    "Write the usernames of exactly two members, with a comma between.",
                ));
            };
            conflicts::ask(tx, actor, *one, &Ask::KeepApart(*other), (&asked.clause, &asked.why))
        })
        .await;
    match done {
        Ok(decisions) => told(&cx, &decisions).await,
        Err(error) if is_mistake(&error) => draw(&cx, form, false, Some(error)).await,
        Err(error) => Err(error),
    }
}

async fn told(cx: &Cx, decisions: &[mainstreet_desk::moderation::Decision]) -> Page {
    cx.app.wake_mail();
    cx.app.pages.all_changed();
    let names: Vec<&str> = decisions.iter().map(|one| one.person_name.as_str()).collect();
    let path = decisions
        .first()
        .map_or_else(|| "/desk/conflicts".to_owned(), |one| format!("/desk/moderation/decisions/{}", one.id));
    let undo = (decisions.len() == 1).then(|| format!("{path}/undo"));
    let text = format!("Done. {} can read why, and appeal.", names.join(" and "));
    views::see_with(cx, &path, &Flash { text, undo })
}
