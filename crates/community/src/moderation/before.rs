//! What was before an act, and putting it back.

use mainstreet_db::Tx;
use mainstreet_kernel::id::{PersonId, PostId, SpaceId, TopicId};
use mainstreet_kernel::{Actor, Error, Result, Timestamp};
use serde::{Deserialize, Serialize};

use super::person_state::Stands;
use super::replay::{Replay, Step, alike};
use super::table::Act;
use super::{act, members, store, topics as flow};
use crate::cool_offs::{self, CoolOff};
use crate::link_limits::{self, LinkLimit};
use crate::mutes;
use crate::posts::{self, Post};
use crate::topics::{self, Topic};

/// Everything an act changed, as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Before {
    /// Where a post stood.
    Post {
        /// Which.
        post: PostId,
        /// Its state.
        state: String,
        /// Who had put it there.
        by: Option<String>,
        /// Why.
        why: Option<String>,
        /// When.
        at: Option<i64>,
    },
    /// What a post said.
    Text {
        /// Which.
        post: PostId,
        /// The version that said it.
        version: i64,
        /// Its Markdown.
        body: String,
        /// When it had been edited before.
        edited_at: Option<i64>,
        /// The title of the topic it begins, where that was changed.
        #[serde(default)]
        title: Option<String>,
    },
    /// The title of the topic that a post begins. The record keeps it with the text.
    Title {
        /// Which.
        post: PostId,
        /// The title.
        title: String,
    },
    /// The word above a post.
    Label {
        /// Which.
        post: PostId,
        /// The word.
        label: Option<String>,
    },
    /// Where a topic was.
    Space {
        /// Which.
        topic: TopicId,
        /// The space.
        space: SpaceId,
    },
    /// How a topic took replies.
    Flow {
        /// Which.
        topic: TopicId,
        /// Since when it took none.
        closed_at: Option<i64>,
        /// How far apart they had to be.
        every: Option<i64>,
        /// Until when.
        until: Option<i64>,
        /// When its lock was to end.
        #[serde(default)]
        locked_until: Option<i64>,
    },
    /// How a member stood.
    Member {
        /// Who.
        person: PersonId,
        /// The row of their standing: word, end, reason.
        standing: Option<(String, Option<i64>, String)>,
        /// Until when they could not sign in.
        suspended_until: Option<i64>,
        /// Why.
        suspended_why: Option<String>,
        /// Whether their account was closed for spam.
        #[serde(default)]
        spammer: bool,
    },
    /// How many links a member's posts could hold.
    Links {
        /// Who.
        person: PersonId,
        /// The limit.
        limit: Option<LinkLimit>,
    },
    /// A member's pause in a topic.
    Pause {
        /// Where.
        topic: TopicId,
        /// Who.
        person: PersonId,
        /// The pause.
        pause: Option<CoolOff>,
    },
    /// Whether two members were kept apart.
    Apart {
        /// One of them.
        one: PersonId,
        /// The other.
        other: PersonId,
        /// Whether they were.
        apart: bool,
    },
}

impl Before {
    pub(super) fn of_post(post: &Post) -> Self {
        Self::Post {
            post: post.id,
            state: post.state.as_str().to_owned(),
            by: post.state_by.map(|by| by.as_str().to_owned()),
            why: post.state_why.clone(),
            at: post.state_at.map(|at| at.0),
        }
    }

    pub(super) fn of_text(post: &Post, title: Option<String>) -> Self {
        Self::Text {
            post: post.id,
            version: post.version,
            body: post.body.clone(),
            edited_at: post.edited_at.map(|at| at.0),
            title,
        }
    }

    pub(super) fn of_topic(tx: &mut Tx<'_>, topic: &Topic) -> Result<Self> {
        let limit = store::limit_of(tx, topic.id)?;
        Ok(Self::Flow {
            topic: topic.id,
            closed_at: topic.closed_at.map(|at| at.0),
            every: limit.map(|limit| limit.0),
            until: limit.and_then(|limit| limit.1).map(|at| at.0),
            locked_until: store::lock_of(tx, topic.id)?.map(|at| at.0),
        })
    }
}

/// What came of taking an act back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// Everything it did is undone.
    Whole,
    /// It is undone, and later acts on the same thing still stand.
    LaterStand,
}

/// Holds the thing that an act was done to, so that what the record says of it does not change meanwhile.
pub fn hold_thing(tx: &mut Tx<'_>, before: &Before) -> Result<()> {
    match before {
        Before::Post { post, .. }
        | Before::Text { post, .. }
        | Before::Title { post, .. }
        | Before::Label { post, .. } => hold(tx, *post).map(drop),
        Before::Space { topic, .. } | Before::Flow { topic, .. } => topics::store::hold(tx, *topic).map(drop),
        Before::Member { person, .. } | Before::Links { person, .. } | Before::Pause { person, .. } => {
            crate::people::store::hold(tx, *person)
        }
        Before::Apart { one, other, .. } => members::hold_both(tx, *one, *other),
    }
}

/// Takes the act `which` of `steps` back, all of which were done to the same thing, oldest first. Everything stands
/// then as if it had never been done: what it alone had changed is as it was, what later acts demand stays, and so
/// does what somebody did besides. The caller holds the thing. Errors: `Forbidden` for moderators of other spaces.
pub fn take_back(tx: &mut Tx<'_>, actor: Actor, steps: &[Step], which: usize) -> Result<Back> {
    let Some(step) = steps.get(which) else { return Err(Error::internal("no such step")) };
    must_cover(tx, actor, &step.before)?;
    let to = target(tx, steps, which)?;
    match (&step.before, to) {
        (Before::Text { post, .. }, to) => {
            let title = match titles(steps, which) {
                Some((titles, which)) => target(tx, &titles, which)?,
                None => None,
            };
            put_text(tx, actor, *post, to.as_ref(), title.as_ref())?;
        }
        (_, Some(to)) => put(tx, actor, &to)?,
        (_, None) => {}
    }
    let stands = |step: &Step| step.undone_at.is_none() && step.act != Act::Warn;
    let later = steps.iter().skip(which + 1).any(stands);
    Ok(if later { Back::LaterStand } else { Back::Whole })
}

/// What is to be there once the act `which` is undone; nothing: what is there now.
fn target(tx: &mut Tx<'_>, steps: &[Step], which: usize) -> Result<Option<Before>> {
    let mut texts = Vec::with_capacity(steps.len());
    for step in steps {
        texts.push(match &step.before {
            Before::Text { post, version, .. } => posts::store::text_of_version(tx, *post, version + 1)?,
            _ => None,
        });
    }
    let stands = |at: usize| at != which && steps.get(at).is_some_and(|step| step.undone_at.is_none());
    let replay = Replay::new(steps, &texts);
    let with = replay.made(steps.len(), &|at| at == which || stands(at));
    let without = replay.made(steps.len(), &stands);
    let now = match steps.get(which) {
        Some(step) => step.before.now(tx)?,
        None => return Ok(None),
    };
    let explained = with.as_ref().is_none_or(|with| alike(with, &now, tx.now()));
    let changes = with != without;
    Ok(without.filter(|_| explained && changes))
}

/// The steps that changed a title as well, as steps of that title, and which of them `which` is.
fn titles(steps: &[Step], which: usize) -> Option<(Vec<Step>, usize)> {
    let mut found = Vec::new();
    let mut place = None;
    for (at, step) in steps.iter().enumerate() {
        if let Before::Text { post, title: Some(title), .. } = &step.before {
            if at == which {
                place = Some(found.len());
            }
            let before = Before::Title { post: *post, title: title.clone() };
            found.push(Step { before, ..step.clone() });
        }
    }
    place.map(|place| (found, place))
}

fn put_text(
    tx: &mut Tx<'_>,
    actor: Actor,
    post: PostId,
    text: Option<&Before>,
    title: Option<&Before>,
) -> Result<()> {
    let title = if let Some(Before::Title { title, .. }) = title { Some(title.as_str()) } else { None };
    match text {
        Some(Before::Text { body, edited_at, .. }) => {
            posts::put_text_back(tx, actor, post, (body, title), edited_at.map(Timestamp))
        }
        _ if title.is_some() => {
            let now = posts::store::find(tx, post)?;
            posts::put_text_back(tx, actor, post, (&now.body, title), now.edited_at)
        }
        _ => Ok(()),
    }
}

fn must_cover(tx: &mut Tx<'_>, actor: Actor, before: &Before) -> Result<()> {
    let topic = match before {
        Before::Post { post, .. }
        | Before::Text { post, .. }
        | Before::Title { post, .. }
        | Before::Label { post, .. } => posts::store::find(tx, *post)?.topic,
        Before::Space { topic, .. } | Before::Flow { topic, .. } | Before::Pause { topic, .. } => *topic,
        Before::Member { .. } | Before::Links { .. } | Before::Apart { .. } => return Ok(()),
    };
    let space = topics::store::find(tx, topic)?.space;
    super::must_cover(tx, actor, space)
}

impl Before {
    /// True when both are about the same of the same thing.
    pub fn same_thing(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Post { post: one, .. }, Self::Post { post: two, .. })
            | (Self::Text { post: one, .. }, Self::Text { post: two, .. })
            | (Self::Label { post: one, .. }, Self::Label { post: two, .. }) => one == two,
            (Self::Space { topic: one, .. }, Self::Space { topic: two, .. })
            | (Self::Flow { topic: one, .. }, Self::Flow { topic: two, .. }) => one == two,
            (Self::Member { person: one, .. }, Self::Member { person: two, .. })
            | (Self::Links { person: one, .. }, Self::Links { person: two, .. }) => one == two,
            (Self::Pause { topic, person, .. }, Self::Pause { topic: place, person: who, .. }) => {
                (topic, person) == (place, who)
            }
            (Self::Apart { one, other, .. }, Self::Apart { one: first, other: second, .. }) => {
                (one.min(other), one.max(other)) == (first.min(second), first.max(second))
            }
            _ => false,
        }
    }

    /// How the same of the same thing is now.
    fn now(&self, tx: &mut Tx<'_>) -> Result<Self> {
        Ok(match self {
            Self::Post { post, .. } => Self::of_post(&posts::store::find(tx, *post)?),
            Self::Text { post, .. } => Self::of_text(&posts::store::find(tx, *post)?, None),
            Self::Title { post, .. } => {
                let topic = posts::store::find(tx, *post)?.topic;
                Self::Title { post: *post, title: topics::store::find(tx, topic)?.title }
            }
            Self::Label { post, .. } => Self::Label { post: *post, label: store::label_of(tx, *post)? },
            Self::Space { topic, .. } => {
                Self::Space { topic: *topic, space: topics::store::find(tx, *topic)?.space }
            }
            Self::Flow { topic, .. } => {
                let topic = topics::store::find(tx, *topic)?;
                Self::of_topic(tx, &topic)?
            }
            Self::Member { person, .. } => members::kept(tx, *person)?,
            Self::Links { person, .. } => {
                Self::Links { person: *person, limit: link_limits::kept(tx, *person)? }
            }
            Self::Pause { topic, person, .. } => {
                Self::Pause { topic: *topic, person: *person, pause: cool_offs::kept(tx, *topic, *person)? }
            }
            Self::Apart { one, other, .. } => {
                Self::Apart { one: *one, other: *other, apart: mutes::are_apart(tx, *one, *other)? }
            }
        })
    }
}

/// Puts a thing into the state `to`.
fn put(tx: &mut Tx<'_>, actor: Actor, to: &Before) -> Result<()> {
    match to {
        Before::Post { post, state, by, why, at } => {
            let mark = (by.as_deref(), why.as_deref(), at.map(Timestamp));
            posts::put_back(tx, actor, *post, state.parse()?, mark)
        }
        Before::Text { post, .. } => put_text(tx, actor, *post, Some(to), None),
        Before::Title { post, .. } => put_text(tx, actor, *post, None, Some(to)),
        Before::Label { post, label } => {
            let (topic, space) = hold(tx, *post)?;
            store::set_label(tx, *post, label.as_deref())?;
            topics::store::touch(tx, topic.id)?;
            let post = posts::store::find(tx, *post)?;
            act::record_label(tx, actor, (&topic, &space), &post, label.as_deref().unwrap_or_default())
        }
        Before::Space { topic, space } => topics::move_to(tx, actor, *topic, *space),
        Before::Flow { topic, closed_at, every, until, locked_until } => {
            let limit = every.map(|every| (every, until.map(Timestamp)));
            let closed = (closed_at.map(Timestamp), locked_until.map(Timestamp));
            flow_back(tx, actor, *topic, closed, limit)
        }
        Before::Links { person, limit } => link_limits::put(tx, actor, *person, limit.as_ref()),
        Before::Pause { topic, person, pause } => {
            cool_offs::put(tx, actor, (*topic, *person), pause.as_ref()).map(drop)
        }
        Before::Apart { one, other, apart } => mutes::keep_apart(tx, actor, (*one, *other), *apart).map(drop),
        Before::Member { person, standing, suspended_until, suspended_why, spammer } => {
            let kept = match standing {
                Some((word, until, why)) => {
                    Some(Stands { standing: word.parse()?, until: until.map(Timestamp), why: why.clone() })
                }
                None => None,
            };
            crate::people::store::set_spammer(tx, *person, *spammer)?;
            let suspended = (suspended_until.map(Timestamp), suspended_why.as_deref());
            members::put_back(tx, actor, *person, kept.as_ref(), suspended)
        }
    }
}

fn hold(tx: &mut Tx<'_>, post: PostId) -> Result<(Topic, topics::SpaceName)> {
    let topic = posts::store::find(tx, post)?.topic;
    topics::store::hold(tx, topic)
}

fn flow_back(
    tx: &mut Tx<'_>,
    actor: Actor,
    id: TopicId,
    (closed_at, locked_until): (Option<Timestamp>, Option<Timestamp>),
    limit: Option<(i64, Option<Timestamp>)>,
) -> Result<()> {
    let (topic, space) = topics::store::hold(tx, id)?;
    match (topic.closed_at, closed_at) {
        (Some(_), None) => topics::reopen(tx, actor, id)?,
        (Some(_), at) => topics::store::set_closed(tx, id, at)?,
        (None, Some(at)) => {
            topics::shut(tx, actor, id)?;
            topics::store::set_closed(tx, id, Some(at))?;
        }
        _ => {}
    }
    store::set_lock(tx, id, locked_until.filter(|_| closed_at.is_some()))?;
    if store::limit_of(tx, id)? != limit {
        store::set_slow(tx, id, limit)?;
        flow::record_slow(tx, actor, (&topic, &space), limit.map(|limit| limit.0))?;
    }
    Ok(())
}
