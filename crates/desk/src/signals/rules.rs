//! Which state may follow which, who may do it, and why not.

use mainstreet_community::moderation;
use mainstreet_db::Tx;
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Actor, Error, Result, Role, Timestamp};

use super::model::{Signal, State};
use crate::triage::Urgency;

/// Who may make a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Only what happens in the community, or a clock.
    System,
    /// Moderators and above.
    Staff,
    /// Whoever works on it; an item that nobody works on is taken in passing.
    Holder,
    /// The same, or a manager whoever holds it.
    HolderOrManager,
}

use State::{
    Closed, Dismissed, InProgress, Merged, New, Resolved, Snoozed, Triaged, WaitingMember, WaitingOwner,
};

/// Every move there is: from, to, who. What is not here is refused.
pub const MOVES: &[(State, &[State], Who)] = &[
    (New, &[Triaged, InProgress], Who::Staff),
    (Triaged, &[InProgress], Who::Staff),
    (InProgress, &[InProgress, Triaged], Who::HolderOrManager),
    (WaitingMember, &[Triaged, InProgress], Who::HolderOrManager),
    (WaitingOwner, &[Triaged, InProgress], Who::HolderOrManager),
    (Snoozed, &[Triaged, InProgress], Who::HolderOrManager),
    (New, &[WaitingMember], Who::Holder),
    (Triaged, &[WaitingMember], Who::Holder),
    (InProgress, &[WaitingMember], Who::Holder),
    (WaitingMember, &[WaitingMember], Who::Holder),
    (WaitingOwner, &[WaitingMember], Who::Holder),
    (Snoozed, &[WaitingMember], Who::Holder),
    (New, &[WaitingOwner, Snoozed, Resolved, Merged], Who::HolderOrManager),
    (Triaged, &[WaitingOwner, Snoozed, Resolved, Merged], Who::HolderOrManager),
    (InProgress, &[WaitingOwner, Snoozed, Resolved, Merged], Who::HolderOrManager),
    (WaitingMember, &[WaitingOwner, Snoozed, Resolved, Merged], Who::HolderOrManager),
    (WaitingOwner, &[WaitingOwner, Snoozed, Resolved, Merged], Who::HolderOrManager),
    (Snoozed, &[WaitingOwner, Snoozed, Resolved, Merged], Who::HolderOrManager),
    (New, &[Dismissed], Who::Staff),
    (Triaged, &[Dismissed], Who::Staff),
    (InProgress, &[Dismissed], Who::HolderOrManager),
    (WaitingMember, &[Dismissed], Who::HolderOrManager),
    (WaitingOwner, &[Dismissed], Who::HolderOrManager),
    (Snoozed, &[Dismissed], Who::HolderOrManager),
    (Resolved, &[Triaged], Who::Staff),
    (Resolved, &[Closed], Who::System),
    (Merged, &[Triaged], Who::Staff),
];

/// Who may move an item `from` one state `to` another, or a sentence why nobody may.
pub fn who_may(from: State, to: State) -> Result<Who, &'static str> {
    MOVES
        .iter()
        .find(|(start, ends, _)| *start == from && ends.contains(&to))
        .map(|(_, _, who)| *who)
        .ok_or_else(|| refusal(from, to))
}

fn refusal(from: State, to: State) -> &'static str {
    match (from, to) {
        (Closed, _) => {
            "This item is closed and does not change. When something new happens, a new item follows it."
        }
        (Dismissed, _) => {
            "This item was dismissed. Undo that within 15 minutes; after that only something new opens an item."
        }
        (Merged, _) => "This item's matter went into another one. Part the two first, then act.",
        (Resolved, Resolved) => "This item is resolved already. Reopen it to give it another outcome.",
        (Resolved, _) => "This item is resolved. Reopen it first, then act.",
        (_, New) => "An item is new only once.",
        (_, Closed) => {
            "Only resolved items are closed, by themselves after 7 days. Resolve this one with an outcome."
        }
        (Triaged, Triaged) => "This item is triaged already. Correct single labels instead.",
        _ => "An item does not go from where this one stands to there.",
    }
}

/// May `actor` make this move now? `names` tells the name of a person for the refusal.
///
/// # Errors
/// `Forbidden` for those who do not work in the desk; `Conflict` with a sentence that says why and what to do.
pub fn may_move(
    actor: Actor,
    signal: &Signal,
    to: State,
    now: Timestamp,
    name: impl FnOnce(PersonId) -> Result<String>,
) -> Result<()> {
    let who = who_may(signal.state, to).map_err(Error::conflict)?;
    if actor.person.is_none() {
        return Ok(());
    }
    may_work(actor)?;
    if who == Who::System {
        return Err(Error::conflict("This happens by itself; nobody needs to do it."));
    }
    if to == Snoozed && signal.assessment.urgency.is == Urgency::Urgent {
        return Err(Error::conflict(
            "An urgent item cannot be put off. Lower its urgency first, saying why.",
        ));
    }
    if to == Snoozed && signal.assessment.is_legal() {
        return Err(Error::conflict("A legal item cannot be put off. Escalate it to legal instead."));
    }
    match signal.holder(now) {
        Some(holder) if !actor.is(holder) && who != Who::Staff => {
            if who == Who::HolderOrManager && actor.role >= Role::Manager {
                return Ok(());
            }
            Err(held(&name(holder)?, signal, now))
        }
        Some(holder) if !actor.is(holder) && signal.state == InProgress => {
            Err(held(&name(holder)?, signal, now))
        }
        _ => Ok(()),
    }
}

fn held(name: &str, signal: &Signal, now: Timestamp) -> Error {
    let text = match (signal.state, signal.lease_until) {
        (InProgress, Some(until)) => {
            let minutes = (until.since(now) / mainstreet_kernel::clock::MINUTE).max(1);
            format!(
                "{name} holds this item for {minutes} more minutes. Ask them, or a manager can hand it to you."
            )
        }
        _ => format!("{name} has this item. Ask them, or a manager can hand it to you."),
    };
    Error::conflict(text)
}

/// Refuses a moderator of other spaces. What is about a member as such is everybody's.
///
/// # Errors
/// `Forbidden`, saying whom to ask.
pub(crate) fn must_cover(tx: &mut Tx<'_>, actor: Actor, signal: &Signal) -> Result<()> {
    if signal.is_about_member() {
        return Ok(());
    }
    moderation::must_cover(tx, actor, signal.space)
}

/// May `actor` read what the desk knows: those who work in it, and auditors.
pub fn may_read(actor: Actor) -> Result<()> {
    if actor.role.audits() {
        Ok(())
    } else {
        Err(Error::forbidden("The desk is for the people who run this community."))
    }
}

/// May `actor` work in the desk at all?
pub fn may_work(actor: Actor) -> Result<()> {
    if actor.role.is_staff() {
        Ok(())
    } else {
        Err(Error::forbidden("The desk is for the people who run this community."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One line a state: who may make the move there (Y system, s staff, h holder, m holder or manager, - nobody),
    /// in the order of `State::ALL`.
    #[test]
    fn every_pair_of_states_is_decided() {
        for (from, expect) in [
            (New, "-ssh mm m-ms"),
            (Triaged, "--sh mm m-ms"),
            (InProgress, "-mmh mm m-mm"),
            (WaitingMember, "-mmh mm m-mm"),
            (WaitingOwner, "-mmh mm m-mm"),
            (Snoozed, "-mmh mm m-mm"),
            (Resolved, "-s-- -- -Y--"),
            (Closed, "---- -- ----"),
            (Merged, "-s-- -- ----"),
            (Dismissed, "---- -- ----"),
        ] {
            let line: String = State::ALL
                .iter()
                .map(|to| match who_may(from, *to) {
                    Ok(Who::System) => 'Y',
                    Ok(Who::Staff) => 's',
                    Ok(Who::Holder) => 'h',
                    Ok(Who::HolderOrManager) => 'm',
                    Err(why) => {
                        assert!(why.ends_with('.') && why.len() > 20, "{from} to {to}: {why}");
                        '-'
                    }
                })
                .collect();
            assert_eq!(line, expect.replace(' ', ""), "from {from}");
        }
    }

    #[test]
    fn refusals_say_what_to_do() {
        for (from, to, part) in [
            (Resolved, InProgress, "Reopen it first"),
            (Resolved, Resolved, "already"),
            (Closed, Triaged, "a new item follows"),
            (Merged, Resolved, "Part the two"),
            (Dismissed, Triaged, "Undo"),
            (New, Closed, "Resolve this one"),
            (InProgress, New, "only once"),
        ] {
            assert!(who_may(from, to).is_err_and(|why| why.contains(part)), "{from} to {to}");
        }
    }
}
