//! A form that a member was asked to fill in.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::markdown;
use mainstreet_desk::forms::{self, Asked, Kind};
use mainstreet_kernel::Error;
use mainstreet_kernel::id::EntryId;
use serde::de::IgnoredAny;

use crate::request::Cx;
use crate::routes::{Routes, is_mistake};
use crate::views::{self, Chrome, Page};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/forms/{id}", show).post("/forms/{id}", answer)
}

#[derive(Template)]
#[template(path = "community/form.html")]
struct Show {
    chrome: Chrome,
    asked: Asked,
    intro: String,
    typed: Vec<String>,
    error: String,
}

impl Show {
    /// What was typed as the answer to the question at this place.
    fn typed(&self, place: &usize) -> &str {
        self.typed.get(*place).map(String::as_str).unwrap_or_default()
    }
}

async fn draw(cx: &Cx, id: EntryId, typed: Vec<String>, error: Option<Error>) -> Page {
    let viewer = cx.member()?.clone();
    let asked = cx.write(move |tx| forms::open(tx, viewer.person, id)).await?;
    cx.app.sessions.forget(&viewer.session);
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let page = Show {
        chrome: cx.chrome(),
        intro: markdown::render(&asked.intro, &markdown::Links::default()),
        asked,
        typed,
        error: error.map(|error| error.safe.into_owned()).unwrap_or_default(),
    };
    views::html_with(status, &page)
}

/// `GET /forms/{id}`
async fn show(cx: Cx) -> Page {
    cx.member()?;
    let id = cx.path::<EntryId>("id")?;
    draw(&cx, id, Vec::new(), None).await
}

/// `POST /forms/{id}`
async fn answer(cx: Cx) -> Page {
    let (actor, id) = (cx.member()?.actor(), cx.path::<EntryId>("id")?);
    cx.form::<IgnoredAny>()?;
    let typed: Vec<String> = (0..forms::MOST_QUESTIONS)
        .map(|place| cx.chosen(&format!("answer.{place}")).into_iter().next().unwrap_or_default())
        .collect();
    let answers = typed.clone();
    match cx.write(move |tx| forms::answer(tx, actor, id, &answers)).await {
        Ok(()) => views::see_saying(&cx, &format!("/forms/{id}"), "Thank you. The team has your answer."),
        Err(error) if is_mistake(&error) => draw(&cx, id, typed, Some(error)).await,
        Err(error) => Err(error),
    }
}
