//! Shares, and the difference of two shares, each with the interval that sampling leaves open; and how likely a count is
//! by chance alone.

/// The standard normal quantile for a two-sided 95 % interval.
pub const Z95: f64 = 1.959_963_984_540_054;

/// From where to where the true value may lie, at 95 % confidence. Both ends are in the unit of the value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// True when `value` lies inside, ends included.
    pub fn contains(self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// One minus the interval: what is true of "answered" becomes true of "unanswered".
    #[must_use]
    pub fn complement(self) -> Self {
        Self { low: 1.0 - self.high, high: 1.0 - self.low }
    }
}

/// `hits` of `trials`: a share that remembers what it was counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// How many had it.
    pub hits: u64,
    /// How many could have had it.
    pub trials: u64,
}

impl Share {
    /// `hits` of `trials`.
    pub fn new(hits: u64, trials: u64) -> Self {
        Self { hits: hits.min(trials), trials }
    }

    /// The share between 0 and 1; nothing when there was nothing to count.
    pub fn value(self) -> Option<f64> {
        (self.trials > 0).then(|| self.hits as f64 / self.trials as f64)
    }

    /// Wilson's score interval (Wilson 1927): unlike the textbook interval it stays inside 0..1 and says
    /// something sensible about 0 of 20. With no trials everything is possible.
    pub fn wilson(self) -> Interval {
        let Some(share) = self.value() else { return Interval { low: 0.0, high: 1.0 } };
        let n = self.trials as f64;
        let z2 = Z95 * Z95;
        let centre = share + z2 / (2.0 * n);
        let reach = Z95 * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
        let scale = 1.0 + z2 / n;
        let low = if self.hits == 0 { 0.0 } else { (centre - reach) / scale };
        let high = if self.hits == self.trials { 1.0 } else { (centre + reach) / scale };
        Interval { low: low.max(0.0), high: high.min(1.0) }
    }

    fn variance(self) -> f64 {
        self.value().map_or(0.0, |share| share * (1.0 - share) / self.trials as f64)
    }
}

/// A difference of two shares and its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// First minus second, between -1 and 1.
    pub value: f64,
    /// Where the true difference may lie.
    pub interval: Interval,
}

impl Difference {
    /// True when the interval leaves out zero: only then may anyone speak of a change.
    pub fn is_clear(&self) -> bool {
        !self.interval.contains(0.0)
    }
}

/// `first` minus `second` for two independent groups, by Newcombe's hybrid score interval (Newcombe 1998,
/// method 10). Nothing when a group is empty.
pub fn newcombe(first: Share, second: Share) -> Option<Difference> {
    Some(apart((first.value()?, first.wilson()), (second.value()?, second.wilson())))
}

/// The difference of two independent estimates, its interval recovered from theirs (Zou and Donner 2008). For
/// shares with Wilson intervals this is Newcombe's.
pub fn apart((a, first): (f64, Interval), (b, second): (f64, Interval)) -> Difference {
    let value = a - b;
    let below = ((a - first.low).powi(2) + (second.high - b).powi(2)).sqrt();
    let above = ((first.high - a).powi(2) + (b - second.low).powi(2)).sqrt();
    Difference { value, interval: Interval { low: value - below, high: value + above } }
}

/// The difference of two groups compared only within like strata (Mantel-Haenszel risk difference, variance
/// of Greenland and Robins 1985): `(first, second)` for each stratum. Strata where a group is empty say nothing
/// and are left out; nothing when none is left.
pub fn mantel_haenszel(strata: &[(Share, Share)]) -> Option<(Difference, f64)> {
    let (mut weights, mut sum, mut variance) = (0.0, 0.0, 0.0);
    for (first, second) in strata {
        let (Some(a), Some(b)) = (first.value(), second.value()) else { continue };
        let (n, m) = (first.trials as f64, second.trials as f64);
        let weight = n * m / (n + m);
        weights += weight;
        sum += weight * (a - b);
        variance += weight * weight * (first.variance() + second.variance());
    }
    if weights == 0.0 {
        return None;
    }
    let value = sum / weights;
    let error = variance.sqrt() / weights;
    let interval = Interval { low: value - Z95 * error, high: value + Z95 * error };
    Some((Difference { value, interval }, error))
}

/// P(X >= `count`) of a Poisson variable with this mean: how likely chance alone brings so many. The terms are summed one
/// from the other, e^-m m^k / k! (Johnson, Kemp and Kotz, Univariate Discrete Distributions, 2005, chapter 4).
pub fn poisson_tail(count: u64, mean: f64) -> f64 {
    let mut term = (-mean).exp();
    let mut below = 0.0;
    for k in 0..count {
        below += term;
        term *= mean / (k + 1) as f64;
    }
    // Far out the difference is lost to rounding: then the first terms of the tail itself.
    let rest = 1.0 - below;
    if rest > 1e-9 {
        return rest.clamp(0.0, 1.0);
    }
    let mut tail = 0.0;
    for k in count..count + 200 {
        tail += term;
        term *= mean / (k + 1) as f64;
    }
    tail.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check_wilson(hits: u64, trials: u64, low: f64, high: f64) {
        let interval = Share::new(hits, trials).wilson();
        assert!((interval.low - low).abs() < 5e-5, "{hits}/{trials}: {interval:?}");
        assert!((interval.high - high).abs() < 5e-5, "{hits}/{trials}: {interval:?}");
    }

    #[track_caller]
    fn near(value: f64, expect: f64) {
        assert!((value - expect).abs() < 5e-5, "{value} is not {expect}");
    }

    #[test]
    fn wilson_golden_values() {
        check_wilson(8, 12, 0.3906, 0.8619);
        check_wilson(18, 200, 0.0577, 0.1378);
        check_wilson(60, 300, 0.1587, 0.2489);
        check_wilson(126, 1000, 0.1069, 0.1480);
        check_wilson(0, 20, 0.0, 0.1611);
        check_wilson(41, 46, 0.7696, 0.9527);
        check_wilson(0, 0, 0.0, 1.0);
    }

    #[test]
    fn newcombe_golden_value() {
        let difference = newcombe(Share::new(18, 200), Share::new(60, 300)).unwrap();
        near(difference.value, -0.11);
        near(difference.interval.low, -0.1686);
        near(difference.interval.high, -0.0468);
        assert!(difference.is_clear());
        assert_eq!(newcombe(Share::new(0, 0), Share::new(1, 2)), None);
    }

    #[test]
    fn mantel_haenszel_golden_value() {
        let strata = [
            (Share::new(4, 80), Share::new(20, 120)),
            (Share::new(14, 120), Share::new(40, 180)),
            (Share::new(0, 0), Share::new(5, 9)),
        ];
        let (difference, error) = mantel_haenszel(&strata).unwrap();
        near(difference.value, -0.11);
        near(error, 0.0306);
        near(difference.interval.low, -0.1699);
        near(difference.interval.high, -0.0501);
        assert_eq!(mantel_haenszel(&[]), None);
    }

    proptest! {
        #[test]
        fn wilson_contains_the_share(trials in 1..5_000_u64, part in 0.0..=1.0_f64) {
            let share = Share::new((part * trials as f64) as u64, trials);
            let interval = share.wilson();
            prop_assert!(interval.contains(share.value().unwrap()));
            prop_assert!(0.0 <= interval.low && interval.high <= 1.0);
        }

        #[test]
        fn newcombe_contains_the_difference_and_turns_with_it(a in 0..40_u64, n in 40..90_u64, b in 0..40_u64, m in 40..90_u64) {
            let (first, second) = (Share::new(a, n), Share::new(b, m));
            let there = newcombe(first, second).unwrap();
            let back = newcombe(second, first).unwrap();
            prop_assert!(there.interval.contains(there.value));
            prop_assert!((there.interval.low + back.interval.high).abs() < 1e-12);
        }

        #[test]
        fn one_stratum_is_the_plain_difference(a in 0..40_u64, n in 40..90_u64, b in 0..40_u64, m in 40..90_u64) {
            let (first, second) = (Share::new(a, n), Share::new(b, m));
            let (pooled, _) = mantel_haenszel(&[(first, second)]).unwrap();
            prop_assert!((pooled.value - newcombe(first, second).unwrap().value).abs() < 1e-12);
        }
    }

    /// Ends from a program of its own that sums with the logarithm of the gamma function.
    #[test]
    fn the_tail_of_a_poisson_is_right() {
        for (count, mean, expect) in [
            (0, 3.0, 1.0),
            (1, 1.0, 1.0 - (-1.0_f64).exp()),
            (3, 0.5, 0.014_387_677_966_970_7),
            (5, 1.0, 0.003_659_846_8),
            (5, 0.5, 0.000_172_115_6),
            (8, 0.5, 6.219_691e-8),
        ] {
            let found = poisson_tail(count, mean);
            assert!((found - expect).abs() <= expect * 1e-4, "{count} at {mean}: {found}");
        }
    }
}
