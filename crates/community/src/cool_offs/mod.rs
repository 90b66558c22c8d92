//! Cooling off: a member writes nothing in one topic for a while. Staff can ask for it, and so can members themselves.
//!
//! **Invariants.** A pause ends by itself. What staff imposed only staff lift; what a member asked for they may lift
//! themselves. It holds in that topic alone, and keeps nobody from reading.

mod store;

use mainstreet_db::Tx;
use mainstreet_kernel::clock::{DAY, MINUTE};
use mainstreet_kernel::id::{PersonId, TopicId};
use mainstreet_kernel::{Activity, Actor, Error, Result, Timestamp, Verb, Visibility};
use serde::{Deserialize, Serialize};
use serde_json::json;

pub(crate) use store::kept;
pub use store::{of, of_topic};

use crate::topics;

/// The longest pause.
pub const LONGEST: i64 = 30 * DAY;

/// A member's pause in a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoolOff {
    /// When it ends, in milliseconds since 1970.
    pub until: i64,
    /// Why.
    pub why: String,
    /// True when staff imposed it.
    pub by_staff: bool,
    /// Since when.
    pub at: i64,
}

impl CoolOff {
    /// When it ends.
    pub fn until(&self) -> Timestamp {
        Timestamp(self.until)
    }
}

/// A member pauses by their own wish. Errors: `Invalid` for a length out of range, `Conflict` when staff paused them.
pub fn ask(tx: &mut Tx<'_>, actor: Actor, topic: TopicId, until: Timestamp) -> Result<()> {
    let person = actor.person.ok_or_else(|| Error::forbidden("Sign in to do this."))?;
    check(tx, until)?;
    if store::of(tx, topic, person)?.is_some_and(|known| known.by_staff) {
        return Err(Error::conflict("A moderator paused you in this topic already."));
    }
    let own =
        CoolOff { until: until.0, why: "You asked for it.".to_owned(), by_staff: false, at: tx.now().0 };
    set(tx, actor, topic, person, Some(&own))
}

/// A member ends a pause that they asked for. Errors: `Forbidden` when staff imposed it; `Conflict` without one.
pub fn lift_own(tx: &mut Tx<'_>, actor: Actor, topic: TopicId) -> Result<()> {
    let person = actor.person.ok_or_else(|| Error::forbidden("Sign in to do this."))?;
    match store::of(tx, topic, person)? {
        Some(known) if known.by_staff => Err(Error::forbidden(
            "A moderator asked you to pause. You can appeal from the statement you got.",
        )),
        Some(_) => set(tx, actor, topic, person, None),
        None => Err(Error::conflict("You do not pause in this topic.")),
    }
}

/// A length that a pause can have.
pub(crate) fn check(tx: &Tx<'_>, until: Timestamp) -> Result<()> {
    if (5 * MINUTE..=LONGEST).contains(&until.since(tx.now())) {
        Ok(())
    } else {
        Err(Error::invalid("A pause lasts from 5 minutes to 30 days."))
    }
}

/// Writes or ends a pause, and says so in the log. The caller has asked for permission. Answers what was before.
pub(crate) fn put(
    tx: &mut Tx<'_>,
    actor: Actor,
    (topic, person): (TopicId, PersonId),
    to: Option<&CoolOff>,
) -> Result<Option<CoolOff>> {
    let before = store::kept(tx, topic, person)?;
    set(tx, actor, topic, person, to)?;
    Ok(before)
}

fn set(tx: &mut Tx<'_>, actor: Actor, topic: TopicId, person: PersonId, to: Option<&CoolOff>) -> Result<()> {
    let placed = topics::store::find(tx, topic)?;
    store::set(tx, topic, person, to)?;
    let activity = Activity::new(Verb::MemberCooledOff, actor, person, tx.now())
        .within(topic, placed.space)
        .seen_by(Visibility::Staff);
    tx.record(&activity.with(json!({ "until": to.map(|pause| pause.until) })))
}

/// Refuses a reply of somebody who pauses there.
pub(crate) fn must_not_pause(tx: &mut Tx<'_>, topic: TopicId, person: PersonId) -> Result<()> {
    let Some(pause) = store::of(tx, topic, person)? else { return Ok(()) };
    let until = crate::settings::spoken(tx, pause.until())?;
    let safe = if pause.by_staff {
        format!(
            "A moderator asked you to pause in this topic until {until}. Your notifications say why, and how to appeal."
        )
    } else {
        format!("You pause in this topic until {until}, as you wished. You can end that above the replies.")
    };
    Err(Error::forbidden(safe))
}
