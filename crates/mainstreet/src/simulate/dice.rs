//! Chance with a seed. Our own sixty lines instead of a crate, because the same seed must tell the same story
//! in every later release.

/// A stream of chance: `SplitMix64` (Steele, Lea and Flood 2014), passes `BigCrush`, one word of state.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

/// Stirs `a` and `b` into one seed.
pub(crate) fn mix(a: u64, b: u64) -> u64 {
    let mut dice = Dice(a ^ b.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29));
    dice.word()
}

/// A seed from a word, the same on every machine (FNV-1a).
pub(crate) fn seed_of(word: &str) -> u64 {
    word.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

impl Dice {
    /// A stream that depends on `seed` alone.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Sixty-four random bits.
    pub(crate) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number from 0 up to, but not including, 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.word() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A whole number below `n`; 0 when `n` is 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.word()) * n as u128) >> 64) as usize
    }

    /// True with probability `p`.
    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// One of `items`, or nothing when there are none.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }

    /// An index drawn with the given weights; 0 when they are empty or all zero.
    pub(crate) fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        for (index, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return index;
            }
        }
        0
    }

    /// A standard normal number (Box and Muller).
    pub(crate) fn normal(&mut self) -> f64 {
        let (radius, angle) = (1.0 - self.unit(), self.unit());
        (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
    }

    /// A log-normal number with this median and standard deviation of the logarithm.
    pub(crate) fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        median * (sigma * self.normal()).exp()
    }

    /// A Poisson number with this mean (Knuth's product method: means here are small).
    pub(crate) fn poisson(&mut self, mean: f64) -> u32 {
        let (limit, mut product, mut count) = ((-mean.min(500.0)).exp(), self.unit(), 0);
        while product > limit {
            product *= self.unit();
            count += 1;
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_the_published_one() {
        let mut dice = Dice::new(1_234_567);
        assert_eq!(dice.word(), 6_457_827_717_110_365_317);
        assert_eq!(dice.word(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn draws_have_their_means() {
        let mut dice = Dice::new(7);
        let mean = |draw: &mut dyn FnMut() -> f64| (0..20_000).map(|_| draw()).sum::<f64>() / 20_000.0;
        assert!((mean(&mut || f64::from(dice.poisson(3.0))) - 3.0).abs() < 0.06);
        assert!((mean(&mut || dice.log_normal(5.0, 1.2).ln()) - 5.0_f64.ln()).abs() < 0.05);
        assert!((mean(&mut || dice.weighted(&[1.0, 0.0, 3.0]) as f64) - 1.5).abs() < 0.03);
    }
}
