//! Every SQL string about models and vectors.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{PersonId, PostId, SpaceId, TopicId};
use mainstreet_kernel::{Result, Timestamp};

use super::Model;
use super::models::NewModel;
use crate::store::{list, marks};

const COLUMNS: &str =
    "id, name, sha256, bytes, tokenizer, tokenizer_sha256, dims, tokens, floor, licence, licence_from,
    in_use, scanned, listed, added_at";

fn model(row: &Row) -> Result<Model> {
    Ok(Model {
        id: row.get("id")?,
        name: row.get("name")?,
        sha256: row.get("sha256")?,
        bytes: row.get("bytes")?,
        tokenizer: row.get("tokenizer")?,
        tokenizer_sha256: row.get("tokenizer_sha256")?,
        dims: row.get("dims")?,
        tokens: row.get("tokens")?,
        floor: row.get("floor")?,
        licence: row.get("licence")?,
        licence_from: row.get("licence_from")?,
        in_use: row.get("in_use")?,
        scanned: row.get("scanned")?,
        listed: row.get("listed")?,
        added_at: row.get("added_at")?,
    })
}

pub(super) fn all(tx: &mut Tx<'_>) -> Result<Vec<Model>> {
    tx.all(&format!("SELECT {COLUMNS} FROM models ORDER BY added_at DESC, id DESC"), &[], model)
}

pub(super) fn in_use(tx: &mut Tx<'_>) -> Result<Option<Model>> {
    tx.first(&format!("SELECT {COLUMNS} FROM models WHERE in_use = 1"), &[], model)
}

pub(super) fn find(tx: &mut Tx<'_>, id: i64) -> Result<Option<Model>> {
    tx.first(&format!("SELECT {COLUMNS} FROM models WHERE id = $1"), params![id], model)
}

pub(super) fn by_sha256(tx: &mut Tx<'_>, sha256: &str) -> Result<Option<Model>> {
    tx.first(&format!("SELECT {COLUMNS} FROM models WHERE sha256 = $1"), params![sha256], model)
}

pub(super) fn save(tx: &mut Tx<'_>, id: i64, new: &NewModel) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO models (id, name, sha256, bytes, tokenizer, tokenizer_sha256, dims, tokens, floor, licence,
             licence_from, in_use, scanned, listed, round, added_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, 0, 0, $12)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, licence = excluded.licence,
             licence_from = excluded.licence_from, tokens = excluded.tokens, floor = excluded.floor",
        params![
            id,
            &new.name,
            &new.sha256,
            new.bytes,
            &new.tokenizer,
            &new.tokenizer_sha256,
            new.dims,
            new.tokens,
            new.floor,
            &new.licence,
            &new.licence_from,
            now
        ],
    )
    .map(drop)
}

/// Puts this one in use and has every post asked for anew; those that have its vector keep it.
pub(super) fn choose(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    tx.run("UPDATE models SET in_use = 0 WHERE id <> $1", params![id])?;
    tx.run("UPDATE models SET in_use = 1, scanned = 0, listed = 0 WHERE id = $1", params![id]).map(drop)
}

pub(super) fn remove(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    tx.run("DELETE FROM post_vectors WHERE model_id = $1", params![id])?;
    tx.run("DELETE FROM models WHERE id = $1", params![id])?;
    // What waited for another model may have gone with them: that one asks for every post again.
    tx.run("UPDATE models SET scanned = 0, listed = 0 WHERE in_use = 1", &[]).map(drop)
}

/// Whether anybody ever added a model.
pub(super) fn any(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(tx.count("SELECT COUNT(*) AS n FROM models", &[])? > 0)
}

/// Asks for the vectors of these posts, whatever they have.
pub(super) fn ask(tx: &mut Tx<'_>, posts: &[PostId]) -> Result<()> {
    for part in posts.chunks(256) {
        let values = list(part);
        let sql = format!(
            "INSERT INTO post_vectors (post_id, due, asked, model_id, round)
             SELECT id, 1, 0, 0, 0 FROM posts WHERE id IN ({})
             ON CONFLICT (post_id) DO UPDATE SET due = 1, asked = post_vectors.asked + 1",
            marks(1, &values)
        );
        tx.run(&sql, &values)?;
    }
    Ok(())
}

/// The posts of a topic.
pub(super) fn of_topic(tx: &mut Tx<'_>, topic: TopicId) -> Result<Vec<PostId>> {
    tx.all("SELECT id FROM posts WHERE topic_id = $1", params![topic], |row| row.get("id"))
}

/// Asks for the vectors of up to `limit` posts after `from` that have none of this model; the last post looked at.
pub(super) fn ask_after(tx: &mut Tx<'_>, model: i64, from: i64, limit: usize) -> Result<Option<i64>> {
    let ids: Vec<PostId> =
        tx.all("SELECT id FROM posts WHERE id > $1 ORDER BY id LIMIT $2", params![from, limit], |row| {
            row.get("id")
        })?;
    let Some(last) = ids.last() else { return Ok(None) };
    let have: std::collections::HashSet<PostId> = tx
        .all(
            "SELECT post_id FROM post_vectors WHERE model_id = $1 AND due = 0 AND post_id > $2 AND post_id <= $3",
            params![model, from, *last],
            |row| row.get("post_id"),
        )?
        .into_iter()
        .collect();
    let lacking: Vec<PostId> = ids.iter().copied().filter(|id| !have.contains(id)).collect();
    ask(tx, &lacking)?;
    Ok(Some(last.0))
}

pub(super) fn scanned(tx: &mut Tx<'_>, model: i64, to: Option<i64>) -> Result<()> {
    match to {
        Some(post) => tx.run("UPDATE models SET scanned = $2 WHERE id = $1", params![model, post]),
        None => tx.run("UPDATE models SET listed = 1 WHERE id = $1", params![model]),
    }
    .map(drop)
}

/// A post whose vector is asked for.
#[derive(Clone, Debug)]
pub(super) struct Due {
    pub(super) post: PostId,
    pub(super) asked: i64,
    /// Title and text; nothing where the post cannot be found by anybody.
    pub(super) text: Option<(String, String)>,
}

/// The latest posts whose vectors are asked for.
pub(super) fn due(tx: &mut Tx<'_>, limit: usize) -> Result<Vec<Due>> {
    tx.all(
        "SELECT v.post_id, v.asked, p.number, p.body, t.title,
             CASE WHEN p.state = 'published' AND t.state = 'published' THEN 1 ELSE 0 END AS seen
         FROM post_vectors v LEFT JOIN posts p ON p.id = v.post_id LEFT JOIN topics t ON t.id = p.topic_id
         WHERE v.due = 1 ORDER BY v.post_id DESC LIMIT $1",
        params![limit],
        |row| {
            let text = if row.get::<bool>("seen")? {
                let title = if row.get::<i64>("number")? == 1 { row.get("title")? } else { String::new() };
                Some((title, row.get::<String>("body")?))
            } else {
                None
            };
            Ok(Due { post: row.get("post_id")?, asked: row.get("asked")?, text })
        },
    )
}

/// Begins a round of this model; nothing when it is no longer in use. Holds the model's row until the end.
pub(super) fn begin_round(tx: &mut Tx<'_>, model: i64) -> Result<Option<i64>> {
    tx.first(
        "UPDATE models SET round = round + 1 WHERE id = $1 AND in_use = 1 RETURNING round",
        params![model],
        |row| row.get("round"),
    )
}

/// Keeps a vector, unless the post was asked for again since.
pub(super) fn keep(
    tx: &mut Tx<'_>,
    due: &Due,
    model: i64,
    round: i64,
    vector: Option<Vec<u8>>,
) -> Result<()> {
    tx.run(
        "UPDATE post_vectors SET due = 0, model_id = $3, round = $4, vector = $5 WHERE post_id = $1 AND asked = $2",
        params![due.post, due.asked, model, round, vector],
    )
    .map(drop)
}

/// How many vectors there are of this model, and how many are asked for.
pub(super) fn counts(tx: &mut Tx<'_>, model: &Model) -> Result<(i64, i64)> {
    let made = tx
        .count("SELECT COUNT(*) AS n FROM post_vectors WHERE model_id = $1 AND due = 0", params![model.id])?;
    let due = tx.count("SELECT COUNT(*) AS n FROM post_vectors WHERE due = 1", &[])?;
    let unseen = if model.listed {
        0
    } else {
        tx.count("SELECT COUNT(*) AS n FROM posts WHERE id > $1", params![model.scanned])?
    };
    Ok((made, due + unseen))
}

/// A vector with where its post stands.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) post: PostId,
    pub(super) round: i64,
    /// Nothing: take it out.
    pub(super) vector: Option<Vec<u8>>,
    pub(super) topic: TopicId,
    pub(super) space: SpaceId,
    pub(super) person: PersonId,
    pub(super) first: bool,
}

/// Vectors of this model kept after `from` (a round and a post in it), in the order of rounds.
pub(super) fn kept_after(tx: &mut Tx<'_>, model: i64, from: (i64, i64), limit: usize) -> Result<Vec<Kept>> {
    tx.all(
        "SELECT v.post_id, v.round, v.vector, p.number, p.person_id, t.id AS topic_id, t.space_id
         FROM post_vectors v JOIN posts p ON p.id = v.post_id JOIN topics t ON t.id = p.topic_id
         WHERE v.model_id = $1 AND (v.round, v.post_id) > ($2, $3) ORDER BY v.round, v.post_id LIMIT $4",
        params![model, from.0, from.1, limit],
        |row| {
            Ok(Kept {
                post: row.get("post_id")?,
                round: row.get("round")?,
                vector: row.get("vector")?,
                topic: row.get("topic_id")?,
                space: row.get("space_id")?,
                person: row.get("person_id")?,
                first: row.get::<i64>("number")? == 1,
            })
        },
    )
}

/// Round and vector of the first post of each topic begun since `from`, where its text has not changed since it was read.
pub(super) fn first_posts(
    tx: &mut Tx<'_>,
    model: i64,
    from: Timestamp,
) -> Result<Vec<(PostId, i64, Vec<u8>)>> {
    tx.all(
        "SELECT v.post_id, v.round, v.vector FROM topics t JOIN post_vectors v ON v.post_id = t.first_post_id
         WHERE t.created_at >= $1 AND v.model_id = $2 AND v.due = 0 AND v.vector IS NOT NULL",
        params![from, model],
        |row| Ok((row.get("post_id")?, row.get("round")?, row.get("vector")?)),
    )
}
