use std::str::FromStr;

use mainstreet_kernel::id::{CalmId, PersonId, SpaceId, TopicId};
use mainstreet_kernel::{Error, Timestamp};

/// Why a place is calmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// People are at odds.
    Calm,
    /// Strangers flood the place.
    Raid,
}

impl Kind {
    /// The word stored.
    pub fn as_str(self) -> &'static str {
        if self == Self::Raid { "raid" } else { "calm" }
    }

    /// The words shown.
    pub fn label(self) -> &'static str {
        if self == Self::Raid { "Raid mode" } else { "Calm mode" }
    }
}

impl FromStr for Kind {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self, Error> {
        match word {
            "calm" => Ok(Self::Calm),
            "raid" => Ok(Self::Raid),
            _ => Err(Error::invalid("It is calm mode or raid mode.")),
        }
    }
}

/// Where it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In one topic.
    Topic(TopicId),
    /// In every topic of a space.
    Space(SpaceId),
    /// Everywhere.
    Site,
}

impl Place {
    /// The word stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Topic(_) => "topic",
            Self::Space(_) => "space",
            Self::Site => "site",
        }
    }

    /// The number stored; 0: everywhere.
    pub fn id(self) -> i64 {
        match self {
            Self::Topic(id) => id.0,
            Self::Space(id) => id.0,
            Self::Site => 0,
        }
    }

    pub(super) fn of(word: &str, id: i64) -> Self {
        match word {
            "topic" => Self::Topic(TopicId(id)),
            "space" => Self::Space(SpaceId(id)),
            _ => Self::Site,
        }
    }

    pub(super) fn width(self) -> u8 {
        match self {
            Self::Topic(_) => 0,
            Self::Space(_) => 1,
            Self::Site => 2,
        }
    }
}

/// What turning it on asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCalm {
    /// Calm or raid mode.
    pub kind: Kind,
    /// Where.
    pub place: Place,
    /// Milliseconds between replies of one person; 0: none.
    pub every: i64,
    /// Accounts younger than so many milliseconds are looked at first; 0: none.
    pub newer_than: i64,
    /// Why, as everybody there reads it.
    pub why: String,
    /// The clause of the guidelines it rests on.
    pub clause: String,
    /// When it ends by itself.
    pub until: Timestamp,
}

/// A calm or raid mode, on or over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calm {
    /// Which.
    pub id: CalmId,
    /// Calm or raid mode.
    pub kind: Kind,
    /// Where.
    pub place: Place,
    /// Milliseconds between replies of one person; 0: none.
    pub every: i64,
    /// Accounts younger than so many milliseconds are looked at first; 0: none.
    pub newer_than: i64,
    /// Why.
    pub why: String,
    /// The clause it rests on.
    pub clause: String,
    /// Of which version of the guidelines.
    pub guideline_version: i64,
    /// Who turned it on; nothing: Mainstreet itself.
    pub by: Option<PersonId>,
    /// Their name now.
    pub by_name: Option<String>,
    /// Since when.
    pub at: Timestamp,
    /// When it ends by itself.
    pub until: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Who ended it; nothing: it ended by itself.
    pub ended_by: Option<PersonId>,
    /// Why it ended before its time.
    pub ended_why: String,
}

impl Calm {
    /// True while it holds.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && self.until > now
    }
}
