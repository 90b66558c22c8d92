//! Moderators of some spaces only.

use mainstreet_db::Tx;
use mainstreet_kernel::id::{PersonId, SpaceId};
use mainstreet_kernel::{Activity, Actor, Error, Result, Role, Verb, Visibility};
use serde_json::json;

use super::store;

/// The spaces that a moderator is kept to; empty: everywhere.
pub fn spaces_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<SpaceId>> {
    store::moderator_spaces(tx, person)
}

/// Refuses a moderator who is kept to other spaces. Those with more rights, and Mainstreet itself, are everywhere.
pub fn must_cover(tx: &mut Tx<'_>, actor: Actor, space: SpaceId) -> Result<()> {
    let Some(person) = actor.person.filter(|_| actor.role == Role::Moderator) else { return Ok(()) };
    let spaces = spaces_of(tx, person)?;
    if spaces.is_empty() || spaces.contains(&space) {
        return Ok(());
    }
    Err(Error::forbidden("You moderate other spaces. Ask a moderator of this one, or a manager."))
}

/// Keeps a moderator to these spaces; none: everywhere. Owners only.
pub fn set_spaces(tx: &mut Tx<'_>, actor: Actor, person: PersonId, spaces: &[SpaceId]) -> Result<()> {
    if actor.role < Role::Owner {
        return Err(Error::forbidden("Only an owner can say where somebody moderates."));
    }
    if crate::accounts::find(tx, person)?.role != Role::Moderator {
        return Err(Error::conflict("Only moderators can be kept to some spaces."));
    }
    store::set_moderator_spaces(tx, person, spaces)?;
    let names: Vec<String> = spaces.iter().map(ToString::to_string).collect();
    let activity = Activity::new(Verb::MemberRoleChanged, actor, person, tx.now()).seen_by(Visibility::Staff);
    tx.record(&activity.with(json!({ "from": "moderator", "to": "moderator", "spaces": names })))
}
