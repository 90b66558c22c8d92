use mainstreet_db::{Tx, Value, params};
use mainstreet_kernel::channel::{IncomingMessage, Standing};
use mainstreet_kernel::id::{AccountId, PersonId, PostId};
use mainstreet_kernel::{Error, Result, Timestamp};

use super::super::posts::{Written, state};
use super::super::topic::Topics;
use super::lookups::KnownPost;

pub(in super::super) fn add_posts(
    tx: &mut Tx<'_>,
    account: AccountId,
    written: &[Written<'_>],
    topics: &Topics,
) -> Result<()> {
    let mut rows: Vec<Vec<Value>> = Vec::with_capacity(written.len());
    for post in written {
        let message = post.message;
        let topic = topics.get(post.topic).ok_or_else(|| Error::internal("a post without its topic"))?;
        let answers =
            topic.posts.iter().filter(|other| other.published && other.reply_to == Some(post.number));
        let gone = message.standing != Standing::Shown;
        let reactions: i64 = post.reactions.iter().map(|reaction| reaction.count).sum();
        rows.push(
            params![
                post.id,
                topic.id,
                account,
                &message.external_id,
                post.number,
                post.person,
                post.class,
                post.reply_to,
                &message.markdown,
                "",
                state(message.standing),
                gone.then_some("archive"),
                gone.then_some(message.edited_at.unwrap_or(message.at)),
                message.at,
                message.edited_at,
                message.version,
                reactions,
                answers.count(),
            ]
            .to_vec(),
        );
    }
    let head =
        "INSERT INTO posts (id, topic_id, account_id, external_id, number, person_id, person_class, reply_to,
        body, html, state, state_by, state_at, created_at, edited_at, version, reaction_count, reply_count)";
    tx.insert_many(head, &rows, "").map(drop)
}

pub(in super::super) fn add_originals(tx: &mut Tx<'_>, written: &[Written<'_>]) -> Result<()> {
    let rows: Vec<Vec<Value>> = written
        .iter()
        .map(|post| {
            params![post.id, post.message.format, &post.message.original, post.message.snapshot].to_vec()
        })
        .collect();
    tx.insert_many("INSERT INTO post_originals (post_id, format, text, source_version)", &rows, "").map(drop)
}

pub(in super::super) fn update_original(
    tx: &mut Tx<'_>,
    post: PostId,
    message: &IncomingMessage,
) -> Result<()> {
    tx.run(
        "UPDATE post_originals SET format = $2, text = $3, source_version = $4 WHERE post_id = $1",
        params![post, message.format, &message.original, message.snapshot],
    )
    .map(drop)
}

pub(in super::super) fn add_mentions(tx: &mut Tx<'_>, mentions: &[(PostId, PersonId)]) -> Result<()> {
    let rows: Vec<Vec<Value>> =
        mentions.iter().map(|(post, person)| params![*post, *person].to_vec()).collect();
    tx.insert_many(
        "INSERT INTO mentions (post_id, person_id)",
        &rows,
        "ON CONFLICT (post_id, person_id) DO NOTHING",
    )
    .map(drop)
}

/// Old paths: path, kind of target, id. The first that claims a path keeps it.
pub(in super::super) fn add_paths(tx: &mut Tx<'_>, paths: Vec<(String, &'static str, i64)>) -> Result<()> {
    let rows: Vec<Vec<Value>> =
        paths.into_iter().map(|(path, kind, id)| params![path, kind, id].to_vec()).collect();
    let head = "INSERT INTO redirects (path, target_kind, target_id)";
    tx.insert_many(head, &rows, "ON CONFLICT (path) DO NOTHING").map(drop)
}

/// One more published answer to a post.
pub(in super::super) fn count_reply(tx: &mut Tx<'_>, post: PostId) -> Result<()> {
    tx.run("UPDATE posts SET reply_count = reply_count + 1 WHERE id = $1", params![post]).map(drop)
}

/// A newer text; the one before is kept as a revision.
pub(in super::super) fn edit_post(
    tx: &mut Tx<'_>,
    post: &KnownPost,
    body: &str,
    at: Timestamp,
) -> Result<()> {
    tx.run(
        "INSERT INTO post_revisions (post_id, version, person_id, body, why, created_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (post_id, version) DO NOTHING",
        params![post.id, post.version, post.person, &post.body, "A newer copy in the archive", at],
    )?;
    tx.run_one(
        "UPDATE posts SET body = $3, html = '', renderer = 0, version = version + 1, edited_at = $4
         WHERE id = $1 AND version = $2",
        params![post.id, post.version, body, at],
        "Somebody edited a post that the import was about to change. Start the import again.",
    )
}

pub(in super::super) fn set_state(tx: &mut Tx<'_>, post: PostId, state: &str, at: Timestamp) -> Result<()> {
    let by = (state != "published").then_some("archive");
    tx.run(
        "UPDATE posts SET state = $2, state_by = $3, state_at = $4 WHERE id = $1",
        params![post, state, by, by.map(|_| at)],
    )
    .map(drop)
}
