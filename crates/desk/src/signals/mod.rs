//! Signals: the inbox. What needs a decision, over all channels, in one list.
//!
//! A *signal* (on pages: an item) is about one conversation, or one post of it. It opens by a [`Cause`]; more
//! causes join it, so that three flags and a complaint are one item with four reasons. It moves between the
//! [`State`]s of one table ([`rules::MOVES`]); what the table does not list is refused, saying why. Each move
//! is a [`Step`] of its history, with how the item stood before, so that it can be taken back.
//!
//! **Invariants:** at most one open item for each conversation and each anchor post. One thing that happened
//! causes one item at most, however often the log is read. Two people never hold one item: every change names
//! the version it was decided upon, and whoever comes second is told who was first.

mod actions;
pub mod appeals;
pub mod approvals;
mod by_conflict;
mod by_form;
mod by_review;
mod by_rule;
mod by_trend;
mod endings;
mod flags;
mod hearing;
pub mod lists;
mod model;
mod opening;
mod replies;
pub mod rules;
pub(crate) mod steps;
pub(crate) mod store;
mod sweep;
mod undo;
pub mod view;

pub use actions::{assign, claim, release, snooze};
pub(crate) use approvals::held;
pub use approvals::{Verdict, answer_held};
pub(crate) use by_conflict::{conflict, raid, raid_of_sign_ups};
pub(crate) use by_form::form_answered;
pub(crate) use by_review::{Reviewed, from_review};
pub(crate) use by_rule::{Ask, ask};
pub(crate) use by_trend::{Trend, trend};
pub use endings::{dismiss, merge, reopen, resolve};
pub(crate) use hearing::{Settled, heard, settle, with_items};
pub use model::{
    Act, Cause, CauseRow, Dismissal, HORIZON, LEASE, Outcome, QUESTION_HORIZON, REOPEN_TIME, Sight, Signal,
    State, Step, UNDO_TIME,
};
pub(crate) use opening::flagged;
pub use opening::look_at;
pub(crate) use opening::reassessed_with;
pub use replies::{Reply, note, reply};
pub(crate) use store::name_of;
pub use sweep::{Swept, sweep};
pub use undo::{may_undo, undo};
