//! Every SQL string about restrictions.

use std::collections::HashMap;

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{PersonId, PostId, SpaceId, TopicId};
use mainstreet_kernel::{Result, Role, Timestamp};

use super::person_state::Stands;
use crate::store::{list, marks};

fn stands(row: &Row) -> Result<Stands> {
    Ok(Stands { standing: row.word("standing")?, until: row.get("until_at")?, why: row.get("why")? })
}

pub(super) fn standing(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<Stands>> {
    tx.first(
        "SELECT standing, until_at, why FROM member_standings WHERE person_id = $1",
        params![person],
        stands,
    )
}

pub(super) fn set_standing(tx: &mut Tx<'_>, person: PersonId, to: Option<&Stands>) -> Result<()> {
    match to {
        None => tx.run("DELETE FROM member_standings WHERE person_id = $1", params![person]),
        Some(to) => tx.run(
            "INSERT INTO member_standings (person_id, standing, until_at, why) VALUES ($1, $2, $3, $4)
             ON CONFLICT (person_id) DO UPDATE SET standing = excluded.standing, until_at = excluded.until_at,
               why = excluded.why",
            params![person, to.standing.as_str(), to.until, &to.why],
        ),
    }
    .map(drop)
}

/// Members who are restricted now, latest first.
pub fn restricted(tx: &mut Tx<'_>) -> Result<Vec<(PersonId, Stands)>> {
    let now = tx.now();
    tx.all(
        "SELECT person_id, standing, until_at, why FROM member_standings WHERE until_at IS NULL OR until_at > $1
         ORDER BY person_id DESC LIMIT 500",
        params![now],
        |row| Ok((row.get("person_id")?, stands(row)?)),
    )
}

/// Posts that wait until somebody has looked at them, oldest first.
pub fn held_posts(tx: &mut Tx<'_>, limit: usize) -> Result<Vec<PostId>> {
    tx.all("SELECT id FROM posts WHERE state = 'held' ORDER BY id LIMIT $1", params![limit], |row| {
        row.get("id")
    })
}

pub(super) fn role(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<Role>> {
    tx.first("SELECT role FROM members WHERE person_id = $1", params![person], |row| row.word("role"))
}

/// How far apart replies must be now, in milliseconds.
pub fn slow_of(tx: &mut Tx<'_>, topic: TopicId) -> Result<Option<i64>> {
    let now = tx.now();
    Ok(limit_of(tx, topic)?.filter(|limit| limit.1.is_none_or(|until| until > now)).map(|limit| limit.0))
}

pub(super) fn limit_of(tx: &mut Tx<'_>, topic: TopicId) -> Result<Option<(i64, Option<Timestamp>)>> {
    tx.first("SELECT every, until_at FROM topic_limits WHERE topic_id = $1", params![topic], |row| {
        Ok((row.get("every")?, row.get("until_at")?))
    })
}

pub(super) fn set_slow(tx: &mut Tx<'_>, topic: TopicId, to: Option<(i64, Option<Timestamp>)>) -> Result<()> {
    match to {
        None => tx.run("DELETE FROM topic_limits WHERE topic_id = $1", params![topic]),
        Some((every, until)) => tx.run(
            "INSERT INTO topic_limits (topic_id, every, until_at) VALUES ($1, $2, $3)
             ON CONFLICT (topic_id) DO UPDATE SET every = excluded.every, until_at = excluded.until_at",
            params![topic, every, until],
        ),
    }
    .map(drop)
}

/// When a locked topic opens by itself.
pub fn lock_of(tx: &mut Tx<'_>, topic: TopicId) -> Result<Option<Timestamp>> {
    tx.first("SELECT until_at FROM topic_locks WHERE topic_id = $1", params![topic], |row| {
        row.get("until_at")
    })
}

pub(super) fn set_lock(tx: &mut Tx<'_>, topic: TopicId, until: Option<Timestamp>) -> Result<()> {
    match until {
        None => tx.run("DELETE FROM topic_locks WHERE topic_id = $1", params![topic]),
        Some(until) => tx.run(
            "INSERT INTO topic_locks (topic_id, until_at) VALUES ($1, $2)
             ON CONFLICT (topic_id) DO UPDATE SET until_at = excluded.until_at",
            params![topic, until],
        ),
    }
    .map(drop)
}

/// Locked topics whose time is over.
pub(super) fn locks_ended(tx: &mut Tx<'_>) -> Result<Vec<TopicId>> {
    let now = tx.now();
    tx.all(
        "SELECT topic_id FROM topic_locks WHERE until_at <= $1 ORDER BY topic_id LIMIT 500",
        params![now],
        |row| row.get("topic_id"),
    )
}

pub(super) fn last_reply(tx: &mut Tx<'_>, topic: TopicId, person: PersonId) -> Result<Option<Timestamp>> {
    tx.first(
        "SELECT created_at FROM posts WHERE topic_id = $1 AND person_id = $2 ORDER BY number DESC LIMIT 1",
        params![topic, person],
        |row| row.get("created_at"),
    )
}

/// The word above a post.
pub fn label_of(tx: &mut Tx<'_>, post: PostId) -> Result<Option<String>> {
    tx.first("SELECT label FROM post_labels WHERE post_id = $1", params![post], |row| row.get("label"))
}

/// The words above these posts.
pub fn labels_of(tx: &mut Tx<'_>, posts: &[PostId]) -> Result<HashMap<PostId, String>> {
    if posts.is_empty() {
        return Ok(HashMap::new());
    }
    let values = list(posts);
    let sql = format!("SELECT post_id, label FROM post_labels WHERE post_id IN ({})", marks(1, &values));
    Ok(tx.all(&sql, &values, |row| Ok((row.get("post_id")?, row.get("label")?)))?.into_iter().collect())
}

pub(super) fn set_label(tx: &mut Tx<'_>, post: PostId, label: Option<&str>) -> Result<()> {
    match label {
        None => tx.run("DELETE FROM post_labels WHERE post_id = $1", params![post]),
        Some(label) => tx.run(
            "INSERT INTO post_labels (post_id, label) VALUES ($1, $2)
             ON CONFLICT (post_id) DO UPDATE SET label = excluded.label",
            params![post, label],
        ),
    }
    .map(drop)
}

pub(super) fn moderator_spaces(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<SpaceId>> {
    tx.all(
        "SELECT space_id FROM moderator_spaces WHERE person_id = $1 ORDER BY space_id",
        params![person],
        |row| row.get("space_id"),
    )
}

pub(super) fn set_moderator_spaces(tx: &mut Tx<'_>, person: PersonId, spaces: &[SpaceId]) -> Result<()> {
    tx.run("DELETE FROM moderator_spaces WHERE person_id = $1", params![person])?;
    for space in spaces {
        tx.run(
            "INSERT INTO moderator_spaces (person_id, space_id) VALUES ($1, $2)
             ON CONFLICT (person_id, space_id) DO NOTHING",
            params![person, *space],
        )?;
    }
    Ok(())
}
