//! HTML of other places, turned into our Markdown.
//!
//! Built for what forum software produces (quotes, mentions, oneboxes, light boxes, emoji images, math), fed with
//! whatever comes: it never panics, and nesting is bounded ([`tree`]). Links keep their targets only where a
//! browser would be sent somewhere by http(s), mail or a path; the renderer that makes our pages sanitises again.

mod emoji;
mod inline;
mod render;
mod tree;

pub(crate) use emoji::{reaction, replace_names as emoji_names};
pub(crate) use inline::{code_span, escape, fence, guard_start, link_target, split_code};

use tree::Tree;

/// What a text in HTML says, as Markdown, with what it refers to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Converted {
    /// The Markdown, without a newline at its end.
    pub(crate) markdown: String,
    /// Names mentioned, without the at sign, in order and each once.
    pub(crate) mentions: Vec<String>,
}

/// Converts a text in HTML.
pub(crate) fn from_html(html: &str) -> Converted {
    let tree = Tree::parse(html);
    let mut converted = render::render(&tree);
    converted.markdown.truncate(converted.markdown.trim_end().len());
    converted
}

/// Names that an HTML text mentions, and its uploads by their short name: what a Markdown source leaves out.
pub(crate) fn references(html: &str) -> (Vec<String>, Vec<(String, String)>) {
    let tree = Tree::parse(html);
    (render::mentions(&tree), render::uploads(&tree))
}

/// Our quote form: the quoted person, a link to the quoted post where it is known, and the text behind `>`.
pub(crate) fn quote(author: &str, path: &str, text: &str) -> String {
    let head = match (author.is_empty(), path.is_empty()) {
        (true, _) => String::new(),
        (false, true) => format!("> @{author} wrote:\n"),
        (false, false) => format!("> @{author} [wrote]({path}):\n"),
    };
    let text = text.trim_matches('\n');
    let body = text
        .lines()
        .map(|line| if line.is_empty() { ">".to_owned() } else { format!("> {line}") })
        .collect::<Vec<_>>()
        .join("\n");
    // A blank quoted line keeps the heading and the text apart in every Markdown dialect.
    if head.is_empty() { body } else { format!("{head}>\n{body}") }
}

#[cfg(test)]
mod tests;
