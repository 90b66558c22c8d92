//! Every number is a door: the topics or people that make a figure.

use std::collections::HashMap;

use mainstreet_db::Tx;
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::id::{PersonId, SpaceId, ThemeId, TopicId};
use mainstreet_kernel::text::cell;
use mainstreet_kernel::{Day, Error, Result, Timestamp};
use serde::Serialize;

use super::clocks::{Population, Times, TopicClock};
use super::definitions::{self, Family};
use super::figures::{Query, is_ripe, is_solved};
use super::ledger::EVERYWHERE;
use super::repeats::{Earlier, Looked, looked};
use super::store;
use super::survival::{Cause, Watch};
use crate::insights;

/// A person who contributed, and how much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contributor {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// On how many of the days.
    pub days: u64,
    /// How much in all.
    pub contributions: u64,
}

/// How a topic is shown in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    /// Its title.
    pub title: String,
    /// Its slug, for the address.
    pub slug: String,
    /// The name of its space.
    pub space: String,
}

/// A topic behind a figure.
#[derive(Clone, Debug, PartialEq)]
pub struct TopicRow {
    /// Its times.
    pub times: Times,
    /// How it is shown; nothing when it is gone altogether.
    pub title: Option<Title>,
    /// Whether it had what the figure counts; nothing for figures that do not count.
    pub counted: Option<bool>,
    /// Where it had been answered before, for a question that was asked again.
    pub earlier: Option<Before>,
}

/// Where a question had been answered before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// The theme that holds both, and what it is called.
    pub theme: (ThemeId, String),
    /// The earlier conversation.
    pub topic: TopicId,
    /// How that is shown; nothing when it is gone altogether.
    pub title: Option<Title>,
}

/// A topic behind a figure, as files hold it: times in UTC, empty where there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Flat {
    /// Its id.
    pub topic: TopicId,
    /// Its title.
    pub title: String,
    /// The name of its space.
    pub space: String,
    /// When it was published.
    pub asked_at: String,
    /// When it had its first response.
    pub response_at: String,
    /// `member` or `staff`.
    pub response_by: &'static str,
    /// When the answer that stands was accepted.
    pub accepted_at: String,
    /// `yes` or `no`: whether it had what the figure counts.
    pub counted: &'static str,
    /// The theme that had been answered before: its id and its name.
    pub theme: String,
    /// The same.
    pub theme_name: String,
    /// The conversation that had answered it.
    pub answered_in: String,
}

impl TopicRow {
    /// The row as files hold it.
    pub fn flat(&self) -> Flat {
        let times = &self.times;
        let at = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
        let title = self.title.as_ref();
        let earlier = self.earlier.as_ref();
        Flat {
            topic: times.topic,
            title: title.map(|shown| shown.title.clone()).unwrap_or_default(),
            space: title.map(|shown| shown.space.clone()).unwrap_or_default(),
            asked_at: times.asked_at.to_string(),
            response_at: at(times.response.map(|response| response.0)),
            response_by: times
                .response
                .map_or("", |(_, by)| if by == Cause::Staff { "staff" } else { "member" }),
            accepted_at: at(times.accepted_at),
            counted: self.counted.map_or("", |counted| if counted { "yes" } else { "no" }),
            theme: earlier.map(|before| before.theme.0.to_string()).unwrap_or_default(),
            theme_name: earlier.map(|before| before.theme.1.clone()).unwrap_or_default(),
            answered_in: earlier.map(|before| before.topic.to_string()).unwrap_or_default(),
        }
    }
}

/// The rows as comma-separated values, with a heading. Every text is quoted; one that a table program would take for a
/// formula begins with an apostrophe.
pub fn csv(rows: &[TopicRow]) -> String {
    let mut out = "topic,title,space,asked_at,response_at,response_by,accepted_at,counted,theme,theme_name,answered_in\n"
        .to_owned();
    for row in rows.iter().map(TopicRow::flat) {
        let fields = [
            row.topic.to_string(),
            cell(&row.title),
            cell(&row.space),
            row.asked_at,
            row.response_at,
            row.response_by.to_owned(),
            row.accepted_at,
            row.counted.to_owned(),
            row.theme,
            cell(&row.theme_name),
            row.answered_in,
        ];
        out.push_str(&fields.join(","));
        out.push('\n');
    }
    out
}

/// Topics behind a figure, and how many there are in all.
#[derive(Clone, Debug, PartialEq)]
pub struct TopicList {
    /// How many match.
    pub total: usize,
    /// This page of them, oldest first.
    pub rows: Vec<TopicRow>,
}

/// The topics behind the figure `id`: all of them, or only those that had (`Some(true)`) or had not what it
/// counts. `limit` rows after `skip`.
pub fn topics(
    tx: &mut Tx<'_>,
    query: &Query,
    id: &str,
    only: Option<bool>,
    (skip, limit): (usize, usize),
) -> Result<TopicList> {
    query.check()?;
    let definition =
        definitions::find(id).ok_or_else(|| Error::not_found("There is no figure of this name."))?;
    if id.starts_with("unanswered-o") {
        return open_topics(tx, query, (skip, limit));
    }
    if id == "repeat-question-rate" {
        return repeats(tx, query, only, (skip, limit));
    }
    let population = match definition.family {
        Family::Contributions | Family::Participation => Population::Topic,
        _ => query.population,
    };
    let asked = store::asked_between(tx, query.space, population, query.from, query.until())?;
    let judged: Vec<(Times, Option<bool>)> = asked
        .into_iter()
        .filter(|times| id != "solution-rate-28d" || is_ripe(times, query))
        .map(|times| (times, counted(id, &times, query)))
        .filter(|(_, counted)| only.is_none() || *counted == only)
        .collect();
    let page: Vec<(Times, Option<bool>)> = judged.iter().skip(skip).take(limit).copied().collect();
    Ok(TopicList { total: judged.len(), rows: with_titles(tx, page)? })
}

fn open_topics(tx: &mut Tx<'_>, query: &Query, (skip, limit): (usize, usize)) -> Result<TopicList> {
    let (total, _) = store::waiting(tx, query.space, query.population, query.until())?;
    let open = store::list_waiting(tx, query.space, query.population, query.until(), skip + limit)?;
    let page = open.into_iter().skip(skip).map(|times| (times, None)).collect();
    Ok(TopicList { total: usize::try_from(total).unwrap_or(usize::MAX), rows: with_titles(tx, page)? })
}

/// The questions that were looked at for their theme, those asked again with where they had been answered.
fn repeats(
    tx: &mut Tx<'_>,
    query: &Query,
    only: Option<bool>,
    (skip, limit): (usize, usize),
) -> Result<TopicList> {
    let asked = store::asked_between(tx, query.space, query.population, query.from, query.until())?;
    let mut all = looked(tx, asked)?;
    all.retain(|one| only.is_none_or(|only| one.earlier.is_some() == only));
    let page: Vec<Looked> = all.iter().skip(skip).take(limit).copied().collect();
    let found: Vec<Earlier> = page.iter().filter_map(|one| one.earlier).collect();
    let names = insights::themes(tx, &found.iter().map(|earlier| earlier.theme).collect::<Vec<_>>())?;
    let names: HashMap<ThemeId, String> = names.into_iter().map(|theme| (theme.id, theme.name)).collect();
    let titles = store::titles(tx, &found.iter().map(|earlier| earlier.topic).collect::<Vec<_>>())?;
    let shown = page.iter().map(|one| (one.times, Some(one.earlier.is_some()))).collect();
    let mut rows = with_titles(tx, shown)?;
    for (row, one) in rows.iter_mut().zip(&page) {
        row.earlier = one.earlier.map(|earlier| Before {
            theme: (earlier.theme, names.get(&earlier.theme).cloned().unwrap_or_default()),
            topic: earlier.topic,
            title: titles.get(&earlier.topic).cloned(),
        });
    }
    Ok(TopicList { total: all.len(), rows })
}

/// Whether a topic had what the figure counts.
fn counted(id: &str, times: &Times, query: &Query) -> Option<bool> {
    let watch = times.watch_response(query.until());
    let within = |hours: i64| watch.cause.is_some() && watch.millis <= hours * HOUR;
    let by = |cause| within(24) && watch == Watch::ended(watch.millis, cause);
    match id {
        "answered-within-1h" => Some(within(1)),
        "answered-within-4h" => Some(within(4)),
        "answered-within-24h" => Some(within(24)),
        "answered-within-72h" => Some(within(72)),
        "unanswered-72h" => Some(!within(72)),
        "first-response-by-member-24h" => Some(by(Cause::Member)),
        "first-response-by-staff-24h" => Some(by(Cause::Staff)),
        "solution-rate-28d" => Some(is_solved(times)),
        "topics-without-reply" => Some(times.replies == 0),
        _ => None,
    }
}

fn with_titles(tx: &mut Tx<'_>, page: Vec<(Times, Option<bool>)>) -> Result<Vec<TopicRow>> {
    let ids: Vec<_> = page.iter().map(|(times, _)| times.topic).collect();
    let mut titles = store::titles(tx, &ids)?;
    let row = |(times, counted): (Times, Option<bool>)| TopicRow {
        times,
        title: titles.remove(&times.topic),
        counted,
        earlier: None,
    };
    Ok(page.into_iter().map(row).collect())
}

/// The people behind the figure `id`, those who contributed most first. For retention, `cohort` (a Monday) and
/// `week` choose one cell of the table; without them it is everybody new in the window. `limit` rows after
/// `skip`.
pub fn people(
    tx: &mut Tx<'_>,
    query: &Query,
    id: &str,
    cell: Option<(Day, i32)>,
    page: (usize, usize),
) -> Result<Vec<Contributor>> {
    query.check()?;
    let definition =
        definitions::find(id).ok_or_else(|| Error::not_found("There is no figure of this name."))?;
    let (space, last) = (query.space.unwrap_or(EVERYWHERE), query.last_full_day());
    if definition.family == Family::Retention {
        let week = if id == "retention-week-4" { 4 } else { i32::from(id == "retention-week-1") };
        let window = (query.first_day(), last.plus(-6));
        return match cell {
            Some((cohort, week)) => store::returned(tx, space, (cohort, cohort.plus(6)), week, page),
            None => store::returned(tx, space, window, week, page),
        };
    }
    let (days, at_least) = match id {
        "contributing-day" => ((last, last), 1),
        "contributing-week" => ((last.plus(-6), last), 1),
        "repeat-participation" => ((last.plus(-27), last), 2),
        "contribution-mix" => ((query.first_day(), query.last_day()), 1),
        _ => ((last.plus(-27), last), 1),
    };
    store::contributors(tx, space, days, at_least, page)
}

/// The space called `name`: its slug or its id.
pub fn space(tx: &mut Tx<'_>, name: &str) -> Result<SpaceId> {
    store::space(tx, name, name.parse().ok())?.ok_or_else(|| {
        Error::not_found(format!("There is no space '{name}'. Use the last part of its address."))
    })
}

/// The clock kept of one topic: nothing when the log has not told of it yet.
pub fn clock(tx: &mut Tx<'_>, topic: TopicId) -> Result<Option<TopicClock>> {
    Ok(store::clocks(tx, &[topic])?.remove(&topic))
}
