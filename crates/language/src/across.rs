//! Shingles across words: every four letters of a text as it stands, blanks and marks and links among them.
//!
//! Only spam is told by them. `sub 4 sub`, `check out my`, `.com/` and prices are known by how they are put together, also
//! where a word is misspelt or new.

use crate::prose::Prose;
use crate::reading::Span;
use crate::tokens::{Tokens, is_hidden};

/// Rows of the table of shingles: 2 to the power of 17.
pub(crate) const ROWS: usize = 1 << BITS;
const BITS: u32 = 17;

/// The shingles of a text, each once and in order: its row, and the byte where its last letter stands.
pub(crate) fn shingles(text: &str, prose: &Prose) -> Vec<(u32, u32)> {
    let mut found = Found {
        rows: Vec::with_capacity(prose.text.len() + 1),
        met: vec![0; ROWS / 64],
        window: u64::from(b' '),
    };
    let mut from = 0;
    for span in prose.links.iter().map(|link| link.span).filter(|span| span.start < span.end) {
        if span.start < from {
            continue;
        }
        found.add(prose.text.get(from..span.start).unwrap_or(""), from);
        found.add(text.get(span.start..span.end).unwrap_or(""), span.start);
        from = span.end;
    }
    found.add(prose.text.get(from..).unwrap_or(""), from);
    found.add(" ", prose.text.len());
    found.rows
}

struct Found {
    rows: Vec<(u32, u32)>,
    met: Vec<u64>,
    /// The last four letters, sixteen bits each.
    window: u64,
}

impl Found {
    fn add(&mut self, piece: &str, start: usize) {
        for (at, c) in piece.char_indices() {
            let letter = if c.is_ascii() {
                if c <= ' ' { ' ' } else { c.to_ascii_lowercase() }
            } else if is_hidden(c) {
                continue;
            } else if c.is_whitespace() {
                ' '
            } else {
                c.to_lowercase().next().unwrap_or(c)
            };
            if letter == ' ' && self.window & 0xffff == u64::from(b' ') {
                continue;
            }
            self.window = self.window << 16 | u64::from(letter as u32 & 0xffff);
            self.once(start + at);
        }
    }

    #[inline]
    fn once(&mut self, at: usize) {
        let mixed = (self.window ^ self.window >> 29).wrapping_mul(0xd6e8_feb8_6659_fd93);
        let row = ((mixed ^ mixed >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - BITS)) as u32;
        let Some(bits) = self.met.get_mut((row / 64) as usize) else { return };
        let bit = 1 << (row % 64);
        if *bits & bit == 0 {
            *bits |= bit;
            self.rows.push((row, at as u32));
        }
    }
}

/// Shares out what shingles weigh among the words, marks and links that they end in. `weigh` says what a row weighs;
/// given back are a weight a token and a weight a link.
pub(crate) fn by_place(
    shingles: &[(u32, u32)],
    tokens: &Tokens,
    prose: &Prose,
    weigh: impl Fn(u32) -> f32,
) -> (Vec<f32>, Vec<f32>) {
    let (mut words, mut links) = (vec![0.0; tokens.all.len()], vec![0.0; prose.links.len()]);
    let (mut word, mut link) = (0, 0);
    let begins = |span: Option<Span>, at: usize| span.is_some_and(|span| span.start <= at);
    for (row, at) in shingles {
        let at = *at as usize;
        while begins(tokens.all.get(word + 1).map(|token| token.span), at) {
            word += 1;
        }
        while begins(prose.links.get(link + 1).map(|link| link.span), at) {
            link += 1;
        }
        let inside = prose.links.get(link).is_some_and(|link| link.span.start <= at && at < link.span.end);
        let slot = if inside { links.get_mut(link) } else { words.get_mut(word) };
        if let Some(slot) = slot {
            *slot += weigh(*row);
        }
    }
    (words, links)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prose::prose;
    use crate::tokens::tokens;

    fn of(text: &str) -> Vec<(u32, u32)> {
        shingles(text, &prose(text))
    }

    fn rows(text: &str) -> Vec<u32> {
        of(text).into_iter().map(|(row, _)| row).collect()
    }

    #[test]
    fn every_four_letters_count_once() {
        // ` a`, ` ab`, ` ab `, `ab c`, `b cd`, ` cd `: one ends with each letter.
        assert_eq!(of("ab cd").iter().map(|(_, at)| *at).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
        assert_eq!(rows("ab cd"), rows("AB \n cd"));
        assert_eq!(rows("ab cd"), rows("a\u{200b}b cd"));
        assert_eq!(rows("МИР"), rows("мир"));
        assert_eq!(rows("hahahahahahaha").len(), rows("hahaha").len());
        assert_eq!(rows(""), rows(" "));
    }

    #[test]
    fn links_count_and_quotes_and_code_do_not() {
        assert!(rows("see http://x.example/a").len() > rows("see").len() + 15);
        assert_eq!(rows("no\n> buy cheap pills now\n"), rows("no"));
        assert_eq!(rows("no `buy cheap pills`"), rows("no"));
    }

    #[test]
    fn what_a_shingle_weighs_goes_to_the_word_or_link_it_ends_in() {
        let text = "sub me http://x.example/ab ok";
        let (prose, shingles) = (prose(text), of(text));
        let tokens = tokens(&prose.text);
        let (words, links) = by_place(&shingles, &tokens, &prose, |_| 1.0);
        assert_eq!((words.len(), links.len()), (3, 1));
        assert_eq!(words.iter().chain(&links).sum::<f32>(), shingles.len() as f32);
        assert!(links[0] > 15.0 && words[0] >= 4.0, "{words:?} {links:?}");
    }
}
