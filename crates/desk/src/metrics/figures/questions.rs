//! How soon questions are answered, and how many are solved.

use std::collections::BTreeMap;

use mainstreet_db::Tx;
use mainstreet_kernel::clock::{DAY, HOUR};
use mainstreet_kernel::{Day, Result};

use super::Query;
use crate::metrics::clocks::Times;
use crate::metrics::figure::{Figure, Point, Tread, hours};
use crate::metrics::rates::Share;
use crate::metrics::store;
use crate::metrics::survival::{Cause, Curve, Watch, naive_mean_millis, naive_median_millis};

/// The time a question has to be solved in to count as solved, in milliseconds.
const SOLVED_WITHIN: i64 = 28 * DAY;

pub(super) struct Questions {
    /// How many were asked in the window.
    pub(super) asked: usize,
    pub(super) figures: Vec<Figure>,
}

pub(super) fn figures(tx: &mut Tx<'_>, query: &Query) -> Result<Questions> {
    let asked = store::asked_between(tx, query.space, query.population, query.from, query.until())?;
    let watches: Vec<Watch> = asked.iter().map(|times| times.watch_response(query.until())).collect();
    let curve = Curve::of(&watches);
    let mut figures = quantiles(query, &curve)?;
    figures.extend(within(query, &curve, &asked)?);
    figures.extend(by_whom(query, &curve)?);
    figures.extend(naive(query, &watches)?);
    figures.push(query.figure("unanswered-72h")?.estimate(curve.survival_at(72 * HOUR), curve.watched));
    figures.extend(stock(tx, query)?);
    figures.extend(solutions(query, &asked)?);
    let count = asked.len();
    figures.push(super::repeats::rate(tx, query, asked)?);
    Ok(Questions { asked: count, figures })
}

pub(super) fn solved(tx: &mut Tx<'_>, query: &Query) -> Result<Vec<Figure>> {
    let asked = store::asked_between(tx, query.space, query.population, query.from, query.until())?;
    solutions(query, &asked).map(Into::into)
}

fn quantiles(query: &Query, curve: &Curve) -> Result<Vec<Figure>> {
    let mut all = Vec::new();
    let parts = [("first-response-median", 0.5), ("first-response-p75", 0.75), ("first-response-p90", 0.9)];
    for (id, part) in parts {
        let mut figure = query.figure(id)?.quantile(curve.quantile(part), curve.watched);
        if figure.value.is_none() && curve.watched > 0 {
            let percent = (part * 100.0).round();
            figure =
                figure.noted(format!("Fewer than {percent} of 100 questions have been answered so far."));
        }
        if part == 0.5 {
            figure.curve = treads(curve);
        }
        all.push(figure);
    }
    Ok(all)
}

/// The curve with at most so many treads: more would not be seen.
const TREADS: usize = 400;

fn treads(curve: &Curve) -> Vec<Tread> {
    let every = curve.steps.len().div_ceil(TREADS).max(1);
    let last = curve.steps.len().saturating_sub(1);
    let shown = curve.steps.iter().enumerate().filter(|(index, _)| index % every == 0 || *index == last);
    shown
        .filter_map(|(_, step)| {
            let estimate = curve.survival_at(step.millis)?;
            Some(Tread {
                hours: hours(step.millis),
                waiting: estimate.value,
                low: estimate.interval.low,
                high: estimate.interval.high,
            })
        })
        .collect()
}

fn within(query: &Query, curve: &Curve, asked: &[Times]) -> Result<Vec<Figure>> {
    let mut all = Vec::new();
    for limit in [1, 4, 24, 72] {
        let mut figure = query
            .figure(&format!("answered-within-{limit}h"))?
            .estimate(curve.ended_by(limit * HOUR), curve.watched);
        if figure.value.is_none() && curve.watched > 0 {
            figure =
                figure.noted(format!("No question in this window has been watched for {limit} hours yet."));
        }
        if limit == 24 {
            figure.series = weekly(query, asked, |curve| curve.ended_by(24 * HOUR));
        }
        all.push(figure);
    }
    Ok(all)
}

/// The same estimate for each ISO week of asking.
fn weekly(
    query: &Query,
    asked: &[Times],
    estimate: impl Fn(&Curve) -> Option<crate::metrics::survival::Estimate>,
) -> Vec<Point> {
    let mut weeks: BTreeMap<Day, Vec<Watch>> = BTreeMap::new();
    for times in asked {
        let monday = query.zone.day_of(times.asked_at).monday();
        weeks.entry(monday).or_default().push(times.watch_response(query.until()));
    }
    let points = weeks.into_iter().map(|(monday, watches)| {
        let curve = Curve::of(&watches);
        let partial = monday.plus(6) > query.last_full_day();
        Point { partial, ..Point::estimate(monday.to_string(), estimate(&curve), curve.watched) }
    });
    points.collect()
}

fn by_whom(query: &Query, curve: &Curve) -> Result<Vec<Figure>> {
    let causes =
        [("first-response-by-member-24h", Cause::Member), ("first-response-by-staff-24h", Cause::Staff)];
    let mut all = Vec::new();
    for (id, cause) in causes {
        let at = |limit: i64| curve.incidence_at(cause, limit * HOUR);
        let mut figure = query.figure(id)?.estimate(at(24), curve.watched);
        figure.series = [1, 4, 24, 72]
            .map(|limit| Point::estimate(format!("{limit} h"), at(limit), curve.watched))
            .into();
        all.push(figure);
    }
    Ok(all)
}

fn naive(query: &Query, watches: &[Watch]) -> Result<[Figure; 2]> {
    let answered = watches.iter().filter(|watch| watch.cause.is_some()).count() as u64;
    let figure = |id: &str, millis: Option<f64>| -> Result<Figure> {
        let value = millis.map(|millis| millis / HOUR as f64);
        Ok(Figure { value, n: Some(answered), ..query.figure(id)? })
    };
    Ok([
        figure("first-response-mean-naive", naive_mean_millis(watches))?,
        figure("first-response-median-naive", naive_median_millis(watches))?,
    ])
}

fn stock(tx: &mut Tx<'_>, query: &Query) -> Result<[Figure; 2]> {
    let until = query.until();
    let (open, oldest) = store::waiting(tx, query.space, query.population, until)?;
    let age = oldest.map(|oldest| hours(until.since(oldest)));
    Ok([
        query.figure("unanswered-open")?.count(open),
        Figure { value: age, n: Some(open), ..query.figure("unanswered-oldest")? },
    ])
}

fn solutions(query: &Query, asked: &[Times]) -> Result<[Figure; 2]> {
    let until = query.until();
    let old = || asked.iter().filter(|times| is_ripe(times, query));
    let solved = old().filter(|times| is_solved(times)).count() as u64;
    let mut rate = query.figure("solution-rate-28d")?.share(Share::new(solved, old().count() as u64));
    if rate.value.is_none() && !asked.is_empty() {
        rate = rate.noted("No question in this window is 28 days old yet.");
    }
    let watches: Vec<Watch> = asked.iter().map(|times| times.watch_solution(until)).collect();
    let curve = Curve::of(&watches);
    let mut time = query.figure("solution-time-median")?.quantile(curve.quantile(0.5), curve.watched);
    if time.value.is_none() && curve.watched > 0 {
        time = time.noted("Fewer than half of these questions have an accepted answer.");
    }
    time.curve = treads(&curve);
    Ok([rate, time])
}

/// True when a question can be judged: 28 days old, and not taken away before without an answer.
pub(crate) fn is_ripe(times: &Times, query: &Query) -> bool {
    let judged_at = times.asked_at.plus(SOLVED_WITHIN);
    let taken_away = times.gone_at.is_some_and(|gone| gone < judged_at) && !is_solved(times);
    judged_at <= query.until() && !taken_away
}

/// True when the accepted answer that stands came in time.
pub(crate) fn is_solved(times: &Times) -> bool {
    times.accepted_at.is_some_and(|at| at.since(times.asked_at) <= SOLVED_WITHIN)
}
