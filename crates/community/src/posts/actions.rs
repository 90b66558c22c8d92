use mainstreet_db::Tx;
use mainstreet_kernel::id::{AccountId, PersonId, PostId, TopicId};
use mainstreet_kernel::{Activity, Actor, ActorClass, Error, Result, Timestamp, Verb};
use serde_json::json;

use super::model::{Post, State};
use super::rules::{self, Facts};
use super::{store, views};
use crate::markdown::{self, RENDERER};
use crate::{calm, cool_offs, link_limits, moderation, mutes, people, spaces, topics};

/// Somebody who may take part: a person whom nothing restricts from it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Author {
    pub(crate) person: PersonId,
    pub(crate) class: ActorClass,
    /// True when what they write is looked at first.
    pub(crate) held: bool,
}

impl Author {
    /// `actor` as an author. Errors: nobody, or somebody who may not write now.
    pub(crate) fn of(tx: &mut Tx<'_>, actor: Actor) -> Result<Self> {
        Self::of_who(tx, actor, true)
    }

    /// `actor` as somebody who reacts or flags, which those may who may not write.
    pub(crate) fn taking_part(tx: &mut Tx<'_>, actor: Actor) -> Result<Self> {
        Self::of_who(tx, actor, false)
    }

    fn of_who(tx: &mut Tx<'_>, actor: Actor, writing: bool) -> Result<Self> {
        let person = actor.person.ok_or_else(|| Error::forbidden("Sign in to write."))?;
        let standing = moderation::must_speak(tx, person, writing)?;
        Ok(Self { person, class: actor.class, held: standing == moderation::Standing::RequiresApproval })
    }
}

/// What a new post is made of.
pub(crate) struct Draft<'a> {
    pub(crate) topic: TopicId,
    pub(crate) account: AccountId,
    pub(crate) asker: PersonId,
    pub(crate) body: &'a str,
    pub(crate) reply_to: Option<i64>,
    pub(crate) form_token: Option<&'a str>,
}

/// What the log keeps of a post's text.
pub(crate) fn facts(post: &Post) -> Facts {
    rules::facts_of(&post.body)
}

/// The post that this person's form made when it was sent before. Errors: the token is somebody else's.
pub(crate) fn sent_before(tx: &mut Tx<'_>, person: PersonId, token: Option<&str>) -> Result<Option<Post>> {
    let Some(token) = token else { return Ok(None) };
    match store::by_form_token(tx, token)? {
        Some(post) if post.person != person => {
            Err(Error::conflict("This form was used by somebody else. Reload the page and try again."))
        }
        other => Ok(other),
    }
}

/// Writes a post at the end of its topic and counts it, spaces apart.
pub(crate) fn put(tx: &mut Tx<'_>, author: Author, draft: &Draft<'_>) -> Result<Post> {
    let body = draft.body.trim_end().replace("\r\n", "\n");
    let mentioned = mentioned(tx, &body)?;
    mutes::must_not_call(tx, author.person, &mentioned.values().copied().collect::<Vec<_>>())?;
    let html = markdown::render(&body, &views::links(&mentioned));
    link_limits::must_fit(tx, author.person, &html, None)?;
    let number = topics::store::next_number(tx, draft.topic)?;
    let now = tx.now();
    let post = Post {
        id: PostId(tx.mint()),
        topic: draft.topic,
        account: draft.account,
        number,
        person: author.person,
        person_class: author.class,
        reply_to: draft.reply_to,
        html,
        body,
        renderer: RENDERER,
        state: State::Published,
        state_by: None,
        state_why: None,
        state_at: None,
        created_at: now,
        edited_at: None,
        version: 1,
        reaction_count: 0,
        reply_count: 0,
        was_accepted: None,
    };
    store::insert(tx, &post, draft.form_token)?;
    store::add_mentions(tx, post.id, &mentioned.values().copied().collect::<Vec<_>>())?;
    if let Some(answered) = draft.reply_to {
        store::count_reply(tx, draft.topic, answered, 1)?;
    }
    let answers = number > 1
        && author.person != draft.asker
        && matches!(author.class, ActorClass::Member | ActorClass::Staff);
    topics::store::add_post(tx, &post, answers)?;
    people::store::add_post(tx, author.person, now)?;
    Ok(post)
}

/// Who a text mentions.
pub(super) fn mentioned(tx: &mut Tx<'_>, body: &str) -> Result<people::Handles> {
    let handles = markdown::mentions(body);
    if handles.is_empty() { Ok(people::Handles::new()) } else { people::store::by_handles(tx, &handles) }
}

/// What the reply form holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReply {
    /// Where.
    pub topic: TopicId,
    /// The text, as Markdown.
    pub body: String,
    /// Number of the post it answers; nothing: the topic as a whole.
    pub reply_to: Option<i64>,
    /// The form's one-time token: the same form sent twice writes one post.
    pub form_token: Option<String>,
}

/// Replies in a topic. A form sent twice answers the same post twice. Errors: an empty or overlong text; a topic
/// that is closed, gone or not for this person; an answer to a post that is not there.
pub fn reply(tx: &mut Tx<'_>, actor: Actor, new: &NewReply) -> Result<Post> {
    let author = Author::of(tx, actor)?;
    let (mut topic, space) = topics::store::hold(tx, new.topic)?;
    if moderation::open_if_ended(tx, &topic)? {
        topic.closed_at = None;
    }
    if let Some(before) = sent_before(tx, author.person, new.form_token.as_deref())? {
        return Ok(before);
    }
    rules::check(&new.body)?;
    rules::may_reply(actor, &topic, &space)?;
    moderation::must_wait(tx, actor, &topic, author.person)?;
    cool_offs::must_not_pause(tx, topic.id, author.person)?;
    let answered = match new.reply_to {
        None => None,
        Some(number) => Some(answerable(tx, &topic, number)?),
    };
    if let Some(answered) = &answered {
        mutes::must_not_call(tx, author.person, &[answered.person])?;
    }
    let draft = Draft {
        topic: topic.id,
        account: topic.account,
        asker: topic.person,
        body: &new.body,
        reply_to: new.reply_to,
        form_token: new.form_token.as_deref(),
    };
    let post = put(tx, author, &draft)?;
    let facts = facts(&post);
    let (parent, subject) = match &answered {
        Some(post) => (Some(post.id), post.person),
        None => (topic.first_post, topic.person),
    };
    tx.record(
        &Activity::new(Verb::ReplyCreated, actor, post.id, tx.now())
            .within(topic.id, topic.space)
            .answering(parent)
            .to(subject)
            .seen_by(space.visibility)
            .with(json!({ "words": facts.words, "mention_only": facts.mention_only, "number": post.number })),
    )?;
    if topic.state == State::Published {
        spaces::store::count(tx, topic.space, 0, 1)?;
    }
    let calm = calm::looks_first(tx, actor, author.person, Some(topic.id), topic.space)?;
    if author.held || calm.is_some() {
        super::hold_new(tx, post.id, calm.as_ref())?;
        return store::find(tx, post.id);
    }
    Ok(post)
}

fn answerable(tx: &mut Tx<'_>, topic: &topics::Topic, number: i64) -> Result<Post> {
    store::by_number(tx, topic.id, number)?
        .filter(|post| post.state == State::Published)
        .ok_or_else(|| Error::conflict("The post you answer is gone. Reply to the topic instead."))
}

/// What the form of an edit holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Which post.
    pub post: PostId,
    /// The version the form was filled with.
    pub expected: i64,
    /// The new text.
    pub body: String,
    /// The topic's new title; only with its first post.
    pub title: Option<String>,
    /// The topic's new tags; only with its first post.
    pub tags: Option<Vec<String>>,
    /// Why; may be empty.
    pub why: String,
}

/// How an edit went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edited {
    /// Saved; the post as it is now. Nothing is recorded when nothing changed.
    Saved(Post),
    /// Somebody else edited it meanwhile: nothing was saved. The post as they left it, so that both texts can be
    /// shown.
    Stale(Post),
}

/// Changes a post's text, and its topic's title and tags when it is the first. Staff may file what others wrote under
/// other tags, no more. What was hidden is held after its author changed it. Errors: not the author's; a mistake in
/// the form.
pub fn edit(tx: &mut Tx<'_>, actor: Actor, edit: &Edit) -> Result<Edited> {
    let (topic, space) = held(tx, edit.post)?;
    let before = store::find(tx, edit.post)?;
    topics::seen(actor.into(), &topic, space.visibility)?;
    rules::may_edit(actor, &before)?;
    if actor.person.is_some() {
        Author::of(tx, actor)?;
    }
    if !actor.is(before.person) {
        moderation::must_cover(tx, actor, topic.space)?;
        let retitled = edit.title.as_ref().is_some_and(|title| title.trim() != topic.title);
        if retitled || clean(&edit.body) != before.body {
            rules::must_be_own(actor, &before)?;
        }
    }
    let edited = change(tx, actor, (&topic, &space), before.clone(), edit)?;
    let Edited::Saved(after) = &edited else { return Ok(edited) };
    if after.version > before.version && before.state == State::Hidden {
        super::hold_revised(tx, actor, edit.post)?;
        return Ok(Edited::Saved(store::find(tx, edit.post)?));
    }
    Ok(edited)
}

/// Changes what somebody else wrote: an act of [`crate::moderation`], which has asked for permission.
pub(crate) fn rewrite(tx: &mut Tx<'_>, actor: Actor, edit: &Edit) -> Result<Edited> {
    let (topic, space) = held(tx, edit.post)?;
    let before = store::find(tx, edit.post)?;
    change(tx, actor, (&topic, &space), before, edit)
}

fn held(tx: &mut Tx<'_>, post: PostId) -> Result<(topics::Topic, topics::SpaceName)> {
    let topic = store::find(tx, post)?.topic;
    topics::store::hold(tx, topic)
}

/// A text as it is stored.
fn clean(body: &str) -> String {
    body.trim_end().replace("\r\n", "\n")
}

fn change(
    tx: &mut Tx<'_>,
    actor: Actor,
    (topic, space): (&topics::Topic, &topics::SpaceName),
    before: Post,
    edit: &Edit,
) -> Result<Edited> {
    if before.version != edit.expected {
        return Ok(Edited::Stale(before));
    }
    let body = clean(&edit.body);
    let (mut title, mut tags) = (None, None);
    if before.is_first() {
        title = edit.title.as_deref();
        tags = edit.tags.as_deref();
        let errors = topics::check(title.unwrap_or(&topic.title), &body, tags.unwrap_or_default());
        if let Some(first) = errors.0.into_values().next() {
            return Err(Error::invalid(first));
        }
    } else {
        rules::check(&body)?;
    }
    let retitled = topics::retitle(tx, actor, (topic, space), title, tags)?;
    let title_changed = retitled && title.is_some_and(|title| title.trim() != topic.title);
    if body == before.body && !title_changed {
        return Ok(Edited::Saved(store::find(tx, edit.post)?));
    }
    let mentioned = mentioned(tx, &body)?;
    if actor.is(before.person) {
        mutes::must_not_call(tx, before.person, &mentioned.values().copied().collect::<Vec<_>>())?;
    }
    let html = markdown::render(&body, &views::links(&mentioned));
    if actor.is(before.person) {
        let was = markdown::render(&before.body, &markdown::Links::default());
        link_limits::must_fit(tx, before.person, &html, Some(&was))?;
    }
    store::keep_revision(tx, &before, actor.person, title_changed.then_some(&topic.title), edit.why.trim())?;
    store::set_body(tx, before.id, edit.expected, &body, &html)?;
    store::set_mentions(tx, before.id, &mentioned.values().copied().collect::<Vec<_>>())?;
    topics::store::touch(tx, topic.id)?;
    let facts = rules::facts_of(&body);
    tx.record(
        &Activity::new(Verb::PostEdited, actor, before.id, tx.now())
            .within(topic.id, topic.space)
            .to(before.person)
            .seen_by(space.visibility)
            .with(
                json!({ "version": before.version + 1, "words": facts.words, "own": actor.is(before.person),
                "why": edit.why.trim() }),
            ),
    )?;
    Ok(Edited::Saved(store::find(tx, edit.post)?))
}

/// Gives a post the text back that it had before an edit by staff. Both texts stay in its history.
pub(crate) fn put_text_back(
    tx: &mut Tx<'_>,
    actor: Actor,
    id: PostId,
    (body, title): (&str, Option<&str>),
    edited_at: Option<Timestamp>,
) -> Result<()> {
    let (topic, space) = held(tx, id)?;
    let now = store::find(tx, id)?;
    let why = "An edit by a moderator was taken back.";
    let retitled = topics::retitle(tx, actor, (&topic, &space), title, None)?;
    store::keep_revision(tx, &now, actor.person, retitled.then_some(&topic.title), why)?;
    let mentioned = mentioned(tx, body)?;
    let html = markdown::render(body, &views::links(&mentioned));
    store::set_body(tx, id, now.version, body, &html)?;
    store::set_edited_at(tx, id, edited_at)?;
    store::set_mentions(tx, id, &mentioned.values().copied().collect::<Vec<_>>())?;
    topics::store::touch(tx, topic.id)?;
    let facts = rules::facts_of(body);
    tx.record(
        &Activity::new(Verb::PostEdited, actor, id, tx.now())
            .within(topic.id, topic.space)
            .to(now.person)
            .seen_by(space.visibility)
            .with(json!({ "version": now.version + 1, "words": facts.words, "own": false, "why": why })),
    )
}
