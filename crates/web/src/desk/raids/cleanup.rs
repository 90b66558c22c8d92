//! Cleaning up a raid: finding suspects, looking at them, one act, one undo.

use std::collections::HashSet;

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::guidelines::{self, Version};
use mainstreet_desk::moderation::Decision;
use mainstreet_desk::raids::cleanup::{self, Cleanup, Criteria, Plan, Suspect};
use mainstreet_kernel::clock::{HOUR, MINUTE};
use mainstreet_kernel::id::{CleanupId, PersonId};
use mainstreet_kernel::{Error, Result, Role, Timestamp};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::is_mistake;
use crate::views::{self, Chrome, Flash, Page};

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Form {
    /// Not empty: the form was sent.
    look: String,
    hours: String,
    until: String,
    score: String,
    copies: String,
    domain: String,
    network: String,
    /// The window as it was looked at.
    from: String,
    to: String,
    days: String,
    clause: String,
    why: String,
}

#[derive(Template)]
#[template(path = "desk/raids/cleanup.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    form: Form,
    error: Option<String>,
    suspects: Option<Vec<Suspect>>,
    chosen: Option<HashSet<PersonId>>,
    guidelines: Option<Version>,
}

impl Show {
    fn ticked(&self, person: &PersonId) -> bool {
        self.chosen.as_ref().is_none_or(|chosen| chosen.contains(person))
    }

    fn posts(&self) -> usize {
        self.suspects.iter().flatten().map(|suspect| suspect.posts.len()).sum()
    }
}

impl Form {
    fn number<T: std::str::FromStr>(text: &str, what: &str) -> Result<Option<T>> {
        match text.trim() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| Error::invalid(format!("Give {what} as a number."))),
        }
    }

    /// What was asked. The window is fixed with the first look, so that the act is about what was seen.
    fn criteria(&mut self, now: Timestamp) -> Result<Criteria> {
        if self.from.is_empty() || self.to.is_empty() {
            let back: i64 = Self::number(&self.until, "when the window ended")?.unwrap_or(0);
            let hours: i64 = Self::number(&self.hours, "the length of the window")?.unwrap_or(6);
            if !(1..=168).contains(&hours) || !(0..=10_000).contains(&back) {
                return Err(Error::invalid("Choose a window of 1 to 168 hours."));
            }
            let to = now.plus(MINUTE - back * HOUR);
            self.to = to.0.to_string();
            self.from = to.plus(-hours * HOUR).0.to_string();
        }
        Ok(Criteria {
            from: Self::number(&self.from, "the window")?.unwrap_or(0),
            to: Self::number(&self.to, "the window")?.unwrap_or(0),
            score: Self::number(&self.score.replace(',', "."), "the score")?,
            copies: Self::number(&self.copies, "the number of accounts with one text")?,
            domain: self.domain.trim().to_owned(),
            network: Self::number(&self.network, "the number of accounts of a network")?,
        })
    }
}

/// `GET /desk/raids/clean-up?look=1&hours=6&score=5`
pub(super) async fn form(cx: Cx) -> Page {
    cx.staff()?;
    let mut form: Form = cx.query()?;
    if form.look.is_empty() {
        "6".clone_into(&mut form.hours);
        "0".clone_into(&mut form.until);
        "5".clone_into(&mut form.score);
        "3".clone_into(&mut form.copies);
        return draw(&cx, form, None, None).await;
    }
    // A new look is a new window.
    form.from.clear();
    form.to.clear();
    draw(&cx, form, None, None).await
}

async fn draw(cx: &Cx, mut form: Form, chosen: Option<HashSet<PersonId>>, error: Option<Error>) -> Page {
    cx.staff()?;
    let mut error = error;
    let mut suspects = None;
    if !form.look.is_empty() {
        let found = match form.criteria(cx.app.now()) {
            Ok(criteria) => cx.read(move |tx| cleanup::suspects(tx, &criteria)).await,
            Err(mistake) => Err(mistake),
        };
        match found {
            Ok(found) => suspects = Some(found),
            Err(mistake) if is_mistake(&mistake) => error = error.or(Some(mistake)),
            Err(other) => return Err(other),
        }
    }
    if form.days.is_empty() {
        "30".clone_into(&mut form.days);
    }
    if form.clause.is_empty() {
        "no-spam".clone_into(&mut form.clause);
    }
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let page = Show {
        chrome: cx.chrome(),
        here: "raids",
        waiting: cx.waiting().await?,
        form,
        error: error.map(|error| error.safe.into_owned()),
        suspects,
        chosen,
        guidelines: cx.read(guidelines::holds).await?,
    };
    views::html_with(status, &page)
}

/// `POST /desk/raids/clean-up`
pub(super) async fn clean(cx: Cx) -> Page {
    let (actor, mut form) = (cx.staff()?.actor(), cx.form::<Form>()?);
    let chosen: HashSet<PersonId> = url::form_urlencoded::parse(&cx.body)
        .filter(|(name, _)| name == "person")
        .filter_map(|(_, value)| value.parse().ok())
        .collect();
    let plan = form.criteria(cx.app.now()).and_then(|criteria| {
        Ok(Plan {
            criteria,
            people: chosen.iter().copied().collect(),
            days: Form::number(&form.days, "the days")?.unwrap_or(0),
            clause: form.clause.clone(),
            why: form.why.clone(),
        })
    });
    let done = match plan {
        Ok(plan) => cx.write(move |tx| cleanup::clean(tx, actor, &plan)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(done) => {
            cx.app.sessions.clear();
            cx.app.wake_mail();
            cx.app.pages.all_changed();
            let path = format!("/desk/raids/clean-ups/{}", done.id);
            let text = format!(
                "{} hidden, {} suspended.",
                views::counted(done.posts, "post", "posts"),
                views::counted(done.people, "account", "accounts")
            );
            views::see_with(&cx, &path, &Flash { text, undo: Some(format!("{path}/undo")) })
        }
        Err(error) if is_mistake(&error) => {
            "1".clone_into(&mut form.look);
            draw(&cx, form, Some(chosen), Some(error)).await
        }
        Err(error) => Err(error),
    }
}

#[derive(Template)]
#[template(path = "desk/raids/cleaned.html")]
struct Cleaned {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    cleanup: Cleanup,
    decisions: Vec<Decision>,
    may_undo: bool,
    why: String,
    error: Option<String>,
}

impl Cleaned {
    fn from(&self) -> Timestamp {
        Timestamp(self.cleanup.criteria.from)
    }

    fn to(&self) -> Timestamp {
        Timestamp(self.cleanup.criteria.to)
    }
}

/// `GET /desk/raids/clean-ups/{id}`
pub(super) async fn show(cx: Cx) -> Page {
    cx.staff()?;
    let id = cx.path::<CleanupId>("id")?;
    draw_done(&cx, id, String::new(), None).await
}

async fn draw_done(cx: &Cx, id: CleanupId, why: String, error: Option<Error>) -> Page {
    let viewer = cx.staff()?.clone();
    let (cleanup, decisions) =
        cx.read(move |tx| Ok((cleanup::find(tx, id)?, cleanup::decisions(tx, id)?))).await?;
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let page = Cleaned {
        chrome: cx.chrome(),
        here: "raids",
        waiting: cx.waiting().await?,
        may_undo: cleanup.undone_at.is_none()
            && (cleanup.by == viewer.person || viewer.role >= Role::Manager),
        cleanup,
        decisions,
        why,
        error: error.map(|error| error.safe.into_owned()),
    };
    views::html_with(status, &page)
}

#[derive(Deserialize)]
struct WhyForm {
    #[serde(default)]
    why: String,
}

/// `POST /desk/raids/clean-ups/{id}/undo`
pub(super) async fn undo(cx: Cx) -> Page {
    let (actor, form, id) = (cx.staff()?.actor(), cx.form::<WhyForm>()?, cx.path::<CleanupId>("id")?);
    let typed = form.why.clone();
    // The button beside what was just done gives no reason of its own.
    let why = if form.why.is_empty() { "Taken back at once.".to_owned() } else { form.why };
    match cx.write(move |tx| cleanup::undo(tx, actor, id, &why)).await {
        Ok(done) => {
            cx.app.sessions.clear();
            cx.app.pages.all_changed();
            let said = match done.left_out {
                0 => "Taken back. Everything is as it was.".to_owned(),
                some => format!("Taken back, but for {some} that something else had happened to since."),
            };
            views::see_saying(&cx, &format!("/desk/raids/clean-ups/{id}"), said)
        }
        Err(error) if is_mistake(&error) => draw_done(&cx, id, typed, Some(error)).await,
        Err(error) => Err(error),
    }
}
