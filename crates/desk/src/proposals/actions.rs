//! Doing what was proposed, leaving it, and taking either back.

use mainstreet_community::mutes;
use mainstreet_db::Tx;
use mainstreet_kernel::id::{EntryId, PersonId};
use mainstreet_kernel::{Actor, Error, Result, Role};

use super::pairs::wants_none;
use super::{Came, Kind, Proposal, Stand, store};
use crate::forms::{self, Sent};
use crate::letters::{self, Draft};
use crate::recognitions;

fn may_work(actor: Actor) -> Result<PersonId> {
    let staff = actor.person.filter(|_| actor.role.is_staff());
    staff.ok_or_else(|| Error::forbidden("Proposals are for those who work in the desk."))
}

fn find(tx: &mut Tx<'_>, id: EntryId) -> Result<Proposal> {
    store::find(tx, id)?.ok_or_else(|| Error::not_found("There is no such proposal."))
}

/// A person does what was proposed. `words`: the thanks, or the introduction, as the members read it.
///
/// # Errors
/// Not staff; it was decided already; no words; what was proposed cannot be done any more, with the reason.
pub fn accept(tx: &mut Tx<'_>, actor: Actor, id: EntryId, words: &str) -> Result<Proposal> {
    let me = may_work(actor)?;
    let proposal = find(tx, id)?;
    store::decide(tx, id, (Stand::Waiting, Stand::Accepted), actor.person, words.trim())?;
    let came = match proposal.kind {
        Kind::Form => send_form(tx, me, &proposal)?,
        Kind::Recognition => thank(tx, me, &proposal, words)?,
        Kind::Connection => introduce(tx, me, &proposal, words)?,
    };
    store::set_came(tx, id, &serde_json::to_string(&came).map_err(Error::internal)?)?;
    find(tx, id)
}

fn sender(tx: &mut Tx<'_>, me: PersonId) -> Result<String> {
    Ok(format!("{} of the team", forms::name_of(tx, me)?))
}

fn send_form(tx: &mut Tx<'_>, me: PersonId, proposal: &Proposal) -> Result<Came> {
    let Some(form) = forms::find(tx, &proposal.what)? else {
        return Err(Error::conflict("There is no form of this name any more. Decline it."));
    };
    let post = proposal.post.as_ref().map(|(id, _)| *id);
    let sender = sender(tx, me)?;
    match forms::ask(tx, (proposal.person, post), &form, Some(proposal.hit), (&sender, false))? {
        Sent::Yes(ask) => Ok(Came { ask: Some(ask), ..Came::default() }),
        Sent::Already => Err(Error::conflict("They were asked this already. Decline it.")),
        Sent::Nobody => {
            Err(Error::conflict("They have no account here, so they cannot be asked. Decline it."))
        }
    }
}

fn thank(tx: &mut Tx<'_>, me: PersonId, proposal: &Proposal, words: &str) -> Result<Came> {
    let id = recognitions::give(tx, proposal.person, &proposal.what, words, Some(me))?;
    let path = mainstreet_community::people::path(proposal.person);
    let body = format!(
        "{}\n\nThank you. It stands on your page as “{}”; tell us if you would rather not have it there.",
        words.trim(),
        proposal.what
    );
    let (sender, from) = (sender(tx, me)?, tx.now());
    let draft = Draft {
        to: proposal.person,
        post: None,
        subject: &format!("A thank you: {}", proposal.what),
        body: &body,
        path: &path,
        sender: &sender,
        automatic: false,
        from,
    };
    let letter = letters::write(tx, &draft)?;
    let letters = letter.map(|letter| (proposal.person, letter)).into_iter().collect();
    Ok(Came { recognition: Some(id), letters, ..Came::default() })
}

fn introduce(tx: &mut Tx<'_>, me: PersonId, proposal: &Proposal, words: &str) -> Result<Came> {
    let words = words.trim();
    if words.is_empty() || words.chars().count() > 4_000 {
        return Err(Error::invalid("Write the introduction in at most 4,000 characters. Both read it."));
    }
    let Some(other) = proposal.other else { return Err(Error::internal("a connection of one")) };
    let pair = [(proposal.person, other, &proposal.other_name), (other, proposal.person, &proposal.name)];
    let sender = sender(tx, me)?;
    let from = tx.now();
    let mut came = Came::default();
    for (to, with, name) in pair {
        if wants_none(tx, to)? {
            return Err(Error::conflict(
                "One of them does not want to be introduced to anybody any more. Decline it.",
            ));
        }
        let muted = mutes::of_person(tx, to)?.iter().any(|mute| mute.other == with);
        if muted {
            return Err(Error::conflict("One of them does not see the other any more. Decline it."));
        }
        let subject = format!("May we introduce you to {name}?");
        let path = mainstreet_community::people::path(with);
        let draft = Draft {
            to,
            post: None,
            subject: &subject,
            body: words,
            path: &path,
            sender: &sender,
            automatic: false,
            from,
        };
        let Some(letter) = letters::write(tx, &draft)? else {
            return Err(Error::conflict("One of them has no account here any more. Decline it."));
        };
        came.letters.push((to, letter));
    }
    Ok(came)
}

/// A person does not want what was proposed; its rule's page shows the reason.
///
/// # Errors
/// Not staff; no reason; it was decided already.
pub fn decline(tx: &mut Tx<'_>, actor: Actor, id: EntryId, why: &str) -> Result<Proposal> {
    may_work(actor)?;
    let why = why.trim();
    if why.is_empty() || why.chars().count() > 500 {
        return Err(Error::invalid(
            "Say in at most 500 characters why not, for whoever looks after the rule.",
        ));
    }
    find(tx, id)?;
    store::decide(tx, id, (Stand::Waiting, Stand::Declined), actor.person, why)?;
    find(tx, id)
}

/// Takes a decision back: the proposal waits again, and what was done is undone.
///
/// # Errors
/// Not who decided nor a manager; `Conflict` when the form was answered or the introduction was read.
pub fn undo(tx: &mut Tx<'_>, actor: Actor, id: EntryId) -> Result<Proposal> {
    let me = may_work(actor)?;
    let proposal = find(tx, id)?;
    if proposal.decided_by != Some(me) && actor.role < Role::Manager {
        return Err(Error::forbidden("Who decided this, or a manager, can take it back."));
    }
    if proposal.stand == Stand::Waiting {
        return Err(Error::conflict("Nobody has decided this, so there is nothing to take back."));
    }
    store::decide(tx, id, (proposal.stand, Stand::Waiting), None, "")?;
    if proposal.stand == Stand::Accepted {
        let came: Came = serde_json::from_str(&proposal.came).map_err(Error::internal)?;
        take_back(tx, actor, &proposal, &came)?;
    }
    find(tx, id)
}

fn take_back(tx: &mut Tx<'_>, actor: Actor, proposal: &Proposal, came: &Came) -> Result<()> {
    if let Some(ask) = came.ask {
        forms::withdraw(tx, actor, ask)?;
    }
    let mut unread = true;
    for (person, letter) in &came.letters {
        unread &= letters::take_back(tx, *person, *letter)?;
    }
    if proposal.kind == Kind::Connection && !unread {
        return Err(Error::conflict("One of them has read it already, so it stays."));
    }
    if let Some(recognition) = came.recognition {
        recognitions::remove(tx, recognition)?;
        if !unread {
            let body = format!(
                "The badge “{}” was given to you by mistake and was taken back. Sorry; your work counts all the same.",
                proposal.what
            );
            letters::tell(tx, (proposal.person, None), "A badge was taken back", &body, "the team")?;
        }
    }
    Ok(())
}
