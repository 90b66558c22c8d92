//! The place: what members see and own.
//!
//! **Invariant:** `community` does not know the desk. A forum must be lovely with the desk switched off; the world
//! learns what happened here from the log of activities.

pub mod accounts;
pub mod settings;
