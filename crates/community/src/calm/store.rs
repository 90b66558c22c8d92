//! Every SQL string about calm and raid modes.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::CalmId;
use mainstreet_kernel::{Actor, Error, Result};

use super::model::{Calm, NewCalm, Place};

const CALM: &str = "SELECT c.*, e.name AS by_name FROM calms c LEFT JOIN people e ON e.id = c.started_by";

fn calm(row: &Row) -> Result<Calm> {
    let place: String = row.get("place")?;
    Ok(Calm {
        id: row.get("id")?,
        kind: row.word("kind")?,
        place: Place::of(&place, row.get("place_id")?),
        every: row.get("every")?,
        newer_than: row.get("newer_than")?,
        why: row.get("why")?,
        clause: row.get("clause")?,
        guideline_version: row.get("guideline_version")?,
        by: row.get("started_by")?,
        by_name: row.get("by_name")?,
        at: row.get("started_at")?,
        until: row.get("until_at")?,
        ended_at: row.get("ended_at")?,
        ended_by: row.get("ended_by")?,
        ended_why: row.get("ended_why")?,
    })
}

/// One of them.
pub fn find(tx: &mut Tx<'_>, id: CalmId) -> Result<Calm> {
    tx.first(&format!("{CALM} WHERE c.id = $1"), params![id], calm)?
        .ok_or_else(|| Error::not_found("There was no such calm mode."))
}

/// Those that hold now, the latest first.
pub fn holding(tx: &mut Tx<'_>) -> Result<Vec<Calm>> {
    let now = tx.now();
    tx.all(
        &format!("{CALM} WHERE c.ended_at IS NULL AND c.until_at > $1 ORDER BY c.started_at DESC, c.id DESC"),
        params![now],
        calm,
    )
}

/// All that ever were, the latest first.
pub fn list(tx: &mut Tx<'_>, limit: usize) -> Result<Vec<Calm>> {
    tx.all(&format!("{CALM} ORDER BY c.started_at DESC, c.id DESC LIMIT $1"), params![limit], calm)
}

/// Nothing when one of its kind is on there.
pub(super) fn insert(tx: &mut Tx<'_>, actor: Actor, new: &NewCalm, version: i64) -> Result<Option<CalmId>> {
    let (id, now) = (CalmId(tx.mint()), tx.now());
    let done = tx.run(
        "INSERT INTO calms (id, kind, place, place_id, every, newer_than, why, clause, guideline_version, started_by,
           started_at, until_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (kind, place, place_id) WHERE ended_at IS NULL DO NOTHING",
        params![
            id,
            new.kind.as_str(),
            new.place.as_str(),
            new.place.id(),
            new.every,
            new.newer_than,
            new.why.trim(),
            new.clause.as_str(),
            version,
            actor.person,
            now,
            new.until,
        ],
    )?;
    Ok((done == 1).then_some(id))
}

pub(super) fn end(tx: &mut Tx<'_>, actor: Actor, id: CalmId, why: &str) -> Result<()> {
    let now = tx.now();
    tx.run_one(
        "UPDATE calms SET ended_at = $2, ended_by = $3, ended_why = $4
         WHERE id = $1 AND ended_at IS NULL AND until_at > $2",
        params![id, now, actor.person, why],
        "It is over already.",
    )
}

/// Notes the end of those whose time is over. Answers which.
pub(super) fn note_ends(tx: &mut Tx<'_>) -> Result<Vec<CalmId>> {
    let now = tx.now();
    tx.all(
        "UPDATE calms SET ended_at = until_at WHERE ended_at IS NULL AND until_at <= $1 RETURNING id",
        params![now],
        |row| row.get("id"),
    )
}
