//! Growth of small counts.

use crate::metrics::rates::Interval;

/// Half of the 5 % that an interval leaves out.
const TAIL: f64 = 0.025;
/// Steps of halving: the ends are known to a millionth.
const HALVINGS: usize = 40;

/// How many there were now and in a time of the same length before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Growth {
    /// Now.
    pub now: u64,
    /// Before.
    pub before: u64,
}

impl Growth {
    /// Now over before; nothing when there was none before.
    pub fn ratio(self) -> Option<f64> {
        (self.before > 0).then(|| self.now as f64 / self.before as f64)
    }

    /// Where the ratio of the two Poisson rates lies at 95 % confidence: given their sum, the first count is binomial
    /// with p = r / (1 + r) (Przyborowski and Wilenski 1940), and p has an exact interval (Clopper and Pearson 1934).
    /// The upper end is infinite when there was none before.
    pub fn interval(self) -> Interval {
        let n = self.now + self.before;
        let odds = |p: f64| if p >= 1.0 { f64::INFINITY } else { p / (1.0 - p) };
        if n == 0 {
            return Interval { low: 0.0, high: f64::INFINITY };
        }
        let low = if self.now == 0 { 0.0 } else { solve(|p| 1.0 - at_most(self.now - 1, n, p), true) };
        let high = if self.before == 0 { 1.0 } else { solve(|p| at_most(self.now, n, p), false) };
        Interval { low: odds(low), high: odds(high) }
    }

    /// True when the interval leaves out "no change": only then may anyone speak of one.
    pub fn is_clear(self) -> bool {
        !self.interval().contains(1.0)
    }
}

/// The p where `tail(p)` is [`TAIL`]; `rising` when the tail rises with p.
fn solve(tail: impl Fn(f64) -> f64, rising: bool) -> f64 {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if (tail(middle) < TAIL) == rising { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// The probability of at most `hits` of `n`, each with probability `p`.
fn at_most(hits: u64, n: u64, p: f64) -> f64 {
    if p <= 0.0 || hits >= n {
        return 1.0;
    }
    if p >= 1.0 {
        return 0.0;
    }
    let (yes, no) = (p.ln(), (1.0 - p).ln());
    // The logarithm of n over i, from one i to the next.
    let mut ways = 0.0;
    let mut sum = 0.0;
    for i in 0..=hits {
        sum += (ways + i as f64 * yes + (n - i) as f64 * no).exp();
        ways += ((n - i) as f64 / (i + 1) as f64).ln();
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ends from a program of its own that sums the binomial with the logarithm of the gamma function.
    #[test]
    fn the_interval_is_the_exact_one() {
        for (now, before, low, high) in [
            (10, 10, 0.373_547, 2.677_040),
            (20, 5, 1.456_777, 13.638_831),
            (5, 0, 0.916_356, f64::INFINITY),
            (0, 5, 0.0, 1.091_279),
            (0, 0, 0.0, f64::INFINITY),
            (1, 1, 0.012_739, 78.496_835),
        ] {
            let found = Growth { now, before }.interval();
            let near = |a: f64, b: f64| a == b || (a - b).abs() < 1e-4 * b.max(0.1);
            assert!(near(found.low, low) && near(found.high, high), "{now} {before} {found:?}");
        }
        assert!(Growth { now: 20, before: 5 }.is_clear() && !Growth { now: 5, before: 0 }.is_clear());
        assert_eq!(
            (Growth { now: 5, before: 0 }.ratio(), Growth { now: 5, before: 2 }.ratio()),
            (None, Some(2.5))
        );
    }

    #[test]
    fn many_do_not_break_it() {
        let found = Growth { now: 4_000, before: 2_000 }.interval();
        assert!(found.low > 1.89 && found.high < 2.12, "{found:?}");
    }
}
