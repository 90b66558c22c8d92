//! Meaning: what posts are about, whatever their words, where an operator has added a sentence model.
//!
//! A model is two files in a folder of each node and a row in the database. While one is in use, every published
//! post gets a vector, made in small steps on whichever node has the job, kept in the database, and taken in by the
//! index of each node. Without a model nothing here does anything, and everybody finds by words.
//!
//! **Invariants.** A file is run only when its checksum is the one that was added. A vector is kept only if the text
//! has not changed since it was read, and the model is still in use. Rounds rise in the order of commit, because
//! whoever writes one holds the model's row: a node that asks for later ones misses none. The index proposes;
//! who may see what is asked of the database each time.

mod blend;
mod models;
mod near;
mod node;
mod store;
mod vectors;

use mainstreet_kernel::Timestamp;

pub use blend::blend;
pub use models::{NewModel, add, all, remove, use_again};
pub use near::{Asker, Closeness, RELATED, SAME};
pub use node::{Meaning, State, folder_of};
pub use vectors::{Beginnings, Progress, READER, advance, beginnings, progress};

/// A sentence model that was added.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Its number.
    pub id: i64,
    /// The name of its file.
    pub name: String,
    /// Checksum of the net.
    pub sha256: String,
    /// Length of the net, in bytes.
    pub bytes: i64,
    /// The name that its tokenizer has in our folder.
    pub tokenizer: String,
    /// Checksum of the tokenizer.
    pub tokenizer_sha256: String,
    /// Dimensions of its vectors.
    pub dims: i64,
    /// Most tokens of a text that it reads.
    pub tokens: i64,
    /// The cosine under which texts have nothing in common.
    pub floor: f64,
    /// What its makers allow.
    pub licence: String,
    /// Where that was said.
    pub licence_from: String,
    /// Whether it is the one in use.
    pub in_use: bool,
    /// The last post asked for since it was put in use, in the order of ids.
    pub scanned: i64,
    /// Whether every post was asked for.
    pub listed: bool,
    /// When it was added.
    pub added_at: Timestamp,
}

impl Model {
    /// The beginning of its checksum: enough to tell it from others.
    pub fn short(&self) -> &str {
        self.sha256.get(..12).unwrap_or(&self.sha256)
    }
}
