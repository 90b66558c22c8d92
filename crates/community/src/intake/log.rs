//! The step for the log: one activity for each new post, with its original time, and what else a batch did.

use mainstreet_db::Tx;
use mainstreet_kernel::channel::Standing;
use mainstreet_kernel::{Activity, Actor, ActorClass, Result, Role, Verb, Visibility};
use serde_json::json;

use super::changes::unnamed_in;
use super::model::Topic;
use super::posts::Written;
use super::topic::Topics;
use crate::posts::facts_of;

/// Records what the batch did.
pub(super) fn record(tx: &mut Tx<'_>, written: &[Written<'_>], topics: &Topics) -> Result<()> {
    let mut activities = Vec::with_capacity(written.len() * 2);
    for post in written {
        if let Some(topic) = topics.get(post.topic) {
            activities.push(created(post, topic));
            activities.extend(taken_away(post, topic));
            reactions(post, topic, &mut activities);
        }
    }
    for topic in topics.values() {
        of_topic(topic, &mut activities);
    }
    tx.record_all(&activities)
}

/// Who sees it: what is hidden in a public space is for staff.
fn visibility(post: &Written<'_>, topic: &Topic) -> Visibility {
    if post.message.standing == Standing::Hidden { Visibility::Staff } else { topic.visibility }
}

fn within(activity: Activity, topic: &Topic) -> Activity {
    activity.within(topic.id, topic.space).seen_by(topic.visibility)
}

fn created(post: &Written<'_>, topic: &Topic) -> Activity {
    let actor = Actor { person: Some(post.person), role: Role::Member, class: post.class };
    let facts = facts_of(&post.message.markdown);
    if post.number == 1 {
        return within(Activity::new(Verb::TopicCreated, actor, post.id, post.message.at), topic)
            .seen_by(visibility(post, topic))
            .with(
                json!({ "question": topic.question && !topic.told.marked_question, "words": facts.words }),
            );
    }
    let answered = post.reply_to.and_then(|number| topic.by_number(number)).or_else(|| topic.first());
    let answered = answered.filter(|answered| answered.id != post.id);
    let reply = within(Activity::new(Verb::ReplyCreated, actor, post.id, post.message.at), topic)
        .answering(answered.map(|answered| answered.id))
        .seen_by(visibility(post, topic))
        .with(json!({ "words": facts.words, "mention_only": facts.mention_only, "number": post.number }));
    reply.to(answered.map_or(topic.person, |answered| answered.person))
}

fn taken_away(post: &Written<'_>, topic: &Topic) -> Option<Activity> {
    let verb = match post.message.standing {
        Standing::Shown => return None,
        Standing::Hidden => Verb::PostHidden,
        Standing::Deleted => Verb::PostDeleted,
    };
    let at = post.message.edited_at.unwrap_or(post.message.at);
    let taken = within(Activity::new(verb, Actor::SYSTEM, post.id, at), topic).to(post.person);
    Some(taken.seen_by(visibility(post, topic)).with(json!({ "by": "archive", "first": post.number == 1 })))
}

/// One activity for each reaction of somebody known, one with a count for all others of its kind.
fn reactions(post: &Written<'_>, topic: &Topic, activities: &mut Vec<Activity>) {
    for reaction in &post.reactions {
        let mut add = |person, props| {
            let actor = Actor { person, role: Role::Member, class: ActorClass::Member };
            let added = within(Activity::new(Verb::ReactionAdded, actor, post.id, post.message.at), topic);
            activities.push(added.to(post.person).seen_by(visibility(post, topic)).with(props));
        };
        for person in &reaction.by {
            add(Some(*person), json!({ "kind": reaction.kind }));
        }
        let unnamed = unnamed_in(reaction);
        if unnamed > 0 {
            add(None, json!({ "kind": reaction.kind, "count": unnamed }));
        }
    }
}

fn of_topic(topic: &Topic, activities: &mut Vec<Activity>) {
    if topic.told.marked_question {
        let marked = Activity::new(Verb::QuestionMarked, Actor::SYSTEM, topic.id, topic.created_at);
        activities.push(within(marked, topic).to(topic.person));
    }
    if let Some((post, person, at)) = topic.told.accepted {
        let accepted = within(Activity::new(Verb::AnswerAccepted, Actor::SYSTEM, post, at), topic);
        let first = topic.first().map(|first| first.id);
        activities.push(accepted.answering(first).to(person).with(json!({ "by": "archive" })));
    }
    if let Some(at) = topic.closed_at.filter(|_| topic.told.closed) {
        activities.push(
            within(Activity::new(Verb::TopicClosed, Actor::SYSTEM, topic.id, at), topic).to(topic.person),
        );
    }
}
