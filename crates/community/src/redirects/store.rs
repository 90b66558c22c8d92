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

/// The topic that a Discourse knew by this number; of several the one imported first.
pub(super) fn topic_numbered(tx: &mut Tx<'_>, topic: i64) -> Result<Option<i64>> {
    let sql = "SELECT t.id FROM accounts a JOIN topics t ON t.account_id = a.id AND t.external_id = $1
               WHERE a.kind = 'discourse' ORDER BY a.id LIMIT 1";
    tx.first(sql, params![topic.to_string()], |row| row.get("id"))
}

/// The post that a Discourse knew by these numbers.
pub(super) fn post_numbered(tx: &mut Tx<'_>, topic: i64, number: i64) -> Result<Option<i64>> {
    let sql = "SELECT p.id FROM accounts a JOIN topics t ON t.account_id = a.id AND t.external_id = $1
               JOIN posts p ON p.topic_id = t.id AND p.number = $2
               WHERE a.kind = 'discourse' ORDER BY a.id LIMIT 1";
    tx.first(sql, params![topic.to_string(), number], |row| row.get("id"))
}
