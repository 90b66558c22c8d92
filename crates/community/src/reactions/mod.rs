//! Reactions: thanks and the like, without a post.
//!
//! **Invariants.** `reaction_counts.count` is the number of people who reacted in one way: those known by name (rows
//! of `reactions`) and those an archive only counted (`unattributed`). `posts.reaction_count` is the sum over the
//! ways. A person reacts to a post in one way at most once.

pub mod store;

use mainstreet_db::Tx;
use mainstreet_kernel::id::PostId;
use mainstreet_kernel::{Activity, Actor, Error, Result, Verb};
use serde_json::json;

use crate::posts::{self, Author, Post};
use crate::topics::{self, SpaceName, State, Topic};

/// A way to react: the word stored, the word shown, the sign.
pub const KINDS: &[(&str, &str, &str)] = &[
    ("thanks", "Thanks", "🙏"),
    ("like", "Like", "👍"),
    ("heart", "Love", "❤️"),
    ("idea", "Good idea", "💡"),
    ("celebrate", "Celebrate", "🎉"),
];

/// The word and sign shown for a way to react. Ways of other channels show their own names.
pub fn label(kind: &str) -> (&str, &'static str) {
    KINDS.iter().find(|known| known.0 == kind).map_or((kind, ""), |known| (known.1, known.2))
}

/// Reacts to a post. False when this person had done so already. Errors: an unknown way; one's own post; a post
/// that is not there for them.
pub fn add(tx: &mut Tx<'_>, actor: Actor, post: PostId, kind: &str) -> Result<bool> {
    let author = Author::taking_part(tx, actor)?;
    if !KINDS.iter().any(|known| known.0 == kind) {
        return Err(Error::invalid("There is no such reaction."));
    }
    let (topic, space, post) = reach(tx, actor, post)?;
    if author.person == post.person {
        return Err(Error::forbidden("This is your own post. Leave the reactions to others."));
    }
    if !store::insert(tx, post.id, kind, author.person)? {
        return Ok(false);
    }
    count(tx, &topic, &post, kind, 1)?;
    record(tx, Verb::ReactionAdded, actor, (&topic, &space), &post, kind)?;
    Ok(true)
}

/// Takes a reaction back. False when there was none.
pub fn remove(tx: &mut Tx<'_>, actor: Actor, post: PostId, kind: &str) -> Result<bool> {
    let author = Author::taking_part(tx, actor)?;
    let (topic, space, post) = reach(tx, actor, post)?;
    if !store::delete(tx, post.id, kind, author.person)? {
        return Ok(false);
    }
    count(tx, &topic, &post, kind, -1)?;
    record(tx, Verb::ReactionRemoved, actor, (&topic, &space), &post, kind)?;
    Ok(true)
}

/// Adds the reaction, or takes it back when it is there. True when it is there now.
pub fn toggle(tx: &mut Tx<'_>, actor: Actor, post: PostId, kind: &str) -> Result<bool> {
    Ok(!remove(tx, actor, post, kind)? && add(tx, actor, post, kind)?)
}

/// The post, its topic held and its space, if `actor` may see it and it is published.
fn reach(tx: &mut Tx<'_>, actor: Actor, id: PostId) -> Result<(Topic, SpaceName, Post)> {
    let topic = posts::store::find(tx, id)?.topic;
    let (topic, space) = topics::store::hold(tx, topic)?;
    topics::seen(actor.into(), &topic, space.visibility)?;
    let post = posts::store::find(tx, id)?;
    if post.state != State::Published {
        return Err(Error::conflict("This post is gone."));
    }
    Ok((topic, space, post))
}

fn count(tx: &mut Tx<'_>, topic: &Topic, post: &Post, kind: &str, change: i64) -> Result<()> {
    store::count(tx, post.id, kind, change)?;
    topics::store::count_reaction(tx, topic.id, change)
}

fn record(
    tx: &mut Tx<'_>,
    verb: Verb,
    actor: Actor,
    (topic, space): (&Topic, &SpaceName),
    post: &Post,
    kind: &str,
) -> Result<()> {
    tx.record(
        &Activity::new(verb, actor, post.id, tx.now())
            .within(topic.id, topic.space)
            .to(post.person)
            .seen_by(space.visibility)
            .with(json!({ "kind": kind })),
    )
}
