//! What mail looks like: headers of what is passed on, names above and below, addresses cut apart, left-over markup,
//! broken words.

use std::sync::OnceLock;

use crate::cues::{Cue, Cues};
use crate::goods::HOLDING;
use crate::prose::Prose;
use crate::reading::Span;
use crate::tokens::{Sieve, Token, Tokens, hash};

/// Words of markup that was taken for text.
const MARKUP: &[&str] = &[
    "href",
    "nbsp",
    "bgcolor",
    "html",
    "img",
    "src",
    "td",
    "tr",
    "br",
    "font",
    "tbody",
    "valign",
    "colspan",
    "cellpadding",
    "cellspacing",
    "div",
    "blockquote",
    "arial",
    "verdana",
    "helvetica",
    "serif",
    "gif",
];

/// Greetings that name nobody.
const ANYBODY: &[&str] = &[
    "sir",
    "madam",
    "friend",
    "customer",
    "homeowner",
    "member",
    "user",
    "client",
    "winner",
    "valued",
    "beneficiary",
    "subscriber",
    "applicant",
    "investor",
    "there",
    "it",
    "free",
    "hello",
    "hi",
    "hey",
    "dear",
    "attention",
    "congratulations",
    "urgent",
    "attn",
    "warning",
    "new",
    "good",
    "save",
    "now",
    "click",
    "remove",
    "unsubscribe",
    "here",
    "below",
    "subject",
    "visit",
];

struct Known {
    sieve: Sieve,
    holding: Vec<u64>,
    markup: Vec<u64>,
    anybody: Vec<u64>,
}

fn known() -> &'static Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let sorted = |words: &[&str]| {
            let mut hashes: Vec<u64> = words.iter().map(|word| hash(word)).collect();
            hashes.sort_unstable();
            hashes
        };
        let (holding, markup) = (sorted(HOLDING), sorted(MARKUP));
        let sieve = Sieve::new(holding.iter().chain(&markup).copied());
        Known { sieve, holding, markup, anybody: sorted(ANYBODY) }
    })
}

/// What was counted in one pass.
#[derive(Default)]
struct Counts {
    plain: usize,
    holding: usize,
    gibberish: usize,
    markup: usize,
    addresses: usize,
    singles: usize,
    spelt: bool,
}

/// Notes what of `tokens` looks like mail, wanted and unwanted.
pub(crate) fn find(prose: &Prose, tokens: &Tokens, found: &mut Cues) {
    let mut counts = Counts::default();
    let mut first_address = None;
    for (at, token) in tokens.all.iter().enumerate().filter(|(_, token)| token.word) {
        let form = tokens.form(token);
        counts.add(form, token);
        if matches!(form, "http" | "https") && tokens.at(at + 1) == ":"
            || form == "www" && tokens.at(at + 1) == "."
        {
            counts.addresses += usize::from(form != "www" || tokens.at(at.wrapping_sub(1)) != "/");
            first_address = first_address.or(Some(token.span));
        }
    }
    counts.note(found);
    note(found, counts.addresses == 1, Cue::OneLink, first_address);
    note(found, counts.addresses > 1, Cue::ManyLinks, first_address);
    lines(&prose.text, found);
}

impl Counts {
    fn add(&mut self, form: &str, token: &Token) {
        let letters = form.bytes().all(|byte| byte.is_ascii_lowercase());
        self.singles = if form.len() == 1 && letters { self.singles + 1 } else { 0 };
        self.spelt |= self.singles >= 4;
        if !letters {
            return;
        }
        self.plain += 1;
        let known = known();
        if known.sieve.may_hold(token.hash) {
            if known.holding.binary_search(&token.hash).is_ok() {
                self.holding += 1;
                return;
            }
            if known.markup.binary_search(&token.hash).is_ok() {
                self.markup += 1;
                return;
            }
        }
        self.gibberish += usize::from(form.len() >= 4 && unspoken(form));
    }

    fn note(&self, found: &mut Cues) {
        note(found, self.plain >= 20 && self.holding * 6 <= self.plain, Cue::Loose, None);
        note(found, self.gibberish >= 2, Cue::Gibberish, None);
        note(found, self.markup >= 3, Cue::Markup, None);
        note(found, self.spelt, Cue::SpeltOut, None);
    }
}

/// Five and more consonants in a row: nobody could say it.
fn unspoken(form: &str) -> bool {
    let mut run = 0;
    form.bytes().any(|byte| {
        run = if matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y') { 0 } else { run + 1 };
        run >= 5 || run == form.len()
    })
}

/// A name alone above the text or below it.
fn lines(text: &str, found: &mut Cues) {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let Some(first) = lines.next() else { return };
    let opening = if first.starts_with("Subject:") { lines.next() } else { Some(first) };
    let Some(last) = lines.next_back() else { return };
    if let Some(opening) = opening {
        let name = opening.trim_end_matches([',', '-', '–', ':', '.', ' ']);
        note(found, name.len() < opening.len() && named(name), Cue::ByName, None);
    }
    let name = last.trim_matches(['-', '–', ' ', '.']);
    note(found, named(name), Cue::SignsOff, None);
}

/// One or two words of letters that address one person.
fn named(line: &str) -> bool {
    if line.is_empty() || line.len() > 24 {
        return false;
    }
    let known = known();
    let mut words = 0;
    let mut greets = false;
    let mut anybody = false;
    for word in line.split(' ').filter(|word| !word.is_empty()) {
        if !word.chars().all(char::is_alphabetic) {
            return false;
        }
        let lower = word.to_lowercase();
        if words == 0 && !greets && matches!(lower.as_str(), "hi" | "hello" | "hey" | "dear") {
            greets = true;
            continue;
        }
        anybody |= known.anybody.binary_search(&hash(&lower)).is_ok();
        words += 1;
    }
    (1..=2).contains(&words) && !anybody
}

/// Notes `cue` where it holds.
fn note(found: &mut Cues, holds: bool, cue: Cue, span: Option<Span>) {
    if holds {
        found.note(cue, span);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{prose, tokens};

    fn check(text: &str, expect: &[Cue]) {
        let prose = prose::prose(text);
        let mut found = Cues::default();
        find(&prose, &tokens::tokens(&prose.text), &mut found);
        assert_eq!(found.all.iter().map(|found| found.cue).collect::<Vec<_>>(), expect, "{text}");
    }

    #[test]
    fn names_above_and_below_are_seen() {
        check("Subject: meter\nDaren,\nplease look at it.\nthanks\njulie", &[Cue::ByName, Cue::SignsOff]);
        check("Subject: offer\nDear Homeowner,\nyou have been chosen.\nclick here", &[]);
        check("one line only", &[]);
    }

    #[test]
    fn addresses_cut_apart_are_links() {
        check("look at http : / / www . shop . example / x now", &[Cue::OneLink]);
        check("http : / / a . example and www . b . example", &[Cue::ManyLinks]);
        check("http works, www does not", &[]);
    }

    #[test]
    fn broken_and_loose_words_are_seen() {
        check("v i a g r a here", &[Cue::SpeltOut]);
        check("hgfkdq asdlkj wrtpz the", &[Cue::Gibberish]);
        check("td tr br nbsp and a word", &[Cue::Markup]);
        let loose = "lantern moss pebble quarry tinder violet walnut amber basil cobalt the drizzle ember fennel garnet heron \
                     inkwell kettle meadow orchard";
        check(loose, &[Cue::Loose]);
    }
}
