//! Every SQL string about spaces.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{AccountId, SpaceId};
use mainstreet_kernel::{Error, Result};

use super::actions::Draft;
use super::model::Space;
use crate::people::Viewer;

const COLUMNS: &str = "id, account_id, slug, name, description, kind, visibility, hue, position, topic_count,
    post_count, created_at";

fn space(row: &Row) -> Result<Space> {
    Ok(Space {
        id: row.get("id")?,
        account: row.get("account_id")?,
        slug: row.get("slug")?,
        name: row.get("name")?,
        description: row.get("description")?,
        kind: row.word("kind")?,
        visibility: row.word("visibility")?,
        hue: row.get("hue")?,
        position: row.get("position")?,
        topic_count: row.get("topic_count")?,
        post_count: row.get("post_count")?,
        created_at: row.get("created_at")?,
    })
}

/// The spaces that `viewer` may see, in their order.
pub fn all(tx: &mut Tx<'_>, viewer: Viewer) -> Result<Vec<Space>> {
    let [a, b, c] = viewer.words();
    let sql = format!("SELECT {COLUMNS} FROM spaces WHERE visibility IN ($1, $2, $3) ORDER BY position, id");
    tx.all(&sql, params![a, b, c], space)
}

/// One space.
pub fn find(tx: &mut Tx<'_>, id: SpaceId) -> Result<Space> {
    tx.first(&format!("SELECT {COLUMNS} FROM spaces WHERE id = $1"), params![id], space)?
        .ok_or_else(|| Error::not_found("There is no such space."))
}

/// One space by its part of an address.
pub fn by_slug(tx: &mut Tx<'_>, slug: &str) -> Result<Option<Space>> {
    tx.first(&format!("SELECT {COLUMNS} FROM spaces WHERE slug = $1"), params![slug], space)
}

/// The oldest channel account of this kind.
pub fn account_of_kind(tx: &mut Tx<'_>, kind: &str) -> Result<Option<AccountId>> {
    tx.first("SELECT id FROM accounts WHERE kind = $1 ORDER BY id LIMIT 1", params![kind], |row| {
        row.get("id")
    })
}

pub(crate) fn insert_account(tx: &mut Tx<'_>, id: AccountId, kind: &str, name: &str) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO accounts (id, kind, name, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO NOTHING",
        params![id, kind, name, now],
    )
    .map(drop)
}

/// `wanted`, or `wanted-2`, `wanted-3` … : the first address that no space has.
pub fn free_slug(tx: &mut Tx<'_>, wanted: &str) -> Result<String> {
    for number in 1..10_000 {
        let slug = if number == 1 { wanted.to_owned() } else { format!("{wanted}-{number}") };
        if tx.count("SELECT COUNT(*) AS n FROM spaces WHERE slug = $1", params![slug.as_str()])? == 0 {
            return Ok(slug);
        }
    }
    Err(Error::conflict("Too many spaces have this name. Choose another."))
}

/// The place after the last.
pub fn next_position(tx: &mut Tx<'_>) -> Result<i64> {
    tx.count("SELECT COALESCE(MAX(position), 0) + 1 AS n FROM spaces", &[])
}

/// Puts a space in; `external_id` is its id on the channel it mirrors.
pub fn insert(tx: &mut Tx<'_>, space: &Space, external_id: Option<&str>) -> Result<()> {
    tx.run(
        "INSERT INTO spaces (id, account_id, external_id, slug, name, description, kind, visibility, hue, position,
           created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            space.id,
            space.account,
            external_id,
            &space.slug,
            &space.name,
            &space.description,
            space.kind.as_str(),
            space.visibility,
            space.hue,
            space.position,
            space.created_at,
        ],
    )
    .map(drop)
}

pub(crate) fn update(tx: &mut Tx<'_>, id: SpaceId, draft: &Draft) -> Result<()> {
    tx.run_one(
        "UPDATE spaces SET name = $2, description = $3, kind = $4, visibility = $5, hue = $6 WHERE id = $1",
        params![id, &draft.name, &draft.description, draft.kind.as_str(), draft.visibility, draft.hue],
        "There is no such space.",
    )
}

/// Published topics and posts came or went.
pub(crate) fn count(tx: &mut Tx<'_>, id: SpaceId, topics: i64, posts: i64) -> Result<()> {
    if (topics, posts) == (0, 0) {
        return Ok(());
    }
    tx.run(
        "UPDATE spaces SET topic_count = topic_count + $2, post_count = post_count + $3 WHERE id = $1",
        params![id, topics, posts],
    )
    .map(drop)
}
