//! Rules as text: the one way in which a rule is written. What is printed reads back as the same rule.

mod line;
mod scalar;

use std::fmt::Write;

pub(crate) use line::amount;
pub use line::{line, subject};
use scalar::{Place, literal, scalar};

use crate::rule::{Action, Ending, Example, Given, Limit, Rule, Step};
use crate::vocabulary::{ActionWord, Phrase, Vocabulary};

/// Prints one rule. The vocabulary says how parameters are spoken.
pub fn print(rule: &Rule, vocabulary: &Vocabulary) -> String {
    let mut text = String::new();
    for comment in &rule.comments {
        put(&mut text, format_args!("#{comment}"));
    }
    let mut key = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            put(&mut text, format_args!("{name}: {value}"));
        }
    };
    let sentence = |text: &Option<String>| text.as_ref().map(|text| scalar(text, Place::Line));
    key("rule", Some(scalar(&rule.name, Place::Line)));
    key("why", sentence(&rule.why));
    key("owner", sentence(&rule.owner));
    key("guideline", sentence(&rule.guideline));
    key("when", Some(one_or_list(&rule.when)));
    key("every", rule.every.map(|schedule| schedule.to_string()));
    key("for each", rule.each.map(|each| each.to_string()));
    list(&mut text, "if", rule.all.iter().map(line::entry));
    list(&mut text, "if any", rule.any.iter().map(line::entry));
    list(&mut text, "unless", rule.unless.iter().map(line::entry));
    list(&mut text, "then", rule.then.iter().map(|step| print_step(step, vocabulary)));
    let limits: Vec<String> = rule.limits.iter().map(limit).collect();
    let mut key = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            put(&mut text, format_args!("{name}: {value}"));
        }
    };
    key("limit", (!limits.is_empty()).then(|| one_or_list(&limits)));
    key("expires", rule.expires.map(ending));
    key("review", rule.review.map(ending));
    key("hold out", rule.hold_out.map(|share| format!("{share} percent")));
    if !rule.matching.is_empty() || !rule.not_matching.is_empty() {
        put(&mut text, format_args!("examples:"));
        for (name, examples) in [("match", &rule.matching), ("no match", &rule.not_matching)] {
            if !examples.is_empty() {
                let shown: Vec<String> = examples.iter().map(example).collect();
                put(&mut text, format_args!("  {name}: [{}]", shown.join(", ")));
            }
        }
    }
    text
}

/// Prints a segment: its name and its conditions.
pub fn print_segment(segment: &Rule) -> String {
    let mut text = String::new();
    for comment in &segment.comments {
        put(&mut text, format_args!("#{comment}"));
    }
    let said =
        [("segment", Some(&segment.name)), ("why", segment.why.as_ref()), ("owner", segment.owner.as_ref())];
    for (name, value) in said.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        put(&mut text, format_args!("{name}: {}", scalar(value, Place::Line)));
    }
    list(&mut text, "if", segment.all.iter().map(line::entry));
    list(&mut text, "if any", segment.any.iter().map(line::entry));
    list(&mut text, "unless", segment.unless.iter().map(line::entry));
    text
}

/// Prints several rules, with `---` between them.
pub fn print_all<'a>(rules: impl IntoIterator<Item = &'a Rule>, vocabulary: &Vocabulary) -> String {
    let texts: Vec<String> = rules.into_iter().map(|rule| print(rule, vocabulary)).collect();
    texts.join("---\n")
}

fn put(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing into a string cannot fail.
    let _ = writeln!(text, "{line}");
}

fn list(text: &mut String, name: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        put(text, format_args!("{name}:"));
        for line in lines {
            put(text, format_args!("  - {line}"));
        }
    }
}

fn one_or_list(values: &[String]) -> String {
    match values {
        [only] => scalar(only, Place::Line),
        _ => {
            let shown: Vec<String> = values.iter().map(|value| scalar(value, Place::Brackets)).collect();
            format!("[{}]", shown.join(", "))
        }
    }
}

/// `2 requests per person per week`
pub(crate) fn limit(limit: &Limit) -> String {
    let noun = limit.noun.as_ref().map(|noun| format!(" {noun}")).unwrap_or_default();
    let person = if limit.per_person { " per person" } else { "" };
    format!("{}{noun}{person} per {}", limit.count, limit.per.word())
}

/// `in 90 days`, `2026-12-01`, `never`
pub(crate) fn ending(ending: Ending) -> String {
    match ending {
        Ending::Never => "never".to_owned(),
        Ending::In(length) => format!("in {length}"),
        Ending::On(year, month, day) => format!("{year:04}-{month:02}-{day:02}"),
    }
}

/// A value of a parameter or of an example's fact.
pub(crate) fn given_words(given: &Given) -> String {
    match given {
        Given::Word(word) => word.clone(),
        Given::Number(number) => number.to_string(),
        Given::Length(length) => length.to_string(),
        Given::Flag(flag) => flag.to_string(),
        Given::Many(words) => words.join(", "),
    }
}

fn given(given: &Given, place: Place) -> String {
    match given {
        Given::Word(word) => scalar(word, place),
        Given::Many(words) => {
            let shown: Vec<String> = words.iter().map(|word| scalar(word, Place::Brackets)).collect();
            format!("[{}]", shown.join(", "))
        }
        other => given_words(other),
    }
}

fn example(example: &Example) -> String {
    match example.facts.as_slice() {
        [(name, Given::Word(text))] if name.is_empty() => format!("\"{}\"", quoted(text)),
        facts => {
            let shown: Vec<String> = facts
                .iter()
                .map(|(name, value)| match value {
                    Given::Word(text) => format!("{}: {}", scalar(name, Place::Brackets), literal(text)),
                    other => format!("{}: {}", scalar(name, Place::Brackets), given(other, Place::Brackets)),
                })
                .collect();
            format!("{{{}}}", shown.join(", "))
        }
    }
}

fn quoted(text: &str) -> String {
    let shown = literal(text);
    shown.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).map_or(shown.clone(), str::to_owned)
}

/// A step as an entry of a YAML list.
pub(crate) fn print_step(step: &Step, vocabulary: &Vocabulary) -> String {
    match step {
        Step::Now(only) => action(only, vocabulary),
        Step::Later { wait, without_reply, actions, .. } => {
            let reply = if *without_reply { " without reply" } else { "" };
            let shown: Vec<String> = actions.iter().map(|one| braced(one, vocabulary)).collect();
            match shown.as_slice() {
                [only] => format!("after {wait}{reply}: {only}"),
                _ => format!("after {wait}{reply}: [{}]", shown.join(", ")),
            }
        }
    }
}

fn braced(one: &Action, vocabulary: &Vocabulary) -> String {
    let text = action_in(one, vocabulary, Place::Brackets);
    if one.given.is_empty() { text } else { format!("{{{text}}}") }
}

/// An action in one line: `slow mode: 10 minutes for 6 hours`.
pub fn action(one: &Action, vocabulary: &Vocabulary) -> String {
    action_in(one, vocabulary, Place::Line)
}

fn action_in(one: &Action, vocabulary: &Vocabulary, place: Place) -> String {
    if one.given.is_empty() {
        return one.name.clone();
    }
    if let Some(word) = vocabulary.action(&one.name) {
        if let [(_, many @ Given::Many(_))] = one.given.as_slice() {
            return format!("{}: {}", one.name, given(many, place));
        }
        if let Some(phrase) = phrase(one, word) {
            let shown = if one.given.iter().all(|(_, value)| matches!(value, Given::Number(_))) {
                phrase
            } else {
                scalar(&phrase, place)
            };
            return format!("{}: {shown}", one.name);
        }
    }
    let settings: Vec<String> = one
        .given
        .iter()
        .map(|(name, value)| format!("{}: {}", scalar(name, Place::Brackets), given(value, Place::Brackets)))
        .collect();
    format!("{}: {{{}}}", one.name, settings.join(", "))
}

/// The parameters in one line, when they can be told apart in it again.
fn phrase(one: &Action, word: &ActionWord) -> Option<String> {
    let pattern = Phrase::new(&word.phrase);
    let said = pattern.say(|name| one.get(name).map(given_words)).filter(|said| !said.is_empty())?;
    let again = pattern.split(&said)?;
    let same = again.len() == one.given.len()
        && again.iter().all(|(name, value)| one.get(name).is_some_and(|given| given_words(given) == *value));
    same.then_some(said)
}
