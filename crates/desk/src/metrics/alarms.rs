//! How often the signals of these figures would have spoken over the last year, and how often for nothing: the year is
//! gone through as it was, in the manner of [`crate::conflicts::alarms`] (definition 2.26 of the design).

use std::collections::BTreeMap;

use mainstreet_db::Tx;
use mainstreet_kernel::id::SpaceId;
use mainstreet_kernel::{Day, Result, Timestamp, Zone};

use super::clocks::{Population, Times};
use super::ledger::EVERYWHERE;
use super::participation::DropLimits;
use super::rolling::Measure;
use super::store;
use crate::conflicts::alarms::{Alarms, DAYS};
use crate::triage::{self, Clocks, Urgency};

/// Weeks that make the baseline of an engagement drop.
const BASELINE_WEEKS: i32 = 8;

/// The engagement-drop signal: how it stands after the last full day, and its year.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drop {
    /// Members who contributed in the seven days that end with the last full day.
    pub now: u64,
    /// What the eight weeks before say; nothing when there are none.
    pub limits: Option<DropLimits>,
    /// It speaks now.
    pub fires: bool,
    /// Its year: false when the week after was back above the limit.
    pub year: Alarms,
}

/// Goes through the last year day by day.
///
/// # Errors
/// Those of the database.
pub fn engagement_drop(tx: &mut Tx<'_>, space: Option<SpaceId>, now: Timestamp, zone: &Zone) -> Result<Drop> {
    let last = zone.day_of(now).plus(-1);
    let first = last.plus(-(DAYS as i32));
    let days = (first.plus(-7 * BASELINE_WEEKS), last);
    let weeks = store::active(tx, space.unwrap_or(EVERYWHERE), Measure::Week, days)?;
    let count = weeks.get(&last).copied().unwrap_or(0);
    let limits = limits_before(&weeks, last);
    let fires = limits.is_some_and(|limits| limits.fires(count));
    Ok(Drop { now: count, limits, fires, year: drops(&weeks, (first, last)) })
}

/// What the eight weeks before the one that ends with `day` say; nothing before anybody contributed.
fn limits_before(weeks: &BTreeMap<Day, u64>, day: Day) -> Option<DropLimits> {
    let of = |back: i32| weeks.get(&day.plus(-7 * back)).copied().unwrap_or(0);
    let before: Vec<u64> = (1..=BASELINE_WEEKS).map(of).collect();
    DropLimits::of(&before).filter(|limits| limits.median > 0.0)
}

/// After an alarm, seven days are quiet.
fn drops(weeks: &BTreeMap<Day, u64>, (first, last): (Day, Day)) -> Alarms {
    let count = |day: Day| weeks.get(&day).copied().unwrap_or(0);
    Alarms::daily(0..=i64::from(last.0 - first.0), |after| {
        let day = first.plus(after as i32);
        let limits = limits_before(weeks, day).filter(|limits| limits.fires(count(day)))?;
        let later = day.plus(7);
        Some(later > last || limits.fires(count(later)) || (count(later) as f64) < limits.noise)
    })
}

/// Questions of the last year that passed the target for ordinary ones: false when nobody had to answer, because it was
/// closed or taken away without a response.
///
/// # Errors
/// Those of the database.
pub fn late_questions(tx: &mut Tx<'_>, now: Timestamp) -> Result<Alarms> {
    let clocks = triage::clocks(tx)?;
    let from = now.plus(-DAYS * mainstreet_kernel::clock::DAY);
    let asked = store::asked_between(tx, None, Population::Question, from, now)?;
    Ok(late(&asked, &clocks, now))
}

fn late(asked: &[Times], clocks: &Clocks, now: Timestamp) -> Alarms {
    let mut alarms = Alarms::default();
    for times in asked {
        let due = clocks.due(times.asked_at, Urgency::Normal);
        if due <= now && times.waits(due) {
            let ended = [times.closed_at, times.gone_at].into_iter().flatten().any(|at| at <= now);
            alarms.add(times.response.is_some() || !ended);
        }
    }
    alarms
}

#[cfg(test)]
mod tests {
    use mainstreet_kernel::clock::HOUR;
    use mainstreet_kernel::id::TopicId;

    use super::*;
    use crate::metrics::survival::Cause;

    /// Counts of weeks, one a day: each number holds for seven days.
    fn course(counts: &[u64]) -> BTreeMap<Day, u64> {
        let of = |(week, count): (i32, u64)| (0..7).map(move |day| (Day(week * 7 + day), count));
        (0..).zip(counts.iter().copied()).flat_map(of).collect()
    }

    #[test]
    fn a_drop_that_was_over_a_week_later_was_false() {
        let usual = [40, 42, 38, 41, 39, 43, 40, 42];
        for (after, all, wrong) in [
            ([41, 40, 41, 40], 0, 0),
            ([25, 41, 40, 41], 1, 1),
            ([25, 24, 41, 40], 2, 1),
            ([30, 41, 40, 41], 0, 0),
            // The last week: nobody can know yet.
            ([41, 40, 41, 20], 1, 0),
        ] {
            let counts: Vec<u64> = usual.into_iter().chain(after).collect();
            let weeks = course(&counts);
            let last = Day(i32::try_from(counts.len()).unwrap() * 7 - 1);
            let found = drops(&weeks, (Day(8 * 7), last));
            assert_eq!((found.all, found.wrong), (all, wrong), "{after:?}");
        }
    }

    #[test]
    fn a_place_without_a_past_has_no_drop() {
        assert_eq!(drops(&BTreeMap::new(), (Day(0), Day(365))), Alarms::default());
        assert_eq!(limits_before(&course(&[0; 8]), Day(56)), None);
    }

    #[test]
    fn a_late_question_that_went_away_was_false() {
        let clocks = Clocks::default();
        let length = clocks.due(Timestamp(0), Urgency::Normal).0;
        let now = Timestamp(40 * length);
        let at = |part: i64| Timestamp(length * part / 10);
        let asked = |response: Option<i64>, closed: Option<i64>, gone: Option<i64>| Times {
            topic: TopicId(1),
            asked_at: Timestamp(0),
            response: response.map(|part| (at(part), Cause::Member)),
            accepted_at: None,
            closed_at: closed.map(at),
            gone_at: gone.map(at),
            replies: 0,
        };
        for (times, all, wrong) in [
            (asked(Some(5), None, None), 0, 0),
            (asked(Some(15), None, None), 1, 0),
            (asked(Some(15), Some(20), None), 1, 0),
            (asked(None, None, None), 1, 0),
            (asked(None, Some(5), None), 0, 0),
            (asked(None, Some(15), None), 1, 1),
            (asked(None, None, Some(15)), 1, 1),
        ] {
            let found = late(&[times], &clocks, now);
            assert_eq!((found.all, found.wrong), (all, wrong), "{times:?}");
        }
        let young = Times { asked_at: now.plus(-HOUR / 60), ..asked(None, None, None) };
        assert_eq!(late(&[young], &clocks, now), Alarms::default());
    }
}
