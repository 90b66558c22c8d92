//! The SQL of prepared answers.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::Result;
use mainstreet_kernel::id::{CannedReplyId, PersonId};

use super::CannedReply;

const COLUMNS: &str = "SELECT id, title, body, used_count, changed_by, changed_at FROM canned_replies";

fn read(row: &Row) -> Result<CannedReply> {
    Ok(CannedReply {
        id: row.get("id")?,
        title: row.get("title")?,
        body: row.get("body")?,
        used_count: row.get("used_count")?,
        changed_by: row.get("changed_by")?,
        changed_at: row.get("changed_at")?,
    })
}

pub(super) fn all(tx: &mut Tx<'_>) -> Result<Vec<CannedReply>> {
    tx.all(&format!("{COLUMNS} ORDER BY used_count DESC, title_folded LIMIT 500"), &[], read)
}

pub(super) fn find(tx: &mut Tx<'_>, id: CannedReplyId) -> Result<Option<CannedReply>> {
    tx.first(&format!("{COLUMNS} WHERE id = $1"), params![id], read)
}

pub(super) fn by_title(tx: &mut Tx<'_>, folded: &str) -> Result<Option<CannedReplyId>> {
    tx.first("SELECT id FROM canned_replies WHERE title_folded = $1", params![folded], |row| row.get("id"))
}

pub(super) fn insert(
    tx: &mut Tx<'_>,
    id: CannedReplyId,
    title: &str,
    folded: &str,
    body: &str,
    by: PersonId,
) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO canned_replies (id, title, title_folded, body, changed_by, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        params![id, title, folded, body, by, now],
    )
    .map(drop)
}

pub(super) fn update(
    tx: &mut Tx<'_>,
    id: CannedReplyId,
    title: &str,
    folded: &str,
    body: &str,
    by: PersonId,
) -> Result<()> {
    let now = tx.now();
    tx.run_one(
        "UPDATE canned_replies SET title = $2, title_folded = $3, body = $4, changed_by = $5, changed_at = $6
         WHERE id = $1",
        params![id, title, folded, body, by, now],
        "This prepared answer was removed meanwhile. Save it as a new one.",
    )
}

pub(super) fn delete(tx: &mut Tx<'_>, id: CannedReplyId) -> Result<()> {
    tx.run_one(
        "DELETE FROM canned_replies WHERE id = $1",
        params![id],
        "This prepared answer was removed already.",
    )
}

pub(super) fn count_use(tx: &mut Tx<'_>, id: CannedReplyId) -> Result<()> {
    tx.run("UPDATE canned_replies SET used_count = used_count + 1 WHERE id = $1", params![id]).map(drop)
}
