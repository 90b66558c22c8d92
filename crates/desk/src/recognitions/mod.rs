//! Recognition: a badge with words of thanks that a person gave, shown on the member's page. No points, no ranks.
//!
//! **Invariant:** a person gives it. What a rule does is to propose it ([`crate::proposals`]).

mod store;

use mainstreet_db::Tx;
use mainstreet_kernel::Timestamp;
use mainstreet_kernel::id::{EntryId, PersonId};
use mainstreet_kernel::{Error, Result};

/// The longest name of a badge, in characters.
pub const LONGEST_BADGE: usize = 40;
/// The longest words of thanks, in characters.
const LONGEST_WORDS: usize = 1_000;

/// A badge that somebody was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognition {
    /// Which.
    pub id: EntryId,
    /// Its name: `guide`.
    pub badge: String,
    /// What it is given for.
    pub words: String,
    /// When.
    pub at: Timestamp,
}

/// What a member was given and has, the latest first.
pub fn of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Recognition>> {
    store::of(tx, person)
}

/// Gives a badge; `by` is who does.
pub(crate) fn give(
    tx: &mut Tx<'_>,
    person: PersonId,
    badge: &str,
    words: &str,
    by: Option<PersonId>,
) -> Result<EntryId> {
    let (badge, words) = (badge.trim(), words.trim());
    if badge.is_empty() || badge.chars().count() > LONGEST_BADGE {
        return Err(Error::invalid("A badge has a name of 1 to 40 characters."));
    }
    if words.is_empty() || words.chars().count() > LONGEST_WORDS {
        return Err(Error::invalid(
            "Say in at most 1,000 characters what you thank them for. It stands on their page.",
        ));
    }
    if has(tx, person, badge)? {
        return Err(Error::conflict("They have this badge already. Decline it, saying so."));
    }
    let id = EntryId(tx.mint());
    store::add(tx, id, person, (badge, words), by)?;
    Ok(id)
}

/// True when a member has this badge.
pub(crate) fn has(tx: &mut Tx<'_>, person: PersonId, badge: &str) -> Result<bool> {
    let folded = mainstreet_kernel::text::fold(badge);
    Ok(of(tx, person)?.iter().any(|one| mainstreet_kernel::text::fold(&one.badge) == folded))
}

/// Takes a badge back.
pub(crate) fn remove(tx: &mut Tx<'_>, id: EntryId) -> Result<()> {
    store::remove(tx, id)
}
