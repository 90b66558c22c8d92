use std::fmt;
use std::str::FromStr;

use mainstreet_kernel::id::{AccountId, PersonId, PostId, SpaceId, TagId, TopicId};
use mainstreet_kernel::{Error, Timestamp, Visibility};

use crate::people::Face;
use crate::tags::Tag;

/// What has become of a post, and of a topic through its first post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Shown to all who see the space.
    Published,
    /// Waits, unseen, until a moderator has looked at it.
    Held,
    /// Put away by staff for a reason; its author and staff still see it.
    Hidden,
    /// Taken away by its author, by staff, or where it came from.
    Deleted,
}

impl State {
    /// The word stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Held => "held",
            Self::Hidden => "hidden",
            Self::Deleted => "deleted",
        }
    }
}

impl FromStr for State {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self, Error> {
        [Self::Published, Self::Held, Self::Hidden, Self::Deleted]
            .into_iter()
            .find(|state| state.as_str() == word)
            .ok_or_else(|| Error::invalid("A post is published, held, hidden or deleted."))
    }
}

/// A conversation. What each count means stands in the module's invariants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Which.
    pub id: TopicId,
    /// The space it is in.
    pub space: SpaceId,
    /// The channel account it came from.
    pub account: AccountId,
    /// Who opened it.
    pub person: PersonId,
    /// Its title.
    pub title: String,
    /// Its title as part of an address.
    pub slug: String,
    /// True when it asks for an answer.
    pub question: bool,
    /// That of its first post.
    pub state: State,
    /// True when its space shows it first.
    pub pinned: bool,
    /// Since when it takes no more replies.
    pub closed_at: Option<Timestamp>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When the latest published post was written.
    pub bumped_at: Timestamp,
    /// Highest number given to a post.
    pub post_count: i64,
    /// Published replies.
    pub reply_count: i64,
    /// Different authors of published posts.
    pub people_count: i64,
    /// Reactions on published posts.
    pub reaction_count: i64,
    /// Times it was seen, as far as counted.
    pub view_count: i64,
    /// Its first post.
    pub first_post: Option<PostId>,
    /// Its latest published post.
    pub last_post: Option<PostId>,
    /// Who wrote that.
    pub last_person: Option<PersonId>,
    /// When somebody else first replied.
    pub first_reply_at: Option<Timestamp>,
    /// The accepted answer.
    pub accepted_post: Option<PostId>,
    /// When it was accepted.
    pub accepted_at: Option<Timestamp>,
    /// Who accepted it.
    pub accepted_by: Option<PersonId>,
    /// Rises with every change that its page shows.
    pub version: i64,
}

impl Topic {
    /// Where its page is.
    pub fn path(&self) -> String {
        super::path(&self.slug, self.id)
    }

    /// Where the post with this number is: the page of the topic that holds it, at that post.
    pub fn path_to(&self, number: i64) -> String {
        let page = crate::posts::page_of(number);
        let query = if page > 1 { format!("?page={page}") } else { String::new() };
        format!("{}{query}#p{number}", self.path())
    }

    /// True when an answer was accepted.
    pub fn is_solved(&self) -> bool {
        self.accepted_post.is_some()
    }

    /// How many pages its posts fill.
    pub fn pages(&self) -> i64 {
        crate::posts::page_of(self.post_count.max(1))
    }
}

/// Which topics a list holds, and in what order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// All, latest post first.
    Latest,
    /// Open questions that nobody has replied to, youngest first.
    Unanswered,
    /// Those of a space, latest post first.
    Space(SpaceId),
    /// Those with a tag, latest opened first.
    Tag(TagId),
    /// Those a person opened, latest opened first.
    Person(PersonId),
}

/// Where a list goes on: after the row with this time and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The row's time in the list's order.
    pub at: Timestamp,
    /// The row.
    pub id: TopicId,
}

impl Key {
    /// Before the first row.
    pub const START: Self = Self { at: Timestamp(i64::MAX), id: TopicId(i64::MAX) };
}

impl fmt::Display for Key {
    /// As a part of an address, such as `1772442000000-0fh…`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.at.0, self.id)
    }
}

impl FromStr for Key {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || Error::invalid("This page address is damaged. Go back to the first page of the list.");
        let (at, id) = text.rsplit_once('-').ok_or_else(wrong)?;
        Ok(Self { at: Timestamp(at.parse().map_err(|_| wrong())?), id: id.parse().map_err(|_| wrong())? })
    }
}

/// What is shown of a space beside a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpaceName {
    /// Which.
    pub id: SpaceId,
    /// Its part of an address.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its colour, 1 to 8.
    pub hue: i64,
    /// Who may see it.
    pub visibility: Visibility,
}

/// A topic in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The topic.
    pub topic: Topic,
    /// Where it is.
    pub space: SpaceName,
    /// Who opened it.
    pub author: Face,
    /// Up to three others who took part, the latest first.
    pub others: Vec<Face>,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// How far the viewer has read: the highest number seen, or nothing.
    pub read_to: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_an_address() {
        for key in [Key::START, Key { at: Timestamp(1_772_442_000_000), id: TopicId(77) }] {
            assert_eq!(key.to_string().parse::<Key>().ok(), Some(key));
        }
        for damaged in ["", "-", "12", "x-0000000000000", "5-short"] {
            assert!(damaged.parse::<Key>().is_err(), "{damaged}");
        }
    }
}
