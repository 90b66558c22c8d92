//! Many words looked for in one pass over a text.

use std::collections::HashMap;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::fold::{Fold, Folded};
use crate::rule::{Spot, Way};

/// Places of one word that are kept.
pub(super) const MOST_HITS: usize = 5;

/// Where something was found: bytes of the original text.
pub(crate) type Hit = (usize, usize);

/// Words to look for.
#[derive(Debug, Default)]
pub(crate) struct Words {
    known: HashMap<(String, Spot, Option<String>), u32>,
    texts: HashMap<String, usize>,
    by_text: Vec<Vec<u32>>,
    kept: Vec<(Spot, Option<String>)>,
    automaton: OnceLock<Option<AhoCorasick>>,
}

impl Words {
    /// Adds a word; the number it is found under.
    pub(crate) fn add(&mut self, word: &str, way: Way) -> u32 {
        let folded = Folded::of_word(word, way);
        let exact = way.case.then(|| Folded::new(word, Fold::Case).text);
        let key = (folded.clone(), way.spot, exact.clone());
        if let Some(id) = self.known.get(&key) {
            return *id;
        }
        let id = u32::try_from(self.kept.len()).unwrap_or(u32::MAX);
        let next = self.by_text.len();
        let place = *self.texts.entry(folded).or_insert(next);
        if place == next {
            self.by_text.push(Vec::new());
        }
        self.by_text[place].push(id);
        self.kept.push((way.spot, exact));
        self.known.insert(key, id);
        id
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    fn automaton(&self) -> Option<&AhoCorasick> {
        let build = || {
            let mut texts: Vec<(&String, &usize)> = self.texts.iter().collect();
            texts.sort_by_key(|(_, place)| **place);
            AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .build(texts.into_iter().map(|(text, _)| text))
                .ok()
        };
        self.automaton.get_or_init(build).as_ref()
    }

    /// Builds what the first search would build.
    pub(crate) fn prepare(&self) {
        self.automaton();
    }

    /// Every word that stands in the text where it should, with its first places. `original` is what `text` was
    /// folded from.
    pub(crate) fn find(&self, text: &Folded, original: &str) -> HashMap<u32, Vec<Hit>> {
        let mut found: HashMap<u32, Vec<Hit>> = HashMap::new();
        let Some(automaton) = self.automaton().filter(|_| !self.is_empty()) else { return found };
        for hit in automaton.find_overlapping_iter(&text.text) {
            let (start, end) = (hit.start(), hit.end());
            for id in self.by_text.get(hit.pattern().as_usize()).into_iter().flatten() {
                let Some((spot, exact)) = self.kept.get(*id as usize) else { continue };
                if found.get(id).is_some_and(|hits| hits.len() >= MOST_HITS)
                    || !stands(*spot, &text.text, start, end)
                {
                    continue;
                }
                let place = text.original(start, end);
                let same = |exact: &String| {
                    original
                        .get(place.0..place.1)
                        .is_some_and(|part| Folded::new(part, Fold::Case).text == *exact)
                };
                if exact.as_ref().is_none_or(same) {
                    found.entry(*id).or_default().push(place);
                }
            }
        }
        found
    }
}

fn stands(spot: Spot, text: &str, start: usize, end: usize) -> bool {
    let (Some(before), Some(inside), Some(after)) =
        (text.get(..start), text.get(start..end), text.get(end..))
    else {
        return false;
    };
    let left = || Folded::is_edge(before.chars().next_back(), inside.chars().next());
    let right = || Folded::is_edge(after.chars().next(), inside.chars().next_back());
    match spot {
        Spot::Anywhere => true,
        Spot::Word => left() && right(),
        Spot::Starts => before.is_empty() && right(),
        Spot::Ends => after.is_empty() && left(),
        Spot::Exact => before.is_empty() && after.is_empty(),
    }
}

/// A word with `*` (any letters) and `?` (one letter) as a regular expression over folded text.
pub(crate) fn glob(word: &str) -> String {
    // Stars and question marks pass through folding untouched; everything else is folded like a text.
    let folded = Folded::of_word(word, Way::default());
    let mut pattern = String::new();
    if !folded.starts_with('*') {
        pattern.push_str("(?:^|\\b{start-half})");
    }
    for letter in folded.chars() {
        match letter {
            '*' => pattern.push_str("\\S*"),
            '?' => pattern.push_str("\\S"),
            other => pattern.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
        }
    }
    if !folded.ends_with('*') {
        pattern.push_str("(?:\\b{end-half}|$)");
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::super::Patterns;
    use super::*;

    #[track_caller]
    fn check(options: &[&str], word: &str, text: &str, expect: &[&str]) {
        let mut way = Way::default();
        for option in options {
            assert!(way.set(option));
        }
        let mut words = Words::default();
        let id = words.add(word, way);
        let folded = Folded::new(text, if way.loose { Fold::Loose } else { Fold::Usual });
        let found = words.find(&folded, text);
        let shown: Vec<&str> =
            found.get(&id).into_iter().flatten().map(|(start, end)| &text[*start..*end]).collect();
        assert_eq!(shown, expect, "{word} in {text}");
    }

    #[test]
    fn words_are_found_as_people_expect() {
        check(&[], "class", "first Class, classy", &["Class"]);
        check(&[], "ass", "class", &[]);
        check(&["anywhere"], "ass", "class", &["ass"]);
        check(&[], "can't log in", "I CAN’T  log\nin today", &["CAN’T  log\nin"]);
        check(&[], "free", "frее", &["frее"]);
        check(&["loose"], "fake", "a FAAAk3 one", &["FAAAk3"]);
        check(&["case"], "US", "us and US", &["US"]);
        check(&["starts"], "help", "Help me, help", &["Help"]);
        check(&["ends"], "help", "help, I need help", &["help"]);
        check(&["exact"], "+1", " +1 ", &["+1"]);
        check(&["exact"], "+1", "+1 agreed", &[]);
        check(&[], "$$$", "make $$$ now", &["$$$"]);
        check(&[], "free", "これfreeです", &["free"]);
        check(&[], "無料", "これは無料です", &["無料"]);
        check(&[], "free", "free free free free free free free", &["free"; 5]);
    }

    #[test]
    fn stars_stand_for_letters() {
        for (word, text, expect) in [
            ("free*", "freedom is nice", true),
            ("*coin", "buy dogecoin", true),
            ("*coin", "coins", false),
            ("b?d", "that is bad", true),
            ("b?d", "bread", false),
            ("c++*", "C++20 rocks", true),
        ] {
            let mut patterns = Patterns::new(false);
            patterns.add(&glob(word));
            assert_eq!(patterns.find(&Folded::new(text, Fold::Usual).text), [expect], "{word} in {text}");
        }
    }
}
