//! What a batch is made of.

use mainstreet_db::Value;
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
}

/// What a batch changes in a person.
#[derive(Debug, Default)]
pub(super) struct PersonChange {
    pub(super) posts: i64,
    pub(super) accepted: i64,
    pub(super) last_post_at: Option<Timestamp>,
    pub(super) seen_at: Option<Timestamp>,
}

/// What the log keeps beside an activity. Written as JSON without a tree of values in between: there are millions.
#[derive(Clone, Copy, Debug)]
pub(super) enum Props {
    None,
    Opened { question: bool, words: usize },
    Replied { words: usize, number: u32 },
    Kind(&'static str),
    Edited { words: usize },
    Taken { first: bool },
    Reason(&'static str),
}

impl From<&Props> for Value {
    fn from(props: &Props) -> Self {
        Self::Text(match *props {
            Props::None => return Self::Null,
            Props::Opened { question, words } => format!(r#"{{"question":{question},"words":{words}}}"#),
            Props::Replied { words, number } => {
                format!(r#"{{"mention_only":false,"number":{number},"words":{words}}}"#)
            }
            Props::Kind(kind) => format!(r#"{{"kind":"{kind}"}}"#),
            Props::Edited { words } => format!(r#"{{"own":true,"why":"","words":{words}}}"#),
            Props::Taken { first } => format!(r#"{{"by":"author","first":{first},"why":null}}"#),
            Props::Reason(reason) => format!(r#"{{"reason":"{reason}"}}"#),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    #[test]
    fn what_the_log_keeps_is_json() {
        let check = |props: Props, expect: Json| match Value::from(&props) {
            Value::Text(text) => assert_eq!(text, expect.to_string(), "{props:?}"),
            other => assert_eq!((other, expect), (Value::Null, Json::Null), "{props:?}"),
        };
        check(Props::None, Json::Null);
        check(Props::Opened { question: true, words: 12 }, json!({ "question": true, "words": 12 }));
        let replied = json!({ "words": 3, "mention_only": false, "number": 7 });
        check(Props::Replied { words: 3, number: 7 }, replied);
        check(Props::Kind("like"), json!({ "kind": "like" }));
        check(Props::Edited { words: 5 }, json!({ "words": 5, "own": true, "why": "" }));
        let taken = json!({ "by": "author", "first": false, "why": null });
        check(Props::Taken { first: false }, taken);
        check(Props::Reason("spam"), json!({ "reason": "spam" }));
    }
}
