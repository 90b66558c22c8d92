//! When people come: the growth of the year, the launch, the week and the hours of the day.

use mainstreet_kernel::clock::{DAY, HOUR};
use mainstreet_kernel::{Day, Timestamp, Zone};

use super::dice::Dice;

/// How much of a week's life falls on Monday to Sunday.
const WEEK: [f64; 7] = [1.15, 1.12, 1.08, 1.02, 0.9, 0.82, 0.91];

/// How much of a day's life falls on each hour of the community's clock: mornings and evenings, few at night.
const HOURS: [f64; 24] = [
    0.5, 0.3, 0.2, 0.15, 0.15, 0.3, 0.7, 1.3, 2.0, 2.4, 2.3, 2.1, 1.8, 1.9, 2.0, 2.0, 1.9, 1.9, 2.1, 2.6,
    2.9, 2.6, 1.8, 1.0,
];

/// The days of the story and their weights.
#[derive(Debug)]
pub(crate) struct Rhythm {
    start: Timestamp,
    days: usize,
}

impl Rhythm {
    /// `days` days that end `now`, each 24 hours.
    pub(crate) fn new(now: Timestamp, days: usize) -> Self {
        Self { start: now.plus(-(days as i64) * DAY), days }
    }

    /// The first instant.
    pub(crate) fn start(&self) -> Timestamp {
        self.start
    }

    /// The instant at which story day `day` begins.
    pub(crate) fn day(&self, day: usize) -> Timestamp {
        self.start.plus(day as i64 * DAY)
    }

    /// The story day that holds `at`.
    pub(crate) fn day_of(&self, at: Timestamp) -> usize {
        usize::try_from(at.since(self.start) / DAY).unwrap_or(0)
    }

    /// The story day at this part of the year (0 to 1).
    pub(crate) fn part(&self, part: f64) -> usize {
        ((self.days as f64 * part) as usize).min(self.days.saturating_sub(1))
    }

    /// How lively the weekday of a story day is; 1 on average.
    pub(crate) fn week_weight(&self, day: usize) -> f64 {
        let day = Zone::utc().day_of(self.day(day).plus(DAY / 2));
        WEEK.get(weekday(day)).copied().unwrap_or(1.0)
    }

    /// True when the middle of story day `day` is on this weekday (0 is Monday).
    pub(crate) fn is_weekday(&self, day: usize, wanted: usize) -> bool {
        weekday(Zone::utc().day_of(self.day(day).plus(DAY / 2))) == wanted
    }

    /// An instant within story day `day`, at a likely hour.
    pub(crate) fn moment(&self, day: usize, dice: &mut Dice) -> Timestamp {
        let hour = dice.weighted(&HOURS) as i64;
        self.at_hour(day, hour, dice.below(usize::try_from(HOUR).unwrap_or(1)) as i64)
    }

    /// The instant of story day `day` at which the community's clock shows `hour`, plus `millis`.
    pub(crate) fn at_hour(&self, day: usize, hour: i64, millis: i64) -> Timestamp {
        let begin = self.day(day);
        let offset = (hour * HOUR + millis - begin.0).rem_euclid(DAY);
        begin.plus(offset)
    }

    /// The month of the year that `at` falls in, 1 to 12.
    pub(crate) fn month(&self, at: Timestamp) -> u8 {
        Zone::utc().format(at, "%m").parse().unwrap_or(1)
    }

    /// How many of `members` arrive on each day: a curve of growth, the week, and a launch that brings five
    /// times as many and ebbs within a fortnight. Sums to `members`.
    pub(crate) fn arrivals(&self, members: usize, launch: usize, dice: &mut Dice) -> Vec<u32> {
        let weights: Vec<f64> = (0..self.days).map(|day| self.arrival_weight(day, launch, dice)).collect();
        let total: f64 = weights.iter().sum();
        let (mut sum, mut before) = (0.0, 0);
        weights
            .iter()
            .map(|weight| {
                sum += weight;
                let upto = (members as f64 * sum / total).round() as usize;
                let count = upto.min(members) - before;
                before += count;
                u32::try_from(count).unwrap_or(u32::MAX)
            })
            .collect()
    }

    fn arrival_weight(&self, day: usize, launch: usize, dice: &mut Dice) -> f64 {
        let part = day as f64 / self.days as f64;
        let opening = if day < 3 { 12.0 } else { 0.0 };
        let growth = 0.45 + 1.4 / (1.0 + (-7.0 * (part - 0.5)).exp());
        let spike = if day >= launch { 5.0 * (-((day - launch) as f64) / 5.0).exp() } else { 0.0 };
        (growth + spike + opening) * self.week_weight(day) * dice.log_normal(1.0, 0.25)
    }
}

/// 0 for Monday to 6 for Sunday.
fn weekday(day: Day) -> usize {
    usize::try_from(day.0 - day.monday().0).unwrap_or(0)
}

/// How many times longer an answer takes when a question is asked at this hour: those who could answer sleep.
pub(crate) fn night_factor(at: Timestamp) -> f64 {
    let hour = at.0.rem_euclid(DAY) / HOUR;
    match hour {
        22 | 23 | 0..=4 => 2.2,
        5 | 6 => 1.4,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_arrives_and_the_launch_shows() {
        let rhythm = Rhythm::new(Timestamp(1_700_000_000_000), 365);
        let arrivals = rhythm.arrivals(10_000, 140, &mut Dice::new(3));
        assert_eq!(arrivals.iter().sum::<u32>(), 10_000);
        let launch: u32 = arrivals.iter().skip(140).take(7).sum();
        let before: u32 = arrivals.iter().skip(133).take(7).sum();
        assert!(launch > 2 * before, "{launch} against {before}");
    }

    #[test]
    fn moments_stay_in_their_day() {
        let rhythm = Rhythm::new(Timestamp(1_700_000_123_456), 30);
        let mut dice = Dice::new(9);
        for day in 0..30 {
            let at = rhythm.moment(day, &mut dice);
            assert_eq!(rhythm.day_of(at), day);
            assert_eq!(rhythm.at_hour(day, 6, 0).0.rem_euclid(DAY), 6 * HOUR);
        }
    }
}
