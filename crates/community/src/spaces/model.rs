use std::str::FromStr;

use mainstreet_kernel::id::{AccountId, SpaceId};
use mainstreet_kernel::{Error, Timestamp, Visibility};

/// What a space is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Talk; nothing waits for an answer.
    Discussion,
    /// Topics ask for answers unless their author says otherwise.
    Questions,
    /// Only staff open topics.
    Announcements,
}

impl Kind {
    /// Every kind, in the order forms show them.
    pub const ALL: [Self; 3] = [Self::Discussion, Self::Questions, Self::Announcements];

    /// The word stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Discussion => "discussion",
            Self::Questions => "questions",
            Self::Announcements => "announcements",
        }
    }
}

impl FromStr for Kind {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or_else(|| Error::invalid("A space is for discussion, questions or announcements."))
    }
}

/// A space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Space {
    /// Which.
    pub id: SpaceId,
    /// The channel account it belongs to.
    pub account: AccountId,
    /// Its part of an address.
    pub slug: String,
    /// The name shown.
    pub name: String,
    /// What it is for, in a sentence or two.
    pub description: String,
    /// What is done here.
    pub kind: Kind,
    /// Who may see it.
    pub visibility: Visibility,
    /// Its colour, 1 to 8.
    pub hue: i64,
    /// Its place in lists.
    pub position: i64,
    /// Published topics.
    pub topic_count: i64,
    /// Published posts in them.
    pub post_count: i64,
    /// When it was opened.
    pub created_at: Timestamp,
}
