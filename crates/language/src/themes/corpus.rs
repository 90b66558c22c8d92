//! Texts as vectors: each term weighs by how often the text has it and how few others do.

use std::collections::HashMap;

use super::Terms;

/// Terms in more than this share of all texts say nothing about any.
const CAP: f64 = 0.1;
/// But a term in no more texts than this is never too common.
const FREE: u32 = 12;

/// Term and weight, in order of terms; of length one, or shorter where rare terms stand in no other text.
pub(super) type Vector = Vec<(u32, f32)>;

/// The texts of a window, weighed against each other.
#[derive(Debug, Default)]
pub struct Corpus {
    pub(super) vectors: Vec<Vector>,
    /// How many different terms there are.
    pub(super) terms: usize,
    /// In how many texts each term stands.
    counts: HashMap<u64, (u32, u32)>,
}

impl Corpus {
    /// Weighs `texts` against each other (tf-idf with logarithms on both sides).
    pub fn new(texts: &[Terms]) -> Self {
        let mut counts: HashMap<u64, (u32, u32)> = HashMap::new();
        for (term, _) in texts.iter().flat_map(|text| &text.0) {
            let next = u32::try_from(counts.len()).unwrap_or(u32::MAX);
            counts.entry(*term).or_insert((next, 0)).1 += 1;
        }
        let terms = counts.len();
        let mut corpus = Self { vectors: Vec::with_capacity(texts.len()), terms, counts };
        let cap = (CAP * texts.len() as f64).max(f64::from(FREE));
        for text in texts {
            let vector = corpus.weigh(text, texts.len(), cap);
            corpus.vectors.push(vector);
        }
        corpus
    }

    fn weigh(&self, text: &Terms, texts: usize, cap: f64) -> Vector {
        let mut vector: Vector = Vec::new();
        let mut mass = 0.0_f64;
        for (term, count) in &text.0 {
            let Some((place, seen)) = self.counts.get(term).copied() else { continue };
            if f64::from(seen) > cap {
                continue;
            }
            let rare = ln((texts as f64 + 1.0) / (f64::from(seen) + 0.5));
            let weight = (1.0 + ln(f64::from(*count))) * rare;
            mass += weight * weight;
            if seen > 1 {
                vector.push((place, weight as f32));
            }
        }
        let length = mass.sqrt().max(f64::MIN_POSITIVE) as f32;
        vector.iter_mut().for_each(|(_, weight)| *weight /= length);
        vector.sort_unstable_by_key(|(place, _)| *place);
        vector
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.vectors.len()
    }

    /// True without any text.
    pub fn is_empty(&self) -> bool {
        self.vectors.is_empty()
    }

    /// How telling a term is: the logarithm of texts over texts that have it; nothing for one that stands nowhere.
    pub(super) fn rarity(&self, term: u64) -> f64 {
        self.counts.get(&term).map_or(0.0, |(_, seen)| ln(self.len() as f64 / f64::from((*seen).max(1))))
    }
}

/// The natural logarithm from plain arithmetic, so that every machine finds the same bits; 0 below one.
pub(super) fn ln(x: f64) -> f64 {
    if x <= 1.0 || !x.is_finite() {
        return 0.0;
    }
    let bits = x.to_bits();
    let power = ((bits >> 52) & 0x7ff) as f64 - 1023.0;
    let mantissa = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | (1023 << 52));
    // ln m = 2 artanh((m - 1) / (m + 1)), and the argument is at most a third.
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let square = s * s;
    let mut sum = 0.0;
    for odd in (0..16).rev() {
        sum = sum * square + 1.0 / f64::from(2 * odd + 1);
    }
    power * std::f64::consts::LN_2 + 2.0 * s * sum
}

#[cfg(test)]
mod tests {
    use super::super::terms;
    use super::*;

    #[test]
    fn the_logarithm_is_one() {
        for x in [1.0, 1.5, 2.0, 10.0, 20_000.5, 1e9] {
            assert!((ln(x) - f64::ln(x)).abs() < 1e-12, "{x}");
        }
        assert!(ln(0.0).abs() < 1e-12 && ln(f64::NAN).abs() < 1e-12);
    }

    #[test]
    fn what_everybody_writes_weighs_nothing() {
        let texts: Vec<Terms> =
            (0..100).map(|n| terms("", &format!("garden word{n}x leak{}", n / 2))).collect();
        let corpus = Corpus::new(&texts);
        assert_eq!(corpus.len(), 100);
        assert!(corpus.vectors.iter().all(|vector| vector.len() == 1), "only the leak is shared by few");
        assert!(Corpus::new(&[]).is_empty());
    }
}
