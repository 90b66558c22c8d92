//! The words of one line of a condition.

use crate::finding::{At, Finding};
use crate::length::brief;

/// Characters a line may have.
const LONGEST_LINE: usize = 50_000;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// A word or a number: everything between spaces and signs.
    Word(String),
    /// A text in quotes.
    Quoted(String),
    /// `<`, `<=`, `=`, `>=`, `>`, `!=`
    Sign(&'static str),
    Open,
    Close,
    OpenList,
    CloseList,
    Comma,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) at: At,
}

const SIGNS: &[(&str, Kind)] = &[
    ("<=", Kind::Sign("<=")),
    (">=", Kind::Sign(">=")),
    ("!=", Kind::Sign("!=")),
    ("==", Kind::Sign("=")),
    ("≤", Kind::Sign("<=")),
    ("≥", Kind::Sign(">=")),
    ("≠", Kind::Sign("!=")),
    ("<", Kind::Sign("<")),
    (">", Kind::Sign(">")),
    ("=", Kind::Sign("=")),
    ("(", Kind::Open),
    (")", Kind::Close),
    ("[", Kind::OpenList),
    ("]", Kind::CloseList),
    (",", Kind::Comma),
];

/// What is written elsewhere, and how it is written here.
const FOREIGN: [(&str, &str); 4] = [("=>", ">="), ("=<", "<="), ("&&", "and"), ("||", "or")];

/// Splits a line into its words. On failure: what is wrong, and where.
pub(super) fn tokens(line: &str, at: At) -> Result<Vec<Token>, Finding> {
    if line.chars().count() > LONGEST_LINE {
        let message =
            format!("This line is too long: at most {LONGEST_LINE} characters. Split it in several.");
        return Err(Finding::error(at, message));
    }
    let mut found = Vec::new();
    let (mut rest, mut column) = (line, 0);
    while let Some(first) = rest.chars().next() {
        let here = at.right(column);
        let length = if first.is_whitespace() {
            first.len_utf8()
        } else if first == '"' {
            let (text, length) = quoted(rest, here)?;
            found.push(Token { kind: Kind::Quoted(text), at: here });
            length
        } else if let Some((wrong, right)) = FOREIGN.iter().find(|(sign, _)| rest.starts_with(sign)) {
            let message = format!("A rule does not know the sign \"{wrong}\".");
            return Err(Finding::error(here, message).meaning(Some(*right)));
        } else if let Some((sign, kind)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            found.push(Token { kind: kind.clone(), at: here });
            sign.len()
        } else {
            let stops = |c: char| {
                c.is_whitespace() || c == '"' || SIGNS.iter().any(|(s, _)| s.starts_with(c) && c != '!')
            };
            let length = rest.find(stops).unwrap_or(rest.len());
            // "has any: [a]" within quotes: the colon is YAML's, not a part of the word.
            let word = rest[..length].trim_end_matches(':');
            if !word.is_empty() {
                found.push(Token { kind: Kind::Word(word.to_owned()), at: here });
            }
            length
        };
        column += rest[..length].chars().count();
        rest = &rest[length..];
    }
    Ok(found)
}

/// A text in double quotes; `\"` and `\\` stand for the sign itself.
fn quoted(rest: &str, at: At) -> Result<(String, usize), Finding> {
    let mut text = String::new();
    let mut escaped = false;
    for (place, letter) in rest.char_indices().skip(1) {
        match letter {
            '"' if !escaped => return Ok((text, place + 1)),
            '\\' if !escaped => escaped = true,
            _ => {
                text.push(letter);
                escaped = false;
            }
        }
    }
    let message = format!("The quote that begins with {} is never closed.", brief(rest));
    Err(Finding::error(at, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_split_where_people_expect_it() {
        let line = "not signal.a-b>=0.7 or x has any [a, \"b c\\\"\"] ≤ don't";
        let shown: Vec<String> = tokens(line, At { line: 1, column: 1 })
            .unwrap()
            .into_iter()
            .map(|token| match token.kind {
                Kind::Word(word) => format!("{word}@{}", token.at.column),
                Kind::Quoted(text) => format!("'{text}'"),
                Kind::Sign(sign) => sign.to_owned(),
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(
            shown.join(" "),
            "not@1 signal.a-b@5 >= 0.7@17 or@21 x@24 has@26 any@30 OpenList a@35 Comma 'b c\"' CloseList <= don't@49"
        );
        assert!(tokens("a \"b", At::default()).is_err());
        assert!(tokens(&"a".repeat(50_001), At::default()).is_err());
    }
}
