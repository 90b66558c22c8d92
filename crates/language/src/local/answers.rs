//! What people may say of a text, and which of their answers are held back.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::reading::{INTENT_THRESHOLD, RiskKind, labels};
use crate::weights::{HARASSMENT, INTENT, NEEDS_REPLY, SENTIMENT, SPAM, softmax_of};

/// The columns of the weights, and after them those that rest on phrases alone.
pub(crate) const WIDE: usize = 23;
/// Rumour-like claims.
pub(crate) const MISINFORMATION: usize = 16;
/// What a brand does not want to stand beside.
pub(crate) const BRAND_SAFETY: usize = 17;
/// Law.
pub(crate) const COMPLIANCE: usize = 18;
/// Low, normal, high, urgent.
pub(crate) const URGENCY: usize = 19;

labels! {
    /// A judgement that people confirm or correct.
    Judgement {
        /// What the writer wants.
        Intent = "intent",
        /// Whether somebody should answer.
        NeedsReply = "needs_reply",
        /// How soon, as far as the words say.
        Urgency = "urgency",
        /// How it feels.
        Sentiment = "sentiment",
        /// Insults, threats or contempt aimed at people.
        Harassment = "harassment",
        /// Unwanted advertising.
        Spam = "spam",
        /// Rumour-like claims.
        Misinformation = "misinformation",
        /// What a brand does not want to stand beside.
        BrandSafety = "brand_safety",
        /// Law.
        Compliance = "compliance",
    }
}

/// The intents that people choose from, with the columns of those that belong to each: praise is feedback, news is
/// networking, an answer asks for nothing.
const INTENTS: [&[usize]; 6] = [&[0], &[1, 5], &[2, 6], &[3], &[4], &[8, 7]];

impl Judgement {
    /// The answers that there are.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Self::Intent => &["support", "feedback", "networking", "learning", "complaint", "unclear"],
            Self::Urgency => &["low", "normal", "high", "urgent"],
            Self::Sentiment => &["positive", "neutral", "negative"],
            _ => &["no", "yes"],
        }
    }

    /// The place of an answer among [`Self::words`].
    pub fn class(self, word: &str) -> Option<usize> {
        self.words().iter().position(|known| *known == word)
    }

    /// Its columns among all.
    pub(crate) fn columns(self) -> Range<usize> {
        let (from, count) = match self {
            Self::Intent => (INTENT, 9),
            Self::Sentiment => (SENTIMENT, 3),
            Self::Harassment => (HARASSMENT, 1),
            Self::Spam => (SPAM, 1),
            Self::NeedsReply => (NEEDS_REPLY, 1),
            Self::Misinformation => (MISINFORMATION, 1),
            Self::BrandSafety => (BRAND_SAFETY, 1),
            Self::Compliance => (COMPLIANCE, 1),
            Self::Urgency => (URGENCY, 4),
        };
        from..from + count
    }

    /// From which probability on the answer is yes.
    pub fn threshold(self) -> f32 {
        match self {
            Self::Harassment => RiskKind::Harassment.threshold(),
            Self::Spam => RiskKind::Spam.threshold(),
            Self::Misinformation => RiskKind::Misinformation.threshold(),
            Self::BrandSafety => RiskKind::BrandSafety.threshold(),
            Self::Compliance => RiskKind::Compliance.threshold(),
            Self::Intent => INTENT_THRESHOLD,
            _ => 0.5,
        }
    }

    /// True when a column (counted from the first of the judgement) speaks for the answer.
    pub(crate) fn speaks_for(self, column: usize, class: usize) -> bool {
        match self {
            Self::Intent => INTENTS.get(class).is_some_and(|columns| columns.contains(&column)),
            _ => column == class,
        }
    }

    /// The probability of each answer, from the log-odds of its columns.
    pub(crate) fn probabilities(self, odds: &[f32]) -> Vec<f32> {
        if let [odd] = odds {
            let yes = crate::weights::sigmoid(*odd);
            return vec![1.0 - yes, yes];
        }
        let columns = softmax_of(odds);
        let of = |class: usize| {
            let own = columns.iter().enumerate().filter(|(column, _)| self.speaks_for(*column, class));
            own.map(|(_, probability)| probability).sum()
        };
        (0..self.words().len()).map(of).collect()
    }

    /// The answer that the probabilities come to, as the desk takes them.
    pub(crate) fn decided(self, probabilities: &[f32]) -> usize {
        if probabilities.len() == 2 {
            return usize::from(probabilities.get(1).is_some_and(|yes| *yes >= self.threshold()));
        }
        let first = (0, 0.0);
        let likeliest = probabilities.iter().copied().enumerate();
        let (class, most) = likeliest.fold(first, |best, next| if next.1 > best.1 { next } else { best });
        let unclear = self.words().len() - 1;
        if self == Self::Intent && most < self.threshold() { unclear } else { class }
    }
}

/// A text that people said something of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matter {
    /// The post: decides whether what is said of it is held back.
    pub post: i64,
    /// What it says.
    pub text: String,
    /// The title of the conversation it opens; empty for a reply.
    pub title: String,
}

/// What one person said of one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Place among [`Material::matters`].
    pub matter: usize,
    /// Who said it.
    pub person: i64,
    /// Of what.
    pub judgement: Judgement,
    /// Place among [`Judgement::words`].
    pub class: usize,
}

/// Everything there is to learn from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Material {
    /// The texts.
    pub matters: Vec<Matter>,
    /// What was said of them, oldest first.
    pub answers: Vec<Answer>,
}

/// True for one post in four: what is said of it is never learnt from.
pub fn is_held_back(post: i64) -> bool {
    let mut x = post.cast_unsigned().wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (x ^ (x >> 31)).is_multiple_of(4)
}

/// What was said of one judgement: by text what most people say, and what each says.
pub(super) struct Settled {
    /// Text and answer, where people do not contradict each other.
    pub agreed: Vec<(usize, usize)>,
    /// Text, person and their last answer.
    pub each: Vec<(usize, i64, usize)>,
    /// Texts of which as many say one thing as another.
    pub disputed: usize,
}

/// The last word of each person counts, and of several people what more of them say; a draw teaches nothing.
pub(super) fn settled(material: &Material, judgement: Judgement) -> Settled {
    let mut last: BTreeMap<(usize, i64), usize> = BTreeMap::new();
    let own = material.answers.iter().filter(|answer| answer.judgement == judgement);
    for answer in own.filter(|answer| answer.class < judgement.words().len()) {
        last.insert((answer.matter, answer.person), answer.class);
    }
    let mut votes: BTreeMap<usize, BTreeMap<usize, usize>> = BTreeMap::new();
    for ((matter, _), class) in &last {
        *votes.entry(*matter).or_default().entry(*class).or_default() += 1;
    }
    let (mut agreed, mut disputed) = (Vec::new(), 0);
    for (matter, counts) in votes {
        let most = counts.values().copied().max().unwrap_or(0);
        let mut first = counts.iter().filter(|(_, count)| **count == most).map(|(class, _)| *class);
        match (first.next(), first.next()) {
            (Some(class), None) => agreed.push((matter, class)),
            _ => disputed += 1,
        }
    }
    let each = last.into_iter().map(|((matter, person), class)| (matter, person, class)).collect();
    Settled { agreed, each, disputed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_of_each_counts_and_a_draw_teaches_nothing() {
        let said = |matter, person, class| Answer { matter, person, judgement: Judgement::Spam, class };
        let answers =
            vec![said(0, 1, 1), said(0, 1, 0), said(1, 1, 1), said(1, 2, 0), said(2, 1, 1), said(2, 2, 1)];
        let material = Material { matters: vec![Matter::default(); 3], answers };
        let settled = settled(&material, Judgement::Spam);
        assert_eq!(settled.agreed, [(0, 0), (2, 1)]);
        assert_eq!(settled.disputed, 1);
        assert_eq!(settled.each.len(), 5);
    }

    #[test]
    fn one_post_in_four_is_held_back() {
        let held = (0..4_000).filter(|post| is_held_back(*post)).count();
        assert!((900..1_100).contains(&held), "{held}");
    }

    #[test]
    fn answers_come_of_columns() {
        let intent = Judgement::Intent;
        let odds = [0.0, 3.0, 0.0, 0.0, 0.0, 3.0, 0.0, 0.0, 0.0];
        let probabilities = intent.probabilities(&odds);
        assert_eq!(intent.decided(&probabilities), 1);
        assert!((probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        assert_eq!(intent.decided(&intent.probabilities(&[0.0; 9])), 5);
        assert_eq!(Judgement::Harassment.decided(&Judgement::Harassment.probabilities(&[-0.3])), 1);
    }
}
