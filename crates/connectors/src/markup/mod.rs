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

/// What a Markdown source refers to and only its rendering in HTML tells.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct References {
    /// Names mentioned, each once.
    pub(crate) mentions: Vec<String>,
    /// Pictures by the name that the source calls them, and where they lie.
    pub(crate) uploads: Vec<(String, String)>,
    /// Formulas, without their dollar signs.
    pub(crate) formulas: Vec<String>,
}

/// What the rendering `html` tells of its source.
pub(crate) fn references(html: &str) -> References {
    let tree = Tree::parse(html);
    References {
        mentions: render::mentions(&tree),
        uploads: render::uploads(&tree),
        formulas: render::formulas(&tree),
    }
}

/// A part that opens when its title is chosen.
pub(crate) fn folded(title: &str, text: &str) -> String {
    let title = if title.is_empty() { "Details" } else { title };
    let title = title.replace('<', "&lt;").replace('\n', " ");
    format!("<details><summary>{title}</summary>\n\n{}\n\n</details>", text.trim())
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
