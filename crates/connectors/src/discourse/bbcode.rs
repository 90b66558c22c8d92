//! Discourse's Markdown with BBCode in it, turned into plain Markdown.

use std::borrow::Cow;

use super::breaks::show_line_ends;
use crate::markup::{self, References, link_target};

/// What stands around a text and it refers to.
pub(super) struct Around<'a> {
    /// The topic it is in.
    pub(super) topic: i64,
    /// That topic's slug.
    pub(super) slug: &'a str,
    /// What its rendering tells: where pictures lie, what is a formula.
    pub(super) known: &'a References,
}

/// Quotes deeper than this stay as they are written.
const DEEPEST: usize = 12;

/// Converts `raw`. Code stays untouched; unknown tags stay as they are written.
pub(super) fn to_markdown(raw: &str, around: &Around<'_>) -> String {
    let mut open = vec![Frame::default()];
    let mut fence: Option<String> = None;
    let raw = formulas(raw, &around.known.formulas);
    for line in raw.lines() {
        let marks = fence_of(line);
        match (&fence, marks) {
            (Some(end), Some(marks)) if marks.starts_with(end.as_str()) && line.trim() == marks => {
                fence = None;
            }
            (None, Some(marks)) => fence = Some(marks.to_owned()),
            (None, None) if !line.starts_with("    ") => {
                text_line(line, &mut open, around);
                continue;
            }
            _ => {}
        }
        push_line(&mut open, line);
    }
    while open.len() > 1 {
        // An unclosed quote is shown as written.
        let frame = open.pop().unwrap_or_default();
        if let Some(parent) = open.last_mut() {
            parent.text.push_str(&frame.tag);
            parent.text.push('\n');
            parent.text.push_str(&frame.text);
        }
    }
    let text = open.pop().unwrap_or_default().text;
    squeeze(&show_line_ends(&text))
}

/// Formulas between dollar signs become code: our Markdown shows them as they are written, and no star or underscore
/// in them is taken for a mark.
fn formulas<'a>(raw: &'a str, known: &[String]) -> Cow<'a, str> {
    if known.is_empty() || !raw.contains('$') {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(start) = rest.find('$') {
        let block = rest.get(start..).is_some_and(|rest| rest.starts_with("$$"));
        let width = if block { 2 } else { 1 };
        let inner = rest.get(start + width..).unwrap_or("");
        let end = inner.find(if block { "$$" } else { "$" });
        let text = end.and_then(|end| inner.get(..end)).unwrap_or("");
        out.push_str(rest.get(..start).unwrap_or(""));
        if known.binary_search_by(|formula| formula.as_str().cmp(text.trim())).is_ok()
            && !text.trim().is_empty()
        {
            let alone = block && text.contains('\n');
            let code =
                if alone { markup::fence(text.trim(), "math") } else { markup::code_span(text.trim()) };
            out.push_str(&code);
            rest = inner.get(text.len() + width..).unwrap_or("");
        } else {
            out.push_str("$$".get(..width).unwrap_or("$"));
            rest = inner;
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[derive(Default)]
struct Frame {
    /// The opening tag as written.
    tag: String,
    text: String,
}

fn push_line(open: &mut [Frame], line: &str) {
    if let Some(frame) = open.last_mut() {
        frame.text.push_str(line);
        frame.text.push('\n');
    }
}

/// The run of ticks or tildes that opens or closes a block of code.
fn fence_of(line: &str) -> Option<&str> {
    let line = line.trim();
    let mark = line.chars().next().filter(|c| *c == '`' || *c == '~')?;
    let run = line.chars().take_while(|c| *c == mark).count();
    (run >= 3 && !line.get(run..)?.contains('`')).then(|| line.get(..run)).flatten()
}

/// A line outside of code: quotes open and close here.
fn text_line(line: &str, open: &mut Vec<Frame>, around: &Around<'_>) {
    let mut rest = line;
    loop {
        let start = find_tag(rest, "[quote");
        let end = find_tag(rest, "[/quote]");
        match (start, end) {
            (Some(start), end) if end.is_none_or(|end| start < end) && open.len() <= DEEPEST => {
                let (before, tag_on) = rest.split_at(start);
                let Some(length) = tag_on.find(']').map(|at| at + 1) else { break };
                let (tag, after) = tag_on.split_at(length);
                if !before.trim().is_empty() {
                    push_line(open, &inline(before, around));
                }
                open.push(Frame { tag: tag.to_owned(), text: String::new() });
                rest = after;
            }
            (_, Some(end)) if open.len() > 1 => {
                let (before, tag_on) = rest.split_at(end);
                if !before.trim().is_empty() {
                    push_line(open, &inline(before, around));
                }
                rest = tag_on.get("[/quote]".len()..).unwrap_or("");
                close(open, around);
            }
            _ => break,
        }
        if rest.trim().is_empty() {
            return;
        }
    }
    push_line(open, &inline(rest, around));
}

fn close(open: &mut Vec<Frame>, around: &Around<'_>) {
    let Some(frame) = open.pop() else { return };
    let (author, path) = quoted(&frame.tag, around);
    let block = markup::quote(&author, &path, &squeeze(&show_line_ends(&frame.text)));
    push_line(open, &format!("\n{block}\n"));
}

/// Author and path out of `[quote="ben, post:3, topic:12"]`.
fn quoted(tag: &str, around: &Around<'_>) -> (String, String) {
    let inside = tag.trim_start_matches("[quote").trim_end_matches(']').trim_start_matches('=');
    let inside = inside.trim().trim_matches(['"', '“', '”', '\'']);
    let mut parts = inside.split(',').map(str::trim);
    let mut author = parts.next().unwrap_or("").to_owned();
    let (mut post, mut topic) = (None, None);
    for part in parts {
        match part.split_once(':') {
            Some(("post", number)) => post = number.trim().parse::<i64>().ok(),
            Some(("topic", number)) => topic = number.trim().parse::<i64>().ok(),
            Some(("username", name)) => author = name.trim().to_owned(),
            _ => {}
        }
    }
    let path = match (topic, post) {
        (Some(topic), Some(post)) if topic == around.topic => format!("/t/{}/{topic}/{post}", around.slug),
        (Some(topic), Some(post)) => format!("/t/{topic}/{post}"),
        _ => String::new(),
    };
    (author.replace(char::is_whitespace, "_"), path)
}

/// Where `tag` begins in `line`, outside of code between ticks, in whatever case.
fn find_tag(line: &str, tag: &str) -> Option<usize> {
    let mut code = false;
    for (at, letter) in line.char_indices() {
        if letter == '`' {
            code = !code && line.get(at + 1..).is_some_and(|rest| rest.contains('`'));
        }
        let here = line.get(at..).and_then(|rest| rest.get(..tag.len()));
        if letter == '[' && !code && here.is_some_and(|here| here.eq_ignore_ascii_case(tag)) {
            let next = line.get(at + tag.len()..).and_then(|rest| rest.chars().next());
            if tag.ends_with(']') || matches!(next, Some('=' | ']' | ' ')) {
                return Some(at);
            }
        }
    }
    None
}

/// Everything within a line that is not code: small tags, pictures, emoji.
fn inline(line: &str, around: &Around<'_>) -> String {
    let mut out = String::with_capacity(line.len());
    for (at, piece) in markup::split_code(line).into_iter().enumerate() {
        if at % 2 == 1 {
            out.push_str(piece);
            continue;
        }
        let piece = if piece.contains('[') { small_tags(piece, 4) } else { piece.to_owned() };
        let piece = if piece.contains("](") { links(&piece, around) } else { piece };
        out.push_str(&if piece.contains(':') { markup::emoji_names(&piece) } else { piece });
    }
    out
}

/// BBCode that Discourse knows besides quotes, `depth` tags deep. A tag without its end stays: `list[i]` is code.
fn small_tags(piece: &str, depth: u8) -> String {
    let mut out = String::with_capacity(piece.len());
    let mut rest = piece;
    while let Some(start) = rest.find('[') {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let tag = from.find(']').and_then(|end| from.get(1..end));
        match tag.and_then(|tag| replace_tag(tag, from.get(tag.len() + 2..).unwrap_or(""), depth)) {
            Some((text, used)) => {
                out.push_str(&text);
                rest = from.get(used + tag.map_or(0, str::len) + 2..).unwrap_or("");
            }
            None => {
                out.push('[');
                rest = from.get(1..).unwrap_or("");
            }
        }
    }
    out.push_str(rest);
    out
}

/// What stands for `[tag]`, and how many bytes of `after` it took along.
fn replace_tag(tag: &str, after: &str, depth: u8) -> Option<(String, usize)> {
    let (name, value) = tag.split_once('=').unwrap_or((tag, ""));
    let value = value.trim_matches(['"', '“', '”']);
    let lower = name.to_ascii_lowercase();
    if after.starts_with('(') {
        return None; // A Markdown link whose text looks like a tag.
    }
    let enclosed = |end: &str| after.find(end).map(|at| (after.get(..at).unwrap_or(""), at + end.len()));
    let marked = |end: &str, mark: &str| {
        let (text, used) = enclosed(end).filter(|(text, _)| !text.trim().is_empty())?;
        let text = if depth > 0 { small_tags(text.trim(), depth - 1) } else { text.trim().to_owned() };
        Some((format!("{mark}{text}{mark}"), used))
    };
    Some(match lower.as_str() {
        "b" => marked("[/b]", "**")?,
        "i" => marked("[/i]", "*")?,
        "s" => marked("[/s]", "~~")?,
        "u" => marked("[/u]", "")?,
        "spoiler" | "/spoiler" | "grid" | "/grid" | "/wrap" | "center" | "/center" => (String::new(), 0),
        "details" => (opening(value), 0),
        "/details" => ("\n\n</details>".to_owned(), 0),
        "url" => {
            let (text, used) = enclosed("[/url]")?;
            let target = link_target(if value.is_empty() { text } else { value })?;
            (format!("[{text}]({target})"), used)
        }
        "img" => {
            let (text, used) = enclosed("[/img]")?;
            (format!("![]({})", link_target(text)?), used)
        }
        "code" => {
            let (text, used) = enclosed("[/code]")?;
            (markup::code_span(text), used)
        }
        _ if lower.starts_with("date") && !value.is_empty() => (date(value), 0),
        _ if lower.starts_with("wrap") && !value.is_empty() => (String::new(), 0),
        _ => return None,
    })
}

/// The beginning of a folded part, up to its text.
fn opening(title: &str) -> String {
    let whole = markup::folded(title, "");
    format!(
        "{}\n",
        whole.split("</summary>").next().map(|start| format!("{start}</summary>")).unwrap_or_default()
    )
}

/// Tags of HTML that our Markdown shows as text. A source that has them outside of code is read from its rendering.
const TAGS: &[&str] = &[
    "a",
    "blockquote",
    "center",
    "div",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "iframe",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "span",
    "strike",
    "table",
    "td",
    "tr",
    "u",
    "ul",
];

/// True when `raw` holds HTML of that sort.
pub(super) fn holds_html(raw: &str) -> bool {
    let mut code = false;
    raw.lines().any(|line| {
        code ^= fence_of(line).is_some();
        let plain = markup::split_code(line).into_iter().step_by(2);
        !code
            && !line.starts_with("    ")
            && plain.flat_map(|piece| piece.split('<').skip(1)).any(|tag| {
                let end = tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tag.len());
                let name = tag.get(..end).unwrap_or("").to_ascii_lowercase();
                TAGS.contains(&name.as_str())
                    && tag.get(end..).is_some_and(|rest| rest.starts_with([' ', '>', '/']))
            })
    })
}

/// `2026-04-08 time=14:00:00 timezone="UTC"` as people write it.
fn date(value: &str) -> String {
    let mut words = value.split_whitespace();
    let mut shown = words.next().unwrap_or("").to_owned();
    for word in words {
        match word.split_once('=') {
            Some(("time", time)) => {
                shown.push(' ');
                shown.push_str(time.get(..5).unwrap_or(time));
            }
            Some(("timezone", zone)) => {
                shown.push(' ');
                shown.push_str(zone.trim_matches(['"', ']']));
            }
            _ => {}
        }
    }
    shown
}

/// Links and pictures: sizes behind a bar go, uploads get their address.
fn links(piece: &str, around: &Around<'_>) -> String {
    let mut out = String::with_capacity(piece.len());
    let mut rest = piece;
    while let Some(middle) = rest.find("](") {
        let Some(start) = rest.get(..middle).and_then(|before| before.rfind('[')) else {
            out.push_str(rest.get(..middle + 2).unwrap_or(""));
            rest = rest.get(middle + 2..).unwrap_or("");
            continue;
        };
        let text = rest.get(start + 1..middle).unwrap_or("");
        let after = rest.get(middle + 2..).unwrap_or("");
        let Some(end) = after.find(')') else { break };
        let target = after.get(..end).unwrap_or("");
        let picture = rest.get(..start).is_some_and(|before| before.ends_with('!'));
        let label = if picture || text.ends_with("|attachment") {
            text.split('|').next().unwrap_or("")
        } else {
            text
        };
        let before = rest.get(..start).unwrap_or("");
        match target.strip_prefix("upload://") {
            Some(name) => {
                let short = name.split('.').next().unwrap_or("");
                match around.known.uploads.iter().find(|(known, _)| known == short) {
                    Some((_, url)) => {
                        let url = link_target(url).unwrap_or_default();
                        out.push_str(&format!("{before}[{label}]({url})"));
                    }
                    // Where it lay is not in the archive: the name is all there is to show.
                    None => out.push_str(&format!(
                        "{}*{}*",
                        before.trim_end_matches('!'),
                        if label.is_empty() { "picture" } else { label }
                    )),
                }
            }
            None => out.push_str(&format!("{before}[{label}]({target})")),
        }
        rest = after.get(end + 1..).unwrap_or("");
    }
    out.push_str(rest);
    out
}

/// At most one empty line in a row outside of code, none at the ends.
fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    let mut code = false;
    for line in text.lines() {
        code ^= fence_of(line.trim_start_matches(['>', ' '])).is_some();
        empty = if line.trim().is_empty() { empty + 1 } else { 0 };
        if empty < 2 || code {
            out.push_str(line.trim_end_matches('\r'));
            out.push('\n');
        }
    }
    out.trim_matches('\n').trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw: &str, expect: &str) {
        let known = References {
            mentions: Vec::new(),
            uploads: vec![("abc".to_owned(), "https://x.example/abc.png".to_owned())],
            formulas: vec!["a_1*b_2".to_owned(), "x^2".to_owned()],
        };
        assert_eq!(to_markdown(raw, &Around { topic: 12, slug: "boats", known: &known }), expect, "{raw}");
    }

    #[test]
    fn quotes() {
        check(
            "[quote=\"ben, post:3, topic:12\"]\nHello\n[/quote]\n\nYes",
            "> @ben [wrote](/t/boats/12/3):\n>\n> Hello\n\nYes",
        );
        check(
            "[quote=\"ben, post:3, topic:7, full:true\"]Hello[/quote]Yes",
            "> @ben [wrote](/t/7/3):\n>\n> Hello\n\nYes",
        );
        check(
            "[quote=\"Ben B, post:1, topic:7, username:ben\"]\nHi\n[/quote]",
            "> @ben [wrote](/t/7/1):\n>\n> Hi",
        );
        check("[quote]\nHi\n[/quote]", "> Hi");
        check("[quote=\"ben\"]\nHi\n[/quote]", "> @ben wrote:\n>\n> Hi");
        check(
            "[quote=\"a, post:2, topic:12\"]\n[quote=\"b, post:1, topic:12\"]\ninner\n[/quote]\nouter\n[/quote]\nmine",
            "> @a [wrote](/t/boats/12/2):\n>\n> > @b [wrote](/t/boats/12/1):\n> >\n> > inner\n>\n> outer\n\nmine",
        );
        check("[quote=\"ben\"]\nnever closed", "[quote=\"ben\"]\\\nnever closed");
        check("closed never opened[/quote]", "closed never opened[/quote]");
        check("`[quote]` is a tag", "`[quote]` is a tag");
        check("```\n[quote]\nx\n[/quote]\n```", "```\n[quote]\nx\n[/quote]\n```");
    }

    #[test]
    fn small_things() {
        check(
            "[b]x[/b] [u]y[/u] [0] arr[i] [i](https://a.example)",
            "**x** y [0] arr[i] [i](https://a.example)",
        );
        check("[b]x [i]y[/i][/b]", "**x *y***");
        check(
            "[url=https://a.example]a[/url] [url]https://b.example[/url]",
            "[a](https://a.example) [https://b.example](https://b.example)",
        );
        check("[url=javascript:x]a[/url]", "[url=javascript:x]a[/url]");
        check("[details=\"More\"]\nx\n[/details]", "<details><summary>More</summary>\n\nx\n\n</details>");
        check("[date=2026-04-08 time=14:00:00 timezone=\"UTC\"]", "2026-04-08 14:00 UTC");
        check("![pic|690x388](upload://abc.png)", "![pic](https://x.example/abc.png)");
        check("![pic|690x388](upload://gone.png) end", "*pic* end");
        check(":wave: `:wave:` at 10:20:30", "👋 `:wave:` at 10:20:30");
    }

    #[test]
    fn html_is_told_from_code() {
        for (raw, expect) in [
            ("a <div class=\"x\">b</div>", true),
            ("<img src=\"x\">", true),
            ("`<div>` and <alice> and 1 <p2", false),
            ("```\n<div>\n```\n    <div>", false),
            ("a<b and <b>bold</b><br>", false),
        ] {
            assert_eq!(holds_html(raw), expect, "{raw}");
        }
    }

    #[test]
    fn formulas_and_line_ends() {
        check("So $a_1*b_2$ costs $5 or $6", "So `a_1*b_2` costs $5 or $6");
        check("so\n$$\nx^2\n$$\nend", "so\n```math\nx^2\n```\nend");
        check("one\ntwo\n\nthree", "one\\\ntwo\n\nthree");
        check("- a\n- b\ntext\n# Title\ntext\n---", "- a\n- b\\\ntext\n# Title\ntext\n---");
        check("| a | b |\n| - | - |\n| 1 | 2 |", "| a | b |\n| - | - |\n| 1 | 2 |");
        check("> one\n> two\n>\n> three\nfour", "> one\\\n> two\n>\n> three\nfour");
        check("```\na\nb\n```\nc\nd", "```\na\nb\n```\nc\\\nd");
    }

    #[test]
    fn deep_quotes_stop() {
        let known = References::default();
        let text = to_markdown(&"[quote]".repeat(5_000), &Around { topic: 1, slug: "a", known: &known });
        assert!(text.contains("[quote]"));
        let _ = to_markdown(&"[quote=\"a\"]\nx\n".repeat(50), &Around { topic: 1, slug: "a", known: &known });
    }
}
