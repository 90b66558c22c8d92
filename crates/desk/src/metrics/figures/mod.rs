//! Figures over a window: one question to the roll-ups, one answer with everything needed to believe it.

mod participation;
mod questions;
mod repeats;
mod retention;

pub(super) use questions::{is_ripe, is_solved};

use mainstreet_db::Tx;
use mainstreet_kernel::id::SpaceId;
use mainstreet_kernel::{Day, Error, Result, Timestamp, Zone};

use super::clocks::Population;
use super::definitions;
use super::figure::Figure;
use super::ledger::EVERYWHERE;
use super::store;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The first instant of the window.
    pub from: Timestamp,
    /// The first instant after it. What happened later is not looked at: a figure of last month does not change
    /// because of what is answered today.
    pub to: Timestamp,
    /// The time now: nothing after it is known.
    pub now: Timestamp,
    /// Where days begin.
    pub zone: Zone,
    /// One space, or all.
    pub space: Option<SpaceId>,
    /// Whose clocks are looked at: questions, or all topics.
    pub population: Population,
}

impl Query {
    /// Checks that the window is one.
    pub fn check(&self) -> Result<()> {
        if self.from >= self.to {
            return Err(Error::invalid("The window is empty: its end must be after its beginning."));
        }
        if self.from >= self.now {
            return Err(Error::invalid("The window lies in the future. Choose one that has begun."));
        }
        Ok(())
    }

    /// Until when things were watched.
    pub fn until(&self) -> Timestamp {
        self.to.min(self.now)
    }

    /// The first day that lies in the window as a whole.
    pub fn first_day(&self) -> Day {
        let day = self.zone.day_of(self.from);
        if self.zone.start_of(day) == self.from { day } else { day.plus(1) }
    }

    /// The last day over when the watch ended.
    pub fn last_full_day(&self) -> Day {
        self.zone.day_of(self.until()).plus(-1)
    }

    /// The last day of the window that has begun; still running when it is after [`Self::last_full_day`].
    pub fn last_day(&self) -> Day {
        self.zone.day_of(self.until().plus(-1))
    }

    /// The last day before the window on which somebody contributed, for a window that holds nothing.
    pub fn last_lively_day(&self, tx: &mut Tx<'_>) -> Result<Option<Day>> {
        store::last_active(tx, self.place(), self.zone.day_of(self.from))
    }

    /// The number under which the roll-ups keep the space.
    fn place(&self) -> SpaceId {
        self.space.unwrap_or(EVERYWHERE)
    }

    /// Where the list behind a figure is found in the desk.
    fn behind(&self, figure: &str, list: definitions::Behind) -> String {
        let list = match list {
            definitions::Behind::People => "people",
            definitions::Behind::Topics => "topics",
            definitions::Behind::Cases => "cases",
            definitions::Behind::Nobody => return String::new(),
        };
        let population = if self.population == Population::Topic { "&population=topics" } else { "" };
        let space = self.space.map(|space| format!("&space={space}")).unwrap_or_default();
        let (from, to) = (self.from.0, self.to.0);
        format!("/desk/metrics/{figure}/{list}?from={from}&to={to}{space}{population}")
    }

    pub(super) fn figure(&self, id: &str) -> Result<Figure> {
        let definition =
            definitions::find(id).ok_or_else(|| Error::internal(format!("no definition of {id}")))?;
        Ok(Figure { behind: self.behind(id, definition.behind), ..Figure::of(definition) })
    }
}

/// Added to the ids of figures about all topics, when they stand in for figures about questions.
pub const ALL_TOPICS: &str = ".all-topics";

/// Every figure over a window, in the order of [`definitions::ALL`]. When the window holds no question, the figures
/// about questions say so, and the same figures about all topics follow under ids that end with
/// [`ALL_TOPICS`].
///
/// # Errors
/// The window is empty or lies in the future.
pub fn figures(tx: &mut Tx<'_>, query: &Query) -> Result<Vec<Figure>> {
    query.check()?;
    let mut all = participation::figures(tx, query)?;
    all.extend(participation::contributions(tx, query)?);
    let questions = questions::figures(tx, query)?;
    let none = query.population == Population::Question && questions.asked == 0;
    if none {
        let say = |figure: Figure| figure.noted("Nothing in this window is marked as a question.");
        all.extend(questions.figures.into_iter().map(say));
        let topics = Query { population: Population::Topic, ..query.clone() };
        let named = |figure: Figure| Figure { id: format!("{}{ALL_TOPICS}", figure.id), ..figure };
        all.extend(questions::figures(tx, &topics)?.figures.into_iter().map(named));
    } else {
        all.extend(questions.figures);
    }
    all.extend(retention::figures(tx, query)?);
    Ok(all)
}

/// The figures about solutions alone, for a window of their own: a question can be judged after 28 days.
pub fn solutions(tx: &mut Tx<'_>, query: &Query) -> Result<Vec<Figure>> {
    query.check()?;
    questions::solved(tx, query)
}

/// The figures about coming back alone, for a window of their own: it takes weeks to come back.
pub fn returning(tx: &mut Tx<'_>, query: &Query) -> Result<Vec<Figure>> {
    query.check()?;
    retention::figures(tx, query)
}
