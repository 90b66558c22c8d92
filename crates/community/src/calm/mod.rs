//! Calm: for a while, in one place, replies keep a distance and what new accounts write is looked at first.
//!
//! There are two kinds. *Calm mode* cools a heated topic, a space or the whole community down; a person turns it on.
//! *Raid mode* holds everywhere, and Mainstreet may turn it on by itself when accounts or posts come much faster than
//! they ever do. Both end by themselves, say to every reader why and until when, and can be ended by hand.
//!
//! **Invariants.** In one place there is at most one of each kind. Nothing here outlives its end, whether or not a
//! sweep has noted it. Staff are not slowed down or looked at. What was written stays: ending it brings nothing back
//! and takes nothing away.

mod model;
mod store;

use mainstreet_db::Tx;
use mainstreet_kernel::clock::{DAY, MINUTE};
use mainstreet_kernel::id::{CalmId, PersonId, SpaceId, TopicId};
use mainstreet_kernel::{Activity, Actor, Error, Result, Role, Verb, Visibility};
use serde_json::json;

pub use model::{Calm, Kind, NewCalm, Place};
pub use store::{find, holding, list};

use crate::moderation::{must_cover, spaces_of};
use crate::{accounts, guidelines, spaces, topics};

/// The longest that it may last.
pub const LONGEST: i64 = 7 * DAY;

/// Turns it on. Errors: `Forbidden` for those who may not, `Invalid` for a mistake, `Conflict` when it is on there
/// already or no guidelines hold.
pub fn start(tx: &mut Tx<'_>, actor: Actor, new: &NewCalm) -> Result<Calm> {
    may(tx, actor, new.kind, new.place)?;
    check(tx, new)?;
    let version = cited(tx, actor, &new.clause)?;
    store::note_ends(tx)?;
    let id = store::insert(tx, actor, new, version)?.ok_or_else(|| {
        Error::conflict(
            "It is on there already: somebody else turned it on a moment ago. End it first to change it.",
        )
    })?;
    let calm = find(tx, id)?;
    record(tx, actor, Verb::CalmStarted, &calm)?;
    Ok(calm)
}

/// Ends it before its time. Errors: `Forbidden`, `Invalid` without a reason, `Conflict` when it is over.
pub fn end(tx: &mut Tx<'_>, actor: Actor, id: CalmId, why: &str) -> Result<Calm> {
    let calm = find(tx, id)?;
    may(tx, actor, calm.kind, calm.place)?;
    let why = why.trim();
    if why.is_empty() || why.chars().count() > 500 {
        return Err(Error::invalid("Say in at most 500 characters why it ends. It stays in the log."));
    }
    store::end(tx, actor, id, why)?;
    let calm = find(tx, id)?;
    record(tx, actor, Verb::CalmEnded, &calm)?;
    Ok(calm)
}

/// Notes those whose time is over. Answers how many.
pub fn expire(tx: &mut Tx<'_>) -> Result<usize> {
    let over = store::note_ends(tx)?;
    for id in &over {
        let calm = find(tx, *id)?;
        record(tx, Actor::SYSTEM, Verb::CalmEnded, &calm)?;
    }
    Ok(over.len())
}

/// Those that hold in a topic of `space`, the nearest first: of the topic, of its space, everywhere.
pub fn on(tx: &mut Tx<'_>, topic: Option<TopicId>, space: SpaceId) -> Result<Vec<Calm>> {
    let mut found = holding(tx)?;
    found.retain(|calm| match calm.place {
        Place::Topic(id) => topic == Some(id),
        Place::Space(id) => id == space,
        Place::Site => true,
    });
    found.sort_by_key(|calm| calm.place.width());
    Ok(found)
}

/// True while raid mode is on.
pub fn raid(tx: &mut Tx<'_>) -> Result<Option<Calm>> {
    Ok(holding(tx)?.into_iter().find(|calm| calm.kind == Kind::Raid))
}

/// The longest distance that must lie between two replies of a person there, and which one says so.
pub(crate) fn distance(tx: &mut Tx<'_>, topic: TopicId, space: SpaceId) -> Result<Option<Calm>> {
    Ok(on(tx, Some(topic), space)?.into_iter().filter(|calm| calm.every > 0).max_by_key(|calm| calm.every))
}

/// The one because of which what `person` writes there is looked at first. People of the team are not new.
pub(crate) fn looks_first(
    tx: &mut Tx<'_>,
    actor: Actor,
    person: PersonId,
    topic: Option<TopicId>,
    space: SpaceId,
) -> Result<Option<Calm>> {
    if actor.role.is_staff() {
        return Ok(None);
    }
    let now = tx.now();
    let all = on(tx, topic, space)?;
    if all.is_empty() {
        return Ok(None);
    }
    let age = accounts::find(tx, person).map(|member| now.since(member.created_at)).unwrap_or(i64::MAX);
    Ok(all.into_iter().find(|calm| age < calm.newer_than))
}

/// Who may: those who moderate there; everywhere those who are kept to no space. Raid mode Mainstreet may too.
fn may(tx: &mut Tx<'_>, actor: Actor, kind: Kind, place: Place) -> Result<()> {
    let Some(person) = actor.person else {
        if kind == Kind::Raid && place == Place::Site {
            return Ok(());
        }
        return Err(Error::forbidden("A person turns calm mode on."));
    };
    if !actor.role.is_staff() {
        return Err(Error::forbidden("Only moderators can do that."));
    }
    match place {
        Place::Topic(id) => {
            let topic = topics::store::find(tx, id)?;
            must_cover(tx, actor, topic.space)
        }
        Place::Space(id) => must_cover(tx, actor, id),
        Place::Site if actor.role == Role::Moderator && !spaces_of(tx, person)?.is_empty() => {
            Err(Error::forbidden("You moderate some spaces only. Ask a manager to do it everywhere."))
        }
        Place::Site => Ok(()),
    }
}

fn check(tx: &mut Tx<'_>, new: &NewCalm) -> Result<()> {
    let why = new.why.trim();
    if why.is_empty() || why.chars().count() > 500 {
        return Err(Error::invalid("Say why in at most 500 characters. Everybody there reads it."));
    }
    let length = new.until.since(tx.now());
    if !(5 * MINUTE..=LONGEST).contains(&length) {
        return Err(Error::invalid("Let it last from 5 minutes to 7 days. You can end it sooner."));
    }
    if new.every != 0 && !(10_000..=DAY).contains(&new.every) {
        return Err(Error::invalid("Let replies of a person be 10 seconds to 24 hours apart, or 0."));
    }
    if !(0..=365 * DAY).contains(&new.newer_than) {
        return Err(Error::invalid("An account is new for 0 to 365 days."));
    }
    if new.every == 0 && new.newer_than == 0 {
        return Err(Error::invalid(
            "Slow replies down, or look at new accounts first: it must do something.",
        ));
    }
    if new.kind == Kind::Raid && new.place != Place::Site {
        return Err(Error::invalid("Raid mode holds everywhere. Use calm mode for one place."));
    }
    match new.place {
        Place::Topic(id) => topics::store::find(tx, id).map(drop),
        Place::Space(id) => spaces::store::find(tx, id).map(drop),
        Place::Site => Ok(()),
    }
}

/// The version of the guidelines that holds, which has the clause. Raid mode by Mainstreet works without guidelines.
fn cited(tx: &mut Tx<'_>, actor: Actor, clause: &str) -> Result<i64> {
    match guidelines::holds(tx)? {
        Some(version) if version.clause(clause).is_some() => Ok(version.number),
        Some(version) if actor.person.is_none() => Ok(version.number),
        None if actor.person.is_none() => Ok(0),
        Some(_) => Err(Error::invalid("Choose the clause of the guidelines that this is about.")),
        None => Err(Error::conflict(
            "No guidelines are published, so there is no clause to cite. A manager can publish a starter set.",
        )),
    }
}

fn record(tx: &mut Tx<'_>, actor: Actor, verb: Verb, calm: &Calm) -> Result<()> {
    let mut activity = Activity::new(verb, actor, calm.id, tx.now()).with(json!({
        "kind": calm.kind.as_str(), "place": calm.place.as_str(), "until": calm.until.0, "every": calm.every,
        "newer_than": calm.newer_than, "why": calm.why, "clause": calm.clause,
    }));
    match calm.place {
        Place::Topic(id) => {
            let (topic, space) = topics::store::find_placed(tx, id)?;
            activity = activity.within(id, topic.space).seen_by(space.visibility);
        }
        Place::Space(id) => {
            activity.space = Some(id);
            activity.visibility = spaces::store::find(tx, id)?.visibility;
        }
        Place::Site => activity.visibility = Visibility::Public,
    }
    tx.record(&activity)
}
