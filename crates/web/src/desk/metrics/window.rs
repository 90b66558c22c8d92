//! Which window, space and population a page looks at: read from the address, so that it can be sent to a colleague.

use mainstreet_desk::metrics::clocks::Population;
use mainstreet_desk::metrics::figures::Query;
use mainstreet_desk::metrics::moderation::no_such_space;
use mainstreet_kernel::id::SpaceId;
use mainstreet_kernel::{Error, Result, Timestamp, Zone};
use serde::Deserialize;

use crate::request::Cx;

/// The part of the address that chooses the window. Everything may be missing or empty.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// Full days up to and with yesterday.
    #[serde(default)]
    days: String,
    /// The first day, or an instant in milliseconds.
    #[serde(default)]
    pub(super) from: String,
    /// The last day (included), or the instant after the window in milliseconds.
    #[serde(default)]
    pub(super) to: String,
    /// A space's id.
    #[serde(default)]
    pub(super) space: String,
    /// `topics` for all topics.
    #[serde(default)]
    population: String,
}

/// A chosen window.
pub(super) struct Window {
    /// What is asked of the roll-ups.
    pub(super) query: Query,
    /// 7, 28, 84, or 0 for one of their own.
    pub(super) days: i32,
}

const DEFAULT_DAYS: i32 = 28;

impl Window {
    /// Reads the window from the address of the request. It ends now, so the running day is in it.
    pub(super) fn read(cx: &Cx) -> Result<Self> {
        Self::of(&cx.query()?, cx.app.now(), cx.app.site().zone)
    }

    /// Reads what was asked for. Errors: `Invalid` with what to write instead.
    pub(super) fn of(asked: &Asked, now: Timestamp, zone: Zone) -> Result<Self> {
        let (from, to, days) = if asked.from.is_empty() && asked.to.is_empty() {
            let days = match asked.days.as_str() {
                "" => DEFAULT_DAYS,
                days => days.parse().ok().filter(|days| (1..=3660).contains(days)).ok_or_else(unreadable)?,
            };
            (zone.start_of(zone.day_of(now).plus(-days)), now, days)
        } else {
            let from = instant(&asked.from, &zone, 0)?.unwrap_or(Timestamp(0));
            (from, instant(&asked.to, &zone, 1)?.unwrap_or(now), 0)
        };
        let space = match asked.space.as_str() {
            "" => None,
            space => Some(space.parse::<SpaceId>().map_err(|_| no_such_space())?),
        };
        let population = if asked.population == "topics" { Population::Topic } else { Population::Question };
        let query = Query { from, to, now, zone, space, population };
        query.check()?;
        Ok(Self { query, days })
    }

    /// The first day, as a date field wants it.
    pub(super) fn first(&self) -> String {
        self.query.zone.day_of(self.query.from).to_string()
    }

    /// The last day, as a date field wants it.
    pub(super) fn last(&self) -> String {
        self.query.last_day().to_string()
    }

    /// The window in words.
    pub(super) fn said(&self) -> String {
        let day = |at: Timestamp| self.query.zone.format(at, "%-d %b %Y");
        format!("{} to {}", day(self.query.from), day(self.query.until().plus(-1)))
    }

    /// The window in an address, after a `?`.
    pub(super) fn address(&self) -> String {
        let space = self.query.space.map(|space| format!("&space={space}")).unwrap_or_default();
        let population = if self.query.population == Population::Topic { "&population=topics" } else { "" };
        format!("from={}&to={}{space}{population}", self.query.from.0, self.query.to.0)
    }
}

/// A date (its beginning, or with `later` that of a day after) or an instant in milliseconds.
fn instant(text: &str, zone: &Zone, later: i32) -> Result<Option<Timestamp>> {
    if text.is_empty() {
        return Ok(None);
    }
    let at = match text.parse::<i64>() {
        Ok(millis) if (0..=LATEST.0).contains(&millis) => return Ok(Some(Timestamp(millis))),
        Ok(_) => return Err(unknown_day()),
        Err(_) => text.parse::<Timestamp>().map_err(|_| unknown_day())?,
    };
    let day = Zone::utc().day_of(at.clamp(Timestamp(0), LATEST));
    Ok(Some(zone.start_of(day.plus(later)).max(Timestamp(0))))
}

/// The end of the year 2999: later days are not looked at.
const LATEST: Timestamp = Timestamp(32_503_680_000_000);

fn unknown_day() -> Error {
    Error::invalid("Write days such as 2026-03-01, between 1970 and 2999.")
}

fn unreadable() -> Error {
    Error::invalid("Choose a number of days between 1 and 3660.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(days: &str, from: &str, to: &str, expect: Option<(&str, &str)>) {
        let asked =
            Asked { days: days.to_owned(), from: from.to_owned(), to: to.to_owned(), ..Asked::default() };
        let now = "2026-03-02T09:00Z".parse().unwrap();
        let found = Window::of(&asked, now, Zone::utc()).ok();
        let said = found.map(|window| (window.first(), window.last()));
        assert_eq!(said, expect.map(|(from, to)| (from.to_owned(), to.to_owned())), "{asked:?}");
    }

    #[test]
    fn windows_are_read_from_the_address() {
        check("", "", "", Some(("2026-02-02", "2026-03-02")));
        check("7", "", "", Some(("2026-02-23", "2026-03-02")));
        check("7", "2026-01-01", "2026-01-31", Some(("2026-01-01", "2026-01-31")));
        check("", "2026-01-01", "", Some(("2026-01-01", "2026-03-02")));
        check("x", "", "", None);
        check("", "2026-02-01", "2026-01-01", None);
        check("", "2027-01-01", "", None);
        check("", "0000-01-01", "", Some(("1970-01-01", "2026-03-02")));
        check("", "2026-01-01", "9998-12-31", Some(("2026-01-01", "2026-03-02")));
        for odd in ["-1", "9223372036854775807", "-9223372036854775808", "yesterday", "2026-02-30", "'; --"] {
            check("", odd, "", None);
            check("", "2026-01-01", odd, None);
        }
    }
}
