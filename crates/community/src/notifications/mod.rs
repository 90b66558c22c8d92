//! Notifications: what a member is told about. Somebody replied to them, mentioned them, accepted their answer.
//!
//! They are kept by a reader of the log with a cursor of its own, so writing a post costs nothing for them. A post
//! that is hidden or deleted takes its notifications with it. Nobody is told of what they may not see, of what they
//! did themselves, or of what happened more than [`HORIZON`] ago, so that an archive floods nobody.
//!
//! **Invariant:** one post tells a person one thing, however often the log is read.

mod store;

use mainstreet_db::Tx;
use mainstreet_db::log::Entry;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::{EntryId, PersonId, PostId, TopicId};
use mainstreet_kernel::page::Page;
use mainstreet_kernel::{Result, Timestamp, Verb};

use crate::people::{Face, Viewer};

/// The name of the reader.
pub const READER: &str = "notifications";
/// Nobody is told of what happened longer ago.
pub const HORIZON: i64 = 14 * DAY;
/// The unread count stops here: a page says `99+` then.
pub const MOST_COUNTED: i64 = 100;
/// Notifications on a page.
pub const PAGE: usize = 30;

/// What a member is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Somebody replied to them, or in a topic they opened.
    Reply,
    /// Somebody mentioned them.
    Mention,
    /// Their answer was accepted.
    Accepted,
}

impl Kind {
    /// The word stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Mention => "mention",
            Self::Accepted => "accepted",
        }
    }

    fn of(word: &str) -> Self {
        match word {
            "reply" => Self::Reply,
            "accepted" => Self::Accepted,
            _ => Self::Mention,
        }
    }
}

/// One line of what a member was told.
#[derive(Clone, Debug, PartialEq)]
pub struct Notification {
    /// Its id.
    pub id: EntryId,
    /// What.
    pub kind: Kind,
    /// Who did it; none: not known any more.
    pub actor: Option<Face>,
    /// The topic's title.
    pub title: String,
    /// The post.
    pub post: PostId,
    /// The beginning of the post, as plain text.
    pub excerpt: String,
    /// When.
    pub at: Timestamp,
    /// True while it was not read.
    pub unread: bool,
}

/// What follows from these entries.
pub fn advance(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<()> {
    let now = tx.now();
    for entry in entries.iter().filter(|entry| (0..=HORIZON).contains(&now.since(entry.occurred_at))) {
        let post = PostId(entry.object_id);
        match entry.verb {
            Verb::TopicCreated | Verb::ReplyCreated | Verb::PostEdited | Verb::PostRestored => {
                written(tx, post)?;
            }
            Verb::AnswerAccepted => {
                if let Some(person) = entry.subject {
                    store::tell(tx, person, Kind::Accepted, post, entry.actor, entry.occurred_at)?;
                }
            }
            Verb::AnswerUnaccepted => store::take_back(tx, post, Some(Kind::Accepted))?,
            Verb::PostHidden | Verb::PostDeleted => store::take_back(tx, post, None)?,
            _ => {}
        }
    }
    Ok(())
}

/// Tells whom a post answers, then whom it mentions. An edit tells those whom it mentions anew.
fn written(tx: &mut Tx<'_>, post: PostId) -> Result<()> {
    let Some(told) = store::told_by(tx, post)? else { return Ok(()) };
    if let Some(person) = told.answered {
        store::tell(tx, person, Kind::Reply, post, Some(told.author), told.at)?;
    }
    for person in told.mentioned {
        store::tell(tx, person, Kind::Mention, post, Some(told.author), told.at)?;
    }
    Ok(())
}

/// What `viewer` was told, latest first. `before` is the last one of the page before.
pub fn list(tx: &mut Tx<'_>, viewer: Viewer, before: Option<EntryId>) -> Result<Page<Notification>> {
    let rows = store::list(tx, viewer, before, PAGE + 1)?;
    Ok(Page::cut(rows, PAGE))
}

/// Where one leads, and from now on it counts as read. None: there is no such one of theirs.
pub fn open(tx: &mut Tx<'_>, person: PersonId, id: EntryId) -> Result<Option<PostId>> {
    let found = store::post_of(tx, person, id)?;
    if found.is_some() {
        store::mark_read(tx, person, id)?;
    }
    Ok(found)
}

/// All of them count as read.
pub fn read_all(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    store::mark_all(tx, person)
}

/// Those of a topic count as read: the member looks at it.
pub(crate) fn read_topic(tx: &mut Tx<'_>, person: PersonId, topic: TopicId) -> Result<()> {
    store::mark_topic(tx, person, topic)
}
