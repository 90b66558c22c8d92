//! Words as they are meant: lower-case, without hidden characters, look-alike letters put back.

use crate::reading::Span;

/// A word or a mark of a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    /// Where it stands in the text.
    pub span: Span,
    /// Its folded form, a range of [`Tokens::folded`].
    pub from: usize,
    /// End of that range.
    pub to: usize,
    /// Hash of the folded form.
    pub hash: u64,
    /// True for words, false for marks such as `?`.
    pub word: bool,
}

/// The words and marks of a text.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    /// In order.
    pub all: Vec<Token>,
    /// Folded forms, one after the other.
    pub folded: String,
    /// Zero-width and direction characters within words: writing meant to pass filters.
    pub hidden: usize,
    /// Words that mix letters of two scripts which look alike.
    pub disguised: usize,
    /// Words of three and more letters in capitals only.
    pub shouted: usize,
    /// Words in all.
    pub words: usize,
}

impl Tokens {
    /// The folded form of `token`.
    pub(crate) fn form(&self, token: &Token) -> &str {
        self.folded.get(token.from..token.to).unwrap_or("")
    }

    /// The folded form of the token at `index`; empty past the end.
    pub(crate) fn at(&self, index: usize) -> &str {
        self.all.get(index).map_or("", |token| self.form(token))
    }
}

/// FNV-1a over bytes, the hash of words everywhere in this crate.
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, byte| (h ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Which hashes may be in a set: a bit for each of 16,384 slots, so that most words that are in no list are
/// passed over at the price of one look.
#[derive(Debug)]
pub(crate) struct Sieve {
    bits: Box<[u64; 256]>,
}

impl Sieve {
    /// A sieve that lets `hashes` through.
    pub(crate) fn new(hashes: impl Iterator<Item = u64>) -> Self {
        let mut bits = Box::new([0_u64; 256]);
        for hash in hashes {
            if let Some(word) = bits.get_mut((hash >> 56) as usize) {
                *word |= 1 << ((hash >> 40) & 63);
            }
        }
        Self { bits }
    }

    /// False when `hash` is surely not in the set.
    #[inline]
    pub(crate) fn may_hold(&self, hash: u64) -> bool {
        self.bits.get((hash >> 56) as usize).is_some_and(|word| (word >> ((hash >> 40) & 63)) & 1 == 1)
    }
}

/// Cuts `text` into words and marks.
pub(crate) fn tokens(text: &str) -> Tokens {
    let mut found = Tokens {
        folded: String::with_capacity(text.len() + 16),
        all: Vec::with_capacity(text.len() / 5 + 4),
        ..Tokens::default()
    };
    let mut chars = text.char_indices().peekable();
    while let Some((start, first)) = chars.next() {
        if first.is_whitespace() || is_hidden(first) {
            continue;
        }
        let mut end = start + first.len_utf8();
        if !is_letter(first) {
            push_mark(&mut found, first, start, end);
            continue;
        }
        while let Some(&(at, c)) = chars.peek() {
            let after = at + c.len_utf8();
            let inside = is_letter(c)
                || is_hidden(c)
                || (is_joint(c) && text.get(after..).and_then(|rest| rest.chars().next()).is_some_and(joins));
            if !inside {
                break;
            }
            end = after;
            chars.next();
        }
        push_word(&mut found, text, start, end);
    }
    found
}

fn joins(c: char) -> bool {
    is_letter(c) || matches!(c, '*' | '@' | '$' | '#')
}

#[inline]
fn is_letter(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    c.is_alphanumeric() || is_mark(c)
}

/// Combining marks belong to the letter before them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{20d0}'..='\u{20ff}' | '\u{93e}'..='\u{94d}')
}

/// Characters that join the letters around them: apostrophes, and those put in place of letters.
fn is_joint(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '*' | '@' | '$' | '!' | '#')
}

/// Characters one does not see.
#[inline]
pub(crate) fn is_hidden(c: char) -> bool {
    !c.is_ascii()
        && matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

fn push_mark(found: &mut Tokens, mark: char, start: usize, end: usize) {
    let from = found.folded.len();
    found.folded.push(match mark {
        '？' => '?',
        '！' => '!',
        '“' | '”' | '„' | '«' | '»' => '"',
        other => other,
    });
    let to = found.folded.len();
    let hash = hash(found.folded.get(from..to).unwrap_or(""));
    found.all.push(Token { span: Span { start, end }, from, to, hash, word: false });
}

fn push_word(found: &mut Tokens, text: &str, start: usize, end: usize) {
    let word = text.get(start..end).unwrap_or("");
    let from = found.folded.len();
    if word.is_ascii() {
        found.folded.push_str(word);
        if let Some(tail) = found.folded.get_mut(from..) {
            tail.make_ascii_lowercase();
        }
    } else {
        fold_word(found, word);
    }
    let to = found.folded.len();
    found.shouted += usize::from(shouted(word));
    found.words += 1;
    let hash = hash(found.folded.get(from..to).unwrap_or(""));
    found.all.push(Token { span: Span { start, end }, from, to, hash, word: true });
}

/// At least three capitals and no small letter.
fn shouted(word: &str) -> bool {
    if word.is_ascii() {
        return !word.bytes().any(|b| b.is_ascii_lowercase())
            && word.bytes().filter(u8::is_ascii_uppercase).count() >= 3;
    }
    !word.chars().any(char::is_lowercase) && word.chars().filter(|c| c.is_uppercase()).count() >= 3
}

fn fold_word(found: &mut Tokens, word: &str) {
    let latin = word.chars().any(|c| c.is_ascii_alphabetic());
    let mut alike = false;
    for c in word.chars() {
        if is_hidden(c) {
            found.hidden += 1;
            continue;
        }
        if matches!(c, '\u{300}'..='\u{36f}') {
            continue;
        }
        let plain = width(c);
        match if latin { lookalike(plain) } else { None } {
            Some(letter) => {
                alike = true;
                found.folded.push(letter);
            }
            None if plain == '’' || plain == 'ʼ' => found.folded.push('\''),
            None => found.folded.extend(plain.to_lowercase().filter(|c| !matches!(c, '\u{300}'..='\u{36f}'))),
        }
    }
    found.disguised += usize::from(alike);
}

/// Full-width, mathematical, circled and squared letters as the letters they show.
fn width(c: char) -> char {
    let code = c as u32;
    let letter = match code {
        0xff01..=0xff5e => code - 0xfee0,
        0x1d400..=0x1d6a3 => {
            let place = (code - 0x1d400) % 52;
            if place < 26 { 0x61 + place } else { 0x61 + place - 26 }
        }
        0x1d7ce..=0x1d7ff => 0x30 + (code - 0x1d7ce) % 10,
        0x24b6..=0x24cf => 0x61 + code - 0x24b6,
        0x24d0..=0x24e9 => 0x61 + code - 0x24d0,
        0x1f130..=0x1f149 => 0x61 + code - 0x1f130,
        0x1f150..=0x1f169 => 0x61 + code - 0x1f150,
        0x1f170..=0x1f189 => 0x61 + code - 0x1f170,
        0x1f1e6..=0x1f1ff => 0x61 + code - 0x1f1e6,
        _ => code,
    };
    char::from_u32(letter).unwrap_or(c)
}

/// Cyrillic and Greek letters that look Latin, in small and capital form. Only asked in words that also hold
/// Latin letters, so that Russian and Greek stay themselves.
fn lookalike(c: char) -> Option<char> {
    Some(match c {
        'а' | 'А' | 'α' | 'Α' => 'a',
        'В' | 'в' | 'β' | 'Β' => 'b',
        'с' | 'С' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'Е' | 'ё' | 'Ё' | 'ε' | 'Ε' => 'e',
        'ɡ' => 'g',
        'һ' | 'Н' | 'Η' => 'h',
        'і' | 'І' | 'ї' | 'ι' | 'Ι' | 'ı' | 'ӏ' => 'i',
        'ј' | 'Ј' => 'j',
        'к' | 'К' | 'κ' | 'Κ' => 'k',
        'М' | 'м' | 'Μ' => 'm',
        'Ν' | 'ո' => 'n',
        'о' | 'О' | 'ο' | 'Ο' | 'σ' | 'օ' => 'o',
        'р' | 'Р' | 'ρ' | 'Ρ' => 'p',
        'ѕ' | 'Ѕ' => 's',
        'т' | 'Т' | 'τ' | 'Τ' => 't',
        'υ' | 'ս' => 'u',
        'ν' | 'ѵ' => 'v',
        'ѡ' | 'ω' => 'w',
        'х' | 'Х' | 'χ' | 'Χ' => 'x',
        'у' | 'У' | 'Υ' | 'γ' => 'y',
        'Ζ' => 'z',
        _ => return None,
    })
}

/// `word` with digits and signs read as the letters they stand for, and letters said once however often they
/// are repeated. Two readings, because `l` and `i` share signs.
pub(crate) fn plain_spellings(word: &str) -> [String; 2] {
    [spell(word, 'i'), spell(word, 'l')]
}

fn spell(word: &str, one: char) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        let letter = match c {
            '0' => 'o',
            '1' | '!' | '|' => one,
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' | '+' => 't',
            '8' => 'b',
            '9' => 'g',
            '\'' | '-' | '_' | '.' => continue,
            other => other,
        };
        if out.ends_with(letter) && letter != '*' {
            continue;
        }
        out.push(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let found = tokens(text);
        let forms: Vec<_> = found.all.iter().map(|token| found.form(token)).collect();
        assert_eq!(forms.join(" "), expect, "{text}");
    }

    #[test]
    fn words_are_folded() {
        check("Hello, World!", "hello , world !");
        check("can’t WON'T", "can't won't");
        check("id\u{200b}iot", "idiot");
        check("іdіоt", "idiot");
        check("идиот", "идиот");
        check("𝐢𝐝𝐢𝐨𝐭 ｉｄｉｏｔ", "idiot idiot");
        check("f*ck sh1t a$$hole b!tch", "f*ck sh1t a$$hole b!tch");
        check("wow! yes", "wow ! yes");
        check("ÇA VA", "ça va");
        check("e\u{301}te\u{301}", "ete");
    }

    #[test]
    fn spellings_are_undone() {
        assert_eq!(plain_spellings("1d10t")[0], "idiot");
        assert_eq!(plain_spellings("stuuupid")[0], "stupid");
        assert_eq!(plain_spellings("a$$hole")[0], "ashole");
        assert_eq!(plain_spellings("1oser")[1], "loser");
    }

    #[test]
    fn shouting_is_counted() {
        assert_eq!(tokens("THIS IS bad API").shouted, 2);
    }
}
