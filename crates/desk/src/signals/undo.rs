//! Taking a step back.

use mainstreet_community::posts;
use mainstreet_db::Tx;
use mainstreet_kernel::id::EntryId;
use mainstreet_kernel::{Actor, Error, Result, Timestamp};

use super::endings::refuse_second;
use super::model::{Act, Signal, State, Step, UNDO_TIME};
use super::steps::{Change, change};
use super::{rules, store};
use crate::{escalations, judgement};

/// May `actor` take back `step`? `last` is the last step of the item that still stands.
///
/// # Errors
/// `Conflict` with a sentence saying why not.
pub fn may_undo(actor: Actor, step: &Step, last: Option<&Step>, now: Timestamp) -> Result<()> {
    let refuse = |why: String| Err(Error::conflict(why));
    if step.undone_at.is_some() {
        return refuse("This step has been undone already.".to_owned());
    }
    if step.actor.is_none() || actor.person != step.actor {
        let name = step.actor_name.as_deref().unwrap_or("Mainstreet");
        return refuse(format!("{name} did this. People take back only what they did themselves."));
    }
    if step.before.is_none() {
        return refuse("This step cannot be taken back. Do the opposite instead.".to_owned());
    }
    if now.since(step.at) > UNDO_TIME {
        return refuse("A step can be taken back for 15 minutes. Do the opposite instead.".to_owned());
    }
    match last {
        Some(last) if last.id != step.id => {
            let name = last.actor_name.as_deref().unwrap_or("Mainstreet");
            refuse(format!("{name} has acted on this item since. Look at the history, then decide."))
        }
        _ => Ok(()),
    }
}

/// Takes a step back: the item stands as it did before, and what came with the step goes: the note, the question
/// to the owner, the merge. An answer is deleted from the conversation.
///
/// # Errors
/// `Conflict` when it is not the actor's own step, not the last one, or too long ago.
pub fn undo(tx: &mut Tx<'_>, actor: Actor, step: EntryId) -> Result<Signal> {
    rules::may_work(actor)?;
    let gone = || Error::not_found("There is no such step.");
    let step = store::find_step(tx, step)?.ok_or_else(gone)?;
    let now_is = store::find_for_update(tx, step.signal)?.ok_or_else(gone)?;
    let last = store::last_step(tx, step.signal)?;
    may_undo(actor, &step, last.as_ref(), tx.now())?;
    let Some(before) = step.before.as_deref() else { return Err(gone()) };
    let mut after = before.clone();
    after.version = now_is.version;
    after.lease_until = before.lease_until.filter(|_| before.state == State::InProgress);
    if before.state.is_open() && !now_is.state.is_open() {
        refuse_second(tx, &after)?;
    }
    take_back(tx, actor, &step)?;
    if let Some(person) = actor.person {
        judgement::withdraw(tx, step.signal, person, step.at)?;
    }
    store::unsettle(tx, step.signal, step.at)?;
    let now = tx.now();
    store::mark_undone(tx, step.id, now)?;
    let why = format!("took back: {}", step.act.as_str().replace('_', " "));
    let undone = Change::lasting(Act::Undone, before.state, &why).about(step.id.0);
    change(tx, actor, &now_is, after, &undone)
}

fn take_back(tx: &mut Tx<'_>, actor: Actor, step: &Step) -> Result<()> {
    let now = tx.now();
    match (step.act, step.object) {
        (Act::Noted, Some(note)) => store::withdraw_note(tx, EntryId(note), now),
        (Act::Replied, Some(post)) => posts::delete(tx, actor, mainstreet_kernel::id::PostId(post)).map(drop),
        (Act::Escalated, Some(escalation)) => escalations::withdraw(tx, EntryId(escalation)),
        (Act::Merged, _) => store::return_causes(tx, step.signal),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use mainstreet_kernel::Role;
    use mainstreet_kernel::clock::MINUTE;
    use mainstreet_kernel::id::{PersonId, SignalId};

    use super::*;

    fn step(id: i64, actor: i64, at: i64) -> Step {
        Step {
            id: EntryId(id),
            signal: SignalId(1),
            act: Act::Released,
            actor: Some(PersonId(actor)),
            actor_name: Some("Max".to_owned()),
            from: State::InProgress,
            to: State::Triaged,
            why: String::new(),
            object: None,
            before: None,
            at: Timestamp(at * MINUTE),
            undone_at: None,
        }
    }

    #[test]
    fn refusals_say_why() {
        let max = Actor::signed_in(PersonId(1), Role::Moderator);
        let ada = Actor::signed_in(PersonId(2), Role::Owner);
        let mine = step(1, 1, 0);
        let check = |actor, step: &Step, last: Option<&Step>, minute: i64, part: &str| {
            let refused = may_undo(actor, step, last, Timestamp(minute * MINUTE));
            assert!(refused.is_err_and(|error| error.safe.contains(part)), "{part}");
        };
        check(ada, &mine, None, 1, "Max did this");
        check(max, &mine, None, 1, "Do the opposite");
        check(max, &Step { undone_at: Some(Timestamp(1)), ..mine.clone() }, None, 1, "already");
    }
}
