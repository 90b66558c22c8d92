//! Guidelines: what is expected of everybody here, in clauses that decisions of moderation cite.
//!
//! Managers work on a draft; publishing makes it a version with a number and a date. Members say that they have read
//! a version, at sign-up and again after a change.
//!
//! **Invariants.** A published version never changes. A clause keeps its slug through all versions, so that an old
//! decision can be read beside the text that held then. One language counts; the others are translations of it.

mod actions;
mod diff;
mod languages;
mod model;
mod starters;
mod store;

pub use actions::{
    acknowledge, adopt, draft, drop_clause, from_starter, holds, is_due, publish, save_clause, version,
    versions,
};
pub use diff::{Difference, Line, compare, lines};
pub use languages::own_name;
pub use model::{Clause, NewClause, Severity, Text, Version};
pub use starters::{STARTERS, Starter, StarterClause};
