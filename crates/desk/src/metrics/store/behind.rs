//! The people and topics behind figures, with names to show.

use std::collections::HashMap;

use mainstreet_db::{Tx, Value, params, placeholders};
use mainstreet_kernel::id::{SpaceId, TopicId};
use mainstreet_kernel::{Day, Result};

use super::CHUNK;
use crate::metrics::behind::{Contributor, Title};

fn contributor(row: &mainstreet_db::Row) -> Result<Contributor> {
    Ok(Contributor {
        person: row.get("person_id")?,
        name: row.get("name")?,
        days: row.get::<i64>("days")?.max(0) as u64,
        contributions: row.get::<i64>("contributions")?.max(0) as u64,
    })
}

/// Members who contributed on at least `at_least` of the days, most first, `limit` after `skip`.
pub(crate) fn contributors(
    tx: &mut Tx<'_>,
    space: SpaceId,
    (from, to): (Day, Day),
    at_least: i64,
    (skip, limit): (usize, usize),
) -> Result<Vec<Contributor>> {
    tx.all(
        "SELECT d.person_id, p.name, COUNT(*) AS days,
         CAST(SUM(d.topics + d.replies + d.reactions + d.acceptances) AS BIGINT) AS contributions
         FROM metric_person_days d JOIN people p ON p.id = d.person_id
         WHERE d.space_id = $1 AND d.class = 'member' AND d.day BETWEEN $2 AND $3
         GROUP BY d.person_id, p.name HAVING COUNT(*) >= $4
         ORDER BY contributions DESC, d.person_id LIMIT $6 OFFSET $5",
        params![space, from, to, at_least, skip, limit],
        contributor,
    )
}

/// Members who first contributed between `from` and `to` and contributed in their own week `week`.
pub(crate) fn returned(
    tx: &mut Tx<'_>,
    space: SpaceId,
    (from, to): (Day, Day),
    week: i32,
    (skip, limit): (usize, usize),
) -> Result<Vec<Contributor>> {
    tx.all(
        "SELECT f.person_id, p.name, COUNT(*) AS days,
         CAST(SUM(d.topics + d.replies + d.reactions + d.acceptances) AS BIGINT) AS contributions
         FROM metric_first_days f
         JOIN metric_person_days d ON d.space_id = f.space_id AND d.person_id = f.person_id AND d.class = 'member'
           AND d.day BETWEEN f.day + $4 AND f.day + $4 + 6
         JOIN people p ON p.id = f.person_id
         WHERE f.space_id = $1 AND f.day BETWEEN $2 AND $3
         GROUP BY f.person_id, p.name ORDER BY contributions DESC, f.person_id LIMIT $6 OFFSET $5",
        params![space, from, to, week * 7, skip, limit],
        contributor,
    )
}

/// Titles of topics.
pub(crate) fn titles(tx: &mut Tx<'_>, topics: &[TopicId]) -> Result<HashMap<TopicId, Title>> {
    let mut found = HashMap::new();
    for chunk in topics.chunks(CHUNK) {
        let sql = format!(
            "SELECT t.id, t.title, t.slug, s.name AS space FROM topics t JOIN spaces s ON s.id = t.space_id
             WHERE t.id IN ({})",
            placeholders(1, chunk.len())
        );
        let values: Vec<Value> = chunk.iter().map(|topic| Value::from(*topic)).collect();
        found.extend(tx.all(&sql, &values, |row| {
            let title = Title { title: row.get("title")?, slug: row.get("slug")?, space: row.get("space")? };
            Ok((row.get("id")?, title))
        })?);
    }
    Ok(found)
}

/// The space with this slug or id.
pub(crate) fn space(tx: &mut Tx<'_>, slug: &str, id: Option<SpaceId>) -> Result<Option<SpaceId>> {
    tx.first("SELECT id FROM spaces WHERE slug = $1 OR id = $2", params![slug, id], |row| row.get("id"))
}
