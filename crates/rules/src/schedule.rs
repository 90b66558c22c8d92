//! When a rule on a schedule is due, and what it looks at then.

use std::fmt;

use mainstreet_kernel::{Day, Timestamp, Zone};

use crate::finding::nearest;

/// The event of rules on a schedule.
pub const SCHEDULE: &str = "schedule";

const WEEK: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// On which days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rhythm {
    /// Every day.
    Daily,
    /// Every week, on this day: 0 Monday to 6 Sunday.
    Weekly(u8),
    /// Every month, on this day: 1 to 28, which every month has.
    Monthly(u8),
}

/// A time that comes again and again, in the community's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Schedule {
    /// On which days.
    pub rhythm: Rhythm,
    /// Minutes after midnight.
    pub minute: u16,
}

/// What a rule on a schedule goes through, one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Each {
    /// Members.
    Member,
    /// Threads.
    Thread,
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rhythm {
            Rhythm::Daily => f.write_str("day")?,
            Rhythm::Weekly(day) => f.write_str(WEEK.get(usize::from(day)).copied().unwrap_or("day"))?,
            Rhythm::Monthly(day) => write!(f, "month on day {day}")?,
        }
        write!(f, " at {:02}:{:02}", self.minute / 60, self.minute % 60)
    }
}

impl fmt::Display for Each {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Member => "member",
            Self::Thread => "thread",
        })
    }
}

impl Each {
    /// Reads `member` or `thread`.
    pub fn read(written: &str) -> Option<Self> {
        match written.trim().to_lowercase().as_str() {
            "member" | "members" => Some(Self::Member),
            "thread" | "threads" => Some(Self::Thread),
            _ => None,
        }
    }

    /// What such a thing is about: the fields that can be asked of it.
    pub fn about(self) -> &'static [&'static str] {
        match self {
            Self::Member => &["author"],
            Self::Thread => &["post", "thread", "author"],
        }
    }
}

/// `9`, `9:30`, `09:30`: minutes after midnight.
fn minute(written: &str) -> Option<u16> {
    let (hour, minute) = written.split_once(':').unwrap_or((written, "00"));
    let digits = |part: &str, most: usize| {
        let sound = (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        sound.then(|| part.parse::<u16>().ok()).flatten()
    };
    let (hour, minute) = (digits(hour, 2)?, digits(minute, 2).filter(|_| minute.len() == 2)?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

impl Schedule {
    /// Reads `day at 9:00`, `Monday at 9:00`, `month on day 1 at 9:00`.
    pub fn read(written: &str) -> Option<Self> {
        let words: Vec<String> = written.split_whitespace().map(str::to_lowercase).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let words = words.strip_prefix(["every"].as_slice()).unwrap_or(&words);
        let [day @ .., "at", time] = words else { return None };
        let rhythm = match day {
            ["day"] => Rhythm::Daily,
            ["week", "on", name] | [name] => Rhythm::Weekly(weekday(name)?),
            ["month", "on", "day", number] => {
                Rhythm::Monthly(number.parse().ok().filter(|day| (1..=28).contains(day))?)
            }
            _ => return None,
        };
        Some(Self { rhythm, minute: minute(time)? })
    }

    /// What somebody probably meant who wrote a schedule that cannot be read.
    pub(crate) fn meant(written: &str) -> Option<String> {
        let first = written.split_whitespace().next()?;
        let day = match first.to_lowercase().as_str() {
            "daily" | "night" | "morning" => "day",
            "weekly" | "week" => "Monday",
            "monthly" | "month" => "month on day 1",
            _ => nearest(first, WEEK.into_iter().chain(["day"]))?,
        };
        let time = written.split_whitespace().last().and_then(minute).unwrap_or(9 * 60);
        Some(format!("{day} at {:02}:{:02}", time / 60, time % 60))
    }

    /// The times from `from` until before `to`, with the day each belongs to, in order.
    pub fn between(&self, zone: &Zone, from: Timestamp, to: Timestamp) -> Vec<(Day, Timestamp)> {
        let mut found = Vec::new();
        let (mut day, last) = (zone.day_of(from), zone.day_of(to));
        while day <= last {
            let at = zone.at(day, i16::try_from(self.minute).unwrap_or(0));
            if self.falls_on(day) && at >= from && at < to {
                found.push((day, at));
            }
            day = day.plus(1);
        }
        found
    }

    fn falls_on(&self, day: Day) -> bool {
        match self.rhythm {
            Rhythm::Daily => true,
            Rhythm::Weekly(weekday) => day.weekday() == usize::from(weekday),
            Rhythm::Monthly(number) => {
                day.to_string().rsplit('-').next().and_then(|last| last.parse::<u8>().ok()) == Some(number)
            }
        }
    }
}

fn weekday(name: &str) -> Option<u8> {
    let place = WEEK.iter().position(|day| day.eq_ignore_ascii_case(name))?;
    u8::try_from(place).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(written: &str, expect: &str) {
        let read = Schedule::read(written).map(|schedule| schedule.to_string());
        let meant = || Schedule::meant(written).map(|meant| format!("no, {meant}"));
        assert_eq!(read.or_else(meant).unwrap_or_else(|| "no".to_owned()), expect, "{written}");
        if let Some(schedule) = Schedule::read(written) {
            assert_eq!(Schedule::read(&schedule.to_string()), Some(schedule));
        }
    }

    #[test]
    fn schedules_are_read_and_said() {
        check("day at 9:00", "day at 09:00");
        check("every day at 9", "day at 09:00");
        check("monday at 23:59", "Monday at 23:59");
        check("week on Sunday at 00:00", "Sunday at 00:00");
        check("month on day 28 at 7:05", "month on day 28 at 07:05");
        check("month on day 31 at 7:05", "no, month on day 1 at 07:05");
        check("Mondey at 8:00", "no, Monday at 08:00");
        check("weekly", "no, Monday at 09:00");
        check("day at 24:00", "no, day at 09:00");
        check("day at 9:5", "no, day at 09:00");
        check("day at +9:00", "no, day at 09:00");
        check("0 9 * * 1", "no");
    }

    #[test]
    fn times_fall_as_clocks_show_them() {
        let zone: Zone = "Europe/Berlin".parse().unwrap();
        let days = |written: &str, from: &str, to: &str| -> Vec<String> {
            let schedule = Schedule::read(written).unwrap();
            let found = schedule.between(&zone, from.parse().unwrap(), to.parse().unwrap());
            found.into_iter().map(|(day, at)| format!("{day} {at}")).collect()
        };
        // Clocks go forward on 28 March 2021.
        assert_eq!(
            days("day at 9:00", "2021-03-27T00:00:00Z", "2021-03-29T07:00:00Z"),
            ["2021-03-27 2021-03-27T08:00:00.000Z", "2021-03-28 2021-03-28T07:00:00.000Z"]
        );
        assert_eq!(
            days("Monday at 9:00", "2021-03-20T00:00:00Z", "2021-03-31T00:00:00Z"),
            ["2021-03-22 2021-03-22T08:00:00.000Z", "2021-03-29 2021-03-29T07:00:00.000Z"]
        );
        assert_eq!(days("month on day 1 at 0:00", "2021-03-20T00:00:00Z", "2021-05-02T00:00:00Z").len(), 2);
    }
}
