//! What managers decide of the reading: which version is in force, whose answers it learns from, when rules follow.

use mainstreet_db::Tx;
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Activity, Actor, Error, Object, Result, Role, Verb, Visibility};

use super::reader::{self, IN_FORCE, RULES};
use super::store;

/// The mark of a version that a person chose: nothing else is put in force by itself.
pub(super) const HELD: &str = "held";
/// The mark of an attempt that a person asked for.
pub(super) const ASKED: &str = "asked";
/// The longest reason, in characters.
const LONGEST: usize = 500;

fn may(actor: Actor) -> Result<PersonId> {
    if actor.role < Role::Manager {
        return Err(Error::forbidden("Only a manager changes how texts are read."));
    }
    actor.person.ok_or_else(|| Error::forbidden("Sign in to change how texts are read."))
}

fn reason(why: &str) -> Result<String> {
    let why = why.trim();
    if why.chars().count() > LONGEST {
        return Err(Error::invalid("Say why in 500 characters or fewer."));
    }
    Ok(why.to_owned())
}

/// Puts a version in force and says so in the log.
pub(super) fn turn(tx: &mut Tx<'_>, by: Option<Actor>, name: &str, why: &str) -> Result<()> {
    let was = reader::in_force(tx)?.name().to_owned();
    store::set_mark(tx, IN_FORCE, Some(name))?;
    store::add_turn(tx, name, why, by.and_then(|actor| actor.person))?;
    record(
        tx,
        by.unwrap_or(Actor::SYSTEM),
        serde_json::json!({ "key": "judgement.version", "value": name, "was": was, "why": why }),
    )
}

fn record(tx: &mut Tx<'_>, actor: Actor, props: serde_json::Value) -> Result<()> {
    let (site, now) = (Object { kind: "site", id: 0 }, tx.now());
    tx.record(&Activity::new(Verb::SettingChanged, actor, site, now).seen_by(Visibility::Staff).with(props))
}

/// Chooses the version that texts are read with from now on: one that was tried, or the shipped weights. What was read
/// before stays as it was said. Until [`let_it_learn`], later attempts wait for a person.
///
/// # Errors
/// `Forbidden` below manager, `NotFound` for a version that is not kept any more, `Conflict` for the one in force.
pub fn choose(tx: &mut Tx<'_>, actor: Actor, name: &str, why: &str) -> Result<()> {
    may(actor)?;
    let why = reason(why)?;
    let gone = || Error::not_found("This version is not kept any more. Choose another one from the list.");
    let chosen = reader::of_version(tx, name)?.ok_or_else(gone)?;
    if chosen.name() == reader::in_force(tx)?.name() {
        return Err(Error::conflict("Texts are read with this version already."));
    }
    let why = if why.is_empty() { "chosen by a person".to_owned() } else { why };
    turn(tx, Some(actor), chosen.name(), &why)?;
    store::set_mark(tx, HELD, Some("1"))?;
    store::adopted(tx, chosen.name())
}

/// Lets better versions take force by themselves again.
pub fn let_it_learn(tx: &mut Tx<'_>, actor: Actor) -> Result<()> {
    may(actor)?;
    store::set_mark(tx, HELD, None)?;
    record(tx, actor, serde_json::json!({ "key": "judgement.held", "value": false }))
}

/// Asks for an attempt now, whether or not there is news.
///
/// # Errors
/// `Forbidden` below manager, `Conflict` when nobody has answered anything.
pub fn ask_now(tx: &mut Tx<'_>, actor: Actor) -> Result<()> {
    may(actor)?;
    if store::count_answers(tx)?.0 == 0 {
        return Err(Error::conflict(
            "There is nothing to learn from yet. Confirm or correct what is read of items in the inbox.",
        ));
    }
    store::set_mark(tx, ASKED, Some("1"))
}

/// Lets the rules be run with the version in force. Those that ask for a measure and act go back to watching.
///
/// # Errors
/// `Forbidden` below manager, `Conflict` when they are run with it already.
pub fn rules_follow(tx: &mut Tx<'_>, actor: Actor) -> Result<()> {
    may(actor)?;
    let (now, was) = (reader::in_force(tx)?, reader::of_rules(tx)?);
    if now.name() == was.name() {
        return Err(Error::conflict("Rules are run with this version already."));
    }
    let name = now.name().to_owned();
    store::set_mark(tx, RULES, Some(&name))?;
    record(tx, actor, serde_json::json!({ "key": "judgement.rules", "value": name, "was": was.name() }))?;
    crate::rules::live::other_model(tx)
}

/// Leaves the answers of a person out of what is learnt. They are kept and shown as before.
///
/// # Errors
/// `Forbidden` below manager, `Invalid` without a reason.
pub fn leave_out(tx: &mut Tx<'_>, actor: Actor, person: PersonId, why: &str) -> Result<()> {
    let me = may(actor)?;
    let why = reason(why)?;
    if why.is_empty() {
        return Err(Error::invalid("Say why their answers are left out. They can read it."));
    }
    store::leave_out(tx, person, &why, me)?;
    record(
        tx,
        actor,
        serde_json::json!({ "key": "judgement.left_out", "person": person, "value": true, "why": why }),
    )
}

/// Takes their answers in again.
pub fn take_in(tx: &mut Tx<'_>, actor: Actor, person: PersonId) -> Result<()> {
    may(actor)?;
    store::take_in(tx, person)?;
    record(tx, actor, serde_json::json!({ "key": "judgement.left_out", "person": person, "value": false }))
}
