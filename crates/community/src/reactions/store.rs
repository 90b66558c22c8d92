//! Every SQL string about reactions.

use mainstreet_db::{Tx, params};
use mainstreet_kernel::Result;
use mainstreet_kernel::id::{PersonId, PostId};

/// True when the person had not reacted so before.
pub(crate) fn insert(tx: &mut Tx<'_>, post: PostId, kind: &str, person: PersonId) -> Result<bool> {
    let now = tx.now();
    let added = tx.run(
        "INSERT INTO reactions (post_id, kind, person_id, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (post_id, kind, person_id) DO NOTHING",
        params![post, kind, person, now],
    )?;
    Ok(added == 1)
}

/// True when there was one.
pub(crate) fn delete(tx: &mut Tx<'_>, post: PostId, kind: &str, person: PersonId) -> Result<bool> {
    let gone = tx.run(
        "DELETE FROM reactions WHERE post_id = $1 AND kind = $2 AND person_id = $3",
        params![post, kind, person],
    )?;
    Ok(gone == 1)
}

/// One reaction more or less on a post.
pub(crate) fn count(tx: &mut Tx<'_>, post: PostId, kind: &str, change: i64) -> Result<()> {
    tx.run(
        "INSERT INTO reaction_counts (post_id, kind, count) VALUES ($1, $2, $3)
         ON CONFLICT (post_id, kind) DO UPDATE SET count = reaction_counts.count + excluded.count",
        params![post, kind, change],
    )?;
    tx.run("UPDATE posts SET reaction_count = reaction_count + $2 WHERE id = $1", params![post, change])
        .map(drop)
}
