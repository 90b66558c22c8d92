//! How every change of an item is made: seen version, allowed move, saved row, history, log.

use mainstreet_db::Tx;
use mainstreet_kernel::id::{EntryId, PersonId};
use mainstreet_kernel::{Activity, Actor, Error, Result, Verb, Visibility};
use serde_json::json;

use super::model::{Act, LEASE, Sight, Signal, State};
use super::rules;
use super::store::{self, NewStep};
use crate::triage::{self, spell};

/// A change about to be made.
pub(crate) struct Change<'a> {
    pub act: Act,
    pub to: State,
    pub why: &'a str,
    pub object: Option<i64>,
    pub undo: bool,
}

impl<'a> Change<'a> {
    /// A step that can be taken back.
    pub(crate) fn new(act: Act, to: State, why: &'a str) -> Self {
        Self { act, to, why, object: None, undo: true }
    }

    /// A step of Mainstreet itself, or one that stays.
    pub(crate) fn lasting(act: Act, to: State, why: &'a str) -> Self {
        Self { undo: false, ..Self::new(act, to, why) }
    }

    /// It is about this post, note, escalation or item.
    pub(crate) fn about(self, object: i64) -> Self {
        Self { object: Some(object), ..self }
    }
}

/// The item, locked for a change, if it still is as the actor saw it.
///
/// # Errors
/// `Forbidden` for those who do not work in the desk, `NotFound`, and `Conflict` naming who was faster.
pub(crate) fn take_up(tx: &mut Tx<'_>, actor: Actor, sight: Sight) -> Result<Signal> {
    rules::may_work(actor)?;
    let signal = store::find_for_update(tx, sight.id)?
        .ok_or_else(|| Error::not_found("There is no such item in the inbox."))?;
    rules::must_cover(tx, actor, &signal)?;
    match sight.version {
        Some(version) if version != signal.version => Err(overtaken(tx, actor, &signal)?),
        _ => Ok(signal),
    }
}

fn overtaken(tx: &mut Tx<'_>, actor: Actor, signal: &Signal) -> Result<Error> {
    let Some(step) = store::last_step(tx, signal.id)? else {
        return Ok(Error::conflict("This item has changed. Look again, then decide."));
    };
    let ago = spell(tx.now().since(step.at));
    let who = match (step.actor, step.actor_name.as_deref()) {
        (Some(person), _) if actor.is(person) => "You".to_owned(),
        (Some(_), Some(name)) => name.to_owned(),
        _ => {
            return Ok(Error::conflict(format!(
                "Something new happened here {ago} ago: {} Look again, then decide.",
                sentence(&step.why)
            )));
        }
    };
    let did = match step.act {
        Act::Assigned if step.actor == signal.assignee => "took this item",
        Act::Assigned => "handed this item on",
        Act::Released => "gave this item back",
        Act::Replied => "answered",
        Act::Triaged => "changed its labels",
        Act::Noted => "wrote a note",
        Act::Snoozed => "put this item off",
        Act::Escalated => "asked an owner",
        Act::Resolved => "resolved this item",
        Act::Reopened => "reopened this item",
        Act::Dismissed => "dismissed this item",
        Act::Merged => "merged this item into another",
        _ => "changed this item",
    };
    Ok(Error::conflict(format!("{who} {did} {ago} ago. Look again, then decide.")))
}

fn sentence(why: &str) -> String {
    let why = why.trim();
    if why.is_empty() || why.ends_with(['.', '!', '?']) { why.to_owned() } else { format!("{why}.") }
}

/// May `actor` make this move? An item that nobody works on becomes theirs in passing.
pub(crate) fn check_move(tx: &mut Tx<'_>, actor: Actor, signal: &mut Signal, to: State) -> Result<()> {
    let now = tx.now();
    rules::may_move(actor, signal, to, now, |person| store::name_of(tx, person))?;
    if let Some(person) = actor.person
        && signal.holder(now).is_none()
    {
        signal.assignee = Some(person);
        signal.lease_until = Some(now);
    }
    Ok(())
}

/// Saves `after`, writes the step and the activity.
pub(crate) fn change(
    tx: &mut Tx<'_>,
    actor: Actor,
    before: &Signal,
    mut after: Signal,
    change: &Change<'_>,
) -> Result<Signal> {
    after.state = change.to;
    after.touched_at = tx.now();
    if after.state != State::Snoozed {
        after.snoozed_until = None;
    }
    after.lease_until = match after.lease_until {
        Some(_) if after.state == State::InProgress => Some(tx.now().plus(LEASE)),
        _ => None,
    };
    if !store::save(tx, &after)? {
        return Err(overtaken(tx, actor, before)?);
    }
    after.version += 1;
    let step = store::add_step(
        tx,
        &NewStep {
            signal: after.id,
            act: change.act,
            actor: actor.person,
            from: before.state,
            to: after.state,
            why: change.why,
            object: change.object,
            version: after.version,
            before: change.undo.then_some(before),
        },
    )?;
    record(tx, actor, before, &after, change, step)?;
    Ok(after)
}

fn record(
    tx: &mut Tx<'_>,
    actor: Actor,
    before: &Signal,
    after: &Signal,
    change: &Change<'_>,
    step: EntryId,
) -> Result<()> {
    let Some(verb) = verb(change.act, before.state != after.state) else { return Ok(()) };
    let mut props = json!({
        "kind": after.kind, "from": before.state, "to": after.state, "step": step,
        "urgency": after.assessment.urgency.is, "owner": after.assessment.owner.is, "post": after.post.0,
    });
    if let (Some(map), Some(outcome)) = (props.as_object_mut(), after.outcome) {
        map.insert("outcome".to_owned(), json!(outcome));
        map.insert("told_back".to_owned(), json!(after.told_back));
    }
    let mut activity = signal_activity(tx, verb, actor, after).with(props);
    if verb == Verb::SignalAssigned
        && let Some(person) = after.assignee
    {
        activity = activity.to(person);
    }
    tx.record(&activity)
}

/// An activity about an item: its conversation, its person, seen by staff only.
pub(crate) fn signal_activity(tx: &Tx<'_>, verb: Verb, actor: Actor, signal: &Signal) -> Activity {
    let activity =
        Activity::new(verb, actor, signal.id, tx.now()).to(signal.person).seen_by(Visibility::Staff);
    if signal.is_about_member() { activity } else { activity.within(signal.topic, signal.space) }
}

fn verb(act: Act, moved: bool) -> Option<Verb> {
    match act {
        Act::Opened => Some(Verb::SignalOpened),
        Act::Triaged => Some(Verb::SignalTriaged),
        Act::Assigned => Some(Verb::SignalAssigned),
        Act::Replied => Some(Verb::SignalReplied),
        Act::Noted => Some(Verb::SignalNoted),
        Act::Escalated => Some(Verb::SignalEscalated),
        Act::Resolved => Some(Verb::SignalResolved),
        Act::Undone => Some(Verb::SignalUndone),
        Act::Released | Act::Snoozed | Act::Woke | Act::OwnerAnswered | Act::Reopened | Act::Dismissed => {
            Some(Verb::SignalMoved)
        }
        Act::Merged | Act::Closed => Some(Verb::SignalMoved),
        Act::Judged => Some(Verb::SignalMoved),
        Act::Joined | Act::Heard => moved.then_some(Verb::SignalMoved),
    }
}

/// When the next response is due, counted from now.
pub(crate) fn due_from_now(tx: &mut Tx<'_>, signal: &Signal) -> Result<mainstreet_kernel::Timestamp> {
    let clocks = triage::clocks(tx)?;
    Ok(clocks.due(tx.now(), signal.assessment.urgency.is))
}

/// The person behind an actor.
pub(crate) fn person(actor: Actor) -> Result<PersonId> {
    actor.person.ok_or_else(|| Error::invalid("Only a person can do this."))
}
