//! Acts on topics as a whole: slowing down, locking, moving.

use mainstreet_db::Tx;
use mainstreet_kernel::clock::MINUTE;
use mainstreet_kernel::id::{PersonId, TopicId};
use mainstreet_kernel::{Activity, Actor, Error, Kind, Result, Timestamp, Verb};
use serde_json::json;

use super::store;
use super::table::Flow;
use crate::calm;
use crate::topics::{self, SpaceName, Topic};

/// How a topic takes replies now.
pub(super) fn flow(tx: &mut Tx<'_>, topic: &Topic) -> Result<Flow> {
    if topic.closed_at.is_some() {
        return Ok(Flow::Locked);
    }
    Ok(if store::slow_of(tx, topic.id)?.is_some() { Flow::Slow } else { Flow::Open })
}

/// Says in the log how far apart replies must be.
pub(super) fn record_slow(
    tx: &mut Tx<'_>,
    actor: Actor,
    (topic, space): (&Topic, &SpaceName),
    every: Option<i64>,
) -> Result<()> {
    let activity = Activity::new(Verb::TopicSlowed, actor, topic.id, tx.now())
        .within(topic.id, topic.space)
        .to(topic.person)
        .seen_by(space.visibility);
    tx.record(&activity.with(json!({ "every": every })))
}

/// Opens the topics whose lock has ended; run it every minute. Answers how many.
pub fn open_ended(tx: &mut Tx<'_>) -> Result<usize> {
    let ended = store::locks_ended(tx)?;
    for topic in &ended {
        let (topic, _) = topics::store::hold(tx, *topic)?;
        open_if_ended(tx, &topic)?;
    }
    Ok(ended.len())
}

/// Opens a topic whose lock has ended; true when it did. The caller holds its row.
pub(crate) fn open_if_ended(tx: &mut Tx<'_>, topic: &Topic) -> Result<bool> {
    let now = tx.now();
    if store::lock_of(tx, topic.id)?.is_none_or(|until| until > now) {
        return Ok(false);
    }
    if topic.closed_at.is_some() {
        topics::reopen(tx, Actor::SYSTEM, topic.id)?;
    }
    forget_lock(tx, topic.id)?;
    Ok(true)
}

/// A topic that is open has no lock.
pub(crate) fn forget_lock(tx: &mut Tx<'_>, topic: TopicId) -> Result<()> {
    store::set_lock(tx, topic, None)
}

/// In a topic that is slowed down: how far apart one person's replies must be, in milliseconds, and from when on
/// `person` may write again, if they must wait now.
pub fn may_write_from(
    tx: &mut Tx<'_>,
    topic: TopicId,
    person: Option<PersonId>,
) -> Result<Option<(i64, Option<Timestamp>)>> {
    let slowed = store::slow_of(tx, topic)?;
    let calmed = calmed(tx, topic)?;
    let Some(every) = slowed.max(calmed) else { return Ok(None) };
    let last = match person {
        Some(person) => store::last_reply(tx, topic, person)?,
        None => None,
    };
    let now = tx.now();
    Ok(Some((every, last.map(|last| last.plus(every)).filter(|from| *from > now))))
}

/// How far apart calm mode keeps replies there, in milliseconds.
fn calmed(tx: &mut Tx<'_>, topic: TopicId) -> Result<Option<i64>> {
    let space = topics::store::find(tx, topic)?.space;
    Ok(calm::distance(tx, topic, space)?.map(|calm| calm.every))
}

/// Refuses a reply that comes too soon in a topic that is slowed down. Staff need not wait.
pub(crate) fn must_wait(tx: &mut Tx<'_>, actor: Actor, topic: &Topic, person: PersonId) -> Result<()> {
    if actor.role.is_staff() {
        return Ok(());
    }
    let Some((every, Some(from))) = may_write_from(tx, topic.id, Some(person))? else { return Ok(()) };
    let left = from.since(tx.now());
    let minutes = |length: i64| (length + MINUTE - 1) / MINUTE;
    let what = if calmed(tx, topic.id)? == Some(every) {
        "Calm mode is on here, with"
    } else {
        "This topic is slowed down to"
    };
    Err(Error::new(
        Kind::TooMany,
        format!("{what} one reply in {} min. You can reply again in {} min.", minutes(every), minutes(left)),
    ))
}

/// A length that a topic can be slowed down to. Errors: under ten seconds or over a day.
pub(super) fn checked(every: i64) -> Result<i64> {
    if (10_000..=24 * 60 * MINUTE).contains(&every) {
        Ok(every)
    } else {
        Err(Error::invalid("Slow a topic down to one reply in 10 seconds to 24 hours."))
    }
}
