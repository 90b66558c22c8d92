//! The last step of rendering: one allow-list for everything that comes out.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::Builder;

static ALLOWED: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from([
            "a",
            "abbr",
            "b",
            "blockquote",
            "br",
            "cite",
            "code",
            "del",
            "details",
            "div",
            "em",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "i",
            "img",
            "input",
            "ins",
            "kbd",
            "li",
            "mark",
            "ol",
            "p",
            "pre",
            "s",
            "section",
            "small",
            "strong",
            "sub",
            "summary",
            "sup",
            "table",
            "tbody",
            "td",
            "th",
            "thead",
            "tr",
            "ul",
        ]))
        .clean_content_tags(HashSet::from(["script", "style"]))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href", "title", "rel", "class", "id", "aria-label"])),
            ("img", HashSet::from(["src", "alt", "title", "loading"])),
            ("code", HashSet::from(["class"])),
            ("div", HashSet::from(["class", "tabindex", "role", "aria-label"])),
            ("pre", HashSet::from(["tabindex", "role", "aria-label"])),
            ("section", HashSet::from(["class"])),
            ("sup", HashSet::from(["class"])),
            ("li", HashSet::from(["id"])),
            ("ol", HashSet::from(["start"])),
            ("td", HashSet::from(["align"])),
            ("th", HashSet::from(["align"])),
            ("input", HashSet::from(["type", "checked", "disabled"])),
        ]))
        .attribute_filter(keep)
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .link_rel(None)
        .strip_comments(true);
    builder
});

/// Attribute values that we write ourselves are a closed list; addresses are checked by scheme before and after.
fn keep<'a>(element: &str, attribute: &str, value: &'a str) -> Option<Cow<'a, str>> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "+-_.#".contains(letter);
    let kept = match (element, attribute) {
        ("code", "class") => value.strip_prefix("language-").is_some_and(|name| name.chars().all(plain)),
        ("div", "class") => value == "table-scroll",
        ("div", "role") => value == "region",
        ("pre", "role") => value == "group",
        ("section", "class") => value == "footnotes",
        ("sup", "class") => value == "footnote-ref",
        ("a", "class") => ["mention", "footnote-backref"].contains(&value),
        ("a" | "li", "id") => value.starts_with("fn") && value.chars().all(plain),
        ("input", "type") => value == "checkbox",
        (_, "tabindex") => value == "0",
        ("td" | "th", "align") => ["left", "center", "right"].contains(&value),
        ("ol", "start") => value.len() < 10 && value.chars().all(|letter| letter.is_ascii_digit()),
        _ => true,
    };
    kept.then_some(Cow::Borrowed(value))
}

/// Escapes, and code points that are never characters to stand for them while the cleaner works: it is quadratic in
/// escapes. Whatever they stand in, what comes back is escaped.
const STANDINS: [(&str, char); 4] =
    [("&amp;", '\u{fdd0}'), ("&lt;", '\u{fdd1}'), ("&gt;", '\u{fdd2}'), ("&quot;", '\u{fdd3}')];

/// `html` with nothing but what is allowed.
pub(super) fn clean(html: &str) -> String {
    let mut standing = html.replace(STANDINS.map(|standin| standin.1), "\u{fffd}");
    for (escape, standin) in STANDINS {
        standing = standing.replace(escape, standin.encode_utf8(&mut [0; 4]));
    }
    let mut clean = ALLOWED.clean(&standing).to_string();
    for (escape, standin) in STANDINS {
        clean = clean.replace(standin, escape);
    }
    if !clean.contains("<input") {
        return clean;
    }
    // In the cleaner's output a `<` is always a tag, so this cannot touch text.
    clean
        .replace(
            "<input type=\"checkbox\" disabled=\"\">",
            "<input type=\"checkbox\" disabled=\"\" aria-label=\"To do\">",
        )
        .replace(
            "<input type=\"checkbox\" checked=\"\" disabled=\"\">",
            "<input type=\"checkbox\" checked=\"\" disabled=\"\" aria-label=\"Done\">",
        )
}

/// `text` as it was typed, for what is too much to be read as Markdown.
pub(super) fn paragraphs(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    for paragraph in text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
        html.push_str("<p>");
        escape(paragraph.trim(), &mut html);
        html.push_str("</p>\n");
    }
    html
}

/// Appends `text` so that it reads as itself, between tags and inside double quotes.
pub(super) fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\0' => {}
            other => out.push(other),
        }
    }
}
