//! Every SQL statement of the settings. Whoever keeps a word under a key of its own reads and writes it here.

use mainstreet_db::{Tx, params};
use mainstreet_kernel::Result;

pub(super) fn all(tx: &mut Tx<'_>) -> Result<Vec<(String, String)>> {
    tx.all("SELECT key, value FROM settings", &[], |row| Ok((row.get("key")?, row.get("value")?)))
}

/// What is kept under a key.
pub fn get(tx: &mut Tx<'_>, key: &str) -> Result<Option<String>> {
    tx.first("SELECT value FROM settings WHERE key = $1", params![key], |row| row.get("value"))
}

/// Keeps a value under a key. Who may is the caller's to ask.
pub fn set(tx: &mut Tx<'_>, key: &str, value: &str) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO settings (key, value, changed_at) VALUES ($1, $2, $3)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at",
        params![key, value, now],
    )
    .map(drop)
}
