//! Back-tests that were asked for.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{EntryId, RuleId};
use mainstreet_kernel::{Result, Timestamp};

use crate::rules::runs::Run;

const COLUMNS: &str =
    "id, rule_id, version, from_at, to_at, state, looked_at, total, asked_at, ended_at, why";

fn run(row: &Row) -> Result<Run> {
    Ok(Run {
        id: row.get("id")?,
        rule: row.get("rule_id")?,
        version: row.get("version")?,
        from: row.get("from_at")?,
        to: row.get("to_at")?,
        stand: row.word("state")?,
        looked_at: row.get("looked_at")?,
        total: row.get("total")?,
        asked_at: row.get("asked_at")?,
        ended_at: row.get("ended_at")?,
        why: row.get("why")?,
    })
}

pub(in crate::rules) fn latest(tx: &mut Tx<'_>, rule: RuleId) -> Result<Option<Run>> {
    let sql = format!("SELECT {COLUMNS} FROM rule_runs WHERE rule_id = $1 ORDER BY id DESC LIMIT 1");
    tx.first(&sql, params![rule], run)
}

pub(in crate::rules) fn find(tx: &mut Tx<'_>, id: EntryId) -> Result<Option<Run>> {
    tx.first(&format!("SELECT {COLUMNS} FROM rule_runs WHERE id = $1"), params![id], run)
}

pub(in crate::rules) fn add(
    tx: &mut Tx<'_>,
    run: &Run,
    by: Option<mainstreet_kernel::id::PersonId>,
) -> Result<()> {
    tx.run(
        "INSERT INTO rule_runs (id, rule_id, version, from_at, to_at, state, asked_by, asked_at, beat_at)
         VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $7, $7)",
        params![run.id, run.rule, run.version, run.from, run.to, by, run.asked_at],
    )
    .map(drop)
}

/// The longest waiting one.
pub(in crate::rules) fn waiting(tx: &mut Tx<'_>) -> Result<Option<Run>> {
    let sql = format!("SELECT {COLUMNS} FROM rule_runs WHERE state = 'waiting' ORDER BY id LIMIT 1");
    tx.first(&sql, &[], run)
}

/// Somebody begins it; false: somebody else has.
pub(in crate::rules) fn begin(tx: &mut Tx<'_>, id: EntryId) -> Result<bool> {
    let now = tx.now();
    let sql = "UPDATE rule_runs SET state = 'running', beat_at = $2 WHERE id = $1 AND state = 'waiting'";
    Ok(tx.run(sql, params![id, now])? == 1)
}

/// Says how far it is; false: it shall end.
pub(in crate::rules) fn beat(tx: &mut Tx<'_>, id: EntryId, done: i64, total: i64) -> Result<bool> {
    let now = tx.now();
    tx.run(
        "UPDATE rule_runs SET looked_at = $2, total = $3, beat_at = $4 WHERE id = $1 AND ended_at IS NULL",
        params![id, done, total, now],
    )?;
    Ok(tx.count("SELECT COUNT(*) AS n FROM rule_runs WHERE id = $1 AND state = 'running'", params![id])? == 1)
}

pub(in crate::rules) fn end(tx: &mut Tx<'_>, id: EntryId, stand: &str, why: &str) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE rule_runs SET state = $2, why = $3, ended_at = $4 WHERE id = $1 AND ended_at IS NULL",
        params![id, stand, why, now],
    )
    .map(drop)
}

/// One that waits ends at once, one that runs at its next beat.
pub(in crate::rules) fn cancel(tx: &mut Tx<'_>, id: EntryId) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE rule_runs SET state = 'cancelled', ended_at = $2 WHERE id = $1 AND state = 'waiting'",
        params![id, now],
    )?;
    tx.run("UPDATE rule_runs SET state = 'cancelling' WHERE id = $1 AND state = 'running'", params![id])
        .map(drop)
}

/// Ends those nobody has heard of since `silent`.
pub(in crate::rules) fn give_up(tx: &mut Tx<'_>, silent: Timestamp) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE rule_runs SET state = 'interrupted', ended_at = $2
         WHERE state IN ('running', 'cancelling') AND beat_at < $1",
        params![silent, now],
    )
    .map(drop)
}
