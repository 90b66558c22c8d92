//! Every SQL string about batches.

use mainstreet_db::{Tx, params};
use mainstreet_kernel::id::{BatchId, DecisionId, FlagId, PersonId, SignalId};
use mainstreet_kernel::{Error, Result};

use super::{Batch, Item, NewBatch};

pub(super) fn insert(tx: &mut Tx<'_>, id: BatchId, new: &NewBatch, by: PersonId) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO decision_batches (id, act, clause, facts, hours, decided_by, decided_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![id, new.deed.as_str(), &new.clause, new.why.trim(), new.hours, by, now],
    )
    .map(drop)
}

pub(super) fn insert_item(
    tx: &mut Tx<'_>,
    id: BatchId,
    signal: SignalId,
    decision: Option<DecisionId>,
    flags: &[FlagId],
    failure: &str,
) -> Result<()> {
    let flags = serde_json::to_string(flags).map_err(Error::internal)?;
    tx.run(
        "INSERT INTO decision_batch_items (batch_id, signal_id, decision_id, flags, failure)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (batch_id, signal_id) DO NOTHING",
        params![id, signal, decision, flags, failure],
    )
    .map(drop)
}

pub(super) fn mark_undone(tx: &mut Tx<'_>, id: BatchId, signal: SignalId) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE decision_batch_items SET undone_at = $3, failure = '' WHERE batch_id = $1 AND signal_id = $2",
        params![id, signal, now],
    )
    .map(drop)
}

pub(super) fn note_failure(tx: &mut Tx<'_>, id: BatchId, signal: SignalId, why: &str) -> Result<()> {
    tx.run(
        "UPDATE decision_batch_items SET failure = $3 WHERE batch_id = $1 AND signal_id = $2 AND decision_id IS NOT NULL",
        params![id, signal, why],
    )
    .map(drop)
}

/// A batch with its items.
///
/// # Errors
/// `NotFound`.
pub fn find(tx: &mut Tx<'_>, id: BatchId) -> Result<Batch> {
    let items = tx.all(
        "SELECT i.signal_id, i.decision_id, i.flags, i.failure, i.undone_at, s.title, p.name
         FROM decision_batch_items i JOIN signals s ON s.id = i.signal_id JOIN people p ON p.id = s.person_id
         WHERE i.batch_id = $1 ORDER BY i.signal_id",
        params![id],
        |row| {
            Ok(Item {
                signal: row.get("signal_id")?,
                title: row.get("title")?,
                person: row.get("name")?,
                decision: row.get("decision_id")?,
                flags: row.json("flags")?,
                failure: row.get("failure")?,
                undone_at: row.get("undone_at")?,
            })
        },
    )?;
    let found = tx.first(
        "SELECT b.act, b.clause, b.facts, b.hours, b.decided_by, b.decided_at, p.name FROM decision_batches b
         JOIN people p ON p.id = b.decided_by WHERE b.id = $1",
        params![id],
        |row| {
            let act: String = row.get("act")?;
            Ok(Batch {
                id,
                done: NewBatch {
                    deed: act.parse()?,
                    clause: row.get("clause")?,
                    why: row.get("facts")?,
                    hours: row.get("hours")?,
                },
                by: row.get("decided_by")?,
                by_name: row.get("name")?,
                at: row.get("decided_at")?,
                items: items.clone(),
            })
        },
    )?;
    found.ok_or_else(|| Error::not_found("There is no such batch."))
}

/// The batch that a decision was made in.
pub fn of_decision(tx: &mut Tx<'_>, id: DecisionId) -> Result<Option<BatchId>> {
    tx.first("SELECT batch_id FROM decision_batch_items WHERE decision_id = $1", params![id], |row| {
        row.get("batch_id")
    })
}
