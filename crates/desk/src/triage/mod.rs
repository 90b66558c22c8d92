//! Triage: intent, urgency, risk and owner of an inbox item, each with reasons.
//!
//! [`rules::assess`] is pure: what was read in the text, and what happened around it, become an
//! [`Assessment`]. A person's correction stands whatever happens later, and is kept as a row of evaluation
//! and training data: who, from what, to what, when.
//!
//! **Invariant:** a risk is *confirmed* only by a person.

mod actions;
mod clocks;
pub mod hours;
mod model;
mod observe;
pub mod owners;
pub mod rules;
mod store;

pub use actions::{Correction, correct};
pub(crate) use clocks::due;
pub use clocks::{
    Clocks, clocks, hours, owner_targets, read_span, set_hours, set_owner_targets, set_targets, targets,
    write_span,
};
pub(crate) use model::words;
pub use model::{
    Assessment, Intent, Label, Owner, Risk, RiskLevel, RiskNote, Said, SetBy, Spell, Targets, Urgency, spell,
};
pub use observe::{observe, observe_with};
pub use store::{CorrectionRow, corrections_of};
