//! Every SQL string about sequences.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{EntryId, PersonId, PostId};
use mainstreet_kernel::{Result, Timestamp};

use super::{Sequence, Walk, Walker};

pub(super) fn all(tx: &mut Tx<'_>) -> Result<Vec<Sequence>> {
    tx.all("SELECT name, steps FROM sequences ORDER BY name", &[], |row| {
        Ok(Sequence { name: row.get("name")?, steps: row.json("steps")?, ..Sequence::default() })
    })
}

pub(super) fn counts(tx: &mut Tx<'_>, name: &str) -> Result<(i64, i64)> {
    let walking = tx.count(
        "SELECT COUNT(*) AS n FROM sequence_walks WHERE sequence = $1 AND state = 'walking'",
        params![name],
    )?;
    let ended = tx.count(
        "SELECT COUNT(*) AS n FROM sequence_walks WHERE sequence = $1 AND state <> 'walking'",
        params![name],
    )?;
    Ok((walking, ended))
}

pub(super) fn put(tx: &mut Tx<'_>, name: &str, steps: &str, by: Option<PersonId>) -> Result<()> {
    let (id, now) = (EntryId(tx.mint()), tx.now());
    tx.run(
        "INSERT INTO sequences (id, name, steps, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (name) DO UPDATE SET steps = $3, changed_at = $4, changed_by = $5",
        params![id, name, steps, now, by],
    )
    .map(drop)
}

pub(super) fn begin(
    tx: &mut Tx<'_>,
    name: &str,
    (person, post, hit): (PersonId, Option<PostId>, Option<EntryId>),
    due: Timestamp,
) -> Result<bool> {
    let (id, now) = (EntryId(tx.mint()), tx.now());
    let n = tx.run(
        "INSERT INTO sequence_walks (id, sequence, person_id, post_id, hit_id, started_at, step, due_at, state)
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7, 'walking') ON CONFLICT (sequence, person_id) DO NOTHING",
        params![id, name, person, post, hit, now, due],
    )?;
    Ok(n == 1)
}

pub(super) fn due(tx: &mut Tx<'_>, most: usize) -> Result<Vec<Walk>> {
    let now = tx.now();
    tx.all(
        "SELECT id, sequence, person_id, post_id, started_at, step FROM sequence_walks
         WHERE state = 'walking' AND due_at <= $1 ORDER BY due_at, id LIMIT $2",
        params![now, most],
        |row| {
            Ok(Walk {
                id: row.get("id")?,
                sequence: row.get("sequence")?,
                person: row.get("person_id")?,
                post: row.get("post_id")?,
                started_at: row.get("started_at")?,
                step: usize::try_from(row.get::<i64>("step")?).unwrap_or(0),
            })
        },
    )
}

pub(super) fn step(tx: &mut Tx<'_>, id: EntryId, step: usize, due: Timestamp) -> Result<()> {
    tx.run("UPDATE sequence_walks SET step = $2, due_at = $3 WHERE id = $1", params![id, step, due]).map(drop)
}

pub(super) fn end(tx: &mut Tx<'_>, id: EntryId, state: &str, why: &str) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE sequence_walks SET state = $2, why = $3, ended_at = $4 WHERE id = $1 AND state = 'walking'",
        params![id, state, why, now],
    )
    .map(drop)
}

pub(super) fn wrote_since(tx: &mut Tx<'_>, person: PersonId, since: Timestamp) -> Result<bool> {
    let n = tx.count(
        "SELECT COUNT(*) AS n FROM posts WHERE person_id = $1 AND created_at > $2 AND state = 'published'",
        params![person, since],
    )?;
    Ok(n > 0)
}

const WALKERS: &str = "SELECT w.person_id, e.name, w.step, w.due_at, w.state, w.why FROM sequence_walks w \
     JOIN people e ON e.id = w.person_id";

fn walking(row: &Row) -> Result<Walker> {
    Ok(Walker {
        person: row.get("person_id")?,
        name: row.get("name")?,
        step: usize::try_from(row.get::<i64>("step")?).unwrap_or(0),
        due_at: row.get("due_at")?,
        walks: row.get::<String>("state")? == "walking",
        why: row.get("why")?,
    })
}

pub(super) fn walkers(tx: &mut Tx<'_>, name: &str) -> Result<Vec<Walker>> {
    let sql = format!(
        "{WALKERS} WHERE w.sequence = $1
         ORDER BY CASE w.state WHEN 'walking' THEN 0 ELSE 1 END, w.started_at DESC, w.id DESC LIMIT 50"
    );
    tx.all(&sql, params![name], walking)
}

pub(super) fn walker(tx: &mut Tx<'_>, name: &str, person: PersonId) -> Result<Option<Walker>> {
    tx.first(&format!("{WALKERS} WHERE w.sequence = $1 AND w.person_id = $2"), params![name, person], walking)
}

/// Stops a walk or lets it go on; `due`: not before then. Only from the state and reason given.
pub(super) fn turn(
    tx: &mut Tx<'_>,
    (name, person): (&str, PersonId),
    (from, to): (&str, &str),
    (was, why): (&str, &str),
    due: Option<Timestamp>,
) -> Result<()> {
    let ended = if due.is_none() { Some(tx.now()) } else { None };
    tx.run_one(
        "UPDATE sequence_walks SET state = $4, why = $6, ended_at = $7,
           due_at = CASE WHEN due_at < COALESCE(CAST($8 AS BIGINT), 0) THEN CAST($8 AS BIGINT) ELSE due_at END
         WHERE sequence = $1 AND person_id = $2 AND state = $3 AND why = $5",
        params![name, person, from, to, was, why, ended, due],
        "This walk has ended, or it was stopped by somebody else. Look again.",
    )
}
