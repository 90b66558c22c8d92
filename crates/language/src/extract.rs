//! What of an answer bears on a question: whole sentences, quoted, nothing written anew.

use crate::keyphrases::is_glue;
use crate::prose::{head, prose};
use crate::similar::stem;
use crate::tokens::{hash, tokens};

/// Sentences looked at.
const SENTENCES: usize = 60;
/// A quote of one sentence is cut after so many characters.
const LONGEST: usize = 300;

/// A sentence and what it has to do with the question.
struct Sentence {
    from: usize,
    to: usize,
    worth: f32,
}

/// At most `most` sentences of `answer` that share most with `question`, in the order in which they stand, word for
/// word but without marks of emphasis. Quotes of others and fenced code are passed over. The first sentences stand in where none shares a word.
pub fn extract(answer: &str, question: &str, most: usize) -> Vec<String> {
    let answer = head(answer);
    let own = prose(answer).text;
    let asked = stems(&prose(question).text);
    let mut all: Vec<Sentence> = Vec::new();
    for (from, to) in sentences(&own).into_iter().take(SENTENCES) {
        let said = own.get(from..to).unwrap_or("");
        let said = stems(said);
        if said.is_empty() {
            continue;
        }
        let shared = said.iter().filter(|stem| asked.binary_search(stem).is_ok()).count() as f32;
        // Long sentences share more by chance; of equals the earlier says it.
        let worth = shared / (said.len() as f32 + 4.0).sqrt();
        all.push(Sentence { from, to, worth });
    }
    all.sort_by(|a, b| b.worth.total_cmp(&a.worth).then(a.from.cmp(&b.from)));
    all.truncate(most);
    all.sort_by_key(|sentence| sentence.from);
    all.iter().filter_map(|sentence| shown(answer, sentence)).collect()
}

fn shown(answer: &str, sentence: &Sentence) -> Option<String> {
    let text = answer.get(sentence.from..sentence.to)?.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = without_marks(text.trim_start_matches(['-', '*', '#', ' ']));
    if text.chars().count() <= LONGEST {
        return Some(text);
    }
    let cut: String = text.chars().take(LONGEST).collect();
    Some(format!("{}…", cut.trim_end()))
}

/// Without the marks of Markdown that only set words off: backticks, and stars that touch a word.
fn without_marks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let alone = before == ' ' && chars.peek().is_none_or(|next| *next == ' ');
        if c != '`' && (c != '*' || alone) {
            out.push(c);
        }
        before = c;
    }
    out
}

/// Stems of the telling words, sorted, each once.
fn stems(text: &str) -> Vec<u64> {
    let tokens = tokens(text);
    let telling = tokens.all.iter().filter(|token| token.word && !is_glue(token.hash));
    let mut stems: Vec<u64> = telling.map(|token| hash(stem(tokens.form(token)))).collect();
    stems.sort_unstable();
    stems.dedup();
    stems
}

/// Where sentences begin and end: after `.`, `?` or `!` before a space, and at line breaks.
fn sentences(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut from = 0;
    let mut ending = false;
    for (at, c) in text.char_indices() {
        let ends = c == '\n' || (ending && c.is_whitespace()) || matches!(c, '。' | '？' | '！');
        if ends {
            let to = if c.is_whitespace() { at } else { at + c.len_utf8() };
            if text.get(from..to).is_some_and(|said| !said.trim().is_empty()) {
                found.push((from, to));
            }
            from = at + c.len_utf8();
        }
        ending = matches!(c, '.' | '?' | '!') || (ending && matches!(c, ')' | '"' | '*' | '_'));
    }
    if text.get(from..).is_some_and(|said| !said.trim().is_empty()) {
        found.push((from, text.len()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(answer: &str, question: &str, expect: &[&str]) {
        assert_eq!(extract(answer, question, 2), expect, "{answer}");
    }

    #[test]
    fn the_sentences_that_bear_on_the_question_are_quoted() {
        let answer = "Hello! I had that too last winter. Hold `reset` for ten seconds, then the gateway \
                      pairs again. My cat likes it. If the gateway stays red, replace its fuse.";
        check(
            answer,
            "The gateway does not pair",
            &[
                "Hold reset for ten seconds, then the gateway pairs again.",
                "If the gateway stays red, replace its fuse.",
            ],
        );
        check("Prune roses. Water ferns. Mulch.", "unrelated", &["Prune roses.", "Water ferns."]);
        check("> why does the pump leak?\n\nTighten the nut.", "pump leak", &["Tighten the nut."]);
        check("- Open the valve.\n- Close the pump", "pump", &["Open the valve.", "Close the pump"]);
        check("The **pump** says *dry*, 2 * 3 times", "pump", &["The pump says dry, 2 * 3 times"]);
        check("Version 3.2 leaks", "leak", &["Version 3.2 leaks"]);
        check("```\nrm -rf pump\n```", "pump", &[]);
        check("", "pump", &[]);
    }

    #[test]
    fn a_long_sentence_is_cut() {
        let found = extract(&"pump ".repeat(4_000), "pump", 1);
        assert_eq!(found.first().map(|text| text.chars().count() <= LONGEST + 1), Some(true));
        assert!(extract(&"a.\n".repeat(100_000), "pump", 1).is_empty());
    }
}
