//! The place on both databases: verbs, reads, counters.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod accounts;
mod counters;
mod flags;
mod guidelines;
mod intake;
mod meaning;
mod moderation;
mod notifications;
mod place;
mod reads;
mod rewind;
mod search;
mod talk;
