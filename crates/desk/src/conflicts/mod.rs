//! Conflicts: conversations, and times, in which people are at odds, found early enough to help.
//!
//! A conversation is heated when flags or turns pass the thresholds of [`heat`]; the community is when flags rise over
//! what chance explains. Either opens one urgent item with the numbers behind it. What to do is proposed, never done:
//! calm mode, slowing down, a pause for somebody, splitting the side discussion off, a mediation.
//!
//! **Invariants.** One open conflict for each conversation. Flags for spam are no conflict. A conflict that was ended
//! opens again only by what happened since.

pub mod alarms;
pub mod between;
pub mod heat;
pub mod store;
mod watch;

use mainstreet_community::moderation::{Act, Detail, Order, Target};
use mainstreet_db::Tx;
use mainstreet_kernel::id::{ConflictId, PersonId, PostId, SignalId, TopicId};
use mainstreet_kernel::{Actor, Error, Result, Timestamp};

use crate::moderation::{self, Case, Decision, Ground, Source};

pub use heat::Input;
pub use watch::{look, sweep};

/// A conflict that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// Which.
    pub id: ConflictId,
    /// The conversation; nothing: the community as a whole.
    pub topic: Option<TopicId>,
    /// Its title.
    pub title: String,
    /// Where to look first.
    pub post: PostId,
    /// What was passed, with its numbers.
    pub inputs: Vec<Input>,
    /// When it was found.
    pub found_at: Timestamp,
    /// Its item in the inbox.
    pub signal: Option<SignalId>,
    /// When somebody said that it is over.
    pub ended_at: Option<Timestamp>,
    /// Why.
    pub ended_why: String,
}

/// Somebody says that it is over. Errors: `Forbidden`; `Invalid` without words; `Conflict` when it is.
pub fn end(tx: &mut Tx<'_>, actor: Actor, id: ConflictId, why: &str) -> Result<()> {
    if !actor.role.is_staff() {
        return Err(Error::forbidden("Only moderators can do that."));
    }
    let why = why.trim();
    if why.is_empty() || why.chars().count() > 500 {
        return Err(Error::invalid("Say in at most 500 characters how it ended. Colleagues learn from it."));
    }
    store::end(tx, id, actor.person, why)
}

/// What staff ask of one member in a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// To pause in this topic until then.
    Pause(TopicId, Timestamp),
    /// To keep apart from this member; both are told.
    KeepApart(PersonId),
}

/// Decides a pause, or that two members are kept apart: a decision for each member concerned, who is told why and can
/// appeal. Errors: as [`moderation::decide`].
pub fn ask(
    tx: &mut Tx<'_>,
    actor: Actor,
    person: PersonId,
    ask: &Ask,
    (clause, why): (&str, &str),
) -> Result<Vec<Decision>> {
    let case = |target: PersonId, act: Act, detail: Detail, until: Option<Timestamp>| Case {
        order: Order { target: Target::Person(target), act, why: why.to_owned(), until, detail },
        clause: clause.to_owned(),
        source: Source::Own,
        source_id: None,
        detected: false,
        ground: Ground::Incompatible,
    };
    match ask {
        Ask::Pause(topic, until) => {
            let pause = case(person, Act::CoolOff, Detail::Topic(*topic), Some(*until));
            Ok(vec![moderation::decide(tx, actor, &pause)?])
        }
        Ask::KeepApart(other) => {
            let (low, high) = (person.min(*other), person.max(*other));
            let one = moderation::decide(tx, actor, &case(low, Act::Part, Detail::From(high), None))?;
            let two = moderation::decide(tx, actor, &case(high, Act::Part, Detail::From(low), None))?;
            Ok(vec![one, two])
        }
    }
}
