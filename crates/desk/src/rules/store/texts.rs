//! Rules, their versions and what they may do.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{EntryId, RuleId};
use mainstreet_kernel::{Error, Result, Timestamp};

use crate::rules::model::{Kept, Turn, Version};

const COLUMNS: &str = "r.id, r.name, r.place, r.version, r.mode, r.mode_since, r.watched_from, r.owner,
  r.review_at, r.expires_at, r.changed_at, v.text";
const FROM: &str = "rules r JOIN rule_versions v ON v.rule_id = r.id AND v.version = r.version";

fn kept(row: &Row) -> Result<Kept> {
    Ok(Kept {
        id: row.get("id")?,
        name: row.get("name")?,
        place: row.get("place")?,
        version: row.get("version")?,
        mode: row.word("mode")?,
        mode_since: row.get("mode_since")?,
        watched_from: row.get("watched_from")?,
        owner: row.get("owner")?,
        review_at: row.get("review_at")?,
        expires_at: row.get("expires_at")?,
        changed_at: row.get("changed_at")?,
        text: row.get("text")?,
    })
}

/// All rules in their order.
pub(in crate::rules) fn all(tx: &mut Tx<'_>) -> Result<Vec<Kept>> {
    tx.all(&format!("SELECT {COLUMNS} FROM {FROM} ORDER BY r.place, r.id"), &[], kept)
}

/// One rule.
pub(in crate::rules) fn find(tx: &mut Tx<'_>, id: RuleId) -> Result<Kept> {
    tx.first(&format!("SELECT {COLUMNS} FROM {FROM} WHERE r.id = $1"), params![id], kept)?
        .ok_or_else(|| Error::not_found("There is no such rule."))
}

/// The rule of this name, in whatever case.
pub(in crate::rules) fn named(tx: &mut Tx<'_>, folded: &str) -> Result<Option<Kept>> {
    tx.first(&format!("SELECT {COLUMNS} FROM {FROM} WHERE r.name_folded = $1"), params![folded], kept)
}

pub(in crate::rules) fn last_place(tx: &mut Tx<'_>) -> Result<i64> {
    tx.count("SELECT MAX(place) AS n FROM rules", &[])
}

/// Writes a rule's row, new or changed.
pub(in crate::rules) fn put(tx: &mut Tx<'_>, rule: &Kept, folded: &str) -> Result<()> {
    tx.run(
        "INSERT INTO rules (id, name, name_folded, place, version, mode, mode_since, watched_from, owner, review_at,
           expires_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (id) DO UPDATE SET name = $2, name_folded = $3, place = $4, version = $5, mode = $6,
           mode_since = $7, watched_from = $8, owner = $9, review_at = $10, expires_at = $11, changed_at = $12",
        params![
            rule.id,
            &rule.name,
            folded,
            rule.place,
            rule.version,
            rule.mode.as_str(),
            rule.mode_since,
            rule.watched_from,
            &rule.owner,
            rule.review_at,
            rule.expires_at,
            rule.changed_at
        ],
    )
    .map(drop)
}

pub(in crate::rules) fn add_version(tx: &mut Tx<'_>, rule: RuleId, version: &Version) -> Result<()> {
    tx.run(
        "INSERT INTO rule_versions (rule_id, version, text, author_id, at) VALUES ($1, $2, $3, $4, $5)",
        params![rule, version.version, &version.text, version.author, version.at],
    )
    .map(drop)
}

/// Every text it had, the latest first.
pub(in crate::rules) fn versions(tx: &mut Tx<'_>, rule: RuleId) -> Result<Vec<Version>> {
    tx.all(
        "SELECT version, text, author_id, at FROM rule_versions WHERE rule_id = $1 ORDER BY version DESC",
        params![rule],
        |row| {
            Ok(Version {
                version: row.get("version")?,
                text: row.get("text")?,
                author: row.get("author_id")?,
                at: row.get("at")?,
            })
        },
    )
}

pub(in crate::rules) fn add_turn(tx: &mut Tx<'_>, rule: RuleId, turn: &Turn) -> Result<()> {
    let id = EntryId(tx.mint());
    tx.run(
        "INSERT INTO rule_turns (id, rule_id, version, was, became, actor_id, why, overrides, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            id,
            rule,
            turn.version,
            turn.was.as_str(),
            turn.became.as_str(),
            turn.actor,
            &turn.why,
            turn.overrides,
            turn.at
        ],
    )
    .map(drop)
}

/// Every change of mode, the latest first.
pub(in crate::rules) fn turns(tx: &mut Tx<'_>, rule: RuleId) -> Result<Vec<Turn>> {
    tx.all(
        "SELECT version, was, became, actor_id, why, overrides, at FROM rule_turns WHERE rule_id = $1
         ORDER BY id DESC",
        params![rule],
        |row| {
            Ok(Turn {
                version: row.get("version")?,
                was: row.word("was")?,
                became: row.word("became")?,
                actor: row.get("actor_id")?,
                why: row.get("why")?,
                overrides: row.get("overrides")?,
                at: row.get("at")?,
            })
        },
    )
}

/// How far something has come.
pub(in crate::rules) fn mark(tx: &mut Tx<'_>, name: &str) -> Result<Option<Timestamp>> {
    tx.first("SELECT at FROM rule_marks WHERE name = $1", params![name], |row| row.get("at"))
}

/// The marks whose names begin like this.
pub(in crate::rules) fn marks_like(tx: &mut Tx<'_>, start: &str) -> Result<Vec<String>> {
    let all: Vec<String> = tx.all("SELECT name FROM rule_marks ORDER BY name", &[], |row| row.get("name"))?;
    Ok(all.into_iter().filter(|name| name.starts_with(start)).collect())
}

/// How far it is now; nothing: the mark goes.
pub(in crate::rules) fn set_mark(tx: &mut Tx<'_>, name: &str, at: Option<Timestamp>) -> Result<()> {
    match at {
        Some(at) => tx.run(
            "INSERT INTO rule_marks (name, at) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET at = $2",
            params![name, at],
        ),
        None => tx.run("DELETE FROM rule_marks WHERE name = $1", params![name]),
    }
    .map(drop)
}

/// Names that rules may use: tags, spaces (with their slugs), titles of prepared answers, channels.
pub(in crate::rules) fn tags(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    tx.all("SELECT name FROM tags", &[], |row| row.get("name"))
}

/// Kinds of the places where conversations happen.
pub(in crate::rules) fn channels(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    tx.all("SELECT DISTINCT kind FROM accounts", &[], |row| row.get("kind"))
}
