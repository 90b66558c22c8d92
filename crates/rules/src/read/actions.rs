//! Actions and their parameters.

use super::slips::no_dash;
use super::values::{self, Item, items};
use crate::finding::{Finding, nearest};
use crate::length::{Length, Unit, brief};
use crate::rule::{Action, Amount, Given, Step};
use crate::vocabulary::{ActionWord, FieldKind, Parameter, Phrase, Vocabulary};
use crate::yaml::{Data, Node};

/// Actions in one rule.
const MOST: usize = 50;

/// The steps behind `then:`.
pub(super) fn steps(node: &Node, vocabulary: &Vocabulary, findings: &mut Vec<Finding>) -> Vec<Step> {
    let nodes = match &node.data {
        Data::List(nodes) => nodes.as_slice(),
        _ => std::slice::from_ref(node),
    };
    if nodes.len() > MOST {
        findings.push(Finding::error(node.at, format!("A rule does at most {MOST} things.")));
        return Vec::new();
    }
    nodes.iter().filter_map(|node| step(node, vocabulary, findings)).collect()
}

/// The name of an action and what stands behind its colon.
fn entries(node: &Node) -> Vec<(&Node, Option<&Node>)> {
    match &node.data {
        Data::Map(pairs) => pairs.iter().map(|(key, value)| (key, Some(value))).collect(),
        _ => vec![(node, None)],
    }
}

fn step(node: &Node, vocabulary: &Vocabulary, findings: &mut Vec<Finding>) -> Option<Step> {
    let entries = entries(node);
    let [(key, value)] = entries.as_slice() else {
        let message = "Every action stands on a line of its own that begins with \"- \".";
        findings.push(Finding::error(entries.get(1).map_or(node.at, |(key, _)| key.at), message));
        return None;
    };
    match key.text().and_then(|text| text.strip_prefix("after ")) {
        Some(wait) => later(key, wait, *value, vocabulary, findings),
        None => action(key, *value, vocabulary, findings).map(Step::Now),
    }
}

/// `after 4 business hours without reply: …`
fn later(
    key: &Node,
    wait: &str,
    value: Option<&Node>,
    vocabulary: &Vocabulary,
    findings: &mut Vec<Finding>,
) -> Option<Step> {
    let (wait, without_reply) = match wait.trim().strip_suffix("without reply") {
        Some(wait) => (wait, true),
        None => (wait, false),
    };
    let at = key.inside().right(6);
    let wait =
        values::length(&Item { at, written: wait.trim().to_owned(), is_text: true, quoted: false }, findings);
    if let Some(wait) = wait
        && (wait.amount == 0 || wait.unit != Unit::BusinessDay && wait.millis() > Some(365 * 86_400_000))
    {
        findings.push(Finding::error(at, "A rule waits longer than nothing and at most a year."));
        return None;
    }
    let Some(value) = value else {
        findings.push(
            Finding::error(key.at, "What is done then? Write it behind a colon.")
                .meaning(Some("after 1 day: {notify: {who: …}}")),
        );
        return None;
    };
    let nodes = match &value.data {
        Data::List(nodes) => nodes.as_slice(),
        _ => std::slice::from_ref(value),
    };
    let mut actions = Vec::new();
    for (key, value) in nodes.iter().flat_map(entries) {
        if key.text().is_some_and(|text| text.starts_with("after ")) {
            findings.push(Finding::error(
                key.at,
                "Waiting cannot stand inside of waiting. Write a second step with the whole time.",
            ));
        } else {
            actions.push(action(key, value, vocabulary, findings)?);
        }
    }
    if actions.is_empty() {
        findings.push(Finding::error(value.at, "Nothing is done then. Name an action."));
        return None;
    }
    Some(Step::Later { wait: wait?, without_reply, actions, at: key.at })
}

fn action(
    key: &Node,
    value: Option<&Node>,
    vocabulary: &Vocabulary,
    findings: &mut Vec<Finding>,
) -> Option<Action> {
    let Some(name) = key.text() else {
        let message = format!("Here is {}; the name of an action is needed.", key.kind());
        findings.push(Finding::error(key.at, message));
        return None;
    };
    let Some(word) = vocabulary.action(name) else {
        unknown(name, key, vocabulary, findings);
        return None;
    };
    let given = match value.map(|node| (node, &node.data)) {
        None | Some((_, Data::Nothing)) => Vec::new(),
        Some((node, Data::Map(pairs))) => settings(word, node, pairs, findings)?,
        Some((node, _)) => phrase(word, node, findings)?,
    };
    let mut sorted = Vec::with_capacity(given.len());
    for parameter in &word.parameters {
        match given.iter().find(|(name, _)| *name == parameter.name) {
            Some(found) => sorted.push(found.clone()),
            None if parameter.required => {
                let message =
                    format!("\"{name}\" needs \"{}\", which is {}.", parameter.name, parameter.kind.says());
                findings.push(Finding::error(key.at, message).meaning(example(word)));
                return None;
            }
            None => {}
        }
    }
    Some(Action { name: name.to_owned(), given: sorted, at: key.at })
}

fn unknown(name: &str, key: &Node, vocabulary: &Vocabulary, findings: &mut Vec<Finding>) {
    if let Some(finding) = no_dash(name, key.inside()) {
        findings.push(finding);
        return;
    }
    let first = name.split(' ').next().unwrap_or_default();
    if let Some(instead) = vocabulary.never.get(first).filter(|_| vocabulary.action(name).is_none()) {
        findings.push(Finding::error(key.at, instead.clone()));
        return;
    }
    let names = vocabulary.actions.iter().map(|action| action.name.as_str());
    // "add tag first-post" without a colon: the action is known, its value is not behind a colon.
    let begun =
        names.clone().find(|known| name.strip_prefix(known).is_some_and(|rest| rest.starts_with([' ', ':'])));
    let value = |known: &str| name[known.len()..].trim_matches([' ', ':', ',']).to_owned();
    let meant = begun.map(|known| format!("{known}: {}", value(known)));
    let meant = meant.or_else(|| nearest(name, names).map(str::to_owned));
    let message = format!("There is no action \"{}\".", brief(name));
    findings.push(Finding::error(key.at, message).meaning(meant));
}

/// How an action is written, for a message.
fn example(word: &ActionWord) -> Option<String> {
    if word.parameters.is_empty() {
        return None;
    }
    if !word.phrase.is_empty() {
        return Some(format!("{}: {}", word.name, Phrase::new(&word.phrase).shape()));
    }
    let needed = word.parameters.iter().filter(|parameter| parameter.required);
    let settings: Vec<String> = needed.map(|parameter| format!("{}: …", parameter.name)).collect();
    Some(format!("{}: {{{}}}", word.name, settings.join(", ")))
}

/// `{urgency: high, risk: brand-safety}`
fn settings(
    word: &ActionWord,
    node: &Node,
    pairs: &[(Node, Node)],
    findings: &mut Vec<Finding>,
) -> Option<Vec<(String, Given)>> {
    let before = findings.len();
    let mut found = Vec::new();
    for (key, value) in pairs {
        let name = key.written().unwrap_or_default();
        match word.parameter(&name) {
            Some(parameter) => {
                if let Some(items) = items(value, findings)
                    && let Some(given) = parameter_value(parameter, &items, findings)
                {
                    found.push((name, given));
                }
            }
            None => {
                let names = word.parameters.iter().map(|parameter| parameter.name.as_str());
                let message = if word.parameters.is_empty() {
                    format!("\"{}\" takes no settings.", word.name)
                } else {
                    format!(
                        "\"{}\" has no setting \"{}\". It has: {}.",
                        word.name,
                        brief(&name),
                        values::listed(names.clone())
                    )
                };
                let meant = match name.split_once(':').filter(|(known, _)| word.parameter(known).is_some()) {
                    Some((known, value)) => Some(format!("{known}: {}", brief(value))),
                    None => nearest(&name, names).map(str::to_owned),
                };
                findings.push(Finding::error(key.at, message).meaning(meant));
            }
        }
    }
    if pairs.is_empty() && !word.parameters.is_empty() {
        findings.push(Finding::error(node.at, "These settings are empty.").meaning(example(word)));
    }
    (findings.len() == before).then_some(found)
}

/// `10 minutes for 6 hours`
fn phrase(word: &ActionWord, node: &Node, findings: &mut Vec<Finding>) -> Option<Vec<(String, Given)>> {
    if word.phrase.is_empty() {
        let message = if word.parameters.is_empty() {
            format!("\"{}\" stands alone: leave out the colon and what follows.", word.name)
        } else {
            format!("\"{}\" takes its settings in {{ }}.", word.name)
        };
        findings.push(Finding::error(node.at, message).meaning(example(word)));
        return None;
    }
    let pattern = Phrase::new(&word.phrase);
    let before = findings.len();
    if let Data::List(_) = node.data {
        let list = word.parameters.first().filter(|only| only.kind == FieldKind::List);
        let Some(parameter) = list else {
            let message = format!("\"{}\" takes one value, not a list. Write a line for each.", word.name);
            findings.push(Finding::error(node.at, message));
            return None;
        };
        let given = parameter_value(parameter, &items(node, findings)?, findings)?;
        return Some(vec![(parameter.name.clone(), given)]);
    }
    let written = node.written()?;
    let Some(slots) = pattern.split(&written) else {
        let message = format!("I do not understand \"{}\" behind \"{}\".", brief(&written), word.name);
        findings.push(Finding::error(node.at, message).meaning(example(word)));
        return None;
    };
    let mut found = Vec::new();
    for (slot, value) in slots {
        let Some(parameter) = word.parameter(slot) else { continue };
        let column = written.find(value).map_or(0, |at| written[..at].chars().count());
        let is_text = matches!(node.data, Data::Text(..));
        let item = Item { at: node.inside().right(column), written: value.to_owned(), is_text, quoted: true };
        if let Some(given) = parameter_value(parameter, &[item], findings) {
            found.push((slot.to_owned(), given));
        }
    }
    (findings.len() == before).then_some(found)
}

/// Reads the value of one parameter by its type.
pub(super) fn parameter_value(
    parameter: &Parameter,
    items: &[Item],
    findings: &mut Vec<Finding>,
) -> Option<Given> {
    if parameter.kind == FieldKind::List {
        return values::words(items, findings).map(Given::Many);
    }
    let item = values::single(items, findings)?;
    match parameter.kind {
        FieldKind::Number => match values::amount(item, parameter.most, true, findings)? {
            Amount::Number(number) => Some(Given::Number(number)),
            Amount::Length(_) => None,
        },
        FieldKind::Share => match values::share(item, findings)? {
            Amount::Number(number) => Some(Given::Number(number)),
            Amount::Length(_) => None,
        },
        FieldKind::Duration => {
            let length = values::length(item, findings)?;
            bounded(parameter, length, item, findings).map(Given::Length)
        }
        FieldKind::Flag => match item.written.as_str() {
            "true" => Some(Given::Flag(true)),
            "false" => Some(Given::Flag(false)),
            _ => {
                let message = format!("\"{}\" is yes or no: write true or false.", parameter.name);
                findings.push(Finding::error(item.at, message));
                None
            }
        },
        _ if !parameter.one_of.is_empty() => {
            let what = format!("a value of \"{}\"", parameter.name);
            let known = parameter.one_of.iter().map(String::as_str);
            values::chosen(items, &known, &what, findings)?.pop().map(Given::Word)
        }
        _ => values::words(items, findings)?.pop().map(Given::Word),
    }
}

fn bounded(
    parameter: &Parameter,
    length: Length,
    item: &Item,
    findings: &mut Vec<Finding>,
) -> Option<Length> {
    let most = i64::from(parameter.most_days.unwrap_or(366)) * 86_400_000;
    let longest = match length.unit {
        Unit::BusinessDay => i64::from(length.amount) * 86_400_000,
        Unit::BusinessHour => i64::from(length.amount) * 3_600_000,
        _ => length.millis().unwrap_or(0),
    };
    let message = if longest == 0 {
        "This must be longer than nothing.".to_owned()
    } else if longest > most {
        let days = parameter.most_days.unwrap_or(366);
        format!("{length} is too long: a rule may ask for at most {days} days. A person can do more.")
    } else {
        return Some(length);
    };
    findings.push(Finding::error(item.at, message));
    None
}
