//! How the work lies on people: each sees their own, those who lead see the team; and everybody's own hours.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_db::Tx;
use mainstreet_desk::metrics::figure::Figure;
use mainstreet_desk::metrics::figures::Query;
use mainstreet_desk::metrics::moderation::{self, Choice, Workload};
use mainstreet_desk::reviews;
use mainstreet_desk::triage::hours::{WEEK, Written};
use mainstreet_kernel::id::SpaceId;
use mainstreet_kernel::{Actor, Error, FieldErrors, Result, Role};
use serde::Deserialize;

use crate::desk::metrics::panels::meanings;
use crate::desk::metrics::picker::{self, Picker};
use crate::desk::metrics::window::Window;
use crate::desk::metrics::words::said;
use crate::request::Cx;
use crate::views::{self, Chrome, Page};

const PATH: &str = "/desk/metrics/moderation/workload";

#[derive(Template)]
#[template(path = "desk/metrics/workload.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    part: &'static str,
    waiting: i64,
    picker: Picker,
    /// Nothing: what was typed cannot be read.
    window: Option<Window>,
    own: Option<Workload>,
    /// Everybody, for those who lead.
    team: Vec<Workload>,
    leads: bool,
    form: Form,
    errors: FieldErrors,
}

impl Show {
    fn definitions(&self) -> Vec<&'static mainstreet_desk::metrics::definitions::Definition> {
        meanings(&[
            "workload-acts",
            "workload-outside-hours",
            "workload-severe",
            "workload-longest-run",
            "workload-reversals",
        ])
    }

    fn said(&self, figure: &Figure) -> String {
        said(figure)
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Form {
    /// `own` or `community`.
    calendar: String,
    zone: String,
    monday: String,
    tuesday: String,
    wednesday: String,
    thursday: String,
    friday: String,
    saturday: String,
    sunday: String,
    closed: String,
}

impl Form {
    fn of(hours: Option<Written>, zone: &str) -> Self {
        let kept = hours.is_some();
        let hours = hours.unwrap_or_default();
        let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] = hours.week;
        Self {
            calendar: if kept { "own" } else { "community" }.to_owned(),
            zone: if hours.zone.is_empty() { zone.to_owned() } else { hours.zone },
            monday,
            tuesday,
            wednesday,
            thursday,
            friday,
            saturday,
            sunday,
            closed: hours.closed,
        }
    }

    fn days(&self) -> [(&'static str, &str); 7] {
        let written = [
            &self.monday,
            &self.tuesday,
            &self.wednesday,
            &self.thursday,
            &self.friday,
            &self.saturday,
            &self.sunday,
        ];
        std::array::from_fn(|at| (WEEK[at], written[at].as_str()))
    }

    fn hours(&self) -> Written {
        Written {
            kept: self.calendar == "own",
            zone: self.zone.trim().to_owned(),
            week: self.days().map(|(_, text)| text.trim().to_owned()),
            closed: self.closed.trim().to_owned(),
        }
    }
}

/// `GET /desk/metrics/moderation/workload`
pub(super) async fn show(cx: Cx) -> Page {
    let person = cx.staff()?.person;
    let own = cx.read(move |tx| reviews::own(tx, person)).await?;
    let form = Form::of(own.hours, cx.app.site().zone.name());
    draw(&cx, form, FieldErrors::default()).await
}

async fn draw(cx: &Cx, form: Form, errors: FieldErrors) -> Page {
    let viewer = cx.staff()?.clone();
    let (actor, leads) = (viewer.actor(), viewer.role >= Role::Manager);
    let (asked, window) = picker::read(cx)?;
    let read = match &window {
        Ok(window) => {
            let query = window.query.clone();
            cx.read(move |tx| work(tx, &query, actor)).await
        }
        Err(error) => Err(Error::invalid(error.safe.clone())),
    };
    let (picker, window, own, team) = match (read, window) {
        (Ok((choice, own, team)), Ok(window)) => {
            (Picker::of(PATH, &window, choice), Some(window), Some(own), team)
        }
        (Err(error), _) | (_, Err(error)) if picker::is_typed_wrong(&error) => {
            let wanted = asked.space.parse().ok();
            let choice =
                cx.read(move |tx| offered(tx, actor, wanted).or_else(|_| offered(tx, actor, None))).await?;
            (Picker::refused(PATH, asked, choice, &error), None, None, Vec::new())
        }
        (Err(error), _) | (_, Err(error)) => return Err(error),
    };
    let status = if errors.is_empty() { picker.status() } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Show {
        chrome: cx.chrome(),
        here: "metrics",
        part: "workload",
        waiting: cx.waiting().await?,
        picker,
        window,
        own,
        team,
        leads,
        form,
        errors,
    };
    views::html_with(status, &page)
}

/// One's own work is whole, whatever one moderates; of the spaces those can be chosen that one does.
fn offered(tx: &mut Tx<'_>, actor: Actor, asked: Option<SpaceId>) -> Result<Choice> {
    let choice = match asked {
        Some(_) => moderation::choose(tx, actor, asked)?,
        None => Choice { space: None, name: None, ..moderation::choose(tx, actor, None).unwrap_or_default() },
    };
    Ok(Choice { whole: true, ..choice })
}

fn work(tx: &mut Tx<'_>, query: &Query, actor: Actor) -> Result<(Choice, Workload, Vec<Workload>)> {
    let choice = offered(tx, actor, query.space)?;
    let whose = actor.person.ok_or_else(|| Error::forbidden("Sign in to see your work."))?;
    if actor.role < Role::Manager {
        return Ok((choice, moderation::workload(tx, query, actor, whose)?, Vec::new()));
    }
    // Who leads is one of the team: what all of it is counted from is read once.
    let team = moderation::team(tx, query, Some(actor))?;
    let own = match team.iter().find(|one| one.person == whose) {
        Some(own) => own.clone(),
        None => moderation::workload(tx, query, actor, whose)?,
    };
    Ok((choice, own, team))
}

/// `POST /desk/metrics/moderation/workload`: one's own hours.
pub(super) async fn update(cx: Cx) -> Page {
    let (actor, form) = (cx.staff()?.actor(), cx.form::<Form>()?);
    let hours = form.hours();
    match cx.write(move |tx| reviews::set_hours(tx, actor, &hours)).await? {
        Some(errors) => draw(&cx, form, errors).await,
        None => views::see_saying(&cx, "/desk/metrics/moderation/workload#hours", "Your hours are saved."),
    }
}
