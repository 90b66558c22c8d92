//! Cleaning up after a raid: many posts hidden and many accounts suspended in one act, which one undo takes back.
//!
//! Suspects are found by what they share: when they came, how their posts scored, a text that was copied, a domain, a
//! network. A person looks at the list, leaves out whom they like, and acts once, with one clause and one reason. Each
//! post and each member is a decision of its own, so that everybody concerned is told and can appeal.
//!
//! **Invariants.** All of it happens or nothing. Undoing takes every decision of it back; where something else happened
//! since, that stays, and is counted. Established members and the team are never suspects.

mod finding;
mod store;

use mainstreet_community::moderation::{self as acts, Act, Detail, Order, Target};
use mainstreet_community::posts;
use mainstreet_db::Tx;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::{CleanupId, PersonId, PostId};
use mainstreet_kernel::{Activity, Actor, Error, Result, Timestamp, Verb, Visibility};
use serde_json::json;

use crate::moderation::{self, Case, Decision, Ground, Source};

pub use finding::{Criteria, Suspect, suspects};
pub use store::{decisions, find, list};

/// The most members in one clean-up.
pub const MOST_PEOPLE: usize = 500;
/// The most posts in one clean-up.
pub const MOST_POSTS: usize = 3_000;

/// A clean-up that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Cleanup {
    /// Which.
    pub id: CleanupId,
    /// The clause it cites.
    pub clause: String,
    /// Why, as everybody concerned reads it.
    pub why: String,
    /// By what the suspects were found.
    pub criteria: Criteria,
    /// Posts hidden.
    pub posts: i64,
    /// Accounts suspended.
    pub people: i64,
    /// Who did it.
    pub by: PersonId,
    /// Their name now.
    pub by_name: String,
    /// When.
    pub at: Timestamp,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
    /// Why.
    pub undone_why: String,
    /// Posts and accounts to which something else had happened since.
    pub left_out: i64,
}

/// What to clean up.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// By what the suspects were found.
    pub criteria: Criteria,
    /// Whom of them.
    pub people: Vec<PersonId>,
    /// For how many days their accounts are suspended.
    pub days: i64,
    /// The clause.
    pub clause: String,
    /// Why.
    pub why: String,
}

/// Hides what the chosen suspects wrote in the window and suspends their accounts. Answers what was done.
///
/// # Errors
/// `Invalid` for an empty or too large choice, or no reason; `Conflict` when somebody chosen is no suspect any more;
/// as [`moderation::decide`] otherwise. Nothing is done then.
pub fn clean(tx: &mut Tx<'_>, actor: Actor, plan: &Plan) -> Result<Cleanup> {
    let me = actor.person.filter(|_| actor.role.is_staff());
    let me = me.ok_or_else(|| Error::forbidden("Only moderators can clean up."))?;
    if plan.people.is_empty() {
        return Err(Error::invalid("Choose at least one account."));
    }
    if plan.people.len() > MOST_PEOPLE {
        return Err(Error::invalid("Clean up at most 500 accounts at once. Narrow the window."));
    }
    if !(1..=365).contains(&plan.days) {
        return Err(Error::invalid("Suspend for 1 to 365 days."));
    }
    let found = suspects(tx, &plan.criteria)?;
    let mut people = plan.people.clone();
    people.sort_unstable();
    people.dedup();
    let mut chosen = Vec::new();
    for person in &people {
        let suspect = found.iter().find(|suspect| suspect.person == *person).ok_or_else(|| {
            Error::conflict(
                "The list has changed since you looked: somebody in it was dealt with. Look again.",
            )
        })?;
        chosen.push(suspect);
    }
    let count: usize = chosen.iter().map(|suspect| suspect.posts.len()).sum();
    if count > MOST_POSTS {
        return Err(Error::invalid("Clean up at most 3,000 posts at once. Narrow the window."));
    }
    let until = tx.now().plus(plan.days * DAY);
    let mut decided = Vec::new();
    let mut posts: Vec<PostId> = chosen.iter().flat_map(|suspect| suspect.posts.iter().copied()).collect();
    // Topics before the replies in them would go with them; the order of the log is the order of happening.
    posts.sort_unstable();
    for post in &posts {
        decided.push(decide(tx, actor, plan, Target::Post(*post), Act::Hide, None)?);
    }
    let members: Vec<PersonId> =
        chosen.iter().filter(|suspect| suspect.member).map(|suspect| suspect.person).collect();
    for person in &members {
        decided.push(decide(tx, actor, plan, Target::Person(*person), Act::Suspend, Some(until))?);
    }
    let id = store::insert(tx, plan, (posts.len(), members.len()), me, &decided)?;
    record(tx, actor, id, false, (posts.len(), members.len()))?;
    find(tx, id)
}

fn decide(
    tx: &mut Tx<'_>,
    actor: Actor,
    plan: &Plan,
    target: Target,
    act: Act,
    until: Option<Timestamp>,
) -> Result<Decision> {
    let order = Order { target, act, why: plan.why.trim().to_owned(), until, detail: Detail::None };
    let case = Case {
        order,
        clause: plan.clause.clone(),
        source: Source::Own,
        source_id: None,
        detected: true,
        ground: Ground::Incompatible,
    };
    moderation::decide(tx, actor, &case)
}

fn record(
    tx: &mut Tx<'_>,
    actor: Actor,
    id: CleanupId,
    undone: bool,
    (posts, people): (usize, usize),
) -> Result<()> {
    let activity = Activity::new(Verb::RaidCleaned, actor, id, tx.now()).seen_by(Visibility::Staff);
    tx.record(&activity.with(json!({ "undone": undone, "posts": posts, "people": people })))
}

/// Takes a clean-up back: every post and account stands as if it had not been, with what happened to them since.
///
/// # Errors
/// `Forbidden` for others than who did it and managers; `Invalid` without a reason; `Conflict` when it was.
pub fn undo(tx: &mut Tx<'_>, actor: Actor, id: CleanupId, why: &str) -> Result<Cleanup> {
    let cleanup = find(tx, id)?;
    let own = actor.is(cleanup.by) && actor.role.is_staff();
    if !own && actor.role < mainstreet_kernel::Role::Manager {
        return Err(Error::forbidden("Who made this clean-up, or a manager, can take it back."));
    }
    let why = why.trim();
    if why.is_empty() || why.chars().count() > 1_000 {
        return Err(Error::invalid(
            "Say in at most 1,000 characters why you take it back. It stays in the log.",
        ));
    }
    store::mark_undone(tx, id, actor.person, why)?;
    let mut decisions = decisions(tx, id)?;
    decisions.reverse();
    let (mut left_out, mut posts, mut people) = (0, 0, 0);
    for decision in &decisions {
        match (stands(tx, decision)?, decision.object_kind.as_str()) {
            (false, _) => left_out += 1,
            (true, "post") => posts += 1,
            (true, _) => people += 1,
        }
        if decision.undone_at.is_none() {
            moderation::undo(tx, actor, decision.id, why)?;
        }
    }
    store::set_left_out(tx, id, left_out)?;
    record(tx, actor, id, true, (posts, people))?;
    find(tx, id)
}

/// True while a decision's object is as the decision left it, so that it can be taken back.
fn stands(tx: &mut Tx<'_>, decision: &Decision) -> Result<bool> {
    if decision.undone_at.is_some() {
        return Ok(false);
    }
    Ok(match decision.object_kind.as_str() {
        "post" => posts::store::find(tx, PostId(decision.object))?.state.as_str() == decision.became,
        _ => {
            let standing = acts::standing_of(tx, PersonId(decision.object))?.standing;
            standing.as_str() == decision.became || standing == acts::Standing::Active
        }
    })
}
