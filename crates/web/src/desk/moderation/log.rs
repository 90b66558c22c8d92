//! The log of decisions, who may read it without names, and the report.

use askama::Template;
use mainstreet_community::moderation::Act;
use mainstreet_desk::moderation::{self, Decision, Filter, Openness, report as reports};
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::DecisionId;
use mainstreet_kernel::{Error, Result, Role, Timestamp};
use serde::Deserialize;

use crate::request::Cx;
use crate::views::{self, Chrome, Page};

const ROWS: usize = 50;

#[derive(Template)]
#[template(path = "desk/moderation/log.html")]
struct Log {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    rows: Vec<Decision>,
    next: Option<DecisionId>,
    asked: Asked,
    openness: Openness,
    manages: bool,
}

impl Log {
    fn acts(&self) -> &'static [Act] {
        Act::ALL
    }
    fn opennesses(&self) -> [Openness; 3] {
        Openness::ALL
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    person: String,
    clause: String,
    act: String,
    before: String,
}

/// `GET /desk/moderation/log`
pub(super) async fn show(cx: Cx) -> Page {
    let manages = cx.audits()?.role >= Role::Manager;
    let asked: Asked = cx.query()?;
    let filter = Filter {
        person: asked.person.parse().ok(),
        clause: asked.clause.trim().to_owned(),
        act: asked.act.clone(),
        before: asked.before.parse().ok(),
    };
    let (mut rows, openness) =
        cx.read(move |tx| Ok((moderation::list(tx, &filter, ROWS + 1)?, moderation::openness(tx)?))).await?;
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    let next = rows.last().map(|row| row.id).filter(|_| more);
    let (chrome, waiting) = (cx.chrome(), cx.waiting().await?);
    views::html(&Log { chrome, here: "moderation", waiting, rows, next, asked, openness, manages })
}

#[derive(Deserialize)]
struct OpenForm {
    #[serde(default)]
    to: String,
}

/// `POST /desk/moderation/log/openness`
pub(super) async fn open(cx: Cx) -> Page {
    let (actor, form) = (cx.at_least(Role::Manager)?.actor(), cx.form::<OpenForm>()?);
    let to: Openness = form.to.parse()?;
    cx.write(move |tx| moderation::set_openness(tx, actor, to)).await?;
    views::see_saying(
        &cx,
        "/desk/moderation/log",
        format!("The log is read by: {}.", to.label().to_lowercase()),
    )
}

#[derive(Template)]
#[template(path = "desk/moderation/report.html")]
struct Report {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    report: reports::Report,
    from: String,
    to: String,
}

impl Report {
    fn parts(&self) -> [(&'static str, &reports::Counts); 3] {
        let report = &self.report;
        [
            ("What was done", &report.by_act),
            ("Which clause", &report.by_clause),
            ("How it was found", &report.by_source),
        ]
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Window {
    from: String,
    to: String,
}

/// A day as typed, in UTC; empty: what is given.
fn day(text: &str, other: Timestamp) -> Result<Timestamp> {
    if text.trim().is_empty() {
        return Ok(other);
    }
    text.trim().parse().map_err(|_| Error::invalid("Write days such as 2026-03-01."))
}

/// The last 90 days unless the address says otherwise. `to` is the day after the last.
async fn read(cx: &Cx) -> Result<(reports::Report, Window)> {
    let (asked, now) = (cx.query::<Window>()?, cx.app.now());
    let (from, to) = (day(&asked.from, now.plus(-90 * DAY))?, day(&asked.to, now.plus(1))?);
    Ok((cx.read(move |tx| reports::report(tx, from, to)).await?, asked))
}

/// `GET /desk/moderation/report?from=2026-01-01&to=2026-04-01`
pub(super) async fn report(cx: Cx) -> Page {
    cx.audits()?;
    let (report, asked) = read(&cx).await?;
    let (chrome, waiting) = (cx.chrome(), cx.waiting().await?);
    views::html(&Report { chrome, here: "moderation", waiting, report, from: asked.from, to: asked.to })
}

/// `GET /desk/moderation/report.csv`
pub(super) async fn report_csv(cx: Cx) -> Page {
    cx.audits()?;
    let (report, _) = read(&cx).await?;
    Ok(views::typed("text/csv; charset=utf-8", reports::csv(&report)))
}

/// `GET /desk/moderation/report.json`
pub(super) async fn report_json(cx: Cx) -> Page {
    cx.audits()?;
    let (report, _) = read(&cx).await?;
    Ok(views::typed("application/json", serde_json::to_string(&report).map_err(Error::internal)?))
}
