//! The SQL of escalations.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{EntryId, MailId, PersonId, SignalId};
use mainstreet_kernel::{Result, Timestamp};

use super::{Escalation, Stand};
use crate::triage::Owner;

const COLUMNS: &str = "SELECT e.id, e.signal_id, e.owner, e.question, e.promise, e.state, e.asked_by, \
     p.name AS asker, e.asked_at, e.due_at, e.answer, e.answered_by, q.name AS answerer, e.answered_at, \
     e.taken_by, e.taken_at, e.signed, e.mailed_to, e.mail_id \
     FROM escalations e LEFT JOIN people p ON p.id = e.asked_by LEFT JOIN people q ON q.id = e.answered_by";

fn read(row: &Row) -> Result<Escalation> {
    Ok(Escalation {
        id: row.get("id")?,
        signal: row.get("signal_id")?,
        owner: row.word("owner")?,
        question: row.get("question")?,
        promise: row.get("promise")?,
        state: row.word("state")?,
        asked_by: row.get("asked_by")?,
        asker: row.get("asker")?,
        asked_at: row.get("asked_at")?,
        due_at: row.get("due_at")?,
        answer: row.get("answer")?,
        answered_by: row.get("answered_by")?,
        answerer: row.get("answerer")?,
        answered_at: row.get("answered_at")?,
        taken_by: row.get("taken_by")?,
        taken_at: row.get("taken_at")?,
        signed: row.get("signed")?,
        mailed_to: row.get("mailed_to")?,
        mail: row.get("mail_id")?,
        mail_stand: None,
    })
}

/// A question before it is stored.
pub(super) struct Asked<'a> {
    pub id: EntryId,
    pub signal: SignalId,
    pub owner: Owner,
    pub question: &'a str,
    pub promise: &'a str,
    pub due: Timestamp,
}

pub(super) fn insert(tx: &mut Tx<'_>, asked: &Asked<'_>, by: Option<PersonId>) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO escalations (id, signal_id, owner, question, promise, state, asked_by, asked_at, due_at)
         VALUES ($1, $2, $3, $4, $5, 'asked', $6, $7, $8)",
        params![asked.id, asked.signal, asked.owner, asked.question, asked.promise, by, now, asked.due],
    )
    .map(drop)
}

pub(super) fn find(tx: &mut Tx<'_>, id: EntryId) -> Result<Option<Escalation>> {
    tx.first(&format!("{COLUMNS} WHERE e.id = $1"), params![id], read)
}

pub(super) fn of_signal(tx: &mut Tx<'_>, signal: SignalId) -> Result<Vec<Escalation>> {
    tx.all(&format!("{COLUMNS} WHERE e.signal_id = $1 ORDER BY e.id"), params![signal], read)
}

/// Open questions that no person asked, since then, and that went out to nobody.
pub(super) fn unmailed(tx: &mut Tx<'_>, since: Timestamp) -> Result<Vec<Escalation>> {
    let sql = format!(
        "{COLUMNS} WHERE e.state = 'asked' AND e.asked_by IS NULL AND e.mail_id IS NULL AND e.asked_at > $1
         ORDER BY e.id LIMIT 50"
    );
    tx.all(&sql, params![since], read)
}

pub(super) fn set_answer(
    tx: &mut Tx<'_>,
    id: EntryId,
    to: Stand,
    answer: &str,
    by: Option<PersonId>,
    signed: &str,
) -> Result<()> {
    let now = tx.now();
    tx.run_one(
        "UPDATE escalations SET state = $2, answer = $3, answered_by = $4, answered_at = $5, signed = $6
         WHERE id = $1 AND state = 'asked'",
        params![id, to, answer, by, now, signed],
        "Somebody answered this question a moment ago. Look again.",
    )
}

pub(super) fn set_taken(tx: &mut Tx<'_>, id: EntryId, by: &str) -> Result<()> {
    let now = tx.now();
    tx.run_one(
        "UPDATE escalations SET taken_at = $2, taken_by = $3 WHERE id = $1 AND state = 'asked' AND taken_at IS NULL",
        params![id, now, by],
        "Somebody has taken this question on already.",
    )
}

pub(super) fn set_mail(tx: &mut Tx<'_>, id: EntryId, mail: MailId, to: &str) -> Result<()> {
    tx.run("UPDATE escalations SET mail_id = $2, mailed_to = $3 WHERE id = $1", params![id, mail, to])
        .map(drop)
}

pub(super) fn withdraw(tx: &mut Tx<'_>, id: EntryId) -> Result<()> {
    tx.run_one(
        "UPDATE escalations SET state = 'withdrawn' WHERE id = $1 AND state = 'asked'",
        params![id],
        "The owner has answered already, so the question stays.",
    )
}

pub(super) fn answers_for(tx: &mut Tx<'_>, owner: Owner, person: PersonId) -> Result<bool> {
    let n = tx.count(
        "SELECT COUNT(*) AS n FROM owner_people WHERE owner = $1 AND person_id = $2",
        params![owner, person],
    )?;
    Ok(n > 0)
}

pub(super) fn set_owner_person(tx: &mut Tx<'_>, owner: Owner, person: PersonId, answers: bool) -> Result<()> {
    if answers {
        tx.run(
            "INSERT INTO owner_people (owner, person_id) VALUES ($1, $2)
             ON CONFLICT (owner, person_id) DO NOTHING",
            params![owner, person],
        )
    } else {
        tx.run("DELETE FROM owner_people WHERE owner = $1 AND person_id = $2", params![owner, person])
    }
    .map(drop)
}
