//! When the team works: opening hours of a week, in a zone of their own, and days on which nobody is there.

use std::collections::BTreeSet;

use mainstreet_kernel::calendar::Day;
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::{FieldErrors, Timestamp, Zone};
use mainstreet_rules::{Length, Unit};
use serde::{Deserialize, Serialize};

/// How many days ahead a due time is looked for: ten years.
const LOOK: i32 = 3_660;

/// The names of the days, Monday first, as forms and errors have them.
pub const WEEK: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Opening hours as they are written and kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Written {
    /// True: hours count; false: always open.
    pub kept: bool,
    /// An IANA name.
    pub zone: String,
    /// Monday first: `9:00-12:30, 13:30-18:00`, or empty for closed.
    pub week: [String; 7],
    /// Days when nobody is there: `2026-12-24 2026-12-25`.
    pub closed: String,
}

/// Opening hours to count by. The default is always open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    zone: Zone,
    /// Minutes after midnight, rising, for each day of the week; none: always open.
    week: Option<[Vec<(i16, i16)>; 7]>,
    closed: BTreeSet<Day>,
}

impl Default for Hours {
    fn default() -> Self {
        Self { zone: Zone::utc(), week: None, closed: BTreeSet::new() }
    }
}

impl Hours {
    /// Reads hours as they were written.
    ///
    /// # Errors
    /// By field (`zone`, the names of [`WEEK`], `closed`): what cannot be read, and a week that never opens.
    pub fn read(written: &Written) -> Result<Self, FieldErrors> {
        if !written.kept {
            return Ok(Self::default());
        }
        let mut errors = FieldErrors::default();
        let zone = written.zone.trim().parse::<Zone>().unwrap_or_else(|_| {
            errors.add("zone", "Write an IANA time zone such as Europe/Berlin.");
            Zone::utc()
        });
        let mut week: [Vec<(i16, i16)>; 7] = Default::default();
        for ((name, text), day) in WEEK.iter().zip(&written.week).zip(&mut week) {
            match spans(text) {
                Some(spans) => *day = spans,
                None => errors
                    .add(name, "Write hours such as 9:00-17:00 or 9-12, 13-18; leave it empty for closed."),
            }
        }
        if week.iter().all(Vec::is_empty) && errors.is_empty() {
            errors.add("monday", "Open on at least one day, or choose to be always open.");
        }
        let mut closed = BTreeSet::new();
        for word in written.closed.split([' ', ',', ';', '\n', '\r']).filter(|word| !word.is_empty()) {
            match word.parse::<Day>() {
                Ok(day) => drop(closed.insert(day)),
                Err(error) => errors.add("closed", error.safe.into_owned()),
            }
        }
        if errors.is_empty() { Ok(Self { zone, week: Some(week), closed }) } else { Err(errors) }
    }

    /// When `span` milliseconds of open time have passed since `from`.
    pub fn due(&self, from: Timestamp, span: i64) -> Timestamp {
        let Some(week) = &self.week else { return from.plus(span) };
        let mut left = span;
        let first = self.zone.day_of(from);
        for day in (0..LOOK).map(|ahead| first.plus(ahead)).filter(|day| !self.closed.contains(day)) {
            for (opens, closes) in week.get(day.weekday()).into_iter().flatten() {
                let start = self.zone.at(day, *opens).max(from);
                let length = self.zone.at(day, *closes).since(start);
                if length > 0 && left <= length {
                    return start.plus(left);
                }
                left -= length.max(0);
            }
        }
        from.plus(span)
    }

    /// When so long a time has passed since `from`: business hours are open ones, business days are whole open days.
    pub fn after(&self, from: Timestamp, length: Length) -> Timestamp {
        let amount = i64::from(length.amount);
        match length.unit {
            Unit::BusinessHour => self.due(from, amount * HOUR),
            Unit::BusinessDay => {
                let far =
                    |hour: &i64| self.days_between(from, from.plus(hour * HOUR)) >= f64::from(length.amount);
                let hour = (amount.max(1)..i64::from(LOOK) * 24).find(far);
                from.plus(hour.unwrap_or(24 * amount) * HOUR)
            }
            _ => from.plus(length.millis().unwrap_or(0)),
        }
    }

    /// True when the team works at `at`.
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.open_between(at, at.plus(1)) > 0
    }

    /// Milliseconds of open time from `from` until `to`; days further apart than ten years are not counted.
    pub fn open_between(&self, from: Timestamp, to: Timestamp) -> i64 {
        let Some(week) = &self.week else { return to.since(from).max(0) };
        self.open_days(from, to)
            .flat_map(|day| week.get(day.weekday()).into_iter().flatten().map(move |span| (day, span)))
            .map(|(day, (opens, closes))| {
                let (start, end) = (self.zone.at(day, *opens).max(from), self.zone.at(day, *closes).min(to));
                end.since(start).max(0)
            })
            .sum()
    }

    /// Open days from `from` until `to`: of each, the share of its open time that lies between them.
    #[expect(clippy::cast_precision_loss, reason = "days are far shorter than 2^52 milliseconds")]
    pub fn days_between(&self, from: Timestamp, to: Timestamp) -> f64 {
        if self.week.is_none() {
            return to.since(from).max(0) as f64 / mainstreet_kernel::clock::DAY as f64;
        }
        self.open_days(from, to)
            .map(|day| {
                let (start, end) = (self.zone.start_of(day), self.zone.start_of(day.plus(1)));
                let whole = self.open_between(start, end);
                let part = self.open_between(start.max(from), end.min(to));
                if whole > 0 { part as f64 / whole as f64 } else { 0.0 }
            })
            .sum()
    }

    fn open_days(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = Day> + '_ {
        let (first, last) = (self.zone.day_of(from), self.zone.day_of(to));
        let days = (0..LOOK).map(move |ahead| first.plus(ahead)).take_while(move |day| *day <= last);
        days.filter(|day| !self.closed.contains(day))
    }
}

/// `9:00-12:00, 13-17` as minutes; rising and apart from each other.
fn spans(text: &str) -> Option<Vec<(i16, i16)>> {
    let mut found: Vec<(i16, i16)> = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (opens, closes) = part.split_once(['-', '–'])?;
        let (opens, closes) = (minute(opens)?, minute(closes)?);
        let after = found.last().map_or(0, |(_, last)| *last);
        if closes <= opens || opens < after {
            return None;
        }
        found.push((opens, closes));
    }
    Some(found)
}

fn minute(text: &str) -> Option<i16> {
    let (hours, minutes) = text.trim().split_once(':').unwrap_or((text.trim(), "0"));
    let (hours, minutes) = (hours.parse::<i16>().ok()?, minutes.parse::<i16>().ok()?);
    let whole = (0..=24).contains(&hours) && (0..60).contains(&minutes) && hours * 60 + minutes <= 1_440;
    whole.then_some(hours * 60 + minutes)
}

#[cfg(test)]
mod tests {
    use mainstreet_kernel::Error;
    use mainstreet_kernel::clock::{HOUR, MINUTE};

    use super::*;

    fn written(weekday: &str, closed: &str) -> Written {
        let mut week: [String; 7] = Default::default();
        week.iter_mut().take(5).for_each(|day| weekday.clone_into(day));
        Written { kept: true, zone: "Europe/Berlin".to_owned(), week, closed: closed.to_owned() }
    }

    #[track_caller]
    fn check(hours: &Hours, from: &str, span: i64, expect: &str) {
        let (from, expect): (Timestamp, Timestamp) = (from.parse().unwrap(), expect.parse().unwrap());
        assert_eq!(hours.due(from, span).to_string(), expect.to_string(), "{span} ms after {from}");
        // Counted minute by minute, as slowly and plainly as can be.
        let Some(week) = &hours.week else { return };
        let open = |at: Timestamp| {
            let day = hours.zone.day_of(at);
            let spans = week.get(day.weekday()).unwrap();
            !hours.closed.contains(&day)
                && spans
                    .iter()
                    .any(|(from, to)| (hours.zone.at(day, *from)..hours.zone.at(day, *to)).contains(&at))
        };
        let (mut at, mut left) = (from, span / MINUTE);
        while left > 0 {
            left -= i64::from(open(at));
            at = at.plus(MINUTE);
        }
        assert_eq!(at.to_string(), expect.to_string(), "counted by the minute");
    }

    #[test]
    fn only_open_hours_count() -> Result<(), Error> {
        let hours = Hours::read(&written("9:00-12:00, 13-17", "2021-03-30")).unwrap();
        // Friday 26 March 2021, 16:00 in Berlin; clocks go forward on Sunday; Tuesday is closed.
        check(&hours, "2021-03-26T15:00Z", 30 * MINUTE, "2021-03-26T15:30Z");
        check(&hours, "2021-03-26T15:00Z", 4 * HOUR, "2021-03-29T10:00Z");
        check(&hours, "2021-03-26T15:00Z", 9 * HOUR, "2021-03-31T08:00Z");
        check(&hours, "2021-03-27T03:00Z", HOUR, "2021-03-29T08:00Z");
        check(&hours, "2021-03-29T10:30Z", HOUR, "2021-03-29T12:00Z");
        check(&Hours::default(), "2021-03-27T03:00Z", HOUR, "2021-03-27T04:00Z");
        Ok(())
    }

    #[test]
    fn a_day_without_a_night_is_the_whole_day() {
        let mut all: Written = written("0-24", "");
        all.week = std::array::from_fn(|_| "0:00-24:00".to_owned());
        let hours = Hours::read(&all).unwrap();
        check(&hours, "2021-03-27T03:00Z", 48 * HOUR, "2021-03-29T03:00Z");
        check(&hours, "2021-10-30T03:00Z", 48 * HOUR, "2021-11-01T03:00Z");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (text, closed, field) in [
            ("nine to five", "", "monday"),
            ("17-9", "", "monday"),
            ("9-12, 11-17", "", "monday"),
            ("9-25", "", "monday"),
            ("", "", "monday"),
            ("9-17", "Christmas", "closed"),
        ] {
            let errors = Hours::read(&written(text, closed)).unwrap_err();
            assert!(errors.get(field).is_some(), "{text} {closed}: {errors:?}");
        }
        let elsewhere = Written { zone: "Atlantis".to_owned(), ..written("9-17", "") };
        assert!(Hours::read(&elsewhere).unwrap_err().get("zone").is_some());
        assert!(Hours::read(&Written::default()).is_ok(), "always open needs nothing");
    }
}
