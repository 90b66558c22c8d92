//! Slack's mrkdwn turned into our Markdown.
//!
//! Form of the tokens: Slack's documentation, "Formatting text for app surfaces".

use std::collections::HashMap;

use crate::markup::{self, escape, fence, guard_start, link_target};

/// Names for the ids that a text mentions.
pub(super) trait Names {
    /// The handle of a user.
    fn user(&self, id: &str) -> Option<&str>;
    /// The name of a channel.
    fn channel(&self, id: &str) -> Option<&str>;
}

/// Bytes between a mark and its end; whoever marks more loses the marks, not the text.
const FARTHEST: usize = 2_000;
/// Marks within marks that are followed.
const DEEPEST: u8 = 4;

/// Converts `text`; handles mentioned are added to `mentions`, each once.
pub(super) fn to_markdown(text: &str, names: &dyn Names, mentions: &mut Vec<String>) -> String {
    let mut writer = Writer { names, mentions };
    let mut blocks: Vec<String> = Vec::new();
    for (at, part) in text.split("```").enumerate() {
        if at % 2 == 1 {
            let code = writer.plain(part);
            if !code.trim().is_empty() {
                blocks.push(fence(code.trim_start_matches('\n'), ""));
            }
        } else {
            let lines = writer.lines(part);
            if !lines.is_empty() {
                blocks.push(lines);
            }
        }
    }
    blocks.join("\n\n")
}

/// A text without marks and tokens, for titles.
pub(super) fn to_plain(text: &str, names: &dyn Names) -> String {
    let mut ignored = Vec::new();
    let mut writer = Writer { names, mentions: &mut ignored };
    let plain = markup::emoji_names(&writer.plain(&text.replace("```", " ")));
    let word = |word: &str| word.trim_matches(['*', '~', '`']).to_owned();
    let lines = plain.lines().map(|line| line.split(' ').map(word).collect::<Vec<_>>().join(" "));
    lines.collect::<Vec<_>>().join("\n")
}

struct Writer<'a> {
    names: &'a dyn Names,
    mentions: &'a mut Vec<String>,
}

#[derive(PartialEq, Clone, Copy)]
enum Line {
    Empty,
    Text,
    Item,
    Quote,
}

impl Writer<'_> {
    /// Text between blocks of code, line by line. Slack shows every line end, so Markdown is told to.
    fn lines(&mut self, part: &str) -> String {
        let mut out = String::new();
        let mut before = Line::Empty;
        let mut quoting = false;
        for line in part.lines() {
            let (kind, text) = self.line(line, &mut quoting);
            if kind == Line::Empty {
                before = kind;
                continue;
            }
            if !out.is_empty() {
                out.push_str(match (before, kind) {
                    (Line::Text, Line::Text) => "\\\n",
                    (Line::Quote, Line::Quote) => "\n>\n",
                    (Line::Item, Line::Item) => "\n",
                    _ => "\n\n",
                });
            }
            out.push_str(&text);
            before = kind;
        }
        out
    }

    fn line(&mut self, line: &str, quoting: &mut bool) -> (Line, String) {
        let trimmed = line.trim();
        if let Some(rest) = trimmed.strip_prefix("&gt;&gt;&gt;") {
            *quoting = true;
            return (Line::Quote, format!("> {}", guard_start(&self.inline(rest.trim(), DEEPEST))));
        }
        if let Some(rest) = trimmed.strip_prefix("&gt;") {
            return (Line::Quote, format!("> {}", guard_start(&self.inline(rest.trim(), DEEPEST))));
        }
        if trimmed.is_empty() {
            return (if *quoting { Line::Quote } else { Line::Empty }, ">".to_owned());
        }
        if *quoting {
            return (Line::Quote, format!("> {}", guard_start(&self.inline(trimmed, DEEPEST))));
        }
        let bullet = ["• ", "◦ ", "▪︎ ", "▪ ", "- ", "* "].iter().find_map(|mark| trimmed.strip_prefix(mark));
        if let Some(item) = bullet {
            let depth = (line.len() - line.trim_start().len()) / 4;
            return (
                Line::Item,
                format!("{}- {}", "  ".repeat(depth.min(6)), self.inline(item.trim(), DEEPEST)),
            );
        }
        let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
        let numbered =
            (1..=3).contains(&digits) && trimmed.get(digits..).is_some_and(|rest| rest.starts_with(". "));
        let text = self.inline(trimmed, DEEPEST);
        if numbered { (Line::Item, text) } else { (Line::Text, guard_start(&text)) }
    }

    /// Characters within a line: code, tokens, marks, emoji.
    fn inline(&mut self, text: &str, depth: u8) -> String {
        let mut out = String::with_capacity(text.len());
        for (at, piece) in markup::split_code(text).into_iter().enumerate() {
            if at % 2 == 1 {
                out.push_str(&markup::code_span(self.plain(piece).trim_matches('`')));
            } else {
                out.push_str(&self.marks(piece, depth));
            }
        }
        out
    }

    fn marks(&mut self, text: &str, depth: u8) -> String {
        let mut out = String::with_capacity(text.len());
        let mut plain_from = 0;
        let mut at = 0;
        let mut before = ' ';
        while let Some(letter) = text.get(at..).and_then(|rest| rest.chars().next()) {
            let rest = text.get(at..).unwrap_or("");
            let found = match letter {
                '<' => rest.find('>').map(|end| (self.token(rest.get(1..end).unwrap_or("")), end + 1)),
                '*' | '_' | '~' if depth > 0 && !before.is_alphanumeric() => enclosed(rest, letter)
                    .map(|inner| (self.marked(letter, inner, depth - 1), inner.len() + 2)),
                _ => None,
            };
            match found {
                Some((piece, used)) => {
                    out.push_str(&plain_piece(text.get(plain_from..at).unwrap_or("")));
                    out.push_str(&piece);
                    at += used;
                    plain_from = at;
                    before = if letter == '<' { 'a' } else { letter };
                }
                None => {
                    at += letter.len_utf8();
                    before = letter;
                }
            }
        }
        out.push_str(&plain_piece(text.get(plain_from..).unwrap_or("")));
        out
    }

    fn marked(&mut self, mark: char, inner: &str, depth: u8) -> String {
        let inner = self.marks(inner, depth);
        match mark {
            '*' => format!("**{inner}**"),
            '_' => format!("*{inner}*"),
            _ => format!("~~{inner}~~"),
        }
    }

    /// What stands between angle brackets.
    fn token(&mut self, token: &str) -> String {
        let (target, label) =
            token.split_once('|').map_or((token, None), |(target, label)| (target, Some(label)));
        let label = label.map(str::trim).filter(|label| !label.is_empty());
        match target.chars().next() {
            Some('@') => self.mention(target.trim_start_matches('@'), label),
            Some('#') => {
                let id = target.trim_start_matches('#');
                format!("#{}", escape(label.or(self.names.channel(id)).unwrap_or(id)))
            }
            Some('!') => special(target, label),
            _ => link(target, label),
        }
    }

    fn mention(&mut self, id: &str, label: Option<&str>) -> String {
        let Some(handle) = self.names.user(id) else {
            return format!("@{}", label.unwrap_or(id).trim_start_matches('@'));
        };
        if !self.mentions.iter().any(|seen| seen == handle) {
            self.mentions.push(handle.to_owned());
        }
        format!("@{handle}")
    }

    /// Tokens as words and entities as characters, nothing else: what code and titles show.
    fn plain(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find('<') {
            out.push_str(rest.get(..start).unwrap_or(""));
            let after = rest.get(start + 1..).unwrap_or("");
            let Some(end) = after.find('>') else {
                out.push('<');
                rest = after;
                continue;
            };
            let token = after.get(..end).unwrap_or("");
            let (target, label) = token.split_once('|').map_or((token, None), |(t, l)| (t, Some(l)));
            match target.chars().next() {
                Some('@') => {
                    let id = target.trim_start_matches('@');
                    out.push('@');
                    out.push_str(self.names.user(id).or(label).unwrap_or(id));
                }
                Some('#') => {
                    let id = target.trim_start_matches('#');
                    out.push('#');
                    out.push_str(label.or(self.names.channel(id)).unwrap_or(id));
                }
                Some('!') => out.push_str(&special(target, label)),
                _ => out.push_str(label.unwrap_or(target)),
            }
            rest = after.get(end + 1..).unwrap_or("");
        }
        out.push_str(rest);
        entities(&out)
    }
}

/// The text between `rest`'s first letter, a mark, and the next such mark, if both stand where Slack reads them
/// as marks: text on their inner side, none on their outer side.
fn enclosed(rest: &str, mark: char) -> Option<&str> {
    let after = rest.get(1..)?;
    if after.starts_with(char::is_whitespace) || after.starts_with(mark) {
        return None;
    }
    let mut near = after.len().min(FARTHEST);
    while !after.is_char_boundary(near) {
        near -= 1;
    }
    for (end, _) in after.get(..near)?.match_indices(mark) {
        let inner = after.get(..end)?;
        let next = after.get(end + 1..).and_then(|next| next.chars().next()).unwrap_or(' ');
        if !inner.ends_with(char::is_whitespace) && !next.is_alphanumeric() && next != mark {
            return (!inner.is_empty()).then_some(inner);
        }
    }
    None
}

fn plain_piece(text: &str) -> String {
    markup::emoji_names(&escape(&entities(text)))
}

fn entities(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// `!here`, `!subteam^S1|@group`, `!date^1392734382^{date}|fallback`.
fn special(target: &str, label: Option<&str>) -> String {
    let word = target.trim_start_matches('!').split('^').next().unwrap_or("");
    match label {
        Some(label) => entities(label),
        None => format!("@{word}"),
    }
}

fn link(target: &str, label: Option<&str>) -> String {
    let target = entities(target);
    let label = label.map(entities);
    let bare = |text: &str| {
        text.trim_start_matches("mailto:")
            .trim_start_matches("tel:")
            .trim_start_matches("https://")
            .trim_start_matches("http://")
            .to_owned()
    };
    let same = label
        .as_ref()
        .is_none_or(|label| bare(label).trim_end_matches('/') == bare(&target).trim_end_matches('/'));
    if target.starts_with("mailto:") || target.starts_with("tel:") {
        return escape(&label.unwrap_or_else(|| bare(&target)));
    }
    match link_target(&target) {
        Some(url) if same && url.contains("://") => format!("<{url}>"),
        Some(url) if url.contains("://") => {
            format!("[{}]({url})", escape(label.as_deref().unwrap_or(&target)))
        }
        _ => escape(label.as_deref().unwrap_or(&format!("<{target}>"))),
    }
}

/// Names out of a plain map, for tests and for the reader.
impl Names for HashMap<String, String> {
    fn user(&self, id: &str) -> Option<&str> {
        self.get(id).map(String::as_str)
    }

    fn channel(&self, id: &str) -> Option<&str> {
        self.get(id).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let names: HashMap<String, String> = [("U1", "ben"), ("C1", "general")]
            .iter()
            .map(|(id, name)| ((*id).to_owned(), (*name).to_owned()))
            .collect();
        assert_eq!(to_markdown(text, &names, &mut Vec::new()), expect, "{text}");
    }

    #[test]
    fn marks_and_tokens() {
        check("Hi <@U1>, see <#C1|general> and <#C1>", "Hi @ben, see #general and #general");
        check(
            "<https://x.example/a|the page> <https://x.example/b>",
            "[the page](https://x.example/a) <https://x.example/b>",
        );
        check("<http://x.example|x.example>", "<http://x.example>");
        check("<mailto:a@x.example|a@x.example>", "a@x.example");
        check("<!here> <!subteam^S1|@crew>", "@here @crew");
        check("*bold* _slanted_ ~gone~ `co*d*e`", "**bold** *slanted* ~~gone~~ `co*d*e`");
        check("*bold _both_*", "**bold *both***");
        check("2*3*4 snake_case_name a * b", "2\\*3\\*4 snake_case_name a * b");
        check("a &lt;b&gt; &amp;amp; c", "a \\<b> \\&amp; c");
        check("nice :tada: :partyr: 10:20:30", "nice 🎉 :partyr: 10:20:30");
        check("<javascript:alert(1)|x>", "x");
        check("<dbl> is a type", "\\<dbl> is a type");
    }

    #[test]
    fn lines_and_blocks() {
        check("one\ntwo\n\nthree", "one\\\ntwo\n\nthree");
        check("run\n```ls &lt;x&gt;\nfoo```then", "run\n\n```\nls <x>\nfoo\n```\n\nthen");
        check("&gt; said\nme", "> said\n\nme");
        check("&gt;&gt;&gt; all\nof this", "> all\n>\n> of this");
        check("list:\n• a\n    ◦ b\n• c", "list:\n\n- a\n  - b\n- c");
        check("1. one\n2. two", "1. one\n2. two");
        check("# no heading", "\\# no heading");
        check("```unclosed", "```\nunclosed\n```");
    }

    #[test]
    fn hostile_text_is_survived() {
        for text in [
            "*".repeat(20_000),
            "<".repeat(20_000),
            "_*~".repeat(5_000),
            "`".repeat(9_999),
            "*a ".repeat(3_000),
        ] {
            let _ = to_markdown(&text, &HashMap::new(), &mut Vec::new());
        }
    }
}
