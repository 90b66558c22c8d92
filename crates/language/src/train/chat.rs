//! Messages out of chat archives (DiscordChatExporter's HTML, logs of IRC channels), with the labels we gave some.

use std::collections::BTreeMap;

use super::Row;
use super::dump::unescape;

/// What we judged of a message.
#[derive(Clone, Copy)]
pub(super) struct Label<'a> {
    intent: &'a str,
    needs_reply: bool,
    reply: bool,
}

impl Label<'_> {
    /// Writes the judgement into `row`.
    pub(super) fn give(self, row: &mut Row) {
        row.intent = Some(self.intent.to_owned());
        row.needs_reply = Some(self.needs_reply);
    }

    /// True when we saw that it answers another post.
    pub(super) fn answers(self) -> bool {
        self.reply
    }
}

/// Lines of `ID INTENT [!] [>]`: what a message wants, whether somebody should reply, whether it is a reply.
pub(super) fn labels(lines: &str) -> BTreeMap<&str, Label<'_>> {
    lines
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let (id, intent) = (words.next()?, words.next()?);
            let marks: Vec<&str> = words.collect();
            let label = Label { intent, needs_reply: marks.contains(&"!"), reply: marks.contains(&">") };
            Some((id, label))
        })
        .collect()
}

/// Milliseconds of a day, and the bits of a message's id below its time.
const DAY: u64 = 86_400_000;
const BELOW_TIME: u32 = 22;

/// Every message of the pages in `html`, by `set`; those in `labels` with what we judged. Messages of one day stay
/// together, for talk goes on across channels and hours.
pub fn messages(set: &str, html: &str, labels: &str) -> Vec<Row> {
    let labels = self::labels(labels);
    html.split(" data-message-id=").skip(1).filter_map(|part| message(set, part, &labels)).collect()
}

fn message(set: &str, part: &str, labels: &BTreeMap<&str, Label<'_>>) -> Option<Row> {
    let id = part.split_once('>')?.0;
    let (_, text) = part.split_once("<span class=chatlog__markdown-preserve>")?;
    let (text, _) = text.split_once("</span></div>")?;
    let text = plain(text);
    if text.len() < 8 {
        return None;
    }
    let day = id.parse::<u64>().map_or(0, |id| (id >> BELOW_TIME) / DAY);
    let mut row = Row {
        set: set.to_owned(),
        id: id.to_owned(),
        text,
        reply: Some(part.contains("class=chatlog__reply")),
        issue_id: format!("{set}-{day}"),
        ..Row::default()
    };
    if let Some(label) = labels.get(id) {
        label.give(&mut row);
    }
    Some(row)
}

/// Lines of a log that stay together.
const TOGETHER: usize = 50;

/// The labelled lines of logs (`[hh:mm] <name> words`), by `set`. Each log follows a line `==> NAME <==`; a label's id
/// is `NAME:LINE`, counted from 0.
pub fn logs(set: &str, text: &str, labels: &str) -> Vec<Row> {
    let labels = self::labels(labels);
    let mut rows = Vec::new();
    let (mut name, mut number) = ("", 0);
    for line in text.lines() {
        if let Some(next) = line.strip_prefix("==> ").and_then(|rest| rest.strip_suffix(" <==")) {
            (name, number) = (next, 0);
            continue;
        }
        let id = format!("{name}:{number}");
        if let Some((label, (_, said))) = labels.get(id.as_str()).zip(line.split_once("> ")) {
            let issue_id = format!("{set}-{name}-{}", number / TOGETHER);
            let mut row = Row { set: set.to_owned(), text: said.to_owned(), issue_id, ..Row::default() };
            (row.id, row.reply) = (id, Some(label.answers()));
            label.give(&mut row);
            rows.push(row);
        }
        number += 1;
    }
    rows
}

/// Markup to words: code stays marked, pictures of faces become the faces.
fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    let mut fenced = false;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let Some((tag, left)) = after.split_once('>') else { break };
        rest = left;
        match tag.split_whitespace().next().unwrap_or("") {
            "img" => text.push_str(attribute(tag, "alt=")),
            "li" => text.push_str("\n- "),
            "code" if tag.contains("multiline") => {
                fenced = true;
                text.push_str("\n```\n");
            }
            "/code" if fenced => {
                fenced = false;
                text.push_str("\n```\n");
            }
            "code" | "/code" => text.push('`'),
            "div" if tag.contains("chatlog__markdown-quote-content") => text.push_str("\n> "),
            "/div" => text.push('\n'),
            _ => {}
        }
    }
    text.push_str(rest);
    unescape(&text).trim().to_owned()
}

fn attribute<'a>(tag: &'a str, name: &str) -> &'a str {
    let value = tag.split_once(name).map_or("", |(_, value)| value);
    match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or(""),
        None => value.split_whitespace().next().unwrap_or(""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Told<'a> = (&'a str, &'a str, Option<&'a str>, Option<bool>, Option<bool>);

    /// What a row says, without its set.
    fn told(rows: &[Row]) -> Vec<Told<'_>> {
        rows.iter()
            .map(|r| (r.id.as_str(), r.text.as_str(), r.intent.as_deref(), r.needs_reply, r.reply))
            .collect()
    }

    #[test]
    fn lines_of_a_log_are_read_with_their_labels() {
        let text = "==> a <==\n=== x is now known as y\n[15:29] <x> y: try <that>\n==> b <==\n[15:30] <y> how do I start?\n";
        let rows = logs("s", text, "# note\na:1 answer >\nb:0 support !\nb:7 unclear\n");
        assert_eq!(
            told(&rows),
            [
                ("a:1", "y: try <that>", Some("answer"), Some(false), Some(true)),
                ("b:0", "how do I start?", Some("support"), Some(true), Some(false)),
            ]
        );
    }

    #[test]
    fn messages_are_read_with_their_labels() {
        let html = "<div data-message-id=11><div class=chatlog__reply>x</div><span class=chatlog__markdown-preserve>\
            Use <code class=x>a &lt; b</code> instead <img alt=\"🙂\" src=y></span></div>\
            <div data-message-id=12><span class=chatlog__markdown-preserve>How do I start?</span></div>\
            <div data-message-id=13><span class=chatlog__markdown-preserve>ok</span></div>";
        let rows = messages("s", html, "# note\n12 support !\n11 answer\n");
        assert_eq!(
            told(&rows),
            [
                ("11", "Use `a < b` instead 🙂", Some("answer"), Some(false), Some(true)),
                ("12", "How do I start?", Some("support"), Some(true), Some(false)),
            ]
        );
    }
}
