//! How much two texts share: the wording, for copies, and the subject, for questions that ask the same.

use crate::keyphrases::is_glue;
use crate::prose::prose;
use crate::tokens::{Tokens, hash, tokens};

/// How alike two texts are, 0 to 1: the mean of two overlaps (Jaccard), one of word pairs and one of four-letter
/// shingles, over the writers' own words. 1 for the same words; above 0.8 they are copies with small changes.
/// It compares wording, not meaning.
pub fn similar(a: &str, b: &str) -> f32 {
    let (a, b) = (shingles(a), shingles(b));
    (overlap(&a.pairs, &b.pairs) + overlap(&a.letters, &b.letters)) / 2.0
}

/// How near the subjects of two texts are, 0 to 1: the mean of two cosines, one of their words without glue and
/// without English endings, short words counting less, and one of four-letter shingles. It ranks questions
/// that may ask the same; it knows no synonyms.
pub fn related(a: &str, b: &str) -> f32 {
    Subject::new(a).related(&Subject::new(b))
}

/// What a text is about: hashes with what each weighs, sorted, each once. Keep it to compare one text with many.
#[derive(Clone, Debug)]
pub struct Subject {
    stems: Vec<(u64, f32)>,
    letters: Vec<(u64, f32)>,
}

impl Subject {
    /// As [`related`], for texts taken apart before.
    pub fn related(&self, other: &Self) -> f32 {
        (cosine(&self.stems, &other.stems) + cosine(&self.letters, &other.letters)) / 2.0
    }

    /// What `text` is about.
    pub fn new(text: &str) -> Self {
        let prose = prose(text);
        let tokens = tokens(&prose.text);
        let telling = tokens.all.iter().filter(|token| token.word && !is_glue(token.hash));
        let weigh = |word: &str| (hash(stem(word)), (word.chars().count() as f32 / 6.0).min(1.0));
        let mut found = Self {
            stems: telling.map(|token| weigh(tokens.form(token))).collect(),
            letters: letters(&tokens).into_iter().map(|hash| (hash, 1.0)).collect(),
        };
        for list in [&mut found.stems, &mut found.letters] {
            list.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
            list.dedup_by_key(|item| item.0);
        }
        found
    }
}

/// A word without its English ending, where at least three letters remain.
pub(crate) fn stem(word: &str) -> &str {
    const ENDINGS: &[&str] = &["ing", "ed", "es", "s", "ly", "er"];
    let stem = ENDINGS.iter().find_map(|ending| word.strip_suffix(ending).filter(|stem| stem.len() >= 3));
    stem.unwrap_or(word)
}

/// Cosine of two sorted lists; each hash weighs by the lighter of its two weights.
fn cosine(a: &[(u64, f32)], b: &[(u64, f32)]) -> f32 {
    let shared = |item: &(u64, f32)| {
        let at = b.binary_search_by_key(&item.0, |other| other.0).ok()?;
        b.get(at).map(|other| item.1.min(other.1))
    };
    let both: f32 = a.iter().filter_map(shared).sum();
    let mass = |list: &[(u64, f32)]| list.iter().map(|item| item.1).sum::<f32>();
    let all = (mass(a) * mass(b)).sqrt();
    if all > 0.0 { (both / all).min(1.0) } else { 0.0 }
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
    fn questions_about_one_thing_are_related() {
        let asked = "Where can I rent a car for a month?";
        let near = related(asked, "Looking for cheap car rentals, monthly. Any good company?");
        let far = related(asked, "Which school is good for a child of six?");
        assert!(near > far + 0.1, "{near} {far}");
        assert!((related(asked, asked) - 1.0).abs() < 1e-5);
        assert_eq!(related("", asked), 0.0);
    }

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
