//! What a text is about: its words and pairs of words that are not glue, weighed by how often and how early
//! they come.

use crate::prose::prose;
use crate::tokens::{Sieve, Token, Tokens, hash, tokens};

/// Words that say nothing about a subject.
const GLUE: &str = "a about above after again all also am an and any anyone are aren't as at be because been before being below between both but by can can't cannot could couldn't did didn't do does doesn't doing don't down during each either else even ever every few first for from further get gets getting give go goes going gone got had has hasn't have haven't having he he's hello help her here hey hi him his how however i i'd i'll i'm i've if in instead into is isn't issue it it'd it'll it's its itself just keep kind know last least less let like likely little look looking lot made make makes making many may maybe me mean might more most much must my myself need needs never new next no none nope nor not nothing now of off often ok okay old on once one only or other our out over own people please point possible pretty problem put question quite rather really right same say see seem seems set several she should shouldn't since so some someone something sometimes somewhere soon sorry still stuff such sure take than thank thanks that that's the their them then there there's these they they're thing things think this those though through time to today together told tomorrow too tried try trying two under until up us use used using very via want wanted wants was wasn't way we we're we've well went were what what's when where whether which while who whole whose why will with within without won't work works working would wouldn't yes yesterday yet you you'd you'll you're you've your yours able actually already always another anything around ask back bad best better big call case come day done easy end enough everyone everything example fact far feel fine find found full good great guess happy hard hope idea inside left long nice per place probably real run same simple start started sort thought three tell wrong";

/// At most `most` keyphrases of `text`, most telling first, in the writer's own letters.
pub fn keyphrases(text: &str, most: usize) -> Vec<String> {
    let prose = prose(text);
    of_tokens(&prose.text, &tokens(&prose.text), most)
}

pub(crate) fn of_tokens(text: &str, tokens: &Tokens, most: usize) -> Vec<String> {
    let telling: Vec<bool> =
        tokens.all.iter().take(400).map(|token| tells(tokens.form(token), token)).collect();
    // (score, first place, tokens)
    let mut found: Vec<(u32, usize, usize)> = Vec::new();
    for at in 0..telling.len() {
        for len in 1..=2 {
            let whole = (at..at + len).all(|place| telling.get(place).copied().unwrap_or(false));
            if whole {
                note(&mut found, tokens, at, len);
            }
        }
    }
    found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut phrases: Vec<(usize, usize)> = Vec::new();
    for (_, at, len) in found {
        let part = phrases.iter().any(|(other, width)| {
            (0..*width).any(|a| (0..len).any(|b| tokens.at(other + a) == tokens.at(at + b)))
        });
        if !part {
            phrases.push((at, len));
        }
        if phrases.len() == most {
            break;
        }
    }
    phrases.iter().filter_map(|(at, len)| shown(text, tokens, *at, *len)).collect()
}

fn note(found: &mut Vec<(u32, usize, usize)>, tokens: &Tokens, at: usize, len: usize) {
    let hash = |start: usize, place: usize| tokens.all.get(start + place).map(|token| token.hash);
    let same = |other: usize, width: usize| width == len && (0..len).all(|p| hash(other, p) == hash(at, p));
    let worth = if len == 2 { 5 } else { 2 } + u32::from(at < 12);
    let full = found.len() >= 160;
    match found.iter_mut().find(|(_, other, width)| same(*other, *width)) {
        Some((score, ..)) => *score += worth,
        None if full => {}
        None => found.push((worth, at, len)),
    }
}

fn tells(form: &str, token: &Token) -> bool {
    token.word && form.len() >= 3 && !is_glue(token.hash) && form.chars().any(char::is_alphabetic)
}

/// True for words that say nothing about a subject.
pub(crate) fn is_glue(word: u64) -> bool {
    static GLUES: std::sync::OnceLock<(Vec<u64>, Sieve)> = std::sync::OnceLock::new();
    let (glues, sieve) = GLUES.get_or_init(|| {
        let mut words: Vec<_> = GLUE.split(' ').map(hash).collect();
        words.sort_unstable();
        let sieve = Sieve::new(words.iter().copied());
        (words, sieve)
    });
    sieve.may_hold(word) && glues.binary_search(&word).is_ok()
}

fn shown(text: &str, tokens: &Tokens, at: usize, len: usize) -> Option<String> {
    let first = tokens.all.get(at)?;
    let last = tokens.all.get(at + len - 1)?;
    let words = text.get(first.span.start..last.span.end)?;
    Some(words.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_named() {
        let text =
            "The dark theme flickers. When I open the dark theme on Firefox, the sidebar flickers too.";
        let found = keyphrases(text, 3);
        assert_eq!(found.first().map(String::as_str), Some("dark theme"));
        assert!(keyphrases("it is what it is", 5).is_empty());
    }
}
