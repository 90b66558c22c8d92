//! What a theme is called: the terms its texts have and others do not, as their writers spell them.

use std::collections::BTreeMap;

use super::{Corpus, TITLE_WORDS, WORDS, each_term};
use crate::tokens::is_hidden;

/// A pair of words says more than a word.
const PAIR: f64 = 1.3;
/// Longest phrase of a name, in characters.
const LONGEST: usize = 40;

/// A term that may name a theme.
#[derive(Default)]
struct Candidate {
    parts: [u64; 2],
    texts: usize,
    /// The same, those that have it in their title twice.
    weight: usize,
    last: Option<usize>,
    surfaces: BTreeMap<String, usize>,
}

/// At most `most` phrases that tell these texts (title and body) from the others of `corpus`, most telling first. A
/// phrase is spelt as it is most often; none repeats a word of one before.
pub fn name(texts: &[(&str, &str)], corpus: &Corpus, most: usize) -> Vec<String> {
    let mut all: BTreeMap<u64, Candidate> = BTreeMap::new();
    for (at, (title, body)) in texts.iter().enumerate() {
        for (text, words) in [(title, TITLE_WORDS), (body, WORDS)] {
            each_term(text, words, &mut |term| {
                let found = all.entry(term.hash).or_default();
                found.parts = term.parts;
                if found.last != Some(at) {
                    found.texts += 1;
                    found.weight += if words == TITLE_WORDS { 2 } else { 1 };
                    found.last = Some(at);
                }
                *found.surfaces.entry(shown(term.surface)).or_default() += 1;
            });
        }
    }
    let worth = |hash: &u64, found: &Candidate| {
        let pair = if found.parts[0] == found.parts[1] { 1.0 } else { PAIR };
        found.weight as f64 * corpus.rarity(*hash) * pair
    };
    let mut ranked: Vec<(f64, Candidate)> = all.into_iter().map(|(hash, c)| (worth(&hash, &c), c)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut taken: Vec<u64> = Vec::new();
    let mut phrases = Vec::new();
    // A phrase of one text alone does not name what several share.
    let least = if texts.len() > 1 { 2 } else { 1 };
    for (_, found) in ranked.into_iter().filter(|(_, found)| found.texts >= least) {
        if phrases.len() == most {
            break;
        }
        if !found.parts.iter().any(|part| taken.contains(part)) {
            taken.extend(found.parts);
            let usual = found.surfaces.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)));
            phrases.extend(usual.map(|(surface, _)| surface));
        }
    }
    phrases
}

/// As written, without what one does not see, on one line, not too long.
fn shown(surface: &str) -> String {
    let seen: String =
        surface.chars().filter(|c| !is_hidden(*c) && (!c.is_control() || c.is_whitespace())).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::super::terms;
    use super::*;

    #[test]
    fn a_theme_is_named_by_what_its_texts_share() {
        let theirs = [
            ("Battery drain after the update", "My battery is empty by noon."),
            ("Battery drain", "Since the new release the battery lasts a day."),
            ("battery drain on firmware 4", "Draining fast."),
        ];
        let others = (0..40).map(|n| (format!("Pump {n}"), format!("The valve of row{n} drips after rain")));
        let mut all: Vec<_> = theirs.iter().map(|(title, body)| terms(title, body)).collect();
        all.extend(others.map(|(title, body)| terms(&title, &body)));
        let corpus = Corpus::new(&all);
        assert_eq!(name(&theirs, &corpus, 1), ["Battery drain"]);
        assert!(name(&theirs, &corpus, 4).iter().all(|phrase| !phrase.contains("noon")));
        assert!(name(&[], &corpus, 3).is_empty());
    }

    #[test]
    fn nothing_hidden_is_in_a_name() {
        let texts = [("a\u{202e}lar\u{200b}m clock", ""), ("alarm\tclock", "")];
        let corpus = Corpus::new(&texts.map(|(title, body)| terms(title, body)));
        let found = name(&texts, &corpus, 3);
        assert!(found.iter().all(|phrase| !phrase.contains(['\u{202e}', '\u{200b}', '\t'])), "{found:?}");
        let long = "x".repeat(9_000);
        let corpus = Corpus::new(&[terms(&long, "")]);
        assert!(name(&[(&long, "")], &corpus, 3).iter().all(|phrase| phrase.len() <= LONGEST));
    }
}
