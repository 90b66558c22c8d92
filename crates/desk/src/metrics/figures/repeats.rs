//! How many questions are asked again.

use std::collections::BTreeMap;

use mainstreet_db::Tx;
use mainstreet_kernel::{Day, Result};

use super::Query;
use crate::metrics::clocks::Times;
use crate::metrics::figure::{Figure, Point};
use crate::metrics::rates::Share;
use crate::metrics::repeats::{Looked, looked};

/// The rate over the window, with its course by week of asking.
pub(super) fn rate(tx: &mut Tx<'_>, query: &Query, asked: Vec<Times>) -> Result<Figure> {
    let all = asked.len();
    let looked = looked(tx, asked)?;
    let mut rate = query.figure("repeat-question-rate")?.share(share(&looked));
    let left = all - looked.len();
    if left > 0 {
        rate = rate.noted(format!(
            "{left} of {all} were not looked at for their theme and are left out: Insights groups conversations of the \
             last 180 days, every five minutes."
        ));
    }
    rate.series = weekly(query, &looked);
    Ok(rate)
}

fn share(looked: &[Looked]) -> Share {
    let repeats = looked.iter().filter(|one| one.earlier.is_some()).count();
    Share::new(repeats as u64, looked.len() as u64)
}

fn weekly(query: &Query, looked: &[Looked]) -> Vec<Point> {
    let mut weeks: BTreeMap<Day, Vec<Looked>> = BTreeMap::new();
    for one in looked {
        weeks.entry(query.zone.day_of(one.times.asked_at).monday()).or_default().push(*one);
    }
    let points = weeks.into_iter().map(|(monday, looked)| {
        let partial = monday.plus(6) > query.last_full_day();
        Point { partial, ..Point::share(monday.to_string(), share(&looked)) }
    });
    points.collect()
}
