//! The SQL of causes, steps and notes.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{EntryId, PersonId, PostId, SignalId};
use mainstreet_kernel::{Result, Timestamp};

use super::super::model::{Act, Cause, CauseRow, Signal, State, Step};
use super::super::view::Note;

/// A cause before it has an item.
pub(crate) struct NewCause<'a> {
    pub kind: Cause,
    pub object: i64,
    pub post: PostId,
    pub person: Option<PersonId>,
    pub reason: &'a str,
    pub occurred_at: Timestamp,
}

/// Notes why an item is there; false when that very thing was known.
pub(crate) fn add_cause(tx: &mut Tx<'_>, signal: SignalId, cause: &NewCause<'_>) -> Result<bool> {
    let id = EntryId(tx.mint());
    let added = tx.run(
        "INSERT INTO signal_causes (id, signal_id, origin_id, kind, object_id, post_id, person_id, reason, occurred_at)
         VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (kind, object_id) DO NOTHING",
        params![
            id,
            signal,
            cause.kind,
            cause.object,
            cause.post,
            cause.person,
            cause.reason,
            cause.occurred_at
        ],
    )?;
    Ok(added == 1)
}

/// True when this has caused an item before.
pub(crate) fn cause_known(tx: &mut Tx<'_>, kind: Cause, object: i64) -> Result<bool> {
    let n = tx.count(
        "SELECT COUNT(*) AS n FROM signal_causes WHERE kind = $1 AND object_id = $2",
        params![kind, object],
    )?;
    Ok(n > 0)
}

pub(crate) fn settle_cause(tx: &mut Tx<'_>, kind: Cause, object: i64, at: Timestamp) -> Result<bool> {
    let settled = tx.run(
        "UPDATE signal_causes SET settled_at = $3 WHERE kind = $1 AND object_id = $2 AND settled_at IS NULL",
        params![kind, object, at],
    )?;
    Ok(settled > 0)
}

/// Everything about `post` is dealt with, appeals apart: somebody has to answer those.
pub(crate) fn settle_post(tx: &mut Tx<'_>, post: PostId, at: Timestamp) -> Result<()> {
    tx.run(
        "UPDATE signal_causes SET settled_at = $2 WHERE post_id = $1 AND settled_at IS NULL AND kind <> 'appeal'",
        params![post, at],
    )
    .map(drop)
}

/// What the live causes of one kind are about, oldest first: posts, flags, appeals.
pub(crate) fn live_objects(tx: &mut Tx<'_>, signal: SignalId, kind: Cause) -> Result<Vec<i64>> {
    tx.all(
        "SELECT object_id FROM signal_causes WHERE signal_id = $1 AND kind = $2 AND settled_at IS NULL ORDER BY id",
        params![signal, kind],
        |row| row.get("object_id"),
    )
}

pub(crate) fn causes(tx: &mut Tx<'_>, signal: SignalId) -> Result<Vec<CauseRow>> {
    tx.all(
        "SELECT c.kind, c.post_id, c.person_id, p.name, c.reason, c.occurred_at, c.settled_at
         FROM signal_causes c LEFT JOIN people p ON p.id = c.person_id
         WHERE c.signal_id = $1 ORDER BY c.occurred_at, c.id",
        params![signal],
        |row| {
            Ok(CauseRow {
                kind: row.word("kind")?,
                post: row.get("post_id")?,
                person: row.get("person_id")?,
                name: row.get("name")?,
                reason: row.get("reason")?,
                occurred_at: row.get("occurred_at")?,
                settled_at: row.get("settled_at")?,
            })
        },
    )
}

/// Causes go with the matter into another item.
pub(crate) fn move_causes(tx: &mut Tx<'_>, from: SignalId, to: SignalId) -> Result<()> {
    tx.run("UPDATE signal_causes SET signal_id = $2 WHERE signal_id = $1", params![from, to]).map(drop)
}

/// They come back when the two are parted.
pub(crate) fn return_causes(tx: &mut Tx<'_>, origin: SignalId) -> Result<()> {
    tx.run("UPDATE signal_causes SET signal_id = $1 WHERE origin_id = $1", params![origin]).map(drop)
}

/// A step before it is written.
pub(crate) struct NewStep<'a> {
    pub signal: SignalId,
    pub act: Act,
    pub actor: Option<PersonId>,
    pub from: State,
    pub to: State,
    pub why: &'a str,
    pub object: Option<i64>,
    pub version: i64,
    pub before: Option<&'a Signal>,
}

pub(crate) fn add_step(tx: &mut Tx<'_>, step: &NewStep<'_>) -> Result<EntryId> {
    let id = EntryId(tx.mint());
    let before = step.before.map(super::json).transpose()?;
    let now = tx.now();
    tx.run(
        "INSERT INTO signal_steps (id, signal_id, act, actor_id, from_state, to_state, why, object_id, version, before, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            id,
            step.signal,
            step.act,
            step.actor,
            step.from,
            step.to,
            step.why,
            step.object,
            step.version,
            before,
            now
        ],
    )?;
    Ok(id)
}

fn step(row: &Row) -> Result<Step> {
    Ok(Step {
        id: row.get("id")?,
        signal: row.get("signal_id")?,
        act: row.word("act")?,
        actor: row.get("actor_id")?,
        actor_name: row.get("name")?,
        from: row.word("from_state")?,
        to: row.word("to_state")?,
        why: row.get("why")?,
        object: row.get("object_id")?,
        before: row.json("before")?,
        at: row.get("at")?,
        undone_at: row.get("undone_at")?,
    })
}

const STEP: &str = "SELECT t.id, t.signal_id, t.act, t.actor_id, p.name, t.from_state, t.to_state, t.why, \
                    t.object_id, t.before, t.at, t.undone_at \
                    FROM signal_steps t LEFT JOIN people p ON p.id = t.actor_id";

/// The history of an item, oldest first.
pub(crate) fn steps(tx: &mut Tx<'_>, signal: SignalId) -> Result<Vec<Step>> {
    tx.all(&format!("{STEP} WHERE t.signal_id = $1 ORDER BY t.version, t.id"), params![signal], step)
}

/// The last step that still stands.
pub(crate) fn last_step(tx: &mut Tx<'_>, signal: SignalId) -> Result<Option<Step>> {
    tx.first(
        &format!("{STEP} WHERE t.signal_id = $1 AND t.undone_at IS NULL AND t.act <> 'undone' ORDER BY t.version DESC, t.id DESC LIMIT 1"),
        params![signal],
        step,
    )
}

pub(crate) fn find_step(tx: &mut Tx<'_>, id: EntryId) -> Result<Option<Step>> {
    tx.first(&format!("{STEP} WHERE t.id = $1"), params![id], step)
}

/// The last step that somebody took anywhere in the inbox.
pub(crate) fn last_step_of(tx: &mut Tx<'_>, person: PersonId, since: Timestamp) -> Result<Option<Step>> {
    tx.first(
        &format!(
            "{STEP} WHERE t.actor_id = $1 AND t.id >= $2 AND t.undone_at IS NULL AND t.act <> 'undone'
             ORDER BY t.id DESC LIMIT 1"
        ),
        params![person, mainstreet_kernel::id::floor(since)],
        step,
    )
}

pub(crate) fn mark_undone(tx: &mut Tx<'_>, id: EntryId, at: Timestamp) -> Result<()> {
    tx.run_one(
        "UPDATE signal_steps SET undone_at = $2 WHERE id = $1 AND undone_at IS NULL",
        params![id, at],
        "This step has been undone already.",
    )
}

/// True when the desk wrote or heard this post already.
pub(crate) fn post_known(tx: &mut Tx<'_>, signal: SignalId, post: PostId) -> Result<bool> {
    let n = tx.count(
        "SELECT COUNT(*) AS n FROM signal_steps WHERE object_id = $2 AND act IN ('replied', 'heard')
         AND signal_id = $1",
        params![signal, post],
    )?;
    Ok(n > 0)
}

pub(crate) fn add_note(tx: &mut Tx<'_>, signal: SignalId, person: PersonId, body: &str) -> Result<EntryId> {
    let id = EntryId(tx.mint());
    let now = tx.now();
    tx.run(
        "INSERT INTO signal_notes (id, signal_id, person_id, body, created_at) VALUES ($1, $2, $3, $4, $5)",
        params![id, signal, person, body, now],
    )?;
    Ok(id)
}

pub(crate) fn withdraw_note(tx: &mut Tx<'_>, id: EntryId, at: Timestamp) -> Result<()> {
    tx.run("UPDATE signal_notes SET withdrawn_at = $2 WHERE id = $1", params![id, at]).map(drop)
}

pub(crate) fn notes(tx: &mut Tx<'_>, signal: SignalId) -> Result<Vec<Note>> {
    tx.all(
        "SELECT n.id, n.person_id, p.name, n.body, n.created_at FROM signal_notes n
         JOIN people p ON p.id = n.person_id
         WHERE n.signal_id = $1 AND n.withdrawn_at IS NULL ORDER BY n.id",
        params![signal],
        |row| {
            Ok(Note {
                id: row.get("id")?,
                person: row.get("person_id")?,
                name: row.get("name")?,
                body: row.get("body")?,
                created_at: row.get("created_at")?,
            })
        },
    )
}

pub(crate) fn mark(tx: &mut Tx<'_>, name: &str) -> Result<Option<Timestamp>> {
    tx.first("SELECT at FROM desk_marks WHERE name = $1", params![name], |row| row.get("at"))
}

pub(crate) fn set_mark(tx: &mut Tx<'_>, name: &str, at: Timestamp) -> Result<()> {
    tx.run(
        "INSERT INTO desk_marks (name, at) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET at = excluded.at",
        params![name, at],
    )
    .map(drop)
}

/// True when this form answered on this item before.
pub(crate) fn replied_with(tx: &mut Tx<'_>, signal: SignalId, token: &str) -> Result<bool> {
    let n = tx.count(
        "SELECT COUNT(*) AS n FROM signal_steps t JOIN posts p ON p.id = t.object_id
         WHERE t.signal_id = $1 AND t.act = 'replied' AND p.form_token = $2",
        params![signal, token],
    )?;
    Ok(n > 0)
}

/// What a step settled at `at` matters again.
pub(crate) fn unsettle(tx: &mut Tx<'_>, signal: SignalId, at: Timestamp) -> Result<()> {
    tx.run(
        "UPDATE signal_causes SET settled_at = NULL WHERE signal_id = $1 AND settled_at = $2",
        params![signal, at],
    )
    .map(drop)
}

/// The place of a post in its conversation.
pub(crate) fn number_of(tx: &mut Tx<'_>, post: PostId) -> Result<Option<i64>> {
    tx.first("SELECT number FROM posts WHERE id = $1", params![post], |row| row.get("number"))
}

/// A cause that was settled is forgotten, so that the same thing may come up again.
pub(crate) fn forget_settled(tx: &mut Tx<'_>, kind: Cause, object: i64) -> Result<()> {
    tx.run(
        "DELETE FROM signal_causes WHERE kind = $1 AND object_id = $2 AND settled_at IS NOT NULL",
        params![kind, object],
    )
    .map(drop)
}
