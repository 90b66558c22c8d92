//! The desk's verbs against both databases.

#![expect(clippy::unwrap_used, reason = "tests")]

mod acts;
mod metrics;
mod opening;
mod story;
mod support;
