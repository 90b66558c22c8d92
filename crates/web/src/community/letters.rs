//! A letter of the community to the member who reads it.

use askama::Template;
use mainstreet_community::markdown;
use mainstreet_desk::letters::{self, Letter};
use mainstreet_kernel::id::EntryId;

use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/letters/{id}", show)
}

#[derive(Template)]
#[template(path = "community/letter.html")]
struct Show {
    chrome: Chrome,
    letter: Letter,
    html: String,
}

/// `GET /letters/{id}`
async fn show(cx: Cx) -> Page {
    let viewer = cx.member()?.clone();
    let id = cx.path::<EntryId>("id")?;
    let letter = cx.write(move |tx| letters::open(tx, viewer.person, id)).await?;
    cx.app.sessions.forget(&viewer.session);
    let html = markdown::render(&letter.body, &markdown::Links::default());
    views::html(&Show { chrome: cx.chrome(), letter, html })
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
