//! Slips in a line of a condition: what people write who have not read the guide, and what they mean.

use super::conditions::Reader;
use super::operators::Operator;
use super::tokens::Kind;
use crate::finding::{At, Finding};
use crate::length::brief;
use crate::yaml::{Data, Node};

/// `and`, `or` or `not`, also in capitals.
pub(super) fn is_joint(here: &str, word: &str) -> bool {
    here == word || here.len() == word.len() && here == word.to_uppercase()
}

/// True for a word that stands between two conditions.
pub(super) fn joins(word: &str) -> bool {
    is_joint(word, "and") || is_joint(word, "or")
}

/// True for operators that take several words.
pub(super) fn lists(operator: Operator) -> bool {
    matches!(
        operator,
        Operator::Has(_)
            | Operator::Includes(_)
            | Operator::IsAnyOf
            | Operator::IsNoneOf
            | Operator::LooksLike
    )
}

/// True for a text without quotes that holds a comma.
pub(super) fn comma(node: &Node) -> bool {
    matches!(&node.data, Data::Text(text, false) if text.contains(','))
}

/// A line that begins with something taken for a dash, or with a dash and no space.
pub(super) fn no_dash(line: &str, at: At) -> Option<Finding> {
    let first = line
        .chars()
        .next()
        .filter(|sign| "-\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2212}•·▪●○*".contains(*sign))?;
    let message = match first {
        '-' => "A space is missing behind the dash at the beginning of the line.".to_owned(),
        other => format!(
            "\"{other}\" is not the dash of a list. Begin the line with \"- \": the minus sign and a space."
        ),
    };
    // Lines that begin like this run together into one.
    let own = line.trim_start_matches(first).split(&format!(" {first}")).next().unwrap_or_default();
    Some(Finding::error(at, message).meaning(Some(format!("- {}", brief(own.trim())))))
}

impl Reader<'_, '_> {
    /// Whether what stands behind a flag means yes, in the languages volunteers write.
    pub(super) fn says_yes(&self) -> bool {
        const YES: [&str; 9] = ["yes", "true", "y", "1", "on", "ja", "oui", "si", "sí"];
        let last = self.tokens.iter().rev().find_map(|token| match &token.kind {
            Kind::Word(word) | Kind::Quoted(word) => Some(word.to_lowercase()),
            _ => None,
        });
        let behind = self.tail.and_then(Node::written).map(|written| written.to_lowercase());
        behind.or(last).is_some_and(|word| YES.contains(&word.as_str()))
    }

    /// A comparison in words, such as "is less than": the sign for it, and how many words that was.
    pub(super) fn in_words(&self) -> Option<(&'static str, usize)> {
        let words: Vec<String> = self
            .tokens
            .iter()
            .skip(self.next)
            .map_while(|token| match &token.kind {
                Kind::Word(word) => Some(word.to_lowercase()),
                _ => None,
            })
            .take(4)
            .collect();
        let known = [
            ("less than", "<"),
            ("fewer than", "<"),
            ("younger than", "<"),
            ("shorter than", "<"),
            ("more than", ">"),
            ("greater than", ">"),
            ("older than", ">"),
            ("longer than", ">"),
            ("at least", ">="),
            ("at most", "<="),
        ];
        let start = usize::from(words.first().is_some_and(|word| word == "is"));
        let said = words.get(start..start + 2)?.join(" ");
        known.iter().find(|(words, _)| *words == said).map(|(_, sign)| (*sign, start + 2))
    }

    /// True when a word in the middle of a value is what a condition begins with.
    pub(super) fn begins_another(&self, word: &str) -> bool {
        let counts = matches!(word, "times" | "distinct")
            && self.tokens.get(self.next + 1).is_some_and(|token| token.kind == Kind::Open);
        counts || self.vocabulary.field(word).is_some()
    }
}
