//! Every SQL string about forms.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{EntryId, PersonId, PostId};
use mainstreet_kernel::{Error, Result};

use super::{Asked, Form};

pub(super) fn all(tx: &mut Tx<'_>) -> Result<Vec<Form>> {
    tx.all("SELECT name, title, intro, questions FROM forms ORDER BY name", &[], |row| {
        Ok(Form {
            name: row.get("name")?,
            title: row.get("title")?,
            intro: row.get("intro")?,
            questions: row.json("questions")?,
            ..Form::default()
        })
    })
}

/// How often it was sent and not taken back, and how often it was answered.
pub(super) fn counts(tx: &mut Tx<'_>, name: &str) -> Result<(i64, i64)> {
    let sent = tx.count(
        "SELECT COUNT(*) AS n FROM form_asks WHERE form = $1 AND withdrawn_at IS NULL",
        params![name],
    )?;
    let answered = tx.count(
        "SELECT COUNT(*) AS n FROM form_asks WHERE form = $1 AND answered_at IS NOT NULL",
        params![name],
    )?;
    Ok((sent, answered))
}

fn questions(form: &Form) -> Result<String> {
    serde_json::to_string(&form.questions).map_err(Error::internal)
}

pub(super) fn put(tx: &mut Tx<'_>, name: &str, form: &Form, by: Option<PersonId>) -> Result<()> {
    let now = tx.now();
    let questions = questions(form)?;
    tx.run(
        "INSERT INTO forms (name, title, intro, questions, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (name) DO UPDATE SET title = excluded.title, intro = excluded.intro,
           questions = excluded.questions, changed_at = excluded.changed_at, changed_by = excluded.changed_by",
        params![name, form.title.trim(), form.intro.trim(), questions, now, by],
    )
    .map(drop)
}

/// True when a member has not answered a form yet, or was asked it about this post.
pub(super) fn open(tx: &mut Tx<'_>, person: PersonId, form: &str, post: Option<PostId>) -> Result<bool> {
    let n = tx.count(
        "SELECT COUNT(*) AS n FROM form_asks WHERE person_id = $1 AND form = $2 AND withdrawn_at IS NULL
           AND (answered_at IS NULL OR post_id = $3)",
        params![person, form, post],
    )?;
    Ok(n > 0)
}

pub(super) fn add(
    tx: &mut Tx<'_>,
    id: EntryId,
    form: &Form,
    (person, post, hit): (PersonId, Option<PostId>, Option<EntryId>),
    (sender, letter): (&str, EntryId),
) -> Result<()> {
    let now = tx.now();
    let questions = questions(form)?;
    tx.run(
        "INSERT INTO form_asks (id, form, title, intro, questions, person_id, post_id, hit_id, sender, letter_id, asked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![id, &form.name, &form.title, &form.intro, questions, person, post, hit, sender, letter, now],
    )
    .map(drop)
}

const COLUMNS: &str = "SELECT f.id, f.form, f.title, f.intro, f.questions, f.person_id, e.name, f.post_id, f.sender, \
     f.letter_id, f.asked_at, f.answers, f.answered_at, f.withdrawn_at FROM form_asks f \
     JOIN people e ON e.id = f.person_id";

fn asked(row: &Row) -> Result<Asked> {
    let answers: Option<String> = row.get("answers")?;
    Ok(Asked {
        id: row.get("id")?,
        form: row.get("form")?,
        title: row.get("title")?,
        intro: row.get("intro")?,
        questions: row.json("questions")?,
        person: row.get("person_id")?,
        name: row.get("name")?,
        post: row.get("post_id")?,
        sender: row.get("sender")?,
        asked_at: row.get("asked_at")?,
        answers: match answers {
            Some(text) => Some(serde_json::from_str(&text).map_err(Error::internal)?),
            None => None,
        },
        answered_at: row.get("answered_at")?,
        withdrawn_at: row.get("withdrawn_at")?,
        letter: row.get("letter_id")?,
    })
}

pub(super) fn find(tx: &mut Tx<'_>, id: EntryId) -> Result<Option<Asked>> {
    tx.first(&format!("{COLUMNS} WHERE f.id = $1"), params![id], asked)
}

pub(super) fn lately(tx: &mut Tx<'_>, most: usize) -> Result<Vec<Asked>> {
    tx.all(&format!("{COLUMNS} ORDER BY f.id DESC LIMIT $1"), params![most], asked)
}

pub(super) fn set_answers(tx: &mut Tx<'_>, id: EntryId, answers: &[String]) -> Result<()> {
    let now = tx.now();
    let text = serde_json::to_string(answers).map_err(Error::internal)?;
    tx.run_one(
        "UPDATE form_asks SET answers = $2, answered_at = $3
         WHERE id = $1 AND answered_at IS NULL AND withdrawn_at IS NULL",
        params![id, text, now],
        "You have answered this form already. Thank you.",
    )
}

pub(super) fn withdraw(tx: &mut Tx<'_>, id: EntryId) -> Result<()> {
    let now = tx.now();
    tx.run_one(
        "UPDATE form_asks SET withdrawn_at = $2 WHERE id = $1 AND answered_at IS NULL AND withdrawn_at IS NULL",
        params![id, now],
        "They have answered already, or it was taken back. Look again.",
    )
}

/// Managers and owners, who read what is not about a post.
pub(super) fn staff(tx: &mut Tx<'_>) -> Result<Vec<PersonId>> {
    tx.all(
        "SELECT person_id FROM members WHERE role IN ('manager', 'owner') ORDER BY person_id",
        &[],
        |row| row.get("person_id"),
    )
}
