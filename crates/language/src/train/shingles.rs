//! What the learner sees of a text: words, pairs of neighbours and four-letter shingles, each once, hashed.
//!
//! Made for speed: one pass over the bytes, no word is ever copied. It knows nothing of quotes or code; a set's own
//! texts decide what matters. A harsh word counts also for its kind, alone and behind the word before it, so that one
//! which the set hardly holds is known by the others.

use std::sync::OnceLock;

use crate::harsh::{self, Harsh};
use crate::tokens::Sieve;

/// Rows a feature may fall into: 2 to the power of 18.
pub(crate) const ROWS: usize = 1 << BITS;
const BITS: u32 = 18;
/// Longest text looked at, in bytes.
const LONGEST: usize = 4096;
/// Letters of a shingle; four did better than any mixture of two to six (see `bench/language/README.md`).
const SHINGLE: u64 = 0xffff_ffff;
const MIX: u64 = 0x517c_c1b7_2722_0a95;

/// Memory for looking at texts, kept from one to the next.
#[derive(Debug, Default)]
pub struct Scratch {
    met: Vec<u64>,
    /// Rows of words and pairs, in order of appearance.
    pub(crate) words: Vec<u32>,
    /// Rows of shingles.
    pub(crate) letters: Vec<u32>,
    /// Where a classifier keeps those rows that it knows.
    pub(crate) known: Vec<u32>,
    /// A score a class.
    pub(crate) scores: Vec<f32>,
}

/// Lower-case letters as they are, capitals as small ones, white space as a blank.
const FOLDED: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    loop {
        table[byte as usize] = if byte <= b' ' { b' ' } else { byte.to_ascii_lowercase() };
        if byte == 255 {
            break table;
        }
        byte += 1;
    }
};

/// Bytes that make words: letters, digits, apostrophes and everything beyond ASCII.
const OF_WORDS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    loop {
        table[byte as usize] = byte.is_ascii_alphanumeric() || byte >= 128 || byte == b'\'';
        if byte == 255 {
            break table;
        }
        byte += 1;
    }
};

/// Harsh words by hash, sorted, each with a hash for its kind.
struct Kinds {
    sieve: Sieve,
    words: Vec<(u64, u64)>,
}

fn kinds() -> &'static Kinds {
    static KINDS: OnceLock<Kinds> = OnceLock::new();
    KINDS.get_or_init(|| {
        let kind = |kind: Harsh| match kind {
            Harsh::Insult => 0x2f0b_4c4a_91d1_7a33,
            Harsh::Slur => 0x77c1_5ba5_03e6_d2c5,
            Harsh::Vulgar => 0x1d8e_4e27_c47d_1245,
            Harsh::Word => 0x5a38_1c25_d60f_8fb7,
        };
        let with = |ending: &str| {
            harsh::written()
                .iter()
                .map(|(word, of)| (word.bytes().chain(ending.bytes()).fold(0, add_byte), kind(*of)))
                .collect::<Vec<_>>()
        };
        let mut words = with("");
        words.extend(with("s"));
        words.sort_unstable();
        words.dedup_by_key(|(word, _)| *word);
        Kinds { sieve: Sieve::new(words.iter().map(|(word, _)| *word)), words }
    })
}

impl Kinds {
    fn of(&self, word: u64) -> Option<u64> {
        if !self.sieve.may_hold(word) {
            return None;
        }
        let at = self.words.binary_search_by_key(&word, |(known, _)| *known).ok()?;
        self.words.get(at).map(|(_, kind)| *kind)
    }
}

#[inline(always)]
fn add_byte(word: u64, byte: u8) -> u64 {
    (word.rotate_left(5) ^ u64::from(byte)).wrapping_mul(MIX)
}

/// Looks at `text`; what is found stands in `scratch`.
pub(crate) fn look(text: &str, scratch: &mut Scratch) {
    let text = crate::prose::cut(text, LONGEST);
    if text.is_ascii() {
        bytes(text.as_bytes(), scratch);
    } else {
        bytes(text.to_lowercase().as_bytes(), scratch);
    }
}

fn bytes(text: &[u8], scratch: &mut Scratch) {
    let kinds = kinds();
    scratch.met.resize(ROWS / 64, 0);
    let Scratch { met, words, letters, .. } = scratch;
    words.clear();
    letters.clear();
    let (mut word, mut before, mut window) = (0_u64, 0x1_2345_u64, u64::from(b' '));
    for byte in text.iter().chain(b" ") {
        let folded = FOLDED[usize::from(*byte)];
        if OF_WORDS[usize::from(*byte)] {
            word = add_byte(word, folded);
        } else {
            if word != 0 {
                if let Some(kind) = kinds.of(word) {
                    once(met, words, row(kind));
                    once(met, words, row(before.rotate_left(17) ^ kind));
                }
                before = add_word(met, words, before, word);
                word = 0;
            }
            if folded != b' ' {
                before = add_word(met, words, before, u64::from(folded).wrapping_mul(MIX));
            } else if window & 0xff == u64::from(b' ') {
                continue;
            }
        }
        window = window << 8 | u64::from(folded);
        once(met, letters, row((window & SHINGLE).wrapping_mul(0xd6e8_feb8_6659_fd93) ^ 4 << 56));
    }
    for row in words.iter().chain(&*letters) {
        if let Some(bits) = met.get_mut((row >> 6) as usize) {
            *bits = 0;
        }
    }
}

/// Adds a word and its pair with the one before; returns what the next pair needs of it.
#[inline(always)]
fn add_word(met: &mut [u64], words: &mut Vec<u32>, before: u64, word: u64) -> u64 {
    once(met, words, row(word ^ 0x51));
    once(met, words, row(before.rotate_left(17) ^ word));
    word.wrapping_mul(0xff51_afd7_ed55_8ccd)
}

#[inline(always)]
fn row(hash: u64) -> u32 {
    (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - BITS)) as u32
}

#[inline(always)]
fn once(met: &mut [u64], list: &mut Vec<u32>, row: u32) {
    let Some(bits) = met.get_mut((row >> 6) as usize) else { return };
    let bit = 1 << (row & 63);
    if *bits & bit == 0 {
        *bits |= bit;
        list.push(row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(text: &str) -> (usize, usize) {
        let mut scratch = Scratch::default();
        look(text, &mut scratch);
        (scratch.words.len(), scratch.letters.len())
    }

    #[test]
    fn words_pairs_and_shingles_are_counted_once() {
        // Two words and two pairs; `_ab_`, `ab_c` and so on end with each letter.
        assert_eq!(counts("ab cd"), (4, 6));
        assert_eq!(counts("AB   cd"), (4, 6));
        assert_eq!(counts("a a a a"), (3, 4));
        assert_eq!(counts(""), (0, 0));
        assert_eq!(counts("?"), (2, 2));
    }

    #[test]
    fn nothing_is_left_over_from_the_text_before() {
        let mut scratch = Scratch::default();
        look("one text", &mut scratch);
        let first = (scratch.words.clone(), scratch.letters.clone());
        look("another", &mut scratch);
        look("One  Text", &mut scratch);
        assert_eq!((scratch.words, scratch.letters), first);
    }
}
