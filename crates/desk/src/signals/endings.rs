//! How an item ends, and how it comes back.

use mainstreet_db::Tx;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::SignalId;
use mainstreet_kernel::{Actor, Error, Result};

use super::model::{Act, Cause, Dismissal, Outcome, Sight, Signal, State};
use super::steps::{Change, change, check_move, due_from_now, take_up};
use super::store;
use crate::judgement::{self, End};

/// Two merged items can be parted within this time.
const PART_TIME: i64 = 30 * DAY;
/// The longest reason, in characters.
const LONGEST_WHY: usize = 1_000;

fn reason(why: &str) -> Result<String> {
    let why = why.trim().to_owned();
    if why.chars().count() > LONGEST_WHY {
        return Err(Error::invalid("Say it in 1000 characters or fewer."));
    }
    Ok(why)
}

/// Ends an item with an outcome. `told_back` says that the member knows. The flags behind it are decided by the
/// outcome: *moderated* upholds them, anything else clears them.
///
/// # Errors
/// `Invalid` when the outcome needs words and has none; `Conflict` when nobody has answered what is said to be
/// answered, or the move is refused.
pub fn resolve(
    tx: &mut Tx<'_>,
    actor: Actor,
    sight: Sight,
    outcome: Outcome,
    why: &str,
    told_back: bool,
) -> Result<Signal> {
    let why = reason(why)?;
    if why.is_empty() && matches!(outcome, Outcome::NoAction | Outcome::Duplicate) {
        return Err(Error::invalid(match outcome {
            Outcome::Duplicate => "Say which item or topic deals with it.",
            _ => "Say why nothing needed doing. The next person will want to know.",
        }));
    }
    if !Outcome::CHOSEN.contains(&outcome) {
        return Err(Error::invalid("This outcome comes of a held post or an appeal. Choose another one."));
    }
    let before = take_up(tx, actor, sight)?;
    let mut after = before.clone();
    check_move(tx, actor, &mut after, State::Resolved)?;
    nothing_left(tx, &before)?;
    if outcome == Outcome::Answered && before.first_response_at.is_none() {
        return Err(Error::conflict("Nobody has answered yet. Reply first, or choose another outcome."));
    }
    let judged = super::flags::decide(tx, actor, before.id, outcome == Outcome::Moderated)?;
    teach(tx, actor, &before, End::of(outcome))?;
    end(&mut after, tx, outcome, &why, told_back);
    let text =
        if why.is_empty() { outcome.label().to_owned() } else { format!("{}: {why}", outcome.label()) };
    let done = Change { undo: !judged, ..Change::new(Act::Resolved, State::Resolved, &text) };
    change(tx, actor, &before, after, &done)
}

/// The reading learns from how an item ends, where that says something of it.
pub(super) fn teach(tx: &mut Tx<'_>, actor: Actor, signal: &Signal, end: Option<End>) -> Result<()> {
    let (Some(end), Some(person)) = (end, actor.person) else { return Ok(()) };
    judgement::decided(tx, signal, person, end)
}

/// Refuses to end an item while a member waits in it for a decision of its own.
fn nothing_left(tx: &mut Tx<'_>, signal: &Signal) -> Result<()> {
    let causes = store::live_causes(tx, signal.id)?;
    if causes.contains(&Cause::Approval) {
        return Err(Error::conflict("A held post waits here. Publish or reject it, then the item ends."));
    }
    if causes.contains(&Cause::Appeal) {
        return Err(Error::conflict("An appeal waits here. Decide it, then the item ends."));
    }
    Ok(())
}

/// Mainstreet ends an item because of what happened.
pub(super) fn resolve_by_itself(
    tx: &mut Tx<'_>,
    before: &Signal,
    outcome: Outcome,
    why: &str,
    told_back: bool,
) -> Result<Signal> {
    let mut after = before.clone();
    end(&mut after, tx, outcome, why, told_back);
    change(tx, Actor::SYSTEM, before, after, &Change::lasting(Act::Resolved, State::Resolved, why))
}

fn end(after: &mut Signal, tx: &Tx<'_>, outcome: Outcome, why: &str, told_back: bool) {
    after.outcome = Some(outcome);
    after.outcome_why = why.to_owned();
    after.told_back = told_back;
    after.resolved_at = Some(tx.now());
    after.due_at = None;
}

/// Not for us. *Spam* upholds the flags behind it, *not for us* clears them.
pub fn dismiss(tx: &mut Tx<'_>, actor: Actor, sight: Sight, as_: Dismissal, why: &str) -> Result<Signal> {
    let why = reason(why)?;
    let before = take_up(tx, actor, sight)?;
    let mut after = before.clone();
    check_move(tx, actor, &mut after, State::Dismissed)?;
    nothing_left(tx, &before)?;
    let judged = super::flags::decide(tx, actor, before.id, as_ == Dismissal::Spam)?;
    let end = if as_ == Dismissal::Spam { End::Spam } else { End::Stands };
    teach(tx, actor, &before, Some(end))?;
    after.due_at = None;
    after.resolved_at = Some(tx.now());
    after.outcome_why = why.clone();
    let word = if as_ == Dismissal::Spam { "spam" } else { "not for us" };
    let text = if why.is_empty() { word.to_owned() } else { format!("{word}: {why}") };
    let done = Change { undo: !judged, ..Change::new(Act::Dismissed, State::Dismissed, &text) };
    change(tx, actor, &before, after, &done)
}

/// The matter goes into another open item, with all its causes. [`reopen`] parts the two again within 30 days.
///
/// # Errors
/// `Invalid` for an item and itself; `Conflict` when the other one is not open.
pub fn merge(tx: &mut Tx<'_>, actor: Actor, sight: Sight, into: SignalId) -> Result<Signal> {
    if sight.id == into {
        return Err(Error::invalid("An item cannot be merged into itself. Choose another one."));
    }
    let before = take_up(tx, actor, sight)?;
    let mut after = before.clone();
    check_move(tx, actor, &mut after, State::Merged)?;
    let target = take_up(tx, actor, Sight { id: into, version: None })?;
    if !target.state.is_open() {
        return Err(Error::conflict("That item has ended. Choose an open one, or reopen it first."));
    }
    store::move_causes(tx, before.id, into)?;
    after.merged_into = Some(into);
    after.due_at = None;
    let text = format!("into “{}”", target.title);
    let merged = Change::new(Act::Merged, State::Merged, &text).about(into.0);
    let after = change(tx, actor, &before, after, &merged)?;
    take_in(tx, actor, &target, &before)?;
    Ok(after)
}

/// The other item takes the matter of `from` in, with the shorter of both clocks.
fn take_in(tx: &mut Tx<'_>, actor: Actor, target: &Signal, from: &Signal) -> Result<()> {
    let mut grown = target.clone();
    grown.kind = target.kind.max(from.kind);
    grown.due_at = match (target.due_at, from.due_at) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    grown.assessment = super::opening::reassessed(tx, &grown)?;
    let text = format!("“{}” was merged into this", from.title);
    let done = Change::lasting(Act::Joined, target.state, &text).about(from.id.0);
    change(tx, actor, target, grown, &done).map(drop)
}

/// Brings a resolved item back, or parts a merged one from the other. Its clock starts anew.
///
/// # Errors
/// `Conflict` when the matter is open already in another item, or was merged too long ago.
pub fn reopen(tx: &mut Tx<'_>, actor: Actor, sight: Sight, why: &str) -> Result<Signal> {
    let why = reason(why)?;
    let before = take_up(tx, actor, sight)?;
    let mut after = before.clone();
    super::rules::may_move(actor, &before, State::Triaged, tx.now(), |person| store::name_of(tx, person))?;
    if before.state.is_open() {
        return Err(Error::conflict("This item is open already."));
    }
    if before.state == State::Merged {
        if tx.now().since(before.touched_at) > PART_TIME {
            return Err(Error::conflict("These two were merged more than 30 days ago and stay together."));
        }
        store::return_causes(tx, before.id)?;
    }
    come_back(tx, &mut after)?;
    let text = if why.is_empty() { "reopened".to_owned() } else { why };
    change(tx, actor, &before, after, &Change::new(Act::Reopened, State::Triaged, &text))
}

/// Mainstreet brings an item back because of what happened.
pub(super) fn reopen_by_itself(tx: &mut Tx<'_>, before: &Signal, why: &str, object: i64) -> Result<Signal> {
    let mut after = before.clone();
    come_back(tx, &mut after)?;
    let done = Change::lasting(Act::Reopened, State::Triaged, why).about(object);
    change(tx, Actor::SYSTEM, before, after, &done)
}

fn come_back(tx: &mut Tx<'_>, after: &mut Signal) -> Result<()> {
    refuse_second(tx, after)?;
    after.reopened += 1;
    after.outcome = None;
    after.outcome_why = String::new();
    after.told_back = false;
    after.resolved_at = None;
    after.merged_into = None;
    after.due_at = Some(due_from_now(tx, after)?);
    Ok(())
}

/// There is one open item for each matter.
pub(super) fn refuse_second(tx: &mut Tx<'_>, signal: &Signal) -> Result<()> {
    let others = store::open_of_topic(tx, signal.topic)?;
    if others.iter().any(|other| other.id != signal.id && other.anchor == signal.anchor) {
        return Err(Error::conflict("This matter is open already in another item. Work on that one."));
    }
    Ok(())
}

/// True when something graver than a question stands behind an item.
pub(super) fn needs_judgement(causes: &[Cause]) -> bool {
    causes.iter().any(|cause| {
        matches!(
            cause,
            Cause::Review
                | Cause::Rule
                | Cause::Flag
                | Cause::Harm
                | Cause::Conflict
                | Cause::Approval
                | Cause::Appeal
        )
    })
}
