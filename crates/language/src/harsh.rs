//! Harsh words, also misspelt on purpose, and whom they meet.

use std::sync::OnceLock;

use crate::cues::{Cue, lines};
use crate::tokens::{Sieve, Token, Tokens, hash, plain_spellings};

/// What sort of harsh word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Harsh {
    /// A name for a person.
    Insult,
    /// Contempt for a group.
    Slur,
    /// Coarse, aimed at nobody by itself.
    Vulgar,
    /// An unfriendly quality, of things as often as of people.
    Word,
}

struct Words {
    /// As written, by hash, sorted.
    exact: Vec<(u64, Harsh)>,
    sieve: Sieve,
    /// As written.
    written: Vec<(&'static str, Harsh)>,
    /// With repeated letters said once, sorted.
    squeezed: Vec<(String, Harsh)>,
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| {
        let mut written = Vec::new();
        for (kind, word) in lines(include_str!("../lexicon/harsh.txt")) {
            let kind = match kind {
                "insult" => Harsh::Insult,
                "slur" => Harsh::Slur,
                "vulgar" => Harsh::Vulgar,
                _ => Harsh::Word,
            };
            written.push((word, kind));
        }
        let mut exact: Vec<_> = written.iter().map(|(word, kind)| (hash(word), *kind)).collect();
        exact.sort_unstable_by_key(|(word, _)| *word);
        let long = written.iter().filter(|(word, _)| word.len() > 3);
        let mut squeezed: Vec<_> =
            long.map(|(word, kind)| (plain_spellings(word)[0].clone(), *kind)).collect();
        squeezed.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let sieve = Sieve::new(exact.iter().map(|(word, _)| *word));
        Words { exact, sieve, written, squeezed }
    })
}

/// The harsh words as written, and their kinds.
pub(crate) fn written() -> &'static [(&'static str, Harsh)] {
    &words().written
}

/// The kind of a folded word, and whether it was spelt to pass a filter.
pub(crate) fn kind(form: &str, word: u64) -> Option<(Harsh, bool)> {
    if form.len() < 3 || form.len() > 40 {
        return None;
    }
    let words = words();
    let exact = |word: u64| {
        if !words.sieve.may_hold(word) {
            return None;
        }
        let at = words.exact.binary_search_by_key(&word, |(known, _)| *known).ok()?;
        words.exact.get(at).map(|(_, kind)| *kind)
    };
    if let Some(kind) = exact(word) {
        return Some((kind, false));
    }
    for ending in if form.ends_with('s') { ["'s", "s", "es"].as_slice() } else { &[] } {
        if let Some(kind) = form.strip_suffix(*ending).filter(|stem| stem.len() > 3).map(hash).and_then(exact)
        {
            return Some((kind, false));
        }
    }
    if !suspicious(form) {
        return None;
    }
    if form.contains('*') {
        return starred(form).map(|kind| (kind, true));
    }
    plain_spellings(form).iter().find_map(|plain| {
        let at = words.squeezed.binary_search_by(|(known, _)| known.as_str().cmp(plain)).ok()?;
        words.squeezed.get(at).map(|(_, kind)| (*kind, true))
    })
}

/// Signs or digits between letters, or a letter said three times.
fn suspicious(form: &str) -> bool {
    if !form.bytes().any(|b| !b.is_ascii_lowercase() && b != b'\'') && !thrice(form) {
        return false;
    }
    let letters = form.chars().filter(|c| c.is_alphabetic()).count();
    if letters == 0 {
        return false;
    }
    let signs = form.chars().any(|c| matches!(c, '*' | '@' | '$' | '!' | '0'..='9'));
    signs || thrice(form)
}

fn thrice(form: &str) -> bool {
    form.as_bytes().windows(3).any(|w| matches!(w, [a, b, c] if a == b && b == c))
}

/// `f*ck`, `sh**`: stars for letters, the first letter shown, at least one more shown.
fn starred(form: &str) -> Option<Harsh> {
    let shown = form.chars().filter(|c| *c != '*').count();
    if shown < 2 || form.starts_with('*') {
        return None;
    }
    words()
        .written
        .iter()
        .filter(|(word, _)| word.len() == form.len())
        .find(|(word, _)| word.bytes().zip(form.bytes()).all(|(a, b)| b == b'*' || a == b))
        .map(|(_, kind)| *kind)
}

const SECOND: &[&str] = &[
    "you", "you're", "youre", "your", "u", "ur", "yourself", "ya", "yall", "y'all", "bist", "eres", "você",
    "vous", "jij", "dich", "dein", "ты", "вы", "jesteś",
];
const FIRST: &[&str] = &["i", "i'm", "im", "me", "my", "myself", "i've", "mine"];
const DENIED: &[&str] = &[
    "not", "never", "isn't", "aren't", "don't", "no", "wasn't", "weren't", "stop", "without", "nobody",
    "neither", "doesn't", "wouldn't", "didn't", "cannot", "can't",
];
const SAID: &[&str] = &[
    "called", "calls", "calling", "call", "said", "says", "word", "term", "saying", "insult", "named",
    "labelled", "labeled",
];
const THINGS: &[&str] = &[
    "this",
    "it",
    "it's",
    "that",
    "the",
    "its",
    "thing",
    "bug",
    "code",
    "error",
    "idea",
    "question",
    "mistake",
    "compiler",
    "api",
    "test",
    "tests",
    "name",
    "design",
    "default",
    "way",
    "hack",
    "typo",
    "build",
    "software",
    "app",
    "update",
    "ui",
    "warning",
    "loop",
    "problem",
    "issue",
    "behaviour",
    "behavior",
    "file",
    "fix",
    "these",
];
const GROUPS: &[&str] = &[
    "women",
    "men",
    "muslims",
    "jews",
    "christians",
    "blacks",
    "whites",
    "gays",
    "lesbians",
    "immigrants",
    "foreigners",
    "refugees",
    "mexicans",
    "asians",
    "indians",
    "chinese",
    "africans",
    "liberals",
    "conservatives",
    "republicans",
    "democrats",
    "leftists",
    "they",
    "they're",
    "them",
    "people",
    "he",
    "she",
    "he's",
    "she's",
    "him",
    "guy",
    "all",
    "those",
    "his",
    "her",
    "their",
];

/// Whom the harsh word at `at` meets, as far as the words around it say.
pub(crate) fn meets(tokens: &Tokens, at: usize, kind: Harsh) -> Option<Cue> {
    let before = |far: usize, list: &[&str]| nearby(tokens, at.saturating_sub(far)..at, list);
    let after = |far: usize, list: &[&str]| nearby(tokens, at + 1..at + 1 + far, list);
    if denied(tokens, at) || before(4, SAID) {
        return Some(Cue::InsultDenied);
    }
    if before(4, FIRST) && !before(4, SECOND) && before(3, &["am", "i'm", "im", "feel", "felt", "was"]) {
        return Some(Cue::InsultSelf);
    }
    let person = matches!(kind, Harsh::Insult | Harsh::Slur);
    if before(2, FIRST) && !before(1, SECOND) || person && before(4, FIRST) && !before(4, SECOND) {
        return Some(Cue::InsultSelf);
    }
    if after(1, &["me", "myself"]) {
        return Some(Cue::InsultSelf);
    }
    if after(1, THINGS) {
        return Some(Cue::InsultThing);
    }
    let you = before(1, SECOND)
        || before(4, &["you're", "youre", "ur"])
        || before(4, SECOND) && before(3, &["are", "r", "such"]);
    if you || person && (after(1, SECOND) || before(3, SECOND)) {
        return Some(Cue::InsultYou);
    }
    if before(4, GROUPS) && (person || before(2, &["are", "is", "such", "these", "those"])) {
        return Some(Cue::InsultGroup);
    }
    if before(3, THINGS) || after(2, THINGS) {
        return Some(Cue::InsultThing);
    }
    None
}

/// Words of the trade that only look harsh: garbage collection, a dumb terminal, a silly walk of a pointer.
pub(crate) fn technical(tokens: &Tokens, at: usize) -> bool {
    let next = tokens.at(at + 1);
    let next = if next == "-" { tokens.at(at + 2) } else { next };
    match tokens.at(at) {
        "garbage" | "trash" => {
            next.starts_with("collect") || matches!(next, "value" | "values" | "can" | "bin" | "data")
        }
        "blind" => matches!(next, "spot" | "signature" | "signatures" | "test" | "review" | "copy"),
        "dumb" => matches!(next, "terminal" | "pipe" | "terminals"),
        "retard" | "retards" | "retarded" => {
            matches!(next, "the" | "timing" | "growth" | "by")
                && !matches!(tokens.at(at.wrapping_sub(1)), "are" | "you")
        }
        "chink" | "chinks" => next == "in",
        "cock" => matches!(next, "crows" | "crowed"),
        "hell" => tokens.at(at.saturating_sub(1)) == "dll",
        _ => false,
    }
}

fn nearby(tokens: &Tokens, range: std::ops::Range<usize>, list: &[&str]) -> bool {
    range.into_iter().any(|at| list.contains(&tokens.at(at)))
}

/// A word of denial up to three words before, in the same clause: "not an idiot", but neither "no, idiot" nor
/// "don't be an idiot" nor "stop being an idiot".
fn denied(tokens: &Tokens, at: usize) -> bool {
    for far in 1..=3 {
        let Some(place) = at.checked_sub(far) else { return false };
        let form = tokens.at(place);
        if matches!(form, "," | "." | "!" | "?" | ";" | ":") {
            return false;
        }
        if DENIED.contains(&form) {
            return !matches!(tokens.at(place + 1), "be" | "being" | "act" | "acting");
        }
    }
    false
}

/// Which tokens stand between quotation marks. Where the marks do not pair up none does.
pub(crate) fn quotations(tokens: &Tokens) -> Vec<bool> {
    let is_mark = |token: &Token| !token.word && tokens.form(token) == "\"";
    let marks = tokens.all.iter().filter(|token| is_mark(token)).count();
    if marks == 0 || marks % 2 == 1 {
        return Vec::new();
    }
    let mut open = false;
    let inside = |token: &Token| {
        open ^= is_mark(token);
        open
    };
    tokens.all.iter().map(inside).collect()
}

/// `i d i o t`, `i.d.i.o.t`: a word in single letters, found at its first letter.
pub(crate) fn spaced(tokens: &Tokens, at: usize) -> Option<(Harsh, bool)> {
    let single = |place: usize| tokens.all.get(place).is_some_and(|t| t.word) && tokens.at(place).len() == 1;
    if !single(at) || !(single(at + 1) || single(at + 2)) {
        return None;
    }
    let mut word = String::new();
    let mut place = at;
    while single(place) && word.len() < 16 {
        word.push_str(tokens.at(place));
        let mark = matches!(tokens.at(place + 1), "." | "-" | "_" | "*");
        place += if mark { 2 } else { 1 };
        if word.len() >= 4
            && let Some((hit, _)) = kind(&word, hash(&word))
        {
            return Some((hit, true));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_words_are_known() {
        for (word, expect) in [
            ("idiot", Some((Harsh::Insult, false))),
            ("idiots", Some((Harsh::Insult, false))),
            ("1d10t", Some((Harsh::Insult, true))),
            ("idiooot", Some((Harsh::Insult, true))),
            ("f*ck", Some((Harsh::Vulgar, true))),
            ("a$$hole", Some((Harsh::Insult, true))),
            ("utf8", None),
            ("h264", None),
            ("2**8", None),
            ("class", None),
            ("assume", None),
        ] {
            assert_eq!(kind(word, hash(word)), expect, "{word}");
        }
    }
}
