//! What can happen in the story, as the writer gets it.

use mainstreet_kernel::id::{FlagId, PersonId, PostId, SpaceId, TopicId};
use mainstreet_kernel::{Actor, Role, Timestamp};

/// One thing that happens, in the order of time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Happening {
    /// When.
    pub(crate) at: Timestamp,
    /// Who does it.
    pub(crate) who: PersonId,
    /// What they are at that time.
    pub(crate) role: Role,
    /// What they do.
    pub(crate) what: What,
}

impl Happening {
    /// The one who acts, as the log wants it.
    pub(crate) fn actor(&self) -> Actor {
        Actor::signed_in(self.who, self.role)
    }
}

/// A person as they present themselves.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Newcomer {
    /// Name shown.
    pub(crate) name: String,
    /// Handle for mentions, unique, lower case.
    pub(crate) handle: String,
    /// A line about themselves; empty for most.
    pub(crate) about: String,
    /// Where they live; empty for most.
    pub(crate) place: String,
}

/// A post and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The space of the topic.
    pub(crate) space: SpaceId,
    /// The conversation.
    pub(crate) topic: TopicId,
    /// The post.
    pub(crate) post: PostId,
    /// Its number in the topic, from 1.
    pub(crate) number: u32,
    /// Its author.
    pub(crate) author: PersonId,
}

/// What is done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum What {
    /// A person comes to the community.
    Joined(Box<Newcomer>),
    /// A member loads a page; once a person and day.
    Visited,
    /// A topic begins with its first post.
    Asked(Box<Opening>),
    /// A reply is written.
    Replied {
        /// Where it stands.
        place: Place,
        /// Who began the topic.
        asker: PersonId,
        /// Different authors of the topic so far, this one included.
        people: u32,
        /// The post it answers, when it says so.
        parent: Option<Parent>,
        /// Markdown.
        body: String,
    },
    /// An author changes a post.
    Edited {
        /// The post.
        place: Place,
        /// Its new Markdown.
        body: String,
    },
    /// A post is taken away by its author.
    Deleted {
        /// The post.
        place: Place,
    },
    /// Staff hides a post.
    Hidden {
        /// The post.
        place: Place,
        /// Why.
        reason: &'static str,
    },
    /// A member reacts to a post.
    Reacted {
        /// The post.
        place: Place,
        /// `thanks`, `like`, `heart`, `idea` or `celebrate`.
        kind: &'static str,
    },
    /// The asker marks a reply as the answer.
    Accepted {
        /// The reply.
        place: Place,
    },
    /// A member flags a post.
    Flagged {
        /// The flag.
        flag: FlagId,
        /// The post.
        place: Place,
        /// `spam`, `harassment`, `off_topic` or `other`.
        reason: &'static str,
        /// What the member wrote.
        note: String,
    },
    /// Staff decides on a flag.
    Judged {
        /// The flag.
        flag: FlagId,
        /// The post flagged.
        place: Place,
        /// Whether staff agreed.
        upheld: bool,
    },
    /// Staff suspends a person.
    Suspended {
        /// Who.
        person: PersonId,
        /// Why.
        reason: &'static str,
        /// Until when; `None` for good.
        until: Option<Timestamp>,
    },
    /// Staff closes a topic.
    Closed {
        /// The topic's first post.
        place: Place,
    },
}

/// The post that a reply answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parent {
    /// The post.
    pub(crate) post: PostId,
    /// Its number in the topic.
    pub(crate) number: u32,
    /// Its author.
    pub(crate) author: PersonId,
}

/// How a topic begins.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Opening {
    /// The first post.
    pub(crate) place: Place,
    /// The title.
    pub(crate) title: String,
    /// Markdown.
    pub(crate) body: String,
    /// Tag names.
    pub(crate) tags: Vec<String>,
    /// Whether it asks something that can be answered.
    pub(crate) question: bool,
    /// The recurring question it belongs to.
    pub(crate) cluster: Option<String>,
}
