//! The model and the index of one node.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use mainstreet_db::Db;
use mainstreet_embeddings::{Files, Model as Net, Vector, sha256};
use mainstreet_kernel::id::{PostId, TopicId};
use mainstreet_kernel::{Error, Result};

use super::near::{Asker, Closeness, FOUND, Index};
use super::{Model, store, vectors};

/// Vectors taken into the index in one step.
const STEP: usize = 1_000;
/// Of those, how many while nobody can ask.
const HELD: usize = 50;
/// Queries whose vectors are remembered: people page, and type on.
const RECENT: usize = 64;
/// A model that could not be loaded is tried again after so many looks.
const AGAIN: u32 = 60;

/// A model in memory with the index of its vectors.
pub(super) struct Loaded {
    pub(super) model: Model,
    pub(super) net: Net,
    index: RwLock<Index>,
    /// The last round and post taken in.
    from: Mutex<(i64, i64)>,
    recent: Mutex<VecDeque<(String, Vector)>>,
}

enum Now {
    /// Nobody looked yet, or no model is in use.
    Without,
    /// One is, but not here: why, and how many looks ago it was tried.
    Unfit {
        model: Box<Model>,
        why: String,
        looks: u32,
    },
    Ready(Arc<Loaded>),
}

/// What stands on this node.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// No model is in use.
    Without,
    /// One is in use, but not on this node: a sentence that says why.
    Unfit(String),
    /// So many vectors are in the index of this node.
    Ready(usize),
}

/// Where a node finds meaning: the model in use and the index of this process.
pub struct Meaning {
    folder: PathBuf,
    now: RwLock<Now>,
}

impl std::fmt::Debug for Meaning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Meaning({})", self.folder.display())
    }
}

/// Where a node keeps the files of a model, below its folder for what can be made again.
pub fn folder_of(data: &Path, sha256: &str) -> PathBuf {
    data.join("models").join(sha256)
}

impl Meaning {
    /// Of the node whose files are in `data`. Nothing is loaded before the first [`Meaning::refresh`].
    pub fn new(data: &Path) -> Self {
        Self { folder: data.to_owned(), now: RwLock::new(Now::Without) }
    }

    /// What stands on this node.
    pub fn state(&self) -> State {
        match &*self.now.read().unwrap_or_else(PoisonError::into_inner) {
            Now::Without => State::Without,
            Now::Unfit { why, .. } => State::Unfit(why.clone()),
            Now::Ready(loaded) => State::Ready(loaded.index().len()),
        }
    }

    fn loaded(&self) -> Option<Arc<Loaded>> {
        match &*self.now.read().unwrap_or_else(PoisonError::into_inner) {
            Now::Ready(loaded) => Some(Arc::clone(loaded)),
            _ => None,
        }
    }

    fn set(&self, now: Now) {
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Looks which model is in use, loads it if it is another, and takes in vectors that are new. True while there
    /// are more to take in. Blocks: call it on a thread that may wait. Errors: the database cannot be read. A model
    /// that cannot be used is no error; [`Meaning::state`] says why.
    pub fn refresh(&self, db: &Db) -> Result<bool> {
        let Some(model) = db.read_now(store::in_use)? else {
            self.set(Now::Without);
            return Ok(false);
        };
        if !self.keeps(&model) {
            let now = match self.load(&model) {
                Ok(loaded) => Now::Ready(Arc::new(loaded)),
                Err(error) => {
                    tracing::warn!(
                        model = model.name,
                        ?error,
                        "the sentence model cannot be used on this node"
                    );
                    let why = error.safe.into_owned();
                    Now::Unfit { model: Box::new(model), why, looks: 0 }
                }
            };
            self.set(now);
        }
        match self.loaded() {
            Some(loaded) => loaded.take_in(db),
            None => Ok(false),
        }
    }

    /// Whether what is here is what is in use. A model that could not be loaded is tried again now and then.
    fn keeps(&self, wanted: &Model) -> bool {
        let same = |model: &Model| {
            (model.id, &model.tokenizer_sha256, model.tokens)
                == (wanted.id, &wanted.tokenizer_sha256, wanted.tokens)
        };
        match &mut *self.now.write().unwrap_or_else(PoisonError::into_inner) {
            Now::Without => false,
            Now::Ready(loaded) => same(&loaded.model) && !loaded.net.is_broken(),
            Now::Unfit { model, looks, .. } => {
                *looks += 1;
                same(model) && *looks < AGAIN
            }
        }
    }

    fn load(&self, model: &Model) -> Result<Loaded> {
        let folder = folder_of(&self.folder, &model.sha256);
        let files = Files { net: folder.join("model.onnx"), tokenizer: folder.join(&model.tokenizer) };
        if !files.net.is_file() || !files.tokenizer.is_file() {
            return Err(Error::not_found(
                "The files of the model are not on this node. Run `mainstreet models add` here with the same file.",
            ));
        }
        for (path, expect) in [(&files.net, &model.sha256), (&files.tokenizer, &model.tokenizer_sha256)] {
            if sha256(path)?.0 != *expect {
                return Err(Error::invalid(
                    "A file of the model has changed since it was added, so it is not used. Run `mainstreet models add` again.",
                ));
            }
        }
        let tokens = usize::try_from(model.tokens).unwrap_or_default();
        let dims = usize::try_from(model.dims).unwrap_or_default();
        Ok(Loaded {
            model: model.clone(),
            net: Net::load(&files, tokens)?,
            index: RwLock::new(Index::new(dims)?),
            from: Mutex::new((0, 0)),
            recent: Mutex::new(VecDeque::new()),
        })
    }

    /// One step of making vectors. True while there is more to do; false also where this node cannot.
    pub fn fill(&self, db: &Db) -> Result<bool> {
        match self.loaded() {
            Some(loaded) => vectors::fill(db, &loaded),
            None => Ok(false),
        }
    }

    /// Posts that have to do with `text`, nearest first. Nothing without a model, or while it is busy.
    pub fn posts(&self, text: &str, asker: Asker<'_>, most: usize) -> Result<Vec<(PostId, Closeness)>> {
        let Some((loaded, vector)) = self.vector(text)? else { return Ok(Vec::new()) };
        let found = loaded.index().posts(&vector, asker, most)?;
        Ok(loaded.close(found, FOUND))
    }

    /// Topics that begin with something like `text`, nearest first, `least` near or more. Nothing without a model.
    pub fn topics(
        &self,
        text: &str,
        asker: Asker<'_>,
        (most, least): (usize, Closeness),
    ) -> Result<Vec<(TopicId, Closeness)>> {
        let Some((loaded, vector)) = self.vector(text)? else { return Ok(Vec::new()) };
        let found = loaded.index().topics(&vector, asker, most)?;
        Ok(loaded.close(found, least))
    }

    /// Topics that begin with something like this one does, without it; nearest first. Nothing without a model.
    pub fn related(
        &self,
        topic: TopicId,
        asker: Asker<'_>,
        (most, least): (usize, Closeness),
    ) -> Result<Vec<(TopicId, Closeness)>> {
        let Some(loaded) = self.loaded() else { return Ok(Vec::new()) };
        let index = loaded.index();
        let Some(vector) = index.of_topic(topic) else { return Ok(Vec::new()) };
        let mut found = index.topics(&vector, asker, most + 1)?;
        found.retain(|(other, _)| *other != topic);
        found.truncate(most);
        Ok(loaded.close(found, least))
    }

    fn vector(&self, text: &str) -> Result<Option<(Arc<Loaded>, Vector)>> {
        let Some(loaded) = self.loaded().filter(|_| !text.trim().is_empty()) else { return Ok(None) };
        let vector = loaded.vector(text.trim());
        match vector {
            Ok(vector) => Ok(vector.map(|vector| (loaded, vector))),
            Err(error) => {
                tracing::warn!(?error, "the sentence model could make nothing of a query");
                Ok(None)
            }
        }
    }
}

impl Loaded {
    fn index(&self) -> std::sync::RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Cosines on the scale of this model, without what is further than `least`.
    fn close<T>(&self, found: Vec<(T, f32)>, least: Closeness) -> Vec<(T, Closeness)> {
        let floor = self.model.floor as f32;
        let near = |cosine: f32| (cosine - floor) / (1.0 - floor).max(0.01);
        let scaled = found.into_iter().map(|(item, cosine)| (item, near(cosine)));
        scaled.filter(|(_, closeness)| *closeness >= least).collect()
    }

    /// The vector of a query; nothing while the model is busy with others.
    fn vector(&self, text: &str) -> Result<Option<Vector>> {
        let recent = || self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, vector)) = recent().iter().find(|(known, _)| known == text) {
            return Ok(Some(vector.clone()));
        }
        let Some(vector) = self.net.embed_soon(text)? else { return Ok(None) };
        let mut list = recent();
        list.push_front((text.to_owned(), vector.clone()));
        list.truncate(RECENT);
        Ok(Some(vector))
    }

    fn take_in(&self, db: &Db) -> Result<bool> {
        let mut from = self.from.lock().unwrap_or_else(PoisonError::into_inner);
        let (model, after) = (self.model.id, *from);
        let kept = db.read_now(move |tx| store::kept_after(tx, model, after, STEP))?;
        for part in kept.chunks(HELD) {
            let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
            for one in part {
                index.put(one)?;
            }
        }
        if let Some(last) = kept.last() {
            *from = (last.round, last.post.0);
        }
        Ok(kept.len() == STEP)
    }
}
