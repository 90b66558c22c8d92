//! What the linear models see of a text: hashed words, pairs of words, letter shingles, and cues.

use crate::cues::{Cues, cues};
use crate::prose::{Prose, prose};
use crate::reading::{Context, Span};
use crate::tokens::{Tokens, hash, tokens};

/// Rows of the hashed part of the weights: 2 to the power of 17.
pub(crate) const BUCKETS: usize = 1 << 17;

/// A text taken apart for the models.
#[derive(Debug)]
pub(crate) struct Features {
    /// Rows of single words and pairs, each once.
    pub words: Vec<u32>,
    /// Rows of three- and four-letter shingles, each once.
    pub letters: Vec<u32>,
    /// Rows of the cues present, each once.
    pub cues: Vec<u8>,
}

/// A text and everything seen in it.
#[derive(Debug)]
pub(crate) struct Seen {
    /// Own words apart from code, quotes and links.
    pub prose: Prose,
    /// The words.
    pub tokens: Tokens,
    /// The cues.
    pub cues: Cues,
    /// Input of the models.
    pub features: Features,
}

/// Looks at a text in its context.
pub(crate) fn see(text: &str, context: &Context<'_>) -> Seen {
    let prose = prose(text);
    let tokens = tokens(&prose.text);
    let cues = cues(&prose, &tokens, context);
    let mut features = Features { words: Vec::new(), letters: Vec::new(), cues: Vec::new() };
    let mut seen = Once::new();
    hash_tokens(&tokens, 0, &mut features, &mut seen);
    if !context.reply && !context.title.is_empty() {
        let title = tokens_of_title(context.title);
        hash_tokens(&title, 0x5bd1_e995, &mut features, &mut seen);
    }
    features.cues.extend(cues.all.iter().map(|found| found.cue as u8));
    features.cues.sort_unstable();
    features.cues.dedup();
    Seen { prose, tokens, cues, features }
}

fn tokens_of_title(title: &str) -> Tokens {
    tokens(&prose(title).text)
}

/// Which buckets were hit by this text already.
struct Once {
    bits: Vec<u64>,
}

impl Once {
    fn new() -> Self {
        Self { bits: vec![0; BUCKETS / 64] }
    }

    fn first(&mut self, bucket: u32) -> bool {
        let Some(word) = self.bits.get_mut((bucket / 64) as usize) else { return false };
        let bit = 1 << (bucket % 64);
        let first = *word & bit == 0;
        *word |= bit;
        first
    }
}

/// Spreads a hash over the buckets.
fn bucket(hash: u64) -> u32 {
    (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - 17)) as u32
}

/// The bucket of one word.
pub(crate) fn word_bucket(hash: u64) -> u32 {
    bucket(hash ^ 0x51)
}

/// The bucket of a pair of neighbours.
pub(crate) fn pair_bucket(a: u64, b: u64) -> u32 {
    bucket(a.rotate_left(17).wrapping_mul(0xff51_afd7_ed55_8ccd) ^ b)
}

fn hash_tokens(tokens: &Tokens, salt: u64, features: &mut Features, seen: &mut Once) {
    let edge = hash("^");
    let mut before = edge;
    let mut word = Vec::with_capacity(24);
    let mut add = |list: &mut Vec<u32>, bucket: u32| {
        if seen.first(bucket) {
            list.push(bucket);
        }
    };
    for token in &tokens.all {
        add(&mut features.words, word_bucket(token.hash ^ salt));
        add(&mut features.words, pair_bucket(before ^ salt, token.hash));
        before = token.hash;
        if !token.word || salt != 0 {
            continue;
        }
        word.clear();
        word.push(u32::from(b'_'));
        word.extend(tokens.form(token).chars().take(40).map(|c| c as u32));
        word.push(u32::from(b'_'));
        for letters in word.windows(3) {
            add(&mut features.letters, shingle(letters));
        }
        for letters in word.windows(4) {
            add(&mut features.letters, shingle(letters));
        }
    }
    add(&mut features.words, pair_bucket(before ^ salt, edge));
}

fn shingle(letters: &[u32]) -> u32 {
    let mixed = letters.iter().fold(0x2545_f491_4f6c_dd1d_u64, |h, letter| {
        (h ^ u64::from(*letter)).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(7)
    });
    bucket(mixed ^ 0xa7)
}

/// Single words and pairs with where they stand, for reasons. The title is left out.
pub(crate) fn placed(tokens: &Tokens) -> impl Iterator<Item = (u32, Span)> {
    let singles = tokens.all.iter().map(|token| (word_bucket(token.hash), token.span));
    let pairs = tokens.all.windows(2).filter_map(|pair| match pair {
        [a, b] => Some((pair_bucket(a.hash, b.hash), Span { start: a.span.start, end: b.span.end })),
        _ => None,
    });
    singles.chain(pairs)
}
