//! Blocks that forum software makes: quotes of posts, link cards, light boxes, folded parts, footnotes.

use super::super::folded;
use super::super::inline::{escape, link_target};
use super::super::tree::Element;
use super::{Writer, collapse, image, quote};

impl Writer<'_> {
    /// `aside.quote`: who is quoted stands in attributes, where in the title's link.
    pub(super) fn forum_quote(&mut self, at: usize, element: &Element) -> String {
        let tree = self.tree;
        let body = tree.elements(at).find(|(_, child)| child.name == "blockquote").map_or(at, |(at, _)| at);
        let text = self.blocks(body);
        let title = tree.elements(at).find(|(_, child)| child.is("title")).map(|(at, _)| at);
        let shown = title.map(|title| tree.text(title)).unwrap_or_default();
        let link = title.and_then(|title| tree.find(title, |found| found.name == "a" && found.has("href")));
        let author = match element.attribute("data-username") {
            "" if link.is_none() => {
                shown.trim().trim_end_matches(':').split_whitespace().next().unwrap_or("")
            }
            name => name,
        };
        if let (true, Some(link)) = (author.is_empty(), link) {
            // A quoted topic without a person: its title says where the text is from.
            let href =
                tree.element(link).and_then(|link| link_target(link.attribute("href"))).unwrap_or_default();
            let label = escape(collapse(&tree.text(link)).trim());
            return quote("", "", &format!("[{label}]({href}):\n\n{text}"));
        }
        let number = |name: &str| element.attribute(name).parse::<u64>().ok();
        let path = match (number("data-topic"), number("data-post")) {
            (Some(topic), Some(post)) => format!("/t/{topic}/{post}"),
            _ => String::new(),
        };
        quote(author, &path, &text)
    }

    /// A link card: its title as a link, and a line of what it says.
    pub(super) fn onebox(&mut self, at: usize, element: &Element) -> String {
        let tree = self.tree;
        let link = tree
            .find(at, |found| matches!(found.name.as_str(), "h3" | "h4"))
            .and_then(|heading| tree.find(heading, |found| found.name == "a"))
            .or_else(|| tree.find(at, |found| found.name == "a" && found.has("href")));
        let href = match element.attribute("data-onebox-src") {
            "" => link.and_then(|link| tree.element(link)).map_or("", |link| link.attribute("href")),
            source => source,
        };
        let Some(target) = link_target(href) else { return self.blocks(at) };
        let title = link.map(|link| collapse(&tree.text(link))).unwrap_or_default();
        let title = if title.trim().is_empty() { target.clone() } else { title };
        let card = format!("[{}]({target})", escape(title.trim()));
        if let Some(code) = tree.find(at, |found| found.name == "pre")
            && let Some(pre) = tree.element(code)
        {
            return format!("{card}\n\n{}", self.code_block(code, pre));
        }
        let says = tree.find(at, |found| found.name == "p").map(|at| tree.text(at)).unwrap_or_default();
        let says = mainstreet_kernel::text::excerpt(&says, 240);
        if says.is_empty() { card } else { format!("{card}\n\n{}", quote("", "", &escape(&says))) }
    }

    /// A picture shown small with a link to the large one: the large one.
    pub(super) fn lightbox(&mut self, at: usize) -> String {
        let tree = self.tree;
        let Some(picture) = tree.find(at, |found| found.name == "img").and_then(|at| tree.element(at)) else {
            return self.inline(at);
        };
        let large = tree
            .element(at)
            .filter(|element| element.has("href"))
            .or_else(|| tree.find(at, |found| found.is("lightbox")).and_then(|link| tree.element(link)))
            .and_then(|link| link_target(link.attribute("href")));
        match large {
            Some(large) => format!("![{}]({large})", escape(&collapse(picture.attribute("alt")))),
            None => image(picture),
        }
    }

    /// A folded part: our Markdown knows it as the bare tags.
    pub(super) fn details(&mut self, at: usize) -> String {
        let tree = self.tree;
        let summary = tree.elements(at).find(|(_, child)| child.name == "summary").map(|(at, _)| at);
        let title = summary.map(|summary| collapse(&tree.text(summary))).unwrap_or_default();
        let mut blocks = self.block_list(at);
        if summary.is_some() && !title.trim().is_empty() && !blocks.is_empty() {
            blocks.remove(0);
        }
        folded(title.trim(), &blocks.join("\n\n"))
    }

    pub(super) fn footnote_ref(&mut self, at: usize) -> String {
        let text = self.tree.text(at);
        format!("[^{}]", text.trim().trim_matches(['[', ']']))
    }

    pub(super) fn footnotes(&mut self, at: usize) -> String {
        let tree = self.tree;
        let mut notes = Vec::new();
        for (number, (item, _)) in tree.elements(at).enumerate() {
            let text = self.block_list(item).join(" ");
            notes.push(format!("[^{}]: {}", number + 1, text.trim()));
        }
        notes.join("\n\n")
    }
}
