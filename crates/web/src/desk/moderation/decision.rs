//! One decision: what, why, what was before, the appeal against it, taking it back.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::guidelines;
use mainstreet_desk::batches;
use mainstreet_desk::moderation::{self, Appeal, AppealState, Decision, Speech, Voice, ladder};
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::id::{AppealId, BatchId, DecisionId};
use mainstreet_kernel::{Error, Result};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::is_mistake;
use crate::views::{self, Chrome, Page};

#[derive(Template)]
#[template(path = "desk/moderation/decision.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    decision: Decision,
    title: String,
    appeal: Option<Appeal>,
    voices: Vec<Voice>,
    needed: usize,
    may_undo: bool,
    may_speak: bool,
    next: Option<ladder::Suggestion>,
    error: Option<String>,
    why: String,
    /// The batch it was made in.
    batch: Option<BatchId>,
}

impl Show {
    fn hours(&self) -> Option<i64> {
        self.next.as_ref().and_then(|next| next.length).map(|length| length / HOUR)
    }
}

/// `GET /desk/moderation/decisions/{id}`
pub(super) async fn show(cx: Cx) -> Page {
    cx.audits()?;
    let id = cx.path::<DecisionId>("id")?;
    draw(&cx, id, String::new(), None).await
}

async fn draw(cx: &Cx, id: DecisionId, why: String, error: Option<Error>) -> Page {
    let viewer = cx.audits()?.clone();
    let (actor, staff) = (viewer.actor(), viewer.role.is_staff());
    let (decision, appeal, voices, clause, strikes, batch) = cx
        .read(move |tx| {
            let decision = moderation::find(tx, id)?;
            let appeal = moderation::appeal_of(tx, id)?;
            let voices = match &appeal {
                Some(appeal) => moderation::voices_on(tx, appeal.id)?,
                None => Vec::new(),
            };
            let clause = match decision.guideline_version {
                0 => None,
                number => guidelines::version(tx, number)?.clause(&decision.clause).cloned(),
            };
            let strikes = moderation::active_strikes(tx, decision.person)?;
            let batch = batches::of_decision(tx, id)?;
            Ok((decision, appeal, voices, clause, strikes, batch))
        })
        .await?;
    let open = appeal.as_ref().is_some_and(|appeal| appeal.state == AppealState::Open);
    let spoken = voices.iter().any(|voice| actor.is(voice.person));
    let concerned = actor.is(decision.person) || decision.by.is_some_and(|by| actor.is(by));
    // What this decision weighs is among the strikes already.
    let next = clause
        .as_ref()
        .filter(|_| decision.strikes > 0 && decision.undone_at.is_none() && staff)
        .map(|clause| ladder::suggest(clause.severity, strikes - decision.strikes));
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let page = Show {
        chrome: cx.chrome(),
        here: "moderation",
        waiting: cx.waiting().await?,
        title: clause.map(|clause| clause.text.title).unwrap_or_default(),
        needed: moderation::needed(decision.act),
        may_undo: staff && moderation::may_undo(actor, &decision).is_ok(),
        may_speak: staff && open && !spoken && !concerned,
        decision,
        appeal,
        voices,
        next,
        error: error.map(|error| error.safe.into_owned()),
        why,
        batch,
    };
    views::html_with(status, &page)
}

#[derive(Deserialize)]
struct WhyForm {
    #[serde(default)]
    why: String,
    /// The page of the inbox that it was sent from.
    #[serde(default)]
    back: String,
}

/// Where to go after a form: back to the inbox when it came from there.
fn place(back: &str, otherwise: String) -> String {
    if back.starts_with("/desk/inbox/") { back.to_owned() } else { otherwise }
}

/// `POST /desk/moderation/decisions/{id}/undo`
pub(super) async fn undo(cx: Cx) -> Page {
    let (actor, form) = (cx.staff()?.actor(), cx.form::<WhyForm>()?);
    let (id, typed) = (cx.path::<DecisionId>("id")?, form.why.clone());
    // The button beside what was just done gives no reason of its own.
    let why = if form.why.is_empty() { "Taken back at once.".to_owned() } else { form.why.clone() };
    match cx.write(move |tx| moderation::undo(tx, actor, id, &why)).await {
        Ok(_) => {
            cx.app.sessions.clear();
            let path = place(&form.back, format!("/desk/moderation/decisions/{id}"));
            views::see_saying(&cx, &path, "Taken back. Everything is as it was.")
        }
        Err(error) if is_mistake(&error) => draw(&cx, id, typed, Some(error)).await,
        Err(error) => Err(error),
    }
}

#[derive(Deserialize)]
struct VoiceForm {
    #[serde(default)]
    why: String,
    #[serde(default)]
    says: String,
    #[serde(default)]
    back: String,
}

fn says(word: &str) -> Result<bool> {
    match word {
        "overturn" => Ok(true),
        "uphold" => Ok(false),
        _ => Err(Error::invalid("Say whether the decision stands.")),
    }
}

/// `POST /desk/moderation/appeals/{id}`
pub(super) async fn speak(cx: Cx) -> Page {
    let (actor, form) = (cx.staff()?.actor(), cx.form::<VoiceForm>()?);
    let id = cx.path::<AppealId>("id")?;
    let decision = cx.read(move |tx| Ok(moderation::find_appeal(tx, id)?.decision)).await?;
    let (typed, overturn) = (form.why.clone(), says(&form.says)?);
    let path = place(&form.back, format!("/desk/moderation/decisions/{decision}"));
    let (site, url, secret) = (cx.app.site().name, cx.app.config.url.clone(), cx.app.secret.clone());
    let spoken = cx
        .write(move |tx| {
            let speech = moderation::speak(tx, actor, id, overturn, &form.why)?;
            if let Speech::Decided(_) = speech {
                crate::mail::tell_appeal(tx, id, (&site, &url), &secret)?;
            }
            Ok(speech)
        })
        .await;
    let said = match spoken {
        Ok(Speech::Noted) => "Noted. Somebody else has to speak as well.",
        Ok(Speech::Decided(AppealState::Overturned)) => {
            "Overturned: everything the decision did is taken back."
        }
        Ok(Speech::Decided(_)) => "Upheld: the decision stands. The member is told.",
        Err(error) if is_mistake(&error) => return draw(&cx, decision, typed, Some(error)).await,
        Err(error) => return Err(error),
    };
    cx.app.sessions.clear();
    cx.app.wake_mail();
    views::see_saying(&cx, &path, said)
}
