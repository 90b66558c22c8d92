//! Judging a post of the pile, taking that back, and making an item of it.

use mainstreet_community::{guidelines, moderation};
use mainstreet_db::Tx;
use mainstreet_kernel::clock::MINUTE;
use mainstreet_kernel::id::{EntryId, PersonId, SignalId};
use mainstreet_kernel::{Activity, Actor, Error, Object, Result, Verb, Visibility};
use serde_json::json;

use super::model::{Judged, Origin, Review, Verdict};
use super::store;
use crate::signals::{self, Reviewed};

/// A verdict can be taken back for so long.
pub const TAKE_BACK_TIME: i64 = 15 * MINUTE;

/// May `actor` judge this: staff of the space who neither wrote, flagged nor decided on the post.
///
/// # Errors
/// `Forbidden` with the reason.
fn may_judge(tx: &mut Tx<'_>, actor: Actor, review: &Review) -> Result<PersonId> {
    let person = actor
        .person
        .filter(|_| actor.role.is_staff())
        .ok_or_else(|| Error::forbidden("Only the people who run this community judge posts blind."))?;
    if review.author == person {
        return Err(Error::forbidden("You wrote this post. Somebody else judges it."));
    }
    if review.first_by == Some(person) || store::has_judged(tx, review.post, person)? {
        return Err(Error::forbidden("You have dealt with this post before. Somebody else judges it blind."));
    }
    moderation::must_cover(tx, actor, review.space)?;
    Ok(person)
}

/// Somebody says what they think of a post. A second look that differs from the first opens an item for a lead; no
/// decision changes.
///
/// # Errors
/// `Forbidden` for those who may not judge it blind; `Invalid` for a breach without a clause that holds; `Conflict`
/// when somebody else was faster.
pub fn review(tx: &mut Tx<'_>, actor: Actor, id: EntryId, verdict: Verdict, clause: &str) -> Result<Review> {
    let before = store::find(tx, id)?;
    let person = may_judge(tx, actor, &before)?;
    let holds = guidelines::holds(tx)?;
    let version = holds.as_ref().map_or(0, |version| version.number);
    let clause = if verdict == Verdict::Breaks { clause.trim() } else { "" };
    let known = holds.is_some_and(|version| version.clause(clause).is_some());
    if verdict == Verdict::Breaks && !known {
        return Err(Error::invalid("Choose the clause of the guidelines that it breaks."));
    }
    let judged = Judged { verdict, clause: clause.to_owned() };
    store::judge(tx, id, person, &judged, version)?;
    let object = Object { kind: "review", id: id.0 };
    let activity = Activity::new(Verb::ReviewGiven, actor, object, tx.now()).seen_by(Visibility::Staff);
    tx.record(&activity.with(json!({ "verdict": verdict.as_str(), "clause": clause })))?;
    let differs = before.first.as_ref().filter(|first| verdict != Verdict::Unclear && !first.agrees(&judged));
    if let Some(first) = differs {
        let why = format!(
            "for a lead: two people judged this post apart, one {}, the other {}; talk it over, no decision has changed",
            first.said(),
            judged.said()
        );
        let lead = store::lead_besides(tx, &[Some(person), before.first_by])?;
        open(tx, &before, &why, Some(person), lead)?;
    }
    store::find(tx, id)
}

fn open(
    tx: &mut Tx<'_>,
    review: &Review,
    why: &str,
    person: Option<PersonId>,
    lead: Option<PersonId>,
) -> Result<Option<SignalId>> {
    let asked = Reviewed { post: review.post, review: review.id, why, person, lead };
    let signal = signals::from_review(tx, &asked)?;
    if let Some(signal) = signal {
        store::set_signal(tx, review.id, signal)?;
    }
    Ok(signal)
}

/// Takes one's own verdict back while it is fresh and nothing came of it.
///
/// # Errors
/// `Forbidden` for others; `Conflict` when it is too late.
pub fn take_back(tx: &mut Tx<'_>, actor: Actor, id: EntryId) -> Result<()> {
    let review = store::find(tx, id)?;
    if !review.reviewer.is_some_and(|person| actor.is(person)) {
        return Err(Error::forbidden("Only who judged can take it back."));
    }
    let fresh = review.reviewed_at.is_some_and(|at| tx.now().since(at) <= TAKE_BACK_TIME);
    if !fresh || review.signal.is_some() {
        return Err(Error::conflict(
            "It is too late to take this back: a quarter of an hour has passed, or an item came of it.",
        ));
    }
    store::unjudge(tx, id)
}

/// Makes an ordinary inbox item of a breach found in a sample. Answers the item.
///
/// # Errors
/// `Forbidden` for others than staff of the space; `Conflict` when it was no breach, or the post is in the inbox for
/// this already.
pub fn raise(tx: &mut Tx<'_>, actor: Actor, id: EntryId) -> Result<SignalId> {
    let review = store::find(tx, id)?;
    if !actor.role.is_staff() {
        return Err(Error::forbidden("Only the people who run this community work in the inbox."));
    }
    moderation::must_cover(tx, actor, review.space)?;
    if let Some(signal) = review.signal {
        return Ok(signal);
    }
    let breach = review.said.as_ref().filter(|said| said.verdict == Verdict::Breaks);
    let Some(said) = breach.filter(|_| review.origin == Origin::Sample) else {
        return Err(Error::conflict("Only a breach found in a sample becomes an item."));
    };
    let why = format!("a blind review of the week's sample says that it {}", said.said());
    open(tx, &review, &why, actor.person, None)?
        .ok_or_else(|| Error::conflict("The post is gone, so there is nothing to do about it."))
}
