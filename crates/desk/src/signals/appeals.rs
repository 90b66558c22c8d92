//! Appeals in the inbox: each joins the item about what was decided on, or opens one.

use mainstreet_community::topics;
use mainstreet_db::Tx;
use mainstreet_kernel::id::{AppealId, PostId, SignalId, TopicId};
use mainstreet_kernel::text::excerpt;
use mainstreet_kernel::{Actor, Error, Result};

use super::model::{Act, Cause, Outcome, Signal, State};
use super::opening::{Opening, open, start_with};
use super::steps::{Change, change};
use super::store::{self, NewCause, Written};
use crate::moderation::{self, ANSWER_TIME, Appeal, AppealState, Decision, Voice};
use crate::triage::{Assessment, Intent, Label, Owner, SetBy, Urgency};

/// An appeal was made: it is an item of its own, or one more reason of the item about the same post.
pub(crate) fn appealed(tx: &mut Tx<'_>, appeal: &Appeal, decision: &Decision) -> Result<()> {
    let reason = format!("{} appeals: “{}”", decision.person_name, excerpt(&appeal.words, 200));
    let id = match about(tx, decision)? {
        Some(post) => open(
            tx,
            &Opening {
                cause: Cause::Appeal,
                object: appeal.id.0,
                person: Some(appeal.person),
                reason,
                occurred_at: appeal.opened_at,
                post: &post,
                seen: None,
            },
        )?,
        None => Some(of_member(tx, appeal, decision, &reason)?),
    };
    let Some(before) = id.map(|id| store::find(tx, id)).transpose()?.flatten() else { return Ok(()) };
    let mut after = before.clone();
    after.due_at = Some(before.due_at.map_or(appeal.due_at, |due| due.min(appeal.due_at)));
    if before.kind == Cause::Appeal {
        after.due_at = Some(appeal.due_at);
    }
    raise(&mut after, Urgency::High, "an appeal is decided within seven days");
    let mut to = before.state;
    if decision.by.is_some() && before.assignee == decision.by {
        // Who decided does not look at the appeal.
        after.assignee = None;
        to = State::Triaged;
    }
    let done = Change::lasting(Act::Triaged, to, "an appeal waits for somebody else than who decided");
    change(tx, Actor::SYSTEM, &before, after, &done).map(drop)
}

fn raise(signal: &mut Signal, to: Urgency, why: &str) {
    let urgency = &mut signal.assessment.urgency;
    if urgency.is < to {
        *urgency = Label { is: to, by: SetBy::Rule, reasons: vec![why.to_owned()] };
    }
}

/// The post that a decision was about; nothing when it was about a member.
fn about(tx: &mut Tx<'_>, decision: &Decision) -> Result<Option<Written>> {
    let post = match decision.object_kind.as_str() {
        "post" => Some(PostId(decision.object)),
        "topic" => topics::store::find(tx, TopicId(decision.object))?.first_post,
        _ => None,
    };
    match post {
        Some(post) => store::written_post(tx, post),
        None => Ok(None),
    }
}

/// An appeal against a decision about a member has no conversation: topic, post and space are 0, and the member is
/// what the item is about, so that two appeals of one member are one item.
fn of_member(tx: &mut Tx<'_>, appeal: &Appeal, decision: &Decision, reason: &str) -> Result<SignalId> {
    let cause = NewCause {
        kind: Cause::Appeal,
        object: appeal.id.0,
        post: PostId(0),
        person: Some(appeal.person),
        reason,
        occurred_at: appeal.opened_at,
    };
    let open = store::open_of_topic(tx, TopicId(0))?;
    if let Some(known) = open.into_iter().find(|one| one.kind == Cause::Appeal && one.person == appeal.person)
    {
        store::add_cause(tx, known.id, &cause)?;
        return Ok(known.id);
    }
    let said = |why: &str| vec![why.to_owned()];
    let by = SetBy::Rule;
    let assessment = Assessment {
        intent: Label { is: Intent::Complaint, by, reasons: said("it is an appeal") },
        intent_probability: 1.0,
        urgency: Label { is: Urgency::High, by, reasons: said("an appeal is decided within seven days") },
        risks: Vec::new(),
        owner: Label { is: Owner::Community, by, reasons: said("moderation is the community team's") },
        said: crate::triage::Said::default(),
    };
    let title = format!("{}: {}", decision.person_name, decision.act.label());
    let (new, kind) = ((SignalId(tx.mint()), tx.now()), (Cause::Appeal, appeal.opened_at));
    let signal = Signal {
        anchor: Some(PostId(appeal.person.0)),
        due_at: Some(appeal.due_at),
        ..Signal::new(new, kind, appeal.person, title, assessment)
    };
    start_with(tx, &signal, &cause, reason)?;
    Ok(signal.id)
}

/// Somebody has spoken on an appeal, and another voice is needed: the item's history says so.
pub(crate) fn spoken(tx: &mut Tx<'_>, actor: Actor, appeal: AppealId, overturn: bool) -> Result<()> {
    let Some(before) = store::of_cause(tx, Cause::Appeal, appeal.0)? else { return Ok(()) };
    let why = if overturn { "would overturn the decision" } else { "would uphold the decision" };
    let after = before.clone();
    change(tx, actor, &before, after, &Change::lasting(Act::Judged, before.state, why)).map(drop)
}

/// An appeal was decided: its item ends, unless it is there for something else besides.
pub(crate) fn decided(tx: &mut Tx<'_>, actor: Actor, appeal: AppealId, state: AppealState) -> Result<()> {
    let now = tx.now();
    let Some(before) = store::of_cause(tx, Cause::Appeal, appeal.0)? else { return Ok(()) };
    store::settle_cause(tx, Cause::Appeal, appeal.0, now)?;
    if !before.state.is_open() {
        return Ok(());
    }
    let (outcome, why) = match state {
        AppealState::Overturned => (Outcome::Overturned, "the appeal was right"),
        _ => (Outcome::Upheld, "the decision stands"),
    };
    let mut after = before.clone();
    if !store::live_causes(tx, before.id)?.is_empty() {
        let done = Change::lasting(Act::Judged, before.state, why);
        return change(tx, actor, &before, after, &done).map(drop);
    }
    after.outcome = Some(outcome);
    after.told_back = true;
    after.resolved_at = Some(now);
    after.due_at = None;
    change(tx, actor, &before, after, &Change::lasting(Act::Resolved, State::Resolved, why)).map(drop)
}

/// The appeals that wait in an item, each with its decision and what was said on it.
pub fn in_item(tx: &mut Tx<'_>, signal: &Signal) -> Result<Vec<(Appeal, Decision, Vec<Voice>)>> {
    let mut found = Vec::new();
    for id in store::live_objects(tx, signal.id, Cause::Appeal)? {
        let appeal = moderation::find_appeal(tx, AppealId(id))?;
        let decision = moderation::find(tx, appeal.decision)?;
        let voices = moderation::voices_on(tx, appeal.id)?;
        found.push((appeal, decision, voices));
    }
    Ok(found)
}

/// Refuses who would take an item that waits for somebody else than they: an appeal against their own decision.
pub(super) fn may_take(tx: &mut Tx<'_>, actor: Actor, signal: &Signal) -> Result<()> {
    let causes = store::live_causes(tx, signal.id)?;
    if !causes.contains(&Cause::Appeal) || causes.iter().any(|cause| *cause != Cause::Appeal) {
        return Ok(());
    }
    let appeals = in_item(tx, signal)?;
    if appeals.iter().all(|one| one.1.by.is_some_and(|by| actor.is(by))) {
        return Err(Error::forbidden("You made this decision. Somebody else looks at the appeal."));
    }
    Ok(())
}

/// Makes those appeals urgent of whose time four fifths are over. Answers how many.
pub(super) fn warn(tx: &mut Tx<'_>) -> Result<usize> {
    let soon = tx.now().plus(ANSWER_TIME / 5);
    let late = store::appeals_due(tx, soon)?;
    for before in &late {
        let mut after = before.clone();
        raise(&mut after, Urgency::Urgent, "four fifths of the time for this appeal are over");
        let done =
            Change::lasting(Act::Triaged, before.state, "four fifths of the time for this appeal are over");
        change(tx, Actor::SYSTEM, before, after, &done)?;
    }
    Ok(late.len())
}
