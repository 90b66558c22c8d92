//! Every SQL string about people.

use std::collections::HashMap;

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Error, Result, Timestamp, text};

use super::model::{Face, Handles, Identity, Profile};
use crate::store::{list, marks};

const FACE: &str = "p.id AS person_id, p.name AS person_name, p.class AS person_class,
    COALESCE(m.username, (SELECT i.handle FROM identities i WHERE i.person_id = p.id ORDER BY i.id LIMIT 1), '')
      AS handle, COALESCE(m.role, '') AS role";

fn face(row: &Row) -> Result<Face> {
    let (id, name) = (row.get("person_id")?, row.get("person_name")?);
    let class = row.word("person_class")?;
    let handle = row.get("handle")?;
    let role: String = row.get("role")?;
    Ok(Face { id, name, handle, class, role: role.parse().ok() })
}

/// The faces of these people.
pub fn faces(tx: &mut Tx<'_>, ids: &[PersonId]) -> Result<HashMap<PersonId, Face>> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let mut found = HashMap::with_capacity(ids.len());
    for part in ids.chunks(256) {
        let values = list(part);
        let sql = format!(
            "SELECT {FACE} FROM people p LEFT JOIN members m ON m.person_id = p.id WHERE p.id IN ({})",
            marks(1, &values)
        );
        for one in tx.all(&sql, &values, face)? {
            found.insert(one.id, one);
        }
    }
    Ok(found)
}

/// The face of one person.
pub fn face_of(tx: &mut Tx<'_>, id: PersonId) -> Result<Face> {
    faces(tx, &[id])?.remove(&id).ok_or_else(|| Error::not_found("There is no such person."))
}

/// A person's page.
pub fn profile(tx: &mut Tx<'_>, id: PersonId) -> Result<Profile> {
    let sql = format!(
        "SELECT {FACE}, p.about, p.joined_at, p.post_count, p.accepted_count, p.last_post_at, p.spammer,
           m.suspended_until
         FROM people p LEFT JOIN members m ON m.person_id = p.id WHERE p.id = $1"
    );
    let profile = tx.first(&sql, params![id], |row| {
        Ok(Profile {
            face: face(row)?,
            about: row.get("about")?,
            joined_at: row.get("joined_at")?,
            post_count: row.get("post_count")?,
            accepted_count: row.get("accepted_count")?,
            last_post_at: row.get("last_post_at")?,
            spammer: row.get("spammer")?,
            suspended_until: row.get("suspended_until")?,
            identities: Vec::new(),
        })
    })?;
    let mut profile = profile.ok_or_else(|| Error::not_found("There is no such person."))?;
    profile.identities = tx.all(
        "SELECT i.account_id, a.name AS account_name, i.handle FROM identities i
         JOIN accounts a ON a.id = i.account_id WHERE i.person_id = $1 ORDER BY i.id",
        params![id],
        |row| {
            Ok(Identity {
                account: row.get("account_id")?,
                account_name: row.get("account_name")?,
                handle: row.get("handle")?,
            })
        },
    )?;
    Ok(profile)
}

/// Who this person is now, if they were merged into another.
pub fn merged_into(tx: &mut Tx<'_>, id: PersonId) -> Result<Option<PersonId>> {
    tx.first("SELECT merged_into FROM people WHERE id = $1", params![id], |row| row.get("merged_into"))?
        .ok_or_else(|| Error::not_found("There is no such person."))
}

/// A person by the name used to mention them.
pub fn by_handle(tx: &mut Tx<'_>, handle: &str) -> Result<Option<PersonId>> {
    let folded = text::fold(handle);
    Ok(by_handles(tx, std::slice::from_ref(&folded))?.remove(&folded))
}

/// People whose handle begins with `prefix`, for completing a mention: members first, then people of imported
/// channels. Found in the indexes over handles; answers at most `limit`.
pub fn by_prefix(tx: &mut Tx<'_>, prefix: &str, limit: usize) -> Result<Vec<(String, String)>> {
    let prefix = text::fold(prefix);
    let Some(after) = following(&prefix) else { return Ok(Vec::new()) };
    let members = "SELECT m.username AS handle, p.name FROM members m JOIN people p ON p.id = m.person_id
         WHERE m.username_folded >= $1 AND m.username_folded < $2 ORDER BY m.username_folded LIMIT $3";
    let others = "SELECT i.handle, p.name FROM identities i JOIN people p ON p.id = i.person_id
         WHERE LOWER(i.handle) >= $1 AND LOWER(i.handle) < $2 ORDER BY LOWER(i.handle) LIMIT $3";
    let mut found: Vec<(String, String)> = Vec::new();
    for sql in [members, others] {
        let rows: Vec<(String, String)> =
            tx.all(sql, params![prefix.as_str(), after.as_str(), limit], |row| {
                Ok((row.get("handle")?, row.get("name")?))
            })?;
        for (handle, name) in rows {
            let folded = text::fold(&handle);
            // A database that sorts by a language's rules may put others between the bounds.
            let known = found.iter().any(|(known, _)| text::fold(known) == folded);
            if folded.starts_with(&prefix) && !known && found.len() < limit {
                found.push((handle, name));
            }
        }
    }
    Ok(found)
}

/// What comes right after everything that begins with `prefix`.
fn following(prefix: &str) -> Option<String> {
    let last = prefix.chars().next_back()?;
    let next = (u32::from(last) + 1..=0x10_FFFF).find_map(char::from_u32)?;
    let kept = prefix.get(..prefix.len() - last.len_utf8())?;
    Some(format!("{kept}{next}"))
}

/// Who these folded handles name: members first, then people of imported channels.
pub fn by_handles(tx: &mut Tx<'_>, folded: &[String]) -> Result<Handles> {
    let mut found = Handles::new();
    for part in folded.chunks(64) {
        let values = list(&part.iter().map(String::as_str).collect::<Vec<_>>());
        let people = format!(
            "SELECT LOWER(handle) AS handle, person_id FROM identities WHERE LOWER(handle) IN ({}) ORDER BY id DESC",
            marks(1, &values)
        );
        let members = format!(
            "SELECT username_folded AS handle, person_id FROM members WHERE username_folded IN ({})",
            marks(1, &values)
        );
        for sql in [people, members] {
            found.extend(tx.all(&sql, &values, |row| Ok((row.get("handle")?, row.get("person_id")?)))?);
        }
    }
    Ok(found)
}

/// Every name by which these people can be mentioned.
pub fn handles_of(tx: &mut Tx<'_>, ids: &[PersonId]) -> Result<Handles> {
    let mut found = Handles::new();
    for part in ids.chunks(256) {
        let values = list(part);
        for sql in [
            format!("SELECT handle, person_id FROM identities WHERE person_id IN ({})", marks(1, &values)),
            format!(
                "SELECT username AS handle, person_id FROM members WHERE person_id IN ({})",
                marks(1, &values)
            ),
        ] {
            let rows =
                tx.all(&sql, &values, |row| Ok((row.get::<String>("handle")?, row.get("person_id")?)))?;
            found.extend(rows.into_iter().map(|(handle, person)| (text::fold(&handle), person)));
        }
    }
    Ok(found)
}

/// Takes hold of a person's row until the end of the transaction.
pub(crate) fn hold(tx: &mut Tx<'_>, id: PersonId) -> Result<()> {
    tx.first("SELECT id FROM people WHERE id = $1 {{FOR_UPDATE}}", params![id], |row| {
        row.get::<PersonId>("id")
    })?
    .map(drop)
    .ok_or_else(|| Error::not_found("There is no such person."))
}

/// Until when this person may not write, if that is a time to come.
pub(crate) fn suspended_until(tx: &mut Tx<'_>, id: PersonId) -> Result<Option<Timestamp>> {
    let until = tx.first("SELECT suspended_until FROM members WHERE person_id = $1", params![id], |row| {
        row.get::<Option<Timestamp>>("suspended_until")
    })?;
    Ok(until.flatten().filter(|until| *until > tx.now()))
}

/// True of an account that was closed for spam.
pub(crate) fn is_spammer(tx: &mut Tx<'_>, id: PersonId) -> Result<bool> {
    tx.one("SELECT spammer FROM people WHERE id = $1", params![id], |row| row.get("spammer"))
}

/// An account was closed for spam, or that was taken back.
pub(crate) fn set_spammer(tx: &mut Tx<'_>, id: PersonId, spammer: bool) -> Result<()> {
    tx.run("UPDATE people SET spammer = $2 WHERE id = $1", params![id, spammer]).map(drop)
}

/// A person wrote a post at `at`.
pub(crate) fn add_post(tx: &mut Tx<'_>, id: PersonId, at: Timestamp) -> Result<()> {
    tx.run(
        "UPDATE people SET post_count = post_count + 1,
           last_post_at = CASE WHEN last_post_at > $2 THEN last_post_at ELSE $2 END WHERE id = $1",
        params![id, at],
    )
    .map(drop)
}

/// A post of a person went away or came back.
pub(crate) fn recount_posts(tx: &mut Tx<'_>, id: PersonId, change: i64) -> Result<()> {
    tx.run(
        "UPDATE people SET post_count = post_count + $2, last_post_at =
           (SELECT created_at FROM posts WHERE person_id = $1 AND state = 'published' ORDER BY id DESC LIMIT 1)
         WHERE id = $1",
        params![id, change],
    )
    .map(drop)
}

pub(crate) fn count_accepted(tx: &mut Tx<'_>, id: PersonId, change: i64) -> Result<()> {
    tx.run("UPDATE people SET accepted_count = accepted_count + $2 WHERE id = $1", params![id, change])
        .map(drop)
}
