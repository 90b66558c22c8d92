//! How often the [`super::breaker`] would have tripped over the last year, and how often for nothing: the year is gone
//! through as it was, in the manner of [`crate::conflicts::alarms`] (definition 2.26 of the design).
//!
//! It was *false* when no decision of a person stands against most of what made the flood: accounts kept out or
//! suspended, posts taken away.

use mainstreet_db::Tx;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::{Result, Timestamp};

use super::breaker::{BASELINE, Flow, LASTS, LEAST, WINDOW};
use super::store;
use crate::conflicts::alarms::{Alarms, DAYS};

/// A sign-up, or a post of a new account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Came {
    /// When.
    pub(super) at: Timestamp,
    /// No decision of a person stands against the account or the post.
    pub(super) stands: bool,
}

/// The year before now.
///
/// # Errors
/// Those of the database.
pub fn year(tx: &mut Tx<'_>) -> Result<Alarms> {
    let now = tx.now();
    let from = now.plus(-DAYS * DAY);
    let begun = store::begun(tx)?.unwrap_or(now);
    let first = from.plus(-BASELINE - WINDOW);
    let mut trips = trips(&store::sign_ups_since(tx, first)?, begun, from);
    trips.extend(self::trips(&store::posts_of_new_since(tx, first)?, begun, from));
    Ok(count(trips))
}

/// Every arrival since `from` at which the breaker trips, and whether rightly. `came`: in the order of their times.
fn trips(came: &[Came], begun: Timestamp, from: Timestamp) -> Vec<Came> {
    let (mut window, mut before) = (0, 0);
    let mut found = Vec::new();
    for (place, one) in came.iter().enumerate() {
        let start = one.at.plus(-WINDOW);
        let usual_from = begun.max(start.plus(-BASELINE));
        let skip = |from: usize, until: Timestamp| {
            from + came.iter().skip(from).take_while(|earlier| earlier.at < until).count()
        };
        (window, before) = (skip(window, start), skip(before, usual_from));
        let flood = came.get(window..=place).unwrap_or_default();
        if one.at < from || (flood.len() as u64) < LEAST {
            continue;
        }
        let windows = (start.since(usual_from) as f64 / WINDOW as f64).max(1.0);
        let usual = window.saturating_sub(before) as f64 / windows;
        if Flow::of("", flood.len() as u64, usual).trips() {
            let stand = flood.iter().filter(|one| one.stands).count();
            found.push(Came { at: one.at, stands: 2 * stand > flood.len() });
        }
    }
    found
}

/// While raid mode lasts it does not trip again.
fn count(mut trips: Vec<Came>) -> Alarms {
    trips.sort_by_key(|trip| trip.at);
    let mut alarms = Alarms::default();
    let mut until = None;
    for trip in trips {
        if until.is_none_or(|until| trip.at >= until) {
            alarms.add(!trip.stands);
            until = Some(trip.at.plus(LASTS));
        }
    }
    alarms
}

#[cfg(test)]
mod tests {
    use mainstreet_kernel::clock::{HOUR, MINUTE};

    use super::*;

    const TODAY: Timestamp = Timestamp(100 * DAY);

    /// So many from then on, one every half minute.
    fn flood(from: Timestamp, many: i64, stands: bool) -> Vec<Came> {
        (0..many).map(|number| Came { at: from.plus(number * MINUTE / 2), stands }).collect()
    }

    #[test]
    fn a_flood_is_counted_once_and_false_when_most_of_it_stands() {
        let later = TODAY.plus(3 * HOUR);
        for (floods, all, wrong) in [
            (vec![flood(TODAY, 7, true)], 0, 0),
            (vec![flood(TODAY, 8, true)], 1, 1),
            (vec![flood(TODAY, 8, false)], 1, 0),
            (vec![flood(TODAY, 30, false)], 1, 0),
            (vec![flood(TODAY, 8, false), flood(later, 8, true)], 2, 1),
            // Before the year.
            (vec![flood(TODAY.plus(-2 * DAY), 8, true)], 0, 0),
        ] {
            let came = floods.concat();
            let found = count(trips(&came, Timestamp(0), TODAY.plus(-DAY)));
            assert_eq!((found.all, found.wrong), (all, wrong), "{came:?}");
        }
    }

    #[test]
    fn what_is_usual_here_is_no_flood() {
        // Four in ten minutes, day and night; then ten in ten minutes, then thirty.
        let usual = (0..28 * 24 * 24).map(|part| Came { at: Timestamp(part * 150_000), stands: true });
        let end = Timestamp(28 * DAY);
        for (many, all) in [(10, 0), (40, 1)] {
            let more = (0..many).map(|number| Came { at: end.plus(number * 10_000), stands: false });
            let came: Vec<Came> = usual.clone().chain(more).collect();
            assert_eq!(count(trips(&came, Timestamp(0), end)).all, all, "{many}");
        }
    }

    #[test]
    fn posts_do_not_trip_again_while_raid_mode_lasts_by_sign_ups() {
        let mut both = trips(&flood(TODAY, 9, false), Timestamp(0), Timestamp(0));
        both.extend(trips(&flood(TODAY.plus(HOUR), 9, true), Timestamp(0), Timestamp(0)));
        assert_eq!(count(both), Alarms { all: 1, wrong: 0 });
    }
}
