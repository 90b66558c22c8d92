//! What people say of a reading, kept: corrections, confirmations, and what their decisions mean for it.

use mainstreet_db::Tx;
use mainstreet_kernel::id::{EntryId, PersonId, SignalId};
use mainstreet_kernel::{Result, Timestamp};
use mainstreet_language::local::Judgement;

use super::store;
use crate::signals::{Outcome, Signal};
use crate::triage::words;

words! {
    /// How an answer came about.
    Way, "An answer is corrected, confirmed or decided." {
        /// A person said that it is something else.
        Corrected = "corrected",
        /// A person said that it was right.
        Confirmed = "confirmed",
        /// It follows from what a person decided.
        Decided = "decided",
    }
}

/// One thing that a person said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Given {
    /// Of what.
    pub judgement: Judgement,
    /// One of its words.
    pub word: &'static str,
}

impl Given {
    /// Yes or no.
    pub(crate) fn yes_or_no(judgement: Judgement, yes: bool) -> Self {
        Self { judgement, word: if yes { "yes" } else { "no" } }
    }
}

/// Keeps what a person said of an item's reading. What was never read cannot be answered.
pub(crate) fn keep(
    tx: &mut Tx<'_>,
    signal: &Signal,
    person: PersonId,
    way: Option<Way>,
    given: &[Given],
) -> Result<()> {
    let said = &signal.assessment.said;
    for one in given {
        let Some((was, probability)) = said.of(one.judgement) else { continue };
        let way = way.unwrap_or(if was == one.word { Way::Confirmed } else { Way::Corrected });
        let row = store::NewAnswer {
            id: EntryId(tx.mint()),
            post: said.post,
            judgement: one.judgement,
            was,
            became: one.word,
            probability,
            model: &said.model,
            way,
            signal: signal.id,
            person,
        };
        store::add_answer(tx, &row)?;
    }
    Ok(())
}

/// What the end of an item means for the harms that were read in it: what somebody acted upon was there, what they
/// looked at and let stand was not. Harms that nobody read are left alone.
pub(crate) fn decided(tx: &mut Tx<'_>, signal: &Signal, person: PersonId, end: End) -> Result<()> {
    let harms = [Judgement::Harassment, Judgement::Spam];
    let read =
        harms.into_iter().filter(|one| signal.assessment.said.of(*one).is_some_and(|said| said.0 == "yes"));
    let given: Vec<Given> = match end {
        End::Spam => vec![Given::yes_or_no(Judgement::Spam, true)],
        End::Stands => read.map(|one| Given::yes_or_no(one, false)).collect(),
        // Who hid something for one reason said nothing of another one.
        End::Goes if read.clone().count() == 1 => read.map(|one| Given::yes_or_no(one, true)).collect(),
        End::Goes => Vec::new(),
    };
    keep(tx, signal, person, Some(Way::Decided), &given)
}

/// How an item ended, as far as its reading is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It was advertising.
    Spam,
    /// Somebody acted against it.
    Goes,
    /// Somebody looked, and it may stand.
    Stands,
}

impl End {
    /// What an outcome says; none: nothing of the reading.
    pub(crate) fn of(outcome: Outcome) -> Option<Self> {
        match outcome {
            Outcome::Moderated => Some(Self::Goes),
            Outcome::NoAction | Outcome::Published => Some(Self::Stands),
            _ => None,
        }
    }
}

/// Takes back what a person said of an item since `since`.
pub(crate) fn withdraw(tx: &mut Tx<'_>, signal: SignalId, person: PersonId, since: Timestamp) -> Result<()> {
    store::withdraw(tx, signal, person, since)
}
