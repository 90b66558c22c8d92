//! Texts as rules see them: what is passed over, what looks the same, and many words found in one pass.

mod fold;
mod links;
mod passage;
mod patterns;
mod search;

pub(crate) use fold::{Fold, Folded, GAP};
pub(crate) use links::{link_hosts, mentions};
pub use passage::Passage;
pub(crate) use patterns::Patterns;
pub(crate) use search::{Hit, Words, glob};
