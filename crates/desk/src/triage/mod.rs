//! Triage: intent, urgency, risk and owner of an inbox item, each with reasons.
//!
//! [`rules::assess`] is pure: what was read in the text, and what happened around it, become an
//! [`Assessment`]. A person's correction stands whatever happens later, and is kept as a row of evaluation
//! and training data: who, from what, to what, when.
//!
//! **Invariant:** a risk is *confirmed* only by a person.

mod actions;
mod model;
mod observe;
pub mod rules;
mod store;

pub use actions::{Correction, correct, set_targets, targets};
pub(crate) use model::words;
pub use model::{
    Assessment, Intent, Label, Owner, Risk, RiskLevel, RiskNote, SetBy, Spell, Targets, Urgency, spell,
};
pub use observe::observe;
pub use store::{CorrectionRow, corrections_of};
