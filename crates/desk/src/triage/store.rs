//! The SQL of corrections and targets.

use mainstreet_db::{Tx, params};
use mainstreet_kernel::id::{EntryId, PersonId, SignalId};
use mainstreet_kernel::{Result, Timestamp};

use super::actions::Made;
use super::model::SetBy;
use crate::signals::Signal;

/// A correction that a person made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectionRow {
    /// `intent`, `urgency`, `owner` or a risk.
    pub field: String,
    /// What it was.
    pub was: String,
    /// What it became.
    pub became: String,
    /// Who had set what it was.
    pub set_by: SetBy,
    /// Who corrected it.
    pub person: PersonId,
    /// When.
    pub at: Timestamp,
}

pub(super) fn insert(tx: &mut Tx<'_>, signal: &Signal, made: &Made, person: PersonId) -> Result<()> {
    let id = EntryId(tx.mint());
    let now = tx.now();
    tx.run(
        "INSERT INTO triage_corrections (id, signal_id, post_id, field, was, became, set_by, person_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![id, signal.id, signal.post, made.field, made.was, made.became, made.set_by, person, now],
    )
    .map(drop)
}

/// What people corrected on an item, oldest first.
pub fn corrections_of(tx: &mut Tx<'_>, signal: SignalId) -> Result<Vec<CorrectionRow>> {
    tx.all(
        "SELECT field, was, became, set_by, person_id, at FROM triage_corrections WHERE signal_id = $1 ORDER BY id",
        params![signal],
        |row| {
            Ok(CorrectionRow {
                field: row.get("field")?,
                was: row.get("was")?,
                became: row.get("became")?,
                set_by: row.word("set_by")?,
                person: row.get("person_id")?,
                at: row.get("at")?,
            })
        },
    )
}

pub(super) fn setting(tx: &mut Tx<'_>, key: &str) -> Result<Option<String>> {
    tx.first("SELECT value FROM settings WHERE key = $1", params![key], |row| row.get("value"))
}

pub(super) fn set_setting(tx: &mut Tx<'_>, key: &str, value: &str) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO settings (key, value, changed_at) VALUES ($1, $2, $3)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at",
        params![key, value, now],
    )
    .map(drop)
}
