//! Every SQL string about what search reads.

use std::collections::HashMap;

use mainstreet_db::log::Cursor;
use mainstreet_db::{Row, Tx, log, params};
use mainstreet_kernel::id::{PersonId, PostId, SpaceId, TopicId};
use mainstreet_kernel::{Result, Timestamp, Verb};

use crate::store::{list, marks};
use crate::tags;

/// A post as it goes into the index.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) post: PostId,
    pub(super) topic: TopicId,
    pub(super) space: SpaceId,
    pub(super) author: PersonId,
    pub(super) at: Timestamp,
    pub(super) number: i64,
    pub(super) title: String,
    pub(super) body: String,
    pub(super) solved: bool,
    pub(super) tags: Vec<String>,
}

const COLUMNS: &str = "p.id, p.topic_id, t.space_id, p.person_id, p.created_at, p.number, t.title, p.body,
    CASE WHEN t.accepted_post_id IS NULL THEN 0 ELSE 1 END AS solved";
const SEEN: &str = "p.state = 'published' AND t.state = 'published'";

fn piece(row: &Row) -> Result<Piece> {
    Ok(Piece {
        post: row.get("id")?,
        topic: row.get("topic_id")?,
        space: row.get("space_id")?,
        author: row.get("person_id")?,
        at: row.get("created_at")?,
        number: row.get("number")?,
        title: row.get("title")?,
        body: row.get("body")?,
        solved: row.get("solved")?,
        tags: Vec::new(),
    })
}

/// Up to `limit` posts after this id, in the order of ids, whatever their state is (nothing where it is not
/// published), so that the caller knows where to go on.
pub(super) fn after(tx: &mut Tx<'_>, id: PostId, limit: usize) -> Result<(Vec<Piece>, Option<PostId>)> {
    let ids: Vec<PostId> =
        tx.all("SELECT id FROM posts WHERE id > $1 ORDER BY id LIMIT $2", params![id, limit], |row| {
            row.get("id")
        })?;
    Ok((of_posts(tx, &ids)?, ids.last().copied()))
}

/// Those of these posts that may be found.
pub(super) fn of_posts(tx: &mut Tx<'_>, ids: &[PostId]) -> Result<Vec<Piece>> {
    let mut found = Vec::with_capacity(ids.len());
    for part in ids.chunks(256) {
        let values = list(part);
        let sql = format!(
            "SELECT {COLUMNS} FROM posts p JOIN topics t ON t.id = p.topic_id WHERE p.id IN ({}) AND {SEEN}",
            marks(1, &values)
        );
        found.extend(tx.all(&sql, &values, piece)?);
    }
    tagged(tx, found)
}

/// The posts of this topic that may be found.
pub(super) fn of_topic(tx: &mut Tx<'_>, topic: TopicId) -> Result<Vec<Piece>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM posts p JOIN topics t ON t.id = p.topic_id WHERE p.topic_id = $1 AND {SEEN}
         ORDER BY p.number"
    );
    let found = tx.all(&sql, params![topic], piece)?;
    tagged(tx, found)
}

fn tagged(tx: &mut Tx<'_>, mut pieces: Vec<Piece>) -> Result<Vec<Piece>> {
    let mut topics: Vec<TopicId> = pieces.iter().map(|piece| piece.topic).collect();
    topics.sort_unstable();
    topics.dedup();
    let tags: HashMap<TopicId, Vec<tags::Tag>> = tags::store::of_topics(tx, &topics)?;
    for piece in &mut pieces {
        if let Some(tags) = tags.get(&piece.topic) {
            piece.tags = tags.iter().map(|tag| tag.slug.clone()).collect();
        }
    }
    Ok(pieces)
}

/// The place this database is of (0 while it has no account) and the end of its log.
pub(super) fn place(tx: &mut Tx<'_>) -> Result<(i64, Cursor)> {
    let place = tx.count("SELECT COALESCE(MIN(id), 0) AS n FROM accounts", &[])?;
    Ok((place, log::end(tx)?))
}

/// How many rows of the log with one of these verbs lie past `from`, and when the oldest of them was recorded.
pub(super) fn past(tx: &mut Tx<'_>, from: Cursor, verbs: &[Verb]) -> Result<(i64, Option<Timestamp>)> {
    let verbs: Vec<&str> = verbs.iter().map(|verb| verb.as_str()).collect();
    let mut values = params![from.tx, from.seq].to_vec();
    let words = list(&verbs);
    let sql = format!(
        "SELECT COUNT(*) AS n, MIN(recorded_at) AS since FROM activities
         WHERE (tx > $1 OR (tx = $1 AND seq > $2)) AND verb IN ({})",
        marks(3, &words)
    );
    values.extend(words);
    tx.one(&sql, &values, |row| Ok((row.get("n")?, row.get("since")?)))
}

/// How many posts come after this one, in the order of ids.
pub(super) fn posts_after(tx: &mut Tx<'_>, id: PostId) -> Result<i64> {
    tx.count("SELECT COUNT(*) AS n FROM posts WHERE id > $1", params![id])
}
