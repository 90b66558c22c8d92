//! The words of triage.

use std::collections::BTreeMap;
use std::fmt;

use mainstreet_kernel::clock::{HOUR, MINUTE};
use mainstreet_language::local::Judgement;
use serde::{Deserialize, Serialize};

/// Declares a closed list of words, stored and shown by the same name.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident, $wrong:literal { $($(#[$doc:meta])* $item:ident = $wire:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $wire)] $item,)* }

        impl $name {
            /// Every one, in reading order.
            pub const ALL: &'static [Self] = &[$(Self::$item,)*];

            /// The word stored and shown.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$item => $wire,)* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = mainstreet_kernel::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($wire => Ok(Self::$item),)* _ => Err(mainstreet_kernel::Error::invalid($wrong)) }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl From<$name> for mainstreet_db::Value {
            fn from(word: $name) -> Self { Self::Text(word.as_str().to_owned()) }
        }
    };
}
pub(crate) use words;

words! {
    /// What the writer wants.
    Intent, "An intent is support, feedback, networking, learning, complaint or unclear." {
        /// Help with something that does not work or is not understood.
        Support = "support",
        /// An idea, a wish, an opinion.
        Feedback = "feedback",
        /// People: introductions, meeting, working together.
        Networking = "networking",
        /// Getting better at something.
        Learning = "learning",
        /// Something went wrong and the writer is unhappy about it.
        Complaint = "complaint",
        /// Cannot be told.
        Unclear = "unclear",
    }
}

words! {
    /// How soon somebody should act. In rising order, so that `max` works.
    Urgency, "An urgency is low, normal, high or urgent." {
        /// Some time this week.
        Low = "low",
        /// Within a day.
        Normal = "normal",
        /// Today.
        High = "high",
        /// Now.
        Urgent = "urgent",
    }
}

impl Urgency {
    /// 1 low to 4 urgent, as stored.
    pub fn level(self) -> i64 {
        match self {
            Self::Low => 1,
            Self::Normal => 2,
            Self::High => 3,
            Self::Urgent => 4,
        }
    }

    /// Reads what [`Self::level`] wrote; anything beyond the ends counts as the end.
    pub fn at_level(level: i64) -> Self {
        match level {
            ..=1 => Self::Low,
            2 => Self::Normal,
            3 => Self::High,
            _ => Self::Urgent,
        }
    }

    /// One step more pressing.
    #[must_use]
    pub fn raised(self) -> Self {
        Self::at_level(self.level() + 1)
    }
}

words! {
    /// Harm that may come of it.
    Risk, "A risk is misinformation, harassment, brand_safety or compliance." {
        /// Claims that may mislead.
        Misinformation = "misinformation",
        /// Insults, threats, contempt.
        Harassment = "harassment",
        /// Advertising, scams, things a brand does not want to stand beside.
        BrandSafety = "brand_safety",
        /// Law and personal data.
        Compliance = "compliance",
    }
}

impl Risk {
    /// The words for a page.
    pub fn label(self) -> &'static str {
        match self {
            Self::BrandSafety => "brand safety",
            other => other.as_str(),
        }
    }
}

words! {
    /// How sure we are of a risk.
    RiskLevel, "A risk is none, possible or confirmed." {
        /// Nothing points to it.
        None = "none",
        /// Words or flags point to it.
        Possible = "possible",
        /// A person looked and says so.
        Confirmed = "confirmed",
    }
}

words! {
    /// Who answers for it.
    Owner, "An owner is support, product, marketing, legal or community." {
        /// The support team.
        Support = "support",
        /// The product team.
        Product = "product",
        /// Marketing and press.
        Marketing = "marketing",
        /// Counsel, data protection.
        Legal = "legal",
        /// The community team: it stays here.
        Community = "community",
    }
}

words! {
    /// Who set a label. A person outweighs a rule, a rule the model.
    SetBy, "A label is set by rule, model or person." {
        /// Our reading of the text.
        Model = "model",
        /// A rule over what happened.
        Rule = "rule",
        /// Somebody of the desk.
        Person = "person",
    }
}

/// A label with who set it and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Label<T> {
    /// The label.
    pub is: T,
    /// Who set it.
    pub by: SetBy,
    /// Why, in sentences a moderator understands.
    pub reasons: Vec<String>,
}

/// One risk that is not `none`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RiskNote {
    /// Which.
    pub risk: Risk,
    /// How sure.
    pub level: RiskLevel,
    /// Who says so.
    pub by: SetBy,
    /// Why.
    pub reasons: Vec<String>,
}

/// What was read in a text and by which version, as it was when it was read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Said {
    /// The version's name; empty: not known.
    pub model: String,
    /// The post that was read.
    pub post: i64,
    /// By judgement: the word, and its probability.
    pub read: BTreeMap<String, (String, f64)>,
    /// By judgement: what a person says, where an item has no label of its own for it.
    pub people: BTreeMap<String, String>,
}

impl Said {
    /// What was read of a judgement.
    pub fn of(&self, judgement: Judgement) -> Option<(&str, f64)> {
        self.read.get(judgement.as_str()).map(|(word, probability)| (word.as_str(), *probability))
    }

    /// What a person says of it.
    pub fn person(&self, judgement: Judgement) -> Option<&str> {
        self.people.get(judgement.as_str()).map(String::as_str)
    }
}

/// What triage makes of an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// What the writer wants.
    pub intent: Label<Intent>,
    /// Probability of the intent, 0 to 1; 1 when a person set it.
    pub intent_probability: f64,
    /// How soon.
    pub urgency: Label<Urgency>,
    /// Harm that may come of it; those not listed are `none`.
    pub risks: Vec<RiskNote>,
    /// Who answers for it.
    pub owner: Label<Owner>,
    /// What was read in the text.
    #[serde(default)]
    pub said: Said,
}

impl Assessment {
    /// How sure we are of `risk`.
    pub fn risk(&self, risk: Risk) -> RiskLevel {
        self.risks.iter().find(|note| note.risk == risk).map_or(RiskLevel::None, |note| note.level)
    }

    /// The gravest risk: confirmed before possible, then compliance, harassment, misinformation, brand safety.
    pub fn gravest(&self) -> Option<Risk> {
        const ORDER: [Risk; 4] =
            [Risk::BrandSafety, Risk::Misinformation, Risk::Harassment, Risk::Compliance];
        let rank = |risk: Risk| ORDER.iter().position(|one| *one == risk);
        self.risks
            .iter()
            .filter(|note| note.level > RiskLevel::None)
            .max_by_key(|note| (note.level, rank(note.risk)))
            .map(|note| note.risk)
    }

    /// True when the law is involved: such an item cannot be put off.
    pub fn is_legal(&self) -> bool {
        self.owner.is == Owner::Legal || self.risk(Risk::Compliance) == RiskLevel::Confirmed
    }
}

/// How long the community may take to a first response, by urgency, in milliseconds. Starting points of the
/// default table of response-time targets (urgent 30 min, high 4 h, normal 1 day, low 3 days); settable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Targets {
    /// For urgent items.
    pub urgent: i64,
    /// For high items.
    pub high: i64,
    /// For normal items.
    pub normal: i64,
    /// For low items.
    pub low: i64,
}

impl Default for Targets {
    fn default() -> Self {
        Self { urgent: 30 * MINUTE, high: 4 * HOUR, normal: 24 * HOUR, low: 72 * HOUR }
    }
}

impl Targets {
    /// The target of one urgency.
    pub fn of(&self, urgency: Urgency) -> i64 {
        match urgency {
            Urgency::Urgent => self.urgent,
            Urgency::High => self.high,
            Urgency::Normal => self.normal,
            Urgency::Low => self.low,
        }
    }

    /// The shortest of them.
    pub fn shortest(&self) -> i64 {
        self.urgent.min(self.high).min(self.normal).min(self.low)
    }

    /// How long an owner may take to answer, before anything was set: urgent 2 h, high 1 day, normal 3 days, low
    /// 10 days.
    pub const OWNERS: Self = Self { urgent: 2 * HOUR, high: 24 * HOUR, normal: 72 * HOUR, low: 240 * HOUR };
}

/// A span of time for people: `45 min`, `26 h`, `3 days`.
pub fn spell(millis: i64) -> Spell {
    Spell(millis)
}

/// See [`spell`].
#[derive(Clone, Copy, Debug)]
pub struct Spell(i64);

impl fmt::Display for Spell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.max(0);
        let (minutes, hours) = (millis / MINUTE, millis / HOUR);
        match (minutes, hours) {
            (..=1, _) => f.write_str("1 min"),
            (_, 0..=1) if minutes < 90 => write!(f, "{minutes} min"),
            (_, ..48) => write!(f, "{} h", (millis + HOUR / 2) / HOUR),
            _ => write!(f, "{} days", hours / 24),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_as_people_say_them() {
        for (millis, expect) in [
            (0, "1 min"),
            (18 * MINUTE, "18 min"),
            (80 * MINUTE, "80 min"),
            (26 * HOUR, "26 h"),
            (31 * HOUR + 40 * MINUTE, "32 h"),
            (48 * HOUR, "2 days"),
            (100 * HOUR, "4 days"),
        ] {
            assert_eq!(spell(millis).to_string(), expect);
        }
    }

    #[test]
    fn urgency_rises_and_stops_at_the_top() {
        assert_eq!(Urgency::Low.raised(), Urgency::Normal);
        assert_eq!(Urgency::Urgent.raised(), Urgency::Urgent);
        assert!(Urgency::ALL.iter().all(|urgency| Urgency::at_level(urgency.level()) == *urgency));
    }
}
