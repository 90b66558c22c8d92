//! Moderators of some spaces only.

use mainstreet_db::Tx;
use mainstreet_kernel::id::{PersonId, SpaceId};
use mainstreet_kernel::{Activity, Actor, Error, Result, Role, Verb, Visibility};
use serde_json::json;

use super::store;
use crate::teams;

/// The spaces that a moderator is kept to; empty: everywhere.
pub fn spaces_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<SpaceId>> {
    store::moderator_spaces(tx, person)
}

/// The spaces that somebody moderates just now, by their own role and by the teams in which they are on duty; empty:
/// everywhere, or nowhere for who is no moderator.
pub fn scope_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<SpaceId>> {
    let own = store::role(tx, person)?.unwrap_or(Role::Member);
    if own > Role::Moderator {
        return Ok(Vec::new());
    }
    let mut spaces = if own == Role::Moderator { spaces_of(tx, person)? } else { Vec::new() };
    if own == Role::Moderator && spaces.is_empty() {
        return Ok(spaces);
    }
    for team in teams::duties(tx, person)? {
        if team.spaces.is_empty() {
            return Ok(Vec::new());
        }
        spaces.extend(team.spaces);
    }
    spaces.sort_unstable();
    spaces.dedup();
    Ok(spaces)
}

/// Refuses a moderator who is kept to other spaces. Those with more rights, and Mainstreet itself, are everywhere.
pub fn must_cover(tx: &mut Tx<'_>, actor: Actor, space: SpaceId) -> Result<()> {
    let Some(person) = actor.person.filter(|_| actor.role == Role::Moderator) else { return Ok(()) };
    let spaces = scope_of(tx, person)?;
    if spaces.is_empty() || spaces.contains(&space) {
        return Ok(());
    }
    Err(Error::forbidden("You moderate other spaces. Ask a moderator of this one, or a manager."))
}

/// Keeps a moderator to these spaces; none: everywhere. Managers and above.
pub fn set_spaces(tx: &mut Tx<'_>, actor: Actor, person: PersonId, spaces: &[SpaceId]) -> Result<()> {
    if actor.role < Role::Manager {
        return Err(Error::forbidden("Only a manager can say where somebody moderates."));
    }
    if crate::accounts::find(tx, person)?.role != Role::Moderator {
        return Err(Error::conflict("Only moderators can be kept to some spaces."));
    }
    store::set_moderator_spaces(tx, person, spaces)?;
    let names: Vec<String> = spaces.iter().map(ToString::to_string).collect();
    let activity = Activity::new(Verb::MemberRoleChanged, actor, person, tx.now()).seen_by(Visibility::Staff);
    tx.record(&activity.with(json!({ "from": "moderator", "to": "moderator", "spaces": names })))
}
