//! A member answered a form that they were asked about what they wrote.

use mainstreet_db::Tx;
use mainstreet_kernel::Result;
use mainstreet_kernel::id::{EntryId, PersonId, PostId, SignalId};

use super::model::Cause;
use super::opening::{Opening, open};
use super::store;

/// Opens an item for an answer, or adds it to the one about the post. Nothing when the post is gone.
pub(crate) fn form_answered(
    tx: &mut Tx<'_>,
    post: PostId,
    asked: EntryId,
    person: PersonId,
    why: &str,
) -> Result<Option<SignalId>> {
    let Some(post) = store::written_post(tx, post)? else { return Ok(None) };
    let opening = Opening {
        cause: Cause::Rule,
        object: asked.0,
        person: Some(person),
        reason: why.to_owned(),
        occurred_at: tx.now(),
        post: &post,
        seen: None,
    };
    open(tx, &opening)
}
