//! The words a rule may use: events, fields, things that are counted, actions. The language itself knows none of
//! them; they are an argument, so that the same language can select members and start playbooks.

mod names;
mod phrase;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use mainstreet_kernel::Role;
use serde::{Deserialize, Deserializer};

pub use names::Names;
pub(crate) use phrase::Phrase;

/// Everything a rule can speak of.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vocabulary {
    /// What can set a rule off.
    pub events: Vec<Event>,
    /// What a condition can ask about.
    pub fields: Vec<Field>,
    /// What `times` and `distinct` can count.
    pub counted: Vec<Counted>,
    /// Whom `distinct` can tell apart.
    pub who: Vec<String>,
    /// What `looks like` can recognise.
    pub shapes: Vec<String>,
    /// What a rule can do.
    pub actions: Vec<ActionWord>,
    /// Actions people will look for and that a rule may not do, with what to do instead.
    #[serde(default)]
    pub never: BTreeMap<String, String>,
    /// Where a name of each set of [`Names`] is made, as a sentence for somebody who misses one.
    #[serde(default)]
    pub made: BTreeMap<String, String>,
}

/// Something that happens and can set a rule off.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// As written after `when:`.
    pub name: String,
    /// What it is about: only fields and actions of these can be used with it.
    pub about: Vec<String>,
    /// For the form editor: completes "when …".
    #[serde(default)]
    pub says: String,
}

/// The type of a field or parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldKind {
    /// What somebody wrote.
    Text,
    /// A number, not below zero.
    Number,
    /// A length of time.
    Duration,
    /// Several words.
    List,
    /// True or false.
    Flag,
    /// A number from 0 to 1.
    Share,
    /// One of several words.
    Choice,
    /// The calendars that are open now.
    Calendar,
}

impl FieldKind {
    /// The word for a message: "a number".
    pub fn says(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Duration => "a length of time",
            Self::List => "a list",
            Self::Flag => "yes or no",
            Self::Share => "a share from 0 to 1",
            Self::Choice => "one word of several",
            Self::Calendar => "a calendar",
        }
    }
}

/// How a field follows from a post's text alone, so that an example can be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Derived {
    /// The text itself.
    #[serde(rename = "text")]
    Text,
    /// How many links it has.
    #[serde(rename = "link count")]
    LinkCount,
    /// The hosts of its links.
    #[serde(rename = "link domains")]
    LinkDomains,
    /// How many `@names` it has.
    #[serde(rename = "mention count")]
    MentionCount,
    /// How many characters it has.
    #[serde(rename = "length")]
    Length,
}

/// Something a condition can ask about.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// As written; a last part of `*` stands for any word.
    pub name: String,
    /// Its type.
    pub kind: FieldKind,
    /// What it belongs to; `any` can be asked at every event.
    pub of: String,
    /// For numbers: never a fraction.
    #[serde(default)]
    pub whole: bool,
    /// For numbers: the largest there is.
    pub most: Option<f64>,
    /// The set of [`Names`] its values come from.
    pub names: Option<String>,
    /// The words it can be, when they are fixed.
    #[serde(default)]
    pub one_of: Vec<String>,
    /// True when a condition on it narrows where a rule applies.
    #[serde(default)]
    pub scope: bool,
    /// True when it says on which channel something happened.
    #[serde(default)]
    pub channel: bool,
    /// How it follows from a text alone.
    pub from_text: Option<Derived>,
    /// For the form editor: "how many links it has".
    #[serde(default)]
    pub says: String,
}

/// Something `times` and `distinct` can count.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// As written: `flag on thread`.
    pub name: String,
    /// What it belongs to, as in [`Field::of`].
    pub of: String,
}

/// Something a rule can do.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionWord {
    /// As written.
    pub name: String,
    /// What it is done to, as in [`Field::of`].
    pub of: String,
    /// Of several actions of a group only one can be done to the same thing.
    pub group: Option<String>,
    /// True when it takes something away from somebody: gates and the statement of reasons follow from it.
    #[serde(default)]
    pub restricting: bool,
    /// True when it concerns an account and not one post.
    #[serde(default)]
    pub account: bool,
    /// True when it cannot be undone; such an action is refused in every rule.
    #[serde(default)]
    pub irreversible: bool,
    /// True when it keeps other rules from restricting.
    #[serde(default)]
    pub allows: bool,
    /// The least role that may write it into a rule.
    #[serde(deserialize_with = "role", default = "manager")]
    pub role: Role,
    /// Kinds of channels that can carry it out; empty means all.
    #[serde(default)]
    pub channels: Vec<String>,
    /// How its parameters are said in one line: `{each} for {for}`, with an optional end in `[…]`.
    #[serde(default)]
    pub phrase: String,
    /// What it needs to know.
    #[serde(default)]
    pub parameters: Vec<Parameter>,
    /// For the form editor.
    #[serde(default)]
    pub says: String,
}

/// Something an action needs to know.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// As written.
    pub name: String,
    /// Its type.
    pub kind: FieldKind,
    /// True when it may not be left out.
    #[serde(default)]
    pub required: bool,
    /// The words it can be, when they are fixed.
    #[serde(default)]
    pub one_of: Vec<String>,
    /// The set of [`Names`] its values come from.
    pub names: Option<String>,
    /// For numbers: the largest allowed.
    pub most: Option<f64>,
    /// For lengths of time: the most days allowed.
    pub most_days: Option<u32>,
}

fn role<'de, D: Deserializer<'de>>(from: D) -> Result<Role, D::Error> {
    let word = String::deserialize(from)?;
    word.parse().map_err(|error: mainstreet_kernel::Error| serde::de::Error::custom(error.safe))
}

fn manager() -> Role {
    Role::Manager
}

static STANDARD: LazyLock<Vocabulary> =
    LazyLock::new(|| Vocabulary::read(include_str!("../../vocabulary/standard.json")).unwrap_or_default());

impl Vocabulary {
    /// The words of the first release, in `vocabulary/standard.json`.
    pub fn standard() -> &'static Self {
        &STANDARD
    }

    /// Reads a vocabulary from JSON.
    ///
    /// # Errors
    /// When it is not JSON of this shape.
    pub fn read(json: &str) -> mainstreet_kernel::Result<Self> {
        serde_json::from_str(json).map_err(|error| {
            mainstreet_kernel::Error::invalid(format!("The vocabulary cannot be read: {error}."))
        })
    }

    /// The event of this name.
    pub fn event(&self, name: &str) -> Option<&Event> {
        self.events.iter().find(|event| event.name == name)
    }

    /// The field of this name, or the family it belongs to.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| match field.name.strip_suffix('*') {
            Some(family) => name.strip_prefix(family).is_some_and(|member| !member.is_empty()),
            None => field.name == name,
        })
    }

    /// The action of this name.
    pub fn action(&self, name: &str) -> Option<&ActionWord> {
        self.actions.iter().find(|action| action.name == name)
    }

    /// The counted thing of this name.
    pub fn counts(&self, name: &str) -> Option<&Counted> {
        self.counted.iter().find(|counted| counted.name == name)
    }
}

impl ActionWord {
    /// The parameter of this name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_vocabulary_holds_together() {
        let words = Vocabulary::read(include_str!("../../vocabulary/standard.json")).unwrap();
        let mut subjects: Vec<&str> =
            words.events.iter().flat_map(|event| &event.about).map(String::as_str).collect();
        subjects.push("any");
        for field in &words.fields {
            assert!(subjects.contains(&field.of.as_str()), "{}", field.name);
            assert!(!field.says.is_empty(), "{}", field.name);
        }
        for action in &words.actions {
            assert!(subjects.contains(&action.of.as_str()), "{}", action.name);
            assert!(!action.says.is_empty() && !action.irreversible, "{}", action.name);
            let slots = Phrase::new(&action.phrase);
            for slot in slots.slots() {
                assert!(action.parameter(slot).is_some(), "{}: {slot}", action.name);
            }
        }
        assert_eq!(words.field("signal.toxicity").map(|field| field.kind), Some(FieldKind::Share));
        assert!(words.field("signal.").is_none() && words.field("post").is_none());
    }
}
