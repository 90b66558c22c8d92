//! What a member is told about a decision, and their appeal; the log without names.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::guidelines::{self, Clause};
use mainstreet_community::{notices, posts};
use mainstreet_desk::moderation::{self, APPEAL_TIME, Appeal, Decision, Redacted};
use mainstreet_kernel::id::{DecisionId, PostId};
use mainstreet_kernel::{Error, Result, Timestamp};
use serde::Deserialize;

use crate::cookies;
use crate::request::Cx;
use crate::routes::{Routes, is_mistake};
use crate::views::{self, Chrome, Page};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/statements/{id}", show)
        .post("/statements/{id}/appeal", appeal)
        .get("/statements/{id}/by-mail/{signature}", show_by_mail)
        .post("/statements/{id}/by-mail/{signature}", appeal_by_mail)
        .get("/moderation-log", log)
}

#[derive(Template)]
#[template(path = "community/statement.html")]
struct Statement {
    chrome: Chrome,
    decision: Decision,
    clause: Option<Clause>,
    /// What the post said that it was about.
    said: String,
    appeal: Option<Appeal>,
    may_appeal: bool,
    /// Where the form of the appeal goes.
    action: String,
    until: Timestamp,
    words: String,
    error: Option<String>,
}

/// The signature of a link in a mail: whoever has the mail reads the statement and appeals, signed in or not.
pub(crate) fn signature(secret: &[u8], id: DecisionId) -> String {
    cookies::sign(secret, &format!("statement {id}"))
}

/// The decision of a link whose signature is right.
fn by_mail(cx: &Cx) -> Result<DecisionId> {
    let (id, signed) = (cx.path::<DecisionId>("id")?, cx.path::<String>("signature")?);
    if cookies::same(&signed, &signature(&cx.app.secret, id)) {
        return Ok(id);
    }
    Err(Error::not_found("This link is not whole. Copy all of it from the mail."))
}

/// The decision, for the member whom it concerns and for staff.
async fn mine(cx: &Cx) -> Result<DecisionId> {
    let (viewer, id) = (cx.member()?.clone(), cx.path::<DecisionId>("id")?);
    let decision = cx.read(move |tx| moderation::find(tx, id)).await?;
    if decision.person == viewer.person || viewer.role.audits() {
        return Ok(id);
    }
    Err(Error::not_found("There is no such statement."))
}

/// `GET /statements/{id}`
async fn show(cx: Cx) -> Page {
    let (person, id) = (cx.member()?.person, mine(&cx).await?);
    cx.write(move |tx| notices::read(tx, person, id.0)).await?;
    if let Some(viewer) = &cx.viewer {
        cx.app.sessions.forget(&viewer.session);
    }
    draw(&cx, id, format!("/statements/{id}/appeal"), String::new(), None).await
}

/// `GET /statements/{id}/by-mail/{signature}`
async fn show_by_mail(cx: Cx) -> Page {
    let id = by_mail(&cx)?;
    draw(&cx, id, cx.uri.path().to_owned(), String::new(), None).await
}

async fn draw(cx: &Cx, id: DecisionId, action: String, words: String, error: Option<Error>) -> Page {
    let (decision, clause, said, appeal) = cx
        .read(move |tx| {
            let decision = moderation::find(tx, id)?;
            let clause = match decision.guideline_version {
                0 => None,
                number => guidelines::version(tx, number)?.clause(&decision.clause).cloned(),
            };
            let said = if decision.object_kind == "post" {
                said(tx, PostId(decision.object), decision.object_version)?
            } else {
                String::new()
            };
            let appeal = moderation::appeal_of(tx, id)?;
            Ok((decision, clause, said, appeal))
        })
        .await?;
    let until = decision.at.plus(APPEAL_TIME);
    let mine = cx.viewer.as_ref().is_none_or(|viewer| viewer.person == decision.person);
    let may_appeal = mine
        && appeal.is_none()
        && decision.act.restricts()
        && decision.undone_at.is_none()
        && cx.app.now() <= until;
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let error = error.map(|error| error.safe.into_owned());
    let chrome = cx.chrome();
    let page = Statement { chrome, decision, clause, said, appeal, may_appeal, action, until, words, error };
    cx.keep_visit(views::html_with(status, &page)?)
}

/// What a post said in the version that was decided on.
fn said(tx: &mut mainstreet_db::Tx<'_>, id: PostId, version: Option<i64>) -> Result<String> {
    let post = posts::store::find(tx, id)?;
    let revisions = posts::store::revisions(tx, id)?;
    let then = revisions.into_iter().find(|revision| Some(revision.version) == version);
    Ok(then.map_or(post.body, |revision| revision.body))
}

#[derive(Deserialize)]
struct AppealForm {
    #[serde(default)]
    body: String,
}

async fn make(cx: &Cx, id: DecisionId, action: String, back: String) -> Page {
    let form: AppealForm = cx.form()?;
    let words = form.body.clone();
    let made = cx
        .write(move |tx| {
            let person = moderation::find(tx, id)?.person;
            moderation::appeal(tx, person, id, &form.body)
        })
        .await;
    match made {
        Ok(_) => views::see_saying(
            cx,
            &back,
            "Your appeal is with the team. Somebody else looks at it within 7 days.",
        ),
        Err(error) if is_mistake(&error) => draw(cx, id, action, words, Some(error)).await,
        Err(error) => Err(error),
    }
}

/// `POST /statements/{id}/appeal`
async fn appeal(cx: Cx) -> Page {
    let (person, id) = (cx.member()?.person, mine(&cx).await?);
    let concerned = cx.read(move |tx| moderation::find(tx, id)).await?.person;
    if person != concerned {
        return Err(Error::forbidden("Only the person whom a decision concerns can appeal."));
    }
    make(&cx, id, format!("/statements/{id}/appeal"), format!("/statements/{id}")).await
}

/// `POST /statements/{id}/by-mail/{signature}`
async fn appeal_by_mail(cx: Cx) -> Page {
    let (id, path) = (by_mail(&cx)?, cx.uri.path().to_owned());
    make(&cx, id, path.clone(), path).await
}

#[derive(Template)]
#[template(path = "community/moderation_log.html")]
struct Log {
    chrome: Chrome,
    rows: Vec<Redacted>,
}

/// `GET /moderation-log`
async fn log(cx: Cx) -> Page {
    let member = cx.viewer.is_some();
    let rows = cx.read(move |tx| moderation::redacted(tx, member, 200)).await?;
    views::html(&Log { chrome: cx.chrome(), rows })
}
