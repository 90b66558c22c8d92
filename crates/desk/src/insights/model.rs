//! The words and rows of insights.

use mainstreet_kernel::Timestamp;
use mainstreet_kernel::id::{EntryId, PersonId, PostId, ThemeId, TopicId};

use crate::triage::words;

words! {
    /// What somebody began a conversation for.
    Kind, "A conversation begins with a question, a request, an objection, or just talk." {
        /// They want to know or get something to work.
        Question = "question",
        /// They want something that is not there.
        Request = "request",
        /// They do not like how something is.
        Objection = "objection",
        /// None of these.
        Talk = "talk",
    }
}

words! {
    /// How far a theme has come.
    Status, "A theme is open, shared, accepted, declined, shipped, or everyone was told." {
        /// Nobody outside the community team has heard of it.
        Open = "open",
        /// Those who can decide know.
        Shared = "shared",
        /// It will be done.
        Accepted = "accepted",
        /// It will not be done.
        Declined = "declined",
        /// It is done.
        Shipped = "shipped",
        /// Those who asked know how it ended.
        Told = "told",
    }
}

words! {
    /// What put a conversation into its theme, or took it out.
    PlacedBy, "A conversation is placed by the program, by meaning, or by a person." {
        /// The program: its words are those of the theme.
        Words = "program",
        /// The program: its words alone had not been enough, what a sentence model says of it was.
        Meaning = "meaning",
        /// A person.
        Person = "person",
    }
}

words! {
    /// What was done to a theme.
    Act, "This is nothing that can be done to a theme." {
        /// Said to be one.
        Confirmed = "confirmed",
        /// Given a name.
        Named = "named",
        /// Moved on to a status.
        Moved = "moved",
        /// Another joined it.
        Merged = "merged",
        /// One that had joined it stands for itself again.
        Parted = "parted",
        /// Some of its conversations became another.
        Split = "split",
        /// Conversations were taken out.
        TakenOut = "taken_out",
        /// Conversations were put into it.
        Put = "put",
        /// Conversations count as something else.
        Counted = "counted",
        /// People were told.
        Told = "told",
        /// It comes into the inbox again when it trends.
        Heard = "heard",
    }
}

/// What several conversations are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Which.
    pub id: ThemeId,
    /// What it is called.
    pub name: String,
    /// True when a person named it.
    pub named: bool,
    /// True when a person said that it is one.
    pub settled: bool,
    /// How far it has come.
    pub status: Status,
    /// Why it stands so.
    pub note: String,
    /// Since when.
    pub status_at: Option<Timestamp>,
    /// Where it went.
    pub merged_into: Option<ThemeId>,
    /// When it was found.
    pub created_at: Timestamp,
    /// Rises with every change by a person.
    pub version: i64,
}

/// An entry in a theme's history.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Which.
    pub id: EntryId,
    /// Of which theme.
    pub theme: ThemeId,
    /// What was done.
    pub act: Act,
    /// By whom; nothing: Mainstreet itself.
    pub actor: Option<String>,
    /// More words.
    pub why: String,
    /// The theme that joined or left, and its name.
    pub other: Option<(ThemeId, String)>,
    /// The conversations that moved.
    pub topics: Vec<TopicId>,
    /// When.
    pub at: Timestamp,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
}

/// The beginning of a conversation, as it counts for a theme.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// The conversation.
    pub topic: TopicId,
    /// Its first post.
    pub post: PostId,
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
    /// Who began it, merged identities as one.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// False for staff and programs, who are not counted.
    pub counts: bool,
    /// What it was begun for.
    pub kind: Kind,
    /// True when a person said so.
    pub kind_by_person: bool,
    /// What put it into the theme.
    pub placed_by: PlacedBy,
    /// True while nobody else has replied and nothing was accepted.
    pub unanswered: bool,
    /// True when an answer was accepted.
    pub solved: bool,
    /// How near it is to the theme's centre, 0 to 1.
    pub near: f64,
    /// When it was begun.
    pub at: Timestamp,
}
