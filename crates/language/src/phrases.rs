//! The phrases of `lexicon/cues.txt`: where each stands in a text, and whether it says there what it says.

use std::sync::OnceLock;

use crate::clauses;
use crate::cues::{Cue, Cues, Found, lines};
use crate::prose::Prose;
use crate::reading::Span;
use crate::tokens::{Sieve, Tokens, hash};

/// A phrase: words, each with its alternatives by hash; an empty list stands for any one word.
struct Phrase {
    cue: Cue,
    /// Says so only where a clause begins, or, when it asks, in a sentence that ends with a question mark.
    begins: bool,
    /// Says so only near a word for somebody: "get rid of them" shows contempt, "get rid of the warning" does not.
    of_somebody: bool,
    rest: Vec<Vec<u64>>,
}

/// Stands before phrases of the lexicon that must begin a clause.
const BEGINS: &str = "^ ";
/// Stands before phrases of the lexicon that must be said of somebody.
const OF_SOMEBODY: &str = "@ ";

struct Lexicon {
    phrases: Vec<Phrase>,
    /// Hash of a first word and the phrase it opens, sorted.
    firsts: Vec<(u64, u32)>,
    sieve: Sieve,
}

fn lexicon() -> &'static Lexicon {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    LEXICON.get_or_init(|| {
        let sieve = Sieve::new(std::iter::empty());
        let mut lexicon = Lexicon { phrases: Vec::new(), firsts: Vec::new(), sieve };
        for (key, phrase) in lines(include_str!("../lexicon/cues.txt")) {
            let Some(cue) = Cue::named(key) else { continue };
            let begins = phrase.starts_with(BEGINS);
            let of_somebody = phrase.starts_with(OF_SOMEBODY);
            let phrase = phrase.trim_start_matches(BEGINS).trim_start_matches(OF_SOMEBODY);
            let mut words = phrase.split_whitespace();
            let Some(first) = words.next() else { continue };
            let number = lexicon.phrases.len() as u32;
            lexicon.firsts.extend(first.split('|').map(|word| (hash(word), number)));
            let rest = words.map(|word| match word {
                "_" => Vec::new(),
                _ => word.split('|').map(hash).collect(),
            });
            lexicon.phrases.push(Phrase { cue, begins, of_somebody, rest: rest.collect() });
        }
        lexicon.firsts.sort_unstable();
        lexicon.sieve = Sieve::new(lexicon.firsts.iter().map(|(first, _)| *first));
        lexicon
    })
}

/// Notes what the phrases of the lexicon say in a text.
pub(crate) fn find(prose: &Prose, tokens: &Tokens, quoted: &[bool], found: &mut Cues) {
    let lexicon = lexicon();
    // Where, and in which sentence, something stands that counts when it is said of somebody.
    let mut of_whom: Vec<(usize, Found)> = Vec::new();
    for (at, token) in tokens.all.iter().enumerate().filter(|(_, token)| lexicon.sieve.may_hold(token.hash)) {
        let from = lexicon.firsts.partition_point(|(first, _)| *first < token.hash);
        let openings =
            lexicon.firsts.get(from..).unwrap_or(&[]).iter().take_while(|(first, _)| *first == token.hash);
        for phrase in openings.filter_map(|(_, number)| lexicon.phrases.get(*number as usize)) {
            if !phrase.stands(&prose.text, tokens, at) {
                continue;
            }
            let end = tokens.all.get(at + phrase.rest.len()).map_or(token.span.end, |last| last.span.end);
            let shown = matches!(
                phrase.cue,
                Cue::Threatens | Cue::Dismisses | Cue::Contempt | Cue::PersonScorned | Cue::Harm
            ) && quoted.get(at).copied().unwrap_or(false);
            let cue = if shown { Cue::Reports } else { phrase.cue };
            let span = Some(Span { start: token.span.start, end });
            if phrase.of_somebody {
                of_whom.push((at, Found { cue, span }));
            } else {
                found.note(cue, span);
            }
        }
    }
    let groups: Vec<Span> =
        found.all.iter().filter(|seen| seen.cue == Cue::Group).filter_map(|seen| seen.span).collect();
    of_whom.retain(|(at, _)| clauses::of_somebody(tokens, *at, &groups));
    found.all.extend(of_whom.into_iter().map(|(_, seen)| seen));
}

impl Phrase {
    /// True when the phrase stands at `at` where it says what it says.
    fn stands(&self, text: &str, tokens: &Tokens, at: usize) -> bool {
        let matches = tokens.all.get(at + 1..at + 1 + self.rest.len()).is_some_and(|rest| {
            rest.iter()
                .zip(&self.rest)
                .all(|(token, wanted)| wanted.is_empty() || wanted.contains(&token.hash))
        });
        matches
            && (!self.begins
                || clauses::begins(text, tokens, at)
                || self.cue == Cue::Asks && clauses::asked(text, tokens, at))
    }
}
