//! Held posts: each waits in the inbox until somebody publishes or rejects it.

use mainstreet_community::moderation::{Act as Done, Detail, Order, Target};
use mainstreet_community::posts;
use mainstreet_community::topics::State as Shown;
use mainstreet_db::Tx;
use mainstreet_kernel::id::PostId;
use mainstreet_kernel::text::excerpt;
use mainstreet_kernel::{Actor, Error, Result};

use super::model::{Act, Cause, Outcome, Sight, Signal, State};
use super::opening::{Opening, open};
use super::steps::{Change, change, check_move, take_up};
use super::store;
use crate::moderation::{self, Case, Ground, Source};

/// What becomes of a held post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everybody sees it.
    Publish,
    /// Nobody does, because it breaks this clause.
    Reject {
        /// The clause.
        clause: String,
        /// True: its author is asked to change it and to send it again.
        revise: bool,
    },
}

/// Posts that were just held open items, or join those about them.
pub(crate) fn held(tx: &mut Tx<'_>, ids: &[PostId]) -> Result<()> {
    for post in store::written_posts(tx, ids)? {
        let found = posts::store::find(tx, post.id)?;
        if found.state != Shown::Held {
            continue;
        }
        // What was published and is held again comes up again.
        store::forget_settled(tx, Cause::Approval, post.id.0)?;
        let first = store::first_posts(tx, &[post.person])?.get(&post.person) == Some(&post.id);
        let why = found.state_why.unwrap_or_default();
        let said = if first { "Their first post here waits. " } else { "" };
        let opening = Opening {
            cause: Cause::Approval,
            object: post.id.0,
            person: Some(post.person),
            reason: excerpt(&format!("{said}{why}"), 300),
            occurred_at: found.state_at.unwrap_or(post.created_at),
            post: &post,
            seen: None,
        };
        open(tx, &opening)?;
    }
    Ok(())
}

/// The held post that waits in an item.
pub fn waiting(tx: &mut Tx<'_>, signal: &Signal) -> Result<Option<PostId>> {
    Ok(store::live_objects(tx, signal.id, Cause::Approval)?.first().copied().map(PostId))
}

/// Publishes or rejects the held post of an item; its author is told. The item ends unless it is there for something
/// else besides.
///
/// # Errors
/// `Conflict` when no post waits or somebody was faster; those of [`moderation::decide`].
pub fn answer_held(
    tx: &mut Tx<'_>,
    actor: Actor,
    sight: Sight,
    verdict: &Verdict,
    why: &str,
) -> Result<Signal> {
    let before = take_up(tx, actor, sight)?;
    let post = waiting(tx, &before)?
        .ok_or_else(|| Error::conflict("No held post waits here any more. Look at the history."))?;
    let mut after = before.clone();
    check_move(tx, actor, &mut after, State::Resolved)?;
    let (act, clause, why) = words(verdict, why);
    let case = Case {
        order: Order { target: Target::Post(post), act, why: why.clone(), until: None, detail: Detail::None },
        clause,
        source: Source::Own,
        source_id: None,
        detected: false,
        ground: Ground::Incompatible,
    };
    moderation::decide(tx, actor, &case)?;
    if act == Done::Publish && before.assessment.said.post == post.0 {
        super::endings::teach(tx, actor, &before, crate::judgement::End::of(Outcome::Published))?;
    }
    let (now, rejected) = (tx.now(), act == Done::Hide);
    if rejected {
        store::settle_post(tx, post, now)?;
    } else {
        store::settle_cause(tx, Cause::Approval, post.0, now)?;
    }
    let said = if rejected { format!("rejected: {why}") } else { "published".to_owned() };
    if !store::live_causes(tx, before.id)?.is_empty() {
        let done = Change::lasting(Act::Judged, before.state, &said).about(post.0);
        return change(tx, actor, &before, after, &done);
    }
    after.outcome = Some(if rejected { Outcome::Rejected } else { Outcome::Published });
    after.outcome_why = if rejected { why } else { String::new() };
    after.told_back = rejected;
    after.resolved_at = Some(now);
    after.due_at = None;
    change(tx, actor, &before, after, &Change::lasting(Act::Resolved, State::Resolved, &said).about(post.0))
}

fn words(verdict: &Verdict, why: &str) -> (Done, String, String) {
    match verdict {
        Verdict::Publish if why.trim().is_empty() => {
            (Done::Publish, String::new(), "Looked at: it may stand.".to_owned())
        }
        Verdict::Publish => (Done::Publish, String::new(), why.trim().to_owned()),
        Verdict::Reject { clause, revise: true } if !why.trim().is_empty() => {
            let asked =
                "Please change the post so that it fits, and save it: then somebody looks at it again.";
            (Done::Hide, clause.clone(), format!("{} {asked}", why.trim()))
        }
        Verdict::Reject { clause, .. } => (Done::Hide, clause.clone(), why.trim().to_owned()),
    }
}
