//! Takes a post apart: what the writer says, and what is code, quoted, a link or markup.
//!
//! Works line by line on Markdown, BBCode quotes and Slack's angle brackets. What is not the writer's own words
//! is replaced by a space, so that a quoted insult or a stack trace is never held against the one who quotes.

use crate::reading::Span;

/// The writer's own words of a post, and what else it holds.
#[derive(Debug, Default)]
pub(crate) struct Prose {
    /// The own words. Always as long as the source: everything else became spaces, so spans carry over.
    pub text: String,
    /// Links by host, lower-case.
    pub links: Vec<Link>,
    /// People addressed by `@name`.
    pub mentions: usize,
    /// Bytes of code, fenced, indented or inline.
    pub code: usize,
    /// Bytes quoted from others.
    pub quoted: usize,
    /// Bytes of own words, spaces not counted.
    pub said: usize,
}

/// A link in the writer's own words.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Link {
    /// Where the address stands.
    pub span: Span,
    /// The host in lower case.
    pub host: String,
}

/// Longest text looked at, in bytes: what a post means stands at its beginning, and reading stays cheap.
pub(crate) const LONGEST: usize = 16_384;

/// The first [`LONGEST`] bytes of `text`, cut at a character.
pub(crate) fn head(text: &str) -> &str {
    cut(text, LONGEST)
}

/// At most the first `longest` bytes of `text`, cut at a character.
pub(crate) fn cut(text: &str, longest: usize) -> &str {
    text.get(..text.floor_char_boundary(longest)).unwrap_or("")
}

/// Takes `text` apart.
pub(crate) fn prose(text: &str) -> Prose {
    let text = head(text);
    let mut keep = text.as_bytes().to_vec();
    let mut found = Prose::default();
    let mut lines = Lines::default();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        match lines.kind(line) {
            Kind::Code => found.code += blank(&mut keep, start, end),
            Kind::Quote => found.quoted += blank(&mut keep, start, end),
            Kind::Said => inline(text, start, end, &mut keep, &mut found),
        }
        start = end;
    }
    quoted_tail(&mut found);
    found.text = String::from_utf8(keep).unwrap_or_default();
    found.said = found.text.bytes().filter(|byte| !byte.is_ascii_whitespace()).count();
    found
}

/// Overwrites whole characters with spaces; returns how many bytes.
fn blank(keep: &mut [u8], start: usize, end: usize) -> usize {
    if let Some(slice) = keep.get_mut(start..end) {
        for byte in slice.iter_mut().filter(|byte| **byte != b'\n') {
            *byte = b' ';
        }
    }
    end.saturating_sub(start)
}

fn quoted_tail(found: &mut Prose) {
    found.links.dedup();
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Said,
    Code,
    Quote,
}

/// What the lines before say about the next one.
#[derive(Default)]
struct Lines {
    fence: Option<(char, usize)>,
    quotes: usize,
    blank_before: bool,
    indented: bool,
    started: bool,
}

impl Lines {
    fn kind(&mut self, line: &str) -> Kind {
        let trimmed = line.trim();
        let was_blank = self.blank_before || !self.started;
        self.started = true;
        self.blank_before = trimmed.is_empty();
        if let Some((mark, width)) = self.fence {
            if run(trimmed, mark) >= width && trimmed.chars().all(|c| c == mark) || ends_fence(trimmed, mark)
            {
                self.fence = None;
            }
            return Kind::Code;
        }
        if let Some(kind) = self.bracketed(trimmed) {
            return kind;
        }
        for mark in ['`', '~'] {
            let width = run(trimmed, mark);
            if width >= 3 {
                let rest = trimmed.get(width..).unwrap_or("");
                if !rest.contains("```") {
                    self.fence = Some((mark, width));
                }
                return Kind::Code;
            }
        }
        if trimmed.starts_with('>') || trimmed.starts_with("&gt;") || attributes(trimmed) {
            return Kind::Quote;
        }
        let deep = line.starts_with("    ") || line.starts_with('\t');
        self.indented = deep && !trimmed.is_empty() && (was_blank || self.indented) && !list_item(trimmed);
        if self.indented { Kind::Code } else { Kind::Said }
    }

    /// `[quote]` and `[code]` blocks, and HTML's blockquote and pre, which may nest.
    fn bracketed(&mut self, trimmed: &str) -> Option<Kind> {
        let lower = trimmed.get(..trimmed.len().min(4096)).map(str::to_ascii_lowercase);
        let lower = lower.as_deref().unwrap_or("");
        if self.quotes == 0 && !lower.contains(['[', '<']) {
            return None;
        }
        let opens = count(lower, "[quote")
            + count(lower, "<blockquote")
            + count(lower, "[code")
            + count(lower, "<pre");
        let closes = count(lower, "[/quote")
            + count(lower, "</blockquote")
            + count(lower, "[/code")
            + count(lower, "</pre");
        let inside = self.quotes > 0;
        self.quotes = (self.quotes + opens).saturating_sub(closes);
        (inside || opens > 0).then_some(Kind::Quote)
    }
}

/// A mail's line before what it quotes: `On Monday Ann <ann@example.org> wrote:`.
fn attributes(trimmed: &str) -> bool {
    let says = ["wrote:", "writes:", "schrieb:", "a écrit :", "a écrit:", "escribió:"];
    let named = |c: char| c == '@' || c == '<' || c.is_ascii_digit();
    trimmed.len() < 200 && says.iter().any(|verb| trimmed.ends_with(verb)) && trimmed.contains(named)
}

fn count(text: &str, needle: &str) -> usize {
    text.matches(needle).count()
}

fn run(text: &str, mark: char) -> usize {
    text.chars().take_while(|c| *c == mark).count()
}

fn ends_fence(trimmed: &str, mark: char) -> bool {
    mark == '`' && trimmed.ends_with("```")
}

fn list_item(trimmed: &str) -> bool {
    let mut chars = trimmed.chars();
    match chars.next() {
        Some('-' | '*' | '+' | '•') => chars.next() == Some(' '),
        Some(c) if c.is_ascii_digit() => trimmed.contains(". ") || trimmed.contains(") "),
        _ => false,
    }
}

/// Blanks inline code, links, mentions and tags of one line.
fn inline(text: &str, start: usize, end: usize, keep: &mut [u8], found: &mut Prose) {
    let bytes = text.as_bytes();
    let mut at = start;
    let mut before = b' ';
    while at < end {
        let Some(&byte) = bytes.get(at) else { break };
        if !matches!(byte, b'`' | b'<' | b'!' | b'h' | b'H' | b'w' | b'W' | b']' | b'@') {
            before = byte;
            at += 1;
            continue;
        }
        let rest = text.get(at..end).unwrap_or("");
        let next = match byte {
            b'`' => code_end(rest).map(|len| {
                found.code += len;
                blank(keep, at, at + len)
            }),
            b'<' => angle(rest, at, keep, found),
            b'!' if rest.starts_with("![") => image_end(rest).map(|len| blank(keep, at, at + len)),
            b'h' | b'H' | b'w' | b'W' if !before.is_ascii_alphanumeric() => link(rest, at, keep, found),
            b']' if rest.starts_with("](") => rest.find(')').map(|len| target(rest, at, len, keep, found)),
            b'@' if !before.is_ascii_alphanumeric() => mention(rest).map(|len| {
                found.mentions += 1;
                blank(keep, at, at + len)
            }),
            _ => None,
        };
        before = byte;
        at += next.unwrap_or(1).max(1);
    }
}

/// Length of an inline code span, both backticks included.
fn code_end(rest: &str) -> Option<usize> {
    let width = run(rest, '`');
    let fence = rest.get(..width)?;
    let inner = rest.get(width..)?;
    inner.find(fence).map(|len| len + 2 * width)
}

fn image_end(rest: &str) -> Option<usize> {
    let close = rest.find("](")?;
    rest.get(close..)?.find(')').map(|len| close + len + 1)
}

/// The address of a Markdown link; its words stay.
fn target(rest: &str, at: usize, len: usize, keep: &mut [u8], found: &mut Prose) -> usize {
    let address = rest.get(2..len).unwrap_or("");
    if let Some(host) = host(address) {
        found.links.push(Link { span: Span { start: at + 2, end: at + len }, host });
    }
    blank(keep, at, at + len + 1)
}

/// Slack's `<@U1>`, `<#C1|name>`, `<https://…|words>`, autolinks and HTML tags.
fn angle(rest: &str, at: usize, keep: &mut [u8], found: &mut Prose) -> Option<usize> {
    let close = rest.find('>')?;
    let inner = rest.get(1..close)?;
    let first = inner.chars().next()?;
    if first == '@' || first == '#' || (first == '!' && !inner.starts_with("!--")) {
        found.mentions += usize::from(first == '@');
        return Some(blank(keep, at, at + close + 1));
    }
    let (address, label) = inner.split_once('|').unwrap_or((inner, ""));
    if let Some(host) = host(address) {
        found.links.push(Link { span: Span { start: at + 1, end: at + 1 + address.len() }, host });
        let words = close - label.len();
        blank(keep, at, at + words);
        blank(keep, at + close, at + close + 1);
        return Some(close + 1);
    }
    let tag = first == '/' || first == '!' || first.is_ascii_alphabetic();
    (tag && close < 400).then(|| blank(keep, at, at + close + 1))
}

/// A bare address: `https://…`, `http://…`, `www.…`.
fn link(rest: &str, at: usize, keep: &mut [u8], found: &mut Prose) -> Option<usize> {
    let host = host(rest)?;
    let stop = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '|' | '`' | '“' | '”');
    let len = rest.find(stop).unwrap_or(rest.len());
    let len = rest
        .get(..len)
        .map_or(len, |word| word.trim_end_matches(['.', ',', ')', '!', '?', ';', ':', '\'', ']', '*']).len());
    found.links.push(Link { span: Span { start: at, end: at + len }, host });
    Some(blank(keep, at, at + len))
}

/// The host of an address, lower-case; none when it is not one.
pub(crate) fn host(address: &str) -> Option<String> {
    let head = address.get(..8).unwrap_or(address).to_ascii_lowercase();
    let rest = if head.starts_with("https://") {
        address.get(8..)?
    } else if head.starts_with("http://") {
        address.get(7..)?
    } else if head.starts_with("www.") {
        address.get(4..)?
    } else {
        return None;
    };
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '.' || c == '-')).unwrap_or(rest.len());
    let host = rest.get(..end)?.trim_end_matches(['.', '-']).to_lowercase();
    (!host.is_empty()).then_some(host)
}

fn mention(rest: &str) -> Option<usize> {
    let name = rest.get(1..)?;
    let len =
        name.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))).unwrap_or(name.len());
    let len = name.get(..len)?.trim_end_matches(['.', '-']).len();
    (len > 0).then_some(len + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let prose = prose(text);
        assert_eq!(prose.text.len(), text.len(), "{text}");
        let said = prose.text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(said, expect, "{text}");
    }

    #[test]
    fn only_own_words_remain() {
        check("plain words", "plain words");
        check("On 3 May 2021, Ann <ann@example.org> wrote:\n> no\nYes.", "Yes.");
        check("Ann wrote:\nno", "Ann wrote:\nno".replace('\n', " ").as_str());
        check("see `x = 1` there", "see there");
        check("before\n```rust\nlet idiot = 1;\n```\nafter", "before after");
        check("> you fool\nI disagree", "I disagree");
        check("[quote=\"ann, post:2\"]\nyou fool\n[/quote]\nNo.", "No.");
        check("<blockquote>you fool</blockquote>\nNo.", "No.");
        check("[the guide](https://example.org/a) helps", "[the guide helps");
        check("go to https://example.org/a?b=c, now", "go to , now");
        check("<https://example.org|the page> of <@U123>", "the page of");
        check("hello @ann.lee!", "hello !");
        check("text\n\n    indented code\n\nmore", "text more");
        check("```one line``` rest", "");
        check("```never closed\nfoo", "");
        check("mail ann@example.org", "mail ann@example.org");
        check("a < b and c > d", "a < b and c > d");
    }

    #[test]
    fn links_are_known_by_host() {
        let prose = prose("HTTPS://Example.ORG/a and [x](http://b.example/q) <www.c.example|c>");
        let hosts: Vec<_> = prose.links.iter().map(|link| link.host.as_str()).collect();
        assert_eq!(hosts, ["example.org", "b.example", "c.example"]);
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        let text = "é".repeat(LONGEST);
        assert!(head(&text).len() <= LONGEST);
    }
}
