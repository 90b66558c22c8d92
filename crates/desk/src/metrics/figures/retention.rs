//! Who comes back.

use std::collections::BTreeMap;

use mainstreet_db::Tx;
use mainstreet_kernel::{Day, Result};

use super::Query;
use crate::metrics::figure::{Cohort, Figure, Point, Return};
use crate::metrics::rates::Share;
use crate::metrics::rolling::last_full_week;
use crate::metrics::store;

/// How many weeks of a cohort are shown.
const WEEKS: i32 = 12;

pub(super) fn figures(tx: &mut Tx<'_>, query: &Query) -> Result<Vec<Figure>> {
    let cohorts = cohorts(tx, query)?;
    let mut all = Vec::new();
    for week in [1, 4] {
        let mut figure = query.figure(&format!("retention-week-{week}"))?.share(returned(&cohorts, week));
        if figure.value.is_none() {
            figure = figure.noted(format!("No cohort of this window has lived through its week {week} yet."));
        }
        all.push(figure);
    }
    let mut table = query.figure("retention-cohorts")?;
    table.n = Some(cohorts.iter().map(|cohort| cohort.people).sum());
    table.series =
        (1..=WEEKS).map(|week| Point::share(format!("week {week}"), returned(&cohorts, week))).collect();
    table.series.retain(|point| point.value.is_some());
    all.push(Figure { cohorts, ..table });
    Ok(all)
}

/// All cohorts that have lived through `week`, taken together.
fn returned(cohorts: &[Cohort], week: i32) -> Share {
    let back = cohorts.iter().flat_map(|cohort| {
        cohort.weeks.iter().filter(move |back| back.week == week).map(move |back| (back.k, cohort.people))
    });
    let (hits, trials) = back.fold((0, 0), |(hits, trials), (k, people)| (hits + k, trials + people));
    Share::new(hits, trials)
}

/// The cohorts whose whole week lies in the window.
fn cohorts(tx: &mut Tx<'_>, query: &Query) -> Result<Vec<Cohort>> {
    let first = query.first_day();
    let monday = if first.monday() == first { first } else { first.monday().plus(7) };
    let last = query.last_full_day();
    let mut cells: BTreeMap<Day, BTreeMap<i32, u64>> = BTreeMap::new();
    for (cohort, week, people) in store::cohorts(tx, query.place(), (monday, last.plus(-6)), WEEKS)? {
        cells.entry(cohort).or_default().insert(week, people);
    }
    let drawn = cells.into_iter().map(|(monday, weeks)| {
        let people = weeks.get(&0).copied().unwrap_or(0);
        let returns = (1..=last_full_week(monday, last).min(WEEKS)).map(|week| {
            let share = Share::new(weeks.get(&week).copied().unwrap_or(0), people);
            let interval = share.wilson();
            let value = share.value().unwrap_or(0.0);
            Return { week, k: share.hits, value, low: interval.low, high: interval.high }
        });
        Cohort { week_of: monday.to_string(), monday, people, weeks: returns.collect() }
    });
    Ok(drawn.collect())
}
