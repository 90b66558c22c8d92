//! Carrying an act out.

use mainstreet_db::Tx;
use mainstreet_kernel::id::{PersonId, PostId, SpaceId, TopicId};
use mainstreet_kernel::{Activity, Actor, Error, Result, Timestamp, Verb, Visibility};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::before::Before;
use super::table::{Act, By, State, may_move};
use super::{members, moderators, store, topics as flow};
use crate::posts::{self, Edit, Edited, Post};
use crate::topics::{self, SpaceName, Topic};

/// What an act is done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A post.
    Post(PostId),
    /// A topic as a whole.
    Topic(TopicId),
    /// A member.
    Person(PersonId),
}

/// What some acts need to know besides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// Nothing.
    #[default]
    None,
    /// Of an edit: the version it was made from, the new text, and the topic's new title where it begins one.
    Text(i64, String, Option<String>),
    /// Of a move: where to.
    Space(SpaceId),
    /// Of slowing down: milliseconds between replies of a person.
    Every(i64),
    /// Of a label: the word; empty takes it off.
    Label(String),
    /// Of a ban: the account was made to spam. What it did counts in no figure.
    Spammer,
    /// Of a limit of links: how many one post may hold.
    Links(i64),
    /// Of a pause: in which topic.
    Topic(TopicId),
    /// Of keeping apart: from whom.
    From(PersonId),
}

impl Detail {
    /// As the record keeps it: without what an edit wrote, which stands with the post.
    #[must_use]
    pub fn kept(&self) -> Self {
        match self {
            Self::Text(version, _, title) => Self::Text(*version, String::new(), title.clone()),
            other => other.clone(),
        }
    }
}

/// An act to carry out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// What it is done to.
    pub target: Target,
    /// What is done.
    pub act: Act,
    /// Why, as the person concerned reads it.
    pub why: String,
    /// When it ends by itself; only of acts that may.
    pub until: Option<Timestamp>,
    /// What the act needs besides.
    pub detail: Detail,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The state before.
    pub was: State,
    /// The state now.
    pub became: State,
    /// Whom it concerns: the author, or the member.
    pub person: PersonId,
    /// Where, unless it is about a member.
    pub space: Option<SpaceId>,
    /// The version of the post's text that was acted on, and when it was written.
    pub post: Option<(i64, Timestamp)>,
    /// Enough to take it back.
    pub before: Before,
}

/// Does what is ordered, if the table allows it. Errors: `Forbidden` for those who may not, `Conflict` when the state
/// does not allow it, `Invalid` for a mistake in the order.
pub fn carry_out(tx: &mut Tx<'_>, actor: Actor, order: &Order) -> Result<Done> {
    check(tx, order)?;
    match order.target {
        Target::Post(id) => on_post(tx, actor, order, id),
        Target::Topic(id) => on_topic(tx, actor, order, id),
        Target::Person(id) => members::restrict(tx, actor, order, id),
    }
}

fn check(tx: &Tx<'_>, order: &Order) -> Result<()> {
    let fits = match order.target {
        Target::Person(_) => order.act.is_about_member(),
        Target::Topic(_) => order.act.is_about_topic(),
        Target::Post(_) => !order.act.is_about_member() && !order.act.is_about_topic(),
    };
    if !fits {
        return Err(Error::invalid("This act is for something else. Choose one from the list."));
    }
    if order.why.trim().is_empty() || order.why.chars().count() > 2_000 {
        return Err(Error::invalid("Say why in at most 2,000 characters. The person concerned reads it."));
    }
    match order.until {
        Some(_) if !order.act.may_end() => {
            Err(Error::invalid("This act does not end by itself. Leave the time out."))
        }
        Some(until) if until <= tx.now() => Err(Error::invalid("That time has passed. Choose one to come.")),
        None if order.act == Act::CoolOff => Err(Error::invalid("Say for how long: a pause ends by itself.")),
        None if order.act == Act::LimitLinks => {
            Err(Error::invalid("Say for how long: a limit of links ends by itself."))
        }
        None if order.act == Act::Suspend => {
            Err(Error::invalid("Say for how long. Without an end it is a ban, which a manager decides."))
        }
        _ => Ok(()),
    }
}

fn on_post(tx: &mut Tx<'_>, actor: Actor, order: &Order, id: PostId) -> Result<Done> {
    let topic = posts::store::find(tx, id)?.topic;
    let (topic, space) = topics::store::hold(tx, topic)?;
    let post = posts::store::find(tx, id)?;
    let was = State::Post(post.state);
    let became = may_move(was, order.act, By::from(actor))?;
    moderators::must_cover(tx, actor, topic.space)?;
    if actor.person.is_none() && members::is_staff(tx, post.person)? {
        return Err(Error::forbidden("What staff wrote is looked at by a person, not by a threshold."));
    }
    let before = match (order.act, &order.detail) {
        (Act::Edit, Detail::Text(version, body, title)) => {
            let title = title.clone().filter(|_| post.is_first());
            let title = title.filter(|title| title.trim() != topic.title);
            edit(tx, actor, order, (&topic, &post), (*version, body, title))?
        }
        (Act::Label, Detail::Label(label)) => put_label(tx, actor, (&topic, &space), &post, label)?,
        (Act::Edit | Act::Label, _) => return Err(Error::invalid("Say what it should be.")),
        _ => {
            let before = Before::of_post(&post);
            posts::move_to_state(tx, actor, id, became, order.why.trim())?;
            before
        }
    };
    Ok(Done {
        was,
        became,
        person: post.person,
        space: Some(topic.space),
        post: Some((post.version, post.created_at)),
        before,
    })
}

fn edit(
    tx: &mut Tx<'_>,
    actor: Actor,
    order: &Order,
    (topic, post): (&Topic, &Post),
    (version, body, title): (i64, &str, Option<String>),
) -> Result<Before> {
    let before = Before::of_text(post, title.as_ref().map(|_| topic.title.clone()));
    let why = order.why.trim().to_owned();
    let edit = Edit { post: post.id, expected: version, body: body.to_owned(), title, tags: None, why };
    match posts::rewrite(tx, actor, &edit)? {
        Edited::Saved(after) if after.version == post.version => {
            Err(Error::conflict("The text is the same. Change it first."))
        }
        Edited::Saved(_) => Ok(before),
        Edited::Stale(_) => {
            Err(Error::conflict("The post was edited meanwhile. Read it again, then decide."))
        }
    }
}

fn put_label(
    tx: &mut Tx<'_>,
    actor: Actor,
    (topic, space): (&Topic, &SpaceName),
    post: &Post,
    label: &str,
) -> Result<Before> {
    let label = label.trim();
    if label.chars().count() > 40 {
        return Err(Error::invalid("A label has at most 40 characters."));
    }
    let before = Before::Label { post: post.id, label: store::label_of(tx, post.id)? };
    store::set_label(tx, post.id, Some(label).filter(|label| !label.is_empty()))?;
    topics::store::touch(tx, topic.id)?;
    record_label(tx, actor, (topic, space), post, label)?;
    Ok(before)
}

pub(super) fn record_label(
    tx: &mut Tx<'_>,
    actor: Actor,
    (topic, space): (&Topic, &SpaceName),
    post: &Post,
    label: &str,
) -> Result<()> {
    let activity = Activity::new(Verb::PostLabelled, actor, post.id, tx.now())
        .within(topic.id, topic.space)
        .to(post.person)
        .seen_by(space.visibility.max(Visibility::Public));
    tx.record(&activity.with(json!({ "label": label })))
}

fn on_topic(tx: &mut Tx<'_>, actor: Actor, order: &Order, id: TopicId) -> Result<Done> {
    let (topic, space) = topics::store::hold(tx, id)?;
    let was = State::Topic(flow::flow(tx, &topic)?);
    let became = may_move(was, order.act, By::from(actor))?;
    moderators::must_cover(tx, actor, topic.space)?;
    let before = match (order.act, &order.detail) {
        (Act::Move, Detail::Space(to)) => {
            moderators::must_cover(tx, actor, *to)?;
            if crate::spaces::store::find(tx, *to)?.visibility > space.visibility {
                return Err(Error::conflict(
                    "Fewer people see that space, so moving the topic there would hide it. Hide its first post \
                     instead, saying which clause it broke.",
                ));
            }
            topics::move_to(tx, actor, id, *to)?;
            Before::Space { topic: id, space: topic.space }
        }
        (Act::Slow, Detail::Every(every)) => {
            let before = Before::of_topic(tx, &topic)?;
            store::set_slow(tx, id, Some((flow::checked(*every)?, order.until)))?;
            flow::record_slow(tx, actor, (&topic, &space), Some(*every))?;
            before
        }
        (Act::Move | Act::Slow, _) => return Err(Error::invalid("Say what it should be.")),
        (Act::Lock, _) => {
            let before = Before::of_topic(tx, &topic)?;
            topics::shut(tx, actor, id)?;
            store::set_lock(tx, id, order.until)?;
            before
        }
        _ => {
            let before = Before::of_topic(tx, &topic)?;
            if topic.closed_at.is_some() {
                topics::reopen(tx, actor, id)?;
            }
            if store::slow_of(tx, id)?.is_some() {
                store::set_slow(tx, id, None)?;
                flow::record_slow(tx, actor, (&topic, &space), None)?;
            }
            before
        }
    };
    Ok(Done { was, became, person: topic.person, space: Some(topic.space), post: None, before })
}
