//! Turning calm or raid mode on and off.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::calm::{self, Kind, NewCalm, Place};
use mainstreet_community::guidelines::{self, Version};
use mainstreet_community::spaces::{self, Space};
use mainstreet_community::topics::{self, Topic};
use mainstreet_kernel::clock::{DAY, HOUR, MINUTE};
use mainstreet_kernel::id::{CalmId, TopicId};
use mainstreet_kernel::{Error, Result, Timestamp};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::is_mistake;
use crate::views::{self, Chrome, Flash, Page};

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Form {
    kind: String,
    topic: String,
    space: String,
    minutes: String,
    days: String,
    hours: String,
    why: String,
    clause: String,
}

#[derive(Template)]
#[template(path = "desk/conflicts/calm.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    form: Form,
    error: Option<String>,
    topic: Option<Topic>,
    spaces: Vec<Space>,
    guidelines: Option<Version>,
}

impl Show {
    fn raid(&self) -> bool {
        self.form.kind == "raid"
    }
}

impl Form {
    fn filled(mut self) -> Self {
        let fill = |field: &mut String, with: &str| {
            if field.is_empty() {
                with.clone_into(field);
            }
        };
        let raid = self.kind == "raid";
        fill(&mut self.kind, "calm");
        fill(&mut self.minutes, if raid { "0" } else { "10" });
        fill(&mut self.days, if raid { "3" } else { "7" });
        fill(&mut self.hours, if raid { "2" } else { "4" });
        fill(&mut self.clause, if raid { "no-spam" } else { "be-kind" });
        self
    }

    fn place(&self) -> Result<Place> {
        match (self.kind.as_str(), self.topic.as_str(), self.space.as_str()) {
            ("raid", ..) | (_, "", "" | "site") => Ok(Place::Site),
            (_, "", space) => Ok(Place::Space(space.parse()?)),
            (_, topic, _) => Ok(Place::Topic(topic.parse()?)),
        }
    }

    fn new_calm(&self, now: Timestamp) -> Result<NewCalm> {
        let number = |text: &str, what: &str| {
            text.trim()
                .parse::<i64>()
                .ok()
                .filter(|number| (0..=100_000).contains(number))
                .ok_or_else(|| Error::invalid(format!("Give {what} as a whole number.")))
        };
        Ok(NewCalm {
            kind: self.kind.parse::<Kind>()?,
            place: self.place()?,
            every: number(&self.minutes, "the minutes between replies")? * MINUTE,
            newer_than: number(&self.days, "the days")? * DAY,
            why: self.why.clone(),
            clause: self.clause.clone(),
            until: now.plus(number(&self.hours, "the hours")? * HOUR),
        })
    }
}

/// `GET /desk/conflicts/calm?topic=…&kind=calm`
pub(super) async fn form(cx: Cx) -> Page {
    cx.staff()?;
    let form: Form = cx.query()?;
    draw(&cx, form.filled(), None).await
}

async fn draw(cx: &Cx, form: Form, error: Option<Error>) -> Page {
    let (viewer, topic) = (cx.reader(), form.topic.clone());
    let (topic, spaces, guidelines) = cx
        .read(move |tx| {
            let topic = match topic.as_str() {
                "" => None,
                id => Some(topics::store::find(tx, id.parse::<TopicId>()?)?),
            };
            Ok((topic, spaces::store::all(tx, viewer)?, guidelines::holds(tx)?))
        })
        .await?;
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let page = Show {
        chrome: cx.chrome(),
        here: if form.kind == "raid" { "raids" } else { "conflicts" },
        waiting: cx.waiting().await?,
        form,
        error: error.map(|error| error.safe.into_owned()),
        topic,
        spaces,
        guidelines,
    };
    views::html_with(status, &page)
}

/// `POST /desk/conflicts/calm`
pub(super) async fn start(cx: Cx) -> Page {
    let (actor, form) = (cx.staff()?.actor(), cx.form::<Form>()?);
    let now = cx.app.now();
    let asked = form.clone();
    let started = match asked.new_calm(now) {
        Ok(new) => cx.write(move |tx| calm::start(tx, actor, &new)).await,
        Err(error) => Err(error),
    };
    match started {
        Ok(calm) => {
            cx.app.pages.all_changed();
            let text = format!("{} is on until {}.", calm.kind.label(), cx.chrome().date(&calm.until));
            let back = if calm.kind == Kind::Raid { "/desk/raids" } else { "/desk/conflicts" };
            let undo = Some(format!("/desk/conflicts/calm/{}/end", calm.id));
            views::see_with(&cx, back, &Flash { text, undo })
        }
        Err(error) if is_mistake(&error) => draw(&cx, form, Some(error)).await,
        Err(error) => Err(error),
    }
}

#[derive(Deserialize)]
struct WhyForm {
    #[serde(default)]
    why: String,
}

/// `POST /desk/conflicts/calm/{id}/end`
pub(super) async fn end(cx: Cx) -> Page {
    let (actor, form, id) = (cx.staff()?.actor(), cx.form::<WhyForm>()?, cx.path::<CalmId>("id")?);
    // The button beside what was just done gives no reason of its own.
    let why = if form.why.is_empty() { "Turned off at once.".to_owned() } else { form.why };
    let ended = cx.write(move |tx| calm::end(tx, actor, id, &why)).await?;
    cx.app.pages.all_changed();
    let back = if ended.kind == Kind::Raid { "/desk/raids" } else { "/desk/conflicts" };
    views::see_saying(&cx, back, format!("{} is off.", ended.kind.label()))
}
