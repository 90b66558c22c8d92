//! What members do themselves to keep calm: a pause in a topic, not seeing somebody.

use askama::Template;
use mainstreet_community::cool_offs;
use mainstreet_community::mutes::{self, Mute};
use mainstreet_kernel::Error;
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::id::{PersonId, TopicId};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .post("/t/{id}/pause", pause)
        .post("/t/{id}/pause/end", end_pause)
        .post("/people/{id}/mute", mute)
        .post("/people/{id}/mute/end", unmute)
        .get("/settings/mutes", list)
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Form {
    hours: String,
    back: String,
}

/// `POST /t/{id}/pause`
async fn pause(cx: Cx) -> Page {
    let (actor, form, topic) = (cx.member()?.actor(), cx.form::<Form>()?, cx.path::<TopicId>("id")?);
    let hours = form.hours.parse::<i64>().ok().filter(|hours| (1..=720).contains(hours));
    let hours = hours.ok_or_else(|| Error::invalid("Choose for how long."))?;
    let until = cx.app.now().plus(hours * HOUR);
    cx.write(move |tx| cool_offs::ask(tx, actor, topic, until)).await?;
    let said = format!("You pause here until {}.", cx.chrome().date(&until));
    views::see_saying(&cx, &format!("/t/-/{topic}"), said)
}

/// `POST /t/{id}/pause/end`
async fn end_pause(cx: Cx) -> Page {
    let (actor, topic) = (cx.member()?.actor(), cx.path::<TopicId>("id")?);
    cx.form::<Form>()?;
    cx.write(move |tx| cool_offs::lift_own(tx, actor, topic)).await?;
    views::see_saying(&cx, &format!("/t/-/{topic}"), "Your pause is over.")
}

/// `POST /people/{id}/mute`
async fn mute(cx: Cx) -> Page {
    let (actor, other) = (cx.member()?.actor(), cx.path::<PersonId>("id")?);
    cx.form::<Form>()?;
    cx.write(move |tx| mutes::mute(tx, actor, other)).await?;
    views::see_saying(&cx, &format!("/people/{other}"), "Muted. What they write is folded away for you.")
}

/// `POST /people/{id}/mute/end`
async fn unmute(cx: Cx) -> Page {
    let (actor, other, form) = (cx.member()?.actor(), cx.path::<PersonId>("id")?, cx.form::<Form>()?);
    cx.write(move |tx| mutes::unmute(tx, actor, other)).await?;
    let back = if form.back == "list" { "/settings/mutes".to_owned() } else { format!("/people/{other}") };
    views::see_saying(&cx, &back, "You see them again.")
}

#[derive(Template)]
#[template(path = "community/mutes.html")]
struct List {
    chrome: Chrome,
    mutes: Vec<Mute>,
}

/// `GET /settings/mutes`
async fn list(cx: Cx) -> Page {
    let me = cx.member()?.person;
    let mutes = cx.read(move |tx| mutes::of_person(tx, me)).await?;
    views::html(&List { chrome: cx.chrome(), mutes })
}
