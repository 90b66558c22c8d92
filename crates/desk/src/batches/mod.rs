//! Batches: one act on several items of the inbox, with one clause, one reason and one undo.
//!
//! **Invariants.** Each item is done in a transaction of its own, so that one that cannot be done keeps none of the
//! others from it; why it could not stands beside it. What is done to a post or member is a decision like any other,
//! with its statement and appeal.

mod store;

use mainstreet_community::flags;
use mainstreet_community::moderation::{Act, Detail, Order, Target};
use mainstreet_db::Tx;
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::id::{BatchId, DecisionId, FlagId, PersonId, SignalId};
use mainstreet_kernel::{Activity, Actor, Error, Result, Timestamp, Verb, Visibility};
use serde_json::json;

use crate::moderation::{self, Case, Ground, Source};
use crate::signals::{self, Outcome, Sight, State, Verdict, approvals, view};

pub use store::{find, of_decision};

/// Items that one batch takes at most.
pub const MOST: usize = 200;

/// What is done to each item of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// An act of moderation on its post, or on whose matter it is.
    Act(Act),
    /// Nothing: it may stay as it is, and the item ends.
    Leave,
}

impl Deed {
    /// Those that a batch can do: nothing that ends an account or rewrites a text.
    pub const ALL: [Self; 6] = [
        Self::Act(Act::Hide),
        Self::Act(Act::Delete),
        Self::Act(Act::Publish),
        Self::Act(Act::Warn),
        Self::Act(Act::Mute),
        Self::Leave,
    ];

    /// The word stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Act(act) => act.as_str(),
            Self::Leave => "leave",
        }
    }

    /// What the form says.
    pub fn label(self) -> &'static str {
        match self {
            Self::Act(Act::Hide) => "Hide the posts",
            Self::Act(Act::Delete) => "Delete the posts",
            Self::Act(Act::Publish) => "Publish the held posts",
            Self::Act(Act::Warn) => "Warn the authors",
            Self::Act(Act::Mute) => "Mute the authors",
            Self::Act(other) => other.label(),
            Self::Leave => "Leave them: nothing needed doing",
        }
    }

    fn restricts(self) -> bool {
        matches!(self, Self::Act(act) if act.restricts())
    }
}

impl std::str::FromStr for Deed {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|deed| deed.as_str() == word);
        found.ok_or_else(|| Error::invalid("Choose what to do with them."))
    }
}

/// What the form of a batch holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBatch {
    /// What is done.
    pub deed: Deed,
    /// The clause that was broken; empty when nothing is restricted.
    pub clause: String,
    /// What was found, as the members read it.
    pub why: String,
    /// Of muting: for how many hours.
    pub hours: Option<i64>,
}

/// A batch with what became of each item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Which.
    pub id: BatchId,
    /// What was done, by which clause, why.
    pub done: NewBatch,
    /// By whom.
    pub by: PersonId,
    /// Their name.
    pub by_name: String,
    /// When.
    pub at: Timestamp,
    /// Its items.
    pub items: Vec<Item>,
}

/// What became of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The item.
    pub signal: SignalId,
    /// What it is about.
    pub title: String,
    /// Whose matter it is.
    pub person: String,
    /// The decision that was made.
    pub decision: Option<DecisionId>,
    /// Flags that leaving it decided.
    pub(crate) flags: Vec<FlagId>,
    /// Why nothing was done, or taking it back failed; empty: all went well.
    pub failure: String,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
}

impl Batch {
    /// Items that were done and not taken back.
    pub fn standing(&self) -> usize {
        self.items.iter().filter(|item| item.undone_at.is_none() && item.is_done()).count()
    }

    /// Items that could not be done.
    pub fn failed(&self) -> usize {
        self.items.iter().filter(|item| !item.is_done()).count()
    }
}

impl Item {
    /// True when something was done to it.
    pub fn is_done(&self) -> bool {
        self.decision.is_some() || self.failure.is_empty() || self.undone_at.is_some()
    }
}

/// Opens a batch over so many items.
///
/// # Errors
/// `Forbidden` for those who do not work in the desk; `Invalid` without items, reason or clause.
pub fn begin(tx: &mut Tx<'_>, actor: Actor, new: &NewBatch, items: usize) -> Result<BatchId> {
    signals::rules::may_work(actor)?;
    let person = actor.person.ok_or_else(|| Error::forbidden("Only a person can do this."))?;
    if !(1..=MOST).contains(&items) {
        return Err(Error::invalid("Choose one to 200 items first."));
    }
    if new.why.trim().is_empty() || new.why.chars().count() > 1_000 {
        return Err(Error::invalid("Say why in at most 1,000 characters. It is said of every item."));
    }
    if new.deed.restricts() {
        let holds = mainstreet_community::guidelines::holds(tx)?
            .ok_or_else(|| Error::conflict("No guidelines are published, so there is no clause to cite."))?;
        if holds.clause(&new.clause).is_none() {
            return Err(Error::invalid("Choose the clause of the guidelines that was broken."));
        }
    }
    if new.hours.is_some_and(|hours| !(1..=8_760).contains(&hours)) {
        return Err(Error::invalid("Give the length as a number of hours, from 1 to 8,760."));
    }
    let id = BatchId(tx.mint());
    store::insert(tx, id, new, person)?;
    let activity = Activity::new(
        Verb::DecisionMade,
        actor,
        mainstreet_kernel::Object { kind: "batch", id: id.0 },
        tx.now(),
    )
    .seen_by(Visibility::Staff);
    tx.record(&activity.with(json!({ "act": new.deed.as_str(), "items": items, "batch": true })))?;
    Ok(id)
}

/// Does one item of a batch. Once is enough: what was done or has failed is not done again.
///
/// # Errors
/// Those of the act; the caller notes them with [`failed`].
pub fn do_one(tx: &mut Tx<'_>, actor: Actor, id: BatchId, signal: SignalId) -> Result<()> {
    let batch = find(tx, id)?;
    if batch.items.iter().any(|item| item.signal == signal) {
        return Ok(());
    }
    let sight = Sight { id: signal, version: None };
    let before = view::find(tx, signal)?;
    let new = &batch.done;
    let why = new.why.trim();
    let (mut decision, mut decided) = (None, Vec::new());
    match new.deed {
        Deed::Leave => {
            decided = flags::open_on(tx, before.post)?.into_iter().map(|flag| flag.id).collect();
            signals::resolve(tx, actor, sight, Outcome::NoAction, why, false)?;
        }
        Deed::Act(act @ (Act::Publish | Act::Hide)) if approvals::waiting(tx, &before)?.is_some() => {
            let verdict = match act {
                Act::Publish => Verdict::Publish,
                _ => Verdict::Reject { clause: new.clause.clone(), revise: false },
            };
            signals::answer_held(tx, actor, sight, &verdict, why)?;
            decision = moderation::of_object(tx, "post", before.post.0)?.first().map(|one| one.id);
        }
        Deed::Act(Act::Publish) => {
            return Err(Error::conflict("No held post waits in this item."));
        }
        Deed::Act(act) => {
            let made = moderation::decide(tx, actor, &case(new, act, &before, tx.now()))?;
            decision = Some(made.id);
            signals::resolve(tx, actor, sight, Outcome::Moderated, why, true)?;
        }
    }
    store::insert_item(tx, id, signal, decision, &decided, "")
}

fn case(new: &NewBatch, act: Act, signal: &signals::Signal, now: Timestamp) -> Case {
    let target =
        if act.is_about_member() { Target::Person(signal.person) } else { Target::Post(signal.post) };
    let until = new.hours.filter(|_| act.may_end()).map(|hours| now.plus(hours * HOUR));
    let order = Order { target, act, why: new.why.trim().to_owned(), until, detail: Detail::None };
    let source = match signal.kind {
        signals::Cause::Flag => Source::Flag,
        signals::Cause::Rule | signals::Cause::Harm => Source::Rule,
        _ => Source::Own,
    };
    let clause = new.clause.clone();
    Case {
        order,
        clause,
        source,
        source_id: None,
        detected: source == Source::Rule,
        ground: Ground::Incompatible,
    }
}

/// Notes why an item of a batch could not be done.
pub fn failed(tx: &mut Tx<'_>, id: BatchId, signal: SignalId, why: &str) -> Result<()> {
    store::insert_item(tx, id, signal, None, &[], why)
}

/// Takes one item of a batch back: its decision with all it did, and the item is open again.
///
/// # Errors
/// `Forbidden` for others than who made it and managers; `Conflict` when something happened to it since.
pub fn undo_one(tx: &mut Tx<'_>, actor: Actor, id: BatchId, signal: SignalId, why: &str) -> Result<()> {
    let batch = find(tx, id)?;
    if !actor.is(batch.by) && actor.role < mainstreet_kernel::Role::Manager {
        return Err(Error::forbidden("Who made this batch, or a manager, can take it back."));
    }
    let Some(item) = batch.items.iter().find(|item| item.signal == signal) else {
        return Err(Error::not_found("This item is not in the batch."));
    };
    if !item.is_done() || item.undone_at.is_some() {
        return Ok(());
    }
    if let Some(decision) = item.decision
        && moderation::find(tx, decision)?.undone_at.is_none()
    {
        moderation::undo(tx, actor, decision, why)?;
    }
    for flag in &item.flags {
        flags::undecide(tx, actor, *flag)?;
    }
    if view::find(tx, signal)?.state == State::Resolved {
        signals::reopen(tx, actor, Sight { id: signal, version: None }, "the batch was taken back")?;
    }
    store::mark_undone(tx, id, signal)
}

/// Notes why an item of a batch could not be taken back.
pub fn undo_failed(tx: &mut Tx<'_>, id: BatchId, signal: SignalId, why: &str) -> Result<()> {
    store::note_failure(tx, id, signal, why)
}
