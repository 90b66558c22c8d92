//! How evenly and how regularly people take part: small formulas over counts.

use crate::metrics::rates::poisson_tail;

/// The ratio of daily to four-weekly people: the mean of `daily` over a week, divided by those of the 28 days
/// that end with it. Nothing without people.
pub fn stickiness(daily: &[u64], four_weekly: u64) -> Option<f64> {
    if daily.is_empty() || four_weekly == 0 {
        return None;
    }
    Some(daily.iter().sum::<u64>() as f64 / daily.len() as f64 / four_weekly as f64)
}

/// How much of the work rests on how few.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Concentration {
    /// The smallest number of people who made half of all contributions (the CHAOSS contributor absence
    /// factor): if they left, half would be gone.
    pub absence_factor: usize,
    /// Gini's coefficient: 0 when all contribute alike, towards 1 when one does everything.
    pub gini: f64,
}

/// Concentration of `contributions`, one number a person. Nothing when nobody contributed.
pub fn concentration(contributions: &[u64]) -> Option<Concentration> {
    let mut sorted: Vec<u64> = contributions.iter().copied().filter(|count| *count > 0).collect();
    sorted.sort_unstable();
    let total: u64 = sorted.iter().sum();
    if total == 0 {
        return None;
    }
    let mut reached = 0;
    let rest = sorted
        .iter()
        .rev()
        .take_while(|count| {
            let enough = reached * 2 >= total;
            reached += **count;
            !enough
        })
        .count();
    let n = sorted.len() as f64;
    let ranked: f64 =
        (1..).zip(&sorted).map(|(rank, count)| (2.0 * f64::from(rank) - n - 1.0) * *count as f64).sum();
    Some(Concentration { absence_factor: rest, gini: ranked / (n * total as f64) })
}

/// Below which weekly count an engagement drop is more than noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DropLimits {
    /// The middle of the weeks before.
    pub median: f64,
    /// The median distance from that middle.
    pub mad: f64,
    /// Median minus three robust standard deviations (3 x 1.4826 x MAD): beyond noise.
    pub noise: f64,
    /// Seven tenths of the median: large enough to matter.
    pub size: f64,
}

/// The smallest baseline these limits are meant for; smaller communities vary too much for them, and are judged by what
/// chance would bring.
pub const DROP_BASELINE: f64 = 20.0;
/// A small community's week is a drop when chance alone (Poisson) brings so few less often than this.
pub const DROP_CHANCE: f64 = 0.01;

impl DropLimits {
    /// Limits learned from the weeks before, newest or oldest first alike. Nothing without weeks.
    pub fn of(weeks: &[u64]) -> Option<Self> {
        let mut counts: Vec<f64> = weeks.iter().map(|count| *count as f64).collect();
        let median = median(&mut counts)?;
        let mut distances: Vec<f64> = counts.iter().map(|count| (count - median).abs()).collect();
        let mad = self::median(&mut distances)?;
        Some(Self { median, mad, noise: median - 3.0 * 1.4826 * mad, size: 0.7 * median })
    }

    /// True when this week's `count` is a drop: below the noise and large enough to matter; where the baseline is below
    /// [`DROP_BASELINE`], so few that chance brings as many less often than [`DROP_CHANCE`].
    pub fn fires(&self, count: u64) -> bool {
        if self.median < DROP_BASELINE {
            return 1.0 - poisson_tail(count + 1, self.median) < DROP_CHANCE;
        }
        let count = count as f64;
        count < self.noise && count <= self.size
    }
}

/// The middle value, or the mean of the middle two. Sorts `values`. Nothing when there are none.
pub fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    Some(values.get(middle.checked_sub(1)?)?.midpoint(upper))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn near(value: f64, expect: f64) {
        assert!((value - expect).abs() < 5e-5, "{value} is not {expect}");
    }

    #[test]
    fn golden_stickiness() {
        near(stickiness(&[10, 12, 8, 15, 9, 4, 5], 40).unwrap(), 0.225);
        assert_eq!(stickiness(&[0; 7], 0), None);
    }

    #[test]
    fn golden_concentration() {
        let found = concentration(&[50, 20, 10, 8, 5, 3, 2, 1, 1]).unwrap();
        assert_eq!(found.absence_factor, 1);
        near(found.gini, 0.6089);
        assert_eq!(concentration(&[0, 0]), None);
        assert_eq!(concentration(&[4, 4, 4, 4]), Some(Concentration { absence_factor: 2, gini: 0.0 }));
    }

    #[test]
    fn golden_drop_limits() {
        let limits = DropLimits::of(&[40, 42, 38, 41, 39, 43, 40, 42]).unwrap();
        near(limits.median, 40.5);
        near(limits.mad, 1.5);
        assert!((limits.noise - 33.83).abs() < 5e-3);
        near(limits.size, 28.35);
        assert!(limits.fires(25));
        assert!(!limits.fires(30));
        // Poisson with mean 4: none at all comes by chance in 1.8 of 100 weeks; with mean 10, 3 or fewer in 1.03 and
        // 2 or fewer in 0.28.
        assert!(!DropLimits::of(&[4, 5, 4]).unwrap().fires(0), "too small to judge");
        let small = DropLimits::of(&[10, 9, 11]).unwrap();
        assert!(small.fires(2) && !small.fires(3));
    }

    proptest! {
        #[test]
        fn concentration_stays_in_its_bounds(counts in proptest::collection::vec(0..1_000_u64, 1..50)) {
            if let Some(found) = concentration(&counts) {
                prop_assert!((-1e-9..1.0).contains(&found.gini));
                let mut sorted = counts.clone();
                sorted.sort_unstable_by(|a, b| b.cmp(a));
                let total: u64 = counts.iter().sum();
                let top: u64 = sorted.iter().take(found.absence_factor).sum();
                let fewer: u64 = sorted.iter().take(found.absence_factor - 1).sum();
                prop_assert!(top * 2 >= total && fewer * 2 < total);
            }
        }
    }
}
