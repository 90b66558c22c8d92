//! The whole product: house law, real processes, and the browser.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod import;
mod journeys;
mod models;
mod processes;
mod support;
mod tidy;
