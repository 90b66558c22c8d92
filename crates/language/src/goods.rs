//! Goods that unwanted mail sells, misspelt to pass filters, and words strung together to confuse them.

use std::sync::OnceLock;

use crate::cues::Cue;
use crate::reading::Span;
use crate::tokens::{Sieve, Tokens, hash};

const GOODS: &[&str] = &[
    "viagra",
    "cialis",
    "levitra",
    "xanax",
    "valium",
    "vicodin",
    "ambien",
    "phentermine",
    "tramadol",
    "lipitor",
    "zoloft",
    "prozac",
    "paxil",
    "nexium",
    "celebrex",
    "propecia",
    "meridia",
    "medication",
    "medications",
    "pharmacy",
    "pharmacies",
    "pharmaceutical",
    "pharmaceuticals",
    "prescription",
    "prescriptions",
    "mortgage",
    "refinance",
    "refinancing",
    "software",
    "penis",
    "enlargement",
    "erection",
    "replica",
    "rolex",
    "casino",
    "investment",
    "lottery",
    "diploma",
    "sexual",
    "porn",
    "microsoft",
    "photoshop",
    "discount",
];

/// What else unwanted mail says; told only by a sign or digit within, or when cut apart by a mark.
const PRAISED: &[&str] = &[
    "windows",
    "office",
    "adobe",
    "norton",
    "soft",
    "price",
    "prices",
    "cheap",
    "credit",
    "rates",
    "rate",
    "loan",
    "loans",
    "payment",
    "payments",
    "approved",
    "guarantee",
    "guaranteed",
    "money",
    "free",
    "order",
    "online",
    "click",
    "here",
    "doctor",
    "pills",
    "tablets",
    "generic",
    "drugs",
    "weight",
    "girls",
    "teens",
    "women",
    "naked",
    "watches",
    "quality",
    "delivery",
    "shipping",
    "offer",
    "bonus",
    "stock",
    "stocks",
    "symbol",
    "degree",
    "orgasm",
    "erectile",
    "movies",
    "videos",
    "account",
    "remove",
    "unsubscribe",
    "download",
    "visit",
    "save",
    "debt",
    "cash",
    "winner",
    "profit",
    "profits",
    "growth",
    "explosive",
    "herbal",
    "doctors",
    "satisfaction",
    "confidential",
];

/// A run of so many words without one that holds sentences together is none.
const RUN: usize = 14;

/// Words that hold sentences together, in the languages we meet most.
pub(crate) const HOLDING: &[&str] = &[
    "the", "a", "an", "and", "or", "but", "of", "to", "in", "on", "at", "by", "for", "with", "from", "as",
    "is", "are", "was", "were", "be", "been", "am", "it", "this", "that", "these", "those", "i", "you", "he",
    "she", "we", "they", "my", "your", "his", "her", "our", "their", "its", "not", "no", "if", "so", "do",
    "does", "did", "have", "has", "had", "will", "would", "can", "could", "should", "may", "what", "which",
    "who", "when", "where", "how", "there", "than", "then", "all", "any", "me", "us", "him", "them", "about",
    "into", "out", "up", "just", "de", "la", "le", "el", "en", "et", "der", "die", "das", "und", "que", "un",
    "une", "les", "des", "ein", "ich", "ist", "zu", "y", "los", "las", "por", "per", "il", "di", "e", "da",
    "o", "os", "em", "het", "een", "van",
];

struct Known {
    sieve: Sieve,
    /// Skeletons with the word they come from, by hash, sorted.
    skeletons: Vec<(u64, u64)>,
    holding: Vec<u64>,
    praised: Vec<u64>,
    /// Of goods and of what is praised.
    cut: Sieve,
}

fn known() -> &'static Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let mut skeletons: Vec<_> = GOODS.iter().map(|word| (skeleton(word), hash(word))).collect();
        skeletons.sort_unstable();
        let mut holding: Vec<u64> = HOLDING.iter().map(|word| hash(word)).collect();
        holding.sort_unstable();
        let mut praised: Vec<u64> = PRAISED.iter().map(|word| skeleton(word)).collect();
        praised.sort_unstable();
        let cut = Sieve::new(skeletons.iter().map(|(skeleton, _)| *skeleton).chain(praised.iter().copied()));
        Known {
            sieve: Sieve::new(skeletons.iter().map(|(skeleton, _)| *skeleton)),
            skeletons,
            holding,
            praised,
            cut,
        }
    })
}

/// Hash of a word with look-alike letters and signs made the same, and repeated letters said once.
fn skeleton(word: &str) -> u64 {
    let mut bones = Bones::default();
    bones.add(word);
    bones.sum
}

/// A skeleton that grows.
#[derive(Clone, Copy)]
struct Bones {
    sum: u64,
    before: u8,
    letters: usize,
}

impl Default for Bones {
    fn default() -> Self {
        Self { sum: 0xcbf2_9ce4_8422_2325, before: 0, letters: 0 }
    }
}

impl Bones {
    fn add(&mut self, word: &str) {
        for byte in word.bytes() {
            let letter = match byte {
                b'l' | b'1' | b'!' | b'|' | b'i' | b'j' => b'i',
                b'0' => b'o',
                b'3' => b'e',
                b'4' | b'@' => b'a',
                b'5' | b'$' => b's',
                b'7' => b't',
                b'*' | b'\'' | b'-' => continue,
                other => other,
            };
            if letter != self.before {
                self.sum = (self.sum ^ u64::from(letter)).wrapping_mul(0x0100_0000_01b3);
                self.letters += 1;
            }
            self.before = letter;
        }
    }
}

/// Goods put together of this piece and those after it, with marks between: `mor , tgage`, `v . i . a . g . r . a`.
fn cut_apart(tokens: &Tokens, at: usize, known: &Known) -> Option<Span> {
    let first = tokens.all.get(at)?;
    let opens = tokens.form(first);
    if !first.word || opens.len() > 9 || matches!(opens, "re" | "fw" | "and" | "or" | "in") {
        return None;
    }
    let mut bones = Bones::default();
    bones.add(opens);
    let (mut marks, mut place) = (0, at + 1);
    while bones.letters < 13 {
        let next = tokens.all.get(place)?;
        let form = tokens.form(next);
        if !next.word {
            let between = matches!(
                form,
                "." | ","
                    | ":"
                    | "("
                    | ")"
                    | "/"
                    | "_"
                    | "-"
                    | "~"
                    | "^"
                    | ";"
                    | "\""
                    | "'"
                    | "|"
                    | "["
                    | "]"
            );
            if !between || tokens.all.get(place + 1).is_none_or(|after| !after.word) {
                return None;
            }
            marks += 1;
            place += 1;
            continue;
        }
        if form.len() > 10 || marks == 0 && opens.len() > 1 {
            return None;
        }
        bones.add(form);
        place += 1;
        let whole = bones.letters >= 4 && known.cut.may_hold(bones.sum) && marks > 0;
        let goods =
            |skeleton: u64| known.skeletons.binary_search_by_key(&skeleton, |(known, _)| *known).is_ok();
        if whole && (goods(bones.sum) || known.praised.binary_search(&bones.sum).is_ok()) {
            return Some(Span { start: first.span.start, end: next.span.end });
        }
    }
    None
}

/// Notes goods whose spelling only looks right, and runs of words that hold nothing together.
pub(crate) fn find(tokens: &Tokens, found: &mut crate::cues::Cues) {
    let known = known();
    let (mut run, mut start) = (0, 0);
    let mut salad = None;
    for (at, token) in tokens.all.iter().enumerate() {
        let form = tokens.form(token);
        if token.word
            && tokens.all.get(at + 1).is_some_and(|next| !next.word || next.to - next.from == 1)
            && let Some(span) = cut_apart(tokens, at, known)
        {
            found.note(Cue::CutApart, Some(span));
        }
        let plain = token.word && form.bytes().all(|byte| byte.is_ascii_lowercase());
        if !plain || known.holding.binary_search(&token.hash).is_ok() {
            run = 0;
        } else {
            start = if run == 0 { token.span.start } else { start };
            run += 1;
            if run >= RUN && salad.is_none() {
                salad = Some(Span { start, end: token.span.end });
            }
        }
        if token.word && (4..=16).contains(&form.len()) {
            let skeleton = skeleton(form);
            if known.sieve.may_hold(skeleton)
                && let Ok(at) = known.skeletons.binary_search_by_key(&skeleton, |(known, _)| *known)
                && known.skeletons.get(at).is_some_and(|(_, word)| *word != token.hash)
            {
                found.note(Cue::Misspelt, Some(token.span));
            } else if known.cut.may_hold(skeleton)
                && form.bytes().any(|byte| !byte.is_ascii_lowercase() && byte != b'\'')
                && known.praised.binary_search(&skeleton).is_ok()
            {
                found.note(Cue::Misspelt, Some(token.span));
            }
        }
    }
    if salad.is_some() {
        found.note(Cue::Salad, salad);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cues::Cues;
    use crate::tokens;

    fn found(text: &str) -> Vec<Cue> {
        let mut cues = Cues::default();
        find(&tokens::tokens(text), &mut cues);
        cues.all.iter().map(|found| found.cue).collect()
    }

    #[test]
    fn misspelt_goods_are_seen_and_rightly_spelt_ones_are_not() {
        assert_eq!(found("cheap v1agra and vlagra here"), [Cue::Misspelt, Cue::Misspelt]);
        assert_eq!(found("cheap viagra, our software, my mortgage"), []);
        assert_eq!(found("phentermlne s0ftware m0rtgage"), [Cue::Misspelt, Cue::Misspelt, Cue::Misspelt]);
        assert_eq!(found("install the softwares"), []);
        assert_eq!(found("mor , tgage and V I a.g.r.a"), [Cue::CutApart, Cue::CutApart]);
        assert_eq!(found("Re: finance, or, der"), []);
    }

    #[test]
    fn strings_of_words_are_told_from_sentences() {
        let salad = "lantern moss pebble quarry tinder violet walnut amber basil cobalt drizzle ember fennel garnet heron";
        assert_eq!(found(salad), [Cue::Salad]);
        assert_eq!(
            found("We walked along the quarry and saw a heron by the lake before it was dark again."),
            []
        );
    }
}
