use mainstreet_db::Tx;
use mainstreet_kernel::id::{PostId, SpaceId, TopicId};
use mainstreet_kernel::{Activity, Actor, Error, Result, Verb, text};
use serde_json::json;

use super::model::{SpaceName, State, Topic};
use super::{rules, store};
use crate::posts::{self, Author};
use crate::{calm, moderation, people, spaces, tags};

/// What the form of a new topic holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTopic {
    /// Where.
    pub space: SpaceId,
    /// Its title.
    pub title: String,
    /// Its first post, as Markdown.
    pub body: String,
    /// Names of tags.
    pub tags: Vec<String>,
    /// True when it asks for an answer.
    pub question: bool,
    /// The form's one-time token: the same form sent twice opens one topic.
    pub form_token: Option<String>,
}

/// A topic that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The topic.
    pub topic: Topic,
    /// Its first post.
    pub post: PostId,
    /// False when the form had been sent before and nothing new was made.
    pub new: bool,
}

/// Opens a topic with its first post. Errors: a mistake in the form ([`super::check`] names them all), a space
/// that is not for this person.
pub fn open(tx: &mut Tx<'_>, actor: Actor, new: &NewTopic) -> Result<Opened> {
    let author = Author::of(tx, actor)?;
    // Held first, so that the same form sent twice at once waits here for its twin.
    people::store::hold(tx, author.person)?;
    if let Some(before) = posts::sent_before(tx, author.person, new.form_token.as_deref())? {
        let topic = store::find(tx, before.topic)?;
        return Ok(Opened { topic, post: before.id, new: false });
    }
    rules::refuse(&rules::check(&new.title, &new.body, &new.tags))?;
    let space = spaces::store::find(tx, new.space)?;
    spaces::may_open_topic(actor, &space)?;
    let title = new.title.split_whitespace().collect::<Vec<_>>().join(" ");
    let topic = blank(tx, &space, author, title, new.question);
    store::insert(tx, &topic)?;
    let draft = posts::Draft {
        topic: topic.id,
        account: topic.account,
        asker: topic.person,
        body: &new.body,
        reply_to: None,
        form_token: new.form_token.as_deref(),
    };
    let post = posts::put(tx, author, &draft)?;
    store::set_first_post(tx, topic.id, post.id)?;
    tags::set(tx, topic.id, &tags::check(&new.tags)?, true)?;
    let facts = posts::facts(&post);
    tx.record(
        &Activity::new(Verb::TopicCreated, actor, post.id, tx.now())
            .within(topic.id, topic.space)
            .seen_by(space.visibility)
            .with(json!({ "question": topic.question, "words": facts.words })),
    )?;
    spaces::store::count(tx, topic.space, 1, 1)?;
    let calm = calm::looks_first(tx, actor, author.person, Some(topic.id), topic.space)?;
    if author.held || calm.is_some() {
        posts::hold_new(tx, post.id, calm.as_ref())?;
    }
    Ok(Opened { topic: store::find(tx, topic.id)?, post: post.id, new: true })
}

fn blank(tx: &Tx<'_>, space: &spaces::Space, author: Author, title: String, question: bool) -> Topic {
    Topic {
        id: TopicId(tx.mint()),
        space: space.id,
        account: space.account,
        person: author.person,
        slug: text::slug(&title),
        title,
        question,
        state: State::Published,
        pinned: false,
        closed_at: None,
        created_at: tx.now(),
        bumped_at: tx.now(),
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
    }
}

/// The topic takes no more replies because its matter is over: it has an answer, or nobody has written in it for
/// [`rules::QUIET`]. Closing a talk that goes on is an act of [`crate::moderation`]. Errors: not staff; not over;
/// already closed.
pub fn close(tx: &mut Tx<'_>, actor: Actor, id: TopicId) -> Result<()> {
    let topic = store::find(tx, id)?;
    rules::may_tidy(actor, &topic, tx.now())?;
    set_closed(tx, actor, id, true)
}

/// Closes a topic whatever goes on in it. The caller has a reason that the table of [`crate::moderation`] allows.
pub(crate) fn shut(tx: &mut Tx<'_>, actor: Actor, id: TopicId) -> Result<()> {
    set_closed(tx, actor, id, true)
}

/// The topic takes replies again. Errors: not staff; not closed.
pub fn reopen(tx: &mut Tx<'_>, actor: Actor, id: TopicId) -> Result<()> {
    set_closed(tx, actor, id, false)
}

fn set_closed(tx: &mut Tx<'_>, actor: Actor, id: TopicId, closed: bool) -> Result<()> {
    rules::may_close(actor)?;
    let (topic, space) = store::hold(tx, id)?;
    moderation::must_cover(tx, actor, topic.space)?;
    if topic.closed_at.is_some() == closed {
        let safe = if closed { "This topic is closed already." } else { "This topic is open already." };
        return Err(Error::conflict(safe));
    }
    let now = tx.now();
    store::set_closed(tx, id, closed.then_some(now))?;
    if !closed {
        moderation::forget_lock(tx, id)?;
    }
    let verb = if closed { Verb::TopicClosed } else { Verb::TopicReopened };
    tx.record(&about(verb, actor, &topic, &space, tx))
}

/// Says whether a topic asks for an answer. Errors: not the asker nor staff; it says so already; it has an
/// accepted answer.
pub fn mark_question(tx: &mut Tx<'_>, actor: Actor, id: TopicId, question: bool) -> Result<()> {
    let (topic, space) = store::hold(tx, id)?;
    rules::may_steer(actor, &topic)?;
    if topic.question == question {
        let safe = if question { "This is a question already." } else { "This is not a question already." };
        return Err(Error::conflict(safe));
    }
    if !question && topic.is_solved() {
        return Err(Error::conflict("This topic has an accepted answer. Take that mark back first."));
    }
    store::set_question(tx, id, question)?;
    let verb = if question { Verb::QuestionMarked } else { Verb::QuestionUnmarked };
    tx.record(&about(verb, actor, &topic, &space, tx))
}

/// An activity about a topic as a whole.
pub(super) fn about(verb: Verb, actor: Actor, topic: &Topic, space: &SpaceName, tx: &Tx<'_>) -> Activity {
    Activity::new(verb, actor, topic.id, tx.now())
        .within(topic.id, topic.space)
        .to(topic.person)
        .seen_by(space.visibility)
}
