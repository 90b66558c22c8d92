//! Many things at once that happened in the past: what a generator of communities writes.
//!
//! The verbs of the other capabilities do one thing in one transaction, ask for permission and stamp it with the
//! time. A [`Batch`] takes thousands of things that have happened, with their own times and ids, and writes them,
//! their activities and every counter in one transaction: many times as fast.
//!
//! **Invariants.** What a batch leaves behind is what the verbs would have left behind: the same rows, the same
//! counters, the same activities. Things must be added in the order they happened. Texts are not rendered here; a
//! post without its rendering is rendered when it is first read.

mod model;
pub mod store;

use std::collections::HashMap;

use mainstreet_db::Tx;
use mainstreet_kernel::id::{AccountId, PersonId, PostId, SpaceId, TagId, TopicId};
use mainstreet_kernel::{Activity, Actor, ActorClass, Result, Timestamp, Verb, Visibility};

pub use model::{NewFlag, NewMember, NewPost, NewSpace, NewTopic, Spot};
use model::{PersonChange, Props, TopicChange};

/// Things that happened, to be written together.
#[derive(Debug, Default)]
pub struct Batch {
    account: Option<AccountId>,
    members: Vec<NewMember>,
    topics: Vec<NewTopic>,
    posts: Vec<NewPost>,
    mentions: Vec<(PostId, PersonId)>,
    tags: Vec<(TagId, String)>,
    topic_tags: Vec<(TopicId, TagId)>,
    reactions: Vec<(PostId, &'static str, PersonId, Timestamp)>,
    edits: Vec<(Spot, Timestamp, String)>,
    away: Vec<(Spot, Timestamp)>,
    flags: Vec<NewFlag>,
    activities: Vec<(Activity, Props)>,
    topic_changes: HashMap<TopicId, TopicChange>,
    post_changes: HashMap<PostId, (i64, i64)>,
    kind_changes: HashMap<(PostId, &'static str), i64>,
    person_changes: HashMap<PersonId, PersonChange>,
    space_changes: HashMap<SpaceId, (i64, i64)>,
    tag_changes: HashMap<TagId, i64>,
}

impl Batch {
    /// An empty batch for the community's own account.
    pub fn new(account: AccountId) -> Self {
        Self { account: Some(account), ..Self::default() }
    }

    /// How many activities wait to be written.
    pub fn len(&self) -> usize {
        self.activities.len()
    }

    /// True when nothing waits to be written.
    pub fn is_empty(&self) -> bool {
        self.activities.is_empty()
    }

    /// Somebody became a member.
    pub fn joined(&mut self, member: NewMember) {
        let actor = Actor { class: ActorClass::Member, ..Actor::signed_in(member.person, member.role) };
        self.log(Activity::new(Verb::MemberJoined, actor, member.person, member.at), Props::None);
        self.members.push(member);
    }

    /// A member was here.
    pub fn visited(&mut self, actor: Actor, at: Timestamp) {
        let Some(person) = actor.person else { return };
        self.person(person).seen_at = Some(at);
        let activity = Activity::new(Verb::SessionActive, actor, person, at);
        self.log(activity.seen_by(Visibility::Staff), Props::None);
    }

    /// A tag that topics may have from now on.
    pub fn tag(&mut self, tag: TagId, name: &str) {
        self.tags.push((tag, name.to_owned()));
    }

    /// A topic began with its first post.
    pub fn opened(&mut self, actor: Actor, topic: NewTopic, first: NewPost, tags: &[TagId]) {
        let (id, at) = (topic.id, first.at);
        let props = Props::Opened { question: topic.question, words: words(&first.body) };
        let activity = Activity::new(Verb::TopicCreated, actor, first.spot.post, at);
        self.log(activity.within(id, topic.space), props);
        for tag in tags {
            self.topic_tags.push((id, *tag));
            *self.tag_changes.entry(*tag).or_default() += 1;
        }
        let space = self.space_changes.entry(topic.space).or_default();
        space.0 += 1;
        self.topics.push(topic);
        self.post(first);
    }

    /// A reply was written. `to` is the author of the post it answers, `parent` that post.
    pub fn replied(&mut self, actor: Actor, post: NewPost, parent: Option<PostId>, to: PersonId) {
        let spot = post.spot;
        let props = Props::Replied { words: words(&post.body), number: spot.number };
        let activity = Activity::new(Verb::ReplyCreated, actor, spot.post, post.at);
        self.log(activity.within(spot.topic, spot.space).answering(parent).to(to), props);
        if let Some(parent) = parent {
            self.post_changes.entry(parent).or_default().1 += 1;
        }
        let first_answer = (post.person != post.asker).then_some(post.at);
        let topic = self.topic_changes.entry(spot.topic).or_default();
        topic.replies += 1;
        topic.first_reply_at = topic.first_reply_at.or(first_answer);
        self.post(post);
    }

    fn post(&mut self, post: NewPost) {
        let spot = post.spot;
        let person = self.person(post.person);
        person.posts += 1;
        person.last_post_at = Some(post.at);
        self.space_changes.entry(spot.space).or_default().1 += 1;
        let topic = self.topic_changes.entry(spot.topic).or_default();
        topic.last = Some((spot.number, post.people, spot.post, post.person, post.at));
        topic.versions += 1;
        topic.views += 7 + i64::from(post.people);
        for person in &post.mentions {
            self.mentions.push((spot.post, *person));
        }
        self.posts.push(post);
    }

    /// A member reacted.
    pub fn reacted(&mut self, actor: Actor, spot: Spot, kind: &'static str, at: Timestamp) {
        let Some(person) = actor.person else { return };
        self.reactions.push((spot.post, kind, person, at));
        self.post_changes.entry(spot.post).or_default().0 += 1;
        *self.kind_changes.entry((spot.post, kind)).or_default() += 1;
        let topic = self.topic_changes.entry(spot.topic).or_default();
        topic.reactions += 1;
        topic.versions += 1;
        topic.views += 2;
        self.log(about(Verb::ReactionAdded, actor, spot, at), Props::Kind(kind));
    }

    /// A reply was marked as the answer.
    pub fn accepted(&mut self, actor: Actor, spot: Spot, at: Timestamp) {
        self.person(spot.author).accepted += 1;
        let topic = self.topic_changes.entry(spot.topic).or_default();
        topic.accepted = Some((spot.post, at, actor.person));
        topic.versions += 1;
        self.log(about(Verb::AnswerAccepted, actor, spot, at), Props::None);
    }

    /// An author changed a post.
    pub fn edited(&mut self, actor: Actor, spot: Spot, body: String, at: Timestamp) {
        self.topic_changes.entry(spot.topic).or_default().versions += 1;
        let props = Props::Edited { words: words(&body) };
        self.log(about(Verb::PostEdited, actor, spot, at), props);
        self.edits.push((spot, at, body));
    }

    /// A post was deleted by its author.
    pub fn taken(&mut self, actor: Actor, spot: Spot, at: Timestamp) {
        let props = Props::Taken { first: spot.number == 1 };
        self.log(about(Verb::PostDeleted, actor, spot, at).seen_by(Visibility::Staff), props);
        self.person(spot.author).posts -= 1;
        self.away.push((spot, at));
    }

    /// A member flagged a post.
    pub fn flagged(&mut self, actor: Actor, spot: Spot, flag: NewFlag) {
        let mut activity = about(Verb::FlagCreated, actor, spot, flag.at).seen_by(Visibility::Staff);
        activity.parent = Some(flag.id.0);
        self.log(activity, Props::Reason(flag.reason));
        self.flags.push(flag);
    }

    fn log(&mut self, activity: Activity, props: Props) {
        self.activities.push((activity, props));
    }

    fn person(&mut self, person: PersonId) -> &mut PersonChange {
        self.person_changes.entry(person).or_default()
    }

    /// Writes everything, and empties the batch. What changed in a thing that the batch itself brings is written
    /// with it.
    pub fn write(mut self, tx: &mut Tx<'_>) -> Result<()> {
        let Some(account) = self.account else { return Ok(()) };
        store::insert_members(tx, self.members, &mut self.person_changes)?;
        store::insert_topics(tx, account, self.topics, &mut self.topic_changes)?;
        store::insert_posts(tx, account, self.posts, &mut self.post_changes)?;
        store::insert_tags(tx, &self.tags, &self.topic_tags)?;
        store::insert_reactions(tx, &self.reactions, &self.mentions)?;
        store::insert_flags(tx, &self.flags)?;
        store::edit(tx, &self.edits)?;
        store::change_posts(tx, &self.post_changes, &self.kind_changes)?;
        store::change_topics(tx, &self.topic_changes)?;
        store::change_people(tx, &self.person_changes)?;
        store::change_lists(tx, &self.space_changes, &self.tag_changes)?;
        for (spot, at) in &self.away {
            store::take_away(tx, *spot, *at)?;
        }
        tx.record_written(self.activities.iter().map(|(activity, props)| (activity, props.into())))
    }
}

fn about(verb: Verb, actor: Actor, spot: Spot, at: Timestamp) -> Activity {
    Activity::new(verb, actor, spot.post, at).within(spot.topic, spot.space).to(spot.author)
}

fn words(body: &str) -> usize {
    body.split_whitespace().count()
}
