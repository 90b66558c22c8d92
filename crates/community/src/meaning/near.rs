//! What is near in meaning, in the memory of a node.

use std::collections::{HashMap, HashSet};

use mainstreet_embeddings::{Neighbours, Vector};
use mainstreet_kernel::Result;
use mainstreet_kernel::id::{PersonId, PostId, SpaceId, TopicId};

use super::store::Kept;

/// How near two texts are: 0 is "nothing in common" on the scale of their model, 1 is the same.
pub type Closeness = f32;

/// From here on a post has something to do with what is searched for.
pub(super) const FOUND: Closeness = 0.25;
/// From here on two topics are worth naming beside each other.
pub const RELATED: Closeness = 0.30;
/// From here on a topic may be about what somebody is just asking.
pub const SAME: Closeness = 0.40;

/// Where a post stands.
#[derive(Clone, Copy, Debug)]
struct Place {
    topic: TopicId,
    space: SpaceId,
    person: PersonId,
    first: bool,
}

/// Who asks: what is left out before the nearest are chosen.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    /// The spaces that may be seen; nothing: all.
    pub visible: Option<&'a [SpaceId]>,
    /// Whose posts are not shown.
    pub muted: &'a HashSet<PersonId>,
}

/// Vectors and where their posts stand.
#[derive(Debug)]
pub(super) struct Index {
    near: Neighbours,
    places: HashMap<u64, Place>,
    firsts: HashMap<TopicId, u64>,
}

impl Index {
    pub(super) fn new(dims: usize) -> Result<Self> {
        Ok(Self { near: Neighbours::new(dims)?, places: HashMap::new(), firsts: HashMap::new() })
    }

    pub(super) fn len(&self) -> usize {
        self.near.len()
    }

    /// Takes in what is kept of a post.
    pub(super) fn put(&mut self, kept: &Kept) -> Result<()> {
        let key = kept.post.0.cast_unsigned();
        let Some(bytes) = &kept.vector else {
            if let Some(place) = self.places.remove(&key).filter(|place| place.first) {
                self.firsts.remove(&place.topic);
            }
            return self.near.remove(key);
        };
        self.near.put(key, &Vector::from_bytes(bytes))?;
        let place = Place { topic: kept.topic, space: kept.space, person: kept.person, first: kept.first };
        if place.first {
            self.firsts.insert(place.topic, key);
        }
        self.places.insert(key, place);
        Ok(())
    }

    /// The vector of the post that begins this topic.
    pub(super) fn of_topic(&self, topic: TopicId) -> Option<Vector> {
        self.near.get(*self.firsts.get(&topic)?)
    }

    fn seen(&self, key: u64, asker: Asker<'_>) -> Option<Place> {
        let place = *self.places.get(&key)?;
        let visible = asker.visible.is_none_or(|spaces| spaces.contains(&place.space));
        (visible && !asker.muted.contains(&place.person)).then_some(place)
    }

    /// Posts near `vector`, nearest first, each with its cosine.
    pub(super) fn posts(&self, vector: &Vector, asker: Asker<'_>, most: usize) -> Result<Vec<(PostId, f32)>> {
        let found = self.near.near(vector, most, |key| self.seen(key, asker).is_some())?;
        Ok(found.into_iter().map(|(key, cosine)| (PostId(key.cast_signed()), cosine)).collect())
    }

    /// Topics whose beginnings are near `vector`, nearest first, each with its cosine.
    pub(super) fn topics(
        &self,
        vector: &Vector,
        asker: Asker<'_>,
        most: usize,
    ) -> Result<Vec<(TopicId, f32)>> {
        let wanted = |key: u64| self.seen(key, asker).is_some_and(|place| place.first);
        let found = self.near.near(vector, most, wanted)?;
        Ok(found.iter().filter_map(|(key, cosine)| Some((self.places.get(key)?.topic, *cosine))).collect())
    }
}
