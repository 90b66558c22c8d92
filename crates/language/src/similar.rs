//! Near-duplicates: how much two texts share, word by word and letter by letter.

use crate::prose::prose;
use crate::tokens::{Tokens, hash, tokens};

/// How alike two texts are, 0 to 1: the mean of two overlaps (Jaccard), one of word pairs and one of four-letter
/// shingles, over the writers' own words. 1 for the same words; above 0.8 they are copies with small changes.
/// It compares wording, not meaning.
pub fn similar(a: &str, b: &str) -> f32 {
    let (a, b) = (shingles(a), shingles(b));
    (overlap(&a.pairs, &b.pairs) + overlap(&a.letters, &b.letters)) / 2.0
}

/// The shingles of a text, sorted; keep them to compare one text with many.
#[derive(Clone, Debug, Default)]
pub struct Shingles {
    pairs: Vec<u64>,
    letters: Vec<u64>,
}

/// The shingles of `text`.
pub fn shingles(text: &str) -> Shingles {
    let prose = prose(text);
    let tokens = tokens(&prose.text);
    let mut found = Shingles { pairs: pairs(&tokens), letters: letters(&tokens) };
    for list in [&mut found.pairs, &mut found.letters] {
        list.sort_unstable();
        list.dedup();
    }
    found
}

impl Shingles {
    /// As [`similar`], for texts taken apart before.
    pub fn similar(&self, other: &Self) -> f32 {
        (overlap(&self.pairs, &other.pairs) + overlap(&self.letters, &other.letters)) / 2.0
    }
}

fn pairs(tokens: &Tokens) -> Vec<u64> {
    let words: Vec<u64> = tokens.all.iter().filter(|token| token.word).map(|token| token.hash).collect();
    let pair = |w: &[u64]| w.iter().fold(7_u64, |h, word| h.rotate_left(23).wrapping_mul(0x9e37_79b9) ^ word);
    words.windows(2).map(pair).chain(words.iter().copied()).collect()
}

fn letters(tokens: &Tokens) -> Vec<u64> {
    let mut line = String::new();
    for token in tokens.all.iter().filter(|token| token.word) {
        line.push_str(tokens.form(token));
        line.push(' ');
    }
    let starts: Vec<usize> = line.char_indices().map(|(at, _)| at).collect();
    starts
        .windows(5)
        .filter_map(|w| match w {
            [from, .., to] => line.get(*from..*to).map(hash),
            _ => None,
        })
        .collect()
}

/// Jaccard overlap of two sorted lists; two empty ones share nothing.
fn overlap(a: &[u64], b: &[u64]) -> f32 {
    let shared = a.iter().filter(|item| b.binary_search(item).is_ok()).count();
    let all = a.len() + b.len() - shared;
    if all == 0 { 0.0 } else { shared as f32 / all as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_alike() {
        let text = "How do I export my data from the dashboard to a spreadsheet?";
        assert!((similar(text, text) - 1.0).abs() < 1e-6);
        assert!(similar(text, "how do i export my data from the dashboard to a spreadsheet") > 0.95);
        assert!(similar(text, "How can I export data from the dashboard to a spreadsheet?") > 0.5);
        assert!(similar(text, "The party starts at nine on Friday.") < 0.1);
        assert_eq!(similar("", ""), 0.0);
    }
}
