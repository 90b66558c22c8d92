//! Answering in the conversation, and writing for the team.

use mainstreet_community::posts::{self, NewReply, Post};
use mainstreet_db::Tx;
use mainstreet_kernel::id::CannedReplyId;
use mainstreet_kernel::{Actor, Error, Result};

use super::model::{Act, Cause, LEASE, Sight, Signal, State};
use super::steps::{Change, change, check_move, person, signal_activity, take_up};
use super::store::{self, NewStep};
use crate::canned_replies;

/// The longest note, in characters.
const LONGEST_NOTE: usize = 8_000;

/// An answer to be sent from the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The text, as Markdown.
    pub body: String,
    /// True: the item now waits for the member. False: it stays with whoever answered.
    pub wait: bool,
    /// The form's one-time token: the same form sent twice answers once.
    pub form_token: Option<String>,
    /// The prepared answer that it was made from.
    pub canned: Option<CannedReplyId>,
}

/// Answers in the conversation, under the post that the item is about. A form sent twice answers once.
///
/// # Errors
/// Those of a reply in the community, and `Conflict` when somebody else holds the item or was faster.
pub fn reply(tx: &mut Tx<'_>, actor: Actor, sight: Sight, reply: &Reply) -> Result<Signal> {
    person(actor)?;
    if let Some(done) = sent_before(tx, actor, sight, reply)? {
        return Ok(done);
    }
    let before = take_up(tx, actor, sight)?;
    if before.is_about_member() {
        return Err(Error::conflict(
            "This item has no conversation to answer in. Decide the appeal: the member reads your reason.",
        ));
    }
    let to = if reply.wait { State::WaitingMember } else { State::InProgress };
    let mut after = before.clone();
    check_move(tx, actor, &mut after, to)?;
    let post = write(tx, actor, &before, reply)?;
    let now = tx.now();
    store::settle_cause(tx, Cause::Question, before.topic.0, now)?;
    store::settle_cause(tx, Cause::Newcomer, before.post.0, now)?;
    after.assignee = actor.person;
    after.lease_until = (!reply.wait).then_some(now);
    after.first_response_at = before.first_response_at.or(Some(now));
    after.due_at = None;
    if let Some(canned) = reply.canned {
        canned_replies::count_use(tx, canned)?;
    }
    let words = mainstreet_kernel::text::excerpt(&reply.body, 120);
    change(tx, actor, &before, after, &Change::new(Act::Replied, to, &words).about(post.id.0))
}

fn sent_before(tx: &mut Tx<'_>, actor: Actor, sight: Sight, reply: &Reply) -> Result<Option<Signal>> {
    super::rules::may_work(actor)?;
    let Some(token) = reply.form_token.as_deref() else { return Ok(None) };
    let sent = store::replied_with(tx, sight.id, token)?;
    if sent { store::find(tx, sight.id) } else { Ok(None) }
}

fn write(tx: &mut Tx<'_>, actor: Actor, signal: &Signal, reply: &Reply) -> Result<Post> {
    let about = store::number_of(tx, signal.post)?.filter(|number| *number > 1);
    let new = NewReply {
        topic: signal.topic,
        body: reply.body.clone(),
        reply_to: about,
        form_token: reply.form_token.clone(),
    };
    posts::reply(tx, actor, &new)
}

/// Writes a note that only the desk sees. Anyone there may, whoever holds the item and however it stands.
pub fn note(tx: &mut Tx<'_>, actor: Actor, sight: Sight, body: &str) -> Result<Signal> {
    let me = person(actor)?;
    let body = body.trim();
    if body.is_empty() {
        return Err(Error::invalid("Write the note first."));
    }
    if body.chars().count() > LONGEST_NOTE {
        return Err(Error::invalid("A note holds 8000 characters at most. Shorten it."));
    }
    let signal = take_up(tx, actor, Sight { version: None, ..sight })?;
    let note = store::add_note(tx, signal.id, me, body)?;
    let words = mainstreet_kernel::text::excerpt(body, 120);
    let step = NewStep {
        signal: signal.id,
        act: Act::Noted,
        actor: Some(me),
        from: signal.state,
        to: signal.state,
        why: &words,
        object: Some(note.0),
        version: signal.version,
        before: Some(&signal),
    };
    store::add_step(tx, &step)?;
    let noted = signal_activity(tx, mainstreet_kernel::Verb::SignalNoted, actor, &signal);
    tx.record(&noted)?;
    let now = tx.now();
    if signal.lease_until.is_some() && signal.holder(now) == Some(me) {
        store::renew(tx, signal.id, now.plus(LEASE))?;
    }
    Ok(signal)
}
