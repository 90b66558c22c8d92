//! What somebody wrote, with the parts that are not their own words marked.

use std::borrow::Cow;
use std::ops::Range;

use crate::rule::Way;

/// A text and the parts of it that are quoted or code. Rules pass those over unless they ask for them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Passage {
    /// The text as it was written.
    pub text: String,
    /// Bytes that quote somebody else, in order and without overlaps.
    pub quotes: Vec<Range<usize>>,
    /// Bytes of code, in order and without overlaps.
    pub code: Vec<Range<usize>>,
}

impl Passage {
    /// A text that is wholly its author's own.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), quotes: Vec::new(), code: Vec::new() }
    }

    /// Marks quotes (lines that begin with `>`), blocks between fences and code between backticks in Markdown.
    pub fn markdown(text: impl Into<String>) -> Self {
        let mut passage = Self::plain(text);
        let mut fence: Option<(usize, char)> = None;
        let mut at = 0;
        for line in passage.text.split_inclusive('\n') {
            let range = at..at + line.len();
            at = range.end;
            let bare = line.trim();
            let mark = bare
                .chars()
                .next()
                .filter(|mark| matches!(mark, '`' | '~') && bare.starts_with(&mark.to_string().repeat(3)));
            match (fence, mark) {
                (Some((start, open)), Some(mark)) if mark == open => {
                    passage.code.push(start..range.end);
                    fence = None;
                }
                (None, Some(mark)) => fence = Some((range.start, mark)),
                (None, None) if bare.starts_with('>') => passage.quotes.push(range),
                (None, None) => ticks(line, range.start, &mut passage.code),
                (Some(_), _) => {}
            }
        }
        if let Some((start, _)) = fence {
            passage.code.push(start..passage.text.len());
        }
        passage
    }

    /// The text with every byte that is not looked at replaced by `fill`, so that places stay the same.
    pub(crate) fn visible(&self, way: Way, fill: u8) -> Cow<'_, str> {
        let quotes = self.quotes.iter().filter(|_| !way.quotes);
        let code = self.code.iter().filter(|_| !way.code);
        let mut hidden = quotes.chain(code).peekable();
        if hidden.peek().is_none() {
            return Cow::Borrowed(&self.text);
        }
        let mut bytes = self.text.clone().into_bytes();
        for range in hidden {
            if self.text.get(range.clone()).is_some()
                && let Some(part) = bytes.get_mut(range.clone())
            {
                part.fill(fill);
            }
        }
        Cow::Owned(String::from_utf8(bytes).unwrap_or_default())
    }
}

/// Code between backticks in one line; as many close it as open it.
fn ticks(line: &str, offset: usize, code: &mut Vec<Range<usize>>) {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while let Some(found) = line[at..].find('`') {
        let start = at + found;
        let length = line[start..].bytes().take_while(|byte| *byte == b'`').count();
        runs.push((start, length));
        at = start + length;
    }
    // For each length, the next run of it: one pass from the back keeps this linear.
    let mut next = std::collections::HashMap::new();
    let mut closing = vec![None; runs.len()];
    for (place, (_, length)) in runs.iter().enumerate().rev() {
        closing[place] = next.insert(*length, place);
    }
    let mut place = 0;
    while let Some((start, _)) = runs.get(place) {
        match closing[place].and_then(|close| Some((close, runs.get(close)?))) {
            Some((close, (end, length))) => {
                code.push(offset + start..offset + end + length);
                place = close + 1;
            }
            None => place += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(Passage::markdown(text).visible(Way::default(), b'_'), expect, "{text}");
    }

    #[test]
    fn quotes_and_code_are_passed_over() {
        check("own words", "own words");
        check("> theirs\nmine", "_________mine");
        check("a `b` c", "a ___ c");
        check("a ``b ` c`` d `e", "a _________ d `e");
        check("x\n```\ncode\n```\ny", "x\n_____________y");
        check("x\n~~~ open to the end", "x\n___________________");
        check("é `ü` é", "é ____ é");
    }
}
