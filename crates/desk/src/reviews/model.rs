use mainstreet_kernel::id::{EntryId, PersonId, PostId, SignalId, SpaceId};
use mainstreet_kernel::{Day, Timestamp};

use crate::triage::words;

words! {
    /// Where a review comes from.
    Origin, "A review comes from a sample or is a second look." {
        /// A week's random sample.
        Sample = "sample",
        /// Somebody decided on the post before.
        Second = "second",
    }
}

words! {
    /// What somebody says of a post.
    Verdict, "Say that the post is fine, that it breaks a clause, or that you cannot tell." {
        /// It breaks nothing.
        Fine = "fine",
        /// It breaks a clause.
        Breaks = "breaks",
        /// The text and what stands around it do not tell.
        Unclear = "unclear",
    }
}

/// A post in the pile, or judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Which.
    pub id: EntryId,
    /// Where it comes from.
    pub origin: Origin,
    /// The Monday of the sample.
    pub week: Option<Day>,
    /// The post.
    pub post: PostId,
    /// The version of its text that is judged.
    pub version: i64,
    /// Who wrote it.
    pub author: PersonId,
    /// Where.
    pub space: SpaceId,
    /// Of a second look: who decided before.
    pub first_by: Option<PersonId>,
    /// When they did.
    pub first_at: Option<Timestamp>,
    /// What they decided.
    pub first: Option<Judged>,
    /// What was said of it now; nothing while it waits.
    pub said: Option<Judged>,
    /// By whom.
    pub reviewer: Option<PersonId>,
    /// When.
    pub reviewed_at: Option<Timestamp>,
    /// The inbox item that came of it.
    pub signal: Option<SignalId>,
}

/// A verdict with the clause it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// What was said.
    pub verdict: Verdict,
    /// The clause that is broken; empty otherwise.
    pub clause: String,
}

impl Judged {
    /// The two say the same: both fine, or both a breach. Which clause is another question.
    pub fn agrees(&self, other: &Self) -> bool {
        self.verdict == other.verdict
    }

    /// The verdict, with its clause in brackets.
    pub fn said(&self) -> String {
        match self.verdict {
            Verdict::Fine => "fine".to_owned(),
            Verdict::Unclear => "cannot tell".to_owned(),
            Verdict::Breaks if self.clause.is_empty() => "breaks the guidelines".to_owned(),
            Verdict::Breaks => format!("breaks {}", self.clause),
        }
    }
}
