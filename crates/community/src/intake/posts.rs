//! The step for posts: new messages are given a place in their topics and written.

use std::collections::{BTreeSet, HashMap, HashSet};

use mainstreet_db::Tx;
use mainstreet_kernel::channel::{IncomingMessage, IncomingReaction, ReplyTo, Standing};
use mainstreet_kernel::id::{PersonId, PostId};
use mainstreet_kernel::{ActorClass, Error, Result, text};

use super::model::{Faces, Slim, Source, Topic};
use super::store;
use super::topic::Topics;

/// A message on its way to becoming a post.
pub(super) struct Written<'a> {
    pub(super) message: &'a IncomingMessage,
    pub(super) id: PostId,
    /// Its topic's external id.
    pub(super) topic: &'a str,
    pub(super) number: i64,
    pub(super) person: PersonId,
    pub(super) class: ActorClass,
    pub(super) reply_to: Option<i64>,
    pub(super) reactions: Vec<Reacted>,
}

/// One way in which people reacted to a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reacted {
    pub(super) kind: String,
    /// How many in all.
    pub(super) count: i64,
    /// Those we know.
    pub(super) by: BTreeSet<PersonId>,
}

/// The state that a standing is stored as.
pub(super) fn state(standing: Standing) -> &'static str {
    match standing {
        Standing::Shown => "published",
        Standing::Hidden => "hidden",
        Standing::Deleted => "deleted",
    }
}

/// Gives every new message an id and a number, and tells its topic about it.
pub(super) fn plan<'a>(
    tx: &mut Tx<'_>,
    source: &Source,
    messages: &[&'a IncomingMessage],
    people: &Faces,
    topics: &mut Topics,
) -> Result<Vec<Written<'a>>> {
    let mut written: Vec<Written<'a>> = Vec::with_capacity(messages.len());
    for message in messages {
        let lost = || Error::internal("a message without its topic or author");
        let topic = topics.get_mut(&message.topic).ok_or_else(lost)?;
        let post = Written {
            message,
            id: PostId(tx.mint_at(message.at)),
            topic: &message.topic,
            number: number(topic, message),
            person: people.person(&message.author.external_id).ok_or_else(lost)?,
            class: if message.notice { ActorClass::System } else { message.author.class },
            reply_to: match message.reply_to {
                Some(ReplyTo::Number(number)) => Some(number),
                _ => None,
            },
            reactions: reacted(&message.reactions, people),
        };
        topic.touched = true;
        topic.posts.push(Slim {
            id: post.id,
            number: post.number,
            person: post.person,
            class: post.class,
            published: message.standing == Standing::Shown,
            created_at: message.at,
            reactions: post.reactions.iter().map(|reaction| reaction.count).sum(),
            reply_to: post.reply_to,
            new: true,
        });
        written.push(post);
    }
    resolve_replies(tx, source, &mut written, topics)?;
    for topic in topics.values_mut().filter(|topic| topic.touched) {
        round_off(topic, &written);
    }
    Ok(written)
}

/// The number the channel gave, unless another post has it; else the next one.
fn number(topic: &Topic, message: &IncomingMessage) -> i64 {
    let wanted = message.number;
    if wanted > 0 && topic.posts.iter().all(|post| post.number != wanted) {
        return wanted;
    }
    topic.posts.iter().map(|post| post.number).max().unwrap_or(0) + 1
}

/// Answers that name a message become answers to a number in the same topic.
fn resolve_replies(
    tx: &mut Tx<'_>,
    source: &Source,
    written: &mut [Written<'_>],
    topics: &mut Topics,
) -> Result<()> {
    let named = |post: &Written<'_>| match &post.message.reply_to {
        Some(ReplyTo::Message(id)) => Some(id.clone()),
        _ => None,
    };
    let wanted: HashSet<String> = written.iter().filter_map(&named).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let mut places: HashMap<String, (String, i64)> = written
        .iter()
        .filter(|post| wanted.contains(&post.message.external_id))
        .map(|post| (post.message.external_id.clone(), (post.topic.to_owned(), post.number)))
        .collect();
    let ids: Vec<&str> = wanted.iter().map(String::as_str).collect();
    for (id, topic, number) in store::numbers(tx, source.account, &ids)? {
        places.insert(id, (topic, number));
    }
    for post in written {
        let place = named(post).and_then(|id| places.get(&id)).filter(|(topic, _)| topic == post.topic);
        let Some((_, number)) = place else { continue };
        post.reply_to = Some(*number);
        let slim = topics
            .get_mut(post.topic)
            .and_then(|topic| topic.posts.iter_mut().find(|slim| slim.id == post.id));
        if let Some(slim) = slim {
            slim.reply_to = Some(*number);
        }
    }
    Ok(())
}

/// What the new posts mean for the topic: who began it, whether it is shown, its answer, when it was closed.
fn round_off(topic: &mut Topic, written: &[Written<'_>]) {
    topic.posts.sort_by_key(|post| post.number);
    let here = || written.iter().filter(|post| post.topic == topic.external_id);
    let mut first = None;
    let mut accepted = None;
    for post in here() {
        if topic.first().is_some_and(|slim| slim.id == post.id) {
            first = Some((
                post.person,
                post.message.at,
                post.message.title.clone(),
                state(post.message.standing),
            ));
        }
        if post.message.accepted && post.message.standing == Standing::Shown && accepted.is_none() {
            accepted = Some((post.id, post.person, post.message.at));
        }
    }
    if let Some((person, at, title, state)) = first {
        topic.person = person;
        topic.created_at = at;
        if let Some(title) = title.filter(|title| !title.trim().is_empty()) {
            topic.title = text::excerpt(&title, 200);
        }
        state.clone_into(&mut topic.state);
    }
    if topic.accepted.is_none()
        && let Some((post, person, at)) = accepted
    {
        topic.accepted = Some((post, at));
        topic.told.accepted = Some((post, person, at));
    }
    if topic.told.closed && topic.closed_at.is_none() {
        // The notice that closed it says when; without one it was closed at the earliest after its last post.
        let notice =
            topic.posts.iter().filter(|post| post.class == ActorClass::System).map(|post| post.created_at);
        topic.closed_at = notice.max().or(topic.posts.iter().map(|post| post.created_at).max());
    }
}

/// Reactions by kind. Somebody who reacted twice in one way (in two skin tones) is counted twice and named once.
pub(super) fn reacted(reactions: &[IncomingReaction], people: &Faces) -> Vec<Reacted> {
    let mut found: Vec<Reacted> = Vec::new();
    for reaction in reactions {
        let by = reaction.by.iter().filter_map(|id| people.person(id));
        match found.iter_mut().find(|known| known.kind == reaction.kind) {
            Some(known) => {
                known.count += reaction.count;
                known.by.extend(by);
            }
            None => {
                let by = by.collect();
                found.push(Reacted { kind: reaction.kind.clone(), count: reaction.count, by });
            }
        }
    }
    found
}

/// Writes posts and all that hangs on them.
pub(super) fn write(
    tx: &mut Tx<'_>,
    source: &Source,
    written: &[Written<'_>],
    topics: &Topics,
    people: &Faces,
) -> Result<()> {
    store::add_posts(tx, source.account, written, topics)?;
    store::add_originals(tx, written)?;
    let mut mentions = Vec::new();
    for post in written {
        let named = post.message.mentions.iter().filter_map(|name| people.by_handle.get(&text::fold(name)));
        let named: BTreeSet<PersonId> = named.copied().collect();
        mentions.extend(named.into_iter().map(|person| (post.id, person)));
    }
    store::add_mentions(tx, &mentions)?;
    let reactions: Vec<_> =
        written.iter().map(|post| (post.id, post.message.at, post.reactions.as_slice())).collect();
    store::add_reactions(tx, &reactions)?;
    let mut paths = Vec::new();
    for post in written {
        let message = post.message;
        paths.extend(message.old_paths.iter().map(|path| (path.clone(), "post", post.id.0)));
        if let Some(topic) = topics.get(post.topic) {
            paths.extend(message.topic_paths.iter().map(|path| (path.clone(), "topic", topic.id.0)));
        }
    }
    store::add_paths(tx, paths)?;
    count_replies(tx, written, topics)
}

/// Answers to posts that were here before this batch; those within it are counted as they are written.
fn count_replies(tx: &mut Tx<'_>, written: &[Written<'_>], topics: &Topics) -> Result<()> {
    for post in written.iter().filter(|post| post.message.standing == Standing::Shown) {
        let answered =
            topics.get(post.topic).zip(post.reply_to).and_then(|(topic, number)| topic.by_number(number));
        if let Some(answered) = answered.filter(|answered| !answered.new) {
            store::count_reply(tx, answered.id)?;
        }
    }
    Ok(())
}
