use std::collections::HashMap;

use mainstreet_kernel::id::{AccountId, PersonId, PostId, SpaceId, TopicId};
use mainstreet_kernel::{ActorClass, Timestamp, Visibility};

/// Where incoming things come from and go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The channel account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// The space that takes everything, when one was named.
    pub into: Option<SpaceId>,
}

/// Why a message changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DropReason {
    /// A newer copy of it is here, or in the same batch.
    OlderCopy,
    /// It is here and says the same.
    SameCopy,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// It is a new post.
    Added,
    /// The post that was here was brought up to date.
    Changed,
    /// Nothing was done.
    Dropped(DropReason),
}

/// What a batch did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// What became of each message, in the order they came.
    pub outcomes: Vec<Outcome>,
    /// People who were seen to join for the first time.
    pub joins: usize,
}

/// A person as a batch knows them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Face {
    pub(super) person: PersonId,
}

/// The people a batch names.
#[derive(Debug, Default)]
pub(super) struct Faces {
    /// By external id.
    pub(super) by_id: HashMap<String, Face>,
    /// By folded handle.
    pub(super) by_handle: HashMap<String, PersonId>,
}

impl Faces {
    pub(super) fn person(&self, external_id: &str) -> Option<PersonId> {
        self.by_id.get(external_id).map(|face| face.person)
    }
}

/// A space as a batch knows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) space: SpaceId,
    pub(super) visibility: Visibility,
    pub(super) questions: bool,
}

/// As much of a post as counting a topic needs.
#[derive(Clone, Debug)]
pub(super) struct Slim {
    pub(super) id: PostId,
    pub(super) number: i64,
    pub(super) person: PersonId,
    pub(super) class: ActorClass,
    pub(super) published: bool,
    pub(super) created_at: Timestamp,
    pub(super) reactions: i64,
    pub(super) reply_to: Option<i64>,
    /// True when this batch adds it.
    pub(super) new: bool,
}

/// A topic while a batch works on it.
#[derive(Clone, Debug)]
pub(super) struct Topic {
    pub(super) id: TopicId,
    pub(super) external_id: String,
    pub(super) space: SpaceId,
    pub(super) visibility: Visibility,
    pub(super) person: PersonId,
    pub(super) title: String,
    pub(super) question: bool,
    pub(super) state: String,
    pub(super) closed_at: Option<Timestamp>,
    pub(super) created_at: Timestamp,
    pub(super) views: i64,
    pub(super) version: i64,
    pub(super) accepted: Option<(PostId, Timestamp)>,
    pub(super) tags: Vec<String>,
    /// All its posts, in the order of their numbers once counted.
    pub(super) posts: Vec<Slim>,
    /// True when this batch opens it.
    pub(super) new: bool,
    /// True when something about it must be written.
    pub(super) touched: bool,
    /// What the batch found, to count the difference.
    pub(super) before: Counted,
    /// What the log has to tell beside its posts.
    pub(super) told: Told,
}

/// What a topic counts for in its space.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) topics: i64,
    pub(super) posts: i64,
}

/// Changes of a topic that become activities.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    pub(super) marked_question: bool,
    pub(super) closed: bool,
    /// The answer accepted by this batch.
    pub(super) accepted: Option<(PostId, PersonId, Timestamp)>,
}
