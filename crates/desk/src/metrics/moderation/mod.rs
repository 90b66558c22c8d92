//! Figures of moderation: how often staff step in, what is broken and how often unseen, how long it stays open and
//! visible, how good decisions are, and how the work lies on people.
//!
//! They are read from the tables of decisions, flags, items and blind reviews, which are small beside the posts; posts
//! themselves are only counted, by a covering index. **Invariant:** nothing that happened after the window's end
//! changes a figure, and spaces for staff only are no part of any. What one moderator did is shown to them and to
//! those who lead, in [`workload`]; no other figure names anybody.

mod cases;
mod facts;
mod intervention;
mod places;
mod quality;
mod resolution;
mod rows;
mod violations;
mod workload;

use std::collections::{BTreeMap, BTreeSet};

use mainstreet_db::Tx;
use mainstreet_kernel::{Result, Timestamp};

use super::definitions::Unit;
use super::figure::{Figure, Point};
use super::figures::Query;
use super::rates::Share;

pub use super::store::PostTitle;
pub use facts::{Deed, Found, Kind, Look, Shade, Trigger, placeless};
pub use places::{Choice, choose, no_such_space};
pub use quality::{Confusion, confusion};
pub use rows::{Row, rows};
pub use workload::{Workload, team, workload};

use facts::Facts;

/// Weeks that make a band: half a year of the community's own.
pub const BAND_WEEKS: usize = 26;
/// Fewer weeks than this make none.
pub const BAND_LEAST: usize = 13;
/// A person is a newcomer for so many milliseconds after joining.
pub const NEWCOMER: i64 = 30 * mainstreet_kernel::clock::DAY;

/// Every figure of moderation over a window, in the order of the definitions. None names a moderator.
///
/// # Errors
/// The window is empty or lies in the future.
pub fn figures(tx: &mut Tx<'_>, query: &Query) -> Result<Vec<Figure>> {
    query.check()?;
    let facts = Facts::read(tx, query)?;
    every(tx, query, &facts)
}

fn every(tx: &mut Tx<'_>, query: &Query, facts: &Facts) -> Result<Vec<Figure>> {
    let mut all = intervention::figures(tx, query, facts)?;
    all.extend(violations::figures(tx, query, facts)?);
    all.extend(resolution::figures(tx, query, facts)?);
    all.extend(quality::figures(tx, query, facts)?);
    Ok(all)
}

/// Every figure over a window, and the figures that need time (reversals within 30 days, rare second looks) over one
/// that begins earlier, at `since`. What both are counted from is read once.
///
/// # Errors
/// As [`figures`].
pub fn with_ripe(tx: &mut Tx<'_>, query: &Query, since: Timestamp) -> Result<(Vec<Figure>, Vec<Figure>)> {
    let longer = Query { from: since.min(query.from), ..query.clone() };
    query.check()?;
    let facts = Facts::read(tx, &longer)?;
    let ripe = quality::figures(tx, &longer, &facts)?;
    let facts = facts.narrowed(tx, query)?;
    Ok((every(tx, query, &facts)?, ripe))
}

/// `k` things for every thousand of `n`. When something is counted that is not among the `n` (a post acted on long
/// after it was written), `k` can be more than `n`; then there is no interval.
fn per_thousand(figure: Figure, k: u64, n: u64) -> Figure {
    let point = thousandth("", k, n);
    Figure { value: point.value, low: point.low, high: point.high, n: Some(n), k: Some(k), ..figure }
}

fn thousandth(at: impl Into<String>, k: u64, n: u64) -> Point {
    let share = Share::new(k, n);
    let interval = share.value().filter(|_| k <= n).map(|_| share.wilson());
    Point {
        value: share.value().map(|_| k as f64 / n as f64 * 1_000.0),
        low: interval.map(|interval| interval.low * 1_000.0),
        high: interval.map(|interval| interval.high * 1_000.0),
        n: Some(n),
        k: Some(k),
        ..Point::plain(at, None)
    }
}

/// Parts by name: of each how many different things, most first.
fn parts<'a>(things: impl Iterator<Item = (&'a str, i64)>) -> Vec<(String, u64)> {
    let mut sets: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
    for (name, thing) in things {
        sets.entry(name).or_default().insert(thing);
    }
    let mut all: Vec<(String, u64)> =
        sets.into_iter().map(|(name, set)| (name.to_owned(), set.len() as u64)).collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all
}

/// The words for an empty clause.
fn clause_word(clause: &str) -> &str {
    if clause.is_empty() { "no clause cited" } else { clause }
}

/// A difference of two shares with its interval.
fn difference(figure: Figure, found: Option<super::rates::Difference>, n: u64) -> Figure {
    debug_assert_eq!(figure.unit, Unit::Points);
    Figure {
        value: found.map(|found| found.value),
        low: found.map(|found| found.interval.low),
        high: found.map(|found| found.interval.high),
        n: Some(n),
        ..figure
    }
}
