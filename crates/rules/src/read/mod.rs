//! From a text to typed rules. Everything that is wrong is found in one pass, not only the first thing.

mod actions;
mod conditions;
mod operators;
mod slips;
mod subjects;
mod timing;
mod tokens;
pub(crate) mod values;

use actions::parameter_value;
pub use operators::operators_of;

use crate::finding::{At, Finding, nearest};
use crate::length::brief;
use crate::rule::{Example, Given, Rule};
use crate::vocabulary::{FieldKind, Vocabulary};
use crate::yaml::{self, Data, Document, Node};

/// Rules in one text.
const MOST_RULES: usize = 5_000;
/// Texts a rule is tried on, of each sort.
const MOST_EXAMPLES: usize = 200;
/// Findings that are told; a text with more is no text of rules.
const MOST_FINDINGS: usize = 500;
/// Characters an example may have.
const LONGEST_EXAMPLE: usize = 10_000;

/// The keys of a rule, in the order in which they are written. The place of a finding about a form counts them.
pub const KEYS: [&str; 16] = [
    "rule",
    "why",
    "owner",
    "guideline",
    "when",
    "every",
    "for each",
    "if",
    "if any",
    "unless",
    "then",
    "limit",
    "expires",
    "review",
    "hold out",
    "examples",
];

/// The keys of a segment.
const SEGMENT_KEYS: [&str; 6] = ["segment", "why", "owner", "if", "if any", "unless"];

/// What people write instead, and what they mean by it.
const OTHER_WORDS: [(&str, &str); 16] = [
    ("on", "when"),
    ("trigger", "when"),
    ("event", "when"),
    ("conditions", "if"),
    ("condition", "if"),
    ("any", "if any"),
    ("except", "unless"),
    ("if not", "unless"),
    ("do", "then"),
    ("actions", "then"),
    ("action", "then"),
    ("name", "rule"),
    ("title", "rule"),
    ("schedule", "every"),
    ("at", "every"),
    ("each", "for each"),
];

/// What the documents of a text are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    Rule,
    Segment,
}

/// What was read, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Every rule that could be read whole, in the order of the text.
    pub rules: Vec<Rule>,
    /// What is wrong, in the order of the text.
    pub findings: Vec<Finding>,
}

/// Reads the rules of a text with the words of `vocabulary`. Several rules stand between lines of `---`.
///
/// This finds what is wrong with each rule's own words; [`crate::check`] also looks at what they mean.
pub fn read(text: &str, vocabulary: &Vocabulary) -> Reading {
    read_all(text, Sort::Rule, vocabulary)
}

pub(crate) fn read_all(text: &str, sort: Sort, vocabulary: &Vocabulary) -> Reading {
    let mut reading = Reading::default();
    let documents = yaml::documents(text, &mut reading.findings);
    if documents.is_empty() && reading.findings.is_empty() {
        let (what, meant) = match sort {
            Sort::Rule => ("rule", "rule: Links of newcomers"),
            Sort::Segment => ("segment", "segment: customers"),
        };
        let message = format!("There is no {what} in this text. Begin with \"{what}:\" and its name.");
        reading.findings.push(Finding::error(At { line: 1, column: 1 }, message).meaning(Some(meant)));
    }
    if documents.len() > MOST_RULES {
        let message = format!("At most {MOST_RULES} rules are read from one text.");
        reading.findings.push(Finding::error(At { line: 1, column: 1 }, message));
        return reading;
    }
    for document in documents {
        let mut findings = Vec::new();
        let rule = read_rule(document, sort, vocabulary, &mut findings);
        let name = rule.as_ref().map(|rule| rule.name.clone()).filter(|name| !name.is_empty());
        for finding in &mut findings {
            finding.rule.clone_from(&name);
        }
        let sound = crate::may_be_saved(&findings);
        reading.findings.extend(findings);
        reading.rules.extend(rule.filter(|_| sound));
    }
    reading.findings.sort_by_key(|finding| (finding.at.line, finding.at.column));
    if let Some(last) = reading.findings.get(MOST_FINDINGS) {
        let more = reading.findings.len() - MOST_FINDINGS;
        let rest = Finding::error(
            last.at,
            format!("From here on there are {more} more findings. Correct the first ones."),
        );
        reading.findings.truncate(MOST_FINDINGS);
        reading.findings.push(rest);
    }
    reading
}

pub(crate) fn read_rule(
    document: Document,
    sort: Sort,
    vocabulary: &Vocabulary,
    findings: &mut Vec<Finding>,
) -> Option<Rule> {
    let root = document.root?;
    let Data::Map(pairs) = &root.data else {
        let what = if sort == Sort::Rule { "rule" } else { "segment" };
        let message = format!("Here is {}; a {what} begins with \"{what}:\" and its name.", root.kind());
        findings.push(Finding::error(root.at, message));
        return None;
    };
    let mut rule = Rule { comments: document.comments, at: root.at, ..Rule::default() };
    for at in document.other_comments {
        let message = "The form editor keeps comments above a rule only; this one will be lost there.";
        findings.push(Finding::notice(at, message));
    }
    let mut seen: Vec<String> = Vec::new();
    let mut meant: Vec<String> = Vec::new();
    for (key, value) in pairs {
        let name = known_key(&key.written().unwrap_or_default());
        if seen.contains(&name) {
            let message = format!("\"{name}\" stands here twice. Only one can hold; join them or drop one.");
            findings.push(Finding::error(key.at, message));
            continue;
        }
        let taken = match sort {
            Sort::Rule => take(&mut rule, &name, key, value, vocabulary, findings),
            Sort::Segment => take_of_segment(&mut rule, &name, key, value, vocabulary, findings),
        };
        if taken {
            seen.push(name);
        } else {
            meant.extend(findings.last().and_then(|finding| finding.meant.clone()));
        }
    }
    // What was meant for a part is missing only because of its name.
    seen.append(&mut meant);
    whole(sort, &seen, root.at, findings);
    timing::scheduled(&rule, root.at, findings);
    Some(rule)
}

/// The name of a part; a telephone begins lines with capitals.
fn known_key(written: &str) -> String {
    let lower = written.trim().to_lowercase();
    if KEYS.contains(&lower.as_str()) || SEGMENT_KEYS.contains(&lower.as_str()) {
        lower
    } else {
        written.to_owned()
    }
}

/// What must stand in every rule or segment.
fn whole(sort: Sort, seen: &[String], at: At, findings: &mut Vec<Finding>) {
    let needed: &[(&str, &str)] = match sort {
        Sort::Rule => &[
            ("rule", "A rule needs a name: begin with \"rule:\"."),
            ("when", "A rule needs an event that sets it off: add \"when:\"."),
            ("then", "A rule without an action does nothing: add \"then:\"."),
        ],
        Sort::Segment => &[("segment", "A segment needs a name: begin with \"segment:\".")],
    };
    for (needed, advice) in needed {
        if !seen.iter().any(|key| key == needed) {
            findings.push(Finding::error(at, *advice));
        }
    }
    if !seen.iter().any(|key| key == "if" || key == "if any") {
        let message = match sort {
            Sort::Rule => {
                "A rule without a condition acts on everything: add \"if:\". If that is meant, write \"if: always\"."
            }
            Sort::Segment => {
                "A segment without a condition is everybody: add \"if:\". If that is meant, write \"if: always\"."
            }
        };
        findings.push(Finding::error(at, message));
    }
}

/// Takes one key of a segment; false when it is none.
fn take_of_segment(
    rule: &mut Rule,
    name: &str,
    key: &Node,
    value: &Node,
    vocabulary: &Vocabulary,
    findings: &mut Vec<Finding>,
) -> bool {
    match name {
        "segment" => rule.name = prose(value, 60, findings).unwrap_or_default(),
        "why" | "owner" | "if" | "if any" | "unless" => {
            return take(rule, name, key, value, vocabulary, findings);
        }
        _ => {
            let others =
                [("name", "segment"), ("rule", "segment"), ("conditions", "if"), ("except", "unless")];
            let meant = nearest(name, SEGMENT_KEYS.into_iter().chain(others.iter().map(|(word, _)| *word)));
            let meant = meant
                .map(|word| others.iter().find(|(other, _)| *other == word).map_or(word, |(_, key)| *key));
            let message = format!(
                "A segment has no part \"{}\". It has a name, conditions, and \"why\" and \"owner\".",
                brief(name)
            );
            findings.push(Finding::error(key.at, message).meaning(meant));
            return false;
        }
    }
    true
}

/// Takes one key of a rule; false when it is none.
fn take(
    rule: &mut Rule,
    name: &str,
    key: &Node,
    value: &Node,
    vocabulary: &Vocabulary,
    findings: &mut Vec<Finding>,
) -> bool {
    match name {
        "rule" => rule.name = prose(value, 120, findings).unwrap_or_default(),
        "why" => rule.why = prose(value, 2_000, findings),
        "owner" => (rule.owner, rule.places.owner) = (prose(value, 120, findings), value.at),
        "guideline" => (rule.guideline, rule.places.guideline) = (prose(value, 120, findings), value.at),
        "when" => (rule.when, rule.places.when) = (events(value, vocabulary, findings), value.at),
        "every" => (rule.every, rule.places.every) = (timing::every(value, findings), value.at),
        "for each" => (rule.each, rule.places.each) = (timing::each(value, findings), value.at),
        "segment" => {
            let message = "This is a segment, and a rule stands here. Segments have a page of their own: write it there, and ask \"author.segment includes any: [its name]\" here.";
            findings.push(Finding::error(key.at, message));
            return false;
        }
        "if" => rule.all = conditions::conditions(value, vocabulary, findings),
        "if any" => rule.any = conditions::conditions(value, vocabulary, findings),
        "unless" => rule.unless = conditions::conditions(value, vocabulary, findings),
        "then" => {
            let before = findings.len();
            (rule.then, rule.places.then) = (actions::steps(value, vocabulary, findings), value.at);
            if rule.then.is_empty() && findings.len() == before {
                findings.push(Finding::error(value.at, "A rule without an action does nothing. Name one."));
            }
        }
        "limit" => rule.limits = timing::limits(value, findings),
        "expires" => rule.expires = timing::ending(value, name, findings),
        "review" => rule.review = timing::ending(value, name, findings),
        "hold out" => rule.hold_out = timing::hold_out(value, findings),
        "examples" => examples(rule, value, vocabulary, findings),
        "mode" => {
            let message =
                "Whether a rule only watches or acts is set on its page, not in its text: drop this line.";
            findings.push(Finding::error(key.at, message));
            return false;
        }
        _ => {
            let others = OTHER_WORDS.iter().map(|(word, _)| *word);
            let meant = nearest(name, KEYS.into_iter().chain(others));
            let meant = meant.map(|word| {
                OTHER_WORDS.iter().find(|(other, _)| *other == word).map_or(word, |(_, key)| *key)
            });
            let parts =
                if meant.is_none() { format!(" It has: {}.", KEYS.join(", ")) } else { String::new() };
            let message = format!("A rule has no part \"{}\".{parts}", brief(name));
            findings.push(Finding::error(key.at, message).meaning(meant));
            return false;
        }
    }
    true
}

fn prose(value: &Node, most: usize, findings: &mut Vec<Finding>) -> Option<String> {
    let written = value.written().map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    match written {
        Some(text) if text.is_empty() => {
            findings.push(Finding::error(value.at, "Nothing stands behind the colon."));
        }
        Some(text) if text.chars().count() > most => {
            findings.push(Finding::error(value.at, format!("This is too long: at most {most} characters.")));
        }
        Some(text) if text.chars().any(char::is_control) => {
            findings.push(Finding::error(value.at, "This holds a sign nobody sees."));
        }
        Some(text) => return Some(text),
        None => {
            let message = format!("Here is {}; a text is needed.", value.kind());
            findings.push(Finding::error(value.at, message));
        }
    }
    None
}

fn events(value: &Node, vocabulary: &Vocabulary, findings: &mut Vec<Finding>) -> Vec<String> {
    let Some(items) = values::items(value, findings) else { return Vec::new() };
    let known = vocabulary.events.iter().map(|event| event.name.as_str());
    values::chosen(&items, &known, "an event", findings).unwrap_or_default()
}

fn examples(rule: &mut Rule, value: &Node, vocabulary: &Vocabulary, findings: &mut Vec<Finding>) {
    let Data::Map(pairs) = &value.data else {
        let message = "Examples are two lists, \"match:\" and \"no match:\".";
        findings.push(Finding::error(value.at, message).meaning(Some("examples: {match: [\"…\"]}")));
        return;
    };
    for (key, list) in pairs {
        let nodes = match &list.data {
            Data::List(nodes) => nodes.as_slice(),
            _ => std::slice::from_ref(list),
        };
        if nodes.len() > MOST_EXAMPLES {
            findings.push(Finding::error(
                list.at,
                format!("At most {MOST_EXAMPLES} examples of a sort are tried."),
            ));
            continue;
        }
        let read = nodes.iter().filter_map(|node| example(node, vocabulary, findings)).collect();
        match key.written().as_deref() {
            Some("match") => rule.matching = read,
            Some("no match") => rule.not_matching = read,
            other => {
                let message = "Examples are \"match:\" and \"no match:\".";
                let meant = nearest(other.unwrap_or_default(), ["match", "no match"]);
                findings.push(Finding::error(key.at, message).meaning(meant));
            }
        }
    }
}

fn example(node: &Node, vocabulary: &Vocabulary, findings: &mut Vec<Finding>) -> Option<Example> {
    let Data::Map(pairs) = &node.data else {
        let text = node.written().filter(|text| !text.is_empty() && text.chars().count() <= LONGEST_EXAMPLE);
        if text.is_none() {
            let message =
                format!("An example is a text of at most {LONGEST_EXAMPLE} characters, or facts in {{ }}.");
            findings.push(Finding::error(node.at, message));
        }
        return Some(Example { facts: vec![(String::new(), Given::Word(text?))], at: node.at });
    };
    let before = findings.len();
    let mut facts = Vec::new();
    for (key, value) in pairs {
        let name = key.written().unwrap_or_default();
        if let Some(given) = fact(&name, key.at, value, vocabulary, findings) {
            facts.push((name, given));
        }
    }
    (findings.len() == before).then_some(Example { facts, at: node.at })
}

/// One fact of an example: a field and its value.
fn fact(
    name: &str,
    at: At,
    value: &Node,
    vocabulary: &Vocabulary,
    findings: &mut Vec<Finding>,
) -> Option<Given> {
    let Some(field) = vocabulary.field(name) else {
        let names = vocabulary.fields.iter().map(|field| field.name.as_str());
        let message = format!("There is no field \"{}\".", brief(name));
        findings.push(Finding::error(at, message).meaning(nearest(name, names)));
        return None;
    };
    let parameter = crate::vocabulary::Parameter {
        name: name.to_owned(),
        kind: if field.kind == FieldKind::Calendar { FieldKind::List } else { field.kind },
        required: true,
        one_of: field.one_of.clone(),
        names: None,
        most: field.most,
        most_days: Some(36_600),
    };
    if field.kind == FieldKind::Text {
        let text = value.written();
        if text.is_none() {
            findings.push(Finding::error(value.at, format!("\"{name}\" is a text.")));
        }
        return text.map(Given::Word);
    }
    parameter_value(&parameter, &values::items(value, findings)?, findings)
}
