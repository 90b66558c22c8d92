//! Judgement: how texts are read here. What people correct or confirm is kept, teaches a small layer on top of the
//! weights that ship, and shows how far the reading is to be trusted.
//!
//! [`learn`] is the background step: it reads in one transaction, works outside of any, writes in another. A version
//! is put in force by itself only when it agrees more often with what was held back, and only while nobody chose one.
//!
//! **Invariants.** An item keeps what was said of it, with the version that said it, until a person asks for another
//! reading. Rules stay with the version they were tried with. What breakers and scores of new accounts rest on is read
//! with the shipped weights alone. No answer does anything to anybody.

mod actions;
mod again;
mod answers;
mod drift;
mod figures;
mod learning;
mod reader;
mod store;

pub use actions::{ask_now, choose, leave_out, let_it_learn, rules_follow, take_in};
pub use again::{Difference, MOST_AGAIN, differences, read_again};
pub use answers::Way;
pub(crate) use answers::{End, Given, decided, keep, withdraw};
pub use drift::{Drift, Measure, look};
pub use figures::{Confusion, Overview, Period, confusion, overview, version};
pub use learning::{EVERY, NEWS, learn};
pub use mainstreet_language::local::{Figures, Judgement, Verdict};
pub use reader::{Reader, in_force, of_rules, of_version};
pub use store::{LeftOut, Standing, Turn, Version};

/// What a judgement is called on a page.
pub fn spoken(judgement: Judgement) -> &'static str {
    match judgement {
        Judgement::NeedsReply => "needs a reply",
        Judgement::Sentiment => "feeling",
        Judgement::Spam => "advertising",
        Judgement::BrandSafety => "brand safety",
        other => other.as_str(),
    }
}
