//! A conflict, or a raid, asks for an item.

use mainstreet_db::Tx;
use mainstreet_kernel::id::{CalmId, ConflictId, PostId, SignalId};
use mainstreet_kernel::{Result, Timestamp};

use super::model::Cause;
use super::opening::{Opening, open};
use super::store;

/// Opens the one urgent item of a conflict, or adds it to the item of that conversation. Nothing when the post is gone.
pub(crate) fn conflict(
    tx: &mut Tx<'_>,
    post: PostId,
    id: ConflictId,
    reason: &str,
    at: Timestamp,
) -> Result<Option<SignalId>> {
    urgent(tx, post, id.0, reason, at)
}

/// Opens the one urgent item of a raid, at a post that belongs to it.
pub(crate) fn raid(
    tx: &mut Tx<'_>,
    post: PostId,
    id: CalmId,
    reason: &str,
    at: Timestamp,
) -> Result<Option<SignalId>> {
    urgent(tx, post, id.0, reason, at)
}

fn urgent(
    tx: &mut Tx<'_>,
    post: PostId,
    object: i64,
    reason: &str,
    at: Timestamp,
) -> Result<Option<SignalId>> {
    let Some(post) = store::written_post(tx, post)? else { return Ok(None) };
    let opening = Opening {
        cause: Cause::Conflict,
        object,
        person: None,
        reason: mainstreet_kernel::text::excerpt(reason, 600),
        occurred_at: at,
        post: &post,
        seen: None,
    };
    open(tx, &opening)
}
