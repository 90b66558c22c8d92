//! Every SQL string about flags.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{FlagId, PersonId, PostId};
use mainstreet_kernel::{Error, Result};

use super::Flag;

const COLUMNS: &str = "id, post_id, person_id, reason, note, state, created_at, decided_at, decided_by";

fn flag(row: &Row) -> Result<Flag> {
    Ok(Flag {
        id: row.get("id")?,
        post: row.get("post_id")?,
        person: row.get("person_id")?,
        reason: row.get("reason")?,
        note: row.get("note")?,
        upheld: match row.get::<String>("state")?.as_str() {
            "upheld" => Some(true),
            "cleared" => Some(false),
            _ => None,
        },
        created_at: row.get("created_at")?,
        decided_at: row.get("decided_at")?,
        decided_by: row.get("decided_by")?,
    })
}

/// One flag.
pub fn find(tx: &mut Tx<'_>, id: FlagId) -> Result<Flag> {
    tx.first(&format!("SELECT {COLUMNS} FROM flags WHERE id = $1"), params![id], flag)?
        .ok_or_else(|| Error::not_found("There is no such flag."))
}

/// All flags on a post, oldest first.
pub fn of_post(tx: &mut Tx<'_>, post: PostId) -> Result<Vec<Flag>> {
    tx.all(&format!("SELECT {COLUMNS} FROM flags WHERE post_id = $1 ORDER BY id"), params![post], flag)
}

/// The flags on a post that wait for a decision, oldest first.
pub fn open_on(tx: &mut Tx<'_>, post: PostId) -> Result<Vec<Flag>> {
    let sql = format!("SELECT {COLUMNS} FROM flags WHERE post_id = $1 AND state = 'open' ORDER BY id");
    tx.all(&sql, params![post], flag)
}

pub(super) fn by(tx: &mut Tx<'_>, post: PostId, person: PersonId) -> Result<Option<Flag>> {
    let sql = format!("SELECT {COLUMNS} FROM flags WHERE post_id = $1 AND person_id = $2");
    tx.first(&sql, params![post, person], flag)
}

pub(super) fn insert(
    tx: &mut Tx<'_>,
    id: FlagId,
    post: PostId,
    person: PersonId,
    reason: &str,
    note: &str,
) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO flags (id, post_id, person_id, reason, note, state, created_at)
         VALUES ($1, $2, $3, $4, $5, 'open', $6)",
        params![id, post, person, reason, note, now],
    )
    .map(drop)
}

pub(super) fn reopen(tx: &mut Tx<'_>, id: FlagId, reason: &str, note: &str) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE flags SET reason = $2, note = $3, state = 'open', created_at = $4, decided_at = NULL,
           decided_by = NULL WHERE id = $1",
        params![id, reason, note, now],
    )
    .map(drop)
}

pub(super) fn decide(tx: &mut Tx<'_>, id: FlagId, upheld: bool, by: Option<PersonId>) -> Result<()> {
    let now = tx.now();
    let state = if upheld { "upheld" } else { "cleared" };
    tx.run_one(
        "UPDATE flags SET state = $2, decided_at = $3, decided_by = $4 WHERE id = $1 AND state = 'open'",
        params![id, state, now, by],
        "Somebody has decided on this flag already.",
    )
}

pub(super) fn undecide(tx: &mut Tx<'_>, id: FlagId) -> Result<()> {
    tx.run("UPDATE flags SET state = 'open', decided_at = NULL, decided_by = NULL WHERE id = $1", params![id])
        .map(drop)
}
