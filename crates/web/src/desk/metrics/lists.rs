//! The lists behind figures.

use askama::Template;
use mainstreet_desk::metrics::behind::{self, Contributor, Title, TopicRow};
use mainstreet_desk::metrics::definitions::{self, Definition, Family};
use mainstreet_desk::metrics::survival::Cause;
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::id::TopicId;
use mainstreet_kernel::{Day, Error, Result, Timestamp, Zone};
use serde::Deserialize;

use super::window::Window;
use super::words::duration;
use crate::request::Cx;
use crate::views::{self, Chrome, Page};

const PAGE: usize = 50;

/// The part of the address that chooses among what stands behind a figure.
#[derive(Clone, Debug, Default, Deserialize)]
struct Choice {
    /// `yes`: those that had what the figure counts; `no`: those that had not.
    #[serde(default)]
    only: String,
    /// The Monday of a cohort.
    #[serde(default)]
    cohort: String,
    /// A week of that cohort.
    #[serde(default)]
    week: String,
    /// Which page of the list, from 1.
    #[serde(default)]
    page: String,
}

impl Choice {
    fn only(&self) -> Option<bool> {
        match self.only.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        }
    }

    fn page(&self) -> usize {
        self.page.parse().unwrap_or(1).clamp(1, 100_000)
    }

    fn span(&self) -> (usize, usize) {
        ((self.page() - 1) * PAGE, PAGE)
    }

    fn cell(&self) -> Result<Option<(Day, i32)>> {
        if self.cohort.is_empty() {
            return Ok(None);
        }
        let monday = Zone::utc().day_of(self.cohort.parse::<Timestamp>()?).monday();
        let week = self.week.parse().ok().filter(|week| (0..520).contains(week));
        let week = week.ok_or_else(|| Error::invalid("A week of a cohort is a number from 0 on."))?;
        Ok(Some((monday, week)))
    }
}

fn definition(cx: &Cx) -> Result<&'static Definition> {
    let id: String = cx.path("figure")?;
    definitions::find(&id).ok_or_else(|| Error::not_found("There is no figure of this name."))
}

#[derive(Template)]
#[template(path = "desk/metrics/topics.html")]
struct Topics {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    definition: &'static Definition,
    window: Window,
    rows: Vec<Row>,
    total: usize,
    counts: bool,
    /// True for the list of questions asked again.
    repeats: bool,
    only: Option<bool>,
    page: usize,
    more: bool,
}

struct Row {
    href: String,
    title: String,
    space: String,
    asked_at: Timestamp,
    response: String,
    accepted: String,
    /// Where it had been answered before.
    before: Option<Before>,
}

/// An earlier conversation with its answer: address and title; and the theme's.
struct Before {
    href: String,
    title: String,
    theme: String,
    theme_name: String,
}

impl Before {
    fn of(before: behind::Before) -> Self {
        let (href, title) = shown(before.topic, before.title.as_ref());
        let (theme, theme_name) = before.theme;
        Self { href, title, theme: format!("/desk/insights/{theme}"), theme_name }
    }
}

/// A topic's address and title.
fn shown(topic: TopicId, title: Option<&Title>) -> (String, String) {
    match title {
        Some(shown) => (format!("/t/{}/{topic}", shown.slug), shown.title.clone()),
        None => (format!("/t/-/{topic}"), "A topic that is gone".to_owned()),
    }
}

impl Row {
    fn of(row: TopicRow, until: Timestamp) -> Self {
        let times = row.times;
        let hours = |millis: i64| duration(millis as f64 / HOUR as f64);
        let watch = times.watch_response(until);
        let response = match watch.cause {
            Some(Cause::Member) => format!("after {}, by a member", hours(watch.millis)),
            Some(Cause::Staff) => format!("after {}, by staff", hours(watch.millis)),
            None if times.gone_at.is_some_and(|at| at <= until) => "none; taken away".to_owned(),
            None if times.closed_at.is_some_and(|at| at <= until) => "none; closed".to_owned(),
            None => format!("none for {}", hours(watch.millis)),
        };
        let accepted = times.accepted_at.filter(|at| *at <= until);
        let (href, title) = shown(times.topic, row.title.as_ref());
        Self {
            href,
            title,
            before: row.earlier.map(Before::of),
            space: row.title.map(|shown| shown.space).unwrap_or_default(),
            asked_at: times.asked_at,
            response,
            accepted: accepted
                .map_or_else(|| "no".to_owned(), |at| format!("after {}", hours(at.since(times.asked_at)))),
        }
    }
}

/// `GET /desk/metrics/{figure}/topics`
pub(super) async fn topics(cx: Cx) -> Page {
    cx.audits()?;
    let (definition, window, choice) = (definition(&cx)?, Window::read(&cx)?, cx.query::<Choice>()?);
    let (query, only, span) = (window.query.clone(), choice.only(), choice.span());
    let list = cx.read(move |tx| behind::topics(tx, &query, definition.id, only, span)).await?;
    let until = window.query.until();
    let page = Topics {
        chrome: cx.chrome(),
        here: "metrics",
        waiting: cx.waiting().await?,
        definition,
        counts: list.rows.iter().any(|row| row.counted.is_some()) || only.is_some(),
        repeats: definition.family == Family::Knowledge,
        only,
        more: choice.page() * PAGE < list.total,
        page: choice.page(),
        total: list.total,
        rows: list.rows.into_iter().map(|row| Row::of(row, until)).collect(),
        window,
    };
    views::html(&page)
}

/// Topics that a file holds at most.
const IN_FILE: usize = 100_000;

async fn whole_list(cx: &Cx) -> Result<Vec<TopicRow>> {
    let (definition, window, choice) = (definition(cx)?, Window::read(cx)?, cx.query::<Choice>()?);
    let (query, only) = (window.query, choice.only());
    let list = cx.read(move |tx| behind::topics(tx, &query, definition.id, only, (0, IN_FILE))).await?;
    Ok(list.rows)
}

/// `GET /desk/metrics/{figure}/topics.csv`
pub(super) async fn topics_csv(cx: Cx) -> Page {
    cx.audits()?;
    let rows = whole_list(&cx).await?;
    Ok(views::typed("text/csv; charset=utf-8", behind::csv(&rows)))
}

/// `GET /desk/metrics/{figure}/topics.json`
pub(super) async fn topics_json(cx: Cx) -> Page {
    cx.audits()?;
    let rows: Vec<_> = whole_list(&cx).await?.iter().map(TopicRow::flat).collect();
    Ok(views::typed("application/json", serde_json::to_string(&rows).map_err(Error::internal)?))
}

#[derive(Template)]
#[template(path = "desk/metrics/people.html")]
struct People {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    definition: &'static Definition,
    window: Window,
    rows: Vec<Contributor>,
    cohort: Option<(Day, i32)>,
    page: usize,
    more: bool,
}

/// `GET /desk/metrics/{figure}/people`
pub(super) async fn people(cx: Cx) -> Page {
    cx.audits()?;
    let (definition, window, choice) = (definition(&cx)?, Window::read(&cx)?, cx.query::<Choice>()?);
    let (query, cohort, (skip, limit)) = (window.query.clone(), choice.cell()?, choice.span());
    let mut rows =
        cx.read(move |tx| behind::people(tx, &query, definition.id, cohort, (skip, limit + 1))).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let page = People {
        chrome: cx.chrome(),
        here: "metrics",
        waiting: cx.waiting().await?,
        definition,
        window,
        rows,
        cohort,
        page: choice.page(),
        more,
    };
    views::html(&page)
}
