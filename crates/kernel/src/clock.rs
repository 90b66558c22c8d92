//! Time is an argument: nothing in Mainstreet asks the machine what time it is, except where the binary
//! makes its [`Clock`].

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Milliseconds since 1970-01-01T00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// One second, in the unit of [`Timestamp`].
pub const SECOND: i64 = 1_000;
/// One minute, in the unit of [`Timestamp`].
pub const MINUTE: i64 = 60 * SECOND;
/// One hour, in the unit of [`Timestamp`].
pub const HOUR: i64 = 60 * MINUTE;
/// Twenty-four hours, in the unit of [`Timestamp`]; a calendar day may be 23 or 25 hours, see [`crate::Day`].
pub const DAY: i64 = 24 * HOUR;

impl Timestamp {
    /// This instant moved by `millis` (negative: earlier). Saturates at the ends of time.
    #[must_use]
    pub fn plus(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Milliseconds from `earlier` to this instant; negative if `earlier` is later.
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Timestamp {
    /// ISO 8601 in UTC with milliseconds, such as `2021-03-01T09:00:00.000Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(time) => write!(f, "{time:.3}"),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = Error;

    /// Reads `2021-03-01`, `2021-03-01T09:00Z`, `2021-03-01T09:00:00.123Z` or the same with an offset.
    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if let Ok(time) = text.parse::<jiff::Timestamp>() {
            return Ok(Self(time.as_millisecond()));
        }
        if let Ok(date) = text.parse::<jiff::civil::Date>()
            && text.len() <= 10
            && let Ok(time) = date.to_zoned(jiff::tz::TimeZone::UTC)
        {
            return Ok(Self(time.timestamp().as_millisecond()));
        }
        Err(Error::invalid(format!("'{text}' is not a time. Write it like 2021-03-01 or 2021-03-01T09:00Z.")))
    }
}

/// Where the program reads the time. Cheap to clone.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that calls `read` each time; the binary gives it the machine's time here.
    pub fn from_fn(read: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// A clock that stands at `at` until its [`Hand`] is moved. For tests.
    pub fn standing(at: Timestamp) -> (Self, Hand) {
        let hand = Hand(Arc::new(AtomicI64::new(at.0)));
        let read = hand.clone();
        (Self::from_fn(move || Timestamp(read.0.load(Ordering::SeqCst))), hand)
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

/// Moves a standing [`Clock`].
#[derive(Clone, Debug)]
pub struct Hand(Arc<AtomicI64>);

impl Hand {
    /// Moves the clock by `millis`.
    pub fn advance(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }

    /// Puts the clock at `at`.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.0, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: Option<&str>) {
        let read = text.parse::<Timestamp>().ok().map(|time| time.to_string());
        assert_eq!(read.as_deref(), expect, "{text}");
    }

    #[test]
    fn reads_the_forms_people_type() {
        check("2021-03-01", Some("2021-03-01T00:00:00.000Z"));
        check("2021-03-01T09:00Z", Some("2021-03-01T09:00:00.000Z"));
        check("2021-03-01T09:00:00.123Z", Some("2021-03-01T09:00:00.123Z"));
        check("2021-03-01T09:00+02:00", Some("2021-03-01T07:00:00.000Z"));
        check("yesterday", None);
        check("", None);
    }

    #[test]
    fn a_standing_clock_moves_only_by_hand() {
        let (clock, hand) = Clock::standing(Timestamp(5));
        assert_eq!(clock.now(), Timestamp(5));
        hand.advance(MINUTE);
        assert_eq!(clock.now(), Timestamp(60_005));
    }
}
