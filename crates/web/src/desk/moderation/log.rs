//! The log of decisions, who may read it without names, and the report.

use std::collections::HashMap;

use askama::Template;
use mainstreet_community::guidelines;
use mainstreet_community::moderation::Act;
use mainstreet_db::Tx;
use mainstreet_desk::measures::{self, Measure};
use mainstreet_desk::metrics::moderation::{self as figures, Choice};
use mainstreet_desk::moderation::{self, Decision, Filter, Openness, report as reports};
use mainstreet_kernel::id::{DecisionId, PersonId, SpaceId};
use mainstreet_kernel::{Day, Error, Result, Role, Timestamp, Zone};
use serde::Deserialize;

use crate::desk::metrics::picker::kept_space;
use crate::request::Cx;
use crate::views::{self, Chrome, Page};

const ROWS: usize = 50;

/// A line of the log: a decision, or a measure.
struct Line {
    id: i64,
    at: Timestamp,
    what: &'static str,
    /// The decision's page.
    decision: Option<DecisionId>,
    undone: bool,
    about: Vec<(PersonId, String)>,
    /// Where a measure holds, and its facts.
    details: String,
    clause: String,
    by: String,
    why: String,
}

impl From<Decision> for Line {
    fn from(row: Decision) -> Self {
        Self {
            id: row.id.0,
            at: row.at,
            what: row.act.label(),
            decision: Some(row.id),
            undone: row.undone_at.is_some(),
            about: vec![(row.person, row.person_name)],
            details: String::new(),
            clause: row.clause,
            by: row.by_name.unwrap_or_else(|| "Mainstreet".to_owned()),
            why: if row.facts.is_empty() { "The words were erased.".to_owned() } else { row.facts },
        }
    }
}

impl From<Measure> for Line {
    fn from(row: Measure) -> Self {
        let place = match (row.place.as_str(), row.space_name) {
            ("topic", Some(space)) => format!("A topic in {space}: "),
            ("space", Some(space)) => format!("{space}: "),
            ("site", _) if row.kind.is_open() => "Everywhere: ".to_owned(),
            _ => String::new(),
        };
        Self {
            id: row.id.0,
            at: row.at,
            what: row.kind.label(),
            decision: None,
            undone: false,
            about: row.people.into_iter().zip(row.names).collect(),
            details: format!("{place}{}", row.details),
            clause: row.clause,
            by: row.actor_name.unwrap_or_else(|| "Mainstreet".to_owned()),
            why: row.why,
        }
    }
}

/// Decisions and measures that fit, latest first, and whether there are older ones.
fn lines(tx: &mut Tx<'_>, asked: &Asked) -> Result<(Vec<Line>, bool)> {
    let filter = Filter {
        person: asked.person.parse().ok(),
        clause: asked.clause.trim().to_owned(),
        act: asked.act.clone(),
        before: asked.before.parse().ok(),
    };
    let is_measure = asked.act.parse::<measures::Kind>().is_ok();
    let mut rows: Vec<Line> = Vec::new();
    if !is_measure {
        rows.extend(moderation::list(tx, &filter, ROWS + 1)?.into_iter().map(Line::from));
    }
    if filter.person.is_none() && (is_measure || asked.act.is_empty()) {
        let before = asked.before.parse().ok();
        let filter = measures::Filter { kind: filter.act, clause: filter.clause, open: false, before };
        rows.extend(measures::list(tx, &filter, ROWS + 1)?.into_iter().map(Line::from));
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.id));
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    Ok((rows, more))
}

#[derive(Template)]
#[template(path = "desk/moderation/log.html")]
struct Log {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    rows: Vec<Line>,
    next: Option<i64>,
    asked: Asked,
    openness: Openness,
    manages: bool,
    /// Whose texts an owner could erase from here.
    erase: Option<PersonId>,
}

impl Log {
    fn acts(&self) -> &'static [Act] {
        Act::ALL
    }
    fn measures(&self) -> &'static [measures::Kind] {
        measures::Kind::ALL
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
    let viewer = cx.audits()?.clone();
    let manages = viewer.role >= Role::Manager;
    let asked: Asked = cx.query()?;
    let wanted = asked.clone();
    let ((rows, more), openness) =
        cx.read(move |tx| Ok((lines(tx, &wanted)?, moderation::openness(tx)?))).await?;
    let next = rows.last().map(|row| row.id).filter(|_| more);
    let erase = match asked.person.parse::<PersonId>() {
        Ok(person) if viewer.role >= Role::Owner => Some(person),
        _ => None,
    };
    let (chrome, waiting) = (cx.chrome(), cx.waiting().await?);
    views::html(&Log { chrome, here: "moderation", waiting, rows, next, asked, openness, manages, erase })
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
    /// What is looked at, and what else could be.
    choice: Choice,
    /// Titles of clauses by their names.
    titles: HashMap<String, String>,
}

impl Report {
    fn kept_space(&self) -> String {
        kept_space(&self.choice)
    }

    /// The counts, in the words of pages.
    fn parts(&self) -> [(&'static str, reports::Counts); 4] {
        let report = &self.report;
        let told = |counts: &reports::Counts, word: &dyn Fn(&str) -> String| -> reports::Counts {
            counts.iter().map(|(name, count)| (word(name), *count)).collect()
        };
        let act = |word: &str| word.parse::<Act>().map_or(word.to_owned(), |act| act.label().to_owned());
        let measure = |word: &str| {
            word.parse::<measures::Kind>().map_or(word.to_owned(), |kind| kind.label().to_owned())
        };
        let source = |word: &str| match word {
            "flag" => "members flagged it".to_owned(),
            "rule" => "a rule or threshold pointed it out".to_owned(),
            "own" => "staff came across it".to_owned(),
            "appeal" => "an appeal brought it up".to_owned(),
            other => other.to_owned(),
        };
        let clause = |slug: &str| self.titles.get(slug).cloned().unwrap_or_else(|| slug.to_owned());
        [
            ("What was done", told(&report.by_act, &act)),
            ("Which clause", told(&report.by_clause, &clause)),
            ("How it was found", told(&report.by_source, &source)),
            ("Calm, raids and conversations", told(&report.by_measure, &measure)),
        ]
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Window {
    from: String,
    to: String,
    space: String,
}

/// A day as typed, or another one.
fn day(text: &str, other: Day) -> Result<Day> {
    if text.trim().is_empty() {
        return Ok(other);
    }
    let wrong = |_| Error::invalid("Write days such as 2026-03-01.");
    Ok(Zone::utc().day_of(text.trim().parse::<Timestamp>().map_err(wrong)?))
}

/// The last 90 days unless the address says otherwise, in the community's days. `to` is the day after the last.
async fn read(cx: &Cx) -> Result<(reports::Report, Window, Choice)> {
    let (asked, zone, actor) = (cx.query::<Window>()?, cx.app.site().zone, cx.audits()?.actor());
    let today = zone.day_of(cx.app.now());
    let (from, to) = (day(&asked.from, today.plus(-89))?, day(&asked.to, today.plus(1))?);
    if from >= to {
        return Err(Error::invalid("The first day of a report comes before the day it goes up to."));
    }
    let (begin, end) = (zone.start_of(from), zone.start_of(to));
    let wanted = match asked.space.as_str() {
        "" => None,
        space => Some(space.parse::<SpaceId>().map_err(|_| figures::no_such_space())?),
    };
    let (choice, report) = cx
        .read(move |tx| {
            let choice = figures::choose(tx, actor, wanted)?;
            Ok((choice.clone(), reports::report(tx, begin, end, choice.space)?))
        })
        .await?;
    let space = choice.space.map(|space| space.to_string()).unwrap_or_default();
    Ok((report, Window { from: from.to_string(), to: to.to_string(), space }, choice))
}

/// `GET /desk/moderation/report?from=2026-01-01&to=2026-04-01`
pub(super) async fn report(cx: Cx) -> Page {
    cx.audits()?;
    let (report, window, choice) = read(&cx).await?;
    let titles = cx
        .read(|tx| {
            let clauses = guidelines::holds(tx)?.map(|version| version.clauses).unwrap_or_default();
            Ok(clauses.into_iter().map(|clause| (clause.slug, clause.text.title)).collect())
        })
        .await?;
    let (chrome, waiting) = (cx.chrome(), cx.waiting().await?);
    let Window { from, to, .. } = window;
    views::html(&Report { chrome, here: "moderation", waiting, report, from, to, choice, titles })
}

/// `GET /desk/moderation/report.csv`
pub(super) async fn report_csv(cx: Cx) -> Page {
    cx.audits()?;
    let (report, ..) = read(&cx).await?;
    Ok(views::typed("text/csv; charset=utf-8", reports::csv(&report)))
}

/// `GET /desk/moderation/measures.csv`
pub(super) async fn measures_csv(cx: Cx) -> Page {
    cx.audits()?;
    let (report, ..) = read(&cx).await?;
    Ok(views::typed("text/csv; charset=utf-8", reports::measures_csv(&report)))
}

/// `GET /desk/moderation/report.json`
pub(super) async fn report_json(cx: Cx) -> Page {
    cx.audits()?;
    let (report, ..) = read(&cx).await?;
    Ok(views::typed("application/json", serde_json::to_string(&report).map_err(Error::internal)?))
}
