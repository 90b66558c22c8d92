//! Every SQL string about guidelines.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::Result;
use mainstreet_kernel::id::PersonId;

use super::model::{Clause, Severity, Text, Version};

fn bare(row: &Row) -> Result<Version> {
    Ok(Version {
        number: row.get("number")?,
        changes: row.get("changes")?,
        language: row.get("language")?,
        published_at: row.get("published_at")?,
        published_by: row.get("published_by")?,
        clauses: Vec::new(),
    })
}

const VERSION: &str = "SELECT number, changes, language, published_at, published_by FROM guideline_versions";

pub(super) fn latest(tx: &mut Tx<'_>) -> Result<Option<i64>> {
    tx.first(
        "SELECT number FROM guideline_versions WHERE number > 0 ORDER BY number DESC LIMIT 1",
        &[],
        |row| row.get("number"),
    )
}

pub(super) fn versions(tx: &mut Tx<'_>) -> Result<Vec<Version>> {
    tx.all(&format!("{VERSION} WHERE number > 0 ORDER BY number DESC"), &[], bare)
}

pub(super) fn version(tx: &mut Tx<'_>, number: i64) -> Result<Option<Version>> {
    let Some(mut version) = tx.first(&format!("{VERSION} WHERE number = $1"), params![number], bare)? else {
        return Ok(None);
    };
    let clauses = tx.all(
        "SELECT slug, severity FROM guideline_clauses WHERE version = $1 ORDER BY place, slug",
        params![number],
        |row| Ok((row.get::<String>("slug")?, row.word::<Severity>("severity")?)),
    )?;
    let texts = tx.all(
        "SELECT slug, language, title, summary, body FROM guideline_texts WHERE version = $1
         ORDER BY slug, language",
        params![number],
        |row| {
            let slug: String = row.get("slug")?;
            let (language, title) = (row.get("language")?, row.get("title")?);
            Ok((slug, Text { language, title, summary: row.get("summary")?, body: row.get("body")? }))
        },
    )?;
    for (slug, severity) in clauses {
        let (mine, translations): (Vec<Text>, Vec<Text>) = texts
            .iter()
            .filter(|(of, _)| *of == slug)
            .map(|(_, text)| text.clone())
            .partition(|text| text.language == version.language);
        if let Some(text) = mine.into_iter().next() {
            version.clauses.push(Clause { slug, severity, text, translations });
        }
    }
    Ok(Some(version))
}

pub(super) fn open_draft(tx: &mut Tx<'_>, language: &str) -> Result<()> {
    tx.run(
        "INSERT INTO guideline_versions (number, changes, language) VALUES (0, '', $1)
         ON CONFLICT (number) DO NOTHING",
        params![language],
    )
    .map(drop)
}

pub(super) fn put_version(
    tx: &mut Tx<'_>,
    number: i64,
    changes: &str,
    language: &str,
    by: Option<PersonId>,
) -> Result<()> {
    let now = tx.now();
    tx.run_one(
        "INSERT INTO guideline_versions (number, changes, language, published_at, published_by)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (number) DO NOTHING",
        params![number, changes, language, now, by],
        "Somebody else published a version at the same moment. Look at it first.",
    )
}

pub(super) fn put_clause(
    tx: &mut Tx<'_>,
    version: i64,
    slug: &str,
    place: i64,
    severity: Severity,
) -> Result<()> {
    tx.run(
        "INSERT INTO guideline_clauses (version, slug, place, severity) VALUES ($1, $2, $3, $4)
         ON CONFLICT (version, slug) DO UPDATE SET place = excluded.place, severity = excluded.severity",
        params![version, slug, place, severity.as_str()],
    )
    .map(drop)
}

pub(super) fn put_text(tx: &mut Tx<'_>, version: i64, slug: &str, text: &Text) -> Result<()> {
    tx.run(
        "INSERT INTO guideline_texts (version, slug, language, title, summary, body) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (version, slug, language) DO UPDATE
           SET title = excluded.title, summary = excluded.summary, body = excluded.body",
        params![version, slug, &text.language, &text.title, &text.summary, &text.body],
    )
    .map(drop)
}

pub(super) fn drop_clause(tx: &mut Tx<'_>, version: i64, slug: &str) -> Result<()> {
    tx.run("DELETE FROM guideline_texts WHERE version = $1 AND slug = $2", params![version, slug])?;
    tx.run_one(
        "DELETE FROM guideline_clauses WHERE version = $1 AND slug = $2",
        params![version, slug],
        "There is no such clause in the draft.",
    )
}

/// True when it is new.
pub(super) fn acknowledge(tx: &mut Tx<'_>, person: PersonId, version: i64) -> Result<bool> {
    let now = tx.now();
    let rows = tx.run(
        "INSERT INTO guideline_acknowledgements (person_id, version, at) VALUES ($1, $2, $3)
         ON CONFLICT (person_id, version) DO NOTHING",
        params![person, version, now],
    )?;
    Ok(rows == 1)
}

pub(super) fn unread(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<i64>> {
    tx.first(
        "SELECT v.number FROM guideline_versions v WHERE v.number > 0
           AND v.number = (SELECT MAX(w.number) FROM guideline_versions w)
           AND NOT EXISTS (SELECT 1 FROM guideline_acknowledgements a
             WHERE a.person_id = $1 AND a.version = v.number)",
        params![person],
        |row| row.get("number"),
    )
}
