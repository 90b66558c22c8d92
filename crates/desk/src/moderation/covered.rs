//! Where somebody moderates.

use mainstreet_community::moderation::scope_of;
use mainstreet_db::Tx;
use mainstreet_kernel::id::SpaceId;
use mainstreet_kernel::{Actor, Result, Role};

/// The spaces that a moderator is kept to; none: everywhere.
pub(crate) fn covered(tx: &mut Tx<'_>, actor: Actor) -> Result<Vec<SpaceId>> {
    match actor.person.filter(|_| actor.role == Role::Moderator) {
        Some(person) => scope_of(tx, person),
        None => Ok(Vec::new()),
    }
}
