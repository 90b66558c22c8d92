use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Actor, Error, Result, Role};

use super::model::{Kind, Mediation, Word};

pub(super) fn of_team(actor: Actor) -> Result<PersonId> {
    actor
        .person
        .filter(|_| actor.role.is_staff())
        .ok_or_else(|| Error::forbidden("Only somebody of the team can open a mediation."))
}

pub(super) fn check_title(title: &str) -> Result<()> {
    if (3..=120).contains(&title.trim().chars().count()) {
        return Ok(());
    }
    Err(Error::invalid("Say in 3 to 120 characters what it is about. The parties read it."))
}

pub(super) fn check_words(words: &str) -> Result<()> {
    match words.trim().chars().count() {
        0 => Err(Error::invalid("Write something first.")),
        1..=8_000 => Ok(()),
        _ => Err(Error::invalid("Keep it under 8,000 characters.")),
    }
}

/// Two to ten parties, and the mediator is none of them.
pub(super) fn check_parties(parties: &[PersonId], mediator: PersonId) -> Result<()> {
    if !(2..=10).contains(&parties.len()) {
        return Err(Error::invalid("Choose two to ten different members who are at odds."));
    }
    if parties.contains(&mediator) {
        return Err(Error::invalid("A party cannot mediate. Choose somebody else of the team."));
    }
    Ok(())
}

pub(super) fn must_run(case: &Mediation) -> Result<()> {
    if case.state.runs() { Ok(()) } else { Err(Error::conflict("This mediation has ended.")) }
}

/// The mediator and the parties.
pub(super) fn takes_part(actor: Actor, case: &Mediation) -> Result<PersonId> {
    actor.person.filter(|person| *person == case.mediator || case.is_party(*person)).ok_or_else(|| {
        Error::forbidden("Only the mediator and the parties write here. Leave a note for the team.")
    })
}

pub(super) fn is_party(actor: Actor, case: &Mediation) -> Result<PersonId> {
    actor
        .person
        .filter(|person| case.is_party(*person))
        .ok_or_else(|| Error::forbidden("Only a party can accept the proposal."))
}

/// The mediator, and managers who are no party.
pub(super) fn mediates(actor: Actor, case: &Mediation) -> Result<PersonId> {
    let person = actor.person.filter(|person| !case.is_party(*person));
    person
        .filter(|person| (*person == case.mediator && actor.role.is_staff()) || actor.role >= Role::Manager)
        .ok_or_else(|| Error::forbidden("Only the mediator, or a manager who is no party, can do that."))
}

/// The team, but for parties.
pub(super) fn reads_notes(actor: Actor, case: &Mediation) -> Result<PersonId> {
    actor
        .person
        .filter(|person| actor.role.is_staff() && !case.is_party(*person))
        .ok_or_else(|| Error::forbidden("Notes are for the team, and not for those who are a party."))
}

pub(super) fn may_write_to(case: &Mediation, me: PersonId, to: Option<PersonId>) -> Result<()> {
    let fits = match to {
        None => true,
        Some(one) if me == case.mediator => case.is_party(one),
        Some(one) => one == case.mediator,
    };
    if fits { Ok(()) } else { Err(Error::invalid("Write to all, or to the mediator alone.")) }
}

/// Who reads what.
pub(super) fn reads(actor: Actor, case: &Mediation, word: &Word) -> bool {
    let Some(me) = actor.person else { return false };
    let part = me == case.mediator || case.is_party(me);
    match (word.kind, word.to) {
        (Kind::Note, _) => actor.role.is_staff() && !case.is_party(me),
        (_, None) => part || actor.role.is_staff(),
        (_, Some(to)) => word.author == me || to == me || me == case.mediator,
    }
}

#[cfg(test)]
mod tests {
    use mainstreet_kernel::Timestamp;
    use mainstreet_kernel::id::{EntryId, MediationId};

    use super::super::model::{Party, State};
    use super::*;

    fn case() -> Mediation {
        let party = |id: i64| Party { person: PersonId(id), name: format!("P{id}"), accepted: 0 };
        Mediation {
            id: MediationId(1),
            title: String::new(),
            topic: None,
            mediator: PersonId(9),
            mediator_name: "Max".to_owned(),
            state: State::Talking,
            proposal: String::new(),
            proposal_version: 0,
            opened_at: Timestamp(0),
            moved_at: Timestamp(0),
            ended_at: None,
            ended_why: String::new(),
            parties: vec![party(1), party(2)],
        }
    }

    fn actor(id: i64, role: Role) -> Actor {
        Actor::signed_in(PersonId(id), role)
    }

    #[test]
    fn who_reads_what() {
        let word = |kind, author: i64, to: Option<i64>| Word {
            id: EntryId(1),
            kind,
            author: PersonId(author),
            author_name: String::new(),
            to: to.map(PersonId),
            body: String::new(),
            at: Timestamp(0),
        };
        // Readers: party 1, party 2 who is a moderator, mediator 9, moderator 8, member 7.
        let readers = [
            actor(1, Role::Member),
            actor(2, Role::Moderator),
            actor(9, Role::Moderator),
            actor(8, Role::Moderator),
            actor(7, Role::Member),
        ];
        for (word, expect) in [
            (word(Kind::Note, 8, None), "--nn-"),
            (word(Kind::Message, 9, None), "nnnn-"),
            (word(Kind::Message, 9, Some(1)), "n-n--"),
            (word(Kind::Message, 2, Some(9)), "-nn--"),
            (word(Kind::Proposal, 9, None), "nnnn-"),
        ] {
            let seen: String =
                readers.iter().map(|reader| if reads(*reader, &case(), &word) { 'n' } else { '-' }).collect();
            assert_eq!(seen, expect, "{word:?}");
        }
    }

    #[test]
    fn a_party_never_mediates() {
        assert!(check_parties(&[PersonId(1), PersonId(2)], PersonId(2)).is_err());
        assert!(check_parties(&[PersonId(1)], PersonId(9)).is_err());
        assert!(mediates(actor(2, Role::Owner), &case()).is_err());
        assert!(mediates(actor(8, Role::Moderator), &case()).is_err());
        assert!(mediates(actor(8, Role::Manager), &case()).is_ok());
        assert!(reads_notes(actor(2, Role::Moderator), &case()).is_err());
        assert!(may_write_to(&case(), PersonId(1), Some(PersonId(2))).is_err());
        assert!(may_write_to(&case(), PersonId(9), Some(PersonId(2))).is_ok());
    }
}
