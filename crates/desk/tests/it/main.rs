//! The desk's verbs against both databases.

#![expect(clippy::unwrap_used, reason = "tests")]

mod acts;
mod opening;
mod story;
mod support;
