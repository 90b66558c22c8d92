//! Days and weeks of a community, cut in its own time zone. No SQL knows about dates.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::clock::{DAY, MINUTE, Timestamp};
use crate::error::Error;

/// A calendar day: days since 1970-01-01. Which instants belong to it is a matter of the [`Zone`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub i32);

impl Day {
    /// The day `days` later (negative: earlier).
    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// The Monday of this day's ISO week.
    #[must_use]
    pub fn monday(self) -> Self {
        // 1970-01-01 was a Thursday, three days after a Monday.
        Self(self.0 - (self.0 + 3).rem_euclid(7))
    }

    /// Days since the Monday of its week: 0 Monday to 6 Sunday.
    pub fn weekday(self) -> usize {
        usize::try_from((self.0 + 3).rem_euclid(7)).unwrap_or(0)
    }

    fn date(self) -> jiff::civil::Date {
        let epoch = jiff::civil::date(1970, 1, 1);
        epoch.checked_add(jiff::Span::new().days(self.0)).unwrap_or(epoch)
    }
}

impl fmt::Display for Day {
    /// ISO 8601, such as `2021-03-01`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date())
    }
}

/// A community's time zone, by IANA name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(jiff::tz::TimeZone);

impl Zone {
    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self(jiff::tz::TimeZone::UTC)
    }

    /// The calendar day that `at` falls on here.
    pub fn day_of(&self, at: Timestamp) -> Day {
        let Ok(instant) = jiff::Timestamp::from_millisecond(at.0) else { return Day(0) };
        let offset = i64::from(self.0.to_offset(instant).seconds()) * 1_000;
        Day(i32::try_from((at.0 + offset).div_euclid(DAY)).unwrap_or(0))
    }

    /// The first instant of `day` here. A day may last 23 or 25 hours: its end is the start of the next.
    pub fn start_of(&self, day: Day) -> Timestamp {
        match day.date().to_zoned(self.0.clone()) {
            Ok(zoned) => Timestamp(zoned.timestamp().as_millisecond()),
            Err(_) => Timestamp(i64::from(day.0) * DAY),
        }
    }

    /// The instant when clocks here show so many minutes after midnight of `day`; 1440 is the end of the day. A time
    /// that is left out when clocks go forward is the same span later.
    pub fn at(&self, day: Day, minute: i16) -> Timestamp {
        if minute >= 1_440 {
            return self.start_of(day.plus(1));
        }
        let time = jiff::civil::time(0, 0, 0, 0).saturating_add(jiff::Span::new().minutes(minute.max(0)));
        match day.date().to_datetime(time).to_zoned(self.0.clone()) {
            Ok(zoned) => Timestamp(zoned.timestamp().as_millisecond()),
            Err(_) => self.start_of(day).plus(i64::from(minute) * MINUTE),
        }
    }

    /// `at` written for people here, by a `strftime` pattern such as `%-d %b %Y, %H:%M`.
    pub fn format(&self, at: Timestamp, pattern: &str) -> String {
        match jiff::Timestamp::from_millisecond(at.0) {
            Ok(instant) => instant.to_zoned(self.0.clone()).strftime(pattern).to_string(),
            Err(_) => String::new(),
        }
    }

    /// The IANA name, such as `Europe/Berlin`.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }
}

impl FromStr for Day {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let date: jiff::civil::Date = text
            .parse()
            .map_err(|_| Error::invalid(format!("'{text}' is not a day. Write it such as 2026-12-24.")))?;
        let span = date.since(jiff::civil::date(1970, 1, 1)).map_err(Error::internal)?;
        Ok(Self(span.get_days()))
    }
}

impl FromStr for Zone {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        jiff::tz::TimeZone::get(name).map(Self).map_err(|_| {
            Error::invalid(format!("'{name}' is not a time zone. Write an IANA name such as Europe/Berlin."))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_start_on_monday() {
        assert_eq!(Day(0).monday().to_string(), "1969-12-29");
        assert_eq!(Day(4).monday(), Day(4));
        assert_eq!(Day(10).monday(), Day(4));
    }

    #[test]
    fn days_follow_the_clocks_of_the_place() -> Result<(), Error> {
        let berlin: Zone = "Europe/Berlin".parse()?;
        let day = berlin.day_of("2021-03-27T23:30Z".parse()?);
        assert_eq!(day.to_string(), "2021-03-28");
        let length = berlin.start_of(day.plus(1)).since(berlin.start_of(day));
        assert_eq!(length, 23 * crate::clock::HOUR, "summer time takes an hour away");
        assert_eq!(Zone::utc().start_of(Day(1)), Timestamp(DAY));
        assert_eq!("2021-03-28".parse::<Day>()?, day);
        assert_eq!(day.weekday(), 6, "a Sunday");
        assert_eq!(berlin.at(day, 9 * 60), "2021-03-28T07:00Z".parse()?, "in summer time already");
        assert_eq!(berlin.at(day, 150), "2021-03-28T01:30Z".parse()?, "half past two is left out");
        assert_eq!(berlin.at(day, 1_440), berlin.start_of(day.plus(1)));
        Ok(())
    }
}
