//! One form for everything that looks the same: NFKC, lower case, look-alike letters, nothing invisible.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, decompose_canonical};

use crate::rule::Way;

/// Marks on one letter that are read; more only hide what is written.
const MOST_MARKS: usize = 8;
/// What stands where something was passed over: no word reaches across it.
pub(crate) const GAP: char = '\u{1f}';

/// A text in its folded form, and which bytes of the original each byte came from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Folded {
    pub(crate) text: String,
    from: Vec<(u32, u32)>,
}

/// How much is folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fold {
    /// Capitals stay.
    Case,
    /// The usual way.
    Usual,
    /// `f4ke` and `faaake` become `fake`.
    Loose,
}

impl Folded {
    /// A word of a rule, folded as the text will be.
    pub(crate) fn of_word(word: &str, way: Way) -> String {
        Self::new(word, if way.loose { Fold::Loose } else { Fold::Usual }).text
    }

    /// Folds a text.
    pub(crate) fn new(text: &str, fold: Fold) -> Self {
        let mut folded = Self::default();
        folded.text.reserve(text.len());
        folded.from.reserve(text.len());
        let mut letters = text.char_indices().peekable();
        let mut cluster = String::new();
        while let Some((start, first)) = letters.next() {
            let mut end = start + first.len_utf8();
            if first.is_ascii() && letters.peek().is_none_or(|(_, next)| next.is_ascii()) {
                if fold == Fold::Usual && first.is_ascii_graphic() && first != '`' {
                    // Nearly every letter comes this way: it needs no tables.
                    folded.text.push(first.to_ascii_lowercase());
                    folded.from.push((narrow(start), narrow(end)));
                } else {
                    folded.push(first, start, end, fold);
                }
                continue;
            }
            cluster.clear();
            cluster.push(first);
            let mut marks = 0;
            while let Some((at, mark)) = letters.next_if(|(_, next)| canonical_combining_class(*next) != 0) {
                end = at + mark.len_utf8();
                marks += 1;
                if marks <= MOST_MARKS {
                    cluster.push(mark);
                }
            }
            for letter in cluster.nfkc() {
                folded.push(letter, start, end, fold);
            }
        }
        while folded.text.ends_with([' ', GAP]) {
            folded.text.pop();
            folded.from.pop();
        }
        folded
    }

    fn push(&mut self, letter: char, start: usize, end: usize, fold: Fold) {
        if is_invisible(letter) {
            return;
        }
        if fold == Fold::Case {
            return self.put(space(letter), start, end, false);
        }
        for lower in letter.to_lowercase() {
            let letter = look_alike(space(lower));
            if fold == Fold::Loose {
                self.loosely(letter, start, end);
            } else {
                self.put(letter, start, end, false);
            }
        }
    }

    fn loosely(&mut self, letter: char, start: usize, end: usize) {
        let mut base = None;
        decompose_canonical(letter, |part| {
            if base.is_none() && canonical_combining_class(part) == 0 {
                base = Some(part);
            }
        });
        if let Some(base) = base {
            self.put(look_alike(leet(base)), start, end, true);
        }
    }

    /// Adds a letter; of several spaces, and of repeated letters when `once`, only the first.
    fn put(&mut self, letter: char, start: usize, end: usize, once: bool) {
        let last = self.text.chars().next_back();
        let blank = matches!(letter, ' ' | GAP);
        if blank && last.is_none_or(|last| last == GAP || last == ' ' && letter == ' ') {
            return;
        }
        if once && last == Some(letter) && letter.is_alphanumeric() {
            if let Some(from) = self.from.last_mut() {
                from.1 = narrow(end);
            }
            return;
        }
        self.text.push(letter);
        self.from.extend(std::iter::repeat_n((narrow(start), narrow(end)), letter.len_utf8()));
    }

    /// The bytes of the original that `start..end` of the folded text came from.
    pub(crate) fn original(&self, start: usize, end: usize) -> (usize, usize) {
        let first = self.from.get(start).map_or(0, |from| from.0);
        let last = self.from.get(end.saturating_sub(1)).map_or(first, |from| from.1);
        (first as usize, last.max(first) as usize)
    }

    /// True when a word may begin or end between these two: a text in Japanese or Thai has no spaces.
    pub(crate) fn is_edge(outside: Option<char>, inside: Option<char>) -> bool {
        let joins =
            |letter: Option<char>| letter.is_some_and(|l| (l.is_alphanumeric() || l == '_') && !unspaced(l));
        !(joins(outside) && joins(inside))
    }
}

fn narrow(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn space(letter: char) -> char {
    match letter {
        GAP => GAP,
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{02bc}' | '\u{b4}' | '`' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{201f}' | '\u{2033}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        letter if letter.is_whitespace() => ' ',
        letter => letter,
    }
}

/// Signs that are not seen: zero width, soft hyphens, direction marks, variation selectors, tags, fillers.
fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\0'..='\u{8}' | '\u{e}'..='\u{1e}' | '\u{7f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}'
        | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Scripts written without spaces between words.
fn unspaced(letter: char) -> bool {
    matches!(letter,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Pairs of a lower-case letter and the Latin one it is taken for; our own selection of letters seen in evasion.
const LOOK_ALIKE: &[(&str, &str)] = &[
    ("авекмнорстухѕіјԁԛԝһӏґ", "abekmhopctyxsijdqwhlr"),
    ("αβεικμνορτυχζως", "abeikmvoptyxzwσ"),
    ("օոսհցզ", "onuhgq"),
    ("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz"),
    ("ıɑɡʋøðɩ", "iagvodi"),
];

fn look_alike(letter: char) -> char {
    if letter.is_ascii() {
        return letter;
    }
    match letter {
        // Letters in squares and circles, and the letters flags are made of.
        '\u{1f130}'..='\u{1f149}' => latin(letter, 0x1_f130),
        '\u{1f150}'..='\u{1f169}' => latin(letter, 0x1_f150),
        '\u{1f170}'..='\u{1f189}' => latin(letter, 0x1_f170),
        '\u{1f1e6}'..='\u{1f1ff}' => latin(letter, 0x1_f1e6),
        // Nothing in the table stands beyond, but for two small capitals: most scripts need no search.
        '\u{1e00}'.. if !matches!(letter, 'ꜰ' | 'ꜱ') => letter,
        _ => LOOK_ALIKE
            .iter()
            .find_map(|(from, to)| from.chars().zip(to.chars()).find(|(from, _)| *from == letter))
            .map_or(letter, |(_, to)| to),
    }
}

fn latin(letter: char, first: u32) -> char {
    char::from_u32(u32::from('a') + (u32::from(letter) - first)).unwrap_or(letter)
}

/// Digits and signs read as letters.
fn leet(letter: char) -> char {
    match letter {
        '0' => 'o',
        '1' | '!' | '|' | 'l' => 'i',
        '3' | '€' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        '8' => 'b',
        '9' => 'g',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(fold: Fold, text: &str, expect: &str) {
        let folded = Folded::new(text, fold);
        assert_eq!(folded.text, expect, "{text}");
        assert_eq!(folded.from.len(), folded.text.len());
        for (start, end) in folded.from {
            assert!(text.get(start as usize..end as usize).is_some(), "{text}: {start}..{end}");
        }
    }

    #[test]
    fn what_looks_the_same_is_the_same() {
        check(Fold::Usual, "Free  MONEY\n now", "free money now");
        check(Fold::Usual, "fr\u{200b}ee", "free");
        check(Fold::Usual, "\u{ff46}ree \u{1d41f}ree ⓕree", "free free free");
        check(Fold::Usual, "frее", "free");
        check(Fold::Usual, "can’t", "can't");
        check(Fold::Usual, "Cafe\u{301}", "café");
        check(Fold::Usual, "ПРИВЕТ", "пpиbet");
        check(Fold::Usual, "привет", "пpиbet");
        check(Fold::Usual, " \u{1f}\u{1f} a \u{1f}", "a");
        check(Fold::Usual, "🅵ree", "free");
        check(Fold::Loose, "Fr33 m0ney!!", "fre moneyi");
        check(Fold::Loose, "crÿptooooo", "crypto");
        check(Fold::Case, "Free Money", "Free Money");
        check(Fold::Usual, &format!("a{}b", "\u{301}".repeat(10_000)), &format!("á{}b", "\u{301}".repeat(7)));
    }

    #[test]
    fn hits_lead_back_to_the_original() {
        let text = "Hi fr\u{200b}е\u{301}e!";
        let folded = Folded::new(text, Fold::Loose);
        let at = folded.text.find("fre").unwrap();
        let (start, end) = folded.original(at, at + 3);
        assert_eq!(&text[start..end], "fr\u{200b}е\u{301}e");
    }
}
