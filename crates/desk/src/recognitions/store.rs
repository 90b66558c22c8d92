//! Every SQL string about recognition.

use mainstreet_db::{Tx, params};
use mainstreet_kernel::Result;
use mainstreet_kernel::id::{EntryId, PersonId};

use super::Recognition;

/// Badges shown of one member.
const SHOWN: i64 = 50;

pub(super) fn of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Recognition>> {
    tx.all(
        "SELECT id, badge, words, at FROM recognitions WHERE person_id = $1 AND removed_at IS NULL
         ORDER BY id DESC LIMIT $2",
        params![person, SHOWN],
        |row| {
            Ok(Recognition {
                id: row.get("id")?,
                badge: row.get("badge")?,
                words: row.get("words")?,
                at: row.get("at")?,
            })
        },
    )
}

pub(super) fn add(
    tx: &mut Tx<'_>,
    id: EntryId,
    person: PersonId,
    (badge, words): (&str, &str),
    by: Option<PersonId>,
) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO recognitions (id, person_id, badge, words, given_by, at) VALUES ($1, $2, $3, $4, $5, $6)",
        params![id, person, badge, words, by, now],
    )
    .map(drop)
}

pub(super) fn remove(tx: &mut Tx<'_>, id: EntryId) -> Result<()> {
    let now = tx.now();
    tx.run("UPDATE recognitions SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL", params![id, now])
        .map(drop)
}
