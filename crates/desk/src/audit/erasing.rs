//! Erasing what was written about a person in the record, as they may ask for (General Data Protection Regulation,
//! Article 17). What was decided, when and by which clause stays, and so does the chain.

use mainstreet_db::{Tx, log};
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Activity, Actor, Error, Result, Role, Verb, Visibility};
use serde_json::json;

use super::{What, note, store};
use crate::moderation;

/// What the record still holds in words about somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// Decisions with facts, reasons or what was before.
    pub decisions: i64,
    /// Appeals with words or answers.
    pub appeals: i64,
}

/// What the record still holds in words about somebody.
pub fn texts_about(tx: &mut Tx<'_>, person: PersonId) -> Result<Texts> {
    let (decisions, appeals) = store::count_texts(tx, person)?;
    Ok(Texts { decisions, appeals })
}

/// Erases what was written about a member in decisions and appeals: facts, words and answers. What was decided, when,
/// by which clause stays, without a word about the person. Decisions without texts cannot be taken back any more. That
/// it was done, by whom and why is a measure in the log. Owners only. Answers how many decisions were emptied.
///
/// # Errors
/// `Forbidden` below an owner; `Invalid` without a reason; `Conflict` while an appeal waits, or when nothing is left.
pub fn erase_texts(tx: &mut Tx<'_>, actor: Actor, person: PersonId, why: &str) -> Result<usize> {
    if actor.role < Role::Owner {
        return Err(Error::forbidden("Only an owner can erase what was written about a member."));
    }
    let why = why.trim();
    if why.is_empty() || why.chars().count() > 500 {
        return Err(Error::invalid(
            "Say why in at most 500 characters, such as “They asked for it on 3 March”. It stays in the log.",
        ));
    }
    if texts_about(tx, person)? == Texts::default() {
        return Err(Error::conflict("The record holds no words about this person any more."));
    }
    let decisions = moderation::of_person(tx, person, 100_000)?;
    for decision in &decisions {
        let appeal = moderation::appeal_of(tx, decision.id)?;
        if appeal.is_some_and(|appeal| appeal.state == moderation::AppealState::Open) {
            return Err(Error::conflict(
                "An appeal of theirs waits to be answered, which nobody could do without its words. Decide it first.",
            ));
        }
    }
    for decision in &decisions {
        store::erase(tx, decision.id)?;
        log::forget_props(tx, "decision", decision.id.0, &[Verb::DecisionUndone])?;
        note(tx, actor.person, What::Erased, decision)?;
    }
    let about = [Verb::MemberSuspended, Verb::MemberRestricted, Verb::MemberReinstated];
    log::forget_props(tx, "person", person.0, &about)?;
    let activity = Activity::new(Verb::SettingChanged, actor, person, tx.now()).seen_by(Visibility::Staff);
    tx.record(
        &activity.with(json!({ "setting": "erased_texts", "decisions": decisions.len(), "why": why })),
    )?;
    Ok(decisions.len())
}
