//! Every SQL string about letters.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{EntryId, MailId, PersonId, PostId};
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

const COLUMNS: &str = "id, post_id, subject, body, path, sender, automatic, at";

/// `due`: it is kept back until then.
pub(super) fn add(tx: &mut Tx<'_>, person: PersonId, letter: &Letter, due: Option<Timestamp>) -> Result<()> {
    tx.run(
        "INSERT INTO letters (id, person_id, post_id, subject, body, path, sender, automatic, at, due_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            letter.id,
            person,
            letter.post,
            &letter.subject,
            &letter.body,
            &letter.path,
            &letter.sender,
            letter.automatic,
            letter.at,
            due
        ],
    )
    .map(drop)
}

fn letter(row: &Row) -> Result<Letter> {
    Ok(Letter {
        id: row.get("id")?,
        subject: row.get("subject")?,
        body: row.get("body")?,
        post: row.get("post_id")?,
        path: row.get("path")?,
        sender: row.get("sender")?,
        automatic: row.get("automatic")?,
        at: row.get("at")?,
    })
}

/// Letters whose time has come, with whom they are for.
pub(super) fn due(tx: &mut Tx<'_>) -> Result<Vec<(PersonId, Letter)>> {
    let now = tx.now();
    let sql = format!(
        "SELECT {COLUMNS}, person_id FROM letters WHERE due_at IS NOT NULL AND due_at <= $1 ORDER BY due_at, id LIMIT 200"
    );
    tx.all(&sql, params![now], |row| Ok((row.get("person_id")?, letter(row)?)))
}

pub(super) fn told(tx: &mut Tx<'_>, id: EntryId) -> Result<()> {
    tx.run_one(
        "UPDATE letters SET due_at = NULL WHERE id = $1 AND due_at IS NOT NULL",
        params![id],
        "This letter was told a moment ago.",
    )
}

pub(super) fn set_mail(tx: &mut Tx<'_>, id: EntryId, mail: MailId) -> Result<()> {
    tx.run("UPDATE letters SET mail_id = $2 WHERE id = $1", params![id, mail]).map(drop)
}

/// Whether a letter is still kept back, and its mail.
pub(super) fn waits(
    tx: &mut Tx<'_>,
    person: PersonId,
    id: EntryId,
) -> Result<Option<(bool, Option<MailId>)>> {
    tx.first(
        "SELECT due_at, mail_id FROM letters WHERE id = $1 AND person_id = $2",
        params![id, person],
        |row| Ok((row.get::<Option<Timestamp>>("due_at")?.is_some(), row.get("mail_id")?)),
    )
}

pub(super) fn remove(tx: &mut Tx<'_>, id: EntryId) -> Result<()> {
    tx.run("DELETE FROM letters WHERE id = $1", params![id]).map(drop)
}

pub(super) fn find(tx: &mut Tx<'_>, person: PersonId, id: EntryId) -> Result<Option<Letter>> {
    let sql = format!("SELECT {COLUMNS} FROM letters WHERE id = $1 AND person_id = $2 AND due_at IS NULL");
    tx.first(&sql, params![id, person], letter)
}

pub(super) fn of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Letter>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM letters WHERE person_id = $1 AND due_at IS NULL ORDER BY id DESC LIMIT $2"
    );
    tx.all(&sql, params![person, SHOWN], letter)
}
