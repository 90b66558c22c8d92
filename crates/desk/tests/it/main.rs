//! The desk's verbs against both databases.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod acts;
mod calm;
mod drafting;
mod insights;
mod insights_meant;
mod judgement;
mod measures;
mod metrics;
mod moderation;
mod opening;
mod owners;
mod queue;
mod races;
mod raids;
mod record;
mod reviews;
mod rules;
mod story;
mod support;
mod thresholds;
mod trends;
mod undoing;
