//! The parsed text, and what is changed in it before it is drawn.

use std::borrow::Cow;

use comrak::nodes::{Node, NodeHtmlBlock, NodeValue};
use comrak::{Arena, Options, parse_document};

use super::clean::escape;
use super::read::{handles, is_handle, plain_of};
use super::{DEPTH, Links};

/// Bare tags that people may type. Without attributes, so that the cleaner's work stays bounded.
const TYPED: &[&str] = &[
    "abbr", "b", "br", "del", "details", "em", "i", "ins", "kbd", "mark", "small", "strong", "sub",
    "summary", "sup",
];

/// Most typed tags in a text; the rest are shown as text.
const TAGS: usize = 400;
/// With more footnotes and references to them than this, they are shown as text.
const NOTES: usize = 200;

pub(super) fn options(body: &str) -> Options<'static> {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    // References to one note are numbered by walking all of them.
    options.extension.footnotes = body.matches("[^").nth(NOTES).is_none();
    // Safe: every piece of raw HTML in the tree is replaced by `typed` or written by us.
    options.render.r#unsafe = true;
    options
}

/// `body` as HTML, not yet cleaned.
pub(super) fn html(body: &str, links: &Links) -> String {
    let arena = Arena::new();
    let body = shallow(body);
    let options = options(&body);
    let root = parse_document(&arena, &body, &options);
    let nodes: Vec<Node<'_>> = root.descendants().collect();
    let scope = scope(&body);
    let mut budget = TAGS;
    for node in &nodes {
        redraw_block(&arena, node, &scope, &mut budget);
    }
    for node in &nodes {
        link_mentions(&arena, node, links);
    }
    for node in &nodes {
        redraw_link(&arena, node);
    }
    let mut html = String::with_capacity(body.len() * 2);
    match comrak::format_html(root, &options, &mut html) {
        Ok(()) => html,
        Err(_) => super::clean::paragraphs(&body),
    }
}

/// Cuts the block markers at the beginning of each line to [`DEPTH`].
pub(super) fn shallow(body: &str) -> Cow<'_, str> {
    if body.lines().all(|line| marks(line).0 <= DEPTH) {
        return Cow::Borrowed(body);
    }
    let mut out = String::with_capacity(body.len());
    for line in body.lines() {
        let (count, cut, rest) = marks(line);
        if count > DEPTH {
            out.push_str(&line[..cut]);
            out.push_str(&line[rest..]);
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    Cow::Owned(out)
}

/// How many quote and list markers a line begins with, where the mark after the last allowed one begins, and where
/// the text begins.
fn marks(line: &str) -> (usize, usize, usize) {
    let bytes = line.as_bytes();
    let (mut at, mut count, mut cut) = (0, 0, 0);
    while let Some(byte) = bytes.get(at) {
        let spaced = matches!(bytes.get(at + 1), Some(b' ' | b'\t') | None);
        let width = match byte {
            b' ' | b'\t' => {
                at += 1;
                continue;
            }
            b'>' => 1,
            b'-' | b'+' | b'*' if spaced => 1,
            b'0'..=b'9' => {
                let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                let dot = matches!(bytes.get(at + digits), Some(b'.' | b')'));
                let spaced = matches!(bytes.get(at + digits + 1), Some(b' ' | b'\t') | None);
                if dot && spaced && digits < 10 { digits + 1 } else { break }
            }
            _ => break,
        };
        at += width;
        count += 1;
        if count == DEPTH {
            cut = at;
        }
    }
    (count, cut, at)
}

/// A short name for a text, so that its footnotes do not meet those of other posts on a page.
fn scope(body: &str) -> String {
    let hash = body.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{:x}", hash & 0xff_ffff)
}

fn block(html: String) -> NodeValue {
    NodeValue::HtmlBlock(NodeHtmlBlock { block_type: 6, literal: html })
}

fn redraw_block<'a>(arena: &'a Arena<'a>, node: Node<'a>, scope: &str, budget: &mut usize) {
    let mut wrap = false;
    let mut quote = false;
    {
        let value = &mut node.data_mut().value;
        let new = match value {
            NodeValue::Heading(heading) => {
                // The page has its title, the post its heading: what is inside begins below them.
                heading.level = (heading.level + 2).min(6);
                None
            }
            NodeValue::HtmlBlock(html) => Some(block(typed(&html.literal, budget))),
            NodeValue::HtmlInline(html) => Some(NodeValue::HtmlInline(typed(html, budget))),
            NodeValue::CodeBlock(code) => Some(block(code_block(&code.info, &code.literal))),
            NodeValue::FootnoteDefinition(note) => {
                note.name = note_name(scope, &note.name);
                None
            }
            NodeValue::FootnoteReference(note) => {
                note.name = note_name(scope, &note.name);
                None
            }
            NodeValue::Table(_) => {
                wrap = true;
                None
            }
            NodeValue::BlockQuote => {
                quote = true;
                None
            }
            _ => None,
        };
        if let Some(new) = new {
            *value = new;
        }
    }
    if wrap {
        let open = "<div class=\"table-scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table\">\n";
        node.insert_before(arena.alloc(block(open.to_owned()).into()));
        node.insert_after(arena.alloc(block("</div>\n".to_owned()).into()));
    }
    if quote {
        attribute(arena, node);
    }
}

fn note_name(scope: &str, name: &str) -> String {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    let hash = name.bytes().fold(0_u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte)));
    format!("{scope}-{plain}-{hash:x}")
}

fn code_block(info: &str, code: &str) -> String {
    let language: String = info
        .split([' ', ',', '{'])
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || "+-_.#".contains(*letter))
        .take(30)
        .collect();
    let mut html = String::with_capacity(code.len() + 64);
    html.push_str("<pre tabindex=\"0\" role=\"group\" aria-label=\"Code\"><code");
    if !language.is_empty() {
        html.push_str(" class=\"language-");
        html.push_str(&language);
        html.push('"');
    }
    html.push('>');
    escape(code, &mut html);
    html.push_str("</code></pre>\n");
    html
}

/// Cuts raw HTML into text and typed tags; comments vanish.
pub(super) fn cut(html: &str) -> Vec<(bool, &str)> {
    let mut pieces = Vec::new();
    let mut rest = html;
    let mut text = 0;
    while let Some(start) = rest[text..].find('<').map(|at| text + at) {
        let from = &rest[start..];
        let end = if from.starts_with("<!--") {
            from.find("-->").map_or(from.len(), |end| end + 3)
        } else {
            let end = from.bytes().take(20).position(|byte| byte == b'>').map_or(0, |end| end + 1);
            let name = from.get(1..end.saturating_sub(1)).unwrap_or_default();
            let name = name.trim_start_matches('/').trim_end_matches(['/', ' ']);
            if TYPED.iter().any(|tag| name.eq_ignore_ascii_case(tag)) { end } else { 0 }
        };
        if end == 0 {
            text = start + 1;
            continue;
        }
        pieces.push((false, &rest[..start]));
        if !from.starts_with("<!--") {
            pieces.push((true, &from[..end]));
        }
        rest = &from[end..];
        text = 0;
    }
    pieces.push((false, rest));
    pieces
}

/// Raw HTML as text, but for bare tags of the short list.
fn typed(html: &str, budget: &mut usize) -> String {
    let mut out = String::with_capacity(html.len());
    for (tag, piece) in cut(html) {
        if tag && *budget > 0 {
            *budget -= 1;
            out.push_str(piece);
        } else {
            escape(piece, &mut out);
        }
    }
    out
}

/// A quote that begins with `@handle [wrote](path):` or `@handle wrote:` names its source.
fn attribute<'a>(arena: &'a Arena<'a>, quote: Node<'a>) {
    let Some(paragraph) = quote.first_child() else { return };
    if !matches!(paragraph.data().value, NodeValue::Paragraph) {
        return;
    }
    let children: Vec<Node<'a>> = paragraph.children().collect();
    let Some((handle, path, used, left)) = source_of(&children) else { return };
    let mut html = "<cite>".to_owned();
    if let Some(path) = path.filter(|path| is_allowed(path)) {
        html.push_str(&open_link(&path, "", ""));
        escape(&format!("@{handle} wrote"), &mut html);
        html.push_str("</a>");
    } else {
        escape(&format!("@{handle} wrote"), &mut html);
    }
    html.push_str("</cite>\n");
    for child in children.iter().take(used) {
        child.detach();
    }
    if let Some(left) = left {
        paragraph.prepend(arena.alloc(NodeValue::Text(left.into()).into()));
    }
    quote.prepend(arena.alloc(block(html).into()));
    if paragraph.first_child().is_none() {
        paragraph.detach();
    }
}

type Source = (String, Option<String>, usize, Option<String>);

/// The handle, the path, how many children say so, and what text is left of the last of them.
fn source_of(children: &[Node<'_>]) -> Option<Source> {
    let text_of = |node: &Node<'_>| match &node.data().value {
        NodeValue::Text(text) => Some(text.to_string()),
        _ => None,
    };
    let first = text_of(children.first()?)?;
    let rest = first.strip_prefix('@')?;
    let end = rest.find(|letter: char| !is_handle(letter)).unwrap_or(rest.len());
    let (handle, after) = rest.split_at(end);
    let handle = handle.trim_end_matches(['.', '-']);
    if handle.is_empty() || handle.len() > 120 {
        return None;
    }
    let (path, mut used, left) = if let Some(left) = after.strip_prefix(" wrote:") {
        (None, 1, left.trim_start().to_owned())
    } else if after == " " {
        let path = match &children.get(1)?.data().value {
            NodeValue::Link(link) => link.url.clone(),
            _ => return None,
        };
        if plain_of(children.get(1)?) != "wrote" {
            return None;
        }
        let left = text_of(children.get(2)?)?;
        (Some(path), 3, left.strip_prefix(':')?.trim_start().to_owned())
    } else {
        return None;
    };
    if left.is_empty()
        && children
            .get(used)
            .is_some_and(|node| matches!(node.data().value, NodeValue::SoftBreak | NodeValue::LineBreak))
    {
        used += 1;
    }
    Some((handle.to_owned(), path, used, (!left.is_empty()).then_some(left)))
}

/// Turns mentions in a text into links, unless the text stands in a link already.
fn link_mentions<'a>(arena: &'a Arena<'a>, node: Node<'a>, links: &Links) {
    let pieces = {
        let NodeValue::Text(text) = &node.data().value else { return };
        if links.is_empty()
            || !text.contains('@')
            || is_inside(node, |value| matches!(value, NodeValue::Link(_)))
        {
            return;
        }
        let mut pieces = Vec::new();
        let mut done = 0;
        for (start, handle) in handles(text) {
            let end = start + 1 + handle.len();
            if let Some(path) = links.get(&mainstreet_kernel::text::fold(handle)) {
                pieces.push(NodeValue::Text(text[done..start].to_owned().into()));
                let mut html = open_link(path, " class=\"mention\"", "");
                escape(&text[start..end], &mut html);
                html.push_str("</a>");
                pieces.push(NodeValue::HtmlInline(html));
                done = end;
            }
        }
        if pieces.is_empty() {
            return;
        }
        pieces.push(NodeValue::Text(text[done..].to_owned().into()));
        pieces
    };
    for piece in pieces {
        node.insert_before(arena.alloc(piece.into()));
    }
    node.detach();
}

/// Only these leave the cleaner as addresses; others would leave a dead link behind.
fn is_allowed(url: &str) -> bool {
    let head: String = url.chars().take(12).collect::<String>().to_ascii_lowercase();
    if url.chars().any(char::is_control) {
        return false;
    }
    match head.find([':', '/', '?', '#']) {
        Some(at) if head[at..].starts_with(':') => {
            head.starts_with("http:") || head.starts_with("https:") || head.starts_with("mailto:")
        }
        _ => true,
    }
}

fn open_link(url: &str, class: &str, title: &str) -> String {
    let mut html = "<a href=\"".to_owned();
    escape(url, &mut html);
    html.push('"');
    html.push_str(class);
    if !title.is_empty() {
        html.push_str(" title=\"");
        escape(title, &mut html);
        html.push('"');
    }
    let own =
        (url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/\\")) || url.starts_with('#');
    if !own {
        html.push_str(" rel=\"ugc nofollow noopener\"");
    }
    html.push('>');
    html
}

/// Draws links and images ourselves: addresses checked, links marked as members' own, images loaded when seen.
fn redraw_link<'a>(arena: &'a Arena<'a>, node: Node<'a>) {
    let (open, image) = {
        match &node.data().value {
            NodeValue::Link(link) if is_allowed(&link.url) => {
                (Some(open_link(&link.url, "", &link.title)), false)
            }
            NodeValue::Link(_) => (None, false),
            NodeValue::Image(link) => {
                let mut html = "<img src=\"".to_owned();
                escape(if is_allowed(&link.url) { &link.url } else { "" }, &mut html);
                html.push_str("\" alt=\"");
                escape(&plain_of(&node), &mut html);
                if !link.title.is_empty() {
                    html.push_str("\" title=\"");
                    escape(&link.title, &mut html);
                }
                html.push_str("\" loading=\"lazy\">");
                (Some(html), true)
            }
            _ => return,
        }
    };
    if image {
        if let Some(html) = open {
            node.insert_before(arena.alloc(NodeValue::HtmlInline(html).into()));
        }
        node.detach();
        return;
    }
    let close = open.is_some();
    if let Some(html) = open {
        node.insert_before(arena.alloc(NodeValue::HtmlInline(html).into()));
    }
    for child in node.children().collect::<Vec<_>>() {
        node.insert_before(child);
    }
    if close {
        node.insert_before(arena.alloc(NodeValue::HtmlInline("</a>".to_owned()).into()));
    }
    node.detach();
}

pub(super) fn is_inside(node: Node<'_>, what: impl Fn(&NodeValue) -> bool) -> bool {
    node.ancestors().skip(1).any(|above| what(&above.data().value))
}
