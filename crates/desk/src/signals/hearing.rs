//! What happens in a conversation, and what that means for its items.

use mainstreet_community::posts;
use mainstreet_db::Tx;
use mainstreet_db::log::Entry;
use mainstreet_kernel::id::{PersonId, PostId, TopicId};
use mainstreet_kernel::{Actor, ActorClass, Result, Role};

use super::endings::{needs_judgement, reopen_by_itself, resolve_by_itself};
use super::model::{Act, Cause, Outcome, REOPEN_TIME, Signal, State};
use super::steps::{Change, change, due_from_now};
use super::store;
use crate::{judgement, triage};

/// Somebody replied in a conversation that has items. The member themselves: what waited for them goes on, what
/// was resolved comes back. Somebody else: that is a response; a question or a greeting is settled.
pub(crate) fn heard(tx: &mut Tx<'_>, entry: &Entry) -> Result<()> {
    let (Some(topic), Some(author)) = (entry.topic, entry.actor) else { return Ok(()) };
    if matches!(entry.actor_class, ActorClass::Bot | ActorClass::System) {
        return Ok(());
    }
    let post = PostId(entry.object_id);
    let mut items = Vec::new();
    for signal in live(tx, topic)? {
        if signal.post != post && !store::post_known(tx, signal.id, post)? {
            let causes = store::live_causes(tx, signal.id)?.len();
            items.push((signal, causes));
        }
    }
    if items.iter().any(|(signal, _)| signal.person != author) {
        settle_answered(tx, entry, topic, author)?;
    }
    for (signal, causes) in items {
        if signal.person == author {
            own_words(tx, &signal, post)?;
        } else {
            response(tx, signal, causes, entry, author)?;
        }
    }
    Ok(())
}

fn live(tx: &mut Tx<'_>, topic: TopicId) -> Result<Vec<Signal>> {
    let since = tx.now().plus(-REOPEN_TIME);
    store::live_of_topic(tx, topic, since)
}

fn own_words(tx: &mut Tx<'_>, before: &Signal, post: PostId) -> Result<()> {
    let written = store::written_post(tx, post)?;
    let version = judgement::in_force(tx)?;
    let thanks = written.is_some_and(|post| triage::observe_with(&version, &post.body, "").thanks);
    let name = store::name_of(tx, before.person)?;
    let (to, why) = match before.state {
        State::Resolved if thanks => return Ok(()),
        State::Resolved => {
            let why = format!("{name} wrote again after it was resolved");
            return reopen_by_itself(tx, before, &why, post.0).map(drop);
        }
        State::WaitingMember if thanks => (State::WaitingMember, format!("{name} said thanks")),
        State::WaitingMember => (State::Triaged, format!("{name} answered")),
        State::Snoozed => (State::Triaged, format!("{name} wrote again")),
        State::New => return Ok(()),
        other => (other, format!("{name} wrote again")),
    };
    let mut after = before.clone();
    if before.state == State::WaitingMember && to == State::Triaged {
        after.due_at = Some(due_from_now(tx, &after)?);
    }
    change(tx, Actor::SYSTEM, before, after, &Change::lasting(Act::Heard, to, &why).about(post.0)).map(drop)
}

fn response(
    tx: &mut Tx<'_>,
    before: Signal,
    causes_before: usize,
    entry: &Entry,
    author: PersonId,
) -> Result<()> {
    let now = tx.now();
    if !before.state.is_open() || entry.occurred_at < before.occurred_at {
        return Ok(());
    }
    let causes = store::live_causes(tx, before.id)?;
    let settled = causes.len() < causes_before;
    let staff =
        entry.actor_class == ActorClass::Staff || store::role_of(tx, author)?.is_some_and(Role::is_staff);
    if needs_judgement(&causes) || (!settled && !staff) {
        return Ok(());
    }
    let name = store::name_of(tx, author)?;
    let why = format!("{name} answered in the conversation");
    let mut after = before.clone();
    after.first_response_at = before.first_response_at.or(Some(entry.occurred_at));
    after.due_at = None;
    let held = before.state == State::InProgress && before.holder(now).is_some_and(|who| who != author);
    if causes.is_empty() && !staff && !held && before.state != State::WaitingMember {
        let before = Signal { first_response_at: after.first_response_at, ..before };
        return resolve_by_itself(tx, &before, Outcome::SolvedByMember, &why, false).map(drop);
    }
    let mut to = before.state;
    if staff && !held {
        after.assignee = before.assignee.or(Some(author));
        to = State::WaitingMember;
    }
    let done = Change::lasting(Act::Heard, to, &why).about(entry.object_id);
    change(tx, Actor::SYSTEM, &before, after, &done).map(drop)
}

/// A response by somebody else settles the question, and the greeting of the newcomer it answers.
fn settle_answered(tx: &mut Tx<'_>, entry: &Entry, topic: TopicId, author: PersonId) -> Result<()> {
    let at = entry.occurred_at;
    let opened = store::opening_post(tx, topic)?;
    if opened.is_none_or(|(_, asker)| asker != author) {
        store::settle_cause(tx, Cause::Question, topic.0, at)?;
        if let Some((first, _)) = opened {
            store::settle_cause(tx, Cause::Newcomer, first.0, at)?;
        }
    }
    if let Some(answered) = entry.parent {
        store::settle_cause(tx, Cause::Newcomer, answered, at)?;
    }
    Ok(())
}

/// Something was decided elsewhere that may end items of a conversation.
pub(crate) fn settle(tx: &mut Tx<'_>, entry: &Entry, what: Settled) -> Result<()> {
    let at = tx.now();
    match what {
        Settled::Flag { .. } => {
            store::settle_cause(tx, Cause::Flag, entry.parent.unwrap_or(entry.object_id), at)?;
        }
        // It is held again since: what waits now is not what was dealt with then.
        Settled::Gone { .. } | Settled::Released if is_held(tx, PostId(entry.object_id))? => return Ok(()),
        Settled::Gone { .. } => store::settle_post(tx, PostId(entry.object_id), at)?,
        Settled::Accepted | Settled::NoQuestion => {
            if let Some(topic) = entry.topic {
                store::settle_cause(tx, Cause::Question, topic.0, at)?;
            }
        }
        Settled::Released => {
            store::settle_cause(tx, Cause::Approval, entry.object_id, at)?;
        }
        Settled::Unaccepted => {}
    }
    let Some(topic) = entry.topic else { return Ok(()) };
    for signal in live(tx, topic)? {
        conclude(tx, signal, entry, what)?;
    }
    Ok(())
}

fn is_held(tx: &mut Tx<'_>, post: PostId) -> Result<bool> {
    Ok(posts::store::find(tx, post)?.state == mainstreet_community::topics::State::Held)
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// A flag, upheld or cleared.
    Flag { upheld: bool },
    /// A post was taken away, by staff or its author.
    Gone { by_staff: bool },
    /// An answer was accepted.
    Accepted,
    /// That was taken back.
    Unaccepted,
    /// The conversation asks nothing.
    NoQuestion,
    /// A held post was published.
    Released,
}

fn conclude(tx: &mut Tx<'_>, mut signal: Signal, entry: &Entry, what: Settled) -> Result<()> {
    let causes = store::live_causes(tx, signal.id)?;
    let open = signal.state.is_open();
    let (outcome, why) = match what {
        Settled::Unaccepted => {
            let by_itself = signal.state == State::Resolved
                && matches!(signal.outcome, Some(Outcome::SolvedByMember | Outcome::Answered));
            if by_itself {
                reopen_by_itself(tx, &signal, "the accepted answer was taken back", entry.object_id)?;
            }
            return Ok(());
        }
        _ if !open => return Ok(()),
        Settled::Accepted if needs_judgement(&causes) => return Ok(()),
        Settled::Accepted => {
            let ours = match entry.subject {
                Some(person) => store::role_of(tx, person)?.is_some_and(Role::is_staff),
                None => false,
            };
            signal.first_response_at = signal.first_response_at.or(Some(entry.occurred_at));
            let outcome = if ours { Outcome::Answered } else { Outcome::SolvedByMember };
            (outcome, "an answer was accepted")
        }
        _ if !causes.is_empty() => return Ok(()),
        Settled::Flag { upheld: true } => (Outcome::Moderated, "its flags were upheld"),
        Settled::Flag { upheld: false } => (Outcome::NoAction, "its flags were cleared"),
        Settled::Gone { by_staff: true } => (Outcome::Moderated, "the post was taken away"),
        Settled::Gone { by_staff: false } => (Outcome::NoAction, "its author took the post away"),
        Settled::NoQuestion => (Outcome::NoAction, "it asks nothing"),
        Settled::Released => (Outcome::Published, "the post was published"),
    };
    let told = matches!(what, Settled::Accepted);
    resolve_by_itself(tx, &signal, outcome, why, told).map(drop)
}

/// Which of these conversations have items that something new may matter to.
pub(crate) fn with_items(tx: &mut Tx<'_>, topics: &[TopicId]) -> Result<std::collections::HashSet<TopicId>> {
    Ok(store::topics_with_items(tx, topics)?.into_iter().collect())
}
