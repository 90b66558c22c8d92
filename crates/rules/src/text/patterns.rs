//! Many patterns looked for in a text: those that cannot be there are told by the words they cannot do without.

use std::collections::HashMap;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use regex_syntax::hir::literal::{ExtractKind, Extractor, Seq};

use super::search::{Hit, MOST_HITS};
use crate::read::values::PATTERN_SIZE;

/// Bytes the joint automaton of the patterns without such words may take; beyond it they are run one by one.
const SET_SIZE: usize = 64 << 20;
/// Letters a word must have to be worth looking for first.
const SHORTEST: usize = 3;

/// Patterns to look for.
#[derive(Debug, Default)]
pub(crate) struct Patterns {
    known: HashMap<String, u32>,
    sources: Vec<String>,
    each: Vec<OnceLock<Option<Regex>>>,
    plan: OnceLock<Plan>,
    sensitive: bool,
}

/// How the patterns are looked for together.
#[derive(Debug, Default)]
struct Plan {
    /// Finds the words, in lower case.
    words: Option<AhoCorasick>,
    /// The patterns that need one of several words, by the number of the word.
    by_word: Vec<Vec<u32>>,
    /// The patterns that need none, and their joint automaton.
    rest: Vec<u32>,
    set: Option<RegexSet>,
}

impl Patterns {
    /// Patterns for which capitals matter, or not.
    pub(crate) fn new(sensitive: bool) -> Self {
        Self { sensitive, ..Self::default() }
    }

    /// Adds a regular expression; the number it is found under.
    pub(crate) fn add(&mut self, source: &str) -> u32 {
        let next = u32::try_from(self.sources.len()).unwrap_or(u32::MAX);
        let id = *self.known.entry(source.to_owned()).or_insert(next);
        if id == next {
            self.sources.push(source.to_owned());
            self.each.push(OnceLock::new());
        }
        id
    }

    fn plan(&self) -> &Plan {
        self.plan.get_or_init(|| {
            let mut plan = Plan::default();
            let mut words: Vec<String> = Vec::new();
            let mut numbers: HashMap<String, usize> = HashMap::new();
            for (id, source) in self.sources.iter().enumerate() {
                let id = u32::try_from(id).unwrap_or(u32::MAX);
                let Some(needed) = needed(source) else {
                    plan.rest.push(id);
                    continue;
                };
                for word in needed {
                    let next = words.len();
                    let number = *numbers.entry(word.clone()).or_insert(next);
                    if number == next {
                        words.push(word);
                        plan.by_word.push(Vec::new());
                    }
                    plan.by_word[number].push(id);
                }
            }
            plan.words = AhoCorasick::new(&words).ok().filter(|_| !words.is_empty());
            if plan.words.is_none() && !words.is_empty() {
                plan.rest = (0..u32::try_from(self.sources.len()).unwrap_or(u32::MAX)).collect();
            }
            let rest = plan.rest.iter().filter_map(|id| self.sources.get(*id as usize));
            plan.set = RegexSetBuilder::new(rest)
                .case_insensitive(!self.sensitive)
                .size_limit(SET_SIZE)
                .dfa_size_limit(SET_SIZE)
                .build()
                .ok();
            plan
        })
    }

    /// Builds what the first search would build.
    pub(crate) fn prepare(&self) {
        if !self.sources.is_empty() {
            self.plan();
        }
    }

    /// Which patterns are found.
    pub(crate) fn find(&self, text: &str) -> Vec<bool> {
        let mut found = vec![false; self.sources.len()];
        if found.is_empty() {
            return found;
        }
        let plan = self.plan();
        let mut tried = vec![false; found.len()];
        if let Some(words) = &plan.words {
            for hit in words.find_overlapping_iter(&lower(text)) {
                for id in plan.by_word.get(hit.pattern().as_usize()).into_iter().flatten() {
                    let id = *id as usize;
                    if tried.get(id) == Some(&false) {
                        tried[id] = true;
                        found[id] = self.one(id).is_some_and(|regex| regex.is_match(text));
                    }
                }
            }
        }
        match &plan.set {
            Some(set) => {
                for place in set.matches(text) {
                    if let Some(id) = plan.rest.get(place) {
                        found[*id as usize] = true;
                    }
                }
            }
            None => {
                for id in &plan.rest {
                    found[*id as usize] = self.one(*id as usize).is_some_and(|regex| regex.is_match(text));
                }
            }
        }
        found
    }

    fn one(&self, id: usize) -> Option<&Regex> {
        let build = || {
            RegexBuilder::new(self.sources.get(id)?)
                .case_insensitive(!self.sensitive)
                .size_limit(4 * PATTERN_SIZE)
                .build()
                .ok()
        };
        self.each.get(id)?.get_or_init(build).as_ref()
    }

    /// Where one pattern is found first.
    pub(crate) fn places(&self, id: u32, text: &str) -> Vec<Hit> {
        let regex = self.one(id as usize);
        let hits = regex.into_iter().flat_map(|regex| regex.find_iter(text));
        hits.map(|hit| (hit.start(), hit.end())).take(MOST_HITS).collect()
    }
}

/// Lower case in which every letter that a pattern without capitals takes for a Latin one has become it: the Kelvin
/// sign and the long s are the only ones (Unicode's CaseFolding.txt).
fn lower(text: &str) -> String {
    let fold = |letter: char| match letter {
        '\u{212a}' => 'k',
        '\u{17f}' => 's',
        other => other.to_ascii_lowercase(),
    };
    text.chars().map(fold).collect()
}

/// Words of which at least one stands in every text the pattern matches, in lower case; nothing when there are none
/// that are long enough, or when they are not Latin.
fn needed(source: &str) -> Option<Vec<String>> {
    let hir = regex_syntax::parse(source).ok()?;
    let words = |kind: ExtractKind| {
        let seq: Seq = Extractor::new().kind(kind).limit_total(64).extract(&hir);
        let literals = seq.literals()?;
        let mut words: Vec<String> = literals
            .iter()
            .map(|literal| String::from_utf8(literal.as_bytes().to_ascii_lowercase()).ok())
            .collect::<Option<_>>()?;
        words.sort_unstable();
        words.dedup();
        let fit = !words.is_empty() && words.iter().all(|word| word.len() >= SHORTEST && word.is_ascii());
        fit.then_some(words)
    };
    words(ExtractKind::Prefix).or_else(|| words(ExtractKind::Suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_found_together_as_alone() {
        let sources = [
            "sk_live_[0-9]{4}",
            "(?i)free|gratis",
            "[0-9]{4}-[0-9]{4}",
            ".*coin$",
            "\\bWTS\\b",
            "(a|b|c)xyz",
            "stra(ß|ss)e",
            "k+elvin",
        ];
        let texts = [
            "sk_live_1234",
            "SK_LIVE_1234",
            "GRATIS!",
            "call 1234-5678",
            "dogecoin",
            "a WTS b",
            "wts",
            "cXYZ",
            "STRASSE",
            "straße",
            "\u{212a}elvin",
            "gratiſ",
            "nothing at all",
            "",
        ];
        for sensitive in [true, false] {
            let mut patterns = Patterns::new(sensitive);
            for source in sources {
                patterns.add(source);
            }
            for text in texts {
                let alone = sources.map(|source| {
                    RegexBuilder::new(source).case_insensitive(!sensitive).build().unwrap().is_match(text)
                });
                assert_eq!(patterns.find(text), alone, "{text}");
            }
        }
        let key = needed("sk_live_[0-9]{4}").unwrap();
        assert!(key.iter().all(|word| word.starts_with("sk_live_")), "{key:?}");
        assert_eq!(needed("[0-9]{4}"), None);
    }
}
