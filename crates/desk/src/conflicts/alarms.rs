//! How often the thresholds of [`super::heat`] would have spoken over the last year, and how often for nothing.
//!
//! The year is gone through as it was: a flag counts from when it was raised, whatever became of it. An alarm was
//! *false* when it would not have sounded without the flags that people cleared since (definition `conflict`).

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use mainstreet_db::Tx;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::{PersonId, TopicId};
use mainstreet_kernel::{Result, Timestamp};

use super::heat::{self, Turn};
use super::store;

/// How far back is looked, in days.
pub const DAYS: i64 = 365;

/// Alarms of one threshold over a year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Alarms {
    /// How often it would have sounded.
    pub all: usize,
    /// How often for nothing.
    pub wrong: usize,
}

impl Alarms {
    /// Counts one; `holds`: it was right.
    pub(crate) fn add(&mut self, holds: bool) {
        self.all += 1;
        self.wrong += usize::from(!holds);
    }

    /// Looks at each of these days. `spoke` answers for a day that it would have sounded on whether that was right; then
    /// a week is quiet.
    pub(crate) fn daily(days: RangeInclusive<i64>, spoke: impl Fn(i64) -> Option<bool>) -> Self {
        let (mut alarms, mut day) = (Self::default(), *days.start());
        while day <= *days.end() {
            let holds = spoke(day);
            day += if holds.is_some() { 7 } else { 1 };
            holds.into_iter().for_each(|holds| alarms.add(holds));
        }
        alarms
    }

    /// Such as “4 times in the last year, 1 of them a false alarm”.
    pub fn words(&self) -> String {
        let times = |count: usize| if count == 1 { "once".to_owned() } else { format!("{count} times") };
        match (self.all, self.wrong) {
            (0, _) => "never in the last year".to_owned(),
            (all, 0) => format!("{} in the last year, no false alarm", times(all)),
            (1, _) => "once in the last year, a false alarm".to_owned(),
            (all, 1) => format!("{} in the last year, 1 of them a false alarm", times(all)),
            (all, wrong) => format!("{} in the last year, {wrong} of them false alarms", times(all)),
        }
    }
}

/// The alarms of each threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Year {
    /// Flags at once in one conversation.
    pub flags: Alarms,
    /// Two people who answer each other.
    pub turns: Alarms,
    /// A rise over the community.
    pub rise: Alarms,
}

impl Year {
    /// The alarms of the threshold with this name; nothing for those that decide nothing.
    pub fn of(&self, threshold: &str) -> Option<Alarms> {
        match threshold {
            "flags" => Some(self.flags),
            "turns" => Some(self.turns),
            "rise" => Some(self.rise),
            _ => None,
        }
    }
}

/// A flag as it was raised, and whether it was cleared since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Raised {
    pub topic: TopicId,
    pub at: Timestamp,
    pub by: PersonId,
    pub cleared: bool,
}

/// The year before now.
pub fn year(tx: &mut Tx<'_>) -> Result<Year> {
    let now = tx.now();
    let from = now.plus(-DAYS * DAY);
    let flags = store::raised_since(tx, from.plus(-63 * DAY))?;
    let mut topics: BTreeMap<TopicId, Vec<Raised>> = BTreeMap::new();
    for flag in flags.iter().filter(|flag| flag.at > from) {
        topics.entry(flag.topic).or_default().push(*flag);
    }
    let mut year = Year::default();
    for (topic, flags) in &topics {
        at_once(flags, &mut year.flags);
        let (as_was, now) = store::turns_both_ways(tx, *topic, from)?;
        in_turns(&as_was, &now, &mut year.turns);
    }
    let posts = store::posts_by_day(tx, from.plus(-63 * DAY))?;
    year.rise = rises(&flags, &posts, (from, now));
    Ok(year)
}

/// Goes through the flags of one conversation, in the order of their times. After an alarm, what lay in its window
/// makes no second one.
fn at_once(flags: &[Raised], alarms: &mut Alarms) {
    let loud = |flags: &[Raised]| {
        let times: Vec<(Timestamp, PersonId)> = flags.iter().map(|flag| (flag.at, flag.by)).collect();
        let (count, people) = heat::flags_at_once(&times);
        count >= heat::FLAGS && people >= heat::FLAGGERS
    };
    let mut place = 0;
    while let Some(first) = flags.get(place) {
        let within = |flag: &&Raised| flag.at.since(first.at) <= heat::FLAG_WINDOW;
        let window: Vec<Raised> = flags.iter().skip(place).take_while(within).copied().collect();
        if loud(&window) {
            let stand: Vec<Raised> = window.iter().filter(|flag| !flag.cleared).copied().collect();
            alarms.add(loud(&stand));
            place += window.len();
        } else {
            place += 1;
        }
    }
}

fn in_turns(as_was: &[Turn], now: &[Turn], alarms: &mut Alarms) {
    let loud = |turns: &[Turn]| heat::duel(turns).is_some_and(|duel| duel.turns >= heat::TURNS);
    if loud(as_was) {
        alarms.add(loud(now));
    }
}

/// Looks once a day; after an alarm, seven days are quiet.
fn rises(flags: &[Raised], posts: &BTreeMap<i64, u64>, (from, to): (Timestamp, Timestamp)) -> Alarms {
    let loud = |at: Timestamp, counts: &dyn Fn(&Raised) -> bool| {
        let within = |from: i64, to: i64| {
            let (from, to) = (at.plus(from * DAY), at.plus(to * DAY));
            let inside = |flag: &&Raised| flag.at >= from && flag.at < to && counts(flag);
            let posts: u64 = posts.range(from.0 / DAY..to.0 / DAY).map(|day| day.1).sum();
            (flags.iter().filter(inside).count() as u64, posts)
        };
        let (week, before) = (within(-7, 0), within(-63, -7));
        week.0 >= heat::RISE_FLAGS
            && heat::chance_of_rise(week.0, before.0, (week.1, before.1)) < heat::RISE_CHANCE
    };
    Alarms::daily(0..=to.since(from) / DAY, |day| {
        let at = from.plus(day * DAY);
        loud(at, &|_| true).then(|| loud(at, &|flag| !flag.cleared))
    })
}

#[cfg(test)]
mod tests {
    use mainstreet_kernel::clock::MINUTE;

    use super::*;

    /// `12b-` is a flag in minute 12 by b that was cleared since.
    fn flags(line: &str) -> Vec<Raised> {
        line.split_whitespace()
            .map(|word| {
                let (word, cleared) = word.strip_suffix('-').map_or((word, false), |word| (word, true));
                let (minute, who) = word.split_at(word.len() - 1);
                let by = PersonId(i64::from(who.as_bytes()[0]));
                Raised {
                    topic: TopicId(1),
                    at: Timestamp(minute.parse::<i64>().unwrap() * MINUTE),
                    by,
                    cleared,
                }
            })
            .collect()
    }

    #[test]
    fn an_alarm_that_only_cleared_flags_made_was_false() {
        for (line, all, wrong) in [
            ("", 0, 0),
            ("0a 10b", 0, 0),
            ("0a 10b 20c", 1, 0),
            ("0a 10b 20c-", 1, 1),
            ("0a 10b 20c- 30d", 1, 0),
            ("0a 10b 20c 500a- 510b- 520c", 2, 1),
            ("0a 100b 130c", 0, 0),
        ] {
            let mut found = Alarms::default();
            at_once(&flags(line), &mut found);
            assert_eq!(found, Alarms { all, wrong }, "{line}");
        }
    }

    #[test]
    fn a_rise_is_counted_once_a_week_and_false_without_what_was_cleared() {
        let day = |day: i64, cleared: bool| Raised {
            topic: TopicId(1),
            at: Timestamp((200 + day) * DAY),
            by: PersonId(day),
            cleared,
        };
        let posts: BTreeMap<i64, u64> = (0..700).map(|day| (day, 10)).collect();
        for (cleared, wrong) in [(0, 0), (3, 0), (6, 1)] {
            let found: Vec<Raised> = (0..8).map(|number| day(number / 4, number < cleared)).collect();
            let alarms = rises(&found, &posts, (Timestamp(180 * DAY), Timestamp(300 * DAY)));
            assert_eq!(alarms, Alarms { all: 1, wrong }, "{cleared} cleared");
        }
    }

    #[test]
    fn words() {
        for (all, wrong, expect) in [
            (0, 0, "never in the last year"),
            (1, 0, "once in the last year, no false alarm"),
            (1, 1, "once in the last year, a false alarm"),
            (4, 1, "4 times in the last year, 1 of them a false alarm"),
            (4, 2, "4 times in the last year, 2 of them false alarms"),
        ] {
            assert_eq!(Alarms { all, wrong }.words(), expect);
        }
    }
}
