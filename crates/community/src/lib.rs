//! The place: what members see and own.
//!
//! Each folder is a capability: `model` (plain structs and closed enums), `rules` (pure), `actions` (verbs: they
//! take `&mut Tx`, write, and record what happened), `store` (every SQL string).
//!
//! **Invariants.** `community` does not know the desk. A forum must be lovely with the desk switched off; the world
//! learns what happened here from the log of activities, written in the transaction that did it. Verbs never commit
//! and never call the network. Counters are right when a verb returns (`topics`, `posts`, `spaces`, `people` and
//! `tags` say what each one counts). Rows are locked in one order, so that verbs cannot deadlock: topic, its posts,
//! people by rising id, tags, spaces by rising id.

pub mod accounts;
pub mod bulk;
pub mod calm;
pub mod cool_offs;
pub mod counters;
pub mod flags;
pub mod guidelines;
pub mod intake;
pub mod link_limits;
pub mod markdown;
pub mod meaning;
pub mod moderation;
pub mod mutes;
pub mod notices;
pub mod notifications;
pub mod people;
pub mod posts;
pub mod reactions;
pub mod redirects;
pub mod rewind;
pub mod ripples;
pub mod search;
pub mod settings;
pub mod sign_ups;
pub mod spaces;
pub mod splits;
mod store;
pub mod tags;
pub mod teams;
pub mod topics;
