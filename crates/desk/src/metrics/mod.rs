//! What the community's numbers are, and how sure we can be of them.
//!
//! The log of activities is the only source. From it come roll-ups, kept up as the log grows, and from the
//! roll-ups come figures. A figure carries its value, its interval, how many it was counted from, and the
//! definition it obeys, with version; behind each stands the list of topics or people that make it.
//!
//! **Invariant:** a figure reads roll-ups, and where it is about themes those, never the log, so that a dashboard
//! costs the same whatever the length of the log. Every estimator is a pure function with the golden values of `docs/guide/metrics.md`.

pub mod agreement;
pub mod alarms;
pub mod behind;
pub mod clocks;
pub mod definitions;
pub mod figure;
pub mod figures;
pub mod ledger;
pub mod moderation;
mod of_moderation;
pub mod participation;
pub mod pulse;
pub mod rates;
pub mod repeats;
pub mod rolling;
pub mod rollups;
pub mod stock;
mod store;
pub mod survival;
pub mod taken_back;

pub(crate) use store::topics_in;
