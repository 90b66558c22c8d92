//! Every SQL string about letters.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{EntryId, PersonId, PostId};
use mainstreet_kernel::{Result, Timestamp};

use super::Letter;

/// Letters a member sees.
const SHOWN: i64 = 50;

pub(super) fn name_of(tx: &mut Tx<'_>, person: PersonId) -> Result<String> {
    let name = tx.first("SELECT name FROM people WHERE id = $1", params![person], |row| row.get("name"))?;
    Ok(name.unwrap_or_default())
}

pub(super) fn title_of(tx: &mut Tx<'_>, post: PostId) -> Result<Option<String>> {
    tx.first(
        "SELECT t.title FROM posts p JOIN topics t ON t.id = p.topic_id WHERE p.id = $1",
        params![post],
        |row| row.get("title"),
    )
}

/// The address of a member; nothing: no member. The address within is missing while it was not confirmed.
pub(super) fn address_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<Option<String>>> {
    tx.first("SELECT email, email_confirmed_at FROM members WHERE person_id = $1", params![person], |row| {
        let confirmed: Option<Timestamp> = row.get("email_confirmed_at")?;
        let email: String = row.get("email")?;
        Ok(confirmed.map(|_| email))
    })
}

pub(super) fn add(tx: &mut Tx<'_>, person: PersonId, letter: &Letter) -> Result<()> {
    tx.run(
        "INSERT INTO letters (id, person_id, post_id, subject, body, sender, at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![letter.id, person, letter.post, &letter.subject, &letter.body, &letter.sender, letter.at],
    )
    .map(drop)
}

fn letter(row: &Row) -> Result<Letter> {
    Ok(Letter {
        id: row.get("id")?,
        subject: row.get("subject")?,
        body: row.get("body")?,
        post: row.get("post_id")?,
        sender: row.get("sender")?,
        at: row.get("at")?,
    })
}

pub(super) fn find(tx: &mut Tx<'_>, person: PersonId, id: EntryId) -> Result<Option<Letter>> {
    tx.first(
        "SELECT id, post_id, subject, body, sender, at FROM letters WHERE id = $1 AND person_id = $2",
        params![id, person],
        letter,
    )
}

pub(super) fn of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Letter>> {
    tx.all(
        "SELECT id, post_id, subject, body, sender, at FROM letters WHERE person_id = $1 ORDER BY id DESC LIMIT $2",
        params![person, SHOWN],
        letter,
    )
}
