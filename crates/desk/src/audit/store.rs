//! Every SQL string of the record's entries and seals.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::Result;
use mainstreet_kernel::id::{DecisionId, EntryId, MeasureId, PersonId};

use super::Entry;
use crate::measures::{self, Measure};
use crate::moderation::{self, Decision};

fn entry(row: &Row) -> Result<Entry> {
    Ok(Entry {
        id: row.get("id")?,
        at: row.get("at")?,
        actor: row.get("actor_id")?,
        what: row.get("what")?,
        object: row.get("object_id")?,
        digest: row.get("digest")?,
        text_digest: row.get("text_digest")?,
    })
}

pub(super) fn insert(tx: &mut Tx<'_>, entry: &Entry) -> Result<()> {
    tx.run(
        "INSERT INTO audit_entries (id, at, actor_id, what, object_id, digest, text_digest)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            entry.id,
            entry.at,
            entry.actor,
            &entry.what,
            entry.object,
            &entry.digest,
            &entry.text_digest
        ],
    )
    .map(drop)
}

pub(super) fn salt_of(tx: &mut Tx<'_>, id: DecisionId) -> Result<String> {
    tx.one("SELECT facts_salt FROM decisions WHERE id = $1", params![id], |row| row.get("facts_salt"))
}

/// Entries without a seal, a thousand at most.
pub(super) fn unsealed(tx: &mut Tx<'_>) -> Result<Vec<Entry>> {
    tx.all(
        "SELECT e.* FROM audit_entries e LEFT JOIN audit_seals s ON s.entry_id = e.id
         WHERE s.number IS NULL ORDER BY e.id LIMIT 1000",
        &[],
        entry,
    )
}

pub(super) fn last_seal(tx: &mut Tx<'_>) -> Result<Option<(i64, String)>> {
    tx.first("SELECT number, hash FROM audit_seals ORDER BY number DESC LIMIT 1", &[], |row| {
        Ok((row.get("number")?, row.get("hash")?))
    })
}

pub(super) fn insert_seal(tx: &mut Tx<'_>, number: i64, entry: EntryId, hash: &str) -> Result<()> {
    tx.run(
        "INSERT INTO audit_seals (number, entry_id, hash) VALUES ($1, $2, $3)",
        params![number, entry, hash],
    )
    .map(drop)
}

/// Every seal in order, with its hash and its entry, where that is still there.
pub(super) fn chain(tx: &mut Tx<'_>) -> Result<Vec<(i64, String, Option<Entry>)>> {
    tx.all(
        "SELECT s.number, s.hash, e.* FROM audit_seals s LEFT JOIN audit_entries e ON e.id = s.entry_id
         ORDER BY s.number",
        &[],
        |row| {
            let there: Option<i64> = row.get("id")?;
            let entry = if there.is_some() { Some(entry(row)?) } else { None };
            Ok((row.get("number")?, row.get("hash")?, entry))
        },
    )
}

/// The entry of a decision, with the decision as it is now and the salt of its facts.
pub(super) type Decided = (Entry, Option<(Decision, String)>);

/// The entries of decisions.
pub(super) fn decided(tx: &mut Tx<'_>) -> Result<Vec<Decided>> {
    let entries = tx.all("SELECT * FROM audit_entries WHERE what = 'decided' ORDER BY id", &[], entry)?;
    let mut found = Vec::with_capacity(entries.len());
    for one in entries {
        let decision = match moderation::find(tx, DecisionId(one.object)) {
            Ok(decision) => Some((decision, salt_of(tx, DecisionId(one.object))?)),
            Err(error) if error.kind == mainstreet_kernel::Kind::NotFound => None,
            Err(error) => return Err(error),
        };
        found.push((one, decision));
    }
    Ok(found)
}

/// The entry of a measure, with the measure as it is now and the salt of its reason.
pub(super) type Measured = (Entry, Option<(Measure, String)>);

/// The entries of measures.
pub(super) fn measured(tx: &mut Tx<'_>) -> Result<Vec<Measured>> {
    let entries = tx.all("SELECT * FROM audit_entries WHERE what = 'measure' ORDER BY id", &[], entry)?;
    entries
        .into_iter()
        .map(|one| Ok((measures::with_salt(tx, MeasureId(one.object))?, one)))
        .map(|found: Result<_>| found.map(|(measure, one)| (one, measure)))
        .collect()
}

/// Decisions made since the record is kept that have no entry.
pub(super) fn without_entry(tx: &mut Tx<'_>) -> Result<Vec<DecisionId>> {
    tx.all(
        "SELECT d.id FROM decisions d WHERE d.facts_salt <> '' AND NOT EXISTS (SELECT 1 FROM audit_entries e
           WHERE e.object_id = d.id AND e.what = 'decided') ORDER BY d.id LIMIT 20",
        &[],
        |row| row.get("id"),
    )
}

pub(super) fn erase(tx: &mut Tx<'_>, id: DecisionId) -> Result<()> {
    tx.run(
        "UPDATE decisions SET facts = '', facts_salt = '', state_before = '', undone_why = '' WHERE id = $1",
        params![id],
    )?;
    tx.run(
        "UPDATE appeal_voices SET why = '' WHERE appeal_id IN (SELECT id FROM appeals WHERE decision_id = $1)",
        params![id],
    )?;
    tx.run("UPDATE appeals SET words = '', answer = '' WHERE decision_id = $1", params![id]).map(drop)
}

/// How many decisions about somebody still have texts, and how many appeals of theirs.
pub(super) fn count_texts(tx: &mut Tx<'_>, person: PersonId) -> Result<(i64, i64)> {
    let decisions = tx.count(
        "SELECT COUNT(*) AS n FROM decisions WHERE person_id = $1 AND (facts <> '' OR undone_why <> '' OR state_before <> '')",
        params![person],
    )?;
    let appeals = tx.count(
        "SELECT COUNT(*) AS n FROM appeals WHERE person_id = $1 AND (words <> '' OR answer <> '')",
        params![person],
    )?;
    Ok((decisions, appeals))
}
