use std::str::FromStr;

use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Error, Timestamp};

/// How much it matters when a clause is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// A slip: a word is enough.
    Minor,
    /// It harms the talk.
    Serious,
    /// It harms people.
    Severe,
}

impl Severity {
    /// All, mildest first.
    pub const ALL: [Self; 3] = [Self::Minor, Self::Serious, Self::Severe];

    /// The word stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Minor => "minor",
            Self::Serious => "serious",
            Self::Severe => "severe",
        }
    }

    /// Strikes for breaking a clause, and for how long they count, in milliseconds. Our own numbers: a severe breach
    /// weighs as two serious ones, and nobody carries anything for longer than a year.
    pub fn strikes(self) -> (i64, i64) {
        match self {
            Self::Minor => (1, 90 * DAY),
            Self::Serious => (3, 180 * DAY),
            Self::Severe => (6, 365 * DAY),
        }
    }
}

impl FromStr for Severity {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.as_str() == word)
            .ok_or_else(|| Error::invalid("A clause is minor, serious or severe."))
    }
}

/// What a clause says in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Tag of the language, such as `en` or `pt-BR`.
    pub language: String,
    /// Its heading.
    pub title: String,
    /// In plain language, one sentence.
    pub summary: String,
    /// The whole text, as Markdown.
    pub body: String,
}

/// A clause of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Its name through all versions, such as `be-kind`.
    pub slug: String,
    /// How much it matters when it is broken.
    pub severity: Severity,
    /// The text in the language that counts.
    pub text: Text,
    /// Translations, by tag.
    pub translations: Vec<Text>,
}

impl Clause {
    /// The text in this language, or in the one that counts.
    pub fn text_in(&self, language: &str) -> &Text {
        self.translations.iter().find(|text| text.language == language).unwrap_or(&self.text)
    }
}

/// A version of the guidelines, or the draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// From 1; the draft is 0.
    pub number: i64,
    /// What is new, in a sentence or two.
    pub changes: String,
    /// Tag of the language that counts.
    pub language: String,
    /// Since when it holds; nothing: the draft.
    pub published_at: Option<Timestamp>,
    /// Who published it.
    pub published_by: Option<PersonId>,
    /// Its clauses, in order.
    pub clauses: Vec<Clause>,
}

impl Version {
    /// The clause with this slug.
    pub fn clause(&self, slug: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.slug == slug)
    }

    /// Tags of the languages in which at least one clause can be read, the one that counts first.
    pub fn languages(&self) -> Vec<String> {
        let mut tags: Vec<String> = self
            .clauses
            .iter()
            .flat_map(|clause| clause.translations.iter().map(|text| text.language.clone()))
            .collect();
        tags.sort();
        tags.dedup();
        tags.insert(0, self.language.clone());
        tags
    }
}

/// What the form of a clause holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewClause {
    /// Its name through all versions; empty: made from the title.
    pub slug: String,
    /// `minor`, `serious` or `severe`; of a translation it is not read.
    pub severity: String,
    /// Tag of the language; empty: the one that counts.
    pub language: String,
    /// Its heading.
    pub title: String,
    /// In plain language, one sentence.
    pub summary: String,
    /// The whole text, as Markdown.
    pub body: String,
}
