//! The SQL of answers, versions and marks.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{EntryId, PersonId, SignalId};
use mainstreet_kernel::{Error, Result, Timestamp};
use mainstreet_language::local::{Figures, Judgement};

use super::Way;
use crate::triage::words;

words! {
    /// What became of an attempt to learn.
    Standing, "A version is adopted, ready or rejected." {
        /// It was put in force.
        Adopted = "adopted",
        /// It is better, and waits for a person, because one chose the version in force.
        Ready = "ready",
        /// It is not better.
        Rejected = "rejected",
    }
}

/// An attempt to learn.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// Its id.
    pub id: EntryId,
    /// Weights and layer.
    pub name: String,
    /// The weights that shipped then.
    pub base: String,
    /// What became of it.
    pub standing: Standing,
    /// True while it can be gone back to.
    pub kept: bool,
    /// By judgement.
    pub figures: Vec<Figures>,
    /// How many answers there were.
    pub answers: i64,
    /// The latest of them.
    pub last_answer: EntryId,
    /// When.
    pub at: Timestamp,
}

/// Which version was in force from when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The version.
    pub name: String,
    /// Why.
    pub why: String,
    /// Who made it so; none: Mainstreet itself.
    pub by: Option<String>,
    /// From when.
    pub at: Timestamp,
}

/// A person whose answers are not learnt from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Why.
    pub why: String,
    /// Since when.
    pub at: Timestamp,
}

pub(super) struct NewAnswer<'a> {
    pub id: EntryId,
    pub post: i64,
    pub judgement: Judgement,
    pub was: &'a str,
    pub became: &'a str,
    pub probability: f64,
    pub model: &'a str,
    pub way: Way,
    pub signal: SignalId,
    pub person: PersonId,
}

pub(super) fn add_answer(tx: &mut Tx<'_>, new: &NewAnswer<'_>) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO judgement_answers
           (id, post_id, judgement, was, became, probability, model, way, signal_id, person_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            new.id,
            new.post,
            new.judgement.as_str(),
            new.was,
            new.became,
            new.probability,
            new.model,
            new.way,
            new.signal,
            new.person,
            now
        ],
    )
    .map(drop)
}

pub(super) fn withdraw(tx: &mut Tx<'_>, signal: SignalId, person: PersonId, since: Timestamp) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE judgement_answers SET withdrawn_at = $4
         WHERE signal_id = $1 AND person_id = $2 AND at >= $3 AND withdrawn_at IS NULL",
        params![signal, person, since, now],
    )
    .map(drop)
}

/// What a person said, with the text as it stands now.
pub(super) struct Said {
    pub post: i64,
    pub judgement: Judgement,
    pub became: String,
    pub person: i64,
    pub title: String,
    pub body: String,
}

/// The latest `most` answers, oldest first, of texts that still stand somewhere. Of a long text the first 4000
/// characters.
pub(super) fn said(tx: &mut Tx<'_>, most: usize) -> Result<Vec<Said>> {
    let mut all: Vec<Option<Said>> = tx.all(
        "SELECT a.post_id, a.judgement, a.became, a.person_id, SUBSTR(p.body, 1, 4000) AS body,
           CASE WHEN p.number = 1 THEN t.title ELSE '' END AS title
         FROM judgement_answers a JOIN posts p ON p.id = a.post_id JOIN topics t ON t.id = p.topic_id
         WHERE a.withdrawn_at IS NULL AND p.state <> 'deleted'
           AND a.person_id NOT IN (SELECT person_id FROM judgement_left_out)
         ORDER BY a.id DESC LIMIT $1",
        params![most],
        |row| {
            let Some(judgement) = Judgement::named(&row.get::<String>("judgement")?) else { return Ok(None) };
            Ok(Some(Said {
                post: row.get("post_id")?,
                judgement,
                became: row.get("became")?,
                person: row.get("person_id")?,
                title: row.get("title")?,
                body: row.get("body")?,
            }))
        },
    )?;
    all.reverse();
    Ok(all.into_iter().flatten().collect())
}

/// How many answers stand, and the id of the latest.
pub(super) fn count_answers(tx: &mut Tx<'_>) -> Result<(i64, EntryId)> {
    let found = tx.first(
        "SELECT COUNT(*) AS n, MAX(id) AS latest FROM judgement_answers WHERE withdrawn_at IS NULL",
        &[],
        |row| Ok((row.get("n")?, row.get::<Option<i64>>("latest")?.unwrap_or(0))),
    )?;
    let (count, latest) = found.unwrap_or((0, 0));
    Ok((count, EntryId(latest)))
}

pub(super) fn answers_after(tx: &mut Tx<'_>, last: EntryId) -> Result<i64> {
    tx.count(
        "SELECT COUNT(*) AS n FROM judgement_answers WHERE id > $1 AND withdrawn_at IS NULL",
        params![last],
    )
}

/// Posts of members since `from` and before `to`, the latest `most`: title of those that open something, and body.
pub(super) fn texts(
    tx: &mut Tx<'_>,
    from: Timestamp,
    to: Timestamp,
    most: usize,
) -> Result<Vec<(String, String)>> {
    tx.all(
        "SELECT CASE WHEN p.number = 1 THEN t.title ELSE '' END AS title, SUBSTR(p.body, 1, 4000) AS body
         FROM posts p JOIN topics t ON t.id = p.topic_id
         WHERE p.created_at >= $1 AND p.created_at < $2 AND p.state = 'published' AND p.person_class = 'member'
         ORDER BY p.created_at DESC, p.id DESC LIMIT $3",
        params![from, to, most],
        |row| Ok((row.get("title")?, row.get("body")?)),
    )
}

/// By judgement and span of `length` milliseconds: answers, and those that agree with the reading.
pub(super) fn agreement(
    tx: &mut Tx<'_>,
    from: Timestamp,
    length: i64,
) -> Result<Vec<(Judgement, i64, i64, i64)>> {
    let all = tx.all(
        "SELECT judgement, at / CAST($2 AS BIGINT) AS span, COUNT(*) AS n,
           CAST(SUM(CASE WHEN was = became THEN 1 ELSE 0 END) AS BIGINT) AS agreed
         FROM judgement_answers WHERE withdrawn_at IS NULL AND at >= $1
         GROUP BY judgement, at / CAST($2 AS BIGINT) ORDER BY 2, 1",
        params![from, length],
        |row| {
            let judgement = Judgement::named(&row.get::<String>("judgement")?);
            Ok(judgement.map(|one| (one, row.get("span"), row.get("n"), row.get("agreed"))))
        },
    )?;
    all.into_iter().flatten().map(|(one, span, all, agreed)| Ok((one, span?, all?, agreed?))).collect()
}

/// The time of the first answer.
pub(super) fn first_answer(tx: &mut Tx<'_>) -> Result<Option<Timestamp>> {
    tx.one("SELECT MIN(at) AS at FROM judgement_answers WHERE withdrawn_at IS NULL", &[], |row| row.get("at"))
}

/// What the reading said, what people said, and how often; of one version, or of all.
pub(super) fn confusion(
    tx: &mut Tx<'_>,
    judgement: Judgement,
    model: &str,
) -> Result<Vec<(String, String, i64)>> {
    tx.all(
        "SELECT was, became, COUNT(*) AS n FROM judgement_answers
         WHERE judgement = $1 AND withdrawn_at IS NULL AND (CAST($2 AS TEXT) = '' OR model = $2)
         GROUP BY was, became ORDER BY was, became",
        params![judgement.as_str(), model],
        |row| Ok((row.get("was")?, row.get("became")?, row.get("n")?)),
    )
}

/// Versions that something was answered of.
pub(super) fn models(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    tx.all(
        "SELECT model FROM judgement_answers WHERE withdrawn_at IS NULL AND model <> ''
         GROUP BY model ORDER BY MAX(id) DESC LIMIT 30",
        &[],
        |row| row.get("model"),
    )
}

/// The names of people.
pub(super) fn names(tx: &mut Tx<'_>, people: &[i64]) -> Result<Vec<(i64, String)>> {
    let mut names = Vec::new();
    for person in people {
        let name: Option<String> =
            tx.first("SELECT name FROM people WHERE id = $1", params![*person], |row| row.get("name"))?;
        names.extend(name.map(|name| (*person, name)));
    }
    Ok(names)
}

const COLUMNS: &str = "id, name, base, standing, CASE WHEN layer <> '' THEN 1 ELSE 0 END AS kept, figures, answers, last_answer, at";

fn read(row: &Row) -> Result<Version> {
    Ok(Version {
        id: row.get("id")?,
        name: row.get("name")?,
        base: row.get("base")?,
        standing: row.word("standing")?,
        kept: row.get::<i64>("kept")? == 1,
        figures: row.json("figures")?,
        answers: row.get("answers")?,
        last_answer: row.get("last_answer")?,
        at: row.get("at")?,
    })
}

pub(super) fn add_version(tx: &mut Tx<'_>, version: &Version, layer: &str) -> Result<()> {
    let figures = serde_json::to_string(&version.figures).map_err(Error::internal)?;
    tx.run(
        "INSERT INTO judgement_versions (id, name, base, standing, layer, figures, answers, last_answer, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            version.id,
            version.name.as_str(),
            version.base.as_str(),
            version.standing,
            layer,
            figures,
            version.answers,
            version.last_answer,
            version.at
        ],
    )
    .map(drop)
}

/// The attempts, latest first.
pub(super) fn versions(tx: &mut Tx<'_>, most: usize) -> Result<Vec<Version>> {
    let sql = format!("SELECT {COLUMNS} FROM judgement_versions ORDER BY id DESC LIMIT $1");
    tx.all(&sql, params![most], read)
}

pub(super) fn version(tx: &mut Tx<'_>, id: EntryId) -> Result<Option<Version>> {
    let sql = format!("SELECT {COLUMNS} FROM judgement_versions WHERE id = $1");
    tx.first(&sql, params![id], read)
}

pub(super) fn last_version(tx: &mut Tx<'_>) -> Result<Option<Version>> {
    Ok(versions(tx, 1)?.pop())
}

/// The layer of a version, as it was kept.
pub(super) fn layer(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>> {
    tx.first(
        "SELECT layer FROM judgement_versions WHERE name = $1 AND layer <> '' ORDER BY id LIMIT 1",
        params![name],
        |row| row.get("layer"),
    )
}

/// A version that waited was put in force.
pub(super) fn adopted(tx: &mut Tx<'_>, name: &str) -> Result<()> {
    tx.run(
        "UPDATE judgement_versions SET standing = 'adopted' WHERE name = $1 AND standing = 'ready'",
        params![name],
    )
    .map(drop)
}

/// Keeps the layers of the latest `most` versions that have one, and of those in use.
pub(super) fn forget_layers(tx: &mut Tx<'_>, most: usize) -> Result<()> {
    tx.run(
        "UPDATE judgement_versions SET layer = '' WHERE layer <> ''
         AND name NOT IN (SELECT value FROM judgement_marks WHERE name IN ('in force', 'rules'))
         AND id NOT IN (SELECT id FROM judgement_versions WHERE layer <> '' ORDER BY id DESC LIMIT $1)",
        params![most],
    )
    .map(drop)
}

pub(super) fn add_turn(tx: &mut Tx<'_>, name: &str, why: &str, person: Option<PersonId>) -> Result<()> {
    let (id, now) = (tx.mint(), tx.now());
    tx.run(
        "INSERT INTO judgement_turns (id, name, why, person_id, at) VALUES ($1, $2, $3, $4, $5)",
        params![id, name, why, person, now],
    )
    .map(drop)
}

/// Which version was in force from when, latest first.
pub(super) fn turns(tx: &mut Tx<'_>, most: usize) -> Result<Vec<Turn>> {
    tx.all(
        "SELECT j.name, j.why, p.name AS by_name, j.at FROM judgement_turns j
         LEFT JOIN people p ON p.id = j.person_id ORDER BY j.id DESC LIMIT $1",
        params![most],
        |row| {
            Ok(Turn {
                name: row.get("name")?,
                why: row.get("why")?,
                by: row.get("by_name")?,
                at: row.get("at")?,
            })
        },
    )
}

pub(super) fn mark(tx: &mut Tx<'_>, name: &str) -> Result<Option<(String, Timestamp)>> {
    tx.first("SELECT value, at FROM judgement_marks WHERE name = $1", params![name], |row| {
        Ok((row.get("value")?, row.get("at")?))
    })
}

/// Sets a mark; nothing: it goes.
pub(super) fn set_mark(tx: &mut Tx<'_>, name: &str, value: Option<&str>) -> Result<()> {
    let now = tx.now();
    match value {
        Some(value) => tx.run(
            "INSERT INTO judgement_marks (name, value, at) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at",
            params![name, value, now],
        ),
        None => tx.run("DELETE FROM judgement_marks WHERE name = $1", params![name]),
    }
    .map(drop)
}

pub(super) fn leave_out(tx: &mut Tx<'_>, person: PersonId, why: &str, by: PersonId) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO judgement_left_out (person_id, why, set_by, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (person_id) DO UPDATE SET why = excluded.why, set_by = excluded.set_by, at = excluded.at",
        params![person, why, by, now],
    )
    .map(drop)
}

pub(super) fn take_in(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    tx.run_one(
        "DELETE FROM judgement_left_out WHERE person_id = $1",
        params![person],
        "Their answers are learnt from already.",
    )
}

pub(super) fn left_out(tx: &mut Tx<'_>) -> Result<Vec<LeftOut>> {
    tx.all(
        "SELECT l.person_id, p.name, l.why, l.at FROM judgement_left_out l JOIN people p ON p.id = l.person_id
         ORDER BY l.at DESC, l.person_id",
        &[],
        |row| {
            Ok(LeftOut {
                person: row.get("person_id")?,
                name: row.get("name")?,
                why: row.get("why")?,
                at: row.get("at")?,
            })
        },
    )
}
