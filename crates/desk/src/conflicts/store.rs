//! Every SQL string about conflicts.

use std::collections::BTreeMap;

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{ConflictId, PersonId, PostId, SignalId, TopicId, floor};
use mainstreet_kernel::{Error, Result, Timestamp};

use super::Conflict;
use super::alarms::Raised;
use super::heat::{Input, Turn};

const CONFLICT: &str =
    "SELECT c.*, COALESCE(t.title, '') AS title FROM conflicts c LEFT JOIN topics t ON t.id = c.topic_id";

fn conflict(row: &Row) -> Result<Conflict> {
    let (topic, inputs): (TopicId, String) = (row.get("topic_id")?, row.get("inputs")?);
    Ok(Conflict {
        id: row.get("id")?,
        topic: (topic.0 != 0).then_some(topic),
        title: row.get("title")?,
        post: row.get("post_id")?,
        inputs: serde_json::from_str(&inputs).map_err(Error::internal)?,
        found_at: row.get("found_at")?,
        signal: row.get("signal_id")?,
        ended_at: row.get("ended_at")?,
        ended_why: row.get("ended_why")?,
    })
}

/// One of them.
pub fn find(tx: &mut Tx<'_>, id: ConflictId) -> Result<Conflict> {
    tx.first(&format!("{CONFLICT} WHERE c.id = $1"), params![id], conflict)?
        .ok_or_else(|| Error::not_found("There was no such conflict."))
}

/// The latest first, those that are open before the others.
pub fn list(tx: &mut Tx<'_>, limit: usize) -> Result<Vec<Conflict>> {
    tx.all(
        &format!(
            "{CONFLICT} ORDER BY CASE WHEN c.ended_at IS NULL THEN 0 ELSE 1 END, c.found_at DESC, c.id DESC LIMIT $1"
        ),
        params![limit],
        conflict,
    )
}

/// The open conflict of a conversation.
pub fn open_on(tx: &mut Tx<'_>, topic: TopicId) -> Result<Option<Conflict>> {
    tx.first(&format!("{CONFLICT} WHERE c.topic_id = $1 AND c.ended_at IS NULL"), params![topic], conflict)
}

/// The latest conflict that this item of the inbox is about.
pub fn of_signal(tx: &mut Tx<'_>, signal: SignalId) -> Result<Option<ConflictId>> {
    tx.first(
        "SELECT id FROM conflicts WHERE signal_id = $1 ORDER BY found_at DESC, id DESC LIMIT 1",
        params![signal],
        |row| row.get("id"),
    )
}

/// When the latest conflict there was found, and when it ended.
pub(super) fn latest(
    tx: &mut Tx<'_>,
    topic: Option<TopicId>,
) -> Result<Option<(Timestamp, Option<Timestamp>)>> {
    tx.first(
        "SELECT found_at, ended_at FROM conflicts WHERE topic_id = $1 ORDER BY found_at DESC, id DESC LIMIT 1",
        params![topic.unwrap_or(TopicId(0))],
        |row| Ok((row.get("found_at")?, row.get("ended_at")?)),
    )
}

/// What a new row holds.
pub(super) struct Found {
    pub topic: Option<TopicId>,
    pub post: PostId,
    pub inputs: Vec<Input>,
}

/// Nothing when one is open there.
pub(super) fn insert(tx: &mut Tx<'_>, found: &Found) -> Result<Option<ConflictId>> {
    let (id, now) = (ConflictId(tx.mint()), tx.now());
    let inputs = serde_json::to_string(&found.inputs).map_err(Error::internal)?;
    let done = tx.run(
        "INSERT INTO conflicts (id, topic_id, post_id, inputs, found_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (topic_id) WHERE ended_at IS NULL DO NOTHING",
        params![id, found.topic.unwrap_or(TopicId(0)), found.post, inputs, now],
    )?;
    Ok((done == 1).then_some(id))
}

pub(super) fn set_signal(tx: &mut Tx<'_>, id: ConflictId, signal: Option<SignalId>) -> Result<()> {
    tx.run("UPDATE conflicts SET signal_id = $2 WHERE id = $1", params![id, signal]).map(drop)
}

pub(super) fn end(tx: &mut Tx<'_>, id: ConflictId, by: Option<PersonId>, why: &str) -> Result<()> {
    let now = tx.now();
    tx.run_one(
        "UPDATE conflicts SET ended_at = $2, ended_by = $3, ended_why = $4 WHERE id = $1 AND ended_at IS NULL",
        params![id, now, by, why],
        "Somebody else has ended it already.",
    )
}

/// Conversations with a flag raised after that which was not cleared and is not for spam.
pub(super) fn with_flags(tx: &mut Tx<'_>, since: Timestamp) -> Result<Vec<TopicId>> {
    tx.all(
        "SELECT DISTINCT p.topic_id FROM flags f JOIN posts p ON p.id = f.post_id
         WHERE f.state IN ('open', 'upheld') AND f.created_at > $1 AND f.reason <> 'spam' ORDER BY p.topic_id",
        params![since],
        |row| row.get("topic_id"),
    )
}

/// Flags raised in a conversation after that, neither cleared nor for spam: when, by whom, on which post.
pub(super) fn flags_since(
    tx: &mut Tx<'_>,
    topic: TopicId,
    since: Timestamp,
) -> Result<Vec<(Timestamp, PersonId, PostId)>> {
    tx.all(
        "SELECT f.created_at, f.person_id, f.post_id FROM flags f JOIN posts p ON p.id = f.post_id
         WHERE p.topic_id = $1 AND f.created_at > $2 AND f.state <> 'cleared' AND f.reason <> 'spam'
         ORDER BY f.created_at, f.id",
        params![topic, since],
        |row| Ok((row.get("created_at")?, row.get("person_id")?, row.get("post_id")?)),
    )
}

/// A turn, with how many flags count as `n`.
fn turn(row: &Row) -> Result<Turn> {
    Ok(Turn {
        post: row.get("id")?,
        number: row.get("number")?,
        person: row.get("person_id")?,
        answers: row.get("reply_to")?,
        at: row.get("created_at")?,
        flagged: row.get::<i64>("n")? > 0,
    })
}

/// Posts of a conversation after that, in the order of their numbers, hidden ones too: they were said.
pub(super) fn turns_since(tx: &mut Tx<'_>, topic: TopicId, since: Timestamp) -> Result<Vec<Turn>> {
    let mut turns = tx.all(
        "SELECT p.id, p.number, p.person_id, p.reply_to, p.created_at,
           (SELECT COUNT(*) FROM flags f WHERE f.post_id = p.id AND f.state <> 'cleared' AND f.reason <> 'spam') AS n
         FROM posts p WHERE p.topic_id = $1 AND p.created_at > $2 AND p.person_class IN ('member', 'staff')
         ORDER BY p.number DESC LIMIT 200",
        params![topic, since],
        turn,
    )?;
    turns.reverse();
    Ok(turns)
}

/// Flags raised since then that are not for spam, cleared ones too, in the order of their times.
pub(super) fn raised_since(tx: &mut Tx<'_>, since: Timestamp) -> Result<Vec<Raised>> {
    tx.all(
        "SELECT p.topic_id, f.created_at, f.person_id, f.state FROM flags f JOIN posts p ON p.id = f.post_id
         WHERE f.created_at > $1 AND f.reason <> 'spam' ORDER BY f.created_at, f.id LIMIT 20000",
        params![since],
        |row| {
            Ok(Raised {
                topic: row.get("topic_id")?,
                at: row.get("created_at")?,
                by: row.get("person_id")?,
                cleared: row.get::<String>("state")? == "cleared",
            })
        },
    )
}

/// The turns of a conversation since then, with every flag that was raised, and without those cleared since.
pub(super) fn turns_both_ways(
    tx: &mut Tx<'_>,
    topic: TopicId,
    since: Timestamp,
) -> Result<(Vec<Turn>, Vec<Turn>)> {
    let rows = tx.all(
        "SELECT p.id, p.number, p.person_id, p.reply_to, p.created_at,
           (SELECT COUNT(*) FROM flags f WHERE f.post_id = p.id AND f.reason <> 'spam') AS n,
           (SELECT COUNT(*) FROM flags f WHERE f.post_id = p.id AND f.reason <> 'spam' AND f.state <> 'cleared') AS m
         FROM posts p WHERE p.topic_id = $1 AND p.created_at > $2 AND p.person_class IN ('member', 'staff')
         ORDER BY p.number LIMIT 500",
        params![topic, since],
        |row| {
            let turn = turn(row)?;
            Ok((turn, Turn { flagged: row.get::<i64>("m")? > 0, ..turn }))
        },
    )?;
    Ok(rows.into_iter().unzip())
}

/// Posts that people wrote since then, by day since 1970.
pub(super) fn posts_by_day(tx: &mut Tx<'_>, since: Timestamp) -> Result<BTreeMap<i64, u64>> {
    let rows = tx.all(
        "SELECT created_at / 86400000 AS day, COUNT(*) AS n FROM posts
         WHERE created_at > $1 AND person_class IN ('member', 'staff') GROUP BY created_at / 86400000",
        params![since],
        |row| Ok((row.get::<i64>("day")?, row.get::<i64>("n")?.unsigned_abs())),
    )?;
    Ok(rows.into_iter().collect())
}

/// The texts of the last posts, the latest first.
pub(super) fn last_bodies(tx: &mut Tx<'_>, topic: TopicId, limit: usize) -> Result<Vec<String>> {
    tx.all(
        "SELECT body FROM posts WHERE topic_id = $1 ORDER BY number DESC LIMIT $2",
        params![topic, limit],
        |row| row.get("body"),
    )
}

/// Who wrote in a conversation in the day around `at`, with posts, most first.
pub fn writers(tx: &mut Tx<'_>, topic: TopicId, at: Timestamp) -> Result<Vec<(PersonId, i64)>> {
    const DAY: i64 = mainstreet_kernel::clock::DAY;
    tx.all(
        "SELECT person_id, COUNT(*) AS n FROM posts WHERE topic_id = $1 AND created_at >= $2 AND created_at <= $3
         AND person_class IN ('member', 'staff') GROUP BY person_id ORDER BY COUNT(*) DESC, person_id LIMIT 8",
        params![topic, at.plus(-DAY), at.plus(DAY)],
        |row| Ok((row.get("person_id")?, row.get("n")?)),
    )
}

/// Flags and posts of a stretch of time.
pub(super) struct Counts {
    pub flags: u64,
    pub posts: u64,
    /// The post with the most flags in it.
    pub post: Option<PostId>,
}

/// Flags that are open or upheld and not for spam, and posts that people wrote.
pub(super) fn counts(tx: &mut Tx<'_>, from: Timestamp, to: Timestamp) -> Result<Counts> {
    let flags = tx.count(
        "SELECT COUNT(*) AS n FROM flags WHERE created_at >= $1 AND created_at < $2 AND state <> 'cleared'
         AND reason <> 'spam'",
        params![from, to],
    )?;
    let posts = tx.count(
        "SELECT COUNT(*) AS n FROM posts WHERE id >= $1 AND id < $2 AND person_class IN ('member', 'staff')",
        params![floor(from), floor(to)],
    )?;
    let post = tx.first(
        "SELECT post_id, COUNT(*) AS n FROM flags WHERE created_at >= $1 AND created_at < $2 AND state <> 'cleared'
         AND reason <> 'spam' GROUP BY post_id ORDER BY COUNT(*) DESC, post_id DESC LIMIT 1",
        params![from, to],
        |row| row.get("post_id"),
    )?;
    Ok(Counts { flags: flags.unsigned_abs(), posts: posts.unsigned_abs(), post })
}
