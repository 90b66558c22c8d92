use std::str::FromStr;

use mainstreet_kernel::id::{AccountId, PersonId, PostId, TopicId};
use mainstreet_kernel::{ActorClass, Error, Timestamp};

use crate::people::Face;
pub(super) use crate::topics::State;
use crate::topics::{SpaceName, Topic};

/// Who took a post away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Taker {
    /// Who wrote it.
    Author,
    /// A moderator or above.
    Staff,
    /// The place it was imported from.
    Archive,
}

impl Taker {
    /// The word stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Staff => "staff",
            Self::Archive => "archive",
        }
    }
}

impl FromStr for Taker {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self, Error> {
        [Self::Author, Self::Staff, Self::Archive]
            .into_iter()
            .find(|taker| taker.as_str() == word)
            .ok_or_else(|| Error::invalid("A post is taken away by its author, staff or the archive."))
    }
}

/// A post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// Which.
    pub id: PostId,
    /// The conversation it belongs to.
    pub topic: TopicId,
    /// The channel account it came from.
    pub account: AccountId,
    /// Its place in the conversation, from 1.
    pub number: i64,
    /// Who wrote it.
    pub person: PersonId,
    /// What they were when they wrote it.
    pub person_class: ActorClass,
    /// Number of the post it answers.
    pub reply_to: Option<i64>,
    /// Our Markdown.
    pub body: String,
    /// Rendered from it by `renderer`; may be empty or old, see [`super::html`].
    pub html: String,
    /// The version of the renderer that made `html`.
    pub renderer: i64,
    /// What has become of it.
    pub state: State,
    /// Who put it there.
    pub state_by: Option<Taker>,
    /// Why.
    pub state_why: Option<String>,
    /// When.
    pub state_at: Option<Timestamp>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When its text was last changed.
    pub edited_at: Option<Timestamp>,
    /// Rises with every change of its text; 1 is the first.
    pub version: i64,
    /// All reactions it has.
    pub reaction_count: i64,
    /// Published posts that answer it.
    pub reply_count: i64,
    /// When it was accepted and by whom, kept while it is away so that restoring brings that back.
    pub was_accepted: Option<(Timestamp, Option<PersonId>)>,
}

impl Post {
    /// True for the post that opened the topic.
    pub fn is_first(&self) -> bool {
        self.number == 1
    }
}

/// How many reacted in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReactionCount {
    /// In which way, such as `thanks`.
    pub kind: String,
    /// How many.
    pub count: i64,
    /// True when the viewer is one of them.
    pub mine: bool,
}

/// The post that a post answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyTo {
    /// Its number in the topic.
    pub number: i64,
    /// Who wrote it.
    pub author: Face,
}

/// A post as a viewer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The post. When `withheld`, its text is empty.
    pub post: Post,
    /// Its text, rendered and safe.
    pub html: String,
    /// Who wrote it.
    pub author: Face,
    /// What it answers, unless that is simply the post before it.
    pub reply_to: Option<ReplyTo>,
    /// Reactions, most first.
    pub reactions: Vec<ReactionCount>,
    /// True for the accepted answer.
    pub accepted: bool,
    /// What moderators wrote above it, such as `disputed`.
    pub label: Option<String>,
    /// True when the post is not published and the viewer may not read it: only its place is shown.
    pub withheld: bool,
}

/// A post in a list of posts of many topics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The post.
    pub post: Post,
    /// Its topic.
    pub topic: Topic,
    /// Where that is.
    pub space: SpaceName,
    /// The beginning of its text, without marks.
    pub excerpt: String,
    /// True for the accepted answer.
    pub accepted: bool,
}

/// What a post said before an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The version it had then.
    pub version: i64,
    /// Who replaced it.
    pub editor: Option<Face>,
    /// The topic's title then, when the edit changed it.
    pub title: Option<String>,
    /// The text then.
    pub body: String,
    /// Why it was replaced; may be empty.
    pub why: String,
    /// When it was replaced.
    pub replaced_at: Timestamp,
}

/// What taking away or restoring a post did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The post as it is now.
    pub post: Post,
    /// True when its topic went or came back with it.
    pub with_topic: bool,
}
