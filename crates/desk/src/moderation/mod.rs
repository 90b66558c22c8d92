//! Moderation as due process: decisions that cite a clause, what they weigh, appeals, and the report on all of it.
//!
//! **Invariants.** Every act of staff on a post, topic or member is a decision: what, whom, which clause of which
//! version of the guidelines, on which facts, found how, decided by whom, and what was before. Decisions are never
//! changed or deleted; taking one back is noted beside it, and everything stands as if it had not been made. Nobody decides an appeal
//! against their own decision, and a ban takes two.

mod appeals;
mod calm_holds;
mod covered;
mod decisions;
pub mod ladder;
mod likeness;
mod model;
mod openness;
pub mod report;
mod reversal;
mod store;
mod thresholds;

pub use appeals::{
    ANSWER_TIME, APPEAL_TIME, Appeal, AppealState, Speech, Voice, needed, open as appeal, queue, speak,
    voices_on,
};
pub(crate) use calm_holds::note_holds;
pub(crate) use covered::covered;
pub use decisions::{decide, lift, may_undo, says_links, undo};
pub use likeness::{Likeness, like};
pub use model::{Case, Decision, Ground, Source};
pub use openness::{Openness, Redacted, openness, redacted, set_openness};
pub use store::{
    Filter, active_strikes, appeal_of, find, find_appeal, list, of_object, of_person, penalties, set_mailed,
    similar, untold,
};
pub use thresholds::{clause_of, hide_at, weigh};
