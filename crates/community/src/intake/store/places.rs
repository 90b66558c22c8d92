use mainstreet_db::{Row, Tx, Value, params};
use mainstreet_kernel::id::{AccountId, SpaceId};
use mainstreet_kernel::{Error, Result, Timestamp, Visibility};

use super::super::model::{Counted, Place};
use super::in_parts;

/// The account of this kind and name. Names are unique among all kinds, so one that another kind has carries its
/// kind with it.
pub(in super::super) fn account(tx: &mut Tx<'_>, kind: &str, name: &str) -> Result<Option<AccountId>> {
    let also = with_kind(kind, name);
    tx.first(
        "SELECT id FROM accounts WHERE kind = $1 AND name IN ($2, $3) ORDER BY id LIMIT 1",
        params![kind, name, also],
        |row| row.get("id"),
    )
}

fn with_kind(kind: &str, name: &str) -> String {
    format!("{name} ({kind})")
}

pub(in super::super) fn add_account(tx: &mut Tx<'_>, id: AccountId, kind: &str, name: &str) -> Result<()> {
    let taken = tx.count("SELECT COUNT(*) AS n FROM accounts WHERE name = $1", params![name])? > 0;
    let name = if taken { with_kind(kind, name) } else { name.to_owned() };
    let now = tx.now();
    tx.run_one(
        "INSERT INTO accounts (id, kind, name, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO NOTHING",
        params![id, kind, name, now],
        "Another import is making this account just now. Start again in a moment.",
    )
}

/// A space to open.
pub(in super::super) struct NewSpace<'a> {
    pub(in super::super) id: SpaceId,
    pub(in super::super) account: AccountId,
    pub(in super::super) external_id: &'a str,
    pub(in super::super) slug: &'a str,
    pub(in super::super) name: &'a str,
    pub(in super::super) description: &'a str,
    pub(in super::super) kind: &'static str,
    pub(in super::super) visibility: Visibility,
    pub(in super::super) hue: i64,
    pub(in super::super) created_at: Timestamp,
}

pub(in super::super) fn add_space(tx: &mut Tx<'_>, space: &NewSpace<'_>) -> Result<()> {
    let position = tx.count("SELECT COALESCE(MAX(position), 0) + 1 AS n FROM spaces", &[])?;
    tx.run(
        "INSERT INTO spaces (id, account_id, external_id, slug, name, description, kind, visibility, hue, position,
           created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            space.id,
            space.account,
            space.external_id,
            space.slug,
            space.name,
            space.description,
            space.kind,
            space.visibility,
            space.hue,
            position,
            space.created_at,
        ],
    )
    .map(drop)
}

fn read_place(row: &Row) -> Result<Place> {
    Ok(Place {
        space: row.get("id")?,
        visibility: row.word("visibility")?,
        questions: row.get::<String>("kind")? == "questions",
    })
}

/// Spaces of an account: external id, name, and what a batch needs.
pub(in super::super) fn spaces(
    tx: &mut Tx<'_>,
    account: AccountId,
    ids: &[&str],
) -> Result<Vec<(String, String, Place)>> {
    let mut found = Vec::new();
    in_parts(tx, ids, 2, |tx, marks, values| {
        let sql = format!(
            "SELECT external_id, name, id, visibility, kind FROM spaces
             WHERE account_id = $1 AND external_id IN ({marks})"
        );
        let mut all: Vec<Value> = vec![account.into()];
        all.extend_from_slice(values);
        found.extend(
            tx.all(&sql, &all, |row| Ok((row.get("external_id")?, row.get("name")?, read_place(row)?)))?,
        );
        Ok(())
    })?;
    Ok(found)
}

pub(in super::super) fn space_by_slug(tx: &mut Tx<'_>, slug: &str) -> Result<Option<SpaceId>> {
    tx.first("SELECT id FROM spaces WHERE slug = $1", params![slug], |row| row.get("id"))
}

pub(in super::super) fn place(tx: &mut Tx<'_>, space: SpaceId) -> Result<Place> {
    tx.one("SELECT id, visibility, kind FROM spaces WHERE id = $1", params![space], read_place)
}

/// `wanted`, `wanted-also`, `wanted-also-2` …: the first address that no space has.
pub(in super::super) fn free_slug(tx: &mut Tx<'_>, wanted: &str, also: &str) -> Result<String> {
    for number in 0..10_000 {
        let slug = match number {
            0 => wanted.to_owned(),
            1 => format!("{wanted}-{also}"),
            more => format!("{wanted}-{also}-{more}"),
        };
        if space_by_slug(tx, &slug)?.is_none() {
            return Ok(slug);
        }
    }
    Err(Error::conflict("Too many spaces have this name. Rename some of them, then start again."))
}

pub(in super::super) fn rename_space(
    tx: &mut Tx<'_>,
    id: SpaceId,
    name: &str,
    description: &str,
) -> Result<()> {
    let description = mainstreet_kernel::text::excerpt(description, 500);
    tx.run("UPDATE spaces SET name = $2, description = $3 WHERE id = $1", params![id, name, description])
        .map(drop)
}

pub(in super::super) fn count_space(tx: &mut Tx<'_>, id: SpaceId, counted: Counted) -> Result<()> {
    tx.run(
        "UPDATE spaces SET topic_count = topic_count + $2, post_count = post_count + $3 WHERE id = $1",
        params![id, counted.topics, counted.posts],
    )
    .map(drop)
}

/// Spaces of this account alone in which answers were accepted ask questions.
pub(in super::super) fn set_question_spaces(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    tx.run(
        "UPDATE spaces SET kind = 'questions' WHERE account_id = $1 AND kind = 'discussion' AND EXISTS
           (SELECT 1 FROM topics t WHERE t.space_id = spaces.id AND t.accepted_post_id IS NOT NULL)",
        params![account],
    )
    .map(drop)
}
