//! When themes trended.

use mainstreet_db::{Tx, params};
use mainstreet_kernel::id::{SignalId, ThemeId};
use mainstreet_kernel::{Result, Timestamp};

use super::super::ranking::Trending;
use super::super::trends::Trended;

/// A theme, and all that joined it.
const FAMILY: &str = "WITH RECURSIVE family (id) AS
     (SELECT CAST($1 AS BIGINT) UNION SELECT h.id FROM themes h JOIN family f ON h.merged_into = f.id)";

/// The times that a theme trended, or one that joined it; the latest first.
pub(in super::super) fn of(tx: &mut Tx<'_>, theme: ThemeId) -> Result<Vec<Trended>> {
    tx.all(
        &format!(
            "{FAMILY} SELECT t.at, t.authors, t.signal_id, t.lifted_at, s.state FROM theme_trends t
             JOIN signals s ON s.id = t.signal_id WHERE t.theme_id IN (SELECT id FROM family)
             ORDER BY t.at DESC, t.id DESC"
        ),
        params![theme],
        |row| {
            Ok(Trended {
                at: row.get("at")?,
                authors: row.get::<i64>("authors")?.max(0) as u64,
                signal: row.get("signal_id")?,
                state: row.word("state")?,
                lifted_at: row.get("lifted_at")?,
            })
        },
    )
}

/// Notes that a theme trended. A time that is known is refused.
pub(in super::super) fn add(
    tx: &mut Tx<'_>,
    id: i64,
    theme: ThemeId,
    at: Timestamp,
    found: Trending,
    signal: SignalId,
) -> Result<()> {
    let authors = i64::try_from(found.authors).unwrap_or(i64::MAX);
    tx.run(
        "INSERT INTO theme_trends (id, theme_id, at, authors, expected, signal_id) VALUES ($1, $2, $3, $4, $5, $6)",
        params![id, theme, at, authors, found.expected, signal],
    )
    .map(drop)
}

/// What was dismissed keeps a theme silent no longer.
pub(in super::super) fn lift(tx: &mut Tx<'_>, theme: ThemeId) -> Result<()> {
    let now = tx.now();
    let sql = format!(
        "{FAMILY} UPDATE theme_trends SET lifted_at = $2
         WHERE lifted_at IS NULL AND theme_id IN (SELECT id FROM family)"
    );
    tx.run(&sql, params![theme, now]).map(drop)
}
