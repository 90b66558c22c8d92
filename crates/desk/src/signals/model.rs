//! The words of the inbox.

use mainstreet_kernel::Timestamp;
use mainstreet_kernel::clock::{DAY, MINUTE};
use mainstreet_kernel::id::{EntryId, PersonId, PostId, SignalId, SpaceId, TopicId};
use serde::{Deserialize, Serialize};

use crate::triage::{Assessment, words};

/// How long a moderator holds an item that they took and then left alone.
pub const LEASE: i64 = 10 * MINUTE;
/// How long a step can be taken back by who took it.
pub const UNDO_TIME: i64 = 15 * MINUTE;
/// A resolved item comes back when the member writes within this time; after it, it is closed.
pub const REOPEN_TIME: i64 = 7 * DAY;
/// What happened longer ago opens no item. An archive's past is for searching and counting, not for the inbox.
pub const HORIZON: i64 = 14 * DAY;
/// Questions still open are taken up when they are younger than this, archives included.
pub const QUESTION_HORIZON: i64 = 30 * DAY;

words! {
    /// Why an item is there; the gravest cause names the item. In rising order, so that `max` works.
    Cause, "A cause is newcomer, question, complaint, trend, review, rule, flag, harm, approval, conflict or appeal." {
        /// Somebody's first post.
        Newcomer = "newcomer",
        /// A question past its target without a response.
        Question = "question",
        /// A text read as a complaint.
        Complaint = "complaint",
        /// Many people began a conversation about one theme within a day.
        Trend = "trend",
        /// A post judged blind breaks a clause, or two people judged it apart.
        Review = "review",
        /// A rule of the community matched.
        Rule = "rule",
        /// A member says that a post needs looking at.
        Flag = "flag",
        /// Something harmful was read in a post.
        Harm = "harm",
        /// A held post waits to be published or rejected.
        Approval = "approval",
        /// People are at odds in a conversation, or strangers flood the place.
        Conflict = "conflict",
        /// A member wants a decision looked at again.
        Appeal = "appeal",
    }
}

words! {
    /// Where an item stands.
    State, "Unknown state of an item." {
        /// Nobody has looked at it.
        New = "new",
        /// Somebody looked: intent, urgency, risk and owner are set.
        Triaged = "triaged",
        /// Somebody works on it.
        InProgress = "in_progress",
        /// We answered; the member's turn.
        WaitingMember = "waiting_member",
        /// An owner was asked; their turn.
        WaitingOwner = "waiting_owner",
        /// Put off until a time.
        Snoozed = "snoozed",
        /// Ended with an outcome; comes back when the member writes.
        Resolved = "resolved",
        /// Ended for good.
        Closed = "closed",
        /// Its matter is dealt with in another item.
        Merged = "merged",
        /// Not for us, or spam.
        Dismissed = "dismissed",
    }
}

impl State {
    /// True while somebody may still have to act.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Resolved | Self::Closed | Self::Merged | Self::Dismissed)
    }

    /// True while the clock of the next response runs.
    pub fn clock_runs(self) -> bool {
        matches!(self, Self::New | Self::Triaged | Self::InProgress | Self::WaitingOwner)
    }

    /// The words for a page.
    pub fn label(self) -> &'static str {
        match self {
            Self::InProgress => "in progress",
            Self::WaitingMember => "waiting for the member",
            Self::WaitingOwner => "waiting for an owner",
            other => other.as_str(),
        }
    }
}

words! {
    /// How an item ended.
    Outcome, "An outcome is answered, solved_by_member, moderated, insight_filed, duplicate or no_action." {
        /// The desk answered.
        Answered = "answered",
        /// Another member helped, or the writer solved it.
        SolvedByMember = "solved_by_member",
        /// Something was hidden, deleted or somebody was spoken to.
        Moderated = "moderated",
        /// What was said is kept as an insight.
        InsightFiled = "insight_filed",
        /// The same matter is dealt with elsewhere.
        Duplicate = "duplicate",
        /// Nothing needed doing; needs a reason.
        NoAction = "no_action",
        /// A held post was published.
        Published = "published",
        /// A held post was rejected.
        Rejected = "rejected",
        /// An appeal was turned down: the decision stands.
        Upheld = "upheld",
        /// An appeal was right: the decision is taken back.
        Overturned = "overturned",
    }
}

impl Outcome {
    /// Those that people choose; the others come of a held post or an appeal.
    pub const CHOSEN: &'static [Self] = &[
        Self::Answered,
        Self::SolvedByMember,
        Self::Moderated,
        Self::InsightFiled,
        Self::Duplicate,
        Self::NoAction,
    ];

    /// The words for a page.
    pub fn label(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::SolvedByMember => "solved by a member",
            Self::Moderated => "moderated",
            Self::InsightFiled => "insight filed",
            Self::Duplicate => "duplicate",
            Self::NoAction => "no action needed",
            other => other.as_str(),
        }
    }
}

words! {
    /// Why an item is not for us. Spam upholds what brought it here; the other clears it.
    Dismissal, "An item is dismissed as spam or as not_for_us." {
        /// It was spam.
        Spam = "spam",
        /// There was nothing in it for us.
        NotForUs = "not_for_us",
    }
}

words! {
    /// What was done to an item.
    Act, "Unknown act." {
        /// It came up.
        Opened = "opened",
        /// One more thing happened that belongs to it.
        Joined = "joined",
        /// Intent, urgency, risk or owner was corrected, or confirmed.
        Triaged = "triaged",
        /// Somebody took it, or was given it.
        Assigned = "assigned",
        /// It went back to the pool.
        Released = "released",
        /// An answer went out from the desk.
        Replied = "replied",
        /// Somebody wrote in the conversation.
        Heard = "heard",
        /// A note for the team.
        Noted = "noted",
        /// Put off.
        Snoozed = "snoozed",
        /// Its time came, or something happened.
        Woke = "woke",
        /// An owner was asked.
        Escalated = "escalated",
        /// The owner answered.
        OwnerAnswered = "owner_answered",
        /// A held post or an appeal was decided, and something else waits still.
        Judged = "judged",
        /// Ended with an outcome.
        Resolved = "resolved",
        /// Came back.
        Reopened = "reopened",
        /// Not for us.
        Dismissed = "dismissed",
        /// Its matter went into another item.
        Merged = "merged",
        /// Ended for good.
        Closed = "closed",
        /// A step was taken back.
        Undone = "undone",
    }
}

/// An inbox item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// Its id.
    pub id: SignalId,
    /// The gravest of its causes.
    pub kind: Cause,
    /// What it is about, in a line.
    pub title: String,
    /// The conversation.
    pub topic: TopicId,
    /// The post it is about; none: the conversation as a whole.
    pub anchor: Option<PostId>,
    /// Where to look first.
    pub post: PostId,
    /// Whose matter it is.
    pub person: PersonId,
    /// Where it was written.
    pub space: SpaceId,
    /// Intent, urgency, risk and owner, with reasons.
    pub assessment: Assessment,
    /// Who holds it.
    pub assignee: Option<PersonId>,
    /// Until when they hold it; none with an assignee: until it is handed on.
    pub lease_until: Option<Timestamp>,
    /// Where it stands.
    pub state: State,
    /// When the next response is due; none: no clock runs.
    pub due_at: Option<Timestamp>,
    /// Put off until then.
    pub snoozed_until: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// More words on the outcome, or on why it was dismissed.
    pub outcome_why: String,
    /// The member was told how it ended.
    pub told_back: bool,
    /// The item that its matter went into.
    pub merged_into: Option<SignalId>,
    /// The closed item whose matter came up again.
    pub follows: Option<SignalId>,
    /// How often it came back.
    pub reopened: i64,
    /// Rises with every change; whoever acts says which one they saw.
    pub version: i64,
    /// When the matter itself began.
    pub occurred_at: Timestamp,
    /// When the item was opened.
    pub opened_at: Timestamp,
    /// When something last happened to it.
    pub touched_at: Timestamp,
    /// When the member first got a response, from whomever.
    pub first_response_at: Option<Timestamp>,
    /// When it ended with an outcome.
    pub resolved_at: Option<Timestamp>,
    /// When it ended for good.
    pub closed_at: Option<Timestamp>,
}

impl Signal {
    /// An item that just came and is about no post yet: new, with nobody, nothing of it done.
    pub(super) fn new(
        (id, now): (SignalId, Timestamp),
        (kind, occurred_at): (Cause, Timestamp),
        person: PersonId,
        title: String,
        assessment: Assessment,
    ) -> Self {
        Self {
            id,
            kind,
            title,
            topic: TopicId(0),
            anchor: None,
            post: PostId(0),
            person,
            space: SpaceId(0),
            assessment,
            assignee: None,
            lease_until: None,
            state: State::New,
            due_at: None,
            snoozed_until: None,
            outcome: None,
            outcome_why: String::new(),
            told_back: false,
            merged_into: None,
            follows: None,
            reopened: 0,
            version: 1,
            occurred_at,
            opened_at: now,
            touched_at: now,
            first_response_at: None,
            resolved_at: None,
            closed_at: None,
        }
    }

    /// True when it is about a member as such, in no conversation.
    pub fn is_about_member(&self) -> bool {
        self.topic.0 == 0
    }

    /// Who works on it now: the assignee of an item in progress whose lease has not ended.
    pub fn holder(&self, now: Timestamp) -> Option<PersonId> {
        let live = self.lease_until.is_none_or(|until| until > now);
        self.assignee.filter(|_| self.state != State::InProgress || live)
    }

    /// True when its response is overdue at `now`.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.state.clock_runs() && self.due_at.is_some_and(|due| due <= now)
    }
}

/// An item as somebody saw it when they decided to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Which item.
    pub id: SignalId,
    /// Its version then; none: act whatever has happened since.
    pub version: Option<i64>,
}

/// One thing that brought an item here.
#[derive(Clone, Debug, PartialEq)]
pub struct CauseRow {
    /// What kind.
    pub kind: Cause,
    /// The post it is about.
    pub post: PostId,
    /// Who flagged, complained, is new.
    pub person: Option<PersonId>,
    /// Their name.
    pub name: Option<String>,
    /// Why, in a sentence.
    pub reason: String,
    /// When.
    pub occurred_at: Timestamp,
    /// When it stopped mattering.
    pub settled_at: Option<Timestamp>,
}

/// One line of an item's history.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its id.
    pub id: EntryId,
    /// The item.
    pub signal: SignalId,
    /// What was done.
    pub act: Act,
    /// By whom; none: Mainstreet itself.
    pub actor: Option<PersonId>,
    /// Their name.
    pub actor_name: Option<String>,
    /// Where the item stood.
    pub from: State,
    /// Where it stood then.
    pub to: State,
    /// Why, or with which words.
    pub why: String,
    /// The post written, the note, the escalation, the item merged into.
    pub object: Option<i64>,
    /// The item before, where the step can be taken back.
    pub before: Option<Box<Signal>>,
    /// When.
    pub at: Timestamp,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
}
