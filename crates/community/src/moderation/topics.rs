//! Acts on topics as a whole: slowing down, locking, moving.

use mainstreet_db::Tx;
use mainstreet_kernel::clock::MINUTE;
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Activity, Actor, Error, Kind, Result, Verb};
use serde_json::json;

use super::store;
use super::table::Flow;
use crate::topics::{SpaceName, Topic};

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

/// Refuses a reply that comes too soon in a topic that is slowed down. Staff need not wait.
pub(crate) fn must_wait(tx: &mut Tx<'_>, actor: Actor, topic: &Topic, person: PersonId) -> Result<()> {
    if actor.role.is_staff() {
        return Ok(());
    }
    let Some(every) = store::slow_of(tx, topic.id)? else { return Ok(()) };
    let Some(last) = store::last_reply(tx, topic.id, person)? else { return Ok(()) };
    let left = every - tx.now().since(last);
    if left <= 0 {
        return Ok(());
    }
    let minutes = |length: i64| (length + MINUTE - 1) / MINUTE;
    Err(Error::new(
        Kind::TooMany,
        format!(
            "This topic is slowed down to one reply in {} min. You can reply again in {} min.",
            minutes(every),
            minutes(left)
        ),
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
