//! Proposals: what rules think a person might do for a member, and a person does or does not: send a form, give a
//! badge with thanks, introduce two members to each other.
//!
//! **Invariants.** Nothing reaches a member before a person said so. Two members are proposed to each other once, and
//! those who want to be introduced to nobody never. What was done can be taken back until it was read.

mod actions;
mod pairs;
mod store;

use mainstreet_db::Tx;
use mainstreet_kernel::id::{EntryId, PersonId, PostId};
use mainstreet_kernel::{Result, Timestamp};
use serde::{Deserialize, Serialize};

pub use actions::{accept, decline, undo};
pub(crate) use pairs::{Pool, partner};
pub use pairs::{set_wants_none, wants_none};

use crate::triage::words;

words! {
    /// What is proposed.
    Kind, "A proposal is a form, a recognition or a connection." {
        /// That a member is asked to fill in a form.
        Form = "form",
        /// That a member is given a badge.
        Recognition = "recognition",
        /// That two members are introduced.
        Connection = "connection",
    }
}

words! {
    /// Where a proposal stands.
    Stand, "A proposal waits, was accepted or was declined." {
        /// Nobody has decided.
        Waiting = "waiting",
        /// A person did it.
        Accepted = "accepted",
        /// A person did not want it.
        Declined = "declined",
    }
}

/// A proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Which.
    pub id: EntryId,
    /// What.
    pub kind: Kind,
    /// The rule that proposes it.
    pub rule: String,
    /// Its hit.
    pub hit: EntryId,
    /// Whom it is about.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// With whom, of a connection.
    pub other: Option<PersonId>,
    /// Their name.
    pub other_name: String,
    /// The post it came up with, and the title of its conversation.
    pub post: Option<(PostId, String)>,
    /// The form or the badge.
    pub what: String,
    /// What speaks for it.
    pub why: String,
    /// Where it stands.
    pub stand: Stand,
    /// Who decided.
    pub decided_by: Option<PersonId>,
    /// Their name.
    pub decider: String,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// The words they gave: those that were sent, or why not.
    pub decided_why: String,
    /// When it was proposed.
    pub at: Timestamp,
    pub(crate) came: String,
}

/// What came of doing it, so that it can be taken back.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Came {
    ask: Option<EntryId>,
    recognition: Option<EntryId>,
    letters: Vec<(PersonId, EntryId)>,
}

/// A proposal about to be made.
#[derive(Clone, Debug)]
pub(crate) struct NewProposal<'a> {
    pub(crate) kind: Kind,
    pub(crate) rule: &'a str,
    pub(crate) hit: EntryId,
    pub(crate) person: PersonId,
    pub(crate) other: Option<PersonId>,
    pub(crate) post: Option<PostId>,
    pub(crate) what: &'a str,
    pub(crate) why: &'a str,
}

/// Proposes something. False: the same is proposed already.
pub(crate) fn propose(tx: &mut Tx<'_>, new: &NewProposal<'_>) -> Result<bool> {
    if store::waits(tx, new)? {
        return Ok(false);
    }
    store::add(tx, new)?;
    Ok(true)
}

/// Those that wait, the oldest first.
pub fn waiting(tx: &mut Tx<'_>) -> Result<Vec<Proposal>> {
    store::waiting(tx)
}

/// Those that were decided lately, the latest first.
pub fn decided(tx: &mut Tx<'_>) -> Result<Vec<Proposal>> {
    store::decided(tx)
}

/// How many wait.
pub fn count(tx: &mut Tx<'_>) -> Result<i64> {
    store::count(tx)
}
