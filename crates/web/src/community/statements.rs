//! What a member is told about a decision, and their appeal; the log without names.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::guidelines::{self, Clause, Text};
use mainstreet_community::{notices, posts};
use mainstreet_desk::moderation::{self, APPEAL_TIME, Appeal, Decision, Redacted};
use mainstreet_kernel::id::{DecisionId, PostId};
use mainstreet_kernel::{Error, Result, Timestamp};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::{Routes, is_mistake};
use crate::views::{self, Chrome, Page};
use crate::{cookies, mail};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/statements/{id}", show)
        .post("/statements/{id}/appeal", appeal)
        .get("/statements/{id}/statement.json", json)
        .get("/statements/{id}/by-mail/{signature}", show_by_mail)
        .get("/statements/{id}/by-mail/{signature}/statement.json", json_by_mail)
        .post("/statements/{id}/by-mail/{signature}", appeal_by_mail)
        .get("/moderation-log", log)
}

#[derive(Template)]
#[template(path = "community/statement.html")]
struct Statement {
    chrome: Chrome,
    decision: Decision,
    /// What the clause says, in the reader's language where it was translated.
    text: Option<Text>,
    /// Tags of the languages the clause can be read in.
    languages: Vec<String>,
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

impl Statement {
    /// Where the statement is for machines: beside the page, by whichever link it was opened.
    fn json_path(&self) -> String {
        format!("{}/statement.json", self.action.trim_end_matches("/appeal"))
    }
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

/// What a reader asked for: the language of the address, then those of their browser, then that of what they wrote.
fn wanted(cx: &Cx, decision: &Decision) -> Vec<String> {
    let asked = cx.query::<Asked>().map(|asked| asked.language).unwrap_or_default();
    let accepted = cx.header("accept-language").unwrap_or_default();
    let tags = accepted.split(',').map(|part| part.split(';').next().unwrap_or_default().trim());
    let all = std::iter::once(asked.as_str()).chain(tags).chain([decision.content_language.as_str()]);
    all.filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

/// The text of a clause in the first of these languages that it has, or in the one that counts.
fn text_in(clause: &Clause, wanted: &[String]) -> Text {
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_lowercase();
    let texts = || std::iter::once(&clause.text).chain(&clause.translations);
    let found = wanted.iter().find_map(|tag| {
        let exact = texts().find(|text| text.language.eq_ignore_ascii_case(tag));
        exact.or_else(|| texts().find(|text| primary(&text.language) == primary(tag)))
    });
    found.unwrap_or(&clause.text).clone()
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    language: String,
}

/// `GET /statements/{id}/statement.json`: in the words of the Digital Services Act.
async fn json(cx: Cx) -> Page {
    cx.member()?;
    let id = mine(&cx).await?;
    as_json(&cx, id).await
}

/// `GET /statements/{id}/by-mail/{signature}/statement.json`
async fn json_by_mail(cx: Cx) -> Page {
    let id = by_mail(&cx)?;
    as_json(&cx, id).await
}

async fn as_json(cx: &Cx, id: DecisionId) -> Page {
    let (decision, clause) = cx
        .read(move |tx| {
            let decision = moderation::find(tx, id)?;
            let clause = match decision.guideline_version {
                0 => None,
                number => guidelines::version(tx, number)?.clause(&decision.clause).cloned(),
            };
            Ok((decision, clause))
        })
        .await?;
    let wanted = wanted(cx, &decision);
    let said = clause.map(|clause| text_in(&clause, &wanted).summary).unwrap_or_default();
    let whole = moderation::report::whole(&decision, &said);
    let body = serde_json::to_string_pretty(&whole).map_err(Error::internal)?;
    let mut response = views::typed("application/json", body);
    let name = format!("attachment; filename=\"statement-{id}.json\"");
    if let Ok(value) = axum::http::HeaderValue::from_str(&name) {
        response.headers_mut().insert(axum::http::header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
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
    let wanted = wanted(cx, &decision);
    let text = clause.as_ref().map(|clause| text_in(clause, &wanted));
    let languages = clause.as_ref().map_or_else(Vec::new, |clause| {
        let texts = std::iter::once(&clause.text).chain(&clause.translations);
        texts.map(|text| text.language.clone()).collect()
    });
    let page = Statement {
        chrome,
        decision,
        text,
        languages,
        said,
        appeal,
        may_appeal,
        action,
        until,
        words,
        error,
    };
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
    let (site, url, secret) = (cx.app.site(), cx.app.config.url.clone(), cx.app.secret.clone());
    let made = cx
        .write(move |tx| {
            let person = moderation::find(tx, id)?.person;
            let appeal = moderation::appeal(tx, person, id, &form.body)?;
            mail::receipt(tx, appeal, (&site, &url), &secret)
        })
        .await;
    cx.app.wake_mail();
    match made {
        Ok(_) => views::see_saying(
            cx,
            &back,
            "Your appeal is with the team. Somebody else looks at it within 7 days; a receipt is on its way by mail.",
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
