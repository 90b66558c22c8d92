//! A letter of the community to the member who reads it.

use askama::Template;
use mainstreet_community::markdown;
use mainstreet_desk::letters::{self, Letter};
use mainstreet_desk::sequences::{self, Walker};
use mainstreet_kernel::Error;
use mainstreet_kernel::id::EntryId;

use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Flash, Page};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/letters/{id}", show)
        .post("/letters/{id}/leaving", leave)
        .post("/letters/{id}/walking", walk_on)
}

#[derive(Template)]
#[template(path = "community/letter.html")]
struct Show {
    chrome: Chrome,
    letter: Letter,
    html: String,
    /// How they stand in the sequence it belongs to.
    walker: Option<Walker>,
}

/// `GET /letters/{id}`
async fn show(cx: Cx) -> Page {
    let viewer = cx.member()?.clone();
    let (id, session) = (cx.path::<EntryId>("id")?, viewer.session.clone());
    let (letter, walker) = cx
        .write(move |tx| {
            let letter = letters::open(tx, viewer.person, id)?;
            let walker = match letter.series() {
                Some(name) => sequences::walker(tx, name, viewer.person)?,
                None => None,
            };
            Ok((letter, walker))
        })
        .await?;
    cx.app.sessions.forget(&session);
    let html = markdown::render(&letter.body, &markdown::Links::default());
    views::html(&Show { chrome: cx.chrome(), letter, html, walker })
}

async fn turn(cx: &Cx, go_on: bool) -> Page {
    let (viewer, id) = (cx.member()?.clone(), cx.path::<EntryId>("id")?);
    cx.form::<serde::de::IgnoredAny>()?;
    cx.write(move |tx| {
        let letter = letters::open(tx, viewer.person, id)?;
        let none = || Error::conflict("This letter belongs to no series, so there is nothing to leave.");
        let name = letter.series().ok_or_else(none)?;
        if go_on {
            sequences::walk_on(tx, viewer.actor(), name, viewer.person)
        } else {
            sequences::leave(tx, viewer.actor(), name, viewer.person)
        }
    })
    .await?;
    let path = format!("/letters/{id}");
    if go_on {
        return views::see_saying(cx, &path, "You get the rest of this series again.");
    }
    let text = "You left this series. Nothing more of it is sent to you.".to_owned();
    views::see_with(cx, &path, &Flash { text, undo: Some(format!("{path}/walking")) })
}

/// `POST /letters/{id}/leaving`: the member leaves the series a letter belongs to.
async fn leave(cx: Cx) -> Page {
    turn(&cx, false).await
}

/// `POST /letters/{id}/walking`: they come back to it.
async fn walk_on(cx: Cx) -> Page {
    turn(&cx, true).await
}

/// What the button to a page says; used by the template.
fn leads(path: &str) -> &'static str {
    match path.split('/').nth(1) {
        Some("forms") => "Answer",
        Some("people") => "Go to the page",
        Some("desk") => "Open it in the desk",
        _ => "Open it",
    }
}
