//! How text is cut into words, the same for what is indexed and what is searched for.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// Longest word kept, in characters: longer ones are keys and hashes, which nobody types.
const LONGEST: usize = 40;

/// A word and where it stands in its text, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) text: String,
}

/// The words of `text`: lower case, accents of Latin letters off, plural s off; ideographs one by one.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut start: Option<usize> = None;
    for (at, letter) in text.char_indices() {
        let single = is_ideograph(letter);
        if letter.is_alphanumeric() && !single {
            start.get_or_insert(at);
            continue;
        }
        if let Some(from) = start.take() {
            push(&mut found, text, from, at);
        }
        if single {
            push(&mut found, text, at, at + letter.len_utf8());
        }
    }
    if let Some(from) = start {
        push(&mut found, text, from, text.len());
    }
    found
}

fn push(found: &mut Vec<Word>, text: &str, from: usize, to: usize) {
    let piece = &text[from..to];
    if piece.chars().take(LONGEST + 1).count() <= LONGEST {
        found.push(Word { from, to, text: normal(piece) });
    }
}

fn is_ideograph(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

fn normal(word: &str) -> String {
    let folded: String = word.chars().flat_map(char::to_lowercase).map(without_accent).collect();
    singular(folded)
}

/// The S-stemmer (D. Harman, "How effective is suffixing?", 1991): takes off no more than a plural.
fn singular(mut word: String) -> String {
    let ends = |list: &[&str]| list.iter().any(|end| word.ends_with(end));
    if word.len() < 4 || !word.is_ascii() || !word.ends_with('s') {
        return word;
    }
    if ends(&["ies"]) && !ends(&["eies", "aies"]) {
        word.truncate(word.len() - 3);
        word.push('y');
    } else if !ends(&["us", "ss", "aes", "ees", "oes"]) {
        word.truncate(word.len() - 1);
    }
    word
}

fn without_accent(letter: char) -> char {
    match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'ď' | 'đ' => 'd',
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => 'e',
        'ğ' => 'g',
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ő' | 'ō' => 'o',
        'ř' => 'r',
        'ś' | 'š' | 'ş' | 'ș' => 's',
        'ť' | 'ţ' | 'ț' => 't',
        'ù' | 'ú' | 'û' | 'ü' | 'ű' | 'ů' | 'ū' => 'u',
        'ý' | 'ÿ' => 'y',
        'ž' | 'ź' | 'ż' => 'z',
        other => other,
    }
}

/// True when the words are equal or one letter apart: one more, one less, one other, or two neighbours swapped.
pub(super) fn near(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let head = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[head..], &b[head..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - tail], &b[..b.len() - tail]);
    match (a, b) {
        ([], [] | [_]) | ([_], [] | [_]) => true,
        ([x, y], [z, w]) => x == w && y == z,
        _ => false,
    }
}

/// [`words`] for the index.
#[derive(Clone, Debug)]
pub(super) struct Words;

impl Tokenizer for Words {
    type TokenStream<'a> = Stream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream {
        Stream { words: words(text).into_iter(), token: Token::default() }
    }
}

pub(super) struct Stream {
    words: std::vec::IntoIter<Word>,
    token: Token,
}

impl TokenStream for Stream {
    fn advance(&mut self) -> bool {
        let Some(word) = self.words.next() else { return false };
        self.token.offset_from = word.from;
        self.token.offset_to = word.to;
        self.token.position = self.token.position.wrapping_add(1);
        self.token.text = word.text;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_found_as_people_type_them() {
        for (text, expect) in [
            ("Clamps, batteries & glasses!", vec!["clamp", "battery", "glasse"]),
            ("Déjà-vu in Łódź", vec!["deja", "vu", "in", "lodz"]),
            ("日本語 test", vec!["日", "本", "語", "test"]),
            ("status bus foo_bar x86_64", vec!["status", "bus", "foo", "bar", "x86", "64"]),
            ("", vec![]),
        ] {
            let found: Vec<String> = words(text).into_iter().map(|word| word.text).collect();
            assert_eq!(found, expect, "{text}");
        }
    }

    #[test]
    fn one_letter_apart_is_near() {
        for (a, b, expect) in [
            ("clamp", "clamp", true),
            ("clamp", "clmap", true),
            ("clamp", "clam", true),
            ("clamp", "cramp", true),
            ("clamp", "clamped", false),
            ("clamp", "camps", false),
            ("", "a", true),
        ] {
            assert_eq!(near(a, b), expect, "{a} {b}");
            assert_eq!(near(b, a), expect, "{b} {a}");
        }
    }

    proptest! {
        #[test]
        fn words_stand_where_they_say(text in ".{0,200}") {
            let mut end = 0;
            for word in words(&text) {
                prop_assert!(word.from >= end && word.from < word.to);
                prop_assert!(text.get(word.from..word.to).is_some());
                end = word.to;
            }
        }
    }
}
