//! Every SQL statement of redirects.

use mainstreet_db::{Tx, params};
use mainstreet_kernel::Result;

pub(super) fn target(tx: &mut Tx<'_>, path: &str) -> Result<Option<(String, i64)>> {
    tx.first("SELECT target_kind, target_id FROM redirects WHERE path = $1", params![path], |row| {
        Ok((row.get("target_kind")?, row.get("target_id")?))
    })
}

pub(super) fn slug_of_space(tx: &mut Tx<'_>, id: i64) -> Result<Option<String>> {
    tx.first("SELECT slug FROM spaces WHERE id = $1", params![id], |row| row.get("slug"))
}

pub(super) fn slug_of_tag(tx: &mut Tx<'_>, id: i64) -> Result<Option<String>> {
    tx.first("SELECT slug FROM tags WHERE id = $1", params![id], |row| row.get("slug"))
}
