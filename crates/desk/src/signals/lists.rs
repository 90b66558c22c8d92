//! The inbox as lists, and the numbers of Today. Each number is the length of the list behind it.

use mainstreet_community::moderation;
use mainstreet_db::Tx;
use mainstreet_kernel::Result;
use mainstreet_kernel::id::{PersonId, SignalId};
use mainstreet_kernel::page::Page;

use super::model::Signal;
use super::store;
use crate::triage::words;

words! {
    /// Which items a list holds.
    Filter, "There is no such list in the inbox." {
        /// What I hold or was given, and what nobody has: where work begins.
        Mine = "mine",
        /// Open and urgent.
        Urgent = "urgent",
        /// Open and past its due time.
        Overdue = "overdue",
        /// Questions past their target.
        Questions = "questions",
        /// Flags and harm: posts to decide on.
        Review = "review",
        /// First posts.
        Newcomers = "newcomers",
        /// Waiting for a member or an owner.
        Waiting = "waiting",
        /// Put off.
        Snoozed = "snoozed",
        /// Everything open.
        Open = "open",
        /// Ended, latest first.
        Resolved = "resolved",
    }
}

impl Filter {
    /// The words for a page.
    pub fn label(self) -> &'static str {
        match self {
            Self::Mine => "Mine and open",
            Self::Urgent => "Urgent",
            Self::Overdue => "Overdue",
            Self::Questions => "Questions",
            Self::Review => "In review",
            Self::Newcomers => "Newcomers",
            Self::Waiting => "Waiting",
            Self::Snoozed => "Snoozed",
            Self::Open => "All open",
            Self::Resolved => "Resolved",
        }
    }
}

/// An item in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The item.
    pub signal: Signal,
    /// The name of its space.
    pub space: String,
    /// The channel: the name of its account.
    pub channel: String,
    /// True when the channel is our own place.
    pub own: bool,
    /// Whose matter it is.
    pub person: String,
    /// Who has it.
    pub assignee: Option<String>,
    /// Causes that still matter.
    pub causes: i64,
    /// Flags among them.
    pub flags: i64,
}

/// How long each list is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(Vec<(Filter, i64)>);

impl Counts {
    /// The length of one list. Resolved items are not counted.
    pub fn of(&self, filter: Filter) -> i64 {
        self.0.iter().find(|(known, _)| *known == filter).map_or(0, |(_, count)| *count)
    }
}

/// Items a page holds.
pub const PAGE: usize = 50;

/// A list for `me`, overdue before urgent before due; resolved ones latest first. `skip` items were on the pages
/// before.
pub fn list(tx: &mut Tx<'_>, filter: Filter, me: PersonId, skip: usize) -> Result<Page<Row>> {
    let scope = moderation::scope_of(tx, me)?;
    let rows = store::list(tx, filter, (me, &scope), PAGE + 1, skip)?;
    Ok(Page::cut(rows, PAGE))
}

/// The first item of a list.
pub fn first(tx: &mut Tx<'_>, filter: Filter, me: PersonId) -> Result<Option<Row>> {
    let scope = moderation::scope_of(tx, me)?;
    Ok(store::list(tx, filter, (me, &scope), 1, 0)?.into_iter().next())
}

/// The item that follows `after` in a list, or its first one: where `done` goes.
pub fn next(tx: &mut Tx<'_>, filter: Filter, me: PersonId, after: SignalId) -> Result<Option<SignalId>> {
    let scope = moderation::scope_of(tx, me)?;
    let rows = store::list(tx, filter, (me, &scope), PAGE, 0)?;
    let place = rows.iter().position(|row| row.signal.id == after);
    let follows = place.and_then(|place| rows.get(place + 1));
    let other = rows.iter().find(|row| row.signal.id != after);
    Ok(follows.or(other).map(|row| row.signal.id))
}

/// How long each list is for `me`.
pub fn counts(tx: &mut Tx<'_>, me: PersonId) -> Result<Counts> {
    let scope = moderation::scope_of(tx, me)?;
    store::counts(tx, me, &scope).map(Counts)
}

/// How many items wait for `me`: the length of [`Filter::Mine`], for the navigation of every page of the desk.
pub fn waiting(tx: &mut Tx<'_>, me: PersonId) -> Result<i64> {
    let scope = moderation::scope_of(tx, me)?;
    store::waiting(tx, me, &scope)
}
