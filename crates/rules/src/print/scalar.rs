//! Single values as YAML writes them.

use crate::yaml::{self, Data};

/// How a value is quoted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Behind a colon, or as a whole line of a list.
    Line,
    /// Between brackets.
    Brackets,
}

/// A name or sentence: without quotes where YAML allows it.
pub(super) fn scalar(text: &str, place: Place) -> String {
    if is_plain(text, place) { text.to_owned() } else { double(text) }
}

/// A text that is looked for: without quotes only when it is one simple word.
pub(super) fn literal(text: &str) -> String {
    let simple = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    if simple && is_plain(text, Place::Brackets) { text.to_owned() } else { double(text) }
}

/// A pattern: in single quotes, in which nothing needs escaping but the quote itself.
pub(super) fn pattern(text: &str) -> String {
    if text.chars().all(is_printable) { format!("'{}'", text.replace('\'', "''")) } else { double(text) }
}

fn is_printable(letter: char) -> bool {
    matches!(letter, ' '..='~' | '\u{a1}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
        && !matches!(letter, '\u{2007}' | '\u{2009}' | '\u{202f}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

fn is_plain(text: &str, place: Place) -> bool {
    let first = text.chars().next().is_some_and(|letter| letter.is_alphanumeric() || letter == '(');
    let last = text.chars().next_back().is_some_and(|letter| !letter.is_whitespace() && letter != ':');
    let brackets = place == Place::Brackets && text.contains([',', '[', ']', '{', '}', ':']);
    let broken = text.contains(": ") || text.contains(" #") || text.contains("  ") || brackets;
    let node = yaml::plain(text);
    first && last && !broken && text.chars().all(is_printable) && matches!(node, Data::Text(..))
}

fn double(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            letter if is_printable(letter) => quoted.push(letter),
            letter if u32::from(letter) > 0xffff => quoted.push_str(&format!("\\U{:08x}", u32::from(letter))),
            letter => quoted.push_str(&format!("\\u{:04x}", u32::from(letter))),
        }
    }
    quoted.push('"');
    quoted
}
