//! Mutes: a member does not want to see another; and two members whom a moderator keeps apart.
//!
//! A member who mutes another is not shown what they write (their pages fold it away) and is not told of it. The other
//! is not told. Two members kept apart by staff see nothing of each other in the same way, and besides neither can
//! answer or mention the other.
//!
//! **Invariants.** What staff set only staff undo; a member's own mute is theirs alone. It hides nothing from anybody
//! else. Staff read everything in the desk.

mod store;

use std::collections::HashSet;

use mainstreet_db::Tx;
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Activity, Actor, Error, Result, Verb, Visibility};
use serde_json::json;

pub use store::{Mute, are_apart, of_person};

use crate::{accounts, people};

/// A member mutes another. Errors: themselves; somebody of the team; nobody.
pub fn mute(tx: &mut Tx<'_>, actor: Actor, other: PersonId) -> Result<()> {
    let me = actor.person.ok_or_else(|| Error::forbidden("Sign in to do this."))?;
    if me == other {
        return Err(Error::invalid("You cannot mute yourself."));
    }
    let face = people::store::face_of(tx, other)?;
    if face.role.is_some_and(mainstreet_kernel::Role::is_staff) {
        return Err(Error::forbidden(
            "What the team writes cannot be muted, because it may be about your account. Write to a manager instead.",
        ));
    }
    store::set(tx, me, other, false, true)?;
    record(tx, actor, me, other, true)
}

/// A member ends their own mute. Nothing happens without one.
pub fn unmute(tx: &mut Tx<'_>, actor: Actor, other: PersonId) -> Result<()> {
    let me = actor.person.ok_or_else(|| Error::forbidden("Sign in to do this."))?;
    store::set(tx, me, other, false, false)?;
    record(tx, actor, me, other, false)
}

/// Keeps two members apart, or no longer. The caller has asked for permission. Answers whether they were before.
pub(crate) fn keep_apart(
    tx: &mut Tx<'_>,
    actor: Actor,
    (one, other): (PersonId, PersonId),
    apart: bool,
) -> Result<bool> {
    if one == other {
        return Err(Error::invalid("Choose two different members."));
    }
    for person in [one, other] {
        accounts::find(tx, person)?;
    }
    let before = store::are_apart(tx, one, other)?;
    store::set(tx, one, other, true, apart)?;
    store::set(tx, other, one, true, apart)?;
    record(tx, actor, one, other, apart)?;
    Ok(before)
}

fn record(tx: &mut Tx<'_>, actor: Actor, person: PersonId, other: PersonId, apart: bool) -> Result<()> {
    let activity = Activity::new(Verb::MembersParted, actor, person, tx.now()).seen_by(Visibility::Staff);
    tx.record(&activity.with(json!({ "other": other.to_string(), "apart": apart })))
}

/// Whose posts this member is not shown.
pub fn hidden_from(tx: &mut Tx<'_>, person: PersonId) -> Result<HashSet<PersonId>> {
    store::hidden_from(tx, person)
}

/// Refuses to call somebody whom staff keep apart from the writer.
pub(crate) fn must_not_call(tx: &mut Tx<'_>, writer: PersonId, called: &[PersonId]) -> Result<()> {
    for other in called {
        if store::are_apart(tx, writer, *other)? {
            let name = people::store::face_of(tx, *other)?.name;
            return Err(Error::forbidden(format!(
                "A moderator keeps you and {name} apart, so you cannot answer or mention each other. Write without it."
            )));
        }
    }
    Ok(())
}
