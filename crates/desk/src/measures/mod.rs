//! The log of moderation beside decisions: what was done to places, and who may moderate where. Calm and raid modes on
//! and off, clean-ups, splits, roles, scopes, teams and their rotas, who reads the log, texts erased.
//!
//! The desk hears of each in the log of activities, whoever did it and from wherever, and writes it down once, with its
//! reason; an entry of the sealed record is written with it.
//!
//! **Invariants.** A measure is never changed or deleted. It holds no name: who is concerned is kept by number. Its
//! reason can be erased, and the record holds.

mod hearing;
mod model;
mod store;

pub use hearing::note;
pub use model::{Kind, Measure, Row};
pub use store::{Filter, between, list};
pub(crate) use store::{with_salt, without_entry};
