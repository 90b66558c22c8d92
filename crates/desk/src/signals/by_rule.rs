//! A rule asks for an item.

use mainstreet_db::Tx;
use mainstreet_kernel::id::{EntryId, PersonId, PostId, SignalId};
use mainstreet_kernel::{Actor, Result, Timestamp};

use super::model::{Act, Cause};
use super::opening::{Opening, open};
use super::steps::{Change, change};
use super::store;
use crate::triage::{Assessment, Intent, Label, Owner, Risk, RiskLevel, RiskNote, SetBy, Urgency};

/// What a rule says about the item it asks for.
pub(crate) struct Ask<'a> {
    pub(crate) post: PostId,
    /// The hit: it causes one item at most.
    pub(crate) hit: EntryId,
    pub(crate) rule: &'a str,
    pub(crate) person: Option<PersonId>,
    pub(crate) occurred_at: Timestamp,
    pub(crate) intent: Option<Intent>,
    pub(crate) urgency: Option<Urgency>,
    pub(crate) risk: Option<Risk>,
    pub(crate) owner: Option<Owner>,
}

/// How the reason of a label begins that a rule of the community set.
const ASKED: &str = "the rule “";

/// Keeps what rules of the community asked for when an item is assessed anew: intent, owner and risks as they said, and
/// no less urgent than they said.
pub(super) fn keep_asked(old: &Assessment, fresh: &mut Assessment) {
    fn asked<T>(label: &Label<T>) -> bool {
        label.by == SetBy::Rule && label.reasons.iter().any(|why| why.starts_with(ASKED))
    }
    if asked(&old.intent) && fresh.intent.by != SetBy::Person {
        fresh.intent = old.intent.clone();
    }
    if asked(&old.owner) && fresh.owner.by != SetBy::Person {
        fresh.owner = old.owner.clone();
    }
    if asked(&old.urgency) && fresh.urgency.by != SetBy::Person && old.urgency.is > fresh.urgency.is {
        fresh.urgency = old.urgency.clone();
    }
    for note in old.risks.iter().filter(|note| note.reasons.iter().any(|why| why.starts_with(ASKED))) {
        if !fresh.risks.iter().any(|known| known.risk == note.risk) {
            fresh.risks.push(note.clone());
        }
    }
}

/// Opens an item for a hit, or adds the hit to the one that is open. Nothing when the post is gone, or the hit has
/// its item.
pub(crate) fn ask(tx: &mut Tx<'_>, ask: &Ask<'_>) -> Result<Option<SignalId>> {
    let Some(post) = store::written_post(tx, ask.post)? else { return Ok(None) };
    let why = format!("the rule “{}” matched", ask.rule);
    let opening = Opening {
        cause: Cause::Rule,
        object: ask.hit.0,
        person: ask.person,
        reason: why.clone(),
        occurred_at: ask.occurred_at,
        post: &post,
        seen: None,
    };
    let Some(id) = open(tx, &opening)? else { return Ok(None) };
    let Some(before) = store::find(tx, id)? else { return Ok(None) };
    let mut after = before.clone();
    let labels = &mut after.assessment;
    if let Some(intent) = ask.intent.filter(|_| labels.intent.by != SetBy::Person) {
        labels.intent = Label { is: intent, by: SetBy::Rule, reasons: vec![why.clone()] };
    }
    if let Some(urgency) = ask.urgency.filter(|_| labels.urgency.by != SetBy::Person) {
        labels.urgency = Label { is: urgency, by: SetBy::Rule, reasons: vec![why.clone()] };
    }
    if let Some(owner) = ask.owner.filter(|_| labels.owner.by != SetBy::Person) {
        labels.owner = Label { is: owner, by: SetBy::Rule, reasons: vec![why.clone()] };
    }
    if let Some(risk) = ask.risk {
        match labels.risks.iter_mut().find(|note| note.risk == risk) {
            Some(note) => note.reasons.push(why.clone()),
            None => labels.risks.push(RiskNote {
                risk,
                level: RiskLevel::Possible,
                by: SetBy::Rule,
                reasons: vec![why.clone()],
            }),
        }
    }
    if after.assessment != before.assessment {
        let done = Change::lasting(Act::Triaged, before.state, &why).about(ask.post.0);
        change(tx, Actor::SYSTEM, &before, after, &done)?;
    }
    Ok(Some(id))
}
