//! Texts as vectors: a sentence model read from a file that the operator names, run in this process.
//!
//! [`Model`] turns a text into a [`Vector`]; texts that mean the like have vectors that point the same way.
//! [`Neighbours`] finds the nearest of many. Nothing here reaches the network or the database.
//!
//! **Invariants.** A file is not believed: it is bounded before it is read, run on a thread of its own, and tried
//! before it is taken ([`trial`]). Whatever is wrong with it is an error with a sentence. One text at a time, on one
//! core: a model may take what one core gives and no more.

mod engine;
mod files;
mod model;
mod neighbours;
pub mod testing;
pub mod trial;
mod vector;

pub use files::{Files, Licence, licence, sha256};
pub use model::Model;
pub use neighbours::Neighbours;
pub use vector::Vector;
