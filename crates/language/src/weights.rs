//! The trained weights: one table of small numbers, read by every judgement at once.
//!
//! A row for each bucket of hashed words and letters, sixteen columns, one byte each; a byte for each bucket of letters
//! across words, for spam alone; a row of floats for each cue; a bias and a calibration for each column, and one of spam in mails. Only additions, multiplications, divisions and square roots,
//! in a fixed order, so that every machine computes the same.

use std::sync::OnceLock;

use crate::across;
use crate::cues::Cue;
use crate::features::{BUCKETS, Features};

/// Columns of the table.
pub(crate) const COLUMNS: usize = 16;
/// Nine intents, in the order of `Intent::ALL`.
pub(crate) const INTENT: usize = 0;
/// Positive, neutral, negative.
pub(crate) const SENTIMENT: usize = 9;
/// Harassment against not.
pub(crate) const HARASSMENT: usize = 12;
/// Spam against not.
pub(crate) const SPAM: usize = 13;
/// Needs a reply against not.
pub(crate) const NEEDS_REPLY: usize = 14;
/// Polite against not.
pub(crate) const POLITE: usize = 15;

/// One value a column.
pub(crate) type Columns = [f32; COLUMNS];

const MAGIC: &[u8; 8] = b"MSLANG04";

/// Weights ready for use.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// What one step of a byte is worth.
    pub(crate) scale: Columns,
    /// Log-odds without any feature.
    pub(crate) bias: Columns,
    /// Factor on the log-odds, from calibration.
    pub(crate) slope: Columns,
    /// Added after the factor, from calibration.
    pub(crate) shift: Columns,
    /// By which power long texts are believed less; see [`easing`].
    pub(crate) ease: Columns,
    /// Slope and shift of spam in mails, in place of those above.
    pub(crate) mail: [f32; 2],
    /// One row a cue.
    pub(crate) cues: Vec<Columns>,
    /// One row a bucket; empty before training.
    pub(crate) table: Vec<[i8; COLUMNS]>,
    /// What one step of [`Self::across`] is worth.
    pub(crate) across_scale: f32,
    /// What shingles across words say of spam, a byte each; empty before training.
    pub(crate) across: Vec<i8>,
    /// Name and fingerprint.
    pub(crate) name: String,
}

impl Weights {
    /// What ships with this version.
    pub fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<Weights> = OnceLock::new();
        SHIPPED.get_or_init(|| {
            Self::from_bytes(include_bytes!("../weights/community.bin")).unwrap_or_else(Self::untrained)
        })
    }

    /// The weights we would choose by hand: where training starts, and what speaks without a trained table.
    pub fn untrained() -> Self {
        let (cues, bias) = crate::prior::prior();
        Self {
            scale: [0.0; COLUMNS],
            bias,
            slope: [1.0; COLUMNS],
            shift: [0.0; COLUMNS],
            ease: [0.0; COLUMNS],
            mail: [1.0, 0.0],
            cues,
            table: Vec::new(),
            across_scale: 0.0,
            across: Vec::new(),
            name: "by-hand".to_owned(),
        }
    }

    /// Reads what [`Self::to_bytes`] wrote; none when it is something else or of another version.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (counts, mut rest) = rest.split_at_checked(8)?;
        let count = |at: usize| counts.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes);
        let (rows, cue_rows) = (count(0)? as usize, count(4)? as usize);
        if rows != BUCKETS || cue_rows != Cue::ALL.len() {
            return None;
        }
        let mut columns = || {
            let (taken, left) = rest.split_at_checked(COLUMNS * 4)?;
            rest = left;
            let mut values = [0.0; COLUMNS];
            for (value, bytes) in values.iter_mut().zip(taken.as_chunks::<4>().0) {
                *value = f32::from_le_bytes(*bytes);
            }
            Some(values)
        };
        let (scale, bias, slope, shift) = (columns()?, columns()?, columns()?, columns()?);
        let ease = columns()?;
        let cues = (0..cue_rows).map(|_| columns()).collect::<Option<Vec<_>>>()?;
        let (table, rest) = rest.split_at_checked(rows * COLUMNS)?;
        let (floats, across) = rest.split_first_chunk::<12>()?;
        let float = |at: usize| floats.get(at..at + 4)?.try_into().ok().map(f32::from_le_bytes);
        let (across_scale, mail) = (float(0)?, [float(4)?, float(8)?]);
        if across.len() != across::ROWS {
            return None;
        }
        let (table, _) = table.as_chunks::<COLUMNS>();
        let across = across.iter().map(|byte| *byte as i8).collect();
        let table = table.iter().map(|row| row.map(|byte| byte as i8)).collect();
        let mark = bytes
            .iter()
            .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3));
        Some(Self {
            scale,
            bias,
            slope,
            shift,
            ease,
            mail,
            cues,
            table,
            across_scale,
            across,
            name: format!("community-{:08x}", (mark >> 32) as u32),
        })
    }

    /// The file that ships.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(
            64 * 6 + self.cues.len() * 64 + self.table.len() * COLUMNS + self.across.len(),
        );
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&(self.table.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&(self.cues.len() as u32).to_le_bytes());
        let floats = [&self.scale, &self.bias, &self.slope, &self.shift, &self.ease]
            .into_iter()
            .chain(&self.cues)
            .flatten();
        bytes.extend(floats.flat_map(|value| value.to_le_bytes()));
        bytes.extend(self.table.iter().flatten().map(|step| *step as u8));
        let floats = [self.across_scale].into_iter().chain(self.mail);
        bytes.extend(floats.flat_map(f32::to_le_bytes));
        bytes.extend(self.across.iter().map(|step| *step as u8));
        bytes
    }

    /// Name and fingerprint, shown beside every judgement.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Log-odds of every column before calibration.
    pub(crate) fn raw(&self, features: &Features) -> Columns {
        let words = self.sums(&features.words);
        let letters = self.sums(&features.letters);
        let (per_word, per_letter) = (norm(features.words.len()), norm(features.letters.len()));
        let mut raw = self.bias;
        for (column, value) in raw.iter_mut().enumerate() {
            let at = |list: &[i32; COLUMNS]| list.get(column).map_or(0.0, |sum| *sum as f32);
            let scale = self.scale.get(column).copied().unwrap_or(0.0);
            *value += scale * (at(&words) * per_word + at(&letters) * per_letter);
        }
        let (frames, per_frame) = (self.sums(&features.frames), norm(features.frames.len()));
        for column in (INTENT..INTENT + 9).chain([NEEDS_REPLY]) {
            if let (Some(value), Some(sum), Some(scale)) =
                (raw.get_mut(column), frames.get(column), self.scale.get(column))
            {
                *value += scale * *sum as f32 * per_frame;
            }
        }
        if let (Some(value), Some(scale)) = (raw.get_mut(HARASSMENT), self.scale.get(HARASSMENT)) {
            let beside =
                features.groups.iter().filter_map(|bucket| self.table.get(*bucket as usize)?.get(HARASSMENT));
            let sum: i32 = beside.map(|step| i32::from(*step)).sum();
            *value += scale * sum as f32 * norm(features.groups.len());
        }
        if let Some(value) = raw.get_mut(SPAM) {
            let steps = features.across.iter().filter_map(|(row, _)| self.across.get(*row as usize));
            let sum: i32 = steps.map(|step| i32::from(*step)).sum();
            *value += self.across_scale * sum as f32 * norm(features.across.len());
        }
        for row in features.cues.iter().filter_map(|cue| self.cues.get(usize::from(*cue))) {
            for (value, weight) in raw.iter_mut().zip(row) {
                *value += weight;
            }
        }
        raw
    }

    /// Calibrated log-odds of every column.
    pub(crate) fn judge(&self, features: &Features) -> Columns {
        let mut values = self.raw(features);
        let (hits, spam) = (features.words.len(), values.get(SPAM).copied().unwrap_or(0.0));
        // The columns of a task share a power, so that the factor is worked out once for the nine of intent.
        let (mut known, mut factor) = (0.0, 1.0);
        let calibration = self.slope.iter().zip(&self.shift).zip(&self.ease);
        for (value, ((slope, shift), ease)) in values.iter_mut().zip(calibration) {
            if *ease != known {
                (known, factor) = (*ease, easing(*ease, hits));
            }
            *value = (*value * slope + shift) * factor;
        }
        if let (true, Some(value), [slope, shift]) = (features.mail, values.get_mut(SPAM), self.mail) {
            *value = spam * slope + shift;
        }
        values
    }

    fn sums(&self, buckets: &[u32]) -> [i32; COLUMNS] {
        let mut sums = [0; COLUMNS];
        for row in buckets.iter().filter_map(|bucket| self.table.get(*bucket as usize)) {
            for (sum, step) in sums.iter_mut().zip(row) {
                *sum += i32::from(*step);
            }
        }
        sums
    }

    /// How to weigh features towards `place` of the `count` columns from `from`, against the mean of the others
    /// where there are several. `hits` is the number of words and pairs of the text.
    pub(crate) fn towards(&self, from: usize, count: usize, place: usize, hits: usize) -> Towards {
        let mut cues = [0.0; COLUMNS];
        let mean = if count > 1 { 1.0 / count as f32 } else { 0.0 };
        for (column, mix) in cues.iter_mut().enumerate().skip(from).take(count) {
            let share = if column == from + place { 1.0 - mean } else { -mean };
            *mix = share * self.slope.get(column).copied().unwrap_or(1.0);
        }
        let mut buckets = cues;
        for (mix, scale) in buckets.iter_mut().zip(&self.scale) {
            *mix *= scale * norm(hits);
        }
        Towards { cues, buckets, from, count }
    }

    /// How far one shingle across words moves the log-odds of spam, where a step is worth `per`.
    pub(crate) fn of_across(&self, row: u32, per: f32) -> f32 {
        self.across.get(row as usize).map_or(0.0, |step| f32::from(*step) * per)
    }

    /// What one step of a shingle is worth in a text of `count`.
    pub(crate) fn per_across(&self, count: usize) -> f32 {
        let slope = self.slope.get(SPAM).copied().unwrap_or(1.0);
        self.across_scale * slope * norm(count)
    }

    /// How far one cue moves the log-odds.
    pub(crate) fn of_cue(&self, cue: Cue, towards: &Towards) -> f32 {
        let Some(row) = self.cues.get(cue as usize) else { return 0.0 };
        row.iter().zip(&towards.cues).map(|(weight, mix)| weight * mix).sum()
    }
}

/// What makes a feature speak for one label, column by column.
#[derive(Debug)]
pub(crate) struct Towards {
    cues: Columns,
    buckets: Columns,
    from: usize,
    count: usize,
}

impl Towards {
    /// How far one bucket moves the log-odds.
    #[inline]
    pub(crate) fn of_row(&self, row: &[i8; COLUMNS]) -> f32 {
        let place = self.from..self.from + self.count;
        let (Some(steps), Some(mixes)) = (row.get(place.clone()), self.buckets.get(place)) else {
            return 0.0;
        };
        let mut sum = 0.0;
        for (step, mix) in steps.iter().zip(mixes) {
            sum += f32::from(*step) * mix;
        }
        sum
    }
}

/// What each of `count` features of a group weighs, so that long texts do not shout louder.
pub(crate) fn norm(count: usize) -> f32 {
    if count == 0 { 0.0 } else { 1.0 / (count as f32).sqrt() }
}

/// What the log-odds of a text of `hits` words and pairs are multiplied by: `1 / (1 + hits / 32)` to the power of `ease`.
pub(crate) fn easing(ease: f32, hits: usize) -> f32 {
    if ease == 0.0 { 1.0 } else { exp(-ease * ln(1.0 + hits as f32 / 32.0)) }
}

/// The natural logarithm of a number from 1 on, by halving and a series: the same bits everywhere.
fn ln(x: f32) -> f32 {
    let (mut x, mut twos) = (f64::from(x), 0.0);
    while x > 1.5 {
        x /= 2.0;
        twos += 1.0;
    }
    let y = (x - 1.0) / (x + 1.0);
    let square = y * y;
    let series =
        y * (1.0 + square * (1.0 / 3.0 + square * (1.0 / 5.0 + square * (1.0 / 7.0 + square / 9.0))));
    (2.0 * series + twos * std::f64::consts::LN_2) as f32
}

/// The exponential function by halving and a polynomial: the same bits everywhere, which the system's own need
/// not give. Relative error below one in a million between -80 and 80.
pub(crate) fn exp(x: f32) -> f32 {
    let x = f64::from(x.clamp(-80.0, 80.0)) / 256.0;
    let mut series =
        1.0 + x * (1.0 + x / 2.0 * (1.0 + x / 3.0 * (1.0 + x / 4.0 * (1.0 + x / 5.0 * (1.0 + x / 6.0)))));
    for _ in 0..8 {
        series *= series;
    }
    series as f32
}

/// Probability from log-odds.
pub(crate) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// Probabilities from the log-odds of classes that exclude each other.
pub(crate) fn softmax<const N: usize>(values: [f32; N]) -> [f32; N] {
    let most = values.iter().copied().fold(f32::MIN, f32::max);
    let parts = values.map(|value| exp(value - most));
    let sum: f32 = parts.iter().sum();
    parts.map(|part| part / sum)
}

/// [`softmax`] of as many as there are.
pub(crate) fn softmax_of(values: &[f32]) -> Vec<f32> {
    let most = values.iter().copied().fold(f32::MIN, f32::max);
    let parts: Vec<f32> = values.iter().map(|value| exp(value - most)).collect();
    let sum: f32 = parts.iter().sum();
    parts.into_iter().map(|part| part / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_close() {
        for x in [-30.0_f32, -3.5, -0.1, 0.0, 0.3, 1.0, 12.0] {
            let (ours, theirs) = (f64::from(exp(x)), f64::from(x).exp());
            assert!((ours / theirs - 1.0).abs() < 2e-6, "{x}: {ours} {theirs}");
        }
        assert!((sigmoid(0.0) - 0.5).abs() < 1e-6);
        for x in [1.0_f32, 1.4, 2.0, 30.0, 1000.0] {
            assert!((f64::from(ln(x)) - f64::from(x).ln()).abs() < 1e-5, "{x}");
        }
        assert!(easing(0.5, 96) > 0.49 && easing(0.5, 96) < 0.51 && easing(0.0, 96) == 1.0);
    }

    #[test]
    fn weights_come_back_as_written() {
        let mut weights = Weights::untrained();
        weights.table = vec![[0; COLUMNS]; BUCKETS];
        weights.table[5][3] = -7;
        weights.scale = [0.25; COLUMNS];
        weights.across = vec![0; across::ROWS];
        weights.across[9] = -3;
        weights.across_scale = 0.5;
        let read = Weights::from_bytes(&weights.to_bytes()).unwrap();
        assert_eq!((&read.table, &read.cues, read.scale), (&weights.table, &weights.cues, weights.scale));
        assert_eq!((&read.across, read.across_scale), (&weights.across, 0.5));
        assert!(Weights::from_bytes(b"MSLANG02").is_none());
        assert!(Weights::from_bytes(b"").is_none());
    }
}
