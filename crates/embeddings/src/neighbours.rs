//! The nearest of many vectors.

use mainstreet_kernel::{Error, Result};
use usearch::{Index, IndexOptions, MetricKind, ScalarKind};

use crate::Vector;

/// Links of a vector to others; with the two below, nine of the ten nearest of 100,000 and more are found.
const LINKS: usize = 16;
/// How many are looked at to place a vector.
const WIDTH_ADD: usize = 96;
/// How many are looked at to answer.
const WIDTH_SEARCH: usize = 96;
/// Room is made for so many at first, and doubled whenever it is full.
const ROOM: usize = 1_024;

/// An index over vectors of one length, in memory: each under a number of its own.
pub struct Neighbours {
    index: Index,
    dims: usize,
}

impl std::fmt::Debug for Neighbours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Neighbours({} of {})", self.len(), self.dims)
    }
}

fn failed(cause: impl std::fmt::Display) -> Error {
    Error::internal(format!("index of vectors: {cause}"))
}

impl Neighbours {
    /// An empty index for vectors of `dims` dimensions.
    pub fn new(dims: usize) -> Result<Self> {
        let options = IndexOptions {
            dimensions: dims,
            metric: MetricKind::Cos,
            quantization: ScalarKind::I8,
            connectivity: LINKS,
            expansion_add: WIDTH_ADD,
            expansion_search: WIDTH_SEARCH,
            ..IndexOptions::default()
        };
        let index = Index::new(&options).map_err(failed)?;
        index.reserve(ROOM).map_err(failed)?;
        Ok(Self { index, dims })
    }

    /// How many it holds.
    pub fn len(&self) -> usize {
        self.index.size()
    }

    /// True when it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Puts `vector` in under `key`, in place of what stood there. Errors: it has another length.
    pub fn put(&mut self, key: u64, vector: &Vector) -> Result<()> {
        if vector.dims() != self.dims {
            return Err(failed(format!("{} dimensions instead of {}", vector.dims(), self.dims)));
        }
        self.remove(key)?;
        if self.index.size() + 1 >= self.index.capacity() {
            self.index.reserve(self.index.capacity().saturating_mul(2).max(ROOM)).map_err(failed)?;
        }
        self.index.add(key, vector.parts()).map_err(failed)
    }

    /// Takes out what stands under `key`.
    pub fn remove(&mut self, key: u64) -> Result<()> {
        if self.index.contains(key) {
            self.index.remove(key).map_err(failed)?;
        }
        Ok(())
    }

    /// What stands under `key`.
    pub fn get(&self, key: u64) -> Option<Vector> {
        let mut parts = vec![0_i8; self.dims];
        let found = self.index.contains(key) && self.index.get(key, &mut parts).is_ok_and(|found| found == 1);
        found.then(|| Vector::from_bytes(&parts.iter().map(|part| part.cast_unsigned()).collect::<Vec<_>>()))
    }

    /// The `most` nearest to `vector` of those that `wanted` lets through, nearest first, each with its cosine.
    pub fn near(
        &self,
        vector: &Vector,
        most: usize,
        wanted: impl Fn(u64) -> bool,
    ) -> Result<Vec<(u64, f32)>> {
        if vector.dims() != self.dims || self.is_empty() || most == 0 {
            return Ok(Vec::new());
        }
        let found = self.index.filtered_search(vector.parts(), most, wanted).map_err(failed)?;
        Ok(found.keys.into_iter().zip(found.distances.into_iter().map(|far| 1.0 - far)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vectors in clumps, as those of texts are; the same at every run.
    fn clumped(count: usize, dims: usize) -> Vec<Vector> {
        let mut state = 7_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / 8_388_608.0 - 1.0
        };
        let centres: Vec<Vec<f32>> = (0..40).map(|_| (0..dims).map(|_| next()).collect()).collect();
        (0..count)
            .map(|n| {
                Vector::new(&centres[n % 40].iter().map(|c| c + next() * 0.8).collect::<Vec<_>>()).unwrap()
            })
            .collect()
    }

    /// The share of the ten nearest by looking at all that the index finds too.
    fn recall(index: &Neighbours, all: &[Vector], asked: usize, wanted: impl Fn(u64) -> bool + Copy) -> f64 {
        let mut hits = 0;
        for n in (0..asked).map(|n| n * 13 % all.len()) {
            let mut exact: Vec<(u64, f32)> = (0_u64..)
                .zip(all)
                .filter(|(key, _)| wanted(*key))
                .map(|(key, vector)| (key, all[n].cosine(vector)))
                .collect();
            exact.sort_by(|a, b| b.1.total_cmp(&a.1));
            let least = exact[9].1;
            let found = index.near(&all[n], 10, wanted).unwrap();
            assert!(found.iter().all(|(key, _)| wanted(*key)));
            assert!(found.windows(2).all(|pair| pair[0].1 >= pair[1].1 - 1e-6));
            hits +=
                found.iter().filter(|(key, _)| all[n].cosine(&all[*key as usize]) >= least - 1e-6).count();
        }
        hits as f64 / (asked * 10) as f64
    }

    #[test]
    fn the_nearest_are_those_that_looking_at_all_finds() {
        let all = clumped(3_000, 48);
        let mut index = Neighbours::new(48).unwrap();
        for (key, vector) in (0_u64..).zip(&all) {
            index.put(key, vector).unwrap();
        }
        assert_eq!(index.len(), 3_000);
        let every = recall(&index, &all, 200, |_| true);
        assert!(every >= 0.97, "{every}");
        let few = recall(&index, &all, 100, |key| key % 20 == 3);
        assert!(few >= 0.95, "{few}");
    }

    #[test]
    fn a_vector_is_replaced_and_taken_out() {
        let mut index = Neighbours::new(2).unwrap();
        let (east, north) = (Vector::new(&[1.0, 0.0]).unwrap(), Vector::new(&[0.0, 1.0]).unwrap());
        index.put(1, &east).unwrap();
        index.put(2, &north).unwrap();
        index.put(1, &north).unwrap();
        assert_eq!((index.len(), index.get(1)), (2, Some(north.clone())));
        index.remove(1).unwrap();
        index.remove(1).unwrap();
        assert_eq!((index.len(), index.get(1)), (1, None));
        let found = index.near(&north, 5, |_| true).unwrap();
        assert_eq!(found.iter().map(|hit| hit.0).collect::<Vec<_>>(), [2]);
        assert!(index.put(3, &Vector::new(&[1.0]).unwrap()).is_err());
        assert!(index.near(&Vector::new(&[1.0]).unwrap(), 5, |_| true).unwrap().is_empty());
    }

    #[test]
    fn it_grows_past_its_first_room() {
        let mut index = Neighbours::new(48).unwrap();
        for (key, vector) in (0_u64..).zip(&clumped(2_500, 48)) {
            index.put(key % 2_200, vector).unwrap();
        }
        assert_eq!(index.len(), 2_200);
    }
}
