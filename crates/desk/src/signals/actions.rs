//! Taking an item, handing it on, giving it back, putting it off.

use mainstreet_community::teams;
use mainstreet_db::Tx;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Actor, Error, Result, Role, Timestamp};

use super::model::{Act, LEASE, Sight, Signal, State};
use super::steps::{Change, change, check_move, person, take_up};
use super::store;
use crate::triage::spell;

/// The longest time an item can be put off.
const LONGEST_SNOOZE: i64 = 90 * DAY;

/// Takes an item for ten minutes; whatever its holder does to it renews them. Who holds it already only renews.
///
/// # Errors
/// `Conflict` naming who holds it or who was faster.
pub fn claim(tx: &mut Tx<'_>, actor: Actor, sight: Sight) -> Result<Signal> {
    let me = person(actor)?;
    let before = take_up(tx, actor, sight)?;
    super::appeals::may_take(tx, actor, &before)?;
    let now = tx.now();
    if before.state == State::InProgress && before.holder(now) == Some(me) {
        if before.lease_until.is_some() {
            store::renew(tx, before.id, now.plus(LEASE))?;
        }
        return Ok(before);
    }
    let mut after = before.clone();
    check_move(tx, actor, &mut after, State::InProgress)?;
    after.assignee = Some(me);
    after.lease_until = Some(now.plus(LEASE));
    change(tx, actor, &before, after, &Change::new(Act::Assigned, State::InProgress, ""))
}

/// Gives an item to somebody of the desk, who holds it until they hand it on. Managers may give any item,
/// moderators those that they hold.
///
/// # Errors
/// `Forbidden` for a moderator and an item that is not theirs, `Invalid` for a person outside the desk.
pub fn assign(tx: &mut Tx<'_>, actor: Actor, sight: Sight, to: PersonId) -> Result<Signal> {
    if actor.is(to) {
        return claim(tx, actor, sight);
    }
    let before = take_up(tx, actor, sight)?;
    let mine = before.holder(tx.now()).is_some_and(|holder| actor.is(holder));
    if !mine && actor.role < Role::Manager {
        return Err(Error::forbidden(
            "Moderators hand on only what they hold. Take the item first, or ask a manager.",
        ));
    }
    let role = store::role_of(tx, to)?.unwrap_or(Role::Member);
    if !teams::role_now(tx, to, role)?.is_staff() {
        return Err(Error::invalid(
            "Items are given to people who work in the desk. Choose a moderator or manager.",
        ));
    }
    let mut after = before.clone();
    check_move(tx, actor, &mut after, State::InProgress)?;
    after.assignee = Some(to);
    after.lease_until = None;
    let why = format!("given to {}", store::name_of(tx, to)?);
    change(tx, actor, &before, after, &Change::new(Act::Assigned, State::InProgress, &why))
}

/// Gives an item back to the pool.
pub fn release(tx: &mut Tx<'_>, actor: Actor, sight: Sight) -> Result<Signal> {
    let before = take_up(tx, actor, sight)?;
    let mut after = before.clone();
    check_move(tx, actor, &mut after, State::Triaged)?;
    after.assignee = None;
    change(tx, actor, &before, after, &Change::new(Act::Released, State::Triaged, "back to everybody"))
}

/// Puts an item off until a time. It comes back then, or when something new happens.
///
/// # Errors
/// `Invalid` for a time that is past or further than 90 days; `Conflict` for an urgent or legal item.
pub fn snooze(tx: &mut Tx<'_>, actor: Actor, sight: Sight, until: Timestamp) -> Result<Signal> {
    let before = take_up(tx, actor, sight)?;
    let away = until.since(tx.now());
    if away <= 0 {
        return Err(Error::invalid("That time has passed. Choose one that is still to come."));
    }
    if away > LONGEST_SNOOZE {
        return Err(Error::invalid("An item can be put off for 90 days at most."));
    }
    let mut after = before.clone();
    check_move(tx, actor, &mut after, State::Snoozed)?;
    after.snoozed_until = Some(until);
    let why = format!("for {}", spell(away));
    change(tx, actor, &before, after, &Change::new(Act::Snoozed, State::Snoozed, &why))
}
