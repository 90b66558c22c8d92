//! Every SQL string about limits of links.

use mainstreet_db::{Tx, params};
use mainstreet_kernel::Result;
use mainstreet_kernel::id::PersonId;

use super::LinkLimit;

/// The row, over or not.
pub(super) fn kept(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<LinkLimit>> {
    tx.first(
        "SELECT most, until_at, why FROM member_link_limits WHERE person_id = $1",
        params![person],
        |row| Ok(LinkLimit { most: row.get("most")?, until: row.get("until_at")?, why: row.get("why")? }),
    )
}

pub(super) fn set(tx: &mut Tx<'_>, person: PersonId, to: Option<&LinkLimit>) -> Result<()> {
    match to {
        None => tx.run("DELETE FROM member_link_limits WHERE person_id = $1", params![person]),
        Some(to) => tx.run(
            "INSERT INTO member_link_limits (person_id, most, until_at, why) VALUES ($1, $2, $3, $4)
             ON CONFLICT (person_id) DO UPDATE SET most = excluded.most, until_at = excluded.until_at,
               why = excluded.why",
            params![person, to.most, to.until, to.why.as_str()],
        ),
    }
    .map(drop)
}
