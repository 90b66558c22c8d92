//! Steps that wait, and drafts in items.

use mainstreet_db::{Tx, params};
use mainstreet_kernel::id::{EntryId, PersonId, PostId, SignalId, TopicId};
use mainstreet_kernel::{Result, Timestamp};

use crate::rules::model::{Draft, Hit};
use crate::rules::waits::Waiting;

/// A step waits until `due`; twice is once.
pub(in crate::rules) fn add(tx: &mut Tx<'_>, hit: &Hit, step: usize, due: Timestamp) -> Result<()> {
    let id = EntryId(tx.mint());
    tx.run(
        "INSERT INTO rule_waits (id, hit_id, rule_id, step, due_at, state) VALUES ($1, $2, $3, $4, $5, 'waiting')
         ON CONFLICT (hit_id, step) DO NOTHING",
        params![id, hit.id, hit.rule, step, due],
    )
    .map(drop)
}

pub(in crate::rules) fn due(tx: &mut Tx<'_>, most: usize) -> Result<Vec<Waiting>> {
    let now = tx.now();
    tx.all(
        "SELECT id, hit_id, rule_id, step FROM rule_waits WHERE state = 'waiting' AND due_at <= $1
         ORDER BY due_at, id LIMIT $2",
        params![now, most],
        |row| {
            Ok(Waiting {
                id: row.get("id")?,
                hit: row.get("hit_id")?,
                rule: row.get("rule_id")?,
                step: usize::try_from(row.get::<i64>("step")?).unwrap_or(0),
            })
        },
    )
}

pub(in crate::rules) fn end(tx: &mut Tx<'_>, id: EntryId, state: &str, why: &str) -> Result<()> {
    let now = tx.now();
    tx.run_one(
        "UPDATE rule_waits SET state = $2, why = $3, ended_at = $4 WHERE id = $1 AND state = 'waiting'",
        params![id, state, why, now],
        "This step was done a moment ago.",
    )
    .map(drop)
}

/// True when nobody can read the post. What a rule itself hides until a person has looked is still there.
pub(in crate::rules) fn gone(tx: &mut Tx<'_>, post: PostId) -> Result<bool> {
    let there =
        tx.count("SELECT COUNT(*) AS n FROM posts WHERE id = $1 AND state <> 'deleted'", params![post])?;
    Ok(there == 0)
}

/// True when somebody other than `author` has written in a conversation after `since`.
pub(in crate::rules) fn answered(
    tx: &mut Tx<'_>,
    topic: TopicId,
    author: Option<PersonId>,
    since: Timestamp,
) -> Result<bool> {
    let n = tx.count(
        "SELECT COUNT(*) AS n FROM posts WHERE topic_id = $1 AND person_id <> $2 AND created_at > $3
           AND state = 'published' AND number > 1",
        params![topic, author.map_or(0, |person| person.0), since],
    )?;
    Ok(n > 0)
}

/// The item that is open about a post's conversation.
pub(in crate::rules) fn item_of(tx: &mut Tx<'_>, post: PostId) -> Result<Option<SignalId>> {
    tx.first(
        "SELECT s.id FROM signals s WHERE s.state NOT IN ('resolved', 'closed', 'dismissed', 'merged')
           AND (s.post_id = $1 OR s.topic_id = (SELECT p.topic_id FROM posts p WHERE p.id = $1))
         ORDER BY CASE WHEN s.post_id = $1 THEN 0 ELSE 1 END, s.id DESC LIMIT 1",
        params![post],
        |row| row.get("id"),
    )
}

/// Puts a draft into an item: rule, template and text.
pub(in crate::rules) fn add_draft(
    tx: &mut Tx<'_>,
    (signal, hit): (SignalId, EntryId),
    (rule, template, body): (&str, &str, &str),
) -> Result<()> {
    let (id, now) = (EntryId(tx.mint()), tx.now());
    tx.run(
        "INSERT INTO reply_drafts (id, signal_id, hit_id, rule, template, body, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (signal_id, hit_id, template) DO NOTHING",
        params![id, signal, hit, rule, template, body, now],
    )
    .map(drop)
}

/// The drafts that rules put into an item, the latest first.
pub(in crate::rules) fn drafts(tx: &mut Tx<'_>, signal: SignalId) -> Result<Vec<Draft>> {
    tx.all(
        "SELECT rule, template, body, at FROM reply_drafts WHERE signal_id = $1 ORDER BY id DESC LIMIT 5",
        params![signal],
        |row| {
            Ok(Draft {
                rule: row.get("rule")?,
                template: row.get("template")?,
                body: row.get("body")?,
                at: row.get("at")?,
            })
        },
    )
}
