//! Conditions as lines.

use super::scalar::{Place, literal, pattern, scalar};
use crate::rule::{Amount, Comparison, Condition, Quantity, Subject, Test, Way};

/// A condition in one line, with its lists in brackets. It reads back as the same condition.
pub fn line(condition: &Condition) -> String {
    let (mut text, tail) = split(condition);
    if let Some(tail) = tail {
        text.push(' ');
        text.push_str(&tail.inline());
    }
    text
}

/// A condition as an entry of a YAML list.
pub(super) fn entry(condition: &Condition) -> String {
    let (text, tail) = split(condition);
    match tail {
        // YAML reads at most 1024 characters as a key.
        Some(_) if text.chars().count() > 900 => scalar(&line(condition), Place::Line),
        Some(tail) => format!("{}: {}", scalar(&text, Place::Line), tail.yaml()),
        None => scalar(&text, Place::Line),
    }
}

/// The values behind the last operator of a line.
pub(super) struct Tail<'a> {
    values: &'a [String],
    kind: TailKind,
}

#[derive(Clone, Copy, PartialEq)]
enum TailKind {
    Literals,
    Names,
    /// A name that may stand without brackets when it is alone.
    Single,
    Patterns,
}

impl Tail<'_> {
    fn yaml(&self) -> String {
        let shown = |text: &String| match self.kind {
            TailKind::Literals => literal(text),
            TailKind::Patterns => pattern(text),
            TailKind::Names | TailKind::Single => scalar(text, Place::Brackets),
        };
        match (self.values, self.kind) {
            ([only], TailKind::Patterns) => pattern(only),
            ([only], TailKind::Single) => scalar(only, Place::Line),
            _ => format!("[{}]", self.values.iter().map(shown).collect::<Vec<_>>().join(", ")),
        }
    }

    fn inline(&self) -> String {
        let values: Vec<String> = self.values.iter().map(|text| word(text)).collect();
        match (values.as_slice(), self.kind) {
            ([only], TailKind::Single) => only.clone(),
            _ => format!("[{}]", values.join(", ")),
        }
    }
}

/// One value within a line: in quotes unless it is one simple word.
fn word(text: &str) -> String {
    let simple = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    let reserved = ["and", "or", "not", "true", "false"].contains(&text);
    if simple && !reserved && !text.is_empty() && crate::yaml::number(text).is_none() {
        text.to_owned()
    } else {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

/// The line, and the values that may stand behind its colon.
fn split(condition: &Condition) -> (String, Option<Tail<'_>>) {
    match condition {
        Condition::Always(_) => ("always".to_owned(), None),
        Condition::Not(inner) => {
            if matches!(**inner, Condition::All(_) | Condition::Any(_)) {
                (format!("not ({})", line(inner)), None)
            } else {
                let (text, tail) = split(inner);
                (format!("not {text}"), tail)
            }
        }
        Condition::All(parts) => {
            join(parts, " and ", |part| matches!(part, Condition::All(_) | Condition::Any(_)))
        }
        Condition::Any(parts) => join(parts, " or ", |part| matches!(part, Condition::Any(_))),
        Condition::Test(comparison) => question(comparison),
    }
}

fn join<'a>(
    parts: &'a [Condition],
    word: &str,
    bracketed: fn(&Condition) -> bool,
) -> (String, Option<Tail<'a>>) {
    let mut text = String::new();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            text.push_str(word);
        }
        if bracketed(part) {
            text.push_str(&format!("({})", line(part)));
        } else if at + 1 == parts.len() {
            let (rest, tail) = split(part);
            text.push_str(&rest);
            return (text, tail);
        } else {
            text.push_str(&line(part));
        }
    }
    (text, None)
}

/// What a question is about, as it is written: `times(flag on post, 2 hours)`.
pub fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Field(name) => name.clone(),
        Subject::Times { event, window } => format!("times({event}, {window})"),
        Subject::Distinct { who, event, window } => format!("distinct({who}, {event}, {window})"),
    }
}

pub(crate) fn amount(amount: Amount) -> String {
    match amount {
        Amount::Number(number) => number.to_string(),
        Amount::Length(length) => length.to_string(),
    }
}

fn quantity(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::Any => "any",
        Quantity::All => "all",
        Quantity::None => "none",
    }
}

fn options(way: Way) -> String {
    let options = way.options();
    if options.is_empty() { String::new() } else { format!(" ({})", options.join(", ")) }
}

fn question(comparison: &Comparison) -> (String, Option<Tail<'_>>) {
    let (operator, tail) = operator(&comparison.test);
    let subject = subject(&comparison.subject);
    (if operator.is_empty() { subject } else { format!("{subject} {operator}") }, tail)
}

/// The operator with its options, and its values when they are words.
fn operator(test: &Test) -> (String, Option<Tail<'_>>) {
    let tail = |values, kind| Some(Tail { values, kind });
    match test {
        Test::IsSet => (String::new(), None),
        Test::Compare(order, value) => (format!("{} {}", order.sign(), amount(*value)), None),
        Test::Between(low, high) => (format!("between {} and {}", amount(*low), amount(*high)), None),
        Test::Words(many, way, words) => {
            (format!("has {}{}", quantity(*many), options(*way)), tail(words, TailKind::Literals))
        }
        Test::Matches(way, words) => (format!("matches{}", options(*way)), tail(words, TailKind::Literals)),
        Test::Regex(way, patterns) => {
            (format!("matches regex{}", options(*way)), tail(patterns, TailKind::Patterns))
        }
        Test::LooksLike(shapes) => ("looks like".to_owned(), tail(shapes, TailKind::Names)),
        Test::Members(many, includes, names) => {
            let verb = if *includes { "includes" } else { "has" };
            (format!("{verb} {}", quantity(*many)), tail(names, TailKind::Names))
        }
        Test::OneOf(none, words) => match (words.as_slice(), none) {
            ([only], false) => (format!("is {}", word(only)), None),
            ([only], true) => (format!("is not {}", word(only)), None),
            (_, false) => ("is any of".to_owned(), tail(words, TailKind::Names)),
            (_, true) => ("is none of".to_owned(), tail(words, TailKind::Names)),
        },
        Test::Within(outside, calendars) => {
            let verb = if *outside { "outside" } else { "within" };
            (verb.to_owned(), tail(calendars, TailKind::Single))
        }
    }
}
