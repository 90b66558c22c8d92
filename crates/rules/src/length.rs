//! Lengths of time as people write them: `10 minutes`, `1 day`, `6 business hours`.

use std::fmt;

use mainstreet_kernel::clock::{DAY, HOUR, MINUTE, SECOND};

use crate::finding::nearest;

/// What a length is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Seconds.
    Second,
    /// Minutes.
    Minute,
    /// Hours of sixty minutes.
    Hour,
    /// Days of twenty-four hours.
    Day,
    /// Seven days.
    Week,
    /// Hours in which the community's calendar is open.
    BusinessHour,
    /// Days on which the community's calendar is open.
    BusinessDay,
}

impl Unit {
    /// All of them, shortest first.
    pub const ALL: [Self; 7] = [
        Self::Second,
        Self::Minute,
        Self::Hour,
        Self::Day,
        Self::Week,
        Self::BusinessHour,
        Self::BusinessDay,
    ];

    /// The word for one.
    pub fn word(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::BusinessHour => "business hour",
            Self::BusinessDay => "business day",
        }
    }

    /// The word for several.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Second => "seconds",
            Self::Minute => "minutes",
            Self::Hour => "hours",
            Self::Day => "days",
            Self::Week => "weeks",
            Self::BusinessHour => "business hours",
            Self::BusinessDay => "business days",
        }
    }

    /// True when a calendar is needed to measure it.
    pub fn is_business(self) -> bool {
        matches!(self, Self::BusinessHour | Self::BusinessDay)
    }

    /// Milliseconds of one, or nothing when it depends on a calendar.
    pub fn millis(self) -> Option<i64> {
        match self {
            Self::Second => Some(SECOND),
            Self::Minute => Some(MINUTE),
            Self::Hour => Some(HOUR),
            Self::Day => Some(DAY),
            Self::Week => Some(7 * DAY),
            Self::BusinessHour | Self::BusinessDay => None,
        }
    }

    /// Reads one unit in singular or plural.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| word == unit.word() || word == unit.plural())
    }
}

/// A length of time in whole units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Length {
    /// How many.
    pub amount: u32,
    /// Of what.
    pub unit: Unit,
}

/// Largest number in a length; a hundred thousand hours are eleven years.
const MOST: u32 = 100_000;

impl Length {
    /// Milliseconds, or nothing when it is counted in business time.
    pub fn millis(self) -> Option<i64> {
        Some(self.unit.millis()? * i64::from(self.amount))
    }

    /// Reads a length. On failure: a sentence, and what was probably meant.
    pub fn read(text: &str) -> Result<Self, (String, Option<String>)> {
        let text = text.trim();
        let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
        let (number, word) = text.split_at(digits);
        let word = word.trim();
        if number.is_empty() {
            if let Some(length) = in_words(text) {
                let message = format!("\"{}\" is written with a number here.", brief(text));
                return Err((message, Some(length.to_string())));
            }
            let message = format!("\"{}\" is not a length of time. Write a number and a unit.", brief(text));
            return Err((message, Some("2 hours".to_owned())));
        }
        let Some(amount) = number.parse().ok().filter(|amount| *amount <= MOST) else {
            return Err((format!("{} is too large for a length of time.", brief(number)), None));
        };
        let single: Vec<&str> = word.split_whitespace().collect();
        match Unit::read(&single.join(" ")) {
            Some(unit) => Ok(Self { amount, unit }),
            None => Err(unknown_unit(amount, word)),
        }
    }
}

/// `a day`, `two hours`
fn in_words(text: &str) -> Option<Length> {
    const NUMBERS: [&str; 11] =
        ["a", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let (number, unit) = text.split_once(' ')?;
    let number = if number == "an" { "a" } else { number };
    let place = NUMBERS.iter().position(|known| number.eq_ignore_ascii_case(known))?;
    Some(Length { amount: u32::try_from(place.max(1)).ok()?, unit: Unit::read(unit.trim())? })
}

fn unknown_unit(amount: u32, word: &str) -> (String, Option<String>) {
    if word.starts_with(['.', ',']) {
        return (
            "A length of time is a whole number of units. Use a smaller unit.".to_owned(),
            Some("90 minutes".to_owned()),
        );
    }
    let meant = match word.to_lowercase().as_str() {
        "s" | "sec" | "secs" => Some(Unit::Second),
        "m" | "min" | "mins" => Some(Unit::Minute),
        "h" | "hr" | "hrs" => Some(Unit::Hour),
        "d" => Some(Unit::Day),
        "w" | "wk" => Some(Unit::Week),
        "working hour" | "working hours" | "work hours" | "office hours" => Some(Unit::BusinessHour),
        "working day" | "working days" | "workdays" | "weekdays" => Some(Unit::BusinessDay),
        _ => None,
    };
    let meant = meant.or_else(|| word.is_empty().then_some(Unit::Day));
    let meant = meant.map(|unit| Length { amount, unit }.to_string());
    let meant = meant.or_else(|| match word.to_lowercase().as_str() {
        "month" | "months" => Some(format!("{} days", amount.saturating_mul(30))),
        "year" | "years" => Some(format!("{} days", amount.saturating_mul(365))),
        other => nearest(other, Unit::ALL.iter().flat_map(|unit| [unit.word(), unit.plural()]))
            .and_then(Unit::read)
            .map(|unit| Length { amount, unit }.to_string()),
    });
    let message = if word.is_empty() {
        format!(
            "{amount} of what? A length of time needs a unit: seconds, minutes, hours, days, weeks, business hours or business days."
        )
    } else {
        format!(
            "I do not know the unit \"{}\". Units are seconds, minutes, hours, days, weeks, business hours and business days.",
            brief(word)
        )
    };
    (message, meant)
}

/// At most forty characters of what somebody wrote, for a message.
pub(crate) fn brief(text: &str) -> String {
    mainstreet_kernel::text::excerpt(text.get(..text.len().min(400)).unwrap_or(text), 40)
}

impl fmt::Display for Length {
    /// `1 day`, `2 business hours`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.amount == 1 { self.unit.word() } else { self.unit.plural() };
        write!(f, "{} {word}", self.amount)
    }
}

/// Milliseconds in the two largest units that fit, for people: `1 day 3 hours`.
pub(crate) fn spoken(millis: i64) -> String {
    let units = [Unit::Week, Unit::Day, Unit::Hour, Unit::Minute, Unit::Second];
    let mut rest = millis.max(0);
    let mut parts = Vec::new();
    for unit in units {
        let Some(size) = unit.millis() else { continue };
        let amount = u32::try_from(rest / size).unwrap_or(u32::MAX);
        if amount > 0 && parts.len() < 2 {
            parts.push(Length { amount, unit }.to_string());
            rest %= size;
        } else if !parts.is_empty() {
            break;
        }
    }
    if parts.is_empty() { "less than a second".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let read = match Length::read(text) {
            Ok(length) => length.to_string(),
            Err((message, meant)) => format!("{message} [{}]", meant.unwrap_or_default()),
        };
        assert!(read == expect || read.starts_with("I do") && read.ends_with(expect), "{text}: {read}");
    }

    #[test]
    fn lengths_are_read_with_their_unit() {
        check("1 day", "1 day");
        check("1 days", "1 day");
        check(" 10  minutes", "10 minutes");
        check("6 business hours", "6 business hours");
        check("2h", "[2 hours]");
        check("3 dais", "[3 days]");
        check("2 months", "[60 days]");
        check("3 working days", "[3 business days]");
        check("1.5 hours", "A length of time is a whole number of units. Use a smaller unit. [90 minutes]");
        check("99999999999999 days", "99999999999999 is too large for a length of time. []");
        check("soon", "\"soon\" is not a length of time. Write a number and a unit. [2 hours]");
    }

    #[test]
    fn lengths_are_spoken_in_two_units() {
        assert_eq!(spoken(DAY + 3 * HOUR + MINUTE), "1 day 3 hours");
        assert_eq!(spoken(2 * HOUR), "2 hours");
        assert_eq!(spoken(HOUR + SECOND), "1 hour");
        assert_eq!(spoken(5), "less than a second");
    }
}
