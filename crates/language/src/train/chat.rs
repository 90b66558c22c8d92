//! Messages out of a chat archive in DiscordChatExporter's HTML, with the labels we gave some of them.

use std::collections::BTreeMap;

use super::Row;
use super::dump::unescape;

/// Every message of the pages in `html`, by `set`; those in `labels` (`ID INTENT [!]` lines) with what we judged.
pub fn messages(set: &str, html: &str, labels: &str) -> Vec<Row> {
    let labels: BTreeMap<&str, (&str, bool)> = labels
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let (id, label) = line.trim().split_once(' ')?;
            let needs = label.strip_suffix(" !");
            Some((id, (needs.unwrap_or(label), needs.is_some())))
        })
        .collect();
    html.split(" data-message-id=").skip(1).filter_map(|part| message(set, part, &labels)).collect()
}

fn message(set: &str, part: &str, labels: &BTreeMap<&str, (&str, bool)>) -> Option<Row> {
    let id = part.split_once('>')?.0;
    let (_, text) = part.split_once("<span class=chatlog__markdown-preserve>")?;
    let (text, _) = text.split_once("</span></div>")?;
    let text = plain(text);
    if text.len() < 8 {
        return None;
    }
    let label = labels.get(id);
    Some(Row {
        set: set.to_owned(),
        id: id.to_owned(),
        text,
        reply: Some(part.contains("class=chatlog__reply")),
        intent: label.map(|(intent, _)| (*intent).to_owned()),
        needs_reply: label.map(|(_, needs)| *needs),
        ..Row::default()
    })
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

    #[test]
    fn messages_are_read_with_their_labels() {
        let html = "<div data-message-id=11><div class=chatlog__reply>x</div><span class=chatlog__markdown-preserve>\
            Use <code class=x>a &lt; b</code> instead <img alt=\"🙂\" src=y></span></div>\
            <div data-message-id=12><span class=chatlog__markdown-preserve>How do I start?</span></div>\
            <div data-message-id=13><span class=chatlog__markdown-preserve>ok</span></div>";
        let rows = messages("s", html, "# note\n12 support !\n11 answer\n");
        let got: Vec<_> = rows
            .iter()
            .map(|r| (r.id.as_str(), r.text.as_str(), r.intent.as_deref(), r.needs_reply, r.reply))
            .collect();
        assert_eq!(
            got,
            [
                ("11", "Use `a < b` instead 🙂", Some("answer"), Some(false), Some(true)),
                ("12", "How do I start?", Some("support"), Some(true), Some(false)),
            ]
        );
    }
}
