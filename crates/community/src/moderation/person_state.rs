//! What a member may do just now.

use std::str::FromStr;

use mainstreet_db::Tx;
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Error, Result, Timestamp};

use super::store;

/// What a member may do, from all to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Everything that members may.
    Active,
    /// What they write waits until it was looked at.
    RequiresApproval,
    /// Reads, reacts and flags; does not write.
    Muted,
    /// Only reads.
    Silenced,
    /// May not sign in for a while.
    Suspended,
    /// May not sign in.
    Banned,
}

impl Standing {
    const ALL: [Self; 6] =
        [Self::Active, Self::RequiresApproval, Self::Muted, Self::Silenced, Self::Suspended, Self::Banned];

    /// The word stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::RequiresApproval => "requires_approval",
            Self::Muted => "muted",
            Self::Silenced => "silenced",
            Self::Suspended => "suspended",
            Self::Banned => "banned",
        }
    }

    /// The words shown.
    pub fn label(self) -> &'static str {
        match self {
            Self::Active => "no restriction",
            Self::RequiresApproval => "posts are looked at first",
            Self::Muted => "muted",
            Self::Silenced => "silenced",
            Self::Suspended => "suspended",
            Self::Banned => "banned",
        }
    }
}

impl FromStr for Standing {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|standing| standing.as_str() == word)
            .ok_or_else(|| Error::invalid("Unknown standing of a member."))
    }
}

/// How a member stands, until when and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stands {
    /// What they may do.
    pub standing: Standing,
    /// Until when; nothing: until somebody ends it.
    pub until: Option<Timestamp>,
    /// Why, as told to them.
    pub why: String,
}

impl Stands {
    /// Nothing restricts them.
    pub(super) fn active() -> Self {
        Self { standing: Standing::Active, until: None, why: String::new() }
    }
}

/// How a member stands now. What has run out no longer counts.
pub fn standing_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Stands> {
    let now = tx.now();
    let kept = store::standing(tx, person)?.filter(|kept| kept.until.is_none_or(|until| until > now));
    let suspended = crate::people::store::suspended_until(tx, person)?;
    Ok(match (kept, suspended) {
        (Some(kept), _) => kept,
        (None, Some(until)) => {
            Stands { standing: Standing::Suspended, until: Some(until), why: String::new() }
        }
        (None, None) => Stands::active(),
    })
}

/// Refuses those who may not take part; answers how they stand. `writing`: they write, rather than react or flag.
pub(crate) fn must_speak(tx: &mut Tx<'_>, person: PersonId, writing: bool) -> Result<Standing> {
    crate::sign_ups::must_be_let_in(tx, person)?;
    let stands = standing_of(tx, person)?;
    let refuse = match stands.standing {
        Standing::Active | Standing::RequiresApproval => return Ok(stands.standing),
        Standing::Muted if !writing => return Ok(stands.standing),
        Standing::Muted => "You are muted, so you cannot write for now.",
        Standing::Silenced => "You are silenced, so you can only read for now.",
        Standing::Suspended | Standing::Banned => "Your account is suspended, so you cannot write for now.",
    };
    let until = match stands.until {
        Some(until) => format!(" It ends on {}.", crate::settings::spoken(tx, until)?),
        None => String::new(),
    };
    Err(Error::forbidden(format!("{refuse}{until} Your notifications say why, and how to appeal.")))
}
