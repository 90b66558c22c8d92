//! Where an owner answers what they were asked by mail: a signed link, no account. Whoever has the link answers for
//! the owner, as the mail says.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_db::Tx;
use mainstreet_desk::escalations::{self, HandOff};
use mainstreet_desk::signals::Signal;
use mainstreet_kernel::id::EntryId;
use mainstreet_kernel::{Error, Result};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::{Routes, is_mistake};
use crate::views::{self, Chrome, Page};
use crate::{cookies, mail};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/hand-off/{id}/{signature}", show).post("/hand-off/{id}/{signature}", act)
}

#[derive(Template)]
#[template(path = "hand_off.html")]
struct Show {
    chrome: Chrome,
    handed: HandOff,
    /// In which the times are.
    zone: String,
    form: Form,
    error: String,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Form {
    name: String,
    body: String,
    /// `take`, `answer` or `refuse`.
    act: String,
}

/// The signature of the link to answer a question.
pub(crate) fn signature(secret: &[u8], id: EntryId) -> String {
    cookies::sign(secret, &format!("hand-off {id}"))
}

/// The question of a link whose signature is right.
fn asked(cx: &Cx) -> Result<EntryId> {
    let (id, signed) = (cx.path::<EntryId>("id")?, cx.path::<String>("signature")?);
    if cookies::same(&signed, &signature(&cx.app.secret, id)) {
        return Ok(id);
    }
    Err(Error::not_found("This link is not whole. Copy all of it from the mail."))
}

/// `GET /hand-off/{id}/{signature}`
async fn show(cx: Cx) -> Page {
    let id = asked(&cx)?;
    draw(&cx, id, Form::default(), None).await
}

async fn draw(cx: &Cx, id: EntryId, form: Form, error: Option<Error>) -> Page {
    let handed = cx.read(move |tx| escalations::of_link(tx, id)).await?;
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let error = error.map(|error| error.safe.into_owned()).unwrap_or_default();
    let zone = cx.app.site().zone.name().to_owned();
    let page = Show { chrome: cx.chrome(), handed, zone, form, error };
    cx.keep_visit(views::html_with(status, &page)?)
}

/// `POST /hand-off/{id}/{signature}`
async fn act(cx: Cx) -> Page {
    let (id, form) = (asked(&cx)?, cx.form::<Form>()?);
    let typed = form.clone();
    let done = cx
        .write(move |tx| match form.act.as_str() {
            "take" => escalations::take_from_mail(tx, id, &form.name),
            "refuse" => escalations::refuse_from_mail(tx, id, &form.name, &form.body),
            _ => escalations::answer_from_mail(tx, id, &form.name, &form.body),
        })
        .await;
    match done {
        Ok(()) => {
            let said = match typed.act.as_str() {
                "take" => "Thank you. The team knows that it is with you; answer here when you can.",
                "refuse" => "Thank you. The team will ask somebody else.",
                _ => "Thank you. The team has your answer and tells the member.",
            };
            views::see_saying(&cx, &format!("/hand-off/{id}/{}", signature(&cx.app.secret, id)), said)
        }
        Err(error) if is_mistake(&error) => draw(&cx, id, typed, Some(error)).await,
        Err(error) => Err(error),
    }
}

/// Mails the latest question of an item to its owner, if they have an address.
pub(crate) fn send(cx: &Cx) -> impl FnOnce(&mut Tx<'_>, &Signal) -> Result<bool> + Send + 'static {
    let (cx, chrome) = (cx.clone(), cx.chrome());
    move |tx, signal| {
        escalations::hand_off(tx, signal, |handed| {
            let id = handed.asked.id;
            let link = format!("{}/hand-off/{id}/{}", chrome.url, signature(&cx.app.secret, id));
            let due = format!("{} ({})", chrome.date(&handed.asked.due_at), cx.app.site().zone.name());
            let mail =
                mail::HandOffMail { site: &chrome.site, url: &chrome.url, handed, link: &link, due: &due };
            mail::words(&mail)
        })
    }
}
