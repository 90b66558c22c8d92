//! The place on both databases: verbs, reads, counters.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod counters;
mod place;
mod search;
mod talk;
