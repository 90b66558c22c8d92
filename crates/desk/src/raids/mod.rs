//! Spam and raids: what new accounts write, and how they come, scored with reasons that a person reads.
//!
//! [`score`] adds up what is known: how the words read, links and their past here, copies across accounts, names, mail
//! domains, how fast a form was sent. A score at or above the threshold has the post held until a person has looked
//! ([`look`]), and an account wait ([`arrive`]). When sign-ups or posts of new accounts come far faster than they ever
//! do, the [`breaker`] turns raid mode on. A raid that came through is cleaned up in one act ([`cleanup`]), which one
//! undo takes back.
//!
//! **Invariants.** Nothing is deleted, nobody is shut out by a program. What a person decided about a text stands until
//! the text changes. Reputation comes from this community's own decisions and from nowhere else.

pub mod alarms;
mod arriving;
pub mod breaker;
pub mod cleanup;
pub mod links;
mod looking;
pub mod mail_domains;
pub mod names;
pub mod score;
pub mod store;

pub use arriving::{Arrival, BITS, MOST_BITS, WAIT, arrive, bits};
pub use looking::{assess, hold_at, index_past, look, set_hold_at};
pub use score::Score;
