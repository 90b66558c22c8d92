//! Everything that can happen in Mainstreet: one closed list of verbs, one row in the log for each act.
//!
//! The log is the only source of numbers, timelines, notifications and signals. Corrections are new rows.

use std::str::FromStr;

use crate::actor::{Actor, ActorClass};
use crate::clock::Timestamp;
use crate::error::Error;
use crate::id::{
    AccountId, AppealId, CalmId, CleanupId, DecisionId, FlagId, MediationId, PersonId, PostId, SignalId,
    SpaceId, TopicId,
};

macro_rules! verbs {
    ($($(#[$doc:meta])* $name:ident = $wire:literal,)*) => {
        /// What happened, in the past tense.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Verb { $($(#[$doc])* $name,)* }

        impl Verb {
            /// Every verb, in reading order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word in the log, in webhooks and in exports: `noun.verb`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $wire,)* }
            }
        }

        impl FromStr for Verb {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                match text { $($wire => Ok(Self::$name),)* _ => Err(Error::invalid("Unknown activity.")) }
            }
        }
    };
}

verbs! {
    /// A person came to the community, or was first seen joining a channel.
    MemberJoined = "member.joined",
    /// A signed-in member loaded a page; at most one a person and day.
    SessionActive = "session.active",
    /// A member's role changed.
    MemberRoleChanged = "member.role_changed",
    /// A member may not sign in or write for a while.
    MemberSuspended = "member.suspended",
    /// A suspension ended.
    MemberReinstated = "member.reinstated",
    /// Somebody searched.
    SearchRun = "search.run",
    /// A space (category, channel) was opened.
    SpaceCreated = "space.created",
    /// A conversation began; its first post is the object.
    TopicCreated = "topic.created",
    /// Title, space or tags of a topic changed.
    TopicEdited = "topic.edited",
    /// A topic takes no more replies.
    TopicClosed = "topic.closed",
    /// A closed topic takes replies again.
    TopicReopened = "topic.reopened",
    /// A topic was marked as asking something.
    QuestionMarked = "question.marked",
    /// A topic was marked as not asking anything.
    QuestionUnmarked = "question.unmarked",
    /// A reply was written.
    ReplyCreated = "reply.created",
    /// A post's text changed.
    PostEdited = "post.edited",
    /// A post was taken away by its author or by staff (`props.by`).
    PostDeleted = "post.deleted",
    /// A post was hidden for a reason, its row kept.
    PostHidden = "post.hidden",
    /// A hidden or deleted post is back.
    PostRestored = "post.restored",
    /// A member reacted to a post.
    ReactionAdded = "reaction.added",
    /// A member took a reaction back.
    ReactionRemoved = "reaction.removed",
    /// A reply was marked as the answer.
    AnswerAccepted = "answer.accepted",
    /// That mark was taken back.
    AnswerUnaccepted = "answer.unaccepted",
    /// A member said that a post needs looking at.
    FlagCreated = "flag.created",
    /// Staff decided on a flag (`props.upheld`).
    FlagDecided = "flag.decided",
    /// The desk opened an inbox item.
    SignalOpened = "signal.opened",
    /// Intent, urgency, risk and owner were set, or corrected by a person (`props.by`).
    SignalTriaged = "signal.triaged",
    /// Somebody took an item, or was given it.
    SignalAssigned = "signal.assigned",
    /// The state of an item changed (`props.from`, `props.to`).
    SignalMoved = "signal.moved",
    /// An answer went out from the desk.
    SignalReplied = "signal.replied",
    /// A note for the team was written on an item.
    SignalNoted = "signal.noted",
    /// An item was handed to an owner (`props.owner`).
    SignalEscalated = "signal.escalated",
    /// An item ended with an outcome (`props.outcome`).
    SignalResolved = "signal.resolved",
    /// A step of the desk was taken back.
    SignalUndone = "signal.undone",
    /// An archive was taken in (`props.topics`, `props.posts` ...).
    ArchiveImported = "archive.imported",
    /// A setting of the community changed.
    SettingChanged = "setting.changed",
    /// A new version of the guidelines holds (`props.version`).
    GuidelinesPublished = "guidelines.published",
    /// A member said that they read a version of the guidelines (`props.version`).
    GuidelinesAcknowledged = "guidelines.acknowledged",
    /// Staff put a label on a post, or took it off (`props.label`).
    PostLabelled = "post.labelled",
    /// Replies in a topic must keep a distance, or no longer (`props.every`, milliseconds).
    TopicSlowed = "topic.slowed",
    /// What a member may do was restricted (`props.standing`, `props.until`).
    MemberRestricted = "member.restricted",
    /// A decision of moderation was made (`props.act`, `props.clause`).
    DecisionMade = "decision.made",
    /// A decision was taken back, and all that it did.
    DecisionUndone = "decision.undone",
    /// A member asked for another look at a decision.
    AppealOpened = "appeal.opened",
    /// An appeal was decided (`props.overturned`).
    AppealDecided = "appeal.decided",
    /// A post was judged blind (`props.verdict`, `props.clause`).
    ReviewGiven = "review.given",
    /// Calm or raid mode began in a topic, a space or everywhere (`props.kind`, `props.until`).
    CalmStarted = "calm.started",
    /// Calm or raid mode ended, by itself or by hand.
    CalmEnded = "calm.ended",
    /// Posts were moved into a conversation of their own, or back (`props.to`, `props.undone`).
    TopicSplit = "topic.split",
    /// A member pauses in one topic, by themselves or by staff (`props.until`).
    MemberCooledOff = "member.cooled_off",
    /// Two members see and call each other no longer, or again (`props.other`, `props.apart`).
    MembersParted = "members.parted",
    /// A new account was let in, or kept out, by a person (`props.state`).
    SignUpDecided = "sign_up.decided",
    /// A mediation began, went on or ended (`props.state`).
    MediationMoved = "mediation.moved",
    /// Many posts and members were cleaned up after a raid in one act, or that was taken back (`props.undone`).
    RaidCleaned = "raid.cleaned",
    /// Somebody said something of a theme: confirmed, named, merged, split or moved it on (`props.act`).
    ThemeChanged = "theme.changed",
}

/// Who may see the thing that an activity is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Visibility {
    /// Anyone.
    Public,
    /// Signed-in members.
    Members,
    /// Moderators and above.
    Staff,
}

impl Visibility {
    /// The word stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Members => "members",
            Self::Staff => "staff",
        }
    }
}

impl FromStr for Visibility {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "public" => Ok(Self::Public),
            "members" => Ok(Self::Members),
            "staff" => Ok(Self::Staff),
            _ => Err(Error::invalid("Visibility is public, members or staff.")),
        }
    }
}

/// The thing an activity is about: its kind and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Object {
    /// `post`, `topic`, `person`, `space`, `flag`, `signal`, `account`, `decision`, `appeal`, `batch`, `team`, `calm`,
    /// `mediation`, `cleanup` or `site`.
    pub kind: &'static str,
    /// The id without its type.
    pub id: i64,
}

macro_rules! objects {
    ($($id:ident => $kind:literal,)*) => {$(
        impl From<$id> for Object {
            fn from(id: $id) -> Self { Self { kind: $kind, id: id.0 } }
        }
    )*};
}

objects! {
    PostId => "post", TopicId => "topic", PersonId => "person", SpaceId => "space",
    FlagId => "flag", SignalId => "signal", AccountId => "account", DecisionId => "decision",
    AppealId => "appeal", CalmId => "calm", MediationId => "mediation", CleanupId => "cleanup",
}

/// One row for the log. Build it with [`Activity::new`] and the `with_…` steps, then give it to
/// `Tx::record` in the transaction that does the thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    /// What happened.
    pub verb: Verb,
    /// When it happened; for an imported thing its original time.
    pub occurred_at: Timestamp,
    /// Who did it.
    pub actor: Option<PersonId>,
    /// What they were at that time.
    pub actor_class: ActorClass,
    /// What it was done to.
    pub object: Object,
    /// The conversation it belongs to.
    pub topic: Option<TopicId>,
    /// The post it answers, or the flag it decides.
    pub parent: Option<i64>,
    /// The space it happened in.
    pub space: Option<SpaceId>,
    /// The person it was done to, when that is not the actor: the author reacted to, the answerer accepted.
    pub subject: Option<PersonId>,
    /// Who may see it.
    pub visibility: Visibility,
    /// What else is worth keeping: an object, or null.
    pub props: serde_json::Value,
}

impl Activity {
    /// `actor` did `verb` to `object` at `at`.
    pub fn new(verb: Verb, actor: Actor, object: impl Into<Object>, at: Timestamp) -> Self {
        Self {
            verb,
            occurred_at: at,
            actor: actor.person,
            actor_class: actor.class,
            object: object.into(),
            topic: None,
            parent: None,
            space: None,
            subject: None,
            visibility: Visibility::Public,
            props: serde_json::Value::Null,
        }
    }

    /// It belongs to this conversation in this space.
    #[must_use]
    pub fn within(mut self, topic: TopicId, space: SpaceId) -> Self {
        self.topic = Some(topic);
        self.space = Some(space);
        self
    }

    /// It answers this post.
    #[must_use]
    pub fn answering(mut self, parent: Option<PostId>) -> Self {
        self.parent = parent.map(|post| post.0);
        self
    }

    /// It was done to this person.
    #[must_use]
    pub fn to(mut self, person: PersonId) -> Self {
        self.subject = Some(person);
        self
    }

    /// Only these may see it.
    #[must_use]
    pub fn seen_by(mut self, visibility: Visibility) -> Self {
        self.visibility = visibility;
        self
    }

    /// What else is worth keeping; give an object.
    #[must_use]
    pub fn with(mut self, props: serde_json::Value) -> Self {
        self.props = props;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_has_one_word() {
        let mut words: Vec<&str> = Verb::ALL.iter().map(|verb| verb.as_str()).collect();
        assert!(Verb::ALL.iter().all(|verb| verb.as_str().parse::<Verb>().ok() == Some(*verb)));
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Verb::ALL.len());
    }
}
