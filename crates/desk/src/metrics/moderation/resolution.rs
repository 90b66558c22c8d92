//! How long violations stay open, and how long they can be seen (2.21 of the design).

use std::collections::BTreeMap;

use mainstreet_community::guidelines::Severity;
use mainstreet_db::Tx;
use mainstreet_kernel::{Result, Timestamp};

use super::cases::{Case, cases};
use super::facts::Facts;
use super::violations::severity_word;
use crate::metrics::figure::{Figure, Point, Tread, hours};
use crate::metrics::figures::Query;
use crate::metrics::rates::Share;
use crate::metrics::survival::{Cause, Curve, Watch};
use crate::triage::{self, Clocks, Urgency};

pub(super) fn figures(tx: &mut Tx<'_>, query: &Query, facts: &Facts) -> Result<Vec<Figure>> {
    let cases = cases(tx, query, facts)?;
    let clocks = triage::clocks(tx)?;
    let resolved = curve(&cases, facts.until, |case| case.end);
    let unseen = curve(&cases, facts.until, |case| case.unseen);
    let mut by_severity: BTreeMap<Option<Severity>, Vec<Case>> = BTreeMap::new();
    for case in &cases {
        by_severity.entry(case.severity).or_default().push(case.clone());
    }
    let parts = |of: fn(&Case) -> Option<Timestamp>| -> Vec<Point> {
        let part = |(severity, cases): (&Option<Severity>, &Vec<Case>)| {
            let curve = curve(cases, facts.until, of);
            let middle = curve.quantile(0.5);
            Point {
                low: middle.and_then(|middle| middle.low).map(hours),
                high: middle.and_then(|middle| middle.high).map(hours),
                n: Some(curve.watched),
                ..Point::plain(severity_word(*severity), middle.map(|middle| hours(middle.millis)))
            }
        };
        by_severity.iter().rev().map(part).collect()
    };
    let open = cases.iter().filter(|case| case.end.is_none()).count();
    let median = Figure {
        curve: treads(&resolved),
        series: parts(|case| case.end),
        ..query.figure("resolution-median")?.quantile(resolved.quantile(0.5), resolved.watched)
    };
    Ok(vec![
        told(median, open, &resolved),
        told(
            query.figure("resolution-p90")?.quantile(resolved.quantile(0.9), resolved.watched),
            open,
            &resolved,
        ),
        within(query, facts, &cases, &clocks)?,
        Figure {
            curve: treads(&unseen),
            series: parts(|case| case.unseen),
            ..query.figure("visible-median")?.quantile(unseen.quantile(0.5), unseen.watched)
        },
        query.figure("visible-p90")?.quantile(unseen.quantile(0.9), unseen.watched),
    ])
}

fn curve(cases: &[Case], until: Timestamp, end: fn(&Case) -> Option<Timestamp>) -> Curve {
    let watches: Vec<Watch> = cases
        .iter()
        .map(|case| match end(case) {
            Some(end) => Watch::ended(end.since(case.start).max(0), Cause::Staff),
            None => Watch::censored(until.since(case.start)),
        })
        .collect();
    Curve::of(&watches)
}

fn treads(curve: &Curve) -> Vec<Tread> {
    let every = curve.steps.len().div_ceil(400).max(1);
    let shown = curve.steps.iter().enumerate().filter(|(place, _)| place % every == 0);
    shown
        .filter_map(|(_, step)| {
            let found = curve.survival_at(step.millis)?;
            let (low, high) = (found.interval.low, found.interval.high);
            Some(Tread { hours: hours(step.millis), waiting: found.value, low, high })
        })
        .collect()
}

fn told(figure: Figure, open: usize, curve: &Curve) -> Figure {
    match (figure.value, curve.watched) {
        (_, 0) => figure.noted("Nothing was reported in this window."),
        (None, _) => figure.noted(format!("Not known yet: {open} cases are still open.")),
        (Some(_), _) if open > 0 => {
            figure.noted(format!("{open} cases are still open and count for as long as they have been."))
        }
        _ => figure,
    }
}

/// How urgent a case is: the targets of the desk hold for it.
pub(super) fn urgency(severity: Option<Severity>) -> Urgency {
    match severity {
        Some(Severity::Severe) => Urgency::Urgent,
        Some(Severity::Serious) => Urgency::High,
        Some(Severity::Minor) | None => Urgency::Normal,
    }
}

/// Met: decided in time; missed: decided late, or open past its time. Open ones with time left are at risk and in
/// neither.
fn within(query: &Query, facts: &Facts, cases: &[Case], clocks: &Clocks) -> Result<Figure> {
    let mut by: BTreeMap<Option<Severity>, (u64, u64)> = BTreeMap::new();
    let mut risk = 0_u64;
    for case in cases {
        let due = clocks.due(case.start, urgency(case.severity));
        let counts = by.entry(case.severity).or_default();
        match case.end {
            Some(end) if end <= due => *counts = (counts.0 + 1, counts.1 + 1),
            None if due > facts.until => risk += 1,
            _ => counts.1 += 1,
        }
    }
    let (met, all) = by.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let series = by
        .iter()
        .rev()
        .map(|(severity, (met, all))| Point::share(severity_word(*severity), Share::new(*met, *all)));
    let figure = Figure {
        series: series.collect(),
        ..query.figure("resolution-within-target")?.share(Share::new(met, all))
    };
    Ok(if risk > 0 { figure.noted(format!("{risk} more are open and still in time.")) } else { figure })
}
