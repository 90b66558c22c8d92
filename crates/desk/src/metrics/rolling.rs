//! Who counts on which day: from the days a person contributed on to the rolling counts and cohort cells that
//! person appears in.
//!
//! A person adds to "people in the 7 days ending with D" for every D within a week after a day they contributed
//! on, once, however many such days there are. The places where a person counts depend on nothing but their
//! own days, so the counts are kept by difference: the places after, less the places before. That is the same
//! sum in whatever order days arrive, which an import of old times needs.

use std::collections::BTreeSet;

use mainstreet_kernel::Day;

/// A rolling count of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Contributed on the day.
    Day,
    /// Contributed in the 7 days that end with it.
    Week,
    /// Contributed in the 28 days that end with it.
    Month,
    /// Contributed on at least two of the 28 days that end with it.
    Repeat,
}

impl Measure {
    /// Every measure.
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Repeat];

    /// The word stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Repeat => "repeat",
        }
    }

    /// How many days it looks back over, the last one included.
    pub fn days(self) -> i32 {
        match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month | Self::Repeat => 28,
        }
    }

    /// On how many of them a person must have contributed.
    fn at_least(self) -> usize {
        if self == Self::Repeat { 2 } else { 1 }
    }

    /// The stretches of days, ends included, on which somebody with these contributing days counts. They do
    /// not overlap.
    pub fn stretches(self, days: &BTreeSet<Day>) -> Vec<(Day, Day)> {
        let latest = days.iter().skip(self.at_least() - 1);
        let next = days.iter().skip(self.at_least()).map(|day| day.plus(-1)).chain([Day(i32::MAX)]);
        days.iter()
            .zip(latest.zip(next))
            .map(|(earliest, (from, next))| (*from, next.min(earliest.plus(self.days() - 1))))
            .filter(|(from, to)| from <= to)
            .collect()
    }
}

/// A cell of the cohort table: the Monday of the week of a person's first day, and the number of a week of their
/// own, counted from that day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CohortCell {
    /// Monday of the ISO week in which they first contributed.
    pub cohort: Day,
    /// Their own week: 0 is the seven days that begin with their first.
    pub week: i32,
}

/// The cohort cells of somebody who first contributed on `first` and whose contributing days hold `days`.
pub fn cohort_cells(first: Day, days: &BTreeSet<Day>) -> BTreeSet<CohortCell> {
    days.iter()
        .map(|day| CohortCell { cohort: first.monday(), week: (day.0 - first.0).div_euclid(7) })
        .collect()
}

/// The last of a person's own weeks that everybody of `cohort` has lived through when `last` is the last full day.
/// Negative when there is none.
pub fn last_full_week(cohort: Day, last: Day) -> i32 {
    // The youngest of a cohort began on its Sunday; their week k ends 7k + 6 days later.
    (last.0 - cohort.plus(6).0 - 6).div_euclid(7)
}

/// How far around a changed day a person's other days can matter to the places where they count.
pub const REACH: i32 = 56;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(measure: Measure, days: &[i32], expect: &[(i32, i32)]) {
        let days = days.iter().map(|day| Day(*day)).collect();
        let found: Vec<(i32, i32)> = measure.stretches(&days).iter().map(|(a, b)| (a.0, b.0)).collect();
        assert_eq!(found, expect, "{measure:?} {days:?}");
    }

    #[test]
    fn stretches_of_a_person() {
        check(Measure::Day, &[3, 4], &[(3, 3), (4, 4)]);
        check(Measure::Week, &[3], &[(3, 9)]);
        check(Measure::Week, &[3, 5, 20], &[(3, 4), (5, 11), (20, 26)]);
        check(Measure::Repeat, &[3], &[]);
        check(Measure::Repeat, &[3, 5], &[(5, 30)]);
        check(Measure::Repeat, &[3, 40], &[]);
        check(Measure::Repeat, &[3, 5, 10], &[(5, 9), (10, 32)]);
    }

    #[test]
    fn cohort_weeks_are_a_persons_own() {
        let sunday = Day(10);
        let cells = cohort_cells(sunday, &[Day(10), Day(16), Day(17), Day(40)].into());
        let weeks: Vec<i32> = cells.iter().map(|cell| cell.week).collect();
        assert_eq!(weeks, [0, 1, 4]);
        assert!(cells.iter().all(|cell| cell.cohort == Day(4)));
    }

    #[test]
    fn a_cohort_week_is_full_when_its_youngest_lived_through_it() {
        let monday = Day(4);
        // Someone who first wrote on Sunday 10 ends week 0 on 16 and week 1 on 23.
        assert_eq!(last_full_week(monday, Day(15)), -1);
        assert_eq!(last_full_week(monday, Day(16)), 0);
        assert_eq!(last_full_week(monday, Day(22)), 0);
        assert_eq!(last_full_week(monday, Day(23)), 1);
    }

    proptest! {
        #[test]
        fn stretches_say_what_counting_says(days in proptest::collection::btree_set(0..90_i32, 0..40)) {
            let set: BTreeSet<Day> = days.iter().map(|day| Day(*day)).collect();
            for measure in Measure::ALL {
                let stretches = measure.stretches(&set);
                for day in 0..130 {
                    let in_window = days.iter().filter(|other| day - measure.days() < **other && **other <= day).count();
                    let covered = stretches.iter().filter(|(from, to)| from.0 <= day && day <= to.0).count();
                    prop_assert_eq!(usize::from(in_window >= measure.at_least()), covered, "{:?} on {}", measure, day);
                }
            }
        }

        #[test]
        fn days_out_of_reach_do_not_matter(days in proptest::collection::btree_set(0..300_i32, 0..60), new in 100..200_i32) {
            let difference = |days: &BTreeSet<Day>| {
                let mut after = days.clone();
                after.insert(Day(new));
                Measure::ALL.map(|measure| {
                    let (old, new) = (measure.stretches(days), measure.stretches(&after));
                    let places = |stretches: &[(Day, Day)]| -> BTreeSet<i32> {
                        stretches.iter().flat_map(|(from, to)| from.0..=to.0).collect()
                    };
                    (&places(&new) - &places(&old), &places(&old) - &places(&new))
                })
            };
            let all: BTreeSet<Day> = days.iter().map(|day| Day(*day)).collect();
            let near: BTreeSet<Day> = all.iter().copied().filter(|day| (day.0 - new).abs() <= REACH).collect();
            prop_assert_eq!(difference(&all), difference(&near));
        }
    }
}
