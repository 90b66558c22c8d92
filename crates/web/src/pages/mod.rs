//! Whole pages, kept packed until something they show changes: for visitors as they are, for members with gaps.
//!
//! A page says what it depends on ([`Depends`]). The node's follower of the log moves the version of what changed,
//! on every node, and a stored page with an older version is made anew. A member's own doings move a version of
//! their own at once, so that everybody sees what they just wrote.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use mainstreet_kernel::Timestamp;
use mainstreet_kernel::clock::MINUTE;
use mainstreet_kernel::id::{PersonId, TopicId};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sha2::{Digest as _, Sha256};

mod gaps;
mod stored;

pub(crate) use gaps::{Gap, Shape, fill};
pub(crate) use stored::{Stored, gzip};

use crate::session::Viewer;

/// Pages say "3 min ago", so none is kept longer, changed or not.
const LIFE: i64 = MINUTE;
/// Bytes that visitors' pages may take in memory; a page takes about 15 KB.
const ROOM: u64 = 5 << 20;
/// Bytes that members' pages may take.
const MEMBERS_ROOM: u64 = 2 << 20;

/// What a page shows that may change. Put it into the response's extensions; without it a page is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depends {
    /// One conversation.
    OnTopic(TopicId),
    /// Lists: anything new may move them.
    OnEverything,
}

/// A member's page before their words were put into its gaps. In the response's extensions beside [`Depends`].
#[derive(Clone)]
pub(crate) struct Unfilled {
    pub(crate) text: Arc<str>,
    pub(crate) viewer: Arc<Viewer>,
    /// The reader's version before the page was made.
    pub(crate) version: u64,
}

/// What a page was made of, by version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Versions {
    shown: u64,
    reader: u64,
}

struct Kept<B> {
    body: B,
    depends: Depends,
    versions: Versions,
    made_at: Timestamp,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<String, Arc<Kept<Arc<Stored>>>> for ByBytes {
    fn weight(&self, path: &String, page: &Arc<Kept<Arc<Stored>>>) -> u64 {
        path.len() as u64 + page.body.weight()
    }
}

impl Weighter<String, Arc<Kept<Arc<Shape>>>> for ByBytes {
    fn weight(&self, key: &String, page: &Arc<Kept<Arc<Shape>>>) -> u64 {
        key.len() as u64 + page.body.weight()
    }
}

impl Weighter<[u8; 32], Arc<Shape>> for ByBytes {
    fn weight(&self, _digest: &[u8; 32], shape: &Arc<Shape>) -> u64 {
        shape.weight()
    }
}

/// The pages kept by this node.
pub(crate) struct PageCache {
    visitors: Cache<String, Arc<Kept<Arc<Stored>>>, ByBytes>,
    members: Cache<String, Arc<Kept<Arc<Shape>>>, ByBytes>,
    /// Shapes by what they hold: most members see a page alike.
    shapes: Cache<[u8; 32], Arc<Shape>, ByBytes>,
    everything: AtomicU64,
    own: AtomicU64,
    /// When each topic last changed; those not here have not changed for long, and no page is that old.
    topics: Cache<TopicId, u64>,
    /// When each member last did something themselves.
    readers: Cache<PersonId, u64>,
}

impl PageCache {
    pub(crate) fn new() -> Self {
        Self {
            visitors: Cache::with_weighter(1_000, ROOM, ByBytes),
            members: Cache::with_weighter(1_000, MEMBERS_ROOM, ByBytes),
            shapes: Cache::with_weighter(1_000, MEMBERS_ROOM, ByBytes),
            everything: AtomicU64::new(1),
            own: AtomicU64::new(0),
            topics: Cache::new(10_000),
            readers: Cache::new(10_000),
        }
    }

    fn versions(&self, depends: Depends, reader: Option<PersonId>) -> Versions {
        Versions {
            shown: match depends {
                Depends::OnEverything => self.any(),
                Depends::OnTopic(topic) => self.topics.get(&topic).unwrap_or_default(),
            },
            reader: reader.map_or(0, |reader| self.reader_version(reader)),
        }
    }

    /// A counter that moves with a member's own doings: read before their page is made, kept with it.
    pub(crate) fn reader_version(&self, reader: PersonId) -> u64 {
        self.readers.get(&reader).unwrap_or_default()
    }

    /// A counter that moves with every change: read before a page is made, compared before it is kept.
    pub(crate) fn any(&self) -> u64 {
        self.everything.load(Ordering::Acquire)
    }

    fn holds<B>(&self, kept: &Kept<B>, reader: Option<PersonId>, now: Timestamp) -> bool {
        kept.versions == self.versions(kept.depends, reader) && (0..LIFE).contains(&now.since(kept.made_at))
    }

    /// The page kept for visitors at `path` (with its query), if it is still true.
    pub(crate) fn find(&self, path: &str, now: Timestamp) -> Option<Arc<Stored>> {
        let kept = self.visitors.get(path)?;
        self.holds(&kept, None, now).then(|| Arc::clone(&kept.body))
    }

    /// The page kept for a member, if it is still true.
    pub(crate) fn find_for(&self, reader: PersonId, path: &str, now: Timestamp) -> Option<Arc<Shape>> {
        let kept = self.members.get(&key(reader, path))?;
        self.holds(&kept, Some(reader), now).then(|| Arc::clone(&kept.body))
    }

    /// Keeps a page made while nothing changed.
    pub(crate) fn keep(&self, path: String, body: Arc<Stored>, depends: Depends, made_at: Timestamp) {
        let versions = self.versions(depends, None);
        self.visitors.insert(path, Arc::new(Kept { body, depends, versions, made_at }));
    }

    /// Keeps a member's page made while nothing changed but perhaps by themselves, since `unfilled.version`.
    pub(crate) fn keep_for(
        &self,
        path: &str,
        body: Arc<Shape>,
        depends: Depends,
        unfilled: &Unfilled,
        made_at: Timestamp,
    ) {
        let reader = unfilled.viewer.person;
        let versions = Versions { reader: unfilled.version, ..self.versions(depends, Some(reader)) };
        self.members.insert(key(reader, path), Arc::new(Kept { body, depends, versions, made_at }));
    }

    /// The shape of this page, packed now unless another member's page was the same.
    pub(crate) fn shape(&self, page: &str) -> Arc<Shape> {
        let digest: [u8; 32] = Sha256::digest(page).into();
        if let Some(known) = self.shapes.get(&digest) {
            return known;
        }
        let shape = Arc::new(Shape::new(page));
        self.shapes.insert(digest, Arc::clone(&shape));
        shape
    }

    /// Something changed, in `topic` if it is one: its page and all lists are made anew.
    pub(crate) fn changed(&self, topic: Option<TopicId>) {
        let next = self.everything.fetch_add(1, Ordering::AcqRel) + 1;
        if let Some(topic) = topic {
            self.topics.insert(topic, next);
        }
    }

    /// A member did something: what is kept for them is made anew.
    pub(crate) fn changed_for(&self, reader: PersonId) {
        self.readers.insert(reader, self.own.fetch_add(1, Ordering::AcqRel) + 1);
    }

    /// Anything may have changed, such as the community's name.
    pub(crate) fn all_changed(&self) {
        self.visitors.clear();
        self.members.clear();
        self.everything.fetch_add(1, Ordering::AcqRel);
    }
}

fn key(reader: PersonId, path: &str) -> String {
    format!("{:x} {path}", reader.0)
}
