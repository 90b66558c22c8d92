//! Personal data and secrets in a text, found by their shape and, where there is one, their check digit.
//!
//! Code is searched too, because keys and addresses are pasted there with logs. Names of people and places are
//! not looked for: in a community people write under their names.

use crate::prose::head;
use crate::reading::{PersonalKind, PersonalSpan, Span};

/// Finds personal data in `text`, in order of appearance, without overlaps.
pub fn personal(text: &str) -> Vec<PersonalSpan> {
    let text = head(text);
    let mails = text.contains('@');
    let mut found: Vec<PersonalSpan> = Vec::new();
    let mut at = 0;
    let mut before = ' ';
    while let Some(rest) = text.get(at..) {
        let Some(c) = rest.chars().next() else { break };
        let starts = !before.is_alphanumeric() && !matches!(before, '_' | '%');
        let hit = if starts { at_word(rest, before, mails) } else { None };
        match hit {
            Some((kind, len)) if len > 0 => {
                found.push(PersonalSpan { kind, span: Span { start: at, end: at + len } });
                before = '0';
                at += len;
            }
            _ => {
                let skip = if starts && c.is_ascii_digit() { long_number(rest) } else { 0 };
                before = if skip > 0 { '0' } else { c };
                at += skip.max(c.len_utf8());
            }
        }
    }
    found
}

/// Length of a long number that is nothing we know: its tail must not be taken for a telephone number.
fn long_number(rest: &str) -> usize {
    let (number, end, _) = digits(rest, b" -", 40);
    if number.len() >= 9 { end } else { 0 }
}

fn at_word(rest: &str, before: char, mails: bool) -> Option<(PersonalKind, usize)> {
    let first = rest.chars().next()?;
    if mails
        && first.is_alphanumeric()
        && let Some(len) = email(rest)
    {
        return Some((PersonalKind::Email, len));
    }
    if first.is_ascii_alphabetic() || first == '-' {
        return secret(rest)
            .map(|len| (PersonalKind::Secret, len))
            .or_else(|| iban(rest).map(|len| (PersonalKind::Iban, len)));
    }
    if !(first.is_ascii_digit() || matches!(first, '+' | '('))
        || matches!(before, '.' | '/' | '=' | '#' | '$' | '-')
    {
        return None;
    }
    ip(rest)
        .map(|len| (PersonalKind::Ip, len))
        .or_else(|| national(rest).map(|len| (PersonalKind::NationalId, len)))
        .or_else(|| card(rest).map(|len| (PersonalKind::Card, len)))
        .or_else(|| phone(rest).map(|len| (PersonalKind::Phone, len)))
        .or_else(|| address(rest).map(|len| (PersonalKind::Address, len)))
}

fn email(rest: &str) -> Option<usize> {
    let name = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || b"._%+-".contains(b)).count();
    if name == 0 || name > 64 || rest.as_bytes().get(name) != Some(&b'@') {
        return None;
    }
    let host = rest.get(name + 1..)?;
    let len = host.find(|c: char| !(c.is_alphanumeric() || c == '.' || c == '-')).unwrap_or(host.len());
    let host = host.get(..len)?.trim_end_matches(['.', '-']);
    let (stem, ending) = host.rsplit_once('.')?;
    let real = !stem.is_empty() && ending.len() >= 2 && ending.chars().all(char::is_alphabetic);
    let machine = matches!(rest.get(..name)?, "git" | "noreply" | "no-reply");
    (real && !machine).then_some(name + 1 + host.len())
}

/// Keys by the prefixes their issuers give them, private-key blocks and `password = …`.
fn secret(rest: &str) -> Option<usize> {
    const PREFIXES: &[(&str, usize)] = &[
        ("sk_live_", 16),
        ("sk_test_", 16),
        ("rk_live_", 16),
        ("pk_live_", 16),
        ("ghp_", 30),
        ("gho_", 30),
        ("ghs_", 30),
        ("ghu_", 30),
        ("github_pat_", 30),
        ("glpat-", 16),
        ("xoxb-", 20),
        ("xoxp-", 20),
        ("xapp-", 20),
        ("AKIA", 16),
        ("ASIA", 16),
        ("AIza", 30),
        ("sk-", 24),
        ("hf_", 24),
        ("npm_", 30),
        ("pypi-", 30),
        ("dop_v1_", 30),
        ("SG.", 30),
        ("ya29.", 30),
        ("eyJhbGciOi", 30),
    ];
    let key = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    if rest.bytes().take(20).filter(key).count() < 20 && !rest.starts_with("-----B") {
        return password(rest);
    }
    for (prefix, least) in PREFIXES {
        if let Some(tail) = rest.strip_prefix(prefix) {
            let len = tail.bytes().take_while(key).count();
            let digits = tail.bytes().take(len).any(|b| b.is_ascii_digit());
            let upper = prefix.len() > 4
                || tail.bytes().take(len).all(|b| !b.is_ascii_lowercase())
                || !prefix.starts_with('A');
            if len >= *least && digits && upper {
                return Some(prefix.len() + len);
            }
        }
    }
    if rest.starts_with("-----BEGIN ")
        && rest.get(..60.min(rest.len())).is_some_and(|s| s.contains("PRIVATE KEY"))
    {
        let end = rest.find("-----END ").map_or(rest.len().min(64), |at| at + 9);
        return rest.is_char_boundary(end).then_some(end);
    }
    password(rest)
}

/// `password: hunter2`, `api_key = "…"`: the name and the value, when the value looks chosen.
fn password(rest: &str) -> Option<usize> {
    const NAMES: &[&str] =
        &["password", "passwd", "pwd", "api_key", "apikey", "secret", "token", "api key", "auth_token"];
    if !rest.starts_with(['p', 'P', 'a', 'A', 's', 'S', 't', 'T']) {
        return None;
    }
    let named = |name: &&&str| rest.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name));
    let name = NAMES.iter().find(named)?;
    let tail = rest.get(name.len()..)?;
    let gap = tail.len() - tail.trim_start_matches([' ', '"', '\'']).len();
    let sign = tail.get(gap..)?.chars().next().filter(|c| matches!(c, ':' | '='))?;
    let value = tail.get(gap + sign.len_utf8()..)?;
    let skip = value.len() - value.trim_start_matches([' ', '"', '\'']).len();
    let value = value.get(skip..)?;
    let len = value.bytes().take_while(|b| b.is_ascii_graphic() && !b"\"'`,;<>()[]{}".contains(b)).count();
    let word = value.get(..len)?;
    let chosen =
        len >= 6 && word.bytes().any(|b| b.is_ascii_digit()) && word.bytes().any(|b| b.is_ascii_alphabetic());
    let masked = word.contains("***") || word.contains("xxx") || word.starts_with('$');
    (chosen && !masked).then_some(name.len() + gap + 1 + skip + len)
}

/// ISO 13616, with its check digits.
fn iban(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let shape = bytes.first()?.is_ascii_uppercase()
        && bytes.get(1)?.is_ascii_uppercase()
        && bytes.get(2)?.is_ascii_digit()
        && bytes.get(3)?.is_ascii_digit();
    if !shape {
        return None;
    }
    let mut code = Vec::with_capacity(34);
    let mut end = 0;
    for (at, byte) in rest.bytes().enumerate().take(44) {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' => {
                code.push(byte);
                end = at + 1;
            }
            b' ' | b'-' => {}
            _ => break,
        }
    }
    while code.len() >= 15 {
        if code.len() <= 34 && mod97(&code) == 1 {
            return Some(end);
        }
        code.pop();
        end = rest.get(..end)?.len() - 1;
        end = rest.get(..end)?.trim_end_matches([' ', '-']).len();
    }
    None
}

fn mod97(code: &[u8]) -> u32 {
    let moved = code.iter().skip(4).chain(code.iter().take(4));
    moved.fold(0, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    })
}

/// Digits with their separators from the start of `rest`: the digits and the length that holds them.
fn digits(rest: &str, separators: &[u8], most: usize) -> (Vec<u8>, usize, usize) {
    let (mut found, mut end, mut groups, mut gap) = (Vec::new(), 0, 1, 0);
    for (at, byte) in rest.bytes().enumerate() {
        if byte.is_ascii_digit() {
            if found.len() == most {
                return (found, end, 99);
            }
            groups += usize::from(gap > 0 && !found.is_empty());
            gap = 0;
            found.push(byte - b'0');
            end = at + 1;
        } else if separators.contains(&byte) && gap < 2 {
            gap += 1;
        } else {
            break;
        }
    }
    (found, end, groups)
}

fn ends(rest: &str, end: usize) -> bool {
    let after = rest.get(end..).unwrap_or("");
    let mut chars = after.chars();
    match chars.next() {
        Some(c) if c.is_alphanumeric() || c == '_' => false,
        Some('.' | '-' | '/' | ':') => !chars.next().is_some_and(|c| c.is_ascii_digit()),
        _ => true,
    }
}

fn card(rest: &str) -> Option<usize> {
    let (number, end, groups) = digits(rest, b" -", 19);
    let issued = matches!(number.first(), Some(2..=6));
    let sum: u32 = number
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let doubled = u32::from(*digit) * if place % 2 == 1 { 2 } else { 1 };
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    let shape = groups == 1 || (3..=5).contains(&groups);
    (issued && shape && (13..=19).contains(&number.len()) && sum.is_multiple_of(10) && ends(rest, end))
        .then_some(end)
}

fn national(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes().get(..11)?;
    let shape = bytes.iter().enumerate().all(|(at, byte)| match at {
        3 | 6 => matches!(byte, b'-'),
        _ => byte.is_ascii_digit(),
    });
    let real =
        shape && !bytes.starts_with(b"000") && !bytes.starts_with(b"666") && bytes.first() != Some(&b'9');
    (real && ends(rest, 11)).then_some(11)
}

fn ip(rest: &str) -> Option<usize> {
    let len = rest.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
    let word = rest.get(..len)?.trim_end_matches('.');
    let parts: Vec<Option<u8>> = word.split('.').map(|part| part.parse().ok()).collect();
    let [Some(a), Some(b), Some(_), Some(_)] = parts.as_slice() else { return None };
    let local = matches!((a, b), (0 | 10 | 127 | 255, _) | (192, 168) | (169, 254))
        || (*a == 172 && (16..32).contains(b));
    (!local && *a > 3 && ends(rest, word.len())).then_some(word.len())
}

/// Telephone numbers: international with `+`, or nine to thirteen digits in groups as people write them.
fn phone(rest: &str) -> Option<usize> {
    let plus = rest.starts_with('+');
    let skip = usize::from(plus);
    let open = usize::from(rest.get(skip..)?.starts_with('('));
    let (number, end, groups) = digits(rest.get(skip + open..)?, b" -.()/", 15);
    let end = end + skip + open;
    let body = rest.get(..end)?;
    let dated = number.len() == 8 || body.contains('/') || (body.matches('.').count() > 0 && groups < 3);
    let shape = if plus {
        (8..=15).contains(&number.len())
    } else {
        let grouped = (3..=5).contains(&groups) && (9..=13).contains(&number.len());
        let bare = groups == 1 && (10..=11).contains(&number.len()) && number.first() == Some(&0);
        let opened = open == 1 && (9..=11).contains(&number.len());
        (grouped && looks_dialled(body) || bare || opened) && !dated
    };
    (shape && ends(rest, end)).then_some(end)
}

/// Groups of two to five digits, not a date such as `2021-03-01 12 00`.
fn looks_dialled(body: &str) -> bool {
    let groups: Vec<&str> =
        body.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    let year = groups
        .first()
        .is_some_and(|group| group.len() == 4 && (group.starts_with("19") || group.starts_with("20")));
    !year
        && groups.iter().all(|group| (1..=5).contains(&group.len()))
        && groups.last().is_some_and(|g| g.len() >= 2)
}

/// `221 Baker Street`: a number, one to three names, a word for a street.
fn address(rest: &str) -> Option<usize> {
    const STREETS: &[&str] = &[
        "street",
        "st",
        "avenue",
        "ave",
        "road",
        "rd",
        "lane",
        "ln",
        "drive",
        "dr",
        "boulevard",
        "blvd",
        "court",
        "ct",
        "way",
        "square",
        "place",
        "terrace",
        "close",
        "crescent",
    ];
    let number = rest.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=5).contains(&number) || rest.as_bytes().get(number) != Some(&b' ') {
        return None;
    }
    let mut end = number;
    for (place, word) in rest.get(number + 1..)?.split(' ').take(4).enumerate() {
        end += 1 + word.len();
        let name = word.trim_end_matches(['.', ',', ';']);
        if !name.starts_with(char::is_uppercase) {
            return None;
        }
        if place > 0 && STREETS.contains(&name.to_ascii_lowercase().as_str()) {
            return Some(end - (word.len() - name.len()));
        }
        if name.len() != word.len() {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use PersonalKind::*;

    fn check(text: &str, expect: &[(PersonalKind, &str)]) {
        let found: Vec<_> = personal(text).iter().map(|hit| (hit.kind, hit.span.of(text))).collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn data_is_found_by_shape_and_check_digit() {
        check("mail ann.lee@example.org, please", &[(Email, "ann.lee@example.org")]);
        check("git@github.com:me/x.git", &[]);
        check("call +49 30 901820 now", &[(Phone, "+49 30 901820")]);
        check("call (555) 010-4477.", &[(Phone, "(555) 010-4477")]);
        check("it took 1200 ms and 34000 rows", &[]);
        check("on 2021-03-01 12:00:00 it failed", &[]);
        check("card 4111 1111 1111 1111 ok", &[(Card, "4111 1111 1111 1111")]);
        check("card 4111 1111 1111 1112 no", &[]);
        check("DE89 3704 0044 0532 0130 00 is it", &[(Iban, "DE89 3704 0044 0532 0130 00")]);
        check("ssn 078-05-1120", &[(NationalId, "078-05-1120")]);
        check("from 203.0.113.9 and 192.168.0.1", &[(Ip, "203.0.113.9")]);
        check("version 1.2.3.4 of it", &[]);
        check("AKIAIOSFODNN7EXAMPLE", &[(Secret, "AKIAIOSFODNN7EXAMPLE")]);
        check("password: hunter22!", &[(Secret, "password: hunter22!")]);
        check("password: ******", &[]);
        check("I live at 12 Elm Tree Road, nice", &[(Address, "12 Elm Tree Road")]);
        check("see 3 More Examples below", &[]);
    }
}
