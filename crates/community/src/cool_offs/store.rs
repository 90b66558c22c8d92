//! Every SQL string about pauses.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::Result;
use mainstreet_kernel::id::{PersonId, TopicId};

use super::CoolOff;

fn pause(row: &Row) -> Result<CoolOff> {
    Ok(CoolOff {
        until: row.get("until_at")?,
        why: row.get("why")?,
        by_staff: row.get("by_staff")?,
        at: row.get("at")?,
    })
}

/// The row, over or not.
pub(crate) fn kept(tx: &mut Tx<'_>, topic: TopicId, person: PersonId) -> Result<Option<CoolOff>> {
    tx.first(
        "SELECT until_at, why, by_staff, at FROM cool_offs WHERE topic_id = $1 AND person_id = $2",
        params![topic, person],
        pause,
    )
}

/// A member's pause in a topic, while it lasts.
pub fn of(tx: &mut Tx<'_>, topic: TopicId, person: PersonId) -> Result<Option<CoolOff>> {
    let now = tx.now();
    Ok(kept(tx, topic, person)?.filter(|pause| pause.until > now.0))
}

/// Who pauses in a topic now.
pub fn of_topic(tx: &mut Tx<'_>, topic: TopicId) -> Result<Vec<(PersonId, CoolOff)>> {
    let now = tx.now();
    tx.all(
        "SELECT person_id, until_at, why, by_staff, at FROM cool_offs WHERE topic_id = $1 AND until_at > $2
         ORDER BY at, person_id",
        params![topic, now],
        |row| Ok((row.get("person_id")?, pause(row)?)),
    )
}

pub(super) fn set(tx: &mut Tx<'_>, topic: TopicId, person: PersonId, to: Option<&CoolOff>) -> Result<()> {
    match to {
        None => tx.run(
            "DELETE FROM cool_offs WHERE topic_id = $1 AND person_id = $2",
            params![topic, person],
        ),
        Some(to) => tx.run(
            "INSERT INTO cool_offs (topic_id, person_id, until_at, why, by_staff, at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (topic_id, person_id) DO UPDATE SET until_at = excluded.until_at, why = excluded.why,
               by_staff = excluded.by_staff, at = excluded.at",
            params![topic, person, to.until, to.why.as_str(), to.by_staff, to.at],
        ),
    }
    .map(drop)
}
