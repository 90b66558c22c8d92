//! What an archive holds, counted while it is read.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use mainstreet_connectors::Found;
use mainstreet_kernel::channel::{Incoming, IncomingMessage, Skipped};

/// Records that could not be read are listed up to this many; more are only counted.
const LISTED: usize = 10_000;

/// What was read so far. Posts are told apart by a 64-bit hash of their id: forty bytes a post, whatever it says.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    posts: HashMap<u64, Post>,
    listed: HashSet<u64>,
    authors: HashSet<u64>,
    names: HashMap<u64, u32>,
    spaces: HashMap<String, bool>,
    joins: u64,
    /// Copies of posts that are in the archive more than once.
    pub(crate) copies: u64,
    /// Records that could not be read.
    pub(crate) skipped: Vec<Skipped>,
    more_skipped: u64,
    /// Records deliberately left out, by kind.
    pub(crate) left: BTreeMap<&'static str, u64>,
    /// What the archive should hold and does not, by kind.
    pub(crate) gaps: BTreeMap<&'static str, u64>,
}

/// The newest copy of a post.
#[derive(Clone, Copy, Debug)]
struct Post {
    snapshot: i64,
    topic: u64,
    reactions: u32,
    unnamed: u32,
    accepted: bool,
    begins: bool,
}

/// Sums over all posts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) topics: u64,
    pub(crate) posts: u64,
    pub(crate) reactions: u64,
    /// Reactions of which only the number is known.
    pub(crate) unnamed: u64,
    /// Topics with an accepted answer.
    pub(crate) accepted: u64,
    /// Topics whose first post is not in the archive.
    pub(crate) headless: u64,
}

impl Counts {
    /// Counts one thing found.
    pub(crate) fn see(&mut self, found: &Found) {
        match found {
            Found::Incoming(Incoming::Message(message)) => self.message(message),
            Found::Incoming(Incoming::Person(person)) => {
                if self.listed.insert(hash(&person.external_id)) && !person.name.is_empty() {
                    *self.names.entry(hash(&person.name.to_lowercase())).or_default() += 1;
                }
            }
            Found::Incoming(Incoming::Space(space)) => {
                let named = self.spaces.entry(space.external_id.clone()).or_default();
                *named |= !space.provisional;
            }
            Found::Incoming(Incoming::Join(_)) => self.joins += 1,
            Found::Skipped(skipped) if self.skipped.len() < LISTED => self.skipped.push(skipped.clone()),
            Found::Skipped(_) => self.more_skipped += 1,
            Found::Left(kind) => *self.left.entry(kind).or_default() += 1,
            Found::Gap(kind) => *self.gaps.entry(kind).or_default() += 1,
        }
    }

    fn message(&mut self, message: &IncomingMessage) {
        self.authors.insert(hash(&message.author.external_id));
        let count = |number: i64| u32::try_from(number.max(0)).unwrap_or(u32::MAX);
        let unnamed = |reaction: &mainstreet_kernel::channel::IncomingReaction| {
            reaction.count - reaction.by.len() as i64
        };
        let post = Post {
            snapshot: message.snapshot,
            topic: hash(&message.topic),
            reactions: count(message.reactions.iter().map(|reaction| reaction.count).sum()),
            unnamed: count(message.reactions.iter().map(unnamed).sum()),
            accepted: message.accepted,
            begins: message.number == 1 || (message.number == 0 && message.title.is_some()),
        };
        match self.posts.entry(hash(&message.external_id)) {
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(post);
            }
            std::collections::hash_map::Entry::Occupied(mut known) => {
                self.copies += 1;
                if post.snapshot >= known.get().snapshot {
                    known.insert(post);
                }
            }
        }
    }

    /// The sums over all posts, each counted once, as its newest copy is.
    pub(crate) fn sums(&self) -> Sums {
        let mut sums = Sums { posts: self.posts.len() as u64, ..Sums::default() };
        let mut topics: HashMap<u64, (bool, bool)> = HashMap::new();
        for post in self.posts.values() {
            sums.reactions += u64::from(post.reactions);
            sums.unnamed += u64::from(post.unnamed);
            let topic = topics.entry(post.topic).or_default();
            topic.0 |= post.begins;
            topic.1 |= post.accepted;
        }
        sums.topics = topics.len() as u64;
        sums.headless = topics.values().filter(|(begins, _)| !begins).count() as u64;
        sums.accepted = topics.values().filter(|(_, accepted)| *accepted).count() as u64;
        sums
    }

    /// People that the archive lists; where it has no list, those who wrote.
    pub(crate) fn people(&self) -> u64 {
        if self.listed.is_empty() { self.authors.len() as u64 } else { self.listed.len() as u64 }
    }

    /// Authors that the archive does not list: integrations, and people of other places.
    pub(crate) fn unlisted(&self) -> u64 {
        if self.listed.is_empty() { 0 } else { self.authors.difference(&self.listed).count() as u64 }
    }

    /// Listed people who show a name that another one shows as well: perhaps the same person.
    pub(crate) fn namesakes(&self) -> u64 {
        self.names.values().filter(|count| **count > 1).map(|count| u64::from(*count)).sum()
    }

    /// Spaces whose name the archive does not hold.
    pub(crate) fn unnamed_spaces(&self) -> u64 {
        self.spaces.values().filter(|named| !**named).count() as u64
    }

    /// Spaces in all.
    pub(crate) fn spaces(&self) -> u64 {
        self.spaces.len() as u64
    }

    /// Joins.
    pub(crate) fn joins(&self) -> u64 {
        self.joins
    }

    /// Records that could not be read: those listed, and a last entry for those only counted.
    pub(crate) fn all_skipped(&mut self) -> Vec<Skipped> {
        let mut skipped = std::mem::take(&mut self.skipped);
        if self.more_skipped > 0 {
            let why = format!("And {} more records that could not be read.", self.more_skipped);
            skipped.push(Skipped { at: String::new(), why });
        }
        skipped
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
