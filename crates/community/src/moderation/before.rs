//! What was before an act, and putting it back.

use mainstreet_db::Tx;
use mainstreet_kernel::id::{PersonId, PostId, SpaceId, TopicId};
use mainstreet_kernel::{Actor, Error, Result, Timestamp};
use serde::{Deserialize, Serialize};

use super::person_state::Stands;
use super::table::State as Standing;
use super::{act, members, store, topics as flow};
use crate::cool_offs::{self, CoolOff};
use crate::mutes;
use crate::posts::{self, Post};
use crate::topics::{self, State, Topic};

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

fn changed() -> Error {
    Error::conflict("Something else was decided about this since. Take that back first.")
}

/// Puts back what was before an act, if it still stands as the act left it. Errors: `Conflict` when something has
/// happened to it since.
pub fn take_back(tx: &mut Tx<'_>, actor: Actor, before: &Before, became: &str) -> Result<()> {
    match before {
        Before::Post { post, state, by, why, at } => {
            let (held, _) = hold(tx, *post)?;
            super::must_cover(tx, actor, held.space)?;
            let now = posts::store::find(tx, *post)?;
            // What was hidden and changed by its author since is held: that is no other decision.
            let revised = became == "hidden" && now.state == State::Held;
            if now.state.as_str() != became && !revised {
                return Err(changed());
            }
            let mark = (by.as_deref(), why.as_deref(), at.map(Timestamp));
            posts::put_back(tx, actor, *post, state.parse()?, mark)
        }
        Before::Text { post, version, body, edited_at, title } => {
            let (topic, _) = hold(tx, *post)?;
            super::must_cover(tx, actor, topic.space)?;
            if posts::store::find(tx, *post)?.version != version + 1 {
                return Err(changed());
            }
            posts::put_text_back(tx, actor, *post, (body, title.as_deref()), edited_at.map(Timestamp))
        }
        Before::Label { post, label } => {
            let (topic, space) = hold(tx, *post)?;
            super::must_cover(tx, actor, topic.space)?;
            store::set_label(tx, *post, label.as_deref())?;
            topics::store::touch(tx, topic.id)?;
            let post = posts::store::find(tx, *post)?;
            act::record_label(tx, actor, (&topic, &space), &post, label.as_deref().unwrap_or_default())
        }
        Before::Space { topic, space } => topics::move_to(tx, actor, *topic, *space),
        Before::Flow { topic, closed_at, every, until, locked_until } => {
            let limit = every.map(|every| (every, until.map(Timestamp)));
            let closed = (closed_at.map(Timestamp), locked_until.map(Timestamp));
            flow_back(tx, actor, *topic, closed, limit, became)
        }
        Before::Pause { topic, person, pause } => {
            let space = topics::store::find(tx, *topic)?.space;
            super::must_cover(tx, actor, space)?;
            cool_offs::put(tx, actor, (*topic, *person), pause.as_ref()).map(drop)
        }
        Before::Apart { one, other, apart } => mutes::keep_apart(tx, actor, (*one, *other), *apart).map(drop),
        Before::Member { person, standing, suspended_until, suspended_why, spammer } => {
            let now = Standing::Member(super::standing_of(tx, *person)?.standing);
            if now.as_str() != became && now.as_str() != "active" {
                return Err(changed());
            }
            let kept = match standing {
                Some((word, until, why)) => {
                    Some(Stands { standing: word.parse()?, until: until.map(Timestamp), why: why.clone() })
                }
                None => None,
            };
            crate::people::store::set_spammer(tx, *person, *spammer)?;
            members::put_back(
                tx,
                actor,
                *person,
                kept.as_ref(),
                (suspended_until.map(Timestamp), suspended_why.as_deref()),
            )
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
    became: &str,
) -> Result<()> {
    let (topic, space) = topics::store::hold(tx, id)?;
    super::must_cover(tx, actor, topic.space)?;
    let now = Standing::Topic(flow::flow(tx, &topic)?);
    let ended = matches!(became, "slow" | "locked") && now.as_str() == "open";
    if now.as_str() != became && !ended {
        return Err(changed());
    }
    match (topic.closed_at, closed_at) {
        (Some(_), None) => topics::reopen(tx, actor, id)?,
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
