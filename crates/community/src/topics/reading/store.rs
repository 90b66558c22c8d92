//! Every SQL string about how far members have read.

use std::collections::HashMap;

use mainstreet_db::{Tx, Value, params};
use mainstreet_kernel::Result;
use mainstreet_kernel::id::{PersonId, TopicId};

use crate::store::{list, marks};

pub(super) fn mark(tx: &mut Tx<'_>, person: PersonId, topic: TopicId, number: i64) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO reading (person_id, topic_id, number, seen_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (person_id, topic_id) DO UPDATE SET seen_at = excluded.seen_at,
           number = CASE WHEN excluded.number > reading.number THEN excluded.number ELSE reading.number END",
        params![person, topic, number, now],
    )
    .map(drop)
}

pub(super) fn of(tx: &mut Tx<'_>, person: PersonId, topics: &[TopicId]) -> Result<HashMap<TopicId, i64>> {
    let mut found = HashMap::new();
    for part in topics.chunks(256) {
        let values = list(part);
        let sql = format!(
            "SELECT topic_id, number FROM reading WHERE person_id = $1 AND topic_id IN ({})",
            marks(2, &values)
        );
        let params = [vec![Value::from(person)], values].concat();
        let rows =
            tx.all(&sql, &params, |row| Ok((row.get::<TopicId>("topic_id")?, row.get::<i64>("number")?)))?;
        found.extend(rows);
    }
    Ok(found)
}

pub(super) fn muted_since(
    tx: &mut Tx<'_>,
    person: PersonId,
    topics: &[TopicId],
) -> Result<HashMap<TopicId, i64>> {
    let mut found = HashMap::new();
    for part in topics.chunks(256) {
        let values = list(part);
        let sql = format!(
            "SELECT r.topic_id, COUNT(DISTINCT p.id) AS n FROM reading r
             JOIN posts p ON p.topic_id = r.topic_id AND p.number > r.number
             JOIN mutes u ON u.person_id = r.person_id AND u.other_id = p.person_id
             WHERE r.person_id = $1 AND r.topic_id IN ({}) GROUP BY r.topic_id",
            marks(2, &values)
        );
        let params = [vec![Value::from(person)], values].concat();
        let rows =
            tx.all(&sql, &params, |row| Ok((row.get::<TopicId>("topic_id")?, row.get::<i64>("n")?)))?;
        found.extend(rows);
    }
    Ok(found)
}
