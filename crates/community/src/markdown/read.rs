//! What is read from a text: its words, and whom it mentions.

use comrak::nodes::{Node, NodeHtmlBlock, NodeValue};
use comrak::{Arena, parse_document};
use mainstreet_kernel::text::fold;

use super::INPUT;
use super::tree::{cut, is_inside, options, shallow};

pub(super) fn is_handle(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.')
}

/// Where each `@handle` in `text` begins, and the handle.
pub(super) fn handles(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices('@').filter_map(|(start, _)| {
        let before = text[..start].chars().next_back();
        if before.is_some_and(|letter| is_handle(letter) || matches!(letter, '/' | '@')) {
            return None;
        }
        let rest = &text[start + 1..];
        let end = rest.find(|letter| !is_handle(letter)).unwrap_or(rest.len());
        let handle = rest[..end].trim_end_matches(['.', '-']);
        (!handle.is_empty() && handle.chars().count() <= 60).then_some((start, handle))
    })
}

/// The text of a node's children, without marks.
pub(super) fn plain_of(node: &Node<'_>) -> String {
    let mut out = String::new();
    // Pictures stand in pictures' texts: without an end to this, reading them all would be quadratic.
    for below in node.descendants().take(200) {
        match &below.data().value {
            NodeValue::Text(text) => out.push_str(text),
            NodeValue::Code(code) => out.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => out.push(' '),
            _ => {}
        }
    }
    out
}

/// The words of `body` without its marks, for excerpts, search and language.
pub fn plain(body: &str) -> String {
    words(body, true)
}

/// The words its author wrote: [`plain`] without quotes and code.
pub fn own_words(body: &str) -> String {
    words(body, false)
}

fn words(body: &str, all: bool) -> String {
    if body.len() > INPUT {
        return body.to_owned();
    }
    let arena = Arena::new();
    let body = shallow(body);
    let root = parse_document(&arena, &body, &options(&body));
    let mut out = String::with_capacity(body.len());
    let mut skipped: Option<Node<'_>> = None;
    for node in root.descendants() {
        if let Some(above) = skipped {
            if node.ancestors().any(|ancestor| std::ptr::eq(ancestor, above)) {
                continue;
            }
            skipped = None;
        }
        let value = &node.data().value;
        let breaks = value.block() && !matches!(value, NodeValue::TableCell);
        if breaks && !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        match value {
            NodeValue::BlockQuote if !all => skipped = Some(node),
            NodeValue::CodeBlock(code) if all => out.push_str(&code.literal),
            NodeValue::Text(text) => out.push_str(text),
            NodeValue::Code(code) => out.push_str(&code.literal),
            NodeValue::HtmlInline(html) | NodeValue::HtmlBlock(NodeHtmlBlock { literal: html, .. }) => {
                out.extend(cut(html).into_iter().filter(|(tag, _)| !tag).map(|(_, text)| text));
            }
            NodeValue::SoftBreak | NodeValue::LineBreak | NodeValue::TableCell => out.push(' '),
            _ => {}
        }
    }
    out.trim().to_owned()
}

/// The folded handles that `body` mentions outside quotes, code and links, each once, at most 50.
pub fn mentions(body: &str) -> Vec<String> {
    if !body.contains('@') || body.len() > INPUT {
        return Vec::new();
    }
    let arena = Arena::new();
    let body = shallow(body);
    let root = parse_document(&arena, &body, &options(&body));
    let mut found: Vec<String> = Vec::new();
    for node in root.descendants() {
        let NodeValue::Text(text) = &node.data().value else { continue };
        let aside = |value: &NodeValue| matches!(value, NodeValue::Link(_) | NodeValue::BlockQuote);
        if !text.contains('@') || is_inside(node, aside) {
            continue;
        }
        for (_, handle) in handles(text) {
            let folded = fold(handle);
            if found.len() < 50 && !found.contains(&folded) {
                found.push(folded);
            }
        }
    }
    found
}

/// Addresses of the links and pictures in what [`super::render`] made that lead out of this place, each as often as it
/// stands there; as they are written in the HTML.
pub fn outward(html: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for tag in html.split('<').filter(|tag| tag.starts_with("a ") || tag.starts_with("img ")) {
        let tag = tag.split('>').next().unwrap_or_default();
        let url = tag.split_once("href=\"").or_else(|| tag.split_once("src=\""));
        let Some(url) = url.and_then(|(_, rest)| rest.split('"').next()) else { continue };
        let own = url.starts_with('#')
            || url.is_empty()
            || (url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/\\"));
        if !own {
            found.push(url);
        }
    }
    found
}
