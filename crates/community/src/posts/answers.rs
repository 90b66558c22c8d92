//! The accepted answer of a question.

use mainstreet_db::Tx;
use mainstreet_kernel::id::{PersonId, PostId};
use mainstreet_kernel::{Activity, Actor, ActorClass, Error, Result, Role, Timestamp, Verb};
use serde_json::json;

use super::model::Post;
use super::{rules, store};
use crate::people;
use crate::topics::{self, SpaceName, Topic};

/// Marks a reply as the answer; one marked before is no longer. Errors: not the asker nor staff; not a published
/// reply of a question; it is the answer already.
pub fn accept(tx: &mut Tx<'_>, actor: Actor, id: PostId) -> Result<()> {
    let topic = store::find(tx, id)?.topic;
    let (topic, space) = topics::store::hold(tx, topic)?;
    let post = store::find(tx, id)?;
    topics::seen(actor.into(), &topic, space.visibility)?;
    rules::may_accept(actor, &topic, &post)?;
    if topic.accepted_post == Some(id) {
        return Err(Error::conflict("This is the accepted answer already."));
    }
    let mut credits = vec![(post.person, 1)];
    if let Some(before) = topic.accepted_post {
        let before = store::find(tx, before)?;
        tx.record(
            &about(tx, Verb::AnswerUnaccepted, actor, (&topic, &space), &before)
                .with(json!({ "for": id.to_string() })),
        )?;
        credits.push((before.person, -1));
    }
    topics::store::set_accepted(tx, topic.id, Some((id, tx.now(), actor.person)))?;
    let by = if actor.is(topic.person) { "asker" } else { "staff" };
    tx.record(&about(tx, Verb::AnswerAccepted, actor, (&topic, &space), &post).with(json!({ "by": by })))?;
    credit(tx, &topic, credits)
}

/// Takes the mark back. Errors: not the asker nor staff; it is not the answer.
pub fn unaccept(tx: &mut Tx<'_>, actor: Actor, id: PostId) -> Result<()> {
    let topic = store::find(tx, id)?.topic;
    let (topic, space) = topics::store::hold(tx, topic)?;
    let post = store::find(tx, id)?;
    topics::may_steer(actor, &topic)?;
    if topic.accepted_post != Some(id) {
        return Err(Error::conflict("This is not the accepted answer."));
    }
    topics::store::set_accepted(tx, topic.id, None)?;
    tx.record(&about(tx, Verb::AnswerUnaccepted, actor, (&topic, &space), &post))?;
    credit(tx, &topic, vec![(post.person, -1)])
}

/// The accepted answer goes away: the mark goes with it and is kept on the post.
pub(super) fn put_away(
    tx: &mut Tx<'_>,
    actor: Actor,
    (topic, space): (&Topic, &SpaceName),
    post: &Post,
) -> Result<()> {
    store::set_was_accepted(tx, post.id, topic.accepted_at.map(|at| (at, topic.accepted_by)))?;
    topics::store::set_accepted(tx, topic.id, None)?;
    tx.record(
        &about(tx, Verb::AnswerUnaccepted, actor, (topic, space), post)
            .with(json!({ "because": "post_gone" })),
    )?;
    credit(tx, topic, vec![(post.person, -1)])
}

/// What was the accepted answer is back, and nothing has taken its place.
pub(super) fn put_back(
    tx: &mut Tx<'_>,
    (topic, space): (&Topic, &SpaceName),
    post: &Post,
    (at, by): (Timestamp, Option<PersonId>),
) -> Result<()> {
    store::set_was_accepted(tx, post.id, None)?;
    topics::store::set_accepted(tx, topic.id, Some((post.id, at, by)))?;
    let accepter = match by {
        Some(person) => Actor { person: Some(person), role: Role::Member, class: ActorClass::Member },
        None => Actor::SYSTEM,
    };
    tx.record(&about(tx, Verb::AnswerAccepted, accepter, (topic, space), post).with(
        json!({ "by": if by == Some(topic.person) { "asker" } else { "staff" }, "because": "post_back" }),
    ))?;
    credit(tx, topic, vec![(post.person, 1)])
}

/// Answers to one's own question earn no credit. People in the order of their ids, as the crate's locks demand.
fn credit(tx: &mut Tx<'_>, topic: &Topic, mut changes: Vec<(PersonId, i64)>) -> Result<()> {
    changes.sort_unstable();
    changes
        .into_iter()
        .filter(|(person, _)| *person != topic.person)
        .try_for_each(|(person, change)| people::store::count_accepted(tx, person, change))
}

fn about(
    tx: &Tx<'_>,
    verb: Verb,
    actor: Actor,
    (topic, space): (&Topic, &SpaceName),
    post: &Post,
) -> Activity {
    Activity::new(verb, actor, post.id, tx.now())
        .within(topic.id, topic.space)
        .answering(topic.first_post)
        .to(post.person)
        .seen_by(space.visibility)
}
