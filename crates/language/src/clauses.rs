//! Where clauses begin and sentences end, for phrases that say something only there: "see the log" tells somebody what
//! to do, "I see the log" does not; "is that so?" asks, "the problem is that" does not.

use crate::reading::Span;
use crate::tokens::Tokens;

/// Words after which a clause may begin anew.
const OPENERS: &[&str] = &[
    "and", "but", "so", "or", "then", "also", "plus", "hi", "hey", "hello", "well", "please", "pls", "just",
    "ok", "okay", "yes", "no", "yeah", "btw", "thanks", "sorry", "maybe", "now", "hm", "hmm", "oh", "all",
    "everyone",
];

/// Marks within a sentence's words.
const JOINS: &[&str] = &["-", "/", "'", "_", "=", "+", "*", "#", "&"];

/// True when a clause begins with the word at `at`: nothing comes before it, or a line's end, a mark, or a word such as
/// "but".
pub(crate) fn begins(text: &str, tokens: &Tokens, at: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|before| tokens.all.get(before)) else { return true };
    let here = tokens.all.get(at).map_or(0, |token| token.span.start);
    if text.get(before.span.end..here).is_some_and(|between| between.contains('\n')) {
        return true;
    }
    let form = tokens.form(before);
    if before.word { OPENERS.contains(&form) } else { !JOINS.contains(&form) }
}

/// True when the sentence that the word at `at` stands in ends with a question mark.
pub(crate) fn asked(text: &str, tokens: &Tokens, at: usize) -> bool {
    let mut end = tokens.all.get(at).map_or(0, |token| token.span.end);
    for token in tokens.all.get(at + 1..).unwrap_or(&[]) {
        if text.get(end..token.span.start).is_some_and(|between| between.contains('\n')) {
            return false;
        }
        end = token.span.end;
        if !token.word {
            match tokens.form(token) {
                "?" => return true,
                "." | "!" => return false,
                _ => {}
            }
        }
    }
    false
}

/// Words for somebody.
const SOMEBODY: &[&str] = &[
    "you",
    "your",
    "yours",
    "yourself",
    "you're",
    "youre",
    "you've",
    "you'll",
    "u",
    "ur",
    "he",
    "she",
    "him",
    "her",
    "his",
    "hers",
    "he's",
    "she's",
    "himself",
    "herself",
    "they",
    "them",
    "their",
    "they're",
    "themselves",
    "people",
    "folks",
    "guy",
    "guys",
    "man",
    "men",
    "woman",
    "women",
    "girl",
    "girls",
    "boy",
    "boys",
    "kid",
    "kids",
    "person",
    "persons",
    "everyone",
    "anyone",
    "who",
    "somebody",
    "someone",
    "dude",
    "bro",
    "mate",
    "mods",
    "admins",
    "humans",
    "such",
    "lot",
    "kind",
    "sort",
];

/// True when a word for somebody, or one of `groups` of people, stands in the sentence of the word at `at`.
pub(crate) fn of_somebody(tokens: &Tokens, at: usize, groups: &[Span]) -> bool {
    let ends = |at: usize| matches!(tokens.at(at), "." | "!" | "?");
    let first = (0..at).rev().take_while(|at| !ends(*at)).last().unwrap_or(at);
    let sentence = tokens.all.get(first..).unwrap_or(&[]);
    sentence.iter().zip(first..).take_while(|(_, at)| !ends(*at)).any(|(token, _)| {
        SOMEBODY.contains(&tokens.form(token)) || groups.iter().any(|group| group.start == token.span.start)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::tokens;

    fn check(text: &str, word: &str, expect: (bool, bool)) {
        let tokens = tokens(text);
        let at = (0..tokens.all.len()).find(|at| tokens.at(*at) == word).expect("the word stands there");
        assert_eq!((begins(text, &tokens, at), asked(text, &tokens, at)), expect, "{text}");
    }

    #[test]
    fn clauses_begin_after_marks_and_joining_words() {
        check("see the log", "see", (true, false));
        check("I see the log", "see", (false, false));
        check("It fails, see the log.", "see", (true, false));
        check("It fails but see the log", "see", (true, false));
        check("It fails\nsee the log", "see", (true, false));
        check("over-see the log", "see", (false, false));
    }

    #[test]
    fn sentences_that_ask_end_with_a_question_mark() {
        check("The problem is that it fails. Any ideas?", "is", (false, false));
        check("What I ask myself is whether it is right?", "is", (false, true));
        check("Yes is what he said\nOr was it?", "is", (true, false));
    }

    #[test]
    fn what_is_said_of_a_thing_is_not_said_of_somebody() {
        let of = |text: &str| {
            let tokens = tokens(text);
            let at = (0..tokens.all.len()).find(|at| tokens.at(*at) == "rid").expect("the word stands there");
            of_somebody(&tokens, at, &[])
        };
        assert!(of("Get rid of them"));
        assert!(of("They came. You should get rid of that lot!"));
        assert!(!of("They came. This gets rid of the warning. You know."));
    }
}
