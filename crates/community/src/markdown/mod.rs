//! Markdown: what people write becomes safe HTML, plain text, and the list of whom it mentions.
//!
//! CommonMark with tables, strikethrough, autolinks, task lists and footnotes. Raw HTML is text, but for a few bare
//! tags (`tree`). **Invariants.** The output passes through one allow-list (`clean`), whatever the steps before
//! it did: no script, style, event attribute or address other than http, https and mailto comes out. Cleaning twice
//! changes nothing. Work and output are bounded by the input: nesting is cut at `DEPTH`, and a text past the
//! bounds comes out as plain paragraphs. Same text and links, same HTML.

mod clean;
mod read;
mod tree;

use std::collections::HashMap;

pub use read::{mentions, outward, own_words, plain};

/// The version of what [`render`] makes. Raise it whenever the output changes: stored pages are then rendered anew.
pub const RENDERER: i64 = 1;

/// How deep quotes and lists nest; deeper ones are drawn at this depth.
pub(crate) const DEPTH: usize = 12;
/// Longest text that is parsed, in bytes. Forms take less; archives may hold more.
const INPUT: usize = 256 * 1024;
/// Longest output for an input: this many bytes for one, and a page beside it.
const GROWTH: usize = 40;

/// Where each folded handle that may be mentioned leads.
pub type Links = HashMap<String, String>;

/// `body` as safe HTML. `links` says which mentions become links.
pub fn render(body: &str, links: &Links) -> String {
    if body.len() > INPUT {
        return clean::paragraphs(body);
    }
    let html = clean::clean(&tree::html(body, links));
    if html.len() > body.len() * GROWTH + 4_096 { clean::paragraphs(body) } else { html }
}

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod tests;
