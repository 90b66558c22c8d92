//! Until when: response-time targets by urgency, for the community and for owners, and the hours that count.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_desk::conflicts::alarms::Alarms;
use mainstreet_desk::metrics::alarms;
use mainstreet_desk::triage::hours::{WEEK, Written};
use mainstreet_desk::triage::{self, Targets, read_span, write_span};
use mainstreet_kernel::{FieldErrors, Role};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(super) fn routes() -> Routes {
    Routes::new().get("/desk/settings/targets", show).post("/desk/settings/targets", update)
}

#[derive(Template)]
#[template(path = "desk/settings/targets.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    part: &'static str,
    waiting: i64,
    form: Form,
    errors: FieldErrors,
    defaults: [String; 8],
    /// How often a question passed the normal target over a year.
    year: Alarms,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Form {
    urgent: String,
    high: String,
    normal: String,
    low: String,
    owner_urgent: String,
    owner_high: String,
    owner_normal: String,
    owner_low: String,
    /// `open` or `hours`.
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
    fn of(targets: &Targets, owners: &Targets, hours: Written, zone: &str) -> Self {
        let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] = hours.week;
        let [urgent, high, normal, low] = spelled(targets);
        let [owner_urgent, owner_high, owner_normal, owner_low] = spelled(owners);
        Self {
            urgent,
            high,
            normal,
            low,
            owner_urgent,
            owner_high,
            owner_normal,
            owner_low,
            calendar: if hours.kept { "hours" } else { "open" }.to_owned(),
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

    /// The days with their names and what is written for them.
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
            kept: self.calendar == "hours",
            zone: self.zone.trim().to_owned(),
            week: self.days().map(|(_, text)| text.trim().to_owned()),
            closed: self.closed.trim().to_owned(),
        }
    }

    fn targets(&self, errors: &mut FieldErrors) -> (Targets, Targets) {
        let mut read = |field, text: &str| {
            read_span(text).unwrap_or_else(|| {
                errors.add(field, "Write a time such as 30 min, 4 h or 2 days.");
                0
            })
        };
        let community = Targets {
            urgent: read("urgent", &self.urgent),
            high: read("high", &self.high),
            normal: read("normal", &self.normal),
            low: read("low", &self.low),
        };
        let owners = Targets {
            urgent: read("owner_urgent", &self.owner_urgent),
            high: read("owner_high", &self.owner_high),
            normal: read("owner_normal", &self.owner_normal),
            low: read("owner_low", &self.owner_low),
        };
        for (field, targets) in [("low", &community), ("owner_low", &owners)] {
            if ![targets.urgent, targets.high, targets.normal, targets.low].is_sorted() {
                errors.add(field, "What is more urgent has the shorter time: they rise from urgent to low.");
            }
        }
        (community, owners)
    }
}

fn spelled(targets: &Targets) -> [String; 4] {
    [targets.urgent, targets.high, targets.normal, targets.low].map(write_span)
}

/// `GET /desk/settings/targets`
async fn show(cx: Cx) -> Page {
    cx.at_least(Role::Manager)?;
    let (targets, owners, hours) =
        cx.read(|tx| Ok((triage::targets(tx)?, triage::owner_targets(tx)?, triage::hours(tx)?))).await?;
    let form = Form::of(&targets, &owners, hours, cx.app.site().zone.name());
    draw(&cx, form, FieldErrors::default()).await
}

async fn draw(cx: &Cx, form: Form, errors: FieldErrors) -> Page {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let ([a, b, c, d], [e, f, g, h]) = (spelled(&Targets::default()), spelled(&Targets::OWNERS));
    let now = cx.app.now();
    let page = Show {
        year: cx.read(move |tx| alarms::late_questions(tx, now)).await?,
        waiting: cx.waiting().await?,
        chrome: cx.chrome(),
        here: "settings",
        part: "targets",
        form,
        errors,
        defaults: [a, b, c, d, e, f, g, h],
    };
    views::html_with(status, &page)
}

/// `POST /desk/settings/targets`
async fn update(cx: Cx) -> Page {
    let (actor, form) = (cx.at_least(Role::Manager)?.actor(), cx.form::<Form>()?);
    let mut errors = FieldErrors::default();
    let ((targets, owners), hours) = (form.targets(&mut errors), form.hours());
    if let Err(found) = triage::hours::Hours::read(&hours) {
        errors.0.extend(found.0);
    }
    if !errors.is_empty() {
        return draw(&cx, form, errors).await;
    }
    cx.write(move |tx| {
        triage::set_targets(tx, actor, &targets)?;
        triage::set_owner_targets(tx, actor, &owners)?;
        triage::set_hours(tx, actor, &hours)
    })
    .await?;
    views::see_saying(&cx, "/desk/settings/targets", "Saved. It holds for what comes from now on.")
}
