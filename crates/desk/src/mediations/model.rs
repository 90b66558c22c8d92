use mainstreet_kernel::Timestamp;
use mainstreet_kernel::id::{EntryId, MediationId, PersonId, TopicId};

use crate::triage::words;

words! {
    /// Where a mediation stands.
    State, "A mediation is open, talking, agreed or closed." {
        /// The parties were written to.
        Open = "open",
        /// A party has answered, or a proposal is there.
        Talking = "talking",
        /// All accepted the same wording.
        Agreed = "agreed",
        /// It ended without an agreement.
        Closed = "closed",
    }
}

impl State {
    /// The words shown.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "waits for an answer",
            Self::Talking => "they talk",
            Self::Agreed => "agreed",
            Self::Closed => "ended without an agreement",
        }
    }

    /// True while something can still be said.
    pub fn runs(self) -> bool {
        matches!(self, Self::Open | Self::Talking)
    }
}

words! {
    /// What was written in a mediation.
    Kind, "Words are a note, a message or a proposal." {
        /// For the team.
        Note = "note",
        /// To one of them or to all.
        Message = "message",
        /// What they could agree on.
        Proposal = "proposal",
    }
}

/// Somebody who is at odds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Who.
    pub person: PersonId,
    /// Their name now.
    pub name: String,
    /// The version of the proposal they accepted; 0: none.
    pub accepted: i64,
}

/// A mediation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mediation {
    /// Which.
    pub id: MediationId,
    /// What it is about.
    pub title: String,
    /// Where it began.
    pub topic: Option<TopicId>,
    /// Who mediates.
    pub mediator: PersonId,
    /// Their name now.
    pub mediator_name: String,
    /// Where it stands.
    pub state: State,
    /// What they could agree on; agreed, what they agreed on.
    pub proposal: String,
    /// Its version; 0: there is none.
    pub proposal_version: i64,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When something last happened.
    pub moved_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it ended without an agreement.
    pub ended_why: String,
    /// Who is at odds.
    pub parties: Vec<Party>,
}

impl Mediation {
    /// True for a party.
    pub fn is_party(&self, person: PersonId) -> bool {
        self.parties.iter().any(|party| party.person == person)
    }

    /// The parties and the mediator.
    pub fn everybody(&self) -> Vec<PersonId> {
        self.parties.iter().map(|party| party.person).chain([self.mediator]).collect()
    }

    /// The name of somebody who takes part.
    pub fn name_of(&self, person: PersonId) -> &str {
        if person == self.mediator {
            return &self.mediator_name;
        }
        self.parties.iter().find(|party| party.person == person).map_or("the team", |party| &party.name)
    }
}

/// Something that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Which.
    pub id: EntryId,
    /// A note, a message or a proposal.
    pub kind: Kind,
    /// Who wrote it.
    pub author: PersonId,
    /// Their name now.
    pub author_name: String,
    /// To whom alone.
    pub to: Option<PersonId>,
    /// The text, as Markdown.
    pub body: String,
    /// When.
    pub at: Timestamp,
}
