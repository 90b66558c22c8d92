//! What was read of an item, and the buttons that say in one key what is right instead.

use mainstreet_desk::judgement::{self, Judgement};
use mainstreet_desk::triage::{Risk, RiskLevel, Urgency};

use super::page::Item;

/// What is shown of one judgement.
pub(super) struct Read {
    pub(super) name: &'static str,
    pub(super) word: String,
    pub(super) probability: f64,
    /// A person said so.
    pub(super) person: bool,
}

/// A judgement that the form for corrections asks for.
pub(super) struct Sayable {
    pub(super) word: &'static str,
    pub(super) label: String,
    pub(super) words: &'static [&'static str],
    pub(super) person: Option<String>,
}

impl Sayable {
    /// True when a person said this word.
    pub(super) fn is(&self, word: &str) -> bool {
        self.person.as_deref() == Some(word)
    }
}

/// A button that says the opposite of what was read.
pub(super) struct Opposite {
    pub(super) field: &'static str,
    pub(super) value: &'static str,
    pub(super) key: &'static str,
    pub(super) label: &'static str,
}

/// Judgements for which an item has no label of its own.
const SAID: [Judgement; 3] = [Judgement::NeedsReply, Judgement::Sentiment, Judgement::Spam];

impl Item {
    /// What was read besides intent, urgency and risk.
    pub(super) fn read(&self) -> Vec<Read> {
        let said = &self.view.signal.assessment.said;
        let one = |judgement: &Judgement| {
            let (word, probability) = said.of(*judgement)?;
            let person = said.person(*judgement);
            Some(Read {
                name: judgement::spoken(*judgement),
                word: person.unwrap_or(word).to_owned(),
                probability,
                person: person.is_some(),
            })
        };
        SAID.iter().filter_map(one).collect()
    }

    /// What the form for corrections asks for besides.
    pub(super) fn sayable(&self) -> Vec<Sayable> {
        let said = &self.view.signal.assessment.said;
        let one = |judgement: Judgement| Sayable {
            word: judgement.as_str(),
            label: crate::desk::capital(judgement::spoken(judgement)),
            words: judgement.words(),
            person: said.person(judgement).map(str::to_owned),
        };
        SAID.map(one).into_iter().collect()
    }

    pub(super) fn lower(&self) -> Option<Urgency> {
        let level = self.view.signal.assessment.urgency.is.level();
        (level > 1).then(|| Urgency::at_level(level - 1))
    }

    pub(super) fn higher(&self) -> Option<Urgency> {
        let level = self.view.signal.assessment.urgency.is.level();
        (level < 4).then(|| Urgency::at_level(level + 1))
    }

    pub(super) fn opposites(&self) -> Vec<Opposite> {
        let assessment = &self.view.signal.assessment;
        let stands = |judgement: Judgement| {
            let said = &assessment.said;
            said.person(judgement).or_else(|| said.of(judgement).map(|one| one.0)).unwrap_or("")
        };
        let of = |field, value, key, label| Opposite { field, value, key, label };
        let mut all = vec![
            if stands(Judgement::NeedsReply) == "yes" {
                of("needs_reply", "no", "w", "needs no reply")
            } else {
                of("needs_reply", "yes", "w", "needs a reply")
            },
            if stands(Judgement::Spam) == "yes" {
                of("spam", "no", "d", "no advertising")
            } else {
                of("spam", "yes", "d", "advertising")
            },
            if assessment.risk(Risk::Harassment) == RiskLevel::None {
                of("harassment", "confirmed", "z", "harassment")
            } else {
                of("harassment", "none", "z", "no harassment")
            },
        ];
        let feelings = [
            of("sentiment", "positive", "7", "feels positive"),
            of("sentiment", "neutral", "8", "feels neutral"),
            of("sentiment", "negative", "9", "feels negative"),
        ];
        all.extend(feelings.into_iter().filter(|one| one.value != stands(Judgement::Sentiment)));
        all
    }
}
