//! The examples that ship: what a community teaches must not make the reading forget them.

use super::Added;
use super::answers::{Judgement, URGENCY};
use crate::features::{Features, see};
use crate::reading::{Context, Intent};
use crate::train::{Row, own_examples};
use crate::weights::Weights;

/// Classes of fewer examples say nothing.
const LEAST: usize = 5;

/// One example with what the shipped weights say.
pub(super) struct Example {
    pub features: Features,
    pub base: Added,
    row: Row,
}

/// Our own examples, read once.
pub(super) fn examples(weights: &'static Weights) -> Vec<Example> {
    let read = |row: Row| {
        let context = Context {
            title: row.title.as_deref().unwrap_or(""),
            reply: row.reply.unwrap_or(false),
            own_hosts: &[],
        };
        let seen = see(&row.text, &context);
        let base = crate::read::base(weights, &seen);
        Example { features: seen.features, base, row }
    };
    own_examples().unwrap_or_default().into_iter().map(read).collect()
}

impl Example {
    /// The right answer: ours, or, where we gave none, what the shipped weights say.
    fn truth(&self, judgement: Judgement) -> Option<usize> {
        let row = &self.row;
        match judgement {
            Judgement::Intent => {
                let word = match Intent::named(row.intent.as_deref()?)? {
                    Intent::Praise => "feedback",
                    Intent::Announcement => "networking",
                    Intent::Answer => "unclear",
                    other => other.as_str(),
                };
                judgement.class(word)
            }
            Judgement::NeedsReply => row.needs_reply.map(usize::from),
            Judgement::Sentiment => judgement.class(row.sentiment.as_deref()?),
            Judgement::Harassment => Some(usize::from(row.harassment == Some(true))),
            Judgement::Spam => Some(usize::from(row.spam == Some(true))),
            Judgement::Urgency => {
                let odds = self.base.get(URGENCY..)?;
                Some(judgement.decided(&judgement.probabilities(odds)))
            }
            _ => Some(judgement.decided(&judgement.probabilities(self.base.get(judgement.columns())?))),
        }
    }
}

/// The mean over the answers of the share of examples that are judged right; `odds` gives the log-odds of one.
pub(super) fn recall(
    judgement: Judgement,
    examples: &[Example],
    odds: impl Fn(&Example) -> Vec<f32>,
) -> Option<f64> {
    let mut counts = vec![(0_usize, 0_usize); judgement.words().len()];
    for example in examples {
        let Some(class) = example.truth(judgement) else { continue };
        let said = judgement.decided(&judgement.probabilities(&odds(example)));
        if let Some((all, right)) = counts.get_mut(class) {
            *all += 1;
            *right += usize::from(said == class);
        }
    }
    let told: Vec<f64> = counts
        .into_iter()
        .filter(|(all, _)| *all >= LEAST)
        .map(|(all, right)| right as f64 / all as f64)
        .collect();
    if told.is_empty() { None } else { Some(told.iter().sum::<f64>() / told.len() as f64) }
}
