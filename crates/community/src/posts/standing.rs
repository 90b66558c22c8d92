//! Taking posts away and bringing them back: deleting, hiding, restoring.

use mainstreet_db::Tx;
use mainstreet_kernel::id::{CalmId, PostId};
use mainstreet_kernel::{Activity, Actor, Error, Result, Timestamp, Verb, Visibility};
use serde_json::json;

use super::model::{Moved, Post, State, Taker};
use super::{answers, rules, store};
use crate::calm::Calm;
use crate::topics::{self, SpaceName, Topic};
use crate::{moderation, people, spaces, tags};

/// Takes a post away for its author. Taking the first post takes the topic. What staff take from others is an act of
/// [`crate::moderation`]. Errors: not theirs; gone already.
pub fn delete(tx: &mut Tx<'_>, actor: Actor, id: PostId) -> Result<Moved> {
    let (topic, space, post) = held(tx, id)?;
    topics::seen(actor.into(), &topic, space.visibility)?;
    rules::may_take(actor, &post, &topic)?;
    take(
        tx,
        actor,
        (&topic, &space),
        &post,
        Leaving { state: State::Deleted, by: Taker::Author, why: None, calm: None },
    )
}

/// Mainstreet hides a post by itself until a person has looked, for a reason that its author can read. What people
/// hide is an act of [`crate::moderation`]. Errors: a person asks; no reason; gone already.
pub fn hide(tx: &mut Tx<'_>, actor: Actor, id: PostId, why: &str) -> Result<Moved> {
    rules::may_hide(actor)?;
    let why = why.trim();
    if why.is_empty() || why.chars().count() > 500 {
        return Err(Error::invalid("Give a reason of at most 500 characters. The author will read it."));
    }
    let (topic, space, post) = held(tx, id)?;
    let leaving = Leaving { state: State::Hidden, by: Taker::Staff, why: Some(why), calm: None };
    take(tx, actor, (&topic, &space), &post, leaving)
}

/// Brings a post back: everything is as if it had never left. Errors: not staff, nor the author who deleted it;
/// it is not away.
pub fn restore(tx: &mut Tx<'_>, actor: Actor, id: PostId) -> Result<Moved> {
    let (topic, space, post) = held(tx, id)?;
    rules::may_restore(actor, &post)?;
    if post.state == State::Published {
        return Err(Error::conflict("This post is published already."));
    }
    if !actor.is(post.person) {
        moderation::must_cover(tx, actor, topic.space)?;
    }
    bring_back(tx, actor, (&topic, &space), &post)
}

fn bring_back(
    tx: &mut Tx<'_>,
    actor: Actor,
    (topic, space): (&Topic, &SpaceName),
    post: &Post,
) -> Result<Moved> {
    let id = post.id;
    store::set_state(tx, post, State::Published, None, None)?;
    let after = settle(tx, topic, post, 1)?;
    tx.record(
        &about(tx, Verb::PostRestored, actor, (topic, space), post)
            .with(json!({ "from": post.state.as_str(), "first": post.is_first() })),
    )?;
    if let (Some(mark), None) = (post.was_accepted, topic.accepted_post) {
        answers::put_back(tx, (topic, space), post, mark)?;
    }
    people::store::recount_posts(tx, post.person, 1)?;
    count_lists(tx, topic, post, after, 1)?;
    Ok(Moved { post: store::find(tx, id)?, with_topic: post.is_first() })
}

/// Moves a post to the state that the table of [`crate::moderation`] says. The caller has asked for permission and
/// holds the topic's row.
pub(crate) fn move_to_state(
    tx: &mut Tx<'_>,
    actor: Actor,
    id: PostId,
    to: moderation::State,
    why: &str,
) -> Result<()> {
    let moderation::State::Post(to) = to else { return Err(Error::internal("a post in no post's state")) };
    let (topic, space, post) = held(tx, id)?;
    let leaving = Leaving { state: to, by: Taker::Staff, why: Some(why), calm: None };
    match (post.state, to) {
        (_, State::Published) => bring_back(tx, actor, (&topic, &space), &post).map(drop),
        (State::Published, _) => take(tx, actor, (&topic, &space), &post, leaving).map(drop),
        _ => relabel(tx, actor, (&topic, &space), &post, leaving),
    }
}

/// Puts a post back into the state it had, with who had put it there, why and when.
pub(crate) fn put_back(
    tx: &mut Tx<'_>,
    actor: Actor,
    id: PostId,
    state: State,
    (by, why, at): (Option<&str>, Option<&str>, Option<Timestamp>),
) -> Result<()> {
    if held(tx, id)?.2.state != state {
        move_to_state(tx, actor, id, moderation::State::Post(state), why.unwrap_or_default())?;
    }
    store::set_mark(tx, id, by, why, at)
}

/// A new post of somebody whose posts are looked at first, or of a new account where `calm` looks at those: it was
/// counted, and goes before anybody has seen it.
pub(crate) fn hold_new(tx: &mut Tx<'_>, id: PostId, calm: Option<&Calm>) -> Result<()> {
    let (topic, space, post) = held(tx, id)?;
    let why = match calm {
        None => "It waits until a moderator has looked at it, as all your posts do for now.".to_owned(),
        Some(calm) => {
            format!("{} is on, so posts of new accounts are looked at first. {}", calm.kind.label(), calm.why)
        }
    };
    let calm = calm.map(|calm| calm.id);
    let leaving = Leaving { state: State::Held, by: Taker::Staff, why: Some(&why), calm };
    take(tx, Actor::SYSTEM, (&topic, &space), &post, leaving).map(drop)
}

/// The author of a hidden post has changed it: it waits until a moderator has looked again.
pub(crate) fn hold_revised(tx: &mut Tx<'_>, actor: Actor, id: PostId) -> Result<()> {
    let (topic, space, post) = held(tx, id)?;
    let why = "Its author has changed it. It waits until a moderator has looked at it again.";
    let leaving = Leaving { state: State::Held, by: Taker::Staff, why: Some(why), calm: None };
    relabel(tx, actor, (&topic, &space), &post, leaving)
}

/// From one way of being away to another: nothing that counts changes.
fn relabel(
    tx: &mut Tx<'_>,
    actor: Actor,
    (topic, space): (&Topic, &SpaceName),
    post: &Post,
    leaving: Leaving<'_>,
) -> Result<()> {
    store::set_state(tx, post, leaving.state, Some(leaving.by), leaving.why)?;
    if post.is_first() {
        topics::store::set_state(tx, topic.id, leaving.state)?;
    }
    topics::store::touch(tx, topic.id)?;
    tx.record(&about(tx, gone(leaving.state), actor, (topic, space), post).with(json!({
        "by": leaving.by.as_str(), "first": post.is_first(), "why": leaving.why, "from": post.state.as_str(),
        "held": leaving.state == State::Held,
    })))
}

/// What the log calls it when a post goes there.
fn gone(state: State) -> Verb {
    if state == State::Deleted { Verb::PostDeleted } else { Verb::PostHidden }
}

/// How a post leaves.
#[derive(Clone, Copy)]
struct Leaving<'a> {
    state: State,
    by: Taker,
    why: Option<&'a str>,
    /// The calm or raid mode it goes by.
    calm: Option<CalmId>,
}

fn held(tx: &mut Tx<'_>, id: PostId) -> Result<(Topic, SpaceName, Post)> {
    let topic = store::find(tx, id)?.topic;
    let (topic, space) = topics::store::hold(tx, topic)?;
    Ok((topic, space, store::find(tx, id)?))
}

fn take(
    tx: &mut Tx<'_>,
    actor: Actor,
    (topic, space): (&Topic, &SpaceName),
    post: &Post,
    leaving: Leaving<'_>,
) -> Result<Moved> {
    if post.state != State::Published {
        return Err(Error::conflict("This post is gone already."));
    }
    store::set_state(tx, post, leaving.state, Some(leaving.by), leaving.why)?;
    tx.record(
        &about(tx, gone(leaving.state), actor, (topic, space), post)
            .with(json!({ "by": leaving.by.as_str(), "first": post.is_first(), "why": leaving.why,
                "held": leaving.state == State::Held, "calm": leaving.calm })),
    )?;
    if topic.accepted_post == Some(post.id) {
        answers::put_away(tx, actor, (topic, space), post)?;
    }
    let after = settle(tx, topic, post, -1)?;
    people::store::recount_posts(tx, post.person, -1)?;
    count_lists(tx, topic, post, after, -1)?;
    Ok(Moved { post: store::find(tx, post.id)?, with_topic: post.is_first() })
}

/// Counts the topic and the post answered anew. Answers the topic's published posts.
fn settle(tx: &mut Tx<'_>, topic: &Topic, post: &Post, sign: i64) -> Result<i64> {
    if let Some(answered) = post.reply_to {
        store::count_reply(tx, topic.id, answered, sign)?;
    }
    if post.is_first() {
        let state = if sign > 0 { State::Published } else { store::find(tx, post.id)?.state };
        topics::store::set_state(tx, topic.id, state)?;
    }
    Ok(topics::recount(tx, topic)?.published)
}

/// Tags and space. The space comes last, because every verb in it wants its row.
fn count_lists(tx: &mut Tx<'_>, topic: &Topic, post: &Post, published: i64, sign: i64) -> Result<()> {
    if post.is_first() {
        // The topic goes with all that was published in it, or comes back with all that is.
        let posts = if sign > 0 { published } else { published + 1 };
        tags::store::count_topic(tx, topic.id, sign)?;
        spaces::store::count(tx, topic.space, sign, sign * posts)
    } else if topic.state == State::Published {
        spaces::store::count(tx, topic.space, 0, sign)
    } else {
        Ok(())
    }
}

fn about(
    tx: &Tx<'_>,
    verb: Verb,
    actor: Actor,
    (topic, space): (&Topic, &SpaceName),
    post: &Post,
) -> Activity {
    // That something was put away is for its author and staff; that something is back is for all.
    let visibility = if verb == Verb::PostRestored { space.visibility } else { Visibility::Staff };
    Activity::new(verb, actor, post.id, tx.now())
        .within(topic.id, topic.space)
        .to(post.person)
        .seen_by(visibility)
}
