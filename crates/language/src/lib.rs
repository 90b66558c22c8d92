//! What a text means: pure functions over text, no IO, the same answer on every machine.
//!
//! [`read`] takes one post and its [`Context`] and gives a [`Reading`]: intent, whether somebody should answer,
//! how pressing it is, what harm it may do, how it feels and about what, personal data, language, keyphrases.
//! Every judgement carries a calibrated probability and the [`Reason`]s that moved it. Code, quotes and links
//! are taken for what they are. Labels are proposals: people decide (see `weights/README.md` for the limits).
//!
//! [`similar()`] compares the wording of two texts, [`related()`] their subjects; [`themes`] puts together what is about the
//! same thing, [`extract()`] quotes what of an answer bears on a question. [`train`] makes the weights that ship,
//! [`local`] what a community's people teach on top of them.

mod across;
mod card;
mod clauses;
mod cues;
mod extract;
mod features;
mod goods;
mod harsh;
mod keyphrases;
pub mod local;
mod mail;
mod personal;
mod phrases;
mod prior;
mod prose;
mod read;
mod reading;
mod similar;
pub mod themes;
mod tokens;
mod tongue;
pub mod train;
mod weights;

pub use card::{Card, Function, Group, Language, SetFigures, card};
pub use extract::extract;
pub use keyphrases::keyphrases;
pub use personal::personal;
pub use read::{read, read_local, read_with};
pub use reading::{
    COMPLAINT_THRESHOLD, Context, INTENT_THRESHOLD, Intent, Intents, Judged, PersonalKind, PersonalSpan,
    Reading, Reason, RiskKind, Risks, Sentiment, Span, Target, Urgency, UrgencyCue, UrgencyKind,
};
pub use similar::{Shingles, Subject, related, shingles, similar};
pub use weights::Weights;
