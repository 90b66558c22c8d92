//! Erasing what the record says in words about somebody.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::people;
use mainstreet_desk::audit::{self, Texts};
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Error, Kind, Role};
use serde::Deserialize;

use crate::request::Cx;
use crate::views::{self, Chrome, Page};

#[derive(Template)]
#[template(path = "desk/moderation/erasure.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    person: PersonId,
    name: String,
    texts: Texts,
    why: String,
    error: String,
}

async fn draw(cx: &Cx, person: PersonId, why: String, error: Option<Error>) -> Page {
    let (name, texts) = cx
        .read(move |tx| Ok((people::store::face_of(tx, person)?.name, audit::texts_about(tx, person)?)))
        .await?;
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let error = error.map(|error| error.safe.into_owned()).unwrap_or_default();
    let (chrome, waiting) = (cx.chrome(), cx.waiting().await?);
    let page = Show { chrome, here: "moderation", waiting, person, name, texts, why, error };
    views::html_with(status, &page)
}

/// `GET /desk/moderation/erasure/{person}`
pub(super) async fn show(cx: Cx) -> Page {
    cx.at_least(Role::Owner)?;
    let person = cx.path("person")?;
    draw(&cx, person, String::new(), None).await
}

#[derive(Deserialize)]
struct Form {
    #[serde(default)]
    why: String,
    #[serde(default)]
    sure: String,
}

/// `POST /desk/moderation/erasure/{person}`
pub(super) async fn erase(cx: Cx) -> Page {
    let (actor, form) = (cx.at_least(Role::Owner)?.actor(), cx.form::<Form>()?);
    let person: PersonId = cx.path("person")?;
    if form.sure.is_empty() {
        let error = Error::invalid("Tick that you have looked: what is erased does not come back.");
        return draw(&cx, person, form.why, Some(error)).await;
    }
    let why = form.why.clone();
    match cx.write(move |tx| audit::erase_texts(tx, actor, person, &why)).await {
        Ok(count) => {
            let said = format!("The words of {count} decisions were erased.");
            views::see_saying(&cx, &format!("/desk/moderation/erasure/{person}"), said)
        }
        Err(error) if matches!(error.kind, Kind::Invalid | Kind::Conflict) => {
            draw(&cx, person, form.why, Some(error)).await
        }
        Err(error) => Err(error),
    }
}
