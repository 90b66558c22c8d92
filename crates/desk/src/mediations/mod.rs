//! Mediation: one of the team, who is no party, talks with members who are at odds until they agree or part.
//!
//! The mediator writes to one party or to all; a party writes to the mediator alone or to all. The mediator proposes
//! what they could agree on; when every party has accepted the same wording, it is agreed, and each of them sees it.
//! Notes are for the team. Whoever has not answered is reminded.
//!
//! **Invariants.** The mediator is never a party. Nobody reads what was written to somebody else alone, but the
//! mediator. Somebody of the team who is a party reads no notes. A new wording must be accepted anew by all.

mod model;
mod rules;
mod store;

use mainstreet_community::notices::{self, About};
use mainstreet_community::{accounts, topics};
use mainstreet_db::Tx;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::{MediationId, PersonId, TopicId};
use mainstreet_kernel::{Activity, Actor, Error, Result, Verb, Visibility};
use serde_json::json;

pub use model::{Kind, Mediation, Party, State, Word};
pub use store::{find, list, of_party, open_between};

/// Whoever owes an answer is reminded after so long, in milliseconds, and again after as long.
pub const REMIND: i64 = 3 * DAY;

/// What opening one asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New {
    /// What it is about, as the parties read it.
    pub title: String,
    /// Where it began.
    pub topic: Option<TopicId>,
    /// Who is at odds.
    pub parties: Vec<PersonId>,
    /// Who mediates.
    pub mediator: PersonId,
    /// The first words to all of them.
    pub words: String,
}

/// Opens a mediation and writes to the parties. Errors: `Forbidden` for members; `Invalid` for fewer than two parties,
/// a mediator who is one, or words missing.
pub fn open(tx: &mut Tx<'_>, actor: Actor, new: &New) -> Result<Mediation> {
    let me = rules::of_team(actor)?;
    rules::check_title(&new.title)?;
    rules::check_words(&new.words)?;
    let mut parties = new.parties.clone();
    parties.sort_unstable();
    parties.dedup();
    rules::check_parties(&parties, new.mediator)?;
    for party in &parties {
        accounts::find(tx, *party).map_err(|_| {
            Error::invalid("One of them has no account here, so they cannot take part. Choose members.")
        })?;
    }
    if !accounts::find(tx, new.mediator)?.role.is_staff() {
        return Err(Error::invalid("Somebody of the team mediates. Choose a moderator or manager."));
    }
    if let Some(topic) = new.topic {
        topics::store::find(tx, topic)?;
    }
    let id = store::insert(tx, new, &parties, me)?;
    store::add_word(tx, id, Kind::Message, (me, None), new.words.trim())?;
    let said = format!("A moderator would like to talk with you about “{}”.", new.title.trim());
    tell(tx, id, &parties, &said)?;
    moved(tx, actor, id)
}

/// Writes to one of them, or to all. Errors: `Forbidden` for others; `Conflict` when it has ended; `Invalid` for an
/// empty or overlong text, or somebody who does not take part.
pub fn say(
    tx: &mut Tx<'_>,
    actor: Actor,
    id: MediationId,
    to: Option<PersonId>,
    words: &str,
) -> Result<Mediation> {
    let case = store::hold(tx, id)?;
    let me = rules::takes_part(actor, &case)?;
    rules::check_words(words)?;
    rules::must_run(&case)?;
    rules::may_write_to(&case, me, to)?;
    store::add_word(tx, id, Kind::Message, (me, to), words.trim())?;
    if case.state == State::Open && me != case.mediator {
        store::set_state(tx, id, State::Talking, "")?;
    }
    let others: Vec<PersonId> = match to {
        Some(one) => vec![one],
        None => case.everybody().into_iter().filter(|one| *one != me).collect(),
    };
    tell(tx, id, &others, &format!("There is a new message about “{}”.", case.title))?;
    moved(tx, actor, id)
}

/// A note for the team. Errors: `Forbidden` for members and for parties.
pub fn note(tx: &mut Tx<'_>, actor: Actor, id: MediationId, words: &str) -> Result<Mediation> {
    let case = store::hold(tx, id)?;
    let me = rules::reads_notes(actor, &case)?;
    rules::check_words(words)?;
    store::add_word(tx, id, Kind::Note, (me, None), words.trim())?;
    store::find(tx, id)
}

/// The mediator puts into words what they could agree on. What was accepted before counts no longer. Errors:
/// `Forbidden` for others, `Conflict` when it has ended, `Invalid` for an empty or overlong text.
pub fn propose(tx: &mut Tx<'_>, actor: Actor, id: MediationId, words: &str) -> Result<Mediation> {
    let case = store::hold(tx, id)?;
    let me = rules::mediates(actor, &case)?;
    rules::check_words(words)?;
    rules::must_run(&case)?;
    store::set_proposal(tx, id, words.trim())?;
    store::add_word(tx, id, Kind::Proposal, (me, None), words.trim())?;
    if case.state == State::Open {
        store::set_state(tx, id, State::Talking, "")?;
    }
    let parties: Vec<PersonId> = case.parties.iter().map(|party| party.person).collect();
    let said =
        format!("There is a proposal to agree on about “{}”. Read it, and accept it or answer.", case.title);
    tell(tx, id, &parties, &said)?;
    moved(tx, actor, id)
}

/// A party accepts the proposal of this version. When all have, it is agreed. Errors: `Forbidden` for others;
/// `Conflict` when the wording has changed, was accepted already, or it has ended.
pub fn accept(tx: &mut Tx<'_>, actor: Actor, id: MediationId, version: i64) -> Result<Mediation> {
    let case = store::hold(tx, id)?;
    let me = rules::is_party(actor, &case)?;
    rules::must_run(&case)?;
    if case.proposal_version == 0 || case.proposal_version != version {
        return Err(Error::conflict("The proposal was changed meanwhile. Read it again, then decide."));
    }
    store::accept(tx, id, me, version)?;
    let case = store::find(tx, id)?;
    if case.parties.iter().all(|party| party.accepted == version) {
        store::set_state(tx, id, State::Agreed, "")?;
        let said = format!("You have agreed about “{}”. What you agreed on stands there.", case.title);
        tell(tx, id, &case.everybody(), &said)?;
    } else {
        tell(tx, id, &[case.mediator], &format!("A party accepted the proposal about “{}”.", case.title))?;
    }
    moved(tx, actor, id)
}

/// It ends without an agreement. Errors: `Forbidden` for others than the mediator and managers; `Invalid` without
/// words; `Conflict` when it has ended.
pub fn close(tx: &mut Tx<'_>, actor: Actor, id: MediationId, why: &str) -> Result<Mediation> {
    let case = store::hold(tx, id)?;
    rules::mediates(actor, &case)?;
    rules::check_words(why)?;
    rules::must_run(&case)?;
    store::set_state(tx, id, State::Closed, why.trim())?;
    let parties: Vec<PersonId> = case.parties.iter().map(|party| party.person).collect();
    tell(tx, id, &parties, &format!("The talk about “{}” has ended without an agreement.", case.title))?;
    moved(tx, actor, id)
}

/// Somebody else mediates from now on. Errors: `Forbidden` for others than the mediator and managers; `Invalid` for a
/// party, or somebody not of the team.
pub fn hand_on(tx: &mut Tx<'_>, actor: Actor, id: MediationId, to: PersonId) -> Result<Mediation> {
    let case = store::hold(tx, id)?;
    rules::mediates(actor, &case)?;
    rules::must_run(&case)?;
    let parties: Vec<PersonId> = case.parties.iter().map(|party| party.person).collect();
    rules::check_parties(&parties, to)?;
    if !accounts::find(tx, to)?.role.is_staff() {
        return Err(Error::invalid("Somebody of the team mediates. Choose a moderator or manager."));
    }
    store::set_mediator(tx, id, to)?;
    tell(tx, id, &[to], &format!("You mediate about “{}” from now on.", case.title))?;
    moved(tx, actor, id)
}

/// Reminds those who owe an answer. Run it every minute; it reminds once in [`REMIND`]. Answers how many cases.
pub fn remind(tx: &mut Tx<'_>) -> Result<usize> {
    let due = store::due(tx)?;
    for id in &due {
        let case = store::hold(tx, *id)?;
        let waiting: Vec<PersonId> = if case.proposal_version > 0 {
            case.parties
                .iter()
                .filter(|one| one.accepted != case.proposal_version)
                .map(|one| one.person)
                .collect()
        } else {
            case.everybody()
        };
        tell(
            tx,
            *id,
            &waiting,
            &format!("Nothing happened for three days about “{}”. Is it your turn?", case.title),
        )?;
        store::set_reminded(tx, *id)?;
    }
    Ok(due.len())
}

/// What `reader` may read of it, oldest first: everything for the mediator; to the others of the team besides what is
/// between all; to a party what is to all, by them or to them.
pub fn words(tx: &mut Tx<'_>, actor: Actor, case: &Mediation) -> Result<Vec<Word>> {
    let all = store::words(tx, case.id)?;
    Ok(all.into_iter().filter(|word| rules::reads(actor, case, word)).collect())
}

fn tell(tx: &mut Tx<'_>, id: MediationId, people: &[PersonId], said: &str) -> Result<()> {
    for person in people {
        notices::tell(tx, *person, About::Mediation, id.0, said)?;
    }
    Ok(())
}

fn moved(tx: &mut Tx<'_>, actor: Actor, id: MediationId) -> Result<Mediation> {
    store::touch(tx, id)?;
    let case = store::find(tx, id)?;
    let activity = Activity::new(Verb::MediationMoved, actor, id, tx.now()).seen_by(Visibility::Staff);
    tx.record(&activity.with(json!({ "state": case.state.as_str() })))?;
    Ok(case)
}
