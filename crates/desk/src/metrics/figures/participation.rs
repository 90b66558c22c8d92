//! Who takes part, and what they do.

use std::collections::BTreeMap;

use mainstreet_db::Tx;
use mainstreet_kernel::{ActorClass, Day, Result};

use super::Query;
use crate::metrics::clocks::{Population, Times};
use crate::metrics::figure::{Figure, Point};
use crate::metrics::ledger::Counts;
use crate::metrics::participation::stickiness;
use crate::metrics::rates::{Share, Z95};
use crate::metrics::rolling::Measure;
use crate::metrics::store;

/// A rolling count over the window and the days it needs before.
struct Course(BTreeMap<Day, u64>);

impl Course {
    fn read(tx: &mut Tx<'_>, query: &Query, measure: Measure) -> Result<Self> {
        let from = query.first_day().min(query.last_full_day()).plus(-28);
        store::active(tx, query.place(), measure, (from, query.last_day())).map(Self)
    }

    fn on(&self, day: Day) -> u64 {
        self.0.get(&day).copied().unwrap_or(0)
    }

    /// The seven days that end with `day`.
    fn week(&self, day: Day) -> Vec<u64> {
        (0..7).map(|back| self.on(day.plus(-back))).collect()
    }
}

/// Every day of the window that has begun.
fn days(query: &Query) -> impl Iterator<Item = Day> {
    (query.first_day().0..=query.last_day().0).map(Day)
}

pub(super) fn figures(tx: &mut Tx<'_>, query: &Query) -> Result<Vec<Figure>> {
    let last = query.last_full_day();
    let [day, week, month, repeat] = [
        Course::read(tx, query, Measure::Day)?,
        Course::read(tx, query, Measure::Week)?,
        Course::read(tx, query, Measure::Month)?,
        Course::read(tx, query, Measure::Repeat)?,
    ];
    let mut all = Vec::new();
    for (id, course) in
        [("contributing-day", &day), ("contributing-week", &week), ("contributing-28d", &month)]
    {
        let series = days(query).map(|at| Point {
            partial: at > last,
            ..Point::plain(at.to_string(), Some(course.on(at) as f64))
        });
        all.push(Figure { series: series.collect(), ..query.figure(id)?.count(course.on(last)) });
    }
    let sticky = |at: Day| stickiness(&day.week(at), month.on(at));
    let series = days(query).filter(|at| *at <= last).map(|at| Point::plain(at.to_string(), sticky(at)));
    all.push(Figure {
        value: sticky(last),
        n: Some(month.on(last)),
        series: series.collect(),
        ..query.figure("stickiness")?
    });
    let share = |at: Day| Share::new(repeat.on(at), month.on(at));
    let series = days(query).filter(|at| *at <= last).map(|at| Point::share(at.to_string(), share(at)));
    all.push(Figure { series: series.collect(), ..query.figure("repeat-participation")?.share(share(last)) });
    Ok(all)
}

pub(super) fn contributions(tx: &mut Tx<'_>, query: &Query) -> Result<Vec<Figure>> {
    let rows = store::contributions(tx, query.place(), (query.first_day(), query.last_day()))?;
    let topics = store::asked_between(tx, query.space, Population::Topic, query.from, query.until())?;
    let replies =
        |class| rows.iter().filter(|row| row.1 == class).map(|row| row.2.replies).sum::<i64>().max(0) as u64;
    let (member, staff) = (replies(ActorClass::Member), replies(ActorClass::Staff));
    Ok(vec![
        mix(query, &rows)?,
        per_topic(query, &topics)?,
        depth(query, &topics)?,
        query.figure("staff-reply-share")?.share(Share::new(staff, member + staff)),
    ])
}

fn mix(query: &Query, rows: &[(Day, ActorClass, Counts)]) -> Result<Figure> {
    let mut sum = Counts::default();
    let mut weeks: BTreeMap<Day, Counts> = BTreeMap::new();
    for (day, class, counts) in rows {
        let counts = match class {
            ActorClass::Member => *counts,
            // An archive says that an answer was accepted, but not by whom.
            ActorClass::System => Counts { acceptances: counts.acceptances, ..Counts::default() },
            ActorClass::Staff | ActorClass::Bot | ActorClass::Guest => continue,
        };
        sum.add(counts, 1);
        weeks.entry(day.monday()).or_default().add(counts, 1);
    }
    if let (Some(first), Some(last)) = (weeks.keys().next().copied(), weeks.keys().next_back().copied()) {
        // Weeks in which nothing happened are weeks too.
        for monday in (first.0..last.0).step_by(7) {
            weeks.entry(Day(monday)).or_default();
        }
    }
    let total = sum.total().max(0) as u64;
    let share = |count: i64| Share::new(count.max(0) as u64, total);
    let kinds = [
        ("topics", sum.topics),
        ("replies", sum.replies),
        ("reactions", sum.reactions),
        ("accepted answers", sum.acceptances),
    ];
    let mut series: Vec<Point> =
        kinds.iter().map(|(name, count)| Point::share(*name, share(*count))).collect();
    series.extend(weeks.iter().map(|(monday, counts)| Point {
        partial: monday.plus(6) > query.last_full_day(),
        counts: vec![counts.topics, counts.replies, counts.reactions, counts.acceptances],
        ..Point::plain(monday.to_string(), Some(counts.total() as f64))
    }));
    Ok(Figure { series, ..query.figure("contribution-mix")?.share(share(sum.replies)) })
}

/// The mean number of replies with a normal interval.
fn per_topic(query: &Query, topics: &[Times]) -> Result<Figure> {
    let figure = query.figure("replies-per-topic")?;
    let n = topics.len() as f64;
    if topics.is_empty() {
        return Ok(Figure { n: Some(0), ..figure });
    }
    let sum: i64 = topics.iter().map(|topic| topic.replies).sum();
    let mean = sum as f64 / n;
    let squares: f64 = topics.iter().map(|topic| (topic.replies as f64 - mean).powi(2)).sum();
    let error = if topics.len() > 1 { (squares / (n - 1.0) / n).sqrt() } else { 0.0 };
    let reach = (topics.len() > 1).then_some(Z95 * error);
    Ok(Figure {
        value: Some(mean),
        low: reach.map(|reach| (mean - reach).max(0.0)),
        high: reach.map(|reach| mean + reach),
        n: Some(topics.len() as u64),
        k: Some(sum.max(0) as u64),
        ..figure
    })
}

fn depth(query: &Query, topics: &[Times]) -> Result<Figure> {
    let share = |from: i64, to: i64| {
        let hits = topics.iter().filter(|topic| (from..=to).contains(&topic.replies)).count();
        Share::new(hits as u64, topics.len() as u64)
    };
    let parts = [("0", 0, 0), ("1", 1, 1), ("2-5", 2, 5), ("6+", 6, i64::MAX)];
    let series = parts.map(|(name, from, to)| Point::share(name, share(from, to)));
    Ok(Figure { series: series.into(), ..query.figure("topics-without-reply")?.share(share(0, 0)) })
}
