//! Steps that wait: written down with the hit, done by the sweep once their time has come, exactly once, because the row
//! and what it does change in one transaction.

use mainstreet_db::Tx;
use mainstreet_kernel::id::{EntryId, PostId, RuleId};
use mainstreet_kernel::{Result, Timestamp};
use mainstreet_rules::{Length, Step};

use super::acting::{Acting, Claim, says};
use super::model::{Hit, Mode};
use super::saving;
use super::still;
use super::store::{hits, texts, waits as store};
use crate::triage;

/// Steps one sweep does.
const BATCH: usize = 200;

/// A step that waits.
pub(super) struct Waiting {
    pub(super) id: EntryId,
    pub(super) hit: EntryId,
    pub(super) rule: RuleId,
    pub(super) step: usize,
}

/// Writes down that a step of a hit waits: what is said of it.
pub(super) fn put(
    tx: &mut Tx<'_>,
    hit: &Hit,
    place: usize,
    (wait, without_reply): (Length, bool),
    said: &str,
) -> Result<String> {
    let due = triage::clocks(tx)?.hours.after(hit.occurred_at, wait);
    store::add(tx, hit, place, due)?;
    let reply = if without_reply { ", unless somebody answers" } else { "" };
    Ok(format!("waits {wait}{reply}: {said}"))
}

/// Does what is due.
pub(super) fn sweep(tx: &mut Tx<'_>) -> Result<()> {
    for waiting in store::due(tx, BATCH)? {
        match do_one(tx, &waiting)? {
            None => store::end(tx, waiting.id, "done", "")?,
            Some(why) => store::end(tx, waiting.id, "cancelled", &why)?,
        }
    }
    Ok(())
}

/// Does a step, or says why it is not done any more.
fn do_one(tx: &mut Tx<'_>, waiting: &Waiting) -> Result<Option<String>> {
    let Some(hit) = hits::find(tx, waiting.hit)? else { return Ok(Some("its hit is gone".to_owned())) };
    let kept = texts::find(tx, waiting.rule)?;
    let rule = kept.rule().filter(|_| kept.version == hit.version && kept.mode == Mode::Enforce);
    let Some(rule) = rule else {
        return cancelled(tx, hit, "", "the rule was changed or does not act any more");
    };
    let Some(step @ Step::Later { without_reply, .. }) = rule.then.get(waiting.step).cloned() else {
        return cancelled(tx, hit, "", "the rule was changed");
    };
    let said = says(&step);
    if let Some(why) = no_longer(tx, &hit, without_reply)? {
        return cancelled(tx, hit, &said, why);
    }
    if let Some(why) = still::no_more(tx, &hit, &rule)? {
        return cancelled(tx, hit, &said, &why);
    }
    let names = saving::names(tx)?;
    let (kept, rules) = ([kept], [rule]);
    let acting = Acting { kept: &kept, rules: &rules, names: &names };
    let mut claim = Claim { rule: 0, hit };
    for action in step.actions() {
        acting.do_and_note(tx, &mut claim, action)?;
    }
    hits::set_doing(tx, &claim.hit)?;
    Ok(None)
}

fn cancelled(tx: &mut Tx<'_>, mut hit: Hit, said: &str, why: &str) -> Result<Option<String>> {
    let what = if said.is_empty() { "what waited".to_owned() } else { said.to_owned() };
    hit.doing.withheld.push((what, why.to_owned()));
    hits::set_doing(tx, &hit)?;
    Ok(Some(why.to_owned()))
}

/// Why what a hit was about does not hold any more.
fn no_longer(tx: &mut Tx<'_>, hit: &Hit, without_reply: bool) -> Result<Option<&'static str>> {
    if hit.withdrawn_at.is_some() {
        return Ok(Some("what arrived late says that the rule did not match"));
    }
    if hit.object_kind != "post" {
        return Ok(None);
    }
    if store::gone(tx, PostId(hit.object))? {
        return Ok(Some("the post is not there any more"));
    }
    let asks = hit.event == "question unanswered";
    let since = if asks { Timestamp(0) } else { hit.occurred_at };
    let answered = match hit.topic {
        Some(topic) if without_reply || asks => store::answered(tx, topic, hit.person, since)?,
        _ => false,
    };
    Ok(answered.then_some("somebody has answered"))
}
