//! Every SQL string about posts, their revisions and mentions.

use std::collections::HashMap;

use mainstreet_db::{Row, Tx, Value, params};
use mainstreet_kernel::id::{PersonId, PostId, TopicId};
use mainstreet_kernel::{Error, Result, Timestamp};

use super::model::{Post, ReactionCount, Revision, State, Taker};
use crate::markdown::RENDERER;
use crate::people::{self, Viewer};
use crate::store::{list, marks};

const COLUMNS: &str =
    "p.id, p.topic_id, p.account_id, p.number, p.person_id, p.person_class, p.reply_to, p.body,
    p.html, p.renderer, p.state, p.state_by, p.state_why, p.state_at, p.created_at, p.edited_at, p.version,
    p.reaction_count, p.reply_count, p.was_accepted_at, p.was_accepted_by";

fn post(row: &Row) -> Result<Post> {
    Ok(Post {
        id: row.get("id")?,
        topic: row.get("topic_id")?,
        account: row.get("account_id")?,
        number: row.get("number")?,
        person: row.get("person_id")?,
        person_class: row.word("person_class")?,
        reply_to: row.get("reply_to")?,
        body: row.get("body")?,
        html: row.get("html")?,
        renderer: row.get("renderer")?,
        state: row.word("state")?,
        state_by: row.get::<Option<String>>("state_by")?.and_then(|word| word.parse().ok()),
        state_why: row.get("state_why")?,
        state_at: row.get("state_at")?,
        created_at: row.get("created_at")?,
        edited_at: row.get("edited_at")?,
        version: row.get("version")?,
        reaction_count: row.get("reaction_count")?,
        reply_count: row.get("reply_count")?,
        was_accepted: match row.get::<Option<Timestamp>>("was_accepted_at")? {
            Some(at) => Some((at, row.get("was_accepted_by")?)),
            None => None,
        },
    })
}

/// One post.
pub fn find(tx: &mut Tx<'_>, id: PostId) -> Result<Post> {
    tx.first(&format!("SELECT {COLUMNS} FROM posts p WHERE p.id = $1"), params![id], post)?
        .ok_or_else(|| Error::not_found("There is no such post."))
}

/// Several posts, in no order; those that are not there are missing.
pub fn find_all(tx: &mut Tx<'_>, ids: &[PostId]) -> Result<Vec<Post>> {
    let mut found = Vec::with_capacity(ids.len());
    for part in ids.chunks(256) {
        let values = list(part);
        let sql = format!("SELECT {COLUMNS} FROM posts p WHERE p.id IN ({})", marks(1, &values));
        found.extend(tx.all(&sql, &values, post)?);
    }
    Ok(found)
}

/// Those of `ids` whose rendering is missing or older than the present renderer.
pub(super) fn unrendered(tx: &mut Tx<'_>, ids: &[PostId]) -> Result<Vec<PostId>> {
    let mut found = Vec::new();
    for part in ids.chunks(256) {
        let values = [vec![Value::from(RENDERER)], list(part)].concat();
        let sql = format!(
            "SELECT id FROM posts WHERE id IN ({}) AND (renderer < $1 OR (html = '' AND body <> ''))",
            mainstreet_db::placeholders(2, values.len() - 1)
        );
        found.extend(tx.all(&sql, &values, |row| row.get::<PostId>("id"))?);
    }
    Ok(found)
}

/// The post with this number in its topic.
pub fn by_number(tx: &mut Tx<'_>, topic: TopicId, number: i64) -> Result<Option<Post>> {
    let sql = format!("SELECT {COLUMNS} FROM posts p WHERE p.topic_id = $1 AND p.number = $2");
    tx.first(&sql, params![topic, number], post)
}

pub(super) fn by_form_token(tx: &mut Tx<'_>, token: &str) -> Result<Option<Post>> {
    tx.first(&format!("SELECT {COLUMNS} FROM posts p WHERE p.form_token = $1"), params![token], post)
}

/// The posts of a topic with these numbers, first and last included.
pub fn between(tx: &mut Tx<'_>, topic: TopicId, first: i64, last: i64) -> Result<Vec<Post>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM posts p WHERE p.topic_id = $1 AND p.number BETWEEN $2 AND $3 ORDER BY p.number"
    );
    tx.all(&sql, params![topic, first, last], post)
}

/// The latest published posts of all that `viewer` may see, for feeds.
pub fn latest(tx: &mut Tx<'_>, viewer: Viewer, limit: usize) -> Result<Vec<Post>> {
    let [a, b, c] = viewer.words();
    let sql = format!(
        "SELECT {COLUMNS} FROM posts p CROSS JOIN topics t CROSS JOIN spaces s
         WHERE t.id = p.topic_id AND s.id = t.space_id AND p.state = 'published' AND t.state = 'published'
           AND s.visibility IN ($1, $2, $3) ORDER BY p.id DESC LIMIT $4"
    );
    tx.all(&sql, params![a, b, c, limit], post)
}

pub(super) fn by_person(
    tx: &mut Tx<'_>,
    viewer: Viewer,
    person: PersonId,
    before: Option<PostId>,
    limit: usize,
) -> Result<Vec<Post>> {
    let [a, b, c] = viewer.words();
    let sql = format!(
        "SELECT {COLUMNS} FROM posts p CROSS JOIN topics t CROSS JOIN spaces s
         WHERE p.person_id = $1 AND p.id < $2 AND t.id = p.topic_id AND s.id = t.space_id
           AND p.state = 'published' AND t.state = 'published' AND s.visibility IN ($3, $4, $5)
         ORDER BY p.id DESC LIMIT $6"
    );
    tx.all(&sql, params![person, before.unwrap_or(PostId(i64::MAX)), a, b, c, limit], post)
}

pub(super) fn accepted_by_person(
    tx: &mut Tx<'_>,
    viewer: Viewer,
    person: PersonId,
    limit: usize,
) -> Result<Vec<Post>> {
    let [a, b, c] = viewer.words();
    let sql = format!(
        "SELECT {COLUMNS} FROM posts p CROSS JOIN topics t CROSS JOIN spaces s
         WHERE p.person_id = $1 AND t.id = p.topic_id AND t.accepted_post_id = p.id AND s.id = t.space_id
           AND p.state = 'published' AND t.state = 'published' AND s.visibility IN ($2, $3, $4)
         ORDER BY p.id DESC LIMIT $5"
    );
    tx.all(&sql, params![person, a, b, c, limit], post)
}

/// Who wrote the posts with these numbers.
pub(super) fn authors_of(tx: &mut Tx<'_>, topic: TopicId, numbers: &[i64]) -> Result<HashMap<i64, PersonId>> {
    if numbers.is_empty() {
        return Ok(HashMap::new());
    }
    let values = list(numbers);
    let sql = format!(
        "SELECT number, person_id FROM posts WHERE topic_id = $1 AND number IN ({})",
        marks(2, &values)
    );
    let params = [vec![Value::from(topic)], values].concat();
    Ok(tx.all(&sql, &params, |row| Ok((row.get("number")?, row.get("person_id")?)))?.into_iter().collect())
}

/// How people reacted to these posts, most first; whether `person` did.
pub(crate) fn reaction_counts(
    tx: &mut Tx<'_>,
    person: Option<PersonId>,
    posts: &[PostId],
) -> Result<HashMap<PostId, Vec<ReactionCount>>> {
    let mut found: HashMap<PostId, Vec<ReactionCount>> = HashMap::new();
    for part in posts.chunks(256) {
        let values = list(part);
        let sql = format!(
            "SELECT c.post_id, c.kind, c.count, CASE WHEN EXISTS (SELECT 1 FROM reactions r
               WHERE r.post_id = c.post_id AND r.kind = c.kind AND r.person_id = $1) THEN 1 ELSE 0 END AS mine
             FROM reaction_counts c WHERE c.post_id IN ({}) AND c.count > 0 ORDER BY c.count DESC, c.kind",
            marks(2, &values)
        );
        let params = [vec![Value::from(person.unwrap_or(PersonId(0)))], values].concat();
        let rows = tx.all(&sql, &params, |row| {
            let post: PostId = row.get("post_id")?;
            let (kind, count) = (row.get("kind")?, row.get("count")?);
            Ok((post, ReactionCount { kind, count, mine: row.get("mine")? }))
        })?;
        for (post, count) in rows {
            found.entry(post).or_default().push(count);
        }
    }
    Ok(found)
}

/// Who these posts mention.
pub(super) fn mentions_of(tx: &mut Tx<'_>, posts: &[PostId]) -> Result<Vec<(PostId, PersonId)>> {
    let mut found = Vec::new();
    for part in posts.chunks(256) {
        let values = list(part);
        let sql = format!("SELECT post_id, person_id FROM mentions WHERE post_id IN ({})", marks(1, &values));
        found.extend(tx.all(&sql, &values, |row| Ok((row.get("post_id")?, row.get("person_id")?)))?);
    }
    Ok(found)
}

/// What a post said before each of its edits, latest first.
pub fn revisions(tx: &mut Tx<'_>, id: PostId) -> Result<Vec<Revision>> {
    let rows = tx.all(
        "SELECT version, person_id, title, body, why, created_at FROM post_revisions WHERE post_id = $1
         ORDER BY version DESC",
        params![id],
        |row| {
            let version = row.get("version")?;
            let editor: Option<PersonId> = row.get("person_id")?;
            let (title, body, why) = (row.get("title")?, row.get("body")?, row.get("why")?);
            let replaced_at = row.get("created_at")?;
            Ok((editor, Revision { version, editor: None, title, body, why, replaced_at }))
        },
    )?;
    let editors: Vec<PersonId> = rows.iter().filter_map(|(editor, _)| *editor).collect();
    let faces = people::store::faces(tx, &editors)?;
    Ok(rows
        .into_iter()
        .map(|(editor, revision)| {
            let editor = editor.and_then(|id| faces.get(&id).cloned());
            Revision { editor, ..revision }
        })
        .collect())
}

pub(super) fn insert(tx: &mut Tx<'_>, post: &Post, form_token: Option<&str>) -> Result<()> {
    tx.run(
        "INSERT INTO posts (id, topic_id, account_id, number, person_id, person_class, reply_to, body, html, renderer,
           state, created_at, form_token) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'published', $11, $12)",
        params![
            post.id,
            post.topic,
            post.account,
            post.number,
            post.person,
            post.person_class,
            post.reply_to,
            &post.body,
            &post.html,
            post.renderer,
            post.created_at,
            form_token,
        ],
    )
    .map(drop)
}

/// Replaces whom a post mentions.
pub(super) fn set_mentions(tx: &mut Tx<'_>, post: PostId, people: &[PersonId]) -> Result<()> {
    tx.run("DELETE FROM mentions WHERE post_id = $1", params![post])?;
    add_mentions(tx, post, people)
}

/// Whom a new post mentions.
pub(super) fn add_mentions(tx: &mut Tx<'_>, post: PostId, people: &[PersonId]) -> Result<()> {
    let rows: Vec<Vec<Value>> = people.iter().map(|person| params![post, *person].to_vec()).collect();
    tx.insert_many(
        "INSERT INTO mentions (post_id, person_id)",
        &rows,
        "ON CONFLICT (post_id, person_id) DO NOTHING",
    )
    .map(drop)
}

/// A published answer to the post with this number came or went.
pub(super) fn count_reply(tx: &mut Tx<'_>, topic: TopicId, number: i64, change: i64) -> Result<()> {
    tx.run(
        "UPDATE posts SET reply_count = reply_count + $3 WHERE topic_id = $1 AND number = $2",
        params![topic, number, change],
    )
    .map(drop)
}

pub(super) fn set_body(tx: &mut Tx<'_>, id: PostId, expected: i64, body: &str, html: &str) -> Result<()> {
    let now = tx.now();
    tx.run_one(
        "UPDATE posts SET body = $3, html = $4, renderer = $5, edited_at = $6, version = version + 1
         WHERE id = $1 AND version = $2",
        params![id, expected, body, html, RENDERER, now],
        "Somebody else edited this post at the same moment. Look at their text, then save again.",
    )
}

/// Saves a rendering made since; only if the text is still the same.
pub(crate) fn set_html(tx: &mut Tx<'_>, id: PostId, version: i64, html: &str) -> Result<()> {
    tx.run(
        "UPDATE posts SET html = $3, renderer = $4 WHERE id = $1 AND version = $2",
        params![id, version, html, RENDERER],
    )
    .map(drop)
}

pub(super) fn keep_revision(
    tx: &mut Tx<'_>,
    before: &Post,
    editor: Option<PersonId>,
    title: Option<&String>,
    why: &str,
) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO post_revisions (post_id, version, person_id, title, body, why, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![before.id, before.version, editor, title, &before.body, why, now],
    )
    .map(drop)
}

/// What a version of a post says; nothing when it is not kept.
pub(crate) fn text_of_version(tx: &mut Tx<'_>, id: PostId, version: i64) -> Result<Option<String>> {
    let kept = tx.first(
        "SELECT body FROM post_revisions WHERE post_id = $1 AND version = $2",
        params![id, version],
        |row| row.get("body"),
    )?;
    if kept.is_some() {
        return Ok(kept);
    }
    tx.first("SELECT body FROM posts WHERE id = $1 AND version = $2", params![id, version], |row| {
        row.get("body")
    })
}

/// Moves a post to another state, if it is still in the one it was read in.
pub(super) fn set_state(
    tx: &mut Tx<'_>,
    post: &Post,
    to: State,
    by: Option<Taker>,
    why: Option<&str>,
) -> Result<()> {
    let at = by.map(|_| tx.now());
    tx.run_one(
        "UPDATE posts SET state = $3, state_by = $4, state_why = $5, state_at = $6 WHERE id = $1 AND state = $2",
        params![post.id, post.state.as_str(), to.as_str(), by.map(Taker::as_str), why, at],
        "Somebody else moved this post at the same moment. Look at the page again.",
    )
}

/// Who put a post where it is, why and when, as it stood before.
pub(super) fn set_mark(
    tx: &mut Tx<'_>,
    id: PostId,
    by: Option<&str>,
    why: Option<&str>,
    at: Option<Timestamp>,
) -> Result<()> {
    tx.run(
        "UPDATE posts SET state_by = $2, state_why = $3, state_at = $4 WHERE id = $1",
        params![id, by, why, at],
    )
    .map(drop)
}

/// When a post counts as edited.
pub(super) fn set_edited_at(tx: &mut Tx<'_>, id: PostId, at: Option<Timestamp>) -> Result<()> {
    tx.run("UPDATE posts SET edited_at = $2 WHERE id = $1", params![id, at]).map(drop)
}

pub(super) fn set_was_accepted(
    tx: &mut Tx<'_>,
    id: PostId,
    mark: Option<(Timestamp, Option<PersonId>)>,
) -> Result<()> {
    tx.run(
        "UPDATE posts SET was_accepted_at = $2, was_accepted_by = $3 WHERE id = $1",
        params![id, mark.map(|mark| mark.0), mark.and_then(|mark| mark.1)],
    )
    .map(drop)
}
