//! The stock of questions that nobody has answered: a signal when it is twice what it usually is (definition 2.26 of the
//! design), with its year.

use mainstreet_db::Tx;
use mainstreet_kernel::id::SpaceId;
use mainstreet_kernel::{Day, Result, Timestamp, Zone};

use super::clocks::{Population, Times};
use super::participation::median;
use super::store;
use crate::conflicts::alarms::{Alarms, DAYS};

/// Weeks whose ends say what is usual.
const BASELINE_WEEKS: usize = 8;
/// It speaks above so many times the usual.
pub const TIMES: f64 = 2.0;
/// So few make no stock, whatever is usual: where two wait as a rule, a fifth is no news.
pub const LEAST: u64 = 5;
/// Days in the year that is gone through, with those that the first of them looks back on.
const LOOKED: usize = DAYS as usize + 7 * BASELINE_WEEKS;

/// The stock at the end of the last full day, and the signal's year.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stock {
    /// Questions that waited for a first response.
    pub now: u64,
    /// The median of the eight week's ends before; nothing where no question was asked yet.
    pub usual: Option<f64>,
    /// It speaks now.
    pub fires: bool,
    /// Its year: false when a week later it was back at what had been usual.
    pub year: Alarms,
}

/// The stock of a space, or of all. `all_topics`: where nobody asks questions, every topic counts.
///
/// # Errors
/// Those of the database.
pub fn unanswered(
    tx: &mut Tx<'_>,
    space: Option<SpaceId>,
    all_topics: bool,
    (now, zone): (Timestamp, &Zone),
) -> Result<Stock> {
    let population = if all_topics { Population::Topic } else { Population::Question };
    let last = zone.day_of(now).plus(-1);
    let asked = store::asked_between(tx, space, population, Timestamp(0), zone.start_of(last.plus(1)))?;
    Ok(signal(&by_day(&asked, last, zone)))
}

/// How many waited at the end of each of the last [`LOOKED`] days, the last of them at the end.
fn by_day(asked: &[Times], last: Day, zone: &Zone) -> Vec<u64> {
    let first = last.plus(1 - LOOKED as i32);
    let place = |at: Timestamp| usize::try_from(zone.day_of(at).0 - first.0).unwrap_or(0).min(LOOKED);
    let mut steps = vec![0_i64; LOOKED + 1];
    for times in asked {
        let response = times.response.map(|(at, _)| at);
        let end = [response, times.closed_at, times.gone_at].into_iter().flatten().min();
        let (from, until) = (place(times.asked_at), end.map_or(LOOKED, place));
        if let Some(step) = steps.get_mut(from) {
            *step += 1;
        }
        if let Some(step) = steps.get_mut(until.max(from)) {
            *step -= 1;
        }
    }
    let mut waiting = 0_i64;
    let mut stock: Vec<u64> = Vec::with_capacity(LOOKED);
    for step in steps.iter().take(LOOKED) {
        waiting += step;
        stock.push(waiting.unsigned_abs());
    }
    stock
}

fn usual(stock: &[u64], day: usize) -> Option<f64> {
    let ends = (1..=BASELINE_WEEKS).filter_map(|back| stock.get(day.checked_sub(7 * back)?));
    let mut ends: Vec<f64> = ends.map(|count| *count as f64).collect();
    if ends.len() < BASELINE_WEEKS { None } else { median(&mut ends) }
}

fn is_loud(count: u64, usual: f64) -> bool {
    count >= LEAST && count as f64 > TIMES * usual
}

/// After an alarm, seven days are quiet.
fn signal(stock: &[u64]) -> Stock {
    let last = stock.len().saturating_sub(1);
    let now = stock.last().copied().unwrap_or(0);
    let had_any = stock.iter().any(|count| *count > 0);
    let found = usual(stock, last).filter(|_| had_any);
    let at = |day: i64| stock.get(usize::try_from(day).ok()?).copied();
    let year = Alarms::daily(7 * BASELINE_WEEKS as i64..=last as i64, |day| {
        let count = at(day)?;
        let usual = usual(stock, usize::try_from(day).ok()?).filter(|usual| is_loud(count, *usual))?;
        Some(at(day + 7).is_none_or(|later| is_loud(later, usual)))
    });
    Stock { now, usual: found, fires: found.is_some_and(|usual| is_loud(now, usual)), year }
}

#[cfg(test)]
mod tests {
    use mainstreet_kernel::clock::DAY;
    use mainstreet_kernel::id::TopicId;

    use super::*;
    use crate::metrics::survival::Cause;

    /// A stock that holds each number for a week, the last one for a day.
    fn course(weeks: &[u64]) -> Vec<u64> {
        let (last, before) = weeks.split_last().unwrap();
        before.iter().flat_map(|count| [*count; 7]).chain([*last]).collect()
    }

    #[test]
    fn it_speaks_at_twice_the_usual_and_falsely_when_a_week_later_it_is_gone() {
        let usual = [4, 5, 4, 5, 4, 5, 4, 5];
        for (after, fires, all, wrong) in [
            (vec![5], false, 0, 0),
            (vec![9], false, 0, 0),
            (vec![10], true, 1, 0),
            (vec![10, 5, 4], false, 1, 1),
            (vec![10, 12, 4], false, 2, 1),
            // What stays becomes the usual.
            (vec![11; 9], false, 4, 0),
        ] {
            let stock = course(&usual.into_iter().chain(after.clone()).collect::<Vec<_>>());
            let found = signal(&stock);
            assert_eq!((found.fires, found.year.all, found.year.wrong), (fires, all, wrong), "{after:?}");
        }
    }

    #[test]
    fn few_are_no_stock_and_a_young_place_knows_no_usual() {
        assert!(!signal(&course(&[0, 0, 0, 0, 0, 0, 0, 0, 4])).fires);
        assert!(signal(&course(&[0, 0, 0, 0, 0, 0, 0, 1, 5])).fires);
        let young = signal(&course(&[3, 9]));
        assert_eq!((young.now, young.usual, young.fires), (9, None, false));
        assert_eq!(signal(&[]), Stock { now: 0, usual: None, fires: false, year: Alarms::default() });
    }

    #[test]
    fn each_day_counts_what_waited_at_its_end() {
        let zone = Zone::utc();
        let last = Day(1_000);
        let at = |day: i32, hour: i64| Timestamp(i64::from(day) * DAY + hour * DAY / 24);
        let asked = |asked_at: Timestamp, answered: Option<Timestamp>, gone_at: Option<Timestamp>| Times {
            topic: TopicId(1),
            asked_at,
            response: answered.map(|at| (at, Cause::Member)),
            accepted_at: None,
            closed_at: None,
            gone_at,
            replies: 0,
        };
        let all = [
            asked(at(10, 1), None, None),
            asked(at(10, 1), Some(at(20, 1)), None),
            asked(at(996, 1), Some(at(996, 5)), None),
            asked(at(997, 1), Some(at(999, 5)), None),
            asked(at(998, 23), None, Some(at(1_000, 1))),
            asked(at(1_000, 9), None, None),
        ];
        let stock = by_day(&all, last, &zone);
        assert_eq!(stock.len(), LOOKED);
        // Against counting one by one.
        for (place, count) in stock.iter().enumerate() {
            let end = zone.start_of(last.plus(2 - LOOKED as i32 + place as i32)).plus(-1);
            let waiting = all.iter().filter(|times| times.waits(end)).count() as u64;
            assert_eq!(*count, waiting, "day {place}");
        }
        assert_eq!(stock[LOOKED - 4..], [2, 3, 2, 2]);
    }
}
