//! What is known when a rule is tried.

use std::collections::BTreeMap;

use crate::length::{Unit, spoken};
use crate::rule::Given;
use crate::text::{Passage, link_hosts, mentions};
use crate::vocabulary::{Derived, Vocabulary};

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A text, with the parts that are passed over.
    Text(Passage),
    /// A number or a share.
    Number(f64),
    /// Milliseconds.
    Duration(i64),
    /// Several words; for a calendar, those that are open.
    List(Vec<String>),
    /// Yes or no.
    Flag(bool),
    /// One word.
    Word(String),
}

impl Value {
    /// For people: `3 hours`, `a, b`.
    pub(crate) fn spoken(&self) -> String {
        match self {
            Self::Text(passage) => {
                let head = passage
                    .text
                    .char_indices()
                    .nth(200)
                    .map_or(passage.text.as_str(), |(at, _)| &passage.text[..at]);
                format!("\"{}\"", mainstreet_kernel::text::excerpt(head, 60))
            }
            Self::Number(number) => number.to_string(),
            Self::Duration(millis) => spoken(*millis),
            Self::List(words) if words.is_empty() => "empty".to_owned(),
            Self::List(words) => {
                let shown: Vec<&str> = words.iter().take(8).map(String::as_str).collect();
                format!("{}{}", shown.join(", "), if words.len() > 8 { " and others" } else { "" })
            }
            Self::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
            Self::Word(word) => word.clone(),
        }
    }
}

/// Where the values come from: as they were when the thing happened. Each is asked for only when a rule needs it,
/// and at most once. What is not known is `None`: a rule that needs it is then not evaluated, never guessed.
pub trait Facts {
    /// The value of a field.
    fn value(&self, field: &str) -> Option<Value>;

    /// A duration field in business hours or business days of the community's calendar.
    fn business(&self, field: &str, unit: Unit) -> Option<f64>;

    /// How often `event` happened in the last `window` milliseconds, this time included.
    fn times(&self, event: &str, window: i64) -> Option<u64>;

    /// How many different `who` were in `event` in the last `window` milliseconds, this time included.
    fn distinct(&self, who: &str, event: &str, window: i64) -> Option<u64>;

    /// Where in the text of `field` something of this shape stands, in bytes.
    fn shape(&self, field: &str, shape: &str) -> Option<Vec<(usize, usize)>>;
}

/// Facts that were written down: for examples, tests and hits that are explained later.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// Values by field.
    pub values: BTreeMap<String, Value>,
    /// Business time by field and unit.
    pub business: BTreeMap<(String, Unit), f64>,
    /// Counts by `times(event, window)` or `distinct(who, event, window)` without the window: every window has the
    /// same count.
    pub counts: BTreeMap<String, u64>,
    /// Places by field and shape.
    pub shapes: BTreeMap<(String, String), Vec<(usize, usize)>>,
}

impl Snapshot {
    /// Adds a value.
    #[must_use]
    pub fn with(mut self, field: &str, value: Value) -> Self {
        self.values.insert(field.to_owned(), value);
        self
    }

    /// What follows from a text alone, in the words of `vocabulary`.
    pub fn of_text(text: &str, vocabulary: &Vocabulary) -> Self {
        let mut snapshot = Self::default();
        let count = |number: usize| Value::Number(f64::from(u32::try_from(number).unwrap_or(u32::MAX)));
        for field in &vocabulary.fields {
            let value = match field.from_text {
                Some(Derived::Text) => Value::Text(Passage::markdown(text)),
                Some(Derived::LinkCount) => count(link_hosts(text).len()),
                Some(Derived::LinkDomains) => Value::List(link_hosts(text)),
                Some(Derived::MentionCount) => count(mentions(text)),
                Some(Derived::Length) => count(text.chars().count()),
                None => continue,
            };
            snapshot.values.insert(field.name.clone(), value);
        }
        snapshot
    }

    /// The facts of an example: a text alone, or fields with values. A text brings with it what follows from it.
    pub fn of_example(facts: &[(String, Given)], vocabulary: &Vocabulary) -> Self {
        let is_text = |name: &str| {
            name.is_empty()
                || vocabulary.field(name).is_some_and(|field| field.from_text == Some(Derived::Text))
        };
        let mut snapshot = match facts.iter().find(|(name, _)| is_text(name)) {
            Some((_, Given::Word(text))) => Self::of_text(text, vocabulary),
            _ => Self::default(),
        };
        for (name, given) in facts.iter().filter(|(name, _)| !is_text(name)) {
            let text =
                vocabulary.field(name).is_some_and(|field| field.kind == crate::vocabulary::FieldKind::Text);
            let value = match given {
                Given::Word(word) if text => Value::Text(Passage::markdown(word.as_str())),
                Given::Word(word) => Value::Word(word.clone()),
                Given::Number(number) => Value::Number(*number),
                Given::Flag(flag) => Value::Flag(*flag),
                Given::Many(words) => Value::List(words.clone()),
                Given::Length(length) => match length.millis() {
                    Some(millis) => Value::Duration(millis),
                    None => {
                        snapshot.business.insert((name.clone(), length.unit), f64::from(length.amount));
                        continue;
                    }
                },
            };
            snapshot.values.insert(name.clone(), value);
        }
        snapshot
    }
}

impl Facts for Snapshot {
    fn value(&self, field: &str) -> Option<Value> {
        self.values.get(field).cloned()
    }

    fn business(&self, field: &str, unit: Unit) -> Option<f64> {
        self.business.get(&(field.to_owned(), unit)).copied()
    }

    fn times(&self, event: &str, _: i64) -> Option<u64> {
        self.counts.get(event).copied()
    }

    fn distinct(&self, who: &str, event: &str, _: i64) -> Option<u64> {
        self.counts.get(&format!("{who}, {event}")).copied()
    }

    fn shape(&self, field: &str, shape: &str) -> Option<Vec<(usize, usize)>> {
        self.shapes.get(&(field.to_owned(), shape.to_owned())).cloned()
    }
}
