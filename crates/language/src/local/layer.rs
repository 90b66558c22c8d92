//! The layer itself: what is added for which word and cue, how it is kept, how it is looked up.

use std::collections::{BTreeMap, HashMap};

use mainstreet_kernel::{Error, Result};
use serde::{Deserialize, Serialize};

use super::answers::{Judgement, WIDE};
use crate::cues::Cue;
use crate::features::{Features, Seen, placed};
use crate::reading::{Reason, Span};
use crate::tokens::hash;
use crate::weights::norm;

/// A layer moves the log-odds of a judgement by so much at most: what ships is sure of, people's answers do not turn.
pub const MOST_MOVED: f32 = 3.0;
/// Weights are kept in steps of a thousandth.
const STEP: f32 = 0.001;
/// What moves a judgement by less is not told.
const TELLING: f32 = 0.15;
/// Letters of a layer's fingerprint.
const PRINT: usize = 12;

/// What is added to each column.
pub(crate) type Added = [f32; WIDE];

/// Without a layer.
pub(crate) const NOTHING: Added = [0.0; WIDE];

/// What was learnt of one judgement. Weights are in thousandths of log-odds, one a column of the judgement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Part {
    /// Added to every text.
    pub bias: Vec<i32>,
    /// By the row of a cue.
    pub cues: BTreeMap<u8, Vec<i32>>,
    /// By the row of a word or pair of words.
    pub words: BTreeMap<u32, Vec<i32>>,
}

/// As it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    base: String,
    parts: BTreeMap<String, Part>,
}

/// What a community's people taught.
#[derive(Clone, Debug)]
pub struct Layer {
    kept: Kept,
    name: String,
    bias: Added,
    cues: HashMap<u8, Vec<(usize, f32)>>,
    words: HashMap<u32, Vec<(usize, f32)>>,
}

impl PartialEq for Layer {
    fn eq(&self, other: &Self) -> bool {
        self.kept == other.kept
    }
}

impl Layer {
    /// Puts parts together; what is learnt upon the weights called `base`.
    pub(super) fn of(base: &str, parts: BTreeMap<String, Part>) -> Self {
        let kept = Kept { base: base.to_owned(), parts };
        let text = serde_json::to_string(&kept).unwrap_or_default();
        Self::ready(kept, &text)
    }

    fn ready(kept: Kept, text: &str) -> Self {
        let mut print = format!("{:016x}", hash(text));
        print.truncate(PRINT);
        let name = format!("{}+local-{print}", kept.base);
        let (mut bias, mut cues, mut words) = (NOTHING, HashMap::new(), HashMap::new());
        for judgement in Judgement::ALL {
            let Some(part) = kept.parts.get(judgement.as_str()) else { continue };
            let columns = judgement.columns();
            let worth = |weights: &[i32]| -> Vec<(usize, f32)> {
                let all = columns.clone().zip(weights).filter(|(_, weight)| **weight != 0);
                all.map(|(column, weight)| (column, *weight as f32 * STEP)).collect()
            };
            for (column, weight) in worth(&part.bias) {
                if let Some(slot) = bias.get_mut(column) {
                    *slot += weight;
                }
            }
            for (cue, weights) in &part.cues {
                cues.entry(*cue).or_insert_with(Vec::new).extend(worth(weights));
            }
            for (word, weights) in &part.words {
                words.entry(*word).or_insert_with(Vec::new).extend(worth(weights));
            }
        }
        Self { kept, name, bias, cues, words }
    }

    /// Reads what [`Self::to_text`] wrote.
    ///
    /// # Errors
    /// `Internal` when it is something else.
    pub fn from_text(text: &str) -> Result<Self> {
        let kept: Kept = serde_json::from_str(text).map_err(Error::internal)?;
        Ok(Self::ready(kept, text))
    }

    /// As it is kept in a database: JSON.
    pub fn to_text(&self) -> String {
        serde_json::to_string(&self.kept).unwrap_or_default()
    }

    /// Name of the weights and fingerprint of the layer.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The weights it was learnt upon.
    pub fn base(&self) -> &str {
        &self.kept.base
    }

    /// The judgements it has something to say of.
    pub fn judgements(&self) -> impl Iterator<Item = Judgement> + '_ {
        Judgement::ALL.iter().copied().filter(|judgement| self.kept.parts.contains_key(judgement.as_str()))
    }

    pub(super) fn parts(&self) -> &BTreeMap<String, Part> {
        &self.kept.parts
    }

    /// What it adds to each column for a text.
    pub(crate) fn added(&self, features: &Features) -> Added {
        let mut added = self.bias;
        let mut add = |weights: Option<&Vec<(usize, f32)>>, x: f32| {
            for (column, weight) in weights.into_iter().flatten() {
                if let Some(slot) = added.get_mut(*column) {
                    *slot += weight * x;
                }
            }
        };
        let x = norm(features.words.len());
        features.words.iter().for_each(|word| add(self.words.get(word), x));
        features.cues.iter().for_each(|cue| add(self.cues.get(cue), 1.0));
        added.map(|moved| moved.clamp(-MOST_MOVED, MOST_MOVED))
    }

    /// The words that moved `column` most, strongest first.
    pub(crate) fn reasons(&self, seen: &Seen, column: usize) -> Vec<Reason> {
        let x = norm(seen.features.words.len());
        let weight_of = |weights: Option<&Vec<(usize, f32)>>| {
            weights.into_iter().flatten().find(|(at, _)| *at == column).map_or(0.0, |(_, weight)| *weight)
        };
        let words =
            placed(&seen.tokens).map(|(row, span)| (weight_of(self.words.get(&row)) * x, Some(span), None));
        let cues = seen.features.cues.iter().map(|row| {
            let cue = Cue::ALL.get(usize::from(*row)).copied();
            let span = cue.and_then(|cue| seen.cues.first(cue)).and_then(|first| first.span);
            (weight_of(self.cues.get(row)), span, cue)
        });
        let mut found: Vec<(f32, Option<Span>, Option<Cue>)> =
            words.chain(cues).filter(|(weight, ..)| weight.abs() >= TELLING).collect();
        found.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()));
        let told = found.into_iter().map(|(weight, span, cue)| {
            let what = match cue {
                Some(cue) => cue.says().to_owned(),
                None => format!("“{}”", span.map_or("", |span| span.of(&seen.prose.text)).trim()),
            };
            Reason { what: format!("{what}, as people here said"), span, weight }
        });
        told.collect()
    }
}

/// Rounds a weight to what is kept.
pub(super) fn steps(weight: f32) -> i32 {
    (weight / STEP).round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer() -> Layer {
        let words = BTreeMap::from([(7, vec![900]), (9, vec![-200_000])]);
        let part = Part { bias: vec![-100], cues: BTreeMap::new(), words };
        Layer::of("by-hand", BTreeMap::from([("spam".to_owned(), part)]))
    }

    #[test]
    fn a_layer_comes_back_as_written_and_moves_within_bounds() {
        let layer = layer();
        let again = Layer::from_text(&layer.to_text()).unwrap();
        assert_eq!(again, layer);
        assert_eq!(again.name(), layer.name());
        assert!(Layer::from_text("{}").is_err());
        let features = Features { words: vec![7, 8, 11, 12], ..Features::default() };
        let moved = layer.added(&features)[crate::weights::SPAM];
        assert!((moved - (0.9 / 2.0 - 0.1)).abs() < 1e-5, "{moved}");
        let features = Features { words: vec![9], ..Features::default() };
        assert_eq!(layer.added(&features)[crate::weights::SPAM].to_bits(), (-MOST_MOVED).to_bits());
    }
}
