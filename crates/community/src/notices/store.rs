//! Every SQL string about notices.

use mainstreet_db::{Tx, params};
use mainstreet_kernel::id::{EntryId, PersonId};
use mainstreet_kernel::{Result, Timestamp};

use super::{About, Notice};

pub(super) fn insert(tx: &mut Tx<'_>, person: PersonId, about: About, object: i64, text: &str) -> Result<()> {
    let (id, now) = (EntryId(tx.mint()), tx.now());
    tx.run(
        "INSERT INTO member_notices (id, person_id, about, object_id, text, at)
         SELECT CAST($1 AS BIGINT), m.person_id, CAST($3 AS TEXT), CAST($4 AS BIGINT), CAST($5 AS TEXT),
           CAST($6 AS BIGINT) FROM members m WHERE m.person_id = $2",
        params![id, person, about.as_str(), object, text, now],
    )
    .map(drop)
}

pub(super) fn delete_unread(tx: &mut Tx<'_>, person: PersonId, about: About, object: i64) -> Result<bool> {
    let rows = tx.run(
        "DELETE FROM member_notices WHERE about = $1 AND object_id = $2 AND person_id = $3 AND read_at IS NULL",
        params![about.as_str(), object, person],
    )?;
    Ok(rows > 0)
}

pub(super) fn of_person(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Notice>> {
    tx.all(
        "SELECT id, about, object_id, text, at, read_at FROM member_notices WHERE person_id = $1
         ORDER BY at DESC, id DESC LIMIT 30",
        params![person],
        |row| {
            let (id, about): (EntryId, String) = (row.get("id")?, row.get("about")?);
            let (object, text, at) = (row.get("object_id")?, row.get("text")?, row.get("at")?);
            let unread = row.get::<Option<Timestamp>>("read_at")?.is_none();
            Ok(Notice { id, about: About::of(&about), object, text, at, unread })
        },
    )
}

pub(super) fn mark(tx: &mut Tx<'_>, person: PersonId, object: Option<i64>) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE member_notices SET read_at = $3 WHERE person_id = $1 AND read_at IS NULL
         AND (CAST($2 AS BIGINT) IS NULL OR object_id = $2)",
        params![person, object, now],
    )
    .map(drop)
}
