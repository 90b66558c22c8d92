//! A conflict, or a raid, asks for an item.

use mainstreet_db::Tx;
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::id::{CalmId, ConflictId, PersonId, PostId, SignalId};
use mainstreet_kernel::{Result, Timestamp};

use super::model::{Cause, Signal};
use super::opening::{Opening, open, start_with};
use super::store::{self, NewCause};
use crate::triage::{Assessment, Intent, Label, Owner, SetBy, Urgency};

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

/// Opens the one urgent item of a raid of which there is no post yet: it is about the sign-ups, shown by the latest.
pub(crate) fn raid_of_sign_ups(
    tx: &mut Tx<'_>,
    person: PersonId,
    id: CalmId,
    reason: &str,
    at: Timestamp,
) -> Result<SignalId> {
    let reason = mainstreet_kernel::text::excerpt(reason, 600);
    let cause = NewCause {
        kind: Cause::Conflict,
        object: id.0,
        post: PostId(0),
        person: None,
        reason: &reason,
        occurred_at: at,
    };
    let said = |why: &str| vec![why.to_owned()];
    let by = SetBy::Rule;
    let assessment = Assessment {
        intent: Label {
            is: Intent::Unclear,
            by,
            reasons: said("accounts come much faster than they ever do"),
        },
        intent_probability: 1.0,
        urgency: Label { is: Urgency::Urgent, by, reasons: said("raid mode is on") },
        risks: Vec::new(),
        owner: Label { is: Owner::Community, by, reasons: said("moderation is the community team's") },
        said: crate::triage::Said::default(),
    };
    let title = "A flood of sign-ups".to_owned();
    let new = (SignalId(tx.mint()), tx.now());
    let signal = Signal {
        anchor: Some(PostId(id.0)),
        due_at: Some(at.plus(HOUR)),
        ..Signal::new(new, (Cause::Conflict, at), person, title, assessment)
    };
    start_with(tx, &signal, &cause, &reason)?;
    Ok(signal.id)
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
