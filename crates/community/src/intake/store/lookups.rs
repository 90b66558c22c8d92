use std::collections::HashMap;

use mainstreet_db::{Row, Tx, Value};
use mainstreet_kernel::id::{AccountId, PersonId, PostId, TopicId};
use mainstreet_kernel::{Result, Timestamp};

use super::in_parts;

/// A post that is here, as much of it as a newer copy can change.
#[derive(Clone, Debug)]
pub(in super::super) struct KnownPost {
    pub(in super::super) id: PostId,
    pub(in super::super) topic: TopicId,
    pub(in super::super) topic_external: String,
    pub(in super::super) number: i64,
    pub(in super::super) person: PersonId,
    pub(in super::super) body: String,
    pub(in super::super) version: i64,
    pub(in super::super) state: String,
    pub(in super::super) state_by: Option<String>,
    pub(in super::super) created_at: Timestamp,
    pub(in super::super) original: String,
    pub(in super::super) source_version: i64,
    pub(in super::super) reactions: Vec<StoredReaction>,
}

/// Reactions of one kind as they are stored.
#[derive(Clone, Debug)]
pub(in super::super) struct StoredReaction {
    pub(in super::super) kind: String,
    pub(in super::super) count: i64,
    pub(in super::super) unnamed: i64,
}

/// Posts of an account by external id.
pub(in super::super) fn known_posts(
    tx: &mut Tx<'_>,
    account: AccountId,
    ids: &[&str],
) -> Result<HashMap<String, KnownPost>> {
    let mut found = HashMap::new();
    in_parts(tx, ids, 2, |tx, marks, values| {
        let sql = format!(
            "SELECT p.external_id, p.id, p.topic_id, t.external_id AS topic_external, p.number, p.person_id, p.body,
               p.version, p.state, p.state_by, p.created_at, o.text, o.source_version
             FROM posts p JOIN topics t ON t.id = p.topic_id JOIN post_originals o ON o.post_id = p.id
             WHERE p.account_id = $1 AND p.external_id IN ({marks})"
        );
        let mut all = vec![account.into()];
        all.extend_from_slice(values);
        found.extend(tx.all(&sql, &all, |row| Ok((row.get("external_id")?, known(row)?)))?);
        Ok(())
    })?;
    let by_post: HashMap<PostId, String> =
        found.iter().map(|(id, post): (&String, &KnownPost)| (post.id, id.clone())).collect();
    let posts: Vec<PostId> = by_post.keys().copied().collect();
    in_parts(tx, &posts, 1, |tx, marks, values| {
        let sql = format!(
            "SELECT post_id, kind, count, unattributed FROM reaction_counts WHERE post_id IN ({marks})"
        );
        for (post, reaction) in
            tx.all(&sql, values, |row| Ok((row.get::<PostId>("post_id")?, stored(row)?)))?
        {
            if let Some(known) = by_post.get(&post).and_then(|id| found.get_mut(id)) {
                known.reactions.push(reaction);
            }
        }
        Ok(())
    })?;
    Ok(found)
}

fn known(row: &Row) -> Result<KnownPost> {
    Ok(KnownPost {
        id: row.get("id")?,
        topic: row.get("topic_id")?,
        topic_external: row.get::<Option<String>>("topic_external")?.unwrap_or_default(),
        number: row.get("number")?,
        person: row.get("person_id")?,
        body: row.get("body")?,
        version: row.get("version")?,
        state: row.get("state")?,
        state_by: row.get("state_by")?,
        created_at: row.get("created_at")?,
        original: row.get("text")?,
        source_version: row.get("source_version")?,
        reactions: Vec::new(),
    })
}

fn stored(row: &Row) -> Result<StoredReaction> {
    Ok(StoredReaction { kind: row.get("kind")?, count: row.get("count")?, unnamed: row.get("unattributed")? })
}

/// External id, topic's external id and number of posts.
pub(in super::super) fn numbers(
    tx: &mut Tx<'_>,
    account: AccountId,
    ids: &[&str],
) -> Result<Vec<(String, String, i64)>> {
    let mut found = Vec::new();
    in_parts(tx, ids, 2, |tx, marks, values| {
        let sql = format!(
            "SELECT p.external_id, t.external_id AS topic_external, p.number FROM posts p
             JOIN topics t ON t.id = p.topic_id WHERE p.account_id = $1 AND p.external_id IN ({marks})"
        );
        let mut all: Vec<Value> = vec![account.into()];
        all.extend_from_slice(values);
        found.extend(tx.all(&sql, &all, |row| {
            Ok((row.get("external_id")?, row.get("topic_external")?, row.get("number")?))
        })?);
        Ok(())
    })?;
    Ok(found)
}
