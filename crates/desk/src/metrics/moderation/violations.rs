//! How often something is broken (2.20 of the design): what was upheld, and what a blind sample says of all the rest.

use std::collections::{BTreeMap, BTreeSet};

use mainstreet_community::guidelines::Severity;
use mainstreet_db::Tx;
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Day, Result};

use super::facts::{Facts, Found};
use super::{clause_word, parts, per_thousand, thousandth};
use crate::metrics::figure::{Figure, Point};
use crate::metrics::figures::Query;
use crate::metrics::ledger::EVERYWHERE;
use crate::metrics::rates::Share;
use crate::metrics::store;

pub(super) fn figures(tx: &mut Tx<'_>, query: &Query, facts: &Facts) -> Result<Vec<Figure>> {
    let breaches = facts.breaches();
    let units: BTreeSet<i64> = breaches.iter().map(|breach| breach.unit).collect();
    let posts = units.len() as u64;
    let clauses = parts(breaches.iter().map(|breach| (clause_word(&breach.clause), breach.unit)));
    let mut gravest: BTreeMap<i64, Option<Severity>> = BTreeMap::new();
    for breach in &breaches {
        let known = gravest.entry(breach.unit).or_default();
        *known = (*known).max(breach.severity);
    }
    let severities = parts(gravest.iter().map(|(unit, severity)| (severity_word(*severity), *unit)));
    let series = |all: Vec<(String, u64)>| -> Vec<Point> {
        all.into_iter().map(|(name, k)| thousandth(name, k, facts.posts)).collect()
    };
    let whole =
        |id: &str| Ok::<_, mainstreet_kernel::Error>(per_thousand(query.figure(id)?, posts, facts.posts));
    let found = sampled(tx, query)?;
    Ok(vec![
        Figure { series: weekly(query, facts, &breaches), ..whole("violation-rate")? },
        Figure { series: series(clauses), ..whole("violations-by-clause")? },
        Figure { series: series(severities), ..whole("violations-by-severity")? },
        violators(tx, query, &breaches.iter().map(|breach| breach.person).collect())?,
        prevalence(query, "prevalence", &found, |_| true)?,
        prevalence(query, "prevalence-unreported", &found, |found| !found.reported)?,
    ])
}

/// The word for how grave a clause is.
pub(super) fn severity_word(severity: Option<Severity>) -> &'static str {
    severity.map_or("not known", Severity::as_str)
}

fn weekly(query: &Query, facts: &Facts, breaches: &[super::facts::Breach]) -> Vec<Point> {
    let of = |week: &super::facts::Week| {
        let units: BTreeSet<i64> = breaches
            .iter()
            .filter(|breach| breach.at >= week.from && breach.at < week.to)
            .map(|breach| breach.unit)
            .collect();
        units.len() as u64
    };
    // A week that began before the window is not known whole.
    let whole = facts.shown().filter(|(_, week)| week.from >= facts.from);
    whole
        .map(|(_, week)| Point {
            partial: !facts.is_over(week, query),
            ..thousandth(week.monday.to_string(), of(week), week.posts)
        })
        .collect()
}

/// People found to have broken something, for every thousand who took part; they count among those who did.
fn violators(tx: &mut Tx<'_>, query: &Query, found: &BTreeSet<PersonId>) -> Result<Figure> {
    let days = (query.zone.day_of(query.from), query.last_day());
    let mut all: BTreeSet<PersonId> =
        store::contributing_people(tx, query.space.unwrap_or(EVERYWHERE), days)?.into_iter().collect();
    all.extend(found);
    Ok(per_thousand(query.figure("violators-rate")?, found.len() as u64, all.len() as u64))
}

/// Reviews of the samples whose weeks touch the window and are over.
pub(super) fn sampled(tx: &mut Tx<'_>, query: &Query) -> Result<Vec<Found>> {
    let first = query.zone.day_of(query.from).monday();
    store::sampled(tx, query.space, (first, query.last_full_day().plus(-6)))
}

fn prevalence(query: &Query, id: &str, found: &[Found], counts: fn(&Found) -> bool) -> Result<Figure> {
    let share = |found: &[&Found]| {
        let said = |one: &&&Found, word: &str| one.verdict.as_deref() == Some(word);
        let broke = found.iter().filter(|one| said(one, "breaks") && counts(one)).count();
        let told = found.iter().filter(|one| said(one, "breaks") || said(one, "fine")).count();
        Share::new(broke as u64, told as u64)
    };
    let mut weeks: BTreeMap<Day, Vec<&Found>> = BTreeMap::new();
    for one in found {
        weeks.entry(one.week).or_default().push(one);
    }
    let series = weeks.iter().map(|(monday, all)| {
        let judged = all.iter().filter(|found| found.verdict.is_some()).count();
        Point { partial: judged < all.len(), ..Point::share(monday.to_string(), share(all)) }
    });
    let all: Vec<&Found> = found.iter().collect();
    let judged = all.iter().filter(|found| found.verdict.is_some()).count();
    let unclear = all.iter().filter(|found| found.verdict.as_deref() == Some("unclear")).count();
    let figure = Figure { series: series.collect(), ..query.figure(id)?.share(share(&all)) };
    Ok(match (all.len(), judged) {
        (0, _) => figure.noted("No sample lies in this window. One is drawn after every full week."),
        (drawn, judged) if judged < drawn => figure.noted(format!(
            "{judged} of {drawn} drawn posts are judged so far; {unclear} could not be told."
        )),
        _ if unclear > 0 => figure.noted(format!("{unclear} could not be told and are left out.")),
        _ => figure,
    })
}
