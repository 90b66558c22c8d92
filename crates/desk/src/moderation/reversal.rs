//! Undoing one decision of several about the same thing, whatever was decided since.

use std::collections::BTreeSet;

use mainstreet_community::moderation::{self, Back, Before, Step};
use mainstreet_community::notices::{self, About};
use mainstreet_community::{accounts, flags};
use mainstreet_db::Tx;
use mainstreet_kernel::id::{DecisionId, FlagId, PostId};
use mainstreet_kernel::{Activity, Actor, Error, Result, Verb, Visibility};
use serde_json::json;

use super::decisions::puts_away;
use super::model::{Decision, Kept};
use super::store;
use crate::audit::{self, What};

/// Undoes a decision. `wrong`: the flags behind it were wrong, so they are cleared rather than open again.
pub(super) fn reverse(
    tx: &mut Tx<'_>,
    actor: Actor,
    decision: &Decision,
    why: &str,
    wrong: bool,
) -> Result<Back> {
    if decision.before.is_empty() {
        return Err(Error::conflict(
            "The texts of this decision were erased, so what was before is not known any more. Decide anew.",
        ));
    }
    let kept = kept(decision)?;
    moderation::hold_thing(tx, &kept.before)?;
    let made = made(tx, decision, &kept.before)?;
    store::mark_undone(tx, decision.id, actor.person, why)?;
    audit::note(tx, actor.person, What::Undone, decision)?;
    let steps: Vec<Step> = made.iter().map(step).collect();
    let which = made.iter().position(|(one, _)| one.id == decision.id);
    let back = moderation::take_back(tx, actor, &steps, which.unwrap_or(usize::MAX))?;
    for flag in released(&made, decision.id) {
        if wrong { flags::turn(tx, actor, flag)? } else { flags::undecide(tx, actor, flag)? }
    }
    if decision.automatic && decision.object_kind == "post" && actor.person.is_some() {
        // A person has looked now, and found the flags that a program acted on wrong.
        for flag in flags::open_on(tx, PostId(decision.object))? {
            flags::decide(tx, actor, flag.id, false)?;
        }
    }
    tell(tx, decision, why, wrong)?;
    let mut activity = Activity::new(Verb::DecisionUndone, actor, decision.id, tx.now())
        .to(decision.person)
        .seen_by(Visibility::Staff);
    activity.space = decision.space;
    tx.record(&activity.with(json!({ "act": decision.act.as_str(), "why": why, "appeal": wrong })))?;
    Ok(back)
}

fn kept(decision: &Decision) -> Result<Kept> {
    serde_json::from_str(&decision.before).map_err(Error::internal)
}

/// The decisions about the same of the same thing, oldest first, with what each kept. Those whose texts were erased say
/// nothing any more.
fn made(tx: &mut Tx<'_>, decision: &Decision, before: &Before) -> Result<Vec<(Decision, Kept)>> {
    let mut all = store::of_object(tx, &decision.object_kind, decision.object)?;
    if let Before::Apart { one, other, .. } = before {
        let second = if one.0 == decision.object { other } else { one };
        all.extend(store::of_object(tx, "person", second.0)?);
    }
    let mut made = Vec::with_capacity(all.len());
    for one in all.into_iter().filter(|one| !one.before.is_empty()) {
        let kept = kept(&one)?;
        if kept.before.same_thing(before) {
            made.push((one, kept));
        }
    }
    made.sort_by_key(|(one, _)| one.id);
    Ok(made)
}

fn step((decision, kept): &(Decision, Kept)) -> Step {
    Step {
        before: kept.before.clone(),
        act: decision.act,
        until: decision.until,
        why: decision.facts.clone(),
        detail: kept.detail.clone(),
        at: decision.at,
        undone_at: decision.undone_at,
    }
}

/// The flags that nothing agrees with any more once a decision is undone: a later one of a person that puts the same
/// post away would have agreed with them itself.
fn released(made: &[(Decision, Kept)], undone: DecisionId) -> BTreeSet<FlagId> {
    let agreed = |stands: &dyn Fn(&Decision) -> bool| {
        let mut open = BTreeSet::new();
        let mut agreed = BTreeSet::new();
        for (decision, kept) in made {
            open.extend(kept.flags.iter().copied());
            if stands(decision) && puts_away(decision.act) && decision.by.is_some() {
                agreed.append(&mut open);
            }
        }
        agreed
    };
    let with = agreed(&|one| one.undone_at.is_none() || one.id == undone);
    let without = agreed(&|one| one.undone_at.is_none() && one.id != undone);
    with.difference(&without).copied().collect()
}

/// Takes back what its member was told; whoever has read it is told that it is over.
fn tell(tx: &mut Tx<'_>, decision: &Decision, why: &str, wrong: bool) -> Result<()> {
    let unread = notices::take_back(tx, decision.person, About::Decision, decision.id.0)?;
    let recalled = match store::mail_of(tx, decision.id)? {
        Some(mail) => accounts::recall_mail(tx, mail)?,
        None => true,
    };
    if !wrong && decision.act.restricts() && !(unread && recalled) {
        let said = format!("{}: this was taken back. {why}", decision.act.label());
        notices::tell(tx, decision.person, About::Decision, decision.id.0, &said)?;
    }
    Ok(())
}
