//! A blind review asks for an item.

use mainstreet_db::Tx;
use mainstreet_kernel::id::{EntryId, PersonId, PostId, SignalId};
use mainstreet_kernel::{Actor, Result};

use super::model::{Act, Cause};
use super::opening::{Opening, open};
use super::steps::{Change, change};
use super::store;

/// What a review says about the item it asks for.
pub(crate) struct Reviewed<'a> {
    pub(crate) post: PostId,
    /// The review: it causes one item at most.
    pub(crate) review: EntryId,
    pub(crate) why: &'a str,
    pub(crate) person: Option<PersonId>,
    /// Who is to settle it.
    pub(crate) lead: Option<PersonId>,
}

/// Opens an item for a review, or adds it to the one that is open. Nothing when the post is gone, or the review has
/// its item.
pub(crate) fn from_review(tx: &mut Tx<'_>, asked: &Reviewed<'_>) -> Result<Option<SignalId>> {
    let Some(post) = store::written_post(tx, asked.post)? else { return Ok(None) };
    let opening = Opening {
        cause: Cause::Review,
        object: asked.review.0,
        person: asked.person,
        reason: asked.why.to_owned(),
        occurred_at: tx.now(),
        post: &post,
        seen: None,
    };
    let Some(id) = open(tx, &opening)? else { return Ok(None) };
    let Some(before) = store::find(tx, id)? else { return Ok(None) };
    if let Some(lead) = asked.lead.filter(|_| before.assignee.is_none()) {
        let mut after = before.clone();
        (after.assignee, after.lease_until) = (Some(lead), None);
        let done = Change::lasting(Act::Assigned, before.state, "a lead settles it");
        change(tx, Actor::SYSTEM, &before, after, &done)?;
    }
    Ok(Some(id))
}
