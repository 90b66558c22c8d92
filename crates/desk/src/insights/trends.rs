//! Themes that trend come into the inbox: one item each time, by the rule whose year the page of insights counts.

use std::collections::BTreeMap;

use mainstreet_db::Tx;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::{PersonId, SignalId, ThemeId};
use mainstreet_kernel::{Actor, Error, Result, Timestamp};

use super::actions::{hold, note, worker};
use super::model::Act;
use super::ranking::{Fact, QUIET, TREND_AUTHORS, TREND_BEFORE, Trending, fires};
use super::store::{self, NewStep, shown, trends};
use crate::signals::{self, State};

/// A time that a theme trended.
#[derive(Clone, Debug, PartialEq)]
pub struct Trended {
    /// When the conversation was begun that made it trend.
    pub at: Timestamp,
    /// Different authors in the 24 hours before.
    pub authors: u64,
    /// The item that told of it.
    pub signal: SignalId,
    /// Where that stands.
    pub state: State,
    /// When somebody said that they want to hear of the theme although that item was dismissed.
    pub lifted_at: Option<Timestamp>,
}

impl Trended {
    /// True when a person dismissed the item, and nobody took that back: the theme opens no more items.
    pub fn silences(&self) -> bool {
        self.state == State::Dismissed && self.lifted_at.is_none()
    }
}

/// Opens an item for each theme that began to trend within the last day, or says it in the theme's item that is open
/// still. Run it after each [`super::refresh`]; twice does no harm. Nothing opens within seven days of the last time, nor
/// for a theme whose item a person dismissed. Answers how many there were.
///
/// # Errors
/// Those of the database.
pub fn watch(tx: &mut Tx<'_>) -> Result<usize> {
    let now = tx.now();
    let mut themes: BTreeMap<ThemeId, Vec<Fact>> = BTreeMap::new();
    for fact in shown::facts(tx, now.plus(-(TREND_BEFORE + 2) * DAY))? {
        if fact.counts && fact.at <= now {
            themes.entry(fact.theme).or_default().push(fact);
        }
    }
    let mut told = 0;
    for (theme, mut facts) in themes {
        let day = now.plus(-DAY);
        // What trends within the last day has its authors in the last two.
        let recent = facts.iter().filter(|fact| fact.at > day.plus(-DAY)).count() as u64;
        if recent < TREND_AUTHORS {
            continue;
        }
        let before = trends::of(tx, theme)?;
        if before.iter().any(Trended::silences) {
            continue;
        }
        let quiet = before.first().map_or(day, |last| last.at.plus(QUIET).max(day));
        for (at, person, found) in fires(&mut facts, quiet) {
            tell(tx, theme, person, at, found)?;
            told += 1;
        }
    }
    Ok(told)
}

fn tell(tx: &mut Tx<'_>, theme: ThemeId, person: PersonId, at: Timestamp, found: Trending) -> Result<()> {
    let id = tx.mint();
    let name = store::find(tx, theme)?.name;
    let reason = format!(
        "{} different people began a conversation about it within 24 hours, where {:.1} a day came in the 28 days before; \
         chance alone brings so many less than once in a thousand days",
        found.authors, found.expected
    );
    let trend = signals::Trend { id, theme, name: &name, person, reason: &reason, at };
    let signal = signals::trend(tx, &trend)?;
    trends::add(tx, id, theme, at, found, signal)
}

/// Wants to hear of a theme again whose item was dismissed.
///
/// # Errors
/// `Forbidden` for others than staff; `Conflict` when nothing keeps it silent.
pub fn hear_again(tx: &mut Tx<'_>, actor: Actor, id: ThemeId) -> Result<()> {
    let me = worker(actor)?;
    hold(tx, id)?;
    if !trends::of(tx, id)?.iter().any(Trended::silences) {
        return Err(Error::conflict(
            "This theme comes into the inbox when it trends. Nothing needs changing.",
        ));
    }
    trends::lift(tx, id)?;
    note(tx, actor, &NewStep::of(id, Act::Heard, me)).map(drop)
}
