//! What a change sets off inside the place, a moment later: a reader of the log with a cursor of its own, run by
//! whichever process comes first.
//!
//! Counters and page versions are not here: verbs keep them, so that a page is right when its author reloads it.
//! What is here: posts that came in without being rendered (an archive, a bulk writer) or were rendered by an older
//! version get their rendering stored, so that reading them stops costing it.

use mainstreet_db::Tx;
use mainstreet_db::log::{self, Entry};
use mainstreet_kernel::id::PostId;
use mainstreet_kernel::{Result, Verb};

use crate::posts;

/// The name of the reader.
pub const READER: &str = "ripples";
/// Entries taken in one transaction: rendering their posts takes some ten milliseconds, and others wait to write.
const BATCH: usize = 100;

/// One step: takes what is new in the log. Answers how many entries there were; 0 means caught up.
pub fn step(tx: &mut Tx<'_>) -> Result<usize> {
    log::advance(tx, READER, BATCH, advance)
}

/// What follows from these entries.
pub fn advance(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<()> {
    let written: Vec<PostId> = entries
        .iter()
        .filter(|entry| matches!(entry.verb, Verb::TopicCreated | Verb::ReplyCreated))
        .filter(|entry| entry.object_kind == "post")
        .map(|entry| PostId(entry.object_id))
        .collect();
    posts::store_renderings(tx, &written)
}
