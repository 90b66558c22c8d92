//! Escalations: a question to an owner, as part of an item, with a promise to the member and a clock of its own.
//!
//! **Invariant:** while an item waits for an owner, at least one of its questions is unanswered.

mod handing;
mod store;

pub use handing::{
    HandOff, answer_from_mail, hand_off, hand_off_one, of_link, refuse_from_mail, take_from_mail, unmailed,
};
use mainstreet_community::accounts::{self, MailStand};
use mainstreet_db::Tx;
use mainstreet_kernel::id::{EntryId, MailId, PersonId, SignalId};
use mainstreet_kernel::{Actor, Error, Result, Timestamp};

use crate::signals::rules::may_work;
use crate::signals::steps::{Change, change, check_move, due_from_now, take_up};
use crate::signals::{Act, Sight, Signal, State};
use crate::triage::{self, Label, Owner, SetBy, words};

/// The longest question, promise or answer, in characters.
const LONGEST: usize = 4_000;

words! {
    /// Where a question to an owner stands.
    Stand, "Unknown state of an escalation." {
        /// The owner's turn.
        Asked = "asked",
        /// Answered.
        Answered = "answered",
        /// Taken back before an answer.
        Withdrawn = "withdrawn",
        /// Not theirs, they say; whose it is has to be asked again.
        Refused = "refused",
    }
}

/// A question to an owner.
#[derive(Clone, Debug, PartialEq)]
pub struct Escalation {
    /// Its id.
    pub id: EntryId,
    /// The item it is part of.
    pub signal: SignalId,
    /// Who was asked.
    pub owner: Owner,
    /// What, in a sentence.
    pub question: String,
    /// What the member may be told meanwhile; may be empty.
    pub promise: String,
    /// Where it stands.
    pub state: Stand,
    /// Who asked.
    pub asked_by: Option<PersonId>,
    /// Their name.
    pub asker: Option<String>,
    /// When.
    pub asked_at: Timestamp,
    /// When an answer is due.
    pub due_at: Timestamp,
    /// The answer; empty until there is one.
    pub answer: String,
    /// Who answered.
    pub answered_by: Option<PersonId>,
    /// Their name.
    pub answerer: Option<String>,
    /// When.
    pub answered_at: Option<Timestamp>,
    /// Who took it on, as they signed.
    pub taken_by: String,
    /// When they did.
    pub taken_at: Option<Timestamp>,
    /// Who answered from the mail, as they signed; empty: somebody of the desk kept the answer.
    pub signed: String,
    /// The address it was mailed to; empty: it was not.
    pub mailed_to: String,
    /// The mail.
    pub mail: Option<MailId>,
    /// How far the mail has come.
    pub mail_stand: Option<MailStand>,
}

/// A question about to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Whom to ask.
    pub owner: Owner,
    /// What, in a sentence.
    pub question: String,
    /// What the member may be told meanwhile; may be empty.
    pub promise: String,
    /// When an answer is due; none: by the urgency of the item.
    pub due_at: Option<Timestamp>,
}

/// Asks an owner. The item waits for them; the community's own clock runs on.
///
/// # Errors
/// `Invalid` without a question, or with a time that is past.
pub fn escalate(tx: &mut Tx<'_>, actor: Actor, sight: Sight, ask: &Question) -> Result<Signal> {
    let question = text(&ask.question, "Ask the owner something: one sentence says what you need.")?;
    let promise = ask.promise.trim();
    if promise.chars().count() > LONGEST {
        return Err(Error::invalid("Keep the promise under 4000 characters."));
    }
    let before = take_up(tx, actor, sight)?;
    if before.is_about_member() {
        return Err(Error::conflict("This item is about a member, so no owner is asked. Decide the appeal."));
    }
    let now = tx.now();
    let due = match ask.due_at {
        Some(due) => due,
        None => owner_due(tx, ask.owner, before.assessment.urgency.is)?,
    };
    if due <= now {
        return Err(Error::invalid("An answer cannot be due in the past. Choose a later time."));
    }
    let mut after = before.clone();
    check_move(tx, actor, &mut after, State::WaitingOwner)?;
    let reasons = vec![format!("escalated: {}", mainstreet_kernel::text::excerpt(&question, 80))];
    after.assessment.owner = Label { is: ask.owner, by: SetBy::Person, reasons };
    let id = EntryId(tx.mint());
    let asked = store::Asked { id, signal: before.id, owner: ask.owner, question: &question, promise, due };
    store::insert(tx, &asked, actor.person)?;
    let why = format!("asked {}: {}", ask.owner, mainstreet_kernel::text::excerpt(&question, 120));
    change(tx, actor, &before, after, &Change::new(Act::Escalated, State::WaitingOwner, &why).about(id.0))
}

/// When an owner's answer is due: by what was agreed with them, or by the urgency, counted in opening hours.
fn owner_due(tx: &mut Tx<'_>, owner: Owner, urgency: triage::Urgency) -> Result<Timestamp> {
    let agreed = triage::owners::team(tx, owner)?.answer_within;
    let span = agreed.unwrap_or(triage::owner_targets(tx)?.of(urgency));
    let hours = triage::clocks(tx)?.hours;
    Ok(triage::due(&hours, tx.now(), span, urgency))
}

/// The owner answers. When it was the last open question, the item goes on.
///
/// # Errors
/// `Forbidden` for people who are neither staff nor answer for that owner; `Conflict` naming who answered first.
pub fn answer(tx: &mut Tx<'_>, actor: Actor, id: EntryId, answer: &str) -> Result<Signal> {
    let answer = text(answer, "Write the answer first.")?;
    let asked = find(tx, id)?;
    let answers_for = match actor.person {
        Some(person) => store::answers_for(tx, asked.owner, person)?,
        None => false,
    };
    if !answers_for {
        may_work(actor)?;
    }
    if asked.state != Stand::Asked {
        let who = asked.answerer.as_deref().unwrap_or("Somebody");
        return Err(Error::conflict(match asked.state {
            Stand::Withdrawn => "This question was taken back, so it needs no answer.".to_owned(),
            Stand::Refused => "The owner said that it is not theirs. Ask another one.".to_owned(),
            _ => format!("{who} has answered this question already. Add a note if there is more to say."),
        }));
    }
    store::set_answer(tx, id, Stand::Answered, &answer, actor.person, "")?;
    let why = format!("{} answered: {}", asked.owner, mainstreet_kernel::text::excerpt(&answer, 120));
    go_on(tx, actor, &asked, Act::OwnerAnswered, &why)
}

/// Something came of a question: when none is open any more, the item goes on.
fn go_on(tx: &mut Tx<'_>, actor: Actor, asked: &Escalation, act: Act, why: &str) -> Result<Signal> {
    let staff = Actor { role: actor.role.max(mainstreet_kernel::Role::Moderator), ..actor };
    let before = take_up(tx, staff, Sight { id: asked.signal, version: None })?;
    let mut after = before.clone();
    let open = store::of_signal(tx, asked.signal)?.iter().any(|other| other.state == Stand::Asked);
    let to = if before.state == State::WaitingOwner && !open { State::Triaged } else { before.state };
    if to != before.state {
        after.due_at = Some(due_from_now(tx, &after)?);
    }
    change(tx, actor, &before, after, &Change::lasting(act, to, why).about(asked.id.0))
}

fn text(typed: &str, missing: &'static str) -> Result<String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(Error::invalid(missing));
    }
    if typed.chars().count() > LONGEST {
        return Err(Error::invalid("Keep it under 4000 characters."));
    }
    Ok(typed.to_owned())
}

/// One of them.
pub fn find(tx: &mut Tx<'_>, id: EntryId) -> Result<Escalation> {
    store::find(tx, id)?.ok_or_else(|| Error::not_found("There is no such question."))
}

/// Those of an item, oldest first.
pub fn of_signal(tx: &mut Tx<'_>, signal: SignalId) -> Result<Vec<Escalation>> {
    let mut all = store::of_signal(tx, signal)?;
    for asked in &mut all {
        asked.mail_stand = asked.mail.map(|mail| accounts::mail_stand(tx, mail)).transpose()?.flatten();
    }
    Ok(all)
}

/// Says that a person answers for an owner, or no longer does. Managers may.
pub fn set_owner_person(
    tx: &mut Tx<'_>,
    actor: Actor,
    owner: Owner,
    person: PersonId,
    answers: bool,
) -> Result<()> {
    if actor.role < mainstreet_kernel::Role::Manager {
        return Err(Error::forbidden("Only a manager says who answers for an owner."));
    }
    store::set_owner_person(tx, owner, person, answers)
}

/// Takes a question back with the step that asked it, and its mail if that has not gone out.
pub(crate) fn withdraw(tx: &mut Tx<'_>, id: EntryId) -> Result<()> {
    store::withdraw(tx, id)?;
    match find(tx, id)?.mail {
        Some(mail) => accounts::recall_mail(tx, mail).map(drop),
        None => Ok(()),
    }
}
