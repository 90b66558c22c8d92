//! From the tree to Markdown: blocks here, characters within lines in [`super::inline`].

use super::inline::{code_span, escape, fence, guard_start, link_target};
use super::tree::{Element, Node, Tree};
use super::{Converted, emoji, quote};

mod forum;
mod tables;

/// Writes one tree.
struct Writer<'a> {
    tree: &'a Tree,
    mentions: Vec<String>,
}

/// The whole tree as Markdown.
pub(super) fn render(tree: &Tree) -> Converted {
    let mut writer = Writer { tree, mentions: Vec::new() };
    let markdown = writer.blocks(0);
    Converted { markdown, mentions: writer.mentions }
}

/// Names in links of class `mention`, each once.
pub(super) fn mentions(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    walk(tree, 0, &mut |at, element| {
        if is_mention(element)
            && let Some(name) = tree.text(at).trim().strip_prefix('@')
            && !found.iter().any(|seen| seen == name)
        {
            found.push(name.to_owned());
        }
    });
    found
}

/// Images that a Markdown source calls `upload://NAME.ext`: NAME and where they lie.
pub(super) fn uploads(tree: &Tree) -> Vec<(String, String)> {
    let mut found = Vec::new();
    walk(tree, 0, &mut |_, element| {
        let short = element.attribute("data-base62-sha1");
        if !short.is_empty() && !element.attribute("src").is_empty() {
            found.push((short.to_owned(), element.attribute("src").to_owned()));
        }
    });
    found
}

/// Formulas: what a Markdown source writes between dollar signs.
pub(super) fn formulas(tree: &Tree) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    walk(tree, 0, &mut |at, element| {
        if element.is("math") && matches!(element.name.as_str(), "span" | "div") {
            found.push(tree.text(at).trim().to_owned());
        }
    });
    found.sort_unstable();
    found.dedup();
    found
}

fn walk(tree: &Tree, from: usize, visit: &mut impl FnMut(usize, &Element)) {
    let mut waiting = vec![from];
    while let Some(at) = waiting.pop() {
        if let Some(element) = tree.element(at) {
            visit(at, element);
            waiting.extend(element.children.iter().rev());
        }
    }
}

fn is_mention(element: &Element) -> bool {
    (element.name == "a" || element.name == "span") && element.is("mention")
}

/// What a run of inline nodes becomes: kept apart from blocks until the next block ends it.
#[derive(Default)]
struct Blocks {
    done: Vec<String>,
    line: String,
}

impl Blocks {
    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = tidy_paragraph(&line);
        if !line.is_empty() {
            self.done.push(line);
        }
    }

    fn push(&mut self, block: String) {
        self.end_line();
        if !block.trim().is_empty() {
            self.done.push(block);
        }
    }
}

impl Writer<'_> {
    /// The children of `at` as blocks with a blank line between.
    fn blocks(&mut self, at: usize) -> String {
        self.block_list(at).join("\n\n")
    }

    fn block_list(&mut self, at: usize) -> Vec<String> {
        let mut blocks = Blocks::default();
        let tree = self.tree;
        let Some(parent) = tree.element(at) else { return Vec::new() };
        for child in &parent.children {
            match tree.node(*child) {
                Some(Node::Text(text)) => blocks.line.push_str(&escape(&collapse(text))),
                Some(Node::Element(element)) if is_block(tree, *child, element) => {
                    let block = self.block(*child, element);
                    blocks.push(block);
                }
                Some(Node::Element(element)) => {
                    let piece = self.inline_element(*child, element);
                    blocks.line.push_str(&piece);
                }
                None => {}
            }
        }
        blocks.end_line();
        blocks.done
    }

    fn block(&mut self, at: usize, element: &Element) -> String {
        match element.name.as_str() {
            "script" | "style" | "template" | "noscript" | "head" | "title" | "svg" | "iframe" => {
                self.embedded(element)
            }
            "p" => tidy_paragraph(&self.inline(at)),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level = element.name.chars().last().and_then(|c| c.to_digit(10)).unwrap_or(1);
                let text = self.inline(at).replace("\\\n", " ");
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                if text.is_empty() { text } else { format!("{} {text}", "#".repeat(level as usize)) }
            }
            "hr" => {
                if element.is("footnotes-sep") {
                    String::new()
                } else {
                    "---".to_owned()
                }
            }
            "pre" => self.code_block(at, element),
            "ul" | "ol" if element.is("footnotes-list") => self.footnotes(at),
            "ul" => self.list(at, None),
            "ol" => self.list(at, Some(element.attribute("start").parse().unwrap_or(1))),
            "blockquote" => quote("", "", &self.blocks(at)),
            "aside" if element.is("quote") => self.forum_quote(at, element),
            "aside" if element.is("onebox") => self.onebox(at, element),
            "details" => self.details(at),
            "table" => self.table(at),
            "div" if element.is("math") => fence(self.tree.text(at).trim(), "math"),
            "div" if element.is("lightbox-wrapper") => self.lightbox(at),
            "div" if element.has("data-youtube-id") => video(element),
            "div" if element.is("quote-controls") || element.is("meta") => String::new(),
            _ => self.blocks(at),
        }
    }

    fn code_block(&mut self, at: usize, element: &Element) -> String {
        let code = self.tree.elements(at).find(|(_, child)| child.name == "code");
        let classes = code.map_or(element, |(_, code)| code).attribute("class");
        let language = classes
            .split_ascii_whitespace()
            .find_map(|class| class.strip_prefix("lang-").or_else(|| class.strip_prefix("language-")))
            .filter(|language| !["auto", "nohighlight", "plaintext"].contains(language))
            .unwrap_or("");
        let lines = self.tree.elements(code.map_or(at, |(at, _)| at)).filter(|(_, child)| child.name == "ol");
        let listed: Vec<String> = lines
            .flat_map(|(list, _)| self.tree.elements(list))
            .map(|(item, _)| self.tree.text(item))
            .collect();
        let text = if listed.is_empty() { self.tree.text(at) } else { listed.join("\n") };
        fence(text.strip_prefix('\n').unwrap_or(&text), language)
    }

    fn list(&mut self, at: usize, start: Option<u32>) -> String {
        let tree = self.tree;
        let mut items = Vec::new();
        let mut loose = false;
        let mut number = start.unwrap_or(0);
        for (item, element) in tree.elements(at) {
            let blocks = match element.name.as_str() {
                "ul" | "ol" => vec![self.block(item, element)],
                _ => self.block_list(item),
            };
            loose |= tree.elements(item).any(|(_, child)| child.name == "p") && blocks.len() > 1;
            if blocks.iter().all(|block| block.trim().is_empty()) {
                continue;
            }
            let marker = if start.is_some() { format!("{number}. ") } else { "- ".to_owned() };
            number = number.saturating_add(1);
            let tight = blocks.len() == 2 && !tree.elements(item).any(|(_, child)| child.name == "p");
            let body = blocks.join(if tight { "\n" } else { "\n\n" });
            items.push(format!("{marker}{}", indent(&body, marker.len())));
        }
        items.join(if loose { "\n\n" } else { "\n" })
    }

    /// The children of `at` as one run of characters.
    fn inline(&mut self, at: usize) -> String {
        let mut out = String::new();
        let tree = self.tree;
        let Some(parent) = tree.element(at) else { return out };
        for child in &parent.children {
            match tree.node(*child) {
                Some(Node::Text(text)) => out.push_str(&escape(&collapse(text))),
                Some(Node::Element(element)) => {
                    let piece = self.inline_element(*child, element);
                    out.push_str(&piece);
                }
                None => {}
            }
        }
        out
    }

    fn inline_element(&mut self, at: usize, element: &Element) -> String {
        match element.name.as_str() {
            "br" => "\\\n".to_owned(),
            "strong" | "b" => wrap(&self.inline(at), "**"),
            "em" | "i" | "cite" | "dfn" => wrap(&self.inline(at), "*"),
            "s" | "del" | "strike" => wrap(&self.inline(at), "~~"),
            "span" if element.is("bbcode-b") => wrap(&self.inline(at), "**"),
            "span" if element.is("bbcode-i") => wrap(&self.inline(at), "*"),
            "span" if element.is("bbcode-s") => wrap(&self.inline(at), "~~"),
            "span" if element.is("math") => code_span(self.tree.text(at).trim()),
            "code" | "tt" | "kbd" | "samp" => code_span(&self.tree.text(at)),
            "img" => image(element),
            "sup" if element.is("footnote-ref") => self.footnote_ref(at),
            "a" if element.is("footnote-backref") => String::new(),
            "a" if element.is("anchor") || (element.has("name") && !element.has("href")) => String::new(),
            "a" if element.is("lightbox") => self.lightbox(at),
            "a" | "span" if is_mention(element) => self.mention(at),
            "a" => self.link(at, element),
            "script" | "style" | "template" | "noscript" | "svg" | "head" | "title" | "iframe" => {
                self.embedded(element)
            }
            "div" if element.is("lightbox-wrapper") => self.lightbox(at),
            _ => {
                let inner = self.inline(at);
                if is_block_name(&element.name) { format!(" {inner} ") } else { inner }
            }
        }
    }

    fn mention(&mut self, at: usize) -> String {
        let text = self.tree.text(at);
        let text = text.trim();
        if let Some(name) = text.strip_prefix('@')
            && !self.mentions.iter().any(|seen| seen == name)
        {
            self.mentions.push(name.to_owned());
        }
        text.to_owned()
    }

    fn link(&mut self, at: usize, element: &Element) -> String {
        let text = self.inline(at);
        let Some(target) = link_target(element.attribute("href")) else { return text };
        let plain = self.tree.text(at);
        let plain = plain.trim();
        if plain == element.attribute("href").trim() && target.starts_with("http") && target == plain {
            return format!("<{target}>");
        }
        if text.trim().is_empty() {
            return format!("[{}]({target})", escape(&target));
        }
        format!("[{}]({target})", text.trim().replace("\\\n", " "))
    }

    /// Scripts and styles vanish; a frame leaves a link to what it showed.
    #[expect(clippy::unused_self, reason = "one of the block writers, which all take the writer")]
    fn embedded(&self, element: &Element) -> String {
        match link_target(element.attribute("src")) {
            Some(target) if element.name == "iframe" && target.starts_with("http") => format!("<{target}>"),
            _ => String::new(),
        }
    }
}

/// A film that forum software shows in a frame: a link to it.
fn video(element: &Element) -> String {
    let id: String = element
        .attribute("data-youtube-id")
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
        .collect();
    let title = element.attribute("data-youtube-title");
    let title = if title.trim().is_empty() { "Video" } else { title.trim() };
    format!("[{}](https://www.youtube.com/watch?v={id})", escape(title))
}

fn image(element: &Element) -> String {
    let alt = element.attribute("alt");
    if element.is("emoji") {
        let name = element.attribute("title").trim_matches(':');
        let name = if name.is_empty() { alt.trim_matches(':') } else { name };
        return emoji::by_name(name).unwrap_or_else(|| format!(":{name}:"));
    }
    match link_target(element.attribute("src")) {
        Some(target) => format!("![{}]({target})", escape(&collapse(alt))),
        None => escape(&collapse(alt)),
    }
}

fn is_block_name(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "center"
            | "dd"
            | "details"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "html"
            | "li"
            | "main"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

fn is_block(tree: &Tree, at: usize, element: &Element) -> bool {
    is_block_name(&element.name)
        || (matches!(element.name.as_str(), "span" | "a" | "font" | "b" | "i" | "strong" | "em" | "u")
            && tree
                .elements(at)
                .any(|(_, child)| is_block_name(&child.name) && !child.is("lightbox-wrapper"))
            && !element.is("lightbox"))
}

/// White space as HTML shows it: runs become one space.
fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    for letter in text.chars() {
        if matches!(letter, ' ' | '\n' | '\r' | '\t') {
            if !space {
                out.push(' ');
            }
            space = true;
        } else {
            out.push(letter);
            space = false;
        }
    }
    out
}

/// Lines without spaces at their ends, no break at the start or end, and nothing at a line's start that would
/// begin a list, a heading or a quote.
fn tidy_paragraph(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.split('\n') {
        lines.push(guard_start(line.trim()));
    }
    let mut text = lines.join("\n");
    loop {
        let trimmed = text.trim_end().trim_end_matches('\\').trim_end();
        let ends = if trimmed.len() < text.trim_end().len() && !text.trim_end().ends_with("\\\\") {
            trimmed
        } else {
            text.trim_end()
        };
        let starts = ends.trim_start();
        let starts = starts.strip_prefix("\\\n").unwrap_or(starts);
        if starts.len() == text.len() {
            return text;
        }
        text = starts.to_owned();
    }
}

/// Marks around the text, with the spaces at its ends outside of them.
fn wrap(text: &str, mark: &str) -> String {
    let inner = text.trim();
    if inner.is_empty() || inner == "\\" {
        return text.to_owned();
    }
    let lead = &text[..text.len() - text.trim_start().len()];
    let tail = &text[text.trim_end().len()..];
    let (inner, broken) = match inner.strip_suffix('\\') {
        Some(cut) if tail.starts_with('\n') => (cut.trim_end(), "\\"),
        _ => (inner, ""),
    };
    format!("{lead}{mark}{inner}{mark}{broken}{tail}")
}

fn indent(text: &str, by: usize) -> String {
    let pad = " ".repeat(by);
    let mut lines = text.lines();
    let mut out = lines.next().unwrap_or("").to_owned();
    for line in lines {
        out.push('\n');
        if !line.is_empty() {
            out.push_str(&pad);
            out.push_str(line);
        }
    }
    out
}
