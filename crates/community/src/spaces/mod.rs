//! Spaces: categories of our own place, and the channels of others that we mirror.
//!
//! **Invariants:** `topic_count` counts published topics, `post_count` the published posts in them. Who may see a
//! space may see its topics; nobody else is told that they exist.

mod actions;
mod model;
pub mod store;

pub use actions::{Draft, edit, may_open_topic, open, own_account, seen};
pub use model::{Kind, Space};
