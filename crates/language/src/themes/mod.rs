//! Themes: which conversations are about the same thing, and what that thing is called.
//!
//! A text's [`terms`] are the stems of its words and of pairs of neighbours; the title's count twice, of the body the
//! first sixty words do. A [`Corpus`] weighs them by how rare they are in a window of time. [`group`] puts each text to
//! the nearest theme, lets two that stand alone found a new one, and joins themes that are nearer to each other than
//! [`MERGE`]. Where a sentence model gives them a [`Meaning`], a text looks for its place by words and meaning together;
//! what joins whole themes is words alone. [`name`] says what a theme is about in its writers' own words.
//!
//! **Invariants.** The same texts in the same order give the same themes on every machine. A text that has a theme keeps
//! it. Of two themes that become one, the one that a person settled, else the older one, goes on.

mod corpus;
mod group;
#[cfg(test)]
mod grouping;
mod meaning;
mod name;

pub use corpus::Corpus;
pub use group::{ASSIGN, Before, Groups, MERGE, PAIR, group};
pub use meaning::Meaning;
pub use name::name;

use crate::keyphrases::is_glue;
use crate::prose::prose;
use crate::reading::Span;
use crate::similar::stem;
use crate::tokens::{Token, Tokens, hash, tokens};

/// Words of a text's own prose that are looked at: what somebody wants stands at the beginning.
const WORDS: usize = 60;
/// Words of a title that are looked at.
const TITLE_WORDS: usize = 40;
/// How often a term of the title counts.
const TITLE: f32 = 2.0;

/// What a text is about: hashes of its terms with how often each comes, sorted, each once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terms(Vec<(u64, f32)>);

/// The terms of a conversation's title and opening text.
pub fn terms(title: &str, body: &str) -> Terms {
    let mut all: Vec<(u64, f32)> = Vec::new();
    each_term(title, TITLE_WORDS, &mut |term| all.push((term.hash, TITLE)));
    each_term(body, WORDS, &mut |term| all.push((term.hash, 1.0)));
    all.sort_unstable_by_key(|term| term.0);
    let mut found: Vec<(u64, f32)> = Vec::with_capacity(all.len());
    for (hash, count) in all {
        match found.last_mut() {
            Some(last) if last.0 == hash => last.1 += count,
            _ => found.push((hash, count)),
        }
    }
    Terms(found)
}

/// A term where it stands.
pub(crate) struct Term<'a> {
    hash: u64,
    /// The stems it is made of: of one word, or of two.
    parts: [u64; 2],
    /// As written.
    surface: &'a str,
}

/// Hands over every term of the own words of `text`, of the first `words` words.
fn each_term(text: &str, words: usize, take: &mut dyn FnMut(Term<'_>)) {
    let prose = prose(text);
    let tokens = tokens(&prose.text);
    let mut before: Option<(u64, Span)> = None;
    let mut left = words;
    for token in &tokens.all {
        if !token.word {
            // A pair reaches over the sign inside a compound, not over the end of a phrase.
            let inside = matches!(tokens.form(token), "-" | "_" | "/");
            before = before.filter(|(_, span)| inside && span.end == token.span.start);
            continue;
        }
        if left == 0 {
            return;
        }
        left -= 1;
        let surface = prose.text.get(token.span.start..token.span.end).unwrap_or("");
        if each_pair_of_signs(surface, take) {
            before = None;
            continue;
        }
        let Some(stem) = telling(&tokens, token) else {
            before = None;
            continue;
        };
        take(Term { hash: stem, parts: [stem, stem], surface });
        if let Some((first, span)) = before {
            let surface = prose.text.get(span.start..token.span.end).unwrap_or("");
            take(Term { hash: joined(first, stem), parts: [first, stem], surface });
        }
        before = Some((stem, token.span));
    }
}

/// The hash of a word's stem; nothing for glue, numbers and single letters.
fn telling(tokens: &Tokens, token: &Token) -> Option<u64> {
    let form = tokens.form(token);
    let short = form.chars().nth(1).is_none();
    if short || is_glue(token.hash) || form.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(hash(stem(form.strip_suffix("'s").unwrap_or(form))))
}

fn joined(first: u64, second: u64) -> u64 {
    first.rotate_left(23).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ second
}

/// Scripts written without spaces: every two neighbouring signs are a term. True when `word` is in one.
fn each_pair_of_signs(word: &str, take: &mut dyn FnMut(Term<'_>)) -> bool {
    if word.is_ascii() || !word.chars().any(is_dense) {
        return false;
    }
    let starts: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
    for places in starts.windows(3) {
        if let [from, _, to] = places
            && let Some(surface) = word.get(*from..*to)
        {
            let hash = hash(surface);
            take(Term { hash, parts: [hash, hash], surface });
        }
    }
    true
}

fn is_dense(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surfaces(text: &str) -> String {
        let mut all: Vec<String> = Vec::new();
        each_term(text, WORDS, &mut |term| all.push(term.surface.to_owned()));
        all.join("|")
    }

    #[test]
    fn terms_are_words_and_neighbours_without_glue() {
        for (text, expect) in [
            ("The dark theme flickers", "dark|theme|dark theme|flickers|theme flickers"),
            ("Theme. Flickers", "Theme|Flickers"),
            ("theme - flickers \"dark\" red/blue", "theme|flickers|dark|red|blue|red/blue"),
            ("it is what it is", ""),
            ("> quoted words\n`code` 12 a x", ""),
            ("wake-up alarm", "wake|alarm"),
            ("Überwachung läuft", "Überwachung|läuft|Überwachung läuft"),
            ("土壌センサー", "土壌|壌セ|セン|ンサ|サー"),
            ("\u{202e}\u{200b}", ""),
            ("", ""),
        ] {
            assert_eq!(surfaces(text), expect, "{text}");
        }
    }

    #[test]
    fn endings_and_order_of_writing_do_not_matter() {
        assert_eq!(terms("Sensors", "leaking"), terms("sensor", "Leak"));
        let (title, body) = (terms("leak", ""), terms("", "leak"));
        assert_eq!(title.0.first().map(|term| term.1), Some(2.0));
        assert_eq!(body.0.first().map(|term| term.1), Some(1.0));
    }

    #[test]
    fn of_a_long_text_the_beginning_counts() {
        let long = "leak ".repeat(100_000);
        assert_eq!(terms("", &long).0.len(), 2, "the word, and the pair of it with itself");
        let tail = format!("{} battery", "leak ".repeat(60));
        assert_eq!(terms("", &tail), terms("", &long));
    }
}
