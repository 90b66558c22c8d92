//! Making decisions and taking them back.

use mainstreet_community::guidelines::{self, Clause};
use mainstreet_community::moderation::{self, Act, Detail, Done, Order, Target};
use mainstreet_community::notices::{self, About};
use mainstreet_community::{accounts, flags, posts, topics};
use mainstreet_db::Tx;
use mainstreet_kernel::id::{DecisionId, FlagId, PostId};
use mainstreet_kernel::{Activity, Actor, Error, Result, Role, Verb, Visibility};
use serde_json::json;

use super::model::{Case, Decision, Ground, Kept, Source};
use super::reversal::reverse;
use super::store::{self, NewDecision};
use super::thresholds::clause_of;
use crate::audit::{self, What};

/// Carries a case out and records it. Open flags on a post that goes are upheld; the member concerned is told.
///
/// # Errors
/// `Conflict` where no guidelines hold, or the state does not allow the act; `Invalid` for a clause that is not there;
/// `Forbidden` for those who may not.
pub fn decide(tx: &mut Tx<'_>, actor: Actor, case: &Case) -> Result<Decision> {
    let (version, clause) = cited(tx, case)?;
    let order = order(case);
    let done = moderation::carry_out(tx, actor, &order)?;
    let flags = match case.order.target {
        Target::Post(post) if puts_away(case.order.act) => uphold(tx, actor, post)?,
        _ => Vec::new(),
    };
    let kept = Kept { before: done.before.clone(), flags, detail: Some(order.detail.kept()) };
    let strikes = clause.as_ref().filter(|_| weighs(case.order.act)).map(|clause| clause.severity.strikes());
    let new = NewDecision {
        case,
        done: &done,
        version,
        kept: &kept,
        strikes,
        by: actor.person,
        language: language(tx, case.order.target)?,
        salt: accounts::random_token()?,
    };
    let id = store::insert(tx, &new)?;
    record(tx, actor, case, &done, id)?;
    let decision = store::find(tx, id)?;
    audit::note(tx, actor.person, What::Decided, &decision)?;
    if case.order.act.restricts() && !actor.is(done.person) {
        let what = case.order.act.label();
        let about = clause.map(|clause| format!(" ({})", clause.text.title)).unwrap_or_default();
        notices::tell(
            tx,
            done.person,
            About::Decision,
            id.0,
            &format!("{what}{about}. Read why, and how to appeal."),
        )?;
    }
    Ok(decision)
}

/// What the member reads of a limit of links, behind the reason.
pub fn says_links(most: i64) -> String {
    match most {
        0 => " Until it ends, what you post may hold no links.".to_owned(),
        1 => " Until it ends, a post of yours may hold 1 link.".to_owned(),
        most => format!(" Until it ends, a post of yours may hold {most} links."),
    }
}

/// What is carried out: an account banned for advertising counts in no figure from then on.
fn order(case: &Case) -> Order {
    let spammer = case.order.act == Act::Ban && case.clause == clause_of("spam");
    let detail = if spammer { Detail::Spammer } else { case.order.detail.clone() };
    Order { detail, ..case.order.clone() }
}

/// Tag of the language in which the content is written, as far as its words tell.
pub(super) fn language(tx: &mut Tx<'_>, target: Target) -> Result<String> {
    let post = match target {
        Target::Post(post) => Some(post),
        Target::Topic(topic) => topics::store::find(tx, topic)?.first_post,
        Target::Person(_) => None,
    };
    let Some(post) = post else { return Ok(String::new()) };
    let body = posts::store::find(tx, post)?.body;
    Ok(mainstreet_language::read(&body, &mainstreet_language::Context::default())
        .language
        .unwrap_or_default()
        .to_owned())
}

/// Content that goes, and warnings, weigh; restrictions of the member that follow from them do not weigh again.
fn weighs(act: Act) -> bool {
    matches!(act, Act::Warn | Act::Hide | Act::Delete)
}

pub(super) fn puts_away(act: Act) -> bool {
    matches!(act, Act::Hide | Act::Delete)
}

/// The version that holds, and the clause that the case cites.
fn cited(tx: &mut Tx<'_>, case: &Case) -> Result<(i64, Option<Clause>)> {
    let holds = guidelines::holds(tx)?;
    if !case.order.act.restricts() {
        let number = holds.as_ref().map_or(0, |version| version.number);
        return Ok((number, holds.and_then(|version| version.clause(&case.clause).cloned())));
    }
    let version = holds.ok_or_else(|| {
        Error::conflict("No guidelines are published, so there is no clause to cite. A manager can publish a starter set.")
    })?;
    let clause = version.clause(&case.clause).cloned();
    if clause.is_none() {
        return Err(Error::invalid("Choose the clause of the guidelines that was broken."));
    }
    Ok((version.number, clause))
}

fn uphold(tx: &mut Tx<'_>, actor: Actor, post: PostId) -> Result<Vec<FlagId>> {
    // A program's act is no judgement: its flags wait for a person.
    if actor.person.is_none() {
        return Ok(Vec::new());
    }
    let open = flags::open_on(tx, post)?;
    for flag in &open {
        flags::decide(tx, actor, flag.id, true)?;
    }
    Ok(open.into_iter().map(|flag| flag.id).collect())
}

fn record(tx: &mut Tx<'_>, actor: Actor, case: &Case, done: &Done, id: DecisionId) -> Result<()> {
    let mut activity =
        Activity::new(Verb::DecisionMade, actor, id, tx.now()).to(done.person).seen_by(Visibility::Staff);
    activity.space = done.space;
    let props = json!({
        "act": case.order.act.as_str(), "clause": case.clause, "source": case.source.as_str(),
        "from": done.was.as_str(), "to": done.became.as_str(),
    });
    tx.record(&activity.with(props))
}

/// May `actor` take `decision` back: who made it, and managers.
///
/// # Errors
/// `Forbidden` for others, `Conflict` when it was taken back already.
pub fn may_undo(actor: Actor, decision: &Decision) -> Result<()> {
    if decision.undone_at.is_some() {
        return Err(Error::conflict("This decision was taken back already."));
    }
    let own = decision.by.is_some_and(|by| actor.is(by)) || (decision.by.is_none() && actor.role.is_staff());
    if actor.role.is_staff() && (own || actor.role >= Role::Manager) {
        return Ok(());
    }
    Err(Error::forbidden("Who decided this, or a manager, can take it back."))
}

/// Takes a decision back: everything stands as if it had not been made. What later decisions demand stays.
///
/// # Errors
/// `Forbidden`, `Invalid` without a reason, `Conflict` when it was taken back already or its texts were erased.
pub fn undo(tx: &mut Tx<'_>, actor: Actor, id: DecisionId, why: &str) -> Result<Decision> {
    let decision = store::find(tx, id)?;
    may_undo(actor, &decision)?;
    let why = why.trim();
    if why.is_empty() || why.chars().count() > 1_000 {
        return Err(Error::invalid(
            "Say in at most 1,000 characters why you take it back. It stays in the log.",
        ));
    }
    reverse(tx, actor, &decision, why, false)?;
    store::find(tx, id)
}

/// Brings back what staff took away: takes back the decision that did it, or, when none did, decides that it is back.
///
/// # Errors
/// As [`undo`] and [`decide`].
pub fn lift(tx: &mut Tx<'_>, actor: Actor, target: Target, why: &str) -> Result<Decision> {
    let (kind, id, act) = match target {
        Target::Post(post) => ("post", post.0, Act::Restore),
        Target::Topic(topic) => ("topic", topic.0, Act::Open),
        Target::Person(person) => ("person", person.0, Act::Reinstate),
    };
    let takes = |act: Act| matches!(act, Act::Hold | Act::Hide | Act::Delete | Act::Lock | Act::Slow);
    let latest = store::of_object(tx, kind, id)?.into_iter().find(|one| takes(one.act) || one.act == act);
    match latest {
        Some(decision)
            if decision.undone_at.is_none() && takes(decision.act) && may_undo(actor, &decision).is_ok() =>
        {
            undo(tx, actor, decision.id, why)
        }
        _ => {
            let order = Order { target, act, why: why.to_owned(), until: None, detail: Detail::None };
            let case = Case {
                order,
                clause: String::new(),
                source: Source::Own,
                source_id: None,
                detected: false,
                ground: Ground::Incompatible,
            };
            decide(tx, actor, &case)
        }
    }
}
