//! A small, bounded tree of what an HTML text holds.
//!
//! The tokenizer is the standard's (html5ever); the tree is ours, because it must survive anything: nodes live
//! in one vector, so nothing recurses while building or dropping, and nesting stops at [`DEEPEST`].

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

/// Elements nested deeper than this become children of the one at this depth.
pub(super) const DEEPEST: usize = 40;

/// One node: an element with its children, or text.
#[derive(Debug)]
pub(super) enum Node {
    /// An element.
    Element(Element),
    /// Characters between tags.
    Text(String),
}

/// An element.
#[derive(Debug, Default)]
pub(super) struct Element {
    /// Lower-case name; empty for the root.
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    /// Children by index into the tree.
    pub(super) children: Vec<usize>,
}

impl Element {
    /// The value of an attribute; empty when it is absent.
    pub(super) fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// True when the attribute is there, with whatever value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.attributes.iter().any(|(key, _)| key == name)
    }

    /// True when `class` is one of its classes.
    pub(super) fn is(&self, class: &str) -> bool {
        self.attribute("class").split_ascii_whitespace().any(|word| word == class)
    }
}

/// A parsed text. Node 0 is the root.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
}

impl Tree {
    /// Reads `html`, whatever it is.
    pub(super) fn parse(html: &str) -> Self {
        let builder = Builder::default();
        let input = BufferQueue::default();
        input.push_back(StrTendril::from_slice(html));
        let tokenizer = Tokenizer::new(builder, TokenizerOpts::default());
        let _ = tokenizer.feed(&input);
        tokenizer.end();
        Self { nodes: tokenizer.sink.0.into_inner().nodes }
    }

    /// The node at `index`; `None` cannot happen for indices taken from this tree.
    pub(super) fn node(&self, index: usize) -> Option<&Node> {
        self.nodes.get(index)
    }

    /// The element at `index`, unless it is text.
    pub(super) fn element(&self, index: usize) -> Option<&Element> {
        match self.nodes.get(index) {
            Some(Node::Element(element)) => Some(element),
            _ => None,
        }
    }

    /// Child elements of `index`.
    pub(super) fn elements(&self, index: usize) -> impl Iterator<Item = (usize, &Element)> {
        let children = self.element(index).map_or(&[][..], |element| element.children.as_slice());
        children.iter().filter_map(|child| self.element(*child).map(|element| (*child, element)))
    }

    /// The first element below `index`, in reading order, for which `wanted` holds.
    pub(super) fn find(&self, index: usize, wanted: impl Fn(&Element) -> bool) -> Option<usize> {
        let mut waiting: Vec<usize> = vec![index];
        while let Some(at) = waiting.pop() {
            let Some(element) = self.element(at) else { continue };
            if at != index && wanted(element) {
                return Some(at);
            }
            waiting.extend(element.children.iter().rev());
        }
        None
    }

    /// All characters below `index`, as they stand.
    pub(super) fn text(&self, index: usize) -> String {
        let mut text = String::new();
        let mut waiting = vec![index];
        while let Some(at) = waiting.pop() {
            match self.nodes.get(at) {
                Some(Node::Text(characters)) => text.push_str(characters),
                Some(Node::Element(element)) if element.name == "br" => text.push('\n'),
                Some(Node::Element(element)) => waiting.extend(element.children.iter().rev()),
                None => {}
            }
        }
        text
    }
}

#[derive(Default)]
struct Builder(RefCell<Growing>);

struct Growing {
    nodes: Vec<Node>,
    open: Vec<usize>,
}

impl Default for Growing {
    fn default() -> Self {
        Self { nodes: vec![Node::Element(Element::default())], open: vec![0] }
    }
}

impl TokenSink for Builder {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut growing = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => growing.text(&text),
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => growing.start(&tag),
            Token::TagToken(tag) => growing.end(&tag.name),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// Elements that never have children.
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

impl Growing {
    fn add(&mut self, node: Node) -> usize {
        let index = self.nodes.len();
        self.nodes.push(node);
        let parent = self.open.last().copied().unwrap_or(0);
        if let Some(Node::Element(element)) = self.nodes.get_mut(parent) {
            element.children.push(index);
        }
        index
    }

    fn text(&mut self, text: &str) {
        let last = self.open.last().and_then(|open| match self.nodes.get(*open) {
            Some(Node::Element(element)) => element.children.last().copied(),
            _ => None,
        });
        if let Some(Node::Text(before)) = last.and_then(|last| self.nodes.get_mut(last)) {
            before.push_str(text);
        } else {
            self.add(Node::Text(text.to_owned()));
        }
    }

    fn start(&mut self, tag: &Tag) {
        let name = tag.name.as_ref();
        self.close_before(name);
        let attributes = tag
            .attrs
            .iter()
            .map(|attribute| (attribute.name.local.to_string(), attribute.value.to_string()))
            .collect();
        let index =
            self.add(Node::Element(Element { name: name.to_owned(), attributes, children: Vec::new() }));
        if !VOID.contains(&name) && !tag.self_closing && self.open.len() < DEEPEST {
            self.open.push(index);
        }
    }

    /// End tags that HTML lets writers leave out.
    fn close_before(&mut self, name: &str) {
        let (closes, within): (&[&str], &[&str]) = match name {
            "li" => (&["li"], &["ul", "ol"]),
            "dt" | "dd" => (&["dt", "dd"], &["dl"]),
            "td" | "th" => (&["td", "th"], &["tr", "table"]),
            "tr" => (&["tr", "td", "th"], &["table", "tbody", "thead"]),
            "p" | "div" | "ul" | "ol" | "pre" | "blockquote" | "table" | "aside" | "h1" | "h2" | "h3"
            | "h4" | "h5" | "h6" | "hr" | "details" => {
                (&["p"], &["li", "td", "th", "blockquote", "div", "aside"])
            }
            _ => return,
        };
        while let Some(at) = self.lowest(|open| closes.contains(&open), within) {
            self.open.truncate(at);
        }
    }

    /// Position in the open stack of the innermost element `wanted`, not looking past any of `within`.
    fn lowest(&self, wanted: impl Fn(&str) -> bool, within: &[&str]) -> Option<usize> {
        for (at, index) in self.open.iter().enumerate().skip(1).rev() {
            let Some(Node::Element(element)) = self.nodes.get(*index) else { continue };
            if wanted(&element.name) {
                return Some(at);
            }
            if within.contains(&element.name.as_str()) {
                return None;
            }
        }
        None
    }

    fn end(&mut self, name: &str) {
        if let Some(at) = self.lowest(|open| open == name, &[]) {
            self.open.truncate(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_anything() {
        for html in
            ["", "</p>", "<", "<a", "<a href=", "&#xffffffff;", "<p><p><p>", "<![CDATA[x", "\0\u{feff}"]
        {
            let _ = Tree::parse(html);
        }
        let deep = "<b><div>".repeat(50_000);
        let tree = Tree::parse(&deep);
        assert!(tree.find(0, |element| element.name == "b").is_some());
    }

    #[test]
    fn end_tags_may_be_missing() {
        let tree = Tree::parse("<ul><li>one<li>two</ul><p>three");
        assert_eq!(tree.elements(0).count(), 2);
        let list = tree.find(0, |element| element.name == "ul").unwrap_or(0);
        assert_eq!(tree.elements(list).count(), 2);
        assert_eq!(tree.text(list), "onetwo");
    }
}
