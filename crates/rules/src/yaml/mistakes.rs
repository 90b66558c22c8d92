//! What people do who never wrote YAML, and what to write instead. Asked only about a text that could not be read.

use crate::finding::{At, Finding};
use crate::length::brief;
use crate::read::KEYS;

/// Spaces that word processors and web pages put between words.
const OTHER_SPACES: [char; 4] = ['\u{a0}', '\u{2007}', '\u{2009}', '\u{202f}'];
/// Quotes that word processors make of straight ones.
const CURLY: [char; 6] = ['“', '”', '„', '‟', '«', '»'];

/// The text with plain spaces where a word processor put others; comments stay as they are.
pub(super) fn plain_spaces(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains(OTHER_SPACES) {
        return text.into();
    }
    let line = |line: &str| match line.trim_start_matches(|sign: char| sign.is_whitespace()).starts_with('#')
    {
        true => line.to_owned(),
        false => line.replace(OTHER_SPACES, " "),
    };
    text.split_inclusive('\n').map(line).collect::<String>().into()
}

/// The parser's complaint, in words for somebody who is no programmer.
pub(super) fn explain(text: &str, at: At, info: &str) -> Finding {
    let place = Place::new(text, at);
    let known = [tab, quote, sign, bracket, behind_quote, no_space, pushed, inline, in_step, prose];
    known.iter().find_map(|look| look(&place, info)).unwrap_or_else(|| {
        let advice = if info.contains("nest") {
            " It is nested too deeply."
        } else {
            " Lines that belong together begin in the same column; a text that holds a colon, a bracket or a quote stands in quotes."
        };
        Finding::error(at, format!("This cannot be read as YAML here ({}).{advice}", brief(info)))
    })
}

/// Where the parser stopped.
struct Place<'a> {
    /// All lines up to that one, which is the last.
    lines: Vec<&'a str>,
    at: At,
}

impl<'a> Place<'a> {
    fn new(text: &'a str, at: At) -> Self {
        Self { lines: text.lines().take(at.line as usize).collect(), at }
    }

    fn line(&self) -> &'a str {
        self.lines.last().copied().unwrap_or_default()
    }

    /// The line from where the parser stopped.
    fn rest(&self) -> &'a str {
        let line = self.line();
        let start = line.char_indices().nth((self.at.column as usize).saturating_sub(1));
        start.and_then(|(place, _)| line.get(place..)).unwrap_or_default()
    }

    fn column(&self, byte: usize) -> At {
        let before = self.line().get(..byte).unwrap_or_default();
        At { column: u32::try_from(before.chars().count() + 1).unwrap_or(u32::MAX), ..self.at }
    }

    /// The key and the value of the line, when it has both and begins no list entry.
    fn pair(&self) -> Option<(&'a str, &'a str)> {
        let (key, value) = self.line().split_once(": ")?;
        (!key.trim_start().starts_with("- ")).then(|| (key, value.trim()))
    }
}

fn tab(place: &Place<'_>, _: &str) -> Option<Finding> {
    let line = place.line();
    let lead = line.get(..line.len() - line.trim_start().len())?;
    let tab = lead.find('\t')?;
    let message = "A tab stands here. Begin lines with spaces instead: two for each step to the right.";
    Some(Finding::error(place.column(tab), message))
}

fn quote(place: &Place<'_>, info: &str) -> Option<Finding> {
    if !info.contains("unclosed quote") {
        return None;
    }
    let message = if place.rest().contains(CURLY) {
        "This straight quote is never closed, because a curly quote of a word processor (“ ”) closes nothing. Write straight quotes on both sides: \"like this\"."
    } else {
        "The quote that begins here is never closed. Put one at the end of the text too: \"like this\"."
    };
    Some(Finding::error(place.at, message))
}

/// A text that begins with a sign YAML keeps for itself.
fn sign(place: &Place<'_>, info: &str) -> Option<Finding> {
    let first = place.rest().chars().next()?;
    if !(info.contains("unexpected character") || first == '#') {
        return None;
    }
    let word: String =
        place.rest().chars().take_while(|sign| !sign.is_whitespace() && !",]}".contains(*sign)).collect();
    let message = format!("A text that begins with \"{first}\" stands in quotes.");
    Some(Finding::error(place.at, message).meaning(Some(format!("\"{}\"", brief(&word)))))
}

/// Two commas, or a bracket that is open where the parser stopped.
fn bracket(place: &Place<'_>, info: &str) -> Option<Finding> {
    let line = place.line();
    let squeezed = line.replace(' ', "");
    if squeezed.contains(",,") && place.rest().starts_with(',') {
        return Some(Finding::error(place.at, "Two commas stand here with nothing between them. Drop one."));
    }
    let of_brackets =
        ["bracket", "flow", "EOF", "indicator", "mapping values"].iter().any(|word| info.contains(word));
    let (row, byte, open) = opened(&place.lines).filter(|_| of_brackets)?;
    let at = Place {
        lines: place.lines.get(..=row)?.to_vec(),
        at: At { line: u32::try_from(row + 1).ok()?, column: 1 },
    };
    let close = if open == '[' { ']' } else { '}' };
    let message = format!(
        "The bracket \"{open}\" that begins here is never closed. Put \"{close}\" at the end of this line."
    );
    Some(Finding::error(at.column(byte), message))
}

/// The last bracket that is open at the end of these lines: row, byte and bracket. Quotes and comments are passed over.
fn opened(lines: &[&str]) -> Option<(usize, usize, char)> {
    let mut open: Vec<(usize, usize, char)> = Vec::new();
    let mut quote = None;
    for (row, line) in lines.iter().enumerate() {
        let mut before = ' ';
        for (byte, letter) in line.char_indices() {
            match (quote, letter) {
                (Some(end), letter) if letter == end && before != '\\' => quote = None,
                (Some(_), _) => {}
                (None, '"' | '\'') if " [{,:(".contains(before) => quote = Some(letter),
                (None, '#') if before == ' ' => break,
                (None, '[' | '{') => open.push((row, byte, letter)),
                (None, ']' | '}') => drop(open.pop()),
                _ => {}
            }
            before = letter;
        }
    }
    open.pop()
}

/// `why: "No" is what we say`
fn behind_quote(place: &Place<'_>, info: &str) -> Option<Finding> {
    if !info.contains("trailing content") {
        return None;
    }
    let whole = place.pair().map(|(key, value)| format!("{}: '{}'", key.trim(), value.replace('\'', "''")));
    let message = "Words stand behind a closing quote. Put the whole text in quotes of the other kind.";
    Some(Finding::error(place.at, message).meaning(whole.map(|whole| brief(&whole))))
}

/// `when:post published`
fn no_space(place: &Place<'_>, _: &str) -> Option<Finding> {
    let line = place.line();
    let start = line.len() - line.trim_start().len();
    let body = line.get(start..)?;
    let (key, value) =
        body.split_once(':').filter(|(_, value)| !value.is_empty() && !value.starts_with(' '))?;
    let key = KEYS.iter().find(|known| known.eq_ignore_ascii_case(key))?;
    let message = "A space is missing behind the colon.";
    let meant = format!("{key}: {}", brief(value));
    Some(Finding::error(place.column(start + key.len()), message).meaning(Some(meant)))
}

/// `  when: post published`: a part of a rule that does not begin where the others do.
fn pushed(place: &Place<'_>, _: &str) -> Option<Finding> {
    let line = place.line();
    let start = line.len() - line.trim_start().len();
    let key = line.trim_start().split(':').next()?;
    let known = start > 0 && KEYS.contains(&key);
    let message = format!(
        "\"{key}:\" is a part of the rule: take away the spaces before it, so that it begins where \"rule:\" begins."
    );
    known.then(|| Finding::error(place.column(start), message))
}

/// `if: post.text has any: [outage]`
fn inline(place: &Place<'_>, info: &str) -> Option<Finding> {
    let (key, value) = place.pair().filter(|_| info.contains("mapping values"))?;
    if !["if", "if any", "unless", "then"].contains(&key) {
        return None;
    }
    let message = format!(
        "What holds a colon itself stands on a line of its own below \"{key}:\" that begins with \"- \": \"  - {}\".",
        brief(value)
    );
    Some(Finding::error(place.column(key.len() + 2), message))
}

/// `- open item: urgency: low`
fn in_step(place: &Place<'_>, info: &str) -> Option<Finding> {
    let body = place.line().trim_start().strip_prefix("- ").filter(|_| info.contains("mapping values"))?;
    let (head, value) = body.split_once(": ")?;
    let message = "A second colon stands in this line. Settings stand in { }, and a text that holds a colon stands in quotes.";
    let meant = format!("{head}: {{{}}}", brief(value));
    Some(Finding::error(place.at, message).meaning(value.contains(": ").then_some(meant)))
}

/// `why: Remember: be kind`
fn prose(place: &Place<'_>, info: &str) -> Option<Finding> {
    let (key, value) = place.pair().filter(|_| info.contains("mapping values"))?;
    let message = "A text that holds a colon followed by a space stands in quotes.";
    let meant = format!("{}: \"{}\"", key.trim(), brief(value).replace('"', "'"));
    Some(Finding::error(place.at, message).meaning(Some(meant)))
}
