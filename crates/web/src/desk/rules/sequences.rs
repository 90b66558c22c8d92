//! Sequences: series of messages that rules can begin.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_desk::letters::{self, Template as Text};
use mainstreet_desk::sequences::{self, Sequence, Step, Walker};
use mainstreet_kernel::{Error, Result};
use serde::Deserialize;

use super::fields::Typed;
use crate::request::Cx;
use crate::routes::is_mistake;
use crate::views::{self, Chrome, Page};

const PATH: &str = "/desk/rules/sequences";
/// Empty lines offered for more steps.
const MORE: usize = 2;

#[derive(Template)]
#[template(path = "desk/rules/sequences.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    manager: bool,
    all: Vec<Sequence>,
    texts: Vec<Text>,
    name: String,
    steps: Vec<Step>,
    /// Who walks the one that is shown.
    walkers: Vec<Walker>,
    error: String,
}

/// How many messages it has; used by the template.
fn messages(sequence: &Sequence) -> String {
    views::counted(i64::try_from(sequence.steps.len()).unwrap_or(0), "message", "messages")
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    name: String,
}

async fn draw(cx: &Cx, name: String, steps: Option<Vec<Step>>, error: Option<Error>) -> Page {
    let role = cx.staff()?.role;
    let shown = name.clone();
    let (all, texts, walkers) = cx
        .read(move |tx| Ok((sequences::all(tx)?, letters::templates(tx)?, sequences::walkers(tx, &shown)?)))
        .await?;
    let kept = all.iter().find(|one| one.name == name).map(|one| one.steps.clone());
    let mut steps = steps.or(kept).unwrap_or_default();
    steps.extend(std::iter::repeat_n(Step::default(), MORE));
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let page = Show {
        chrome: cx.chrome(),
        here: "rules",
        waiting: cx.waiting().await?,
        manager: role >= mainstreet_kernel::Role::Manager,
        all,
        texts,
        name,
        steps,
        walkers,
        error: error.map(|error| error.safe.into_owned()).unwrap_or_default(),
    };
    views::html_with(status, &page)
}

/// `GET /desk/rules/sequences?name=…`
pub(super) async fn show(cx: Cx) -> Page {
    cx.staff()?;
    let asked: Asked = cx.query()?;
    draw(&cx, asked.name, None, None).await
}

/// `POST /desk/rules/sequences`
pub(super) async fn save(cx: Cx) -> Page {
    let actor = cx.staff()?.actor();
    cx.form::<serde::de::IgnoredAny>()?;
    let typed = Typed::of(&cx.body);
    let name = typed.one("name");
    let steps: Vec<Step> = (0..20)
        .map(|row| Step {
            wait: typed.one(&format!("step.{row}.wait")),
            template: typed.one(&format!("step.{row}.template")),
            unless_wrote: !typed.one(&format!("step.{row}.unless")).is_empty(),
        })
        .filter(|step| !step.template.is_empty())
        .collect();
    let (own, kept) = (name.clone(), steps.clone());
    let saved: Result<()> = cx.write(move |tx| sequences::save(tx, actor, &own, &kept)).await;
    match saved {
        Ok(()) => views::see_saying(&cx, PATH, "Saved. Rules begin it with “add to sequence”."),
        Err(error) if is_mistake(&error) => draw(&cx, name, Some(steps), Some(error)).await,
        Err(error) => Err(error),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Walk {
    name: String,
    person: String,
    /// `stop`, or anything else to let it go on.
    act: String,
}

/// `POST /desk/rules/sequences/walks`: takes somebody out of a sequence, or lets them walk on.
pub(super) async fn walks(cx: Cx) -> Page {
    let (actor, form) = (cx.staff()?.actor(), cx.form::<Walk>()?);
    let person = form.person.parse::<mainstreet_kernel::id::PersonId>()?;
    let (name, stop) = (form.name.clone(), form.act == "stop");
    cx.write(move |tx| {
        if stop {
            sequences::leave(tx, actor, &name, person)
        } else {
            sequences::walk_on(tx, actor, &name, person)
        }
    })
    .await?;
    let back: String = url::form_urlencoded::byte_serialize(form.name.as_bytes()).collect();
    let said = if stop {
        "Stopped. Nothing more of it is sent to them."
    } else {
        "They walk on where they stopped."
    };
    views::see_saying(&cx, &format!("{PATH}?name={back}"), said)
}
