//! Splitting a side discussion off: replies of one topic become, or join, another.
//!
//! Posts keep their ids, texts, reactions, flags and addresses; what changes is where they stand. Each side says where
//! the other is. Moving back puts every post where it stood.
//!
//! **Invariants.** The first post stays. An accepted answer stays: its mark is taken back first. Answers that would
//! reach across topics become answers to the topic, and are answers again when moved back. Counters of both topics and
//! their spaces are right when a verb returns.

mod store;

use mainstreet_db::Tx;
use mainstreet_kernel::id::{PostId, SplitId, TopicId};
use mainstreet_kernel::{Activity, Actor, Error, Result, Timestamp, Verb, text};
use serde::{Deserialize, Serialize};
use serde_json::json;

pub use store::{candidates, find, of_topic};

use crate::moderation::must_cover;
use crate::posts::{self, Post};
use crate::topics::{self, SpaceName, State, Topic};
use crate::{spaces, tags};

/// Where posts go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum To {
    /// Into a new topic with this title, in the same space.
    New(String),
    /// Into this one.
    Topic(TopicId),
}

/// Posts that were moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// Which.
    pub id: SplitId,
    /// Where they were.
    pub from: TopicId,
    /// Title and address of that.
    pub from_title: String,
    /// Where they are.
    pub to: TopicId,
    /// Title of that.
    pub to_title: String,
    /// Whether that was opened for them.
    pub new_topic: bool,
    /// The number of the first of them where they were.
    pub first_number: i64,
    /// How many.
    pub moved: i64,
    /// Why.
    pub why: String,
    /// When.
    pub at: Timestamp,
    /// When they were moved back.
    pub undone_at: Option<Timestamp>,
    pub(crate) before: String,
}

/// Where a post stood: what moving back needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stood {
    post: PostId,
    number: i64,
    reply_to: Option<i64>,
    /// Its number where it is now.
    became: i64,
}

/// What moving back needs besides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Before {
    moved: Vec<Stood>,
    /// Posts that stayed and had answered one that went: post and number.
    answered: Vec<(PostId, i64)>,
}

/// Moves `ids` out of `from`. Errors: `Forbidden`; `Invalid` without posts, reason or title; `Conflict` for the first
/// post, an accepted answer, or posts of another topic.
pub fn split(
    tx: &mut Tx<'_>,
    actor: Actor,
    from: TopicId,
    ids: &[PostId],
    to: &To,
    why: &str,
) -> Result<Split> {
    let person = actor.person.filter(|_| actor.role.is_staff());
    let person = person.ok_or_else(|| Error::forbidden("Only moderators can split a topic."))?;
    let why = why.trim();
    if why.is_empty() || why.chars().count() > 500 {
        return Err(Error::invalid("Say why in at most 500 characters. It is shown in both topics."));
    }
    if let To::Topic(to) = to
        && *to < from
    {
        topics::store::hold(tx, *to)?;
    }
    let (source, space) = topics::store::hold(tx, from)?;
    must_cover(tx, actor, source.space)?;
    let chosen = chosen(tx, &source, ids)?;
    let (target, target_space) = match to {
        To::Topic(id) => existing(tx, actor, &source, *id)?,
        To::New(title) => (opened(tx, &source, &chosen, title)?, space.clone()),
    };
    let before = store::carry(tx, &source, &target, &chosen)?;
    if matches!(to, To::New(_)) {
        topics::store::set_first_post(tx, target.id, chosen.first().map_or(PostId(0), |post| post.id))?;
    }
    settle(tx, &source, &target, &chosen, matches!(to, To::New(_)))?;
    let new = store::New {
        from,
        to: target.id,
        new_topic: matches!(to, To::New(_)),
        first_number: chosen.first().map_or(1, |post| post.number),
        moved: chosen.len() as i64,
        before: serde_json::to_string(&before).map_err(Error::internal)?,
        why,
        by: person,
    };
    let id = store::insert(tx, &new)?;
    tell(tx, actor, [(&source, &space), (&target, &target_space)], (id, false))?;
    find(tx, id)
}

fn chosen(tx: &mut Tx<'_>, source: &Topic, ids: &[PostId]) -> Result<Vec<Post>> {
    if ids.is_empty() {
        return Err(Error::invalid("Choose the replies to move first."));
    }
    if ids.len() > 500 {
        return Err(Error::invalid("Move at most 500 replies at once."));
    }
    let mut chosen = posts::store::find_all(tx, ids)?;
    chosen.sort_by_key(|post| post.number);
    if chosen.len() != ids.len() || chosen.iter().any(|post| post.topic != source.id) {
        return Err(Error::conflict("Some of these replies are not in this topic any more. Choose again."));
    }
    if chosen.iter().any(Post::is_first) {
        return Err(Error::conflict("The first post stays where it is. Move the whole topic instead."));
    }
    if chosen.iter().any(|post| source.accepted_post == Some(post.id) || post.was_accepted.is_some()) {
        return Err(Error::conflict("An accepted answer stays. Take that mark back first."));
    }
    if chosen.iter().all(|post| post.state != State::Published) {
        return Err(Error::conflict("None of these replies can be seen, so there is nothing to split off."));
    }
    Ok(chosen)
}

fn existing(tx: &mut Tx<'_>, actor: Actor, source: &Topic, id: TopicId) -> Result<(Topic, SpaceName)> {
    if id == source.id {
        return Err(Error::invalid("Choose another topic than this one."));
    }
    let (target, space) = topics::store::hold(tx, id)?;
    must_cover(tx, actor, target.space)?;
    if target.state != State::Published {
        return Err(Error::conflict("That topic was taken away. Choose another, or a new one."));
    }
    if target.account != source.account {
        return Err(Error::conflict("That topic is in another place. Choose one from here."));
    }
    Ok((target, space))
}

fn opened(tx: &mut Tx<'_>, source: &Topic, chosen: &[Post], title: &str) -> Result<Topic> {
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    if !(3..=200).contains(&title.chars().count()) {
        return Err(Error::invalid("Give the new topic a title of 3 to 200 characters."));
    }
    let first = chosen.iter().find(|post| post.state == State::Published).or(chosen.first());
    let first = first.ok_or_else(|| Error::internal("a split of nothing"))?;
    if chosen.first().is_some_and(|earliest| earliest.id != first.id) {
        return Err(Error::conflict(
            "The first of these replies is hidden, and a topic cannot begin with it. Leave it out.",
        ));
    }
    let topic = Topic {
        id: TopicId(tx.mint()),
        person: first.person,
        slug: text::slug(&title),
        title,
        question: false,
        state: State::Published,
        pinned: false,
        closed_at: None,
        created_at: first.created_at,
        bumped_at: first.created_at,
        post_count: 0,
        reply_count: 0,
        people_count: 0,
        reaction_count: 0,
        view_count: 0,
        first_post: None,
        last_post: None,
        last_person: None,
        first_reply_at: None,
        accepted_post: None,
        accepted_at: None,
        accepted_by: None,
        version: 1,
        space: source.space,
        account: source.account,
    };
    topics::store::insert(tx, &topic)?;
    Ok(topic)
}

/// Counts both sides and their spaces anew.
fn settle(tx: &mut Tx<'_>, source: &Topic, target: &Topic, chosen: &[Post], new: bool) -> Result<()> {
    for topic in [source, target] {
        let topic = topics::store::find(tx, topic.id)?;
        topics::recount(tx, &topic)?;
    }
    let published = chosen.iter().filter(|post| post.state == State::Published).count() as i64;
    let mut changes = vec![(source.space, 0, -published), (target.space, i64::from(new), published)];
    changes.sort_unstable_by_key(|change| change.0);
    for (space, topics, posts) in changes {
        spaces::store::count(tx, space, topics, posts)?;
    }
    Ok(())
}

fn tell(
    tx: &mut Tx<'_>,
    actor: Actor,
    sides: [(&Topic, &SpaceName); 2],
    (split, undone): (SplitId, bool),
) -> Result<()> {
    let [(source, _), (target, _)] = sides;
    for ((topic, space), other) in sides.into_iter().zip([target, source]) {
        let activity = Activity::new(Verb::TopicSplit, actor, topic.id, tx.now())
            .within(topic.id, topic.space)
            .to(topic.person)
            .seen_by(space.visibility);
        tx.record(&activity.with(json!({
            "to": other.id.to_string(), "undone": undone, "split": split.to_string(), "from": topic.id == source.id,
        })))?;
    }
    Ok(())
}

/// Moves posts back to where they stood. Errors: `Forbidden`; `Conflict` when they were moved on, or back already.
pub fn undo(tx: &mut Tx<'_>, actor: Actor, id: SplitId) -> Result<Split> {
    if !actor.role.is_staff() {
        return Err(Error::forbidden("Only moderators can do that."));
    }
    let split = find(tx, id)?;
    let (low, high) = (split.from.min(split.to), split.from.max(split.to));
    topics::store::hold(tx, low)?;
    topics::store::hold(tx, high)?;
    let (source, space) = topics::store::find_placed(tx, split.from)?;
    let (target, target_space) = topics::store::find_placed(tx, split.to)?;
    must_cover(tx, actor, source.space)?;
    store::mark_undone(tx, id)?;
    let before: Before = serde_json::from_str(&split.before).map_err(Error::internal)?;
    let ids: Vec<PostId> = before.moved.iter().map(|stood| stood.post).collect();
    let chosen = posts::store::find_all(tx, &ids)?;
    if chosen.iter().any(|post| post.topic != split.to || target.accepted_post == Some(post.id)) {
        return Err(Error::conflict(
            "One of these replies was moved on or accepted since. Take that back first.",
        ));
    }
    if split.new_topic && target.post_count > chosen.len() as i64 {
        return Err(Error::conflict(
            "People have replied in the new topic since, so it stays. You can split single replies back.",
        ));
    }
    store::carry_back(tx, &source, &target, &before)?;
    if split.new_topic {
        tags::set(tx, target.id, &[], true)?;
        topics::store::set_state(tx, target.id, State::Deleted)?;
        store::forget_first(tx, target.id)?;
    }
    for topic in [&source, &target] {
        let topic = topics::store::find(tx, topic.id)?;
        topics::recount(tx, &topic)?;
    }
    let published = chosen.iter().filter(|post| post.state == State::Published).count() as i64;
    let gone = i64::from(split.new_topic && target.state == State::Published);
    let mut changes = vec![(source.space, 0, published), (target.space, -gone, -published)];
    changes.sort_unstable_by_key(|change| change.0);
    for (space, topics, posts) in changes {
        spaces::store::count(tx, space, topics, posts)?;
    }
    tell(tx, actor, [(&source, &space), (&target, &target_space)], (id, true))?;
    find(tx, id)
}

/// In a copy that goes back in time: replies stand where they stood at `at`, step by step from the latest on.
pub(crate) fn rewind(tx: &mut Tx<'_>, at: Timestamp) -> Result<()> {
    let mut steps: Vec<(Timestamp, bool, Split)> = Vec::new();
    for split in store::since(tx, at)? {
        if let Some(undone) = split.undone_at.filter(|undone| *undone > at) {
            steps.push((undone, true, split.clone()));
        }
        if split.at > at {
            steps.push((split.at, false, split));
        }
    }
    steps.sort_by_key(|(when, undoing, split)| (*when, split.id, *undoing));
    for (_, undoing, split) in steps.iter().rev() {
        let before: Before = serde_json::from_str(&split.before).map_err(Error::internal)?;
        if *undoing {
            store::carry_again(tx, split, &before)?;
        } else {
            let source = topics::store::find(tx, split.from)?;
            let target = topics::store::find(tx, split.to)?;
            store::carry_back(tx, &source, &target, &before)?;
        }
    }
    store::forget(tx, at)
}
