//! Every SQL string about posts that change their topic.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{PersonId, PostId, SplitId, TopicId};
use mainstreet_kernel::{Error, Result, Timestamp};

use super::{Before, Split, Stood};
use crate::posts::Post;
use crate::topics::Topic;

const SPLIT: &str = "SELECT x.*, f.title AS from_title, t.title AS to_title FROM topic_splits x
     JOIN topics f ON f.id = x.from_id JOIN topics t ON t.id = x.to_id";

fn split(row: &Row) -> Result<Split> {
    Ok(Split {
        id: row.get("id")?,
        from: row.get("from_id")?,
        from_title: row.get("from_title")?,
        to: row.get("to_id")?,
        to_title: row.get("to_title")?,
        new_topic: row.get("new_topic")?,
        first_number: row.get("first_number")?,
        moved: row.get("moved")?,
        why: row.get("why")?,
        at: row.get("at")?,
        undone_at: row.get("undone_at")?,
        before: row.get("before")?,
    })
}

/// One split.
pub fn find(tx: &mut Tx<'_>, id: SplitId) -> Result<Split> {
    tx.first(&format!("{SPLIT} WHERE x.id = $1"), params![id], split)?
        .ok_or_else(|| Error::not_found("There was no such split."))
}

/// The splits that a topic is a side of, oldest first, without those taken back.
pub fn of_topic(tx: &mut Tx<'_>, topic: TopicId) -> Result<Vec<Split>> {
    tx.all(
        &format!("{SPLIT} WHERE (x.from_id = $1 OR x.to_id = $1) AND x.undone_at IS NULL ORDER BY x.id"),
        params![topic],
        split,
    )
}

/// Replies of a topic that may be moved, in the order of their numbers: at most 500.
pub fn candidates(tx: &mut Tx<'_>, topic: TopicId) -> Result<Vec<Post>> {
    let ids = tx.all(
        "SELECT id FROM posts WHERE topic_id = $1 AND number > 1 ORDER BY number LIMIT 500",
        params![topic],
        |row| row.get::<PostId>("id"),
    )?;
    let mut posts = crate::posts::store::find_all(tx, &ids)?;
    posts.sort_by_key(|post| post.number);
    Ok(posts)
}

/// What a new row holds.
pub(super) struct New<'a> {
    pub from: TopicId,
    pub to: TopicId,
    pub new_topic: bool,
    pub first_number: i64,
    pub moved: i64,
    pub before: String,
    pub why: &'a str,
    pub by: PersonId,
}

pub(super) fn insert(tx: &mut Tx<'_>, new: &New<'_>) -> Result<SplitId> {
    let (id, now) = (SplitId(tx.mint()), tx.now());
    tx.run(
        "INSERT INTO topic_splits (id, from_id, to_id, new_topic, first_number, moved, before, why, by_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            id,
            new.from,
            new.to,
            new.new_topic,
            new.first_number,
            new.moved,
            new.before.as_str(),
            new.why,
            new.by,
            now
        ],
    )?;
    Ok(id)
}

pub(super) fn mark_undone(tx: &mut Tx<'_>, id: SplitId) -> Result<()> {
    let now = tx.now();
    tx.run_one(
        "UPDATE topic_splits SET undone_at = $2 WHERE id = $1 AND undone_at IS NULL",
        params![id, now],
        "This was taken back already.",
    )
}

/// Gives posts their place at the end of the other topic. Answers that would reach across topics end.
pub(super) fn carry(tx: &mut Tx<'_>, source: &Topic, target: &Topic, chosen: &[Post]) -> Result<Before> {
    let mut before = Before::default();
    let numbers: Vec<i64> = chosen.iter().map(|post| post.number).collect();
    let mut number = target.post_count;
    for post in chosen {
        number += 1;
        before.moved.push(Stood {
            post: post.id,
            number: post.number,
            reply_to: post.reply_to,
            became: number,
        });
    }
    let staying = tx.all(
        "SELECT id, number, reply_to FROM posts WHERE topic_id = $1 AND reply_to IS NOT NULL ORDER BY number",
        params![source.id],
        |row| Ok((row.get::<PostId>("id")?, row.get::<i64>("number")?, row.get::<i64>("reply_to")?)),
    )?;
    for (post, own, answered) in staying {
        if numbers.contains(&answered) && !numbers.contains(&own) {
            before.answered.push((post, answered));
            tx.run("UPDATE posts SET reply_to = NULL WHERE id = $1", params![post])?;
        }
    }
    place_there(tx, target.id, &before)?;
    tx.run("UPDATE topics SET post_count = $2 WHERE id = $1", params![target.id, number])?;
    follow(tx, &before, target.id)?;
    count_answers(tx, source.id)?;
    count_answers(tx, target.id)?;
    Ok(before)
}

fn place_there(tx: &mut Tx<'_>, target: TopicId, before: &Before) -> Result<()> {
    for stood in &before.moved {
        let within = before.moved.iter().find(|other| Some(other.number) == stood.reply_to);
        let answers = within.map(|other| other.became);
        place(tx, stood.post, target, stood.became, answers)?;
    }
    Ok(())
}

/// Puts posts where they stood before they were moved back.
pub(super) fn carry_again(tx: &mut Tx<'_>, split: &Split, before: &Before) -> Result<()> {
    for (post, _) in &before.answered {
        tx.run("UPDATE posts SET reply_to = NULL WHERE id = $1", params![*post])?;
    }
    place_there(tx, split.to, before)?;
    follow(tx, before, split.to)?;
    if let (true, Some(first)) = (split.new_topic, before.moved.first()) {
        tx.run(
            "UPDATE topics SET state = 'published', first_post_id = $2 WHERE id = $1",
            params![split.to, first.post],
        )?;
    }
    Ok(())
}

/// Splits that were made or taken back after a time.
pub(super) fn since(tx: &mut Tx<'_>, at: Timestamp) -> Result<Vec<Split>> {
    tx.all(&format!("{SPLIT} WHERE x.at > $1 OR x.undone_at > $1 ORDER BY x.id"), params![at], split)
}

/// Forgets splits made after a time, with topics opened for them, and that others were taken back.
pub(super) fn forget(tx: &mut Tx<'_>, at: Timestamp) -> Result<()> {
    let opened = tx.all(
        "SELECT to_id FROM topic_splits WHERE at > $1 AND new_topic = 1
           AND NOT EXISTS (SELECT 1 FROM posts p WHERE p.topic_id = to_id)",
        params![at],
        |row| row.get::<TopicId>("to_id"),
    )?;
    tx.run("DELETE FROM topic_splits WHERE at > $1", params![at])?;
    tx.run("UPDATE topic_splits SET undone_at = NULL WHERE undone_at > $1", params![at])?;
    for topic in opened {
        tx.run("DELETE FROM topic_tags WHERE topic_id = $1", params![topic])?;
        tx.run("DELETE FROM reading WHERE topic_id = $1", params![topic])?;
        tx.run("DELETE FROM topics WHERE id = $1", params![topic])?;
    }
    Ok(())
}

pub(super) fn carry_back(tx: &mut Tx<'_>, source: &Topic, target: &Topic, before: &Before) -> Result<()> {
    let staying = tx.all(
        "SELECT id, number, reply_to FROM posts WHERE topic_id = $1 AND reply_to IS NOT NULL",
        params![target.id],
        |row| Ok((row.get::<PostId>("id")?, row.get::<i64>("reply_to")?)),
    )?;
    for (post, answered) in staying {
        let goes = |number: i64| before.moved.iter().any(|stood| stood.became == number);
        let moved = before.moved.iter().any(|stood| stood.post == post);
        if goes(answered) && !moved {
            tx.run("UPDATE posts SET reply_to = NULL WHERE id = $1", params![post])?;
        }
    }
    for stood in &before.moved {
        place(tx, stood.post, source.id, stood.number, stood.reply_to)?;
    }
    for (post, answered) in &before.answered {
        tx.run("UPDATE posts SET reply_to = $2 WHERE id = $1", params![*post, *answered])?;
    }
    follow(tx, before, source.id)?;
    count_answers(tx, source.id)?;
    count_answers(tx, target.id)
}

fn place(tx: &mut Tx<'_>, post: PostId, topic: TopicId, number: i64, answers: Option<i64>) -> Result<()> {
    tx.run(
        "UPDATE posts SET topic_id = $2, number = $3, reply_to = $4 WHERE id = $1",
        params![post, topic, number, answers],
    )
    .map(drop)
}

/// What hangs on posts by their topic goes with them.
fn follow(tx: &mut Tx<'_>, before: &Before, topic: TopicId) -> Result<()> {
    for stood in &before.moved {
        tx.run("UPDATE notifications SET topic_id = $2 WHERE post_id = $1", params![stood.post, topic])?;
    }
    Ok(())
}

fn count_answers(tx: &mut Tx<'_>, topic: TopicId) -> Result<()> {
    tx.run(
        "UPDATE posts SET reply_count = (SELECT COUNT(*) FROM posts r WHERE r.topic_id = posts.topic_id
           AND r.reply_to = posts.number AND r.state = 'published') WHERE topic_id = $1",
        params![topic],
    )
    .map(drop)
}

pub(super) fn forget_first(tx: &mut Tx<'_>, topic: TopicId) -> Result<()> {
    tx.run("UPDATE topics SET first_post_id = NULL, post_count = 0 WHERE id = $1", params![topic])?;
    tx.run("DELETE FROM reading WHERE topic_id = $1", params![topic]).map(drop)
}
