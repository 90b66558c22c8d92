//! The SQL of drafts.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{EntryId, PersonId, SignalId, SpaceId};
use mainstreet_kernel::{Result, Timestamp};

use crate::triage::words;

words! {
    /// Where a request stands.
    Stand, "A draft is waiting, sending, done, failed, dropped or used." {
        /// It was asked for.
        Waiting = "waiting",
        /// It is on its way.
        Sending = "sending",
        /// The draft is here.
        Done = "done",
        /// It went wrong.
        Failed = "failed",
        /// A person threw it away.
        Dropped = "dropped",
        /// A person sent what they made of it.
        Used = "used",
    }
}

/// A draft that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its id.
    pub id: EntryId,
    /// For which item.
    pub signal: SignalId,
    /// Where it went.
    pub url: String,
    /// The model's name.
    pub model: String,
    /// What went there.
    pub body: String,
    /// Where it stands.
    pub stand: Stand,
    /// The draft; empty before it is here.
    pub draft: String,
    /// What went wrong and what to do.
    pub said: String,
    /// When it was asked for.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
    /// What that person had typed before.
    pub beside: String,
}

pub(super) struct NewRequest<'a> {
    pub id: EntryId,
    pub signal: SignalId,
    pub by: PersonId,
    pub url: &'a str,
    pub model: &'a str,
    pub body: &'a str,
    pub beside: &'a str,
}

const COLUMNS: &str = "id, signal_id, url, model, body, state, draft, said, at, asked_by, beside";

fn read(row: &Row) -> Result<Asked> {
    Ok(Asked {
        id: row.get("id")?,
        signal: row.get("signal_id")?,
        url: row.get("url")?,
        model: row.get("model")?,
        body: row.get("body")?,
        stand: row.word("state")?,
        draft: row.get("draft")?,
        said: row.get("said")?,
        at: row.get("at")?,
        by: row.get("asked_by")?,
        beside: row.get("beside")?,
    })
}

pub(super) fn add(tx: &mut Tx<'_>, new: &NewRequest<'_>) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO draft_requests (id, signal_id, asked_by, url, model, body, beside, state, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8)",
        params![new.id, new.signal, new.by, new.url, new.model, new.body, new.beside, now],
    )
    .map(drop)
}

pub(super) fn waiting(tx: &mut Tx<'_>) -> Result<Option<Asked>> {
    let sql = format!("SELECT {COLUMNS} FROM draft_requests WHERE state = 'waiting' ORDER BY id LIMIT 1");
    tx.first(&sql, &[], read)
}

/// False when another node was faster.
pub(super) fn taken(tx: &mut Tx<'_>, id: EntryId) -> Result<bool> {
    let now = tx.now();
    let sql =
        "UPDATE draft_requests SET state = 'sending', taken_at = $2 WHERE id = $1 AND state = 'waiting'";
    Ok(tx.run(sql, params![id, now])? == 1)
}

pub(super) fn interrupted(tx: &mut Tx<'_>, before: Timestamp, said: &str) -> Result<()> {
    tx.run(
        "UPDATE draft_requests SET state = 'failed', said = $2 WHERE state = 'sending' AND taken_at < $1",
        params![before, said],
    )
    .map(drop)
}

pub(super) fn end(tx: &mut Tx<'_>, id: EntryId, stand: Stand, draft: &str, said: &str) -> Result<()> {
    tx.run(
        "UPDATE draft_requests SET state = $2, draft = $3, said = $4 WHERE id = $1 AND state = 'sending'",
        params![id, stand, draft, said],
    )
    .map(drop)
}

pub(super) fn latest(tx: &mut Tx<'_>, signal: SignalId) -> Result<Option<Asked>> {
    let sql = format!("SELECT {COLUMNS} FROM draft_requests WHERE signal_id = $1 ORDER BY id DESC LIMIT 1");
    tx.first(&sql, params![signal], read)
}

pub(super) fn close(tx: &mut Tx<'_>, signal: SignalId, stand: Stand) -> Result<()> {
    tx.run(
        "UPDATE draft_requests SET state = $2, body = '', draft = '', beside = ''
         WHERE signal_id = $1 AND state IN ('done', 'failed', 'waiting')",
        params![signal, stand],
    )
    .map(drop)
}

/// Texts of requests older than `before` go; that they were made stays.
pub(super) fn forget(tx: &mut Tx<'_>, before: Timestamp) -> Result<()> {
    tx.run(
        "UPDATE draft_requests SET state = 'dropped', body = '', draft = '', beside = ''
         WHERE at < $1 AND state IN ('done', 'failed')",
        params![before],
    )
    .map(drop)
}

pub(super) fn asked_since(tx: &mut Tx<'_>, since: Timestamp) -> Result<i64> {
    tx.count("SELECT COUNT(*) AS n FROM draft_requests WHERE at >= $1", params![since])
}

pub(super) fn visibility(tx: &mut Tx<'_>, space: SpaceId) -> Result<String> {
    tx.one("SELECT visibility FROM spaces WHERE id = $1", params![space], |row| row.get("visibility"))
}
