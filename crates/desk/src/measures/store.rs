//! Every SQL string about measures.

use std::collections::HashMap;

use mainstreet_community::people;
use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{MeasureId, PersonId};
use mainstreet_kernel::{Error, Result, Timestamp};

use super::Measure;

const MEASURE: &str = "SELECT m.*, a.name AS actor_name, s.name AS space_name FROM measures m
     LEFT JOIN people a ON a.id = m.actor_id LEFT JOIN spaces s ON s.id = m.space_id";

fn measure(row: &Row) -> Result<Measure> {
    let people: Vec<PersonId> =
        serde_json::from_str(&row.get::<String>("people")?).map_err(Error::internal)?;
    Ok(Measure {
        id: row.get("id")?,
        seq: row.get("seq")?,
        at: row.get("at")?,
        actor: row.get("actor_id")?,
        actor_name: row.get("actor_name")?,
        kind: row.word("kind")?,
        place: row.get("place")?,
        place_id: row.get("place_id")?,
        space: row.get("space_id")?,
        space_name: row.get("space_name")?,
        clause: row.get("clause")?,
        details: row.get("details")?,
        people,
        names: Vec::new(),
        why: row.get("why")?,
    })
}

/// Writes one down. False when it was known.
pub(super) fn insert(tx: &mut Tx<'_>, new: &Measure, salt: &str) -> Result<bool> {
    let people = serde_json::to_string(&new.people).map_err(Error::internal)?;
    let done = tx.run(
        "INSERT INTO measures (id, seq, at, actor_id, kind, place, place_id, space_id, clause, details, people, why, salt)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (seq) DO NOTHING",
        params![
            new.id,
            new.seq,
            new.at,
            new.actor,
            new.kind.as_str(),
            &new.place,
            new.place_id,
            new.space,
            &new.clause,
            &new.details,
            people,
            &new.why,
            salt,
        ],
    )?;
    Ok(done == 1)
}

/// Which measures a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// This kind; empty: any.
    pub kind: String,
    /// Citing this clause; empty: any.
    pub clause: String,
    /// Only what those who take part may know of.
    pub open: bool,
    /// Older than this one.
    pub before: Option<i64>,
}

/// Measures, latest first.
pub fn list(tx: &mut Tx<'_>, filter: &Filter, limit: usize) -> Result<Vec<Measure>> {
    let sql = format!(
        "{MEASURE} WHERE (CAST($1 AS TEXT) = '' OR m.kind = $1) AND (CAST($2 AS TEXT) = '' OR m.clause = $2)
         AND m.id < $3 AND (CAST($4 AS BIGINT) = 0 OR m.kind NOT IN ('role', 'scope', 'team', 'team_removed', 'openness'))
         ORDER BY m.id DESC LIMIT $5"
    );
    let before = filter.before.unwrap_or(i64::MAX);
    let open = i64::from(filter.open);
    let found = tx.all(&sql, params![&filter.kind, &filter.clause, before, open, limit], measure)?;
    named(tx, found)
}

/// Measures between two times, the first first.
pub fn between(tx: &mut Tx<'_>, from: Timestamp, to: Timestamp) -> Result<Vec<Measure>> {
    tx.all(&format!("{MEASURE} WHERE m.at >= $1 AND m.at < $2 ORDER BY m.id"), params![from, to], measure)
}

fn named(tx: &mut Tx<'_>, mut found: Vec<Measure>) -> Result<Vec<Measure>> {
    let mut known: HashMap<PersonId, String> = HashMap::new();
    for one in &mut found {
        for person in &one.people {
            if !known.contains_key(person) {
                known.insert(*person, people::store::face_of(tx, *person)?.name);
            }
            one.names.extend(known.get(person).cloned());
        }
    }
    Ok(found)
}

/// One measure with the salt of its reason; nothing when it is gone.
pub(crate) fn with_salt(tx: &mut Tx<'_>, id: MeasureId) -> Result<Option<(Measure, String)>> {
    tx.first(&format!("{MEASURE} WHERE m.id = $1"), params![id], |row| Ok((measure(row)?, row.get("salt")?)))
}

/// Measures that have no entry in the record.
pub(crate) fn without_entry(tx: &mut Tx<'_>) -> Result<Vec<MeasureId>> {
    tx.all(
        "SELECT m.id FROM measures m WHERE NOT EXISTS (SELECT 1 FROM audit_entries e
           WHERE e.object_id = m.id AND e.what = 'measure') ORDER BY m.id LIMIT 20",
        &[],
        |row| row.get("id"),
    )
}
