//! What a channel or an archive hands to the intake, whatever its vendor: one shape for all.

use crate::actor::ActorClass;
use crate::clock::Timestamp;

/// One thing that arrived. Readers of archives and live connectors produce these; `community::intake` takes
/// them in. Order matters only so far: a topic's first message comes before its replies.
#[derive(Clone, Debug, PartialEq)]
pub enum Incoming {
    /// A person's account on the channel, with more than a message says about its author.
    Person(IncomingPerson),
    /// A category or channel.
    Space(IncomingSpace),
    /// A message.
    Message(Box<IncomingMessage>),
    /// Somebody joined a channel or the whole place.
    Join(IncomingJoin),
}

/// Somebody joined a channel or the whole place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomingJoin {
    /// Who; readers that know no more than an id give it as the handle too.
    pub person: IncomingPerson,
    /// Id of the space they joined; empty for the whole place.
    pub space: String,
    /// When.
    pub at: Timestamp,
}

/// A person's account on a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomingPerson {
    /// Stable id on the channel: the key by which messages name their authors.
    pub external_id: String,
    /// The name used to mention them.
    pub handle: String,
    /// The name they show; empty when unknown.
    pub name: String,
    /// What they are there: a bot flag or a staff flag of the channel decides.
    pub class: ActorClass,
    /// When they joined, if the channel says so.
    pub joined_at: Option<Timestamp>,
    /// The path under which the old place showed them; it will redirect.
    pub old_path: Option<String>,
}

/// A category or channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomingSpace {
    /// Stable id on the channel.
    pub external_id: String,
    /// The name shown.
    pub name: String,
    /// True when the name was made up because the archive holds none: it never replaces a real one.
    pub provisional: bool,
    /// What it is for; may be empty.
    pub description: String,
    /// When it was opened, if known.
    pub created_at: Option<Timestamp>,
    /// True when its topics ask for answers.
    pub questions: bool,
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub struct IncomingMessage {
    /// Stable id of the message on the channel.
    pub external_id: String,
    /// Id of its conversation on the channel.
    pub topic: String,
    /// The conversation's title, where the channel has titles; only the first message's counts.
    pub title: Option<String>,
    /// Id of the space on the channel; empty when the channel has only one.
    pub space: String,
    /// Who wrote it.
    pub author: IncomingPerson,
    /// True when the software wrote it on the author's behalf ("closed this topic"): a post like any other,
    /// but no contribution of the author's.
    pub notice: bool,
    /// The text as our Markdown.
    pub markdown: String,
    /// The text as it came.
    pub original: String,
    /// What `original` is: `html`, `mrkdwn` or `markdown`.
    pub format: &'static str,
    /// When it was written.
    pub at: Timestamp,
    /// When it was last edited, if it was.
    pub edited_at: Option<Timestamp>,
    /// How often it was edited before it came; 1 is never.
    pub version: i64,
    /// Rises each time somebody took a copy of the message; decides which of two copies with the same
    /// version is the newer one. 0 when the channel has nothing of the sort.
    pub snapshot: i64,
    /// Its place in the conversation where the channel numbers posts; 0 means: next.
    pub number: i64,
    /// The message it answers.
    pub reply_to: Option<ReplyTo>,
    /// Reactions it got.
    pub reactions: Vec<IncomingReaction>,
    /// True when it is marked as the answer.
    pub accepted: bool,
    /// Handles mentioned.
    pub mentions: Vec<String>,
    /// Tags of its topic.
    pub tags: Vec<String>,
    /// True when its topic asks for an answer, as far as the channel says.
    pub question: bool,
    /// Times its topic was seen, if known.
    pub views: i64,
    /// Whether people there could still read it.
    pub standing: Standing,
    /// True when its topic takes no more replies.
    pub closed: bool,
    /// Paths under which the old place served it; they will redirect to the post.
    pub old_paths: Vec<String>,
    /// Paths of its conversation as a whole; they will redirect to the topic.
    pub topic_paths: Vec<String>,
    /// File and line or entry it was read from, for the report.
    pub at_source: String,
}

/// How a message names the one it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplyTo {
    /// By external id.
    Message(String),
    /// By its number within the same conversation.
    Number(i64),
}

/// Whether a message could still be read where it came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// By everyone.
    #[default]
    Shown,
    /// Hidden by staff or by flags.
    Hidden,
    /// Deleted by its author or by staff; often only a placeholder is left of the text.
    Deleted,
}

/// Reactions of one kind on a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomingReaction {
    /// One of our own words for it where there is one (`like`, `heart`, `thanks`, `celebrate`, `idea`), else the
    /// emoji itself, else its name on the channel.
    pub kind: String,
    /// How many people in all.
    pub count: i64,
    /// Those known by id; may be fewer than `count`.
    pub by: Vec<String>,
}

/// A record that could not be read. The rest goes in.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Skipped {
    /// File and line.
    pub at: String,
    /// Why, in a sentence.
    pub why: String,
}

/// The name of a space whose real name the channel has not told: it gives way to a real one.
pub fn placeholder_name(external_id: &str) -> String {
    format!("Category {external_id}")
}
