//! The place as it was at an earlier time. Only ever done to a copy: what happened later is gone from it.
//!
//! Texts go back to what they said then, where their history is known; posts put away later are back; answers
//! accepted later are open again; replies that were split off later stand where they stood. Staff stay, so that
//! somebody can sign in. What has no history (views, pins, names, roles) stays as it is.

mod store;

use mainstreet_db::Tx;
use mainstreet_kernel::{Result, Timestamp};

use crate::settings::store as settings;
use crate::{counters, splits};

/// The key under which a copy says what it is a copy of.
const MARK: &str = "rehearsal";

/// How much a rewind took away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Conversations that had not begun.
    pub topics: u64,
    /// Posts that were not written.
    pub posts: u64,
    /// People who had not come.
    pub people: u64,
}

/// Takes away everything later than `at`.
pub fn rewind(tx: &mut Tx<'_>, at: Timestamp) -> Result<Taken> {
    splits::rewind(tx, at)?;
    for statement in store::BEFORE {
        store::run(tx, statement, at)?;
    }
    let posts = store::run(tx, store::POSTS, at)?;
    for statement in store::EMPTY {
        store::run(tx, statement, at)?;
    }
    let topics = store::run(tx, store::TOPICS, at)?;
    for statement in store::PEOPLE {
        store::run(tx, statement, at)?;
    }
    let people = store::run(tx, store::STRANGERS, at)?;
    counters::recount(tx)?;
    for statement in store::AFTER {
        store::run(tx, statement, at)?;
    }
    Ok(Taken { topics, posts, people })
}

/// Notes in a copy what it is a copy of, once it is complete.
pub fn mark(tx: &mut Tx<'_>, what: &str) -> Result<()> {
    settings::set(tx, MARK, what)
}

/// What [`mark`] noted; nothing in a community of its own.
pub fn marked(tx: &mut Tx<'_>) -> Result<Option<String>> {
    settings::get(tx, MARK)
}
