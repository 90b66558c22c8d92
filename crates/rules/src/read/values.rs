//! Values of conditions and actions: typed, with a sentence when they are not.

use regex::RegexBuilder;

use crate::finding::{At, Finding, nearest};
use crate::length::{Length, brief};
use crate::rule::Amount;
use crate::yaml::{Data, Node, number};

/// Values a list may have.
const MOST_ITEMS: usize = 2_000;
/// Characters one word or pattern may have.
const LONGEST_WORD: usize = 500;
/// Bytes a compiled pattern may take (the regex crate's measure): a pattern cannot exhaust memory.
pub(crate) const PATTERN_SIZE: usize = 1 << 20;

/// Quotes that word processors make of straight ones.
const CURLY: [char; 8] = ['“', '”', '„', '‟', '«', '»', '‘', '’'];

/// One value as it was written.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) at: At,
    pub(crate) written: String,
    /// False when the value is a number or a flag in the core schema.
    pub(crate) is_text: bool,
    /// True when it stood in quotes, or in a field of a form of its own.
    pub(crate) quoted: bool,
}

/// The values that stand behind an operator or a key.
pub(crate) fn items(node: &Node, findings: &mut Vec<Finding>) -> Option<Vec<Item>> {
    let nodes = match &node.data {
        Data::List(nodes) => nodes.as_slice(),
        Data::Map(_) | Data::Nothing => {
            let message = format!("Here is {}; one value or a list in [ ] is needed.", node.kind());
            findings.push(Finding::error(node.at, message));
            return None;
        }
        _ => std::slice::from_ref(node),
    };
    if nodes.is_empty() || nodes.len() > MOST_ITEMS {
        let message = if nodes.is_empty() {
            "This list is empty. Name at least one thing, or leave the line out.".to_owned()
        } else {
            format!("This list has {} entries; at most {MOST_ITEMS} are read. Split the rule.", nodes.len())
        };
        findings.push(Finding::error(node.at, message));
        return None;
    }
    let before = findings.len();
    let mut found = Vec::with_capacity(nodes.len());
    for item in nodes {
        match item.written() {
            Some(written) if item.data != Data::Nothing => {
                let is_text = matches!(item.data, Data::Text(..));
                let quoted = matches!(item.data, Data::Text(_, true));
                found.push(Item { at: item.at, written, is_text, quoted });
            }
            _ => {
                let message = format!("Here is {}; a single word or text is needed.", item.kind());
                findings.push(Finding::error(item.at, message));
            }
        }
    }
    (findings.len() == before).then_some(found)
}

/// Words and texts. A bare number or `true` is asked to be put in quotes, so that nobody wonders.
pub(crate) fn words(items: &[Item], findings: &mut Vec<Finding>) -> Option<Vec<String>> {
    let before = findings.len();
    let mut found: Vec<String> = Vec::with_capacity(items.len());
    let mut seen = std::collections::HashSet::new();
    for item in items {
        let written = &item.written;
        if !item.is_text {
            let message = format!("{} without quotes is not a text.", brief(written));
            findings.push(Finding::error(item.at, message).meaning(Some(format!("'{}'", brief(written)))));
        } else if !item.quoted && written.starts_with(CURLY) && written.ends_with(CURLY) {
            let message = "Curly quotes of a word processor are not quotes here. Write straight ones.";
            let bare = brief(written.trim_matches(CURLY));
            findings.push(Finding::error(item.at, message).meaning(Some(format!("\"{bare}\""))));
        } else if written.trim().is_empty() {
            findings.push(Finding::error(item.at, "This text is empty."));
        } else if written.chars().count() > LONGEST_WORD {
            let message = format!("This text is too long: at most {LONGEST_WORD} characters.");
            findings.push(Finding::error(item.at, message));
        } else if written.chars().any(char::is_control) {
            findings
                .push(Finding::error(item.at, "This text holds a line break or another sign nobody sees."));
        } else if !seen.insert(written.clone()) {
            let message = format!("\"{}\" stands in this list twice.", brief(written));
            findings.push(Finding::error(item.at, message));
        } else {
            found.push(written.clone());
        }
    }
    (findings.len() == before).then_some(found)
}

/// Words that must be among `allowed`.
pub(crate) fn chosen<'a>(
    items: &[Item],
    allowed: &(impl Iterator<Item = &'a str> + Clone),
    what: &str,
    findings: &mut Vec<Finding>,
) -> Option<Vec<String>> {
    let found = words(items, findings)?;
    let before = findings.len();
    for (item, word) in items.iter().zip(&found) {
        if !allowed.clone().any(|known| known == word) {
            let message =
                format!("\"{}\" is not {what}. It can be {}.", brief(word), listed(allowed.clone()));
            findings.push(Finding::error(item.at, message).meaning(nearest(word, allowed.clone())));
        }
    }
    (findings.len() == before).then_some(found)
}

/// At most twelve names, for a message.
pub(crate) fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.take(13).collect();
    if names.len() > 12 { format!("{} and others", names[..12].join(", ")) } else { names.join(", ") }
}

/// One item where only one can stand.
pub(crate) fn single<'a>(items: &'a [Item], findings: &mut Vec<Finding>) -> Option<&'a Item> {
    if let Some(extra) = items.get(1) {
        findings.push(Finding::error(extra.at, "Only one value can stand here."));
        return None;
    }
    items.first()
}

/// A number, not below zero.
pub(crate) fn amount(
    item: &Item,
    most: Option<f64>,
    whole: bool,
    findings: &mut Vec<Finding>,
) -> Option<Amount> {
    let written = item.written.trim();
    let Some(value) = number(written) else {
        let message = format!("\"{}\" is not a number.", brief(written));
        let first = written.split_whitespace().next().filter(|word| number(word).is_some());
        findings.push(Finding::error(item.at, message).meaning(first));
        return None;
    };
    let message = if value < 0.0 {
        "A number here is never below zero.".to_owned()
    } else if whole && value.fract() != 0.0 {
        "This counts things: write a whole number.".to_owned()
    } else if value > most.unwrap_or(1e12) {
        format!("{written} is too large: at most {}.", most.unwrap_or(1e12))
    } else {
        return Some(Amount::Number(value));
    };
    findings.push(Finding::error(item.at, message));
    None
}

/// A share from 0 to 1; percent are understood.
pub(crate) fn share(item: &Item, findings: &mut Vec<Finding>) -> Option<Amount> {
    let written = item.written.trim();
    let percent = written.strip_suffix('%').or_else(|| written.strip_suffix("percent"));
    let value = match percent {
        Some(rest) => number(rest.trim()).map(|value| value / 100.0),
        None => number(written),
    };
    match value {
        Some(value) if (0.0..=1.0).contains(&value) => Some(Amount::Number(value)),
        _ => {
            let message =
                format!("\"{}\" is not a share. Write a number from 0 to 1, or percent.", brief(written));
            let share = value.or_else(|| number(written.trim_start_matches('%')));
            findings.push(Finding::error(item.at, message).meaning(share.map(|v| (v / 100.0).to_string())));
            None
        }
    }
}

/// A length of time.
pub(crate) fn length(item: &Item, findings: &mut Vec<Finding>) -> Option<Length> {
    match Length::read(&item.written) {
        Ok(length) => Some(length),
        Err((message, meant)) => {
            findings.push(Finding::error(item.at, message).meaning(meant));
            None
        }
    }
}

/// Checks a regular expression: readable, and of bounded size.
pub(crate) fn pattern(item: &Item, findings: &mut Vec<Finding>) -> Option<()> {
    let built = RegexBuilder::new(&item.written).size_limit(PATTERN_SIZE).build();
    let message = match built {
        Ok(regex) if regex.is_match("") => {
            "This pattern matches every text, even an empty one. Make at least one part of it required."
                .to_owned()
        }
        Ok(_) => return Some(()),
        Err(regex::Error::CompiledTooBig(_)) => {
            "This pattern is too large. Use smaller counts in { }, or several patterns.".to_owned()
        }
        Err(error) => {
            let detail = error.to_string();
            let last = detail.lines().last().unwrap_or_default().trim_start_matches("error: ");
            if last.contains("look-around") || last.contains("backreferences") {
                "This pattern looks ahead, behind or back, which cannot be searched in one pass. Write it without (?=, (?!, (?<= or \\1.".to_owned()
            } else {
                format!("This pattern cannot be read: {last}.")
            }
        }
    };
    findings.push(Finding::error(item.at, message));
    None
}
