//! What a batch is made of.

use mainstreet_kernel::id::{FlagId, PersonId, PostId, SpaceId, TopicId};
use mainstreet_kernel::{ActorClass, Role, Timestamp};

/// A space to be opened.
#[derive(Clone, Debug)]
pub struct NewSpace {
    /// Its id.
    pub id: SpaceId,
    /// Its part of an address.
    pub slug: String,
    /// The name shown.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// `discussion`, `questions` or `announcements`.
    pub kind: &'static str,
    /// Its colour, 1 to 8.
    pub hue: i64,
    /// Its place in lists.
    pub position: i64,
    /// When it was opened.
    pub at: Timestamp,
}

/// A person who can sign in; without a password until one is set.
#[derive(Clone, Debug)]
pub struct NewMember {
    /// Who.
    pub person: PersonId,
    /// The name shown.
    pub name: String,
    /// The name mentioned and signed in with; unique.
    pub username: String,
    /// The address for mail; unique.
    pub email: String,
    /// A line about themselves.
    pub about: String,
    /// What they may do.
    pub role: Role,
    /// When they joined.
    pub at: Timestamp,
}

/// Where a post stands, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The space of the topic.
    pub space: SpaceId,
    /// The topic.
    pub topic: TopicId,
    /// The post.
    pub post: PostId,
    /// Its number in the topic, from 1.
    pub number: u32,
    /// Its author.
    pub author: PersonId,
}

/// A topic.
#[derive(Clone, Debug)]
pub struct NewTopic {
    /// Its id.
    pub id: TopicId,
    /// The space it is in.
    pub space: SpaceId,
    /// Who opened it.
    pub person: PersonId,
    /// Its title.
    pub title: String,
    /// Whether it asks for an answer.
    pub question: bool,
    /// Its first post.
    pub first: PostId,
    /// When it was opened.
    pub at: Timestamp,
}

/// A post.
#[derive(Clone, Debug)]
pub struct NewPost {
    /// Where it stands.
    pub spot: Spot,
    /// Who wrote it.
    pub person: PersonId,
    /// What they were then.
    pub class: ActorClass,
    /// Who opened the topic.
    pub asker: PersonId,
    /// The number of the post it answers.
    pub reply_to: Option<u32>,
    /// Different authors of the topic, this one included.
    pub people: u32,
    /// Whom it mentions.
    pub mentions: Vec<PersonId>,
    /// Markdown.
    pub body: String,
    /// When it was written.
    pub at: Timestamp,
}

/// A flag.
#[derive(Clone, Debug)]
pub struct NewFlag {
    /// Its id.
    pub id: FlagId,
    /// The post.
    pub post: PostId,
    /// Who flagged it.
    pub person: PersonId,
    /// `spam`, `harassment`, `off_topic`, `wrong` or `other`.
    pub reason: &'static str,
    /// What they wrote.
    pub note: String,
    /// When.
    pub at: Timestamp,
}

/// What a batch changes in a topic.
#[derive(Debug, Default)]
pub(super) struct TopicChange {
    /// Number, authors so far, post, author and time of the last post.
    pub(super) last: Option<(u32, u32, PostId, PersonId, Timestamp)>,
    pub(super) replies: i64,
    pub(super) reactions: i64,
    pub(super) views: i64,
    pub(super) versions: i64,
    pub(super) first_reply_at: Option<Timestamp>,
    pub(super) accepted: Option<(PostId, Timestamp, Option<PersonId>)>,
    pub(super) closed_at: Option<Timestamp>,
}

/// What a batch changes in a person.
#[derive(Debug, Default)]
pub(super) struct PersonChange {
    pub(super) posts: i64,
    pub(super) accepted: i64,
    pub(super) last_post_at: Option<Timestamp>,
    pub(super) seen_at: Option<Timestamp>,
}
