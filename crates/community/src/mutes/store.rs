//! Every SQL string about mutes.

use std::collections::HashSet;

use mainstreet_db::{Tx, params};
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Result, Timestamp};

/// Somebody whom a member does not see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mute {
    /// Who.
    pub other: PersonId,
    /// Their name now.
    pub name: String,
    /// True when staff keep the two apart.
    pub by_staff: bool,
    /// Since when.
    pub at: Timestamp,
}

pub(super) fn set(
    tx: &mut Tx<'_>,
    person: PersonId,
    other: PersonId,
    by_staff: bool,
    muted: bool,
) -> Result<()> {
    let now = tx.now();
    if muted {
        tx.run(
            "INSERT INTO mutes (person_id, other_id, by_staff, at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (person_id, other_id, by_staff) DO NOTHING",
            params![person, other, by_staff, now],
        )
    } else {
        tx.run(
            "DELETE FROM mutes WHERE person_id = $1 AND other_id = $2 AND by_staff = $3",
            params![person, other, by_staff],
        )
    }
    .map(drop)
}

/// True when staff keep these two apart.
pub fn are_apart(tx: &mut Tx<'_>, one: PersonId, other: PersonId) -> Result<bool> {
    Ok(tx.count(
        "SELECT COUNT(*) AS n FROM mutes WHERE person_id = $1 AND other_id = $2 AND by_staff = 1",
        params![one, other],
    )? > 0)
}

pub(super) fn hidden_from(tx: &mut Tx<'_>, person: PersonId) -> Result<HashSet<PersonId>> {
    let rows = tx.all("SELECT other_id FROM mutes WHERE person_id = $1", params![person], |row| {
        row.get::<PersonId>("other_id")
    })?;
    Ok(rows.into_iter().collect())
}

/// Whom a member does not see, by name.
pub fn of_person(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Mute>> {
    tx.all(
        "SELECT m.other_id, e.name, m.by_staff, m.at FROM mutes m JOIN people e ON e.id = m.other_id
         WHERE m.person_id = $1 ORDER BY e.name, m.other_id, m.by_staff",
        params![person],
        |row| {
            Ok(Mute {
                other: row.get("other_id")?,
                name: row.get("name")?,
                by_staff: row.get("by_staff")?,
                at: row.get("at")?,
            })
        },
    )
}
