//! Every SQL string about insights: themes, their history, who was told. What is read to find themes is in
//! [`looking`], what pages show in [`shown`].

pub(super) mod looking;
pub(super) mod shown;
pub(super) mod trends;

use mainstreet_db::{Row, Tx, params, placeholders};
use mainstreet_kernel::id::{EntryId, PersonId, PostId, ThemeId, TopicId};
use mainstreet_kernel::{Error, Result, Timestamp};

use super::model::{Act, Kind, Step, Theme};

/// How many ids go into one list.
const CHUNK: usize = 200;

pub(super) fn theme(row: &Row) -> Result<Theme> {
    let named: String = row.get("named_by")?;
    Ok(Theme {
        id: row.get("id")?,
        name: row.get("name")?,
        named: named == "person",
        settled: row.get::<i64>("settled")? == 1,
        status: row.word("status")?,
        note: row.get("note")?,
        status_at: row.get("status_at")?,
        merged_into: row.get("merged_into")?,
        created_at: row.get("created_at")?,
        version: row.get("version")?,
    })
}

pub(super) fn find(tx: &mut Tx<'_>, id: ThemeId) -> Result<Theme> {
    tx.first("SELECT * FROM themes WHERE id = $1", params![id], theme)?
        .ok_or_else(|| Error::not_found("There is no theme at this address."))
}

/// A theme that still stands for itself.
pub(super) fn find_standing(tx: &mut Tx<'_>, id: ThemeId) -> Result<Theme> {
    let found = find(tx, id)?;
    if found.merged_into.is_some() {
        return Err(Error::conflict("This theme joined another a moment ago. Open that one and try again."));
    }
    Ok(found)
}

pub(super) fn revision(tx: &mut Tx<'_>) -> Result<i64> {
    tx.one("SELECT value FROM theme_marks WHERE name = 'revision'", &[], |row| row.get("value"))
}

/// Every change passes here first: it holds the row that all of them hold.
pub(super) fn next_revision(tx: &mut Tx<'_>) -> Result<()> {
    tx.run("UPDATE theme_marks SET value = value + 1 WHERE name = 'revision'", &[]).map(drop)
}

/// False when somebody changed something since `seen` was read.
pub(super) fn next_revision_after(tx: &mut Tx<'_>, seen: i64) -> Result<bool> {
    let changed = tx.run(
        "UPDATE theme_marks SET value = value + 1 WHERE name = 'revision' AND value = $1",
        params![seen],
    )?;
    Ok(changed == 1)
}

/// The model, and its round, whose vectors were looked at last.
pub(super) fn meant(tx: &mut Tx<'_>) -> Result<Option<(i64, i64)>> {
    let marks: Vec<(String, i64)> =
        tx.all("SELECT name, value FROM theme_marks WHERE name IN ('model', 'round')", &[], |row| {
            Ok((row.get("name")?, row.get("value")?))
        })?;
    let of = |wanted: &str| marks.iter().find(|(name, _)| name == wanted).map(|(_, value)| *value);
    Ok(of("model").zip(of("round")))
}

/// Notes which vectors were looked at.
pub(super) fn set_meant(tx: &mut Tx<'_>, (model, round): (i64, i64)) -> Result<()> {
    for (name, value) in [("model", model), ("round", round)] {
        tx.run(
            "INSERT INTO theme_marks (name, value) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            params![name, value],
        )?;
    }
    Ok(())
}

/// A theme to write.
pub(super) struct NewTheme<'a> {
    pub name: &'a str,
    pub size: usize,
    pub by_person: bool,
}

pub(super) fn insert(tx: &mut Tx<'_>, new: &NewTheme<'_>) -> Result<ThemeId> {
    let (id, now) = (ThemeId(tx.mint()), tx.now());
    let by = if new.by_person { "person" } else { "program" };
    tx.run(
        "INSERT INTO themes (id, name, named_by, named_size, settled, status, created_at)
         VALUES ($1, $2, $3, $4, $5, 'open', $6)",
        params![id, new.name, by, new.size, i64::from(new.by_person), now],
    )?;
    Ok(id)
}

pub(super) fn rename(tx: &mut Tx<'_>, id: ThemeId, name: &str, size: usize) -> Result<()> {
    tx.run(
        "UPDATE themes SET name = $2, named_size = $3 WHERE id = $1 AND named_by = 'program'",
        params![id, name, size],
    )
    .map(drop)
}

/// What a person changes about a theme.
pub(super) fn save(tx: &mut Tx<'_>, theme: &Theme) -> Result<()> {
    let by = if theme.named { "person" } else { "program" };
    tx.run_one(
        "UPDATE themes SET name = $3, named_by = $4, settled = $5, status = $6, note = $7, status_at = $8,
           merged_into = $9, version = version + 1
         WHERE id = $1 AND version = $2",
        params![
            theme.id,
            theme.version,
            &theme.name,
            by,
            i64::from(theme.settled),
            theme.status.as_str(),
            &theme.note,
            theme.status_at,
            theme.merged_into
        ],
        "Somebody else changed this theme a moment ago. Look at it again, then do it once more.",
    )
}

pub(super) fn set_merged(tx: &mut Tx<'_>, gone: ThemeId, into: ThemeId) -> Result<()> {
    tx.run("UPDATE themes SET merged_into = $2, version = version + 1 WHERE id = $1", params![gone, into])
        .map(drop)
}

pub(super) fn topics_of(tx: &mut Tx<'_>, theme: ThemeId) -> Result<Vec<TopicId>> {
    tx.all("SELECT topic_id FROM theme_posts WHERE theme_id = $1 ORDER BY topic_id", params![theme], |row| {
        row.get("topic_id")
    })
}

/// Which of `topics` are in `theme`.
pub(super) fn among(tx: &mut Tx<'_>, theme: ThemeId, topics: &[TopicId]) -> Result<Vec<TopicId>> {
    let all = topics_of(tx, theme)?;
    Ok(topics.iter().copied().filter(|topic| all.contains(topic)).collect())
}

/// Puts conversations where a person wants them; nothing: nowhere.
pub(super) fn place(
    tx: &mut Tx<'_>,
    topics: &[TopicId],
    theme: Option<ThemeId>,
    by_person: bool,
) -> Result<()> {
    let now = tx.now();
    for topic in topics {
        let placed = if by_person { ", placed_by = 'person'" } else { "" };
        tx.run(
            &format!("UPDATE theme_posts SET theme_id = $2, placed_at = $3{placed} WHERE topic_id = $1"),
            params![*topic, theme, now],
        )?;
    }
    Ok(())
}

pub(super) fn set_kind(tx: &mut Tx<'_>, topics: &[TopicId], kind: Kind) -> Result<()> {
    for topic in topics {
        tx.run(
            "UPDATE theme_posts SET kind = $2, kind_by = 'person' WHERE topic_id = $1",
            params![*topic, kind.as_str()],
        )?;
    }
    Ok(())
}

pub(super) fn keep_apart(tx: &mut Tx<'_>, one: ThemeId, other: ThemeId) -> Result<()> {
    tx.run(
        "INSERT INTO themes_parted (one_id, other_id) VALUES ($1, $2) ON CONFLICT (one_id, other_id) DO NOTHING",
        params![one.min(other), one.max(other)],
    )
    .map(drop)
}

/// A person joins what was parted.
pub(super) fn let_together(tx: &mut Tx<'_>, one: ThemeId, other: ThemeId) -> Result<()> {
    tx.run(
        "DELETE FROM themes_parted WHERE one_id = $1 AND other_id = $2",
        params![one.min(other), one.max(other)],
    )
    .map(drop)
}

/// An entry for a theme's history.
pub(super) struct NewStep<'a> {
    pub theme: ThemeId,
    pub act: Act,
    pub actor: Option<PersonId>,
    pub why: &'a str,
    pub other: Option<ThemeId>,
    pub topics: &'a [TopicId],
}

pub(super) fn add_step(tx: &mut Tx<'_>, step: &NewStep<'_>) -> Result<EntryId> {
    let (id, now) = (EntryId(tx.mint()), tx.now());
    let topics = serde_json::to_string(step.topics).map_err(Error::internal)?;
    tx.run(
        "INSERT INTO theme_steps (id, theme_id, act, actor_id, why, other_id, topics, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![id, step.theme, step.act.as_str(), step.actor, step.why, step.other, topics, now],
    )?;
    Ok(id)
}

fn step(row: &Row) -> Result<Step> {
    let other: Option<ThemeId> = row.get("other_id")?;
    let other_name: Option<String> = row.get("other_name")?;
    Ok(Step {
        id: row.get("id")?,
        theme: row.get("theme_id")?,
        act: row.word("act")?,
        actor: row.get("actor_name")?,
        why: row.get("why")?,
        other: other.zip(other_name),
        topics: row.json("topics")?,
        at: row.get("at")?,
        undone_at: row.get("undone_at")?,
    })
}

const STEP: &str = "SELECT s.*, w.name AS actor_name, o.name AS other_name FROM theme_steps s
     LEFT JOIN people w ON w.id = s.actor_id LEFT JOIN themes o ON o.id = s.other_id";

/// The history, latest first.
pub(super) fn steps(tx: &mut Tx<'_>, theme: ThemeId, limit: usize) -> Result<Vec<Step>> {
    tx.all(&format!("{STEP} WHERE s.theme_id = $1 ORDER BY s.id DESC LIMIT $2"), params![theme, limit], step)
}

pub(super) fn find_step(tx: &mut Tx<'_>, id: EntryId) -> Result<Step> {
    tx.first(&format!("{STEP} WHERE s.id = $1"), params![id], step)?
        .ok_or_else(|| Error::not_found("This step is not in the history."))
}

pub(super) fn undo_step(tx: &mut Tx<'_>, id: EntryId) -> Result<()> {
    let now = tx.now();
    tx.run_one(
        "UPDATE theme_steps SET undone_at = $2 WHERE id = $1 AND undone_at IS NULL",
        params![id, now],
        "Somebody took this back a moment ago.",
    )
}

pub(super) fn told(tx: &mut Tx<'_>, theme: ThemeId) -> Result<Vec<(PersonId, Timestamp)>> {
    tx.all(
        "SELECT COALESCE(w.merged_into, w.id) AS person_id, t.told_at FROM theme_told t
         JOIN people w ON w.id = t.person_id WHERE t.theme_id = $1",
        params![theme],
        |row| Ok((row.get("person_id")?, row.get("told_at")?)),
    )
}

pub(super) fn add_told(
    tx: &mut Tx<'_>,
    theme: ThemeId,
    person: PersonId,
    by: PersonId,
    post: Option<PostId>,
) -> Result<bool> {
    let now = tx.now();
    let added = tx.run(
        "INSERT INTO theme_told (theme_id, person_id, told_by, post_id, told_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (theme_id, person_id) DO NOTHING",
        params![theme, person, by, post, now],
    )?;
    Ok(added == 1)
}

/// Asked for again: who was told of an end that was none is to be told anew.
pub(super) fn forget_told(tx: &mut Tx<'_>, theme: ThemeId) -> Result<()> {
    tx.run("DELETE FROM theme_told WHERE theme_id = $1", params![theme]).map(drop)
}

/// Themes by their ids.
pub(crate) fn find_all(tx: &mut Tx<'_>, ids: &[ThemeId]) -> Result<Vec<Theme>> {
    let mut all = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let sql = format!("SELECT * FROM themes WHERE id IN ({})", placeholders(1, chunk.len()));
        let values: Vec<mainstreet_db::Value> = chunk.iter().map(|id| (*id).into()).collect();
        all.extend(tx.all(&sql, &values, theme)?);
    }
    Ok(all)
}
