//! What the linear models see of a text: hashed words, pairs of words, letter shingles, and cues.

use crate::across;
use crate::cues::{Cue, Cues, cues};
use crate::prose::{Prose, prose};
use crate::reading::{Context, Span};
use crate::tokens::{Tokens, hash, tokens};

/// Rows of the hashed part of the weights: 2 to the power of 17.
pub(crate) const BUCKETS: usize = 1 << 17;

/// A text taken apart for the models.
#[derive(Debug, Default)]
pub(crate) struct Features {
    /// Rows of single words and pairs, each once.
    pub words: Vec<u32>,
    /// Rows of three- and four-letter shingles, each once.
    pub letters: Vec<u32>,
    /// Rows of how sentences begin and end and of pairs of cues, each once: only what a post is for is read from them.
    pub frames: Vec<u32>,
    /// Rows of what stands beside the name of a group, each once; of harassment alone.
    pub groups: Vec<u32>,
    /// Shingles across words with where they end, each once; of spam alone. See [`across::shingles`].
    pub across: Vec<(u32, u32)>,
    /// Rows of the cues present, each once.
    pub cues: Vec<u8>,
    /// True for mails, which begin with their subject.
    pub mail: bool,
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
    /// Rows of the sentences that speak of a group of people, and where they stand.
    pub of_groups: Vec<(u32, Span)>,
}

/// True when a text is a mail: it begins with its subject, as mails are handed over.
pub(crate) fn is_mail(text: &str) -> bool {
    text.trim_start().starts_with("Subject:")
}

/// Looks at a text in its context.
pub(crate) fn see(text: &str, context: &Context<'_>) -> Seen {
    let prose = prose(text);
    let tokens = tokens(&prose.text);
    let cues = cues(&prose, &tokens, context);
    let mut features = Features { mail: is_mail(text), ..Features::default() };
    let mut seen = Once::new();
    hash_tokens(&tokens, 0, &mut features, &mut seen);
    let of_groups = of_groups(&tokens, &cues);
    for (row, _) in &of_groups {
        if seen.first(*row) {
            features.groups.push(*row);
        }
    }
    if !context.reply && !context.title.is_empty() {
        let title = tokens_of_title(context.title);
        hash_tokens(&title, 0x5bd1_e995, &mut features, &mut seen);
    }
    features.cues.extend(cues.all.iter().map(|found| found.cue as u8));
    features.cues.sort_unstable();
    features.cues.dedup();
    features.frames = frames(&prose.text, &tokens, &features.cues);
    features.across = across::shingles(text, &prose);
    Seen { prose, tokens, cues, features, of_groups }
}

/// Words and pairs of the sentences that speak of a group, once more and whichever the group: what is said of one
/// group in contempt is said of others.
fn of_groups(tokens: &Tokens, cues: &Cues) -> Vec<(u32, Span)> {
    const SALT: u64 = 0x1b87_3593_27d4_eb2f;
    let spans: Vec<Span> =
        cues.all.iter().filter(|found| found.cue == Cue::Group).filter_map(|found| found.span).collect();
    let mut rows = Vec::new();
    if spans.is_empty() {
        return rows;
    }
    let edge = hash("^");
    for sentence in
        tokens.all.split_inclusive(|token| !token.word && matches!(tokens.form(token), "." | "!" | "?"))
    {
        let (Some(first), Some(last)) = (sentence.first(), sentence.last()) else { continue };
        let inside = |span: &&Span| span.start >= first.span.start && span.start < last.span.end;
        let spans: Vec<&Span> = spans.iter().filter(inside).collect();
        if spans.is_empty() {
            continue;
        }
        let mut before = (edge, first.span);
        for token in sentence {
            let of_group =
                spans.iter().any(|span| token.span.start >= span.start && token.span.start < span.end);
            let word = if of_group { 0x9e6f } else { token.hash };
            if of_group && before.0 == word {
                before.1 = token.span;
                continue;
            }
            if !of_group {
                rows.push((word_bucket(word ^ SALT), token.span));
            }
            let both = Span { start: before.1.start, end: token.span.end };
            rows.push((pair_bucket(before.0 ^ SALT, word), both));
            before = (word, token.span);
        }
    }
    rows
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

/// Sentences looked at for how they begin and end.
const SENTENCES: usize = 24;
/// Cues looked at for pairs.
const PAIRED: usize = 12;

/// How sentences begin (`try`, `you can`, `does it … ?`), and which cues of [`TOGETHER`] stand together.
fn frames(text: &str, tokens: &Tokens, cues: &[u8]) -> Vec<u32> {
    let mut frames = Vec::with_capacity(64);
    let mut first: Option<(u64, u64)> = None;
    let (mut end, mut count) = (0, 0);
    for (at, token) in tokens.all.iter().enumerate() {
        let broken = text.get(end..token.span.start).is_some_and(|between| between.contains('\n'));
        end = token.span.end;
        if broken {
            first = None;
        }
        if token.word {
            if first.is_none() {
                count += 1;
                if count > SENTENCES {
                    break;
                }
                let second = tokens.all.get(at + 1).map_or(0, |next| next.hash);
                first = Some((token.hash, second));
                frames.push(pair_bucket(0x51ed_270b, token.hash));
                frames.push(pair_bucket(token.hash ^ 0x2f0b_4c47, second));
            }
            continue;
        }
        let mark = tokens.form(token);
        if matches!(mark, "?" | "!" | ".") {
            if let Some((word, second)) = first.filter(|_| mark == "?") {
                frames.push(pair_bucket(0x9b05_688c, word));
                frames.push(pair_bucket(word ^ 0x1f83_d9ab, second));
            }
            first = None;
        }
    }
    let told: Vec<u8> = cues
        .iter()
        .copied()
        .filter(|cue| TOGETHER.iter().any(|known| *known as u8 == *cue))
        .take(PAIRED)
        .collect();
    for (at, one) in told.iter().enumerate() {
        for other in told.get(at + 1..).unwrap_or(&[]) {
            frames.push(pair_bucket(0xc1c1_0000 | u64::from(*one), u64::from(*other)));
        }
    }
    frames.sort_unstable();
    frames.dedup();
    frames
}

/// Cues that mean another thing together than each alone, such as a question within a reply.
const TOGETHER: &[Cue] = &[
    Cue::IsReply,
    Cue::OpensTopic,
    Cue::QuestionMark,
    Cue::EndsAsking,
    Cue::StartsAsking,
    Cue::VeryShort,
    Cue::Short,
    Cue::Middling,
    Cue::Lengthy,
    Cue::Long,
    Cue::OneLink,
    Cue::ManyLinks,
    Cue::HasCode,
    Cue::HasQuote,
    Cue::Mentions,
    Cue::Asks,
    Cue::HelpWanted,
    Cue::Trouble,
    Cue::Suggests,
    Cue::Praises,
    Cue::Announces,
    Cue::Answers,
    Cue::Solved,
    Cue::Iam,
    Cue::YouAre,
];

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
