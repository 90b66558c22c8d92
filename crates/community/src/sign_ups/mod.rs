//! How an account came, and whether it may write yet. Nobody is turned away by a program: who looks like a flood waits
//! until their address is confirmed or a person has said yes, and reads meanwhile.
//!
//! **Invariants.** Accounts from before have no row and are free. Only a person refuses, and that can be taken back.
//! The network an account came from is kept as a hash with the installation's key, and forgotten after [`FORGET`].

mod store;

use mainstreet_db::Tx;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Activity, Actor, Error, Result, Timestamp, Verb, Visibility};
use serde::{Deserialize, Serialize};
use serde_json::json;

pub use store::{between, find, forget, networks, note, refused, since, waiting};

/// Networks are forgotten so long after the sign-up.
pub const FORGET: i64 = 14 * DAY;

/// Whether an account may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It may.
    Open,
    /// As soon as its address is confirmed, or a person says so.
    Confirm,
    /// As soon as a person says so.
    Approval,
    /// A person said no.
    Refused,
}

impl State {
    /// The word stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Confirm => "confirm",
            Self::Approval => "approval",
            Self::Refused => "refused",
        }
    }

    /// The words shown.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "may write",
            Self::Confirm => "waits until the address is confirmed",
            Self::Approval => "waits for a person",
            Self::Refused => "was kept out",
        }
    }
}

impl std::str::FromStr for State {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self, Error> {
        [Self::Open, Self::Confirm, Self::Approval, Self::Refused]
            .into_iter()
            .find(|state| state.as_str() == word)
            .ok_or_else(|| Error::invalid("Unknown state of a sign-up."))
    }
}

/// One reason of a score, as a person reads it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// What it adds; may be negative.
    pub points: f64,
    /// In a sentence.
    pub text: String,
}

/// How an account came.
#[derive(Clone, Debug, PartialEq)]
pub struct SignUp {
    /// Who.
    pub person: PersonId,
    /// Whether it may write.
    pub state: State,
    /// How much it looks like a flood.
    pub score: f64,
    /// Why.
    pub reasons: Vec<Reason>,
    /// The network, as a keyed hash.
    pub network: Option<String>,
    /// Bits of work shown; 0: none.
    pub proof: i64,
    /// Milliseconds between the form and its sending, where known.
    pub took: Option<i64>,
    /// When.
    pub at: Timestamp,
    /// When a person decided.
    pub decided_at: Option<Timestamp>,
    /// Who.
    pub decided_by: Option<PersonId>,
}

/// A person lets an account in, or keeps it out. Errors: `Forbidden` for members; `Conflict` when that is so already.
pub fn decide(tx: &mut Tx<'_>, actor: Actor, person: PersonId, open: bool) -> Result<()> {
    if !actor.role.is_staff() {
        return Err(Error::forbidden("Only moderators decide on new accounts."));
    }
    let state = if open { State::Open } else { State::Refused };
    store::decide(tx, person, state, actor.person)?;
    let activity = Activity::new(Verb::SignUpDecided, actor, person, tx.now()).seen_by(Visibility::Staff);
    tx.record(&activity.with(json!({ "state": state.as_str() })))
}

/// Refuses those whose account waits.
pub(crate) fn must_be_let_in(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    let safe = match store::standing(tx, person)? {
        None | Some((State::Open, _)) | Some((State::Confirm, true)) => return Ok(()),
        Some((State::Confirm, false)) => {
            "Your account is new and was not checked yet. Follow the link in the mail we sent you, or wait until somebody of the team has looked; then you can write. Copy what you wrote."
        }
        Some((State::Approval, _)) => {
            "Your account is new, and somebody of the team looks at new accounts at the moment. You can read meanwhile, and write as soon as they have. Copy what you wrote."
        }
        Some((State::Refused, _)) => {
            "Somebody of the team decided that this account cannot write. Answer the mail we sent you if that is wrong."
        }
    };
    Err(Error::forbidden(safe))
}
