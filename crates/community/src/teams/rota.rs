//! Whose turn it is.

use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::{Day, Timestamp, Zone};

/// How a team shares its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rota {
    /// True: one person a week. False: all of them.
    pub weekly: bool,
    /// The day of the hand-over: 0 Monday to 6 Sunday.
    pub weekday: i64,
    /// The hour of that day.
    pub hour: i64,
    /// The day of the first hand-over.
    pub since: Day,
}

/// Who is on duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Everybody.
    All,
    /// One person.
    One {
        /// Their place in the order, from 0.
        place: usize,
        /// The place of who follows.
        next: usize,
        /// When they hand over.
        until: Timestamp,
    },
}

/// The day whose hand-over was the last one at `now`.
fn last_hand_over(weekday: i64, hour: i64, now: Timestamp, zone: &Zone) -> Day {
    let day = zone.day_of(now.plus(-hour * HOUR));
    let back = (day.weekday() as i64 - weekday).rem_euclid(7);
    day.plus(-i32::try_from(back).unwrap_or(0))
}

impl Rota {
    /// A rota whose first turn is the one that runs at `now`.
    pub(super) fn starting(weekly: bool, weekday: i64, hour: i64, now: Timestamp, zone: &Zone) -> Self {
        Self { weekly, weekday, hour, since: last_hand_over(weekday, hour, now, zone) }
    }

    /// True when both hand over alike.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        (self.weekly, self.weekday, self.hour) == (other.weekly, other.weekday, other.hour)
    }
}

/// Whose turn it is among `people` at `now`.
pub fn turn(rota: &Rota, people: usize, now: Timestamp, zone: &Zone) -> Turn {
    if !rota.weekly || people == 0 {
        return Turn::All;
    }
    let begun = last_hand_over(rota.weekday, rota.hour, now, zone);
    let weeks = i64::from((begun.0 - rota.since.0).div_euclid(7));
    let count = people as i64;
    let place = usize::try_from(weeks.rem_euclid(count)).unwrap_or(0);
    let until = zone.start_of(begun.plus(7)).plus(rota.hour * HOUR);
    Turn::One { place, next: (place + 1) % people, until }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(now: &str, place: usize, until: &str) {
        let zone: Zone = "Europe/Brussels".parse().unwrap();
        // Friday 5 March 2021, at six in the evening.
        let made: Timestamp = "2021-03-06T12:00:00Z".parse().unwrap();
        let rota = Rota::starting(true, 4, 18, made, &zone);
        assert_eq!(rota.since.to_string(), "2021-03-05");
        let found = turn(&rota, 3, now.parse().unwrap(), &zone);
        assert_eq!(found, Turn::One { place, next: (place + 1) % 3, until: until.parse().unwrap() }, "{now}");
    }

    #[test]
    fn a_week_goes_from_hand_over_to_hand_over() {
        check("2021-03-06T12:00:00Z", 0, "2021-03-12T17:00:00Z");
        check("2021-03-12T16:59:00Z", 0, "2021-03-12T17:00:00Z");
        check("2021-03-12T17:00:00Z", 1, "2021-03-19T17:00:00Z");
        check("2021-03-20T12:00:00Z", 2, "2021-03-26T17:00:00Z");
        // The clocks go forward on 28 March.
        check("2021-03-27T12:00:00Z", 0, "2021-04-02T16:00:00Z");
        check("2021-04-02T16:00:00Z", 1, "2021-04-09T16:00:00Z");
    }

    #[test]
    fn a_team_that_works_together_has_no_turns() {
        let zone = Zone::utc();
        let rota = Rota::starting(false, 0, 9, Timestamp(0), &zone);
        assert_eq!(turn(&rota, 2, Timestamp(1), &zone), Turn::All);
    }
}
