//! How many people are in each segment. A small community is counted whenever somebody asks; a large one every hour, and
//! the page says when that was.

use std::collections::HashMap;

use mainstreet_db::{Db, Tx};
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::id::{PersonId, SegmentId};
use mainstreet_kernel::{Result, Timestamp};
use mainstreet_rules::{Rule, Truth};

use super::{Segment, all, store};
use crate::rules::{self, Chosen};

/// Up to so many people, everybody is asked anew at each look.
const SMALL: i64 = 4_000;
/// How old a count may be.
const OLD: i64 = HOUR;

/// How many people a segment holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// In it.
    pub people: i64,
    /// Of whom something it asks is not known.
    pub unknown: i64,
    /// Asked.
    pub of: i64,
    /// When.
    pub at: Timestamp,
}

impl Count {
    fn new(chosen: &Chosen, at: Timestamp) -> Self {
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        Self {
            people: number(chosen.people.len()),
            unknown: number(chosen.unknown),
            of: number(chosen.of),
            at,
        }
    }
}

/// The counts of all segments; one that is missing waits to be counted, or cannot be read.
pub fn counts(tx: &mut Tx<'_>) -> Result<HashMap<SegmentId, Count>> {
    if store::people(tx)? > SMALL {
        return Ok(store::counts(tx)?.into_iter().collect());
    }
    let every = all(tx)?;
    count(tx, &every).map(|found| found.into_iter().map(|(segment, count)| (segment.id, count)).collect())
}

fn count<'a>(tx: &mut Tx<'_>, segments: &'a [Segment]) -> Result<Vec<(&'a Segment, Count)>> {
    let readable: Vec<(&Segment, Rule)> =
        segments.iter().filter_map(|segment| Some((segment, segment.rule()?))).collect();
    if readable.is_empty() {
        return Ok(Vec::new());
    }
    let (segments, rules): (Vec<&Segment>, Vec<Rule>) = readable.into_iter().unzip();
    let (at, found) = (tx.now(), rules::choose(tx, &rules)?);
    Ok(segments.into_iter().zip(found).map(|(segment, chosen)| (segment, Count::new(&chosen, at))).collect())
}

/// Counts again what is old, outside of any transaction that others wait for. Run it every few minutes.
///
/// # Errors
/// When the database cannot be read or written.
pub fn recount(db: &Db) -> Result<()> {
    let counted = db.read_now(|tx| {
        if store::people(tx)? <= SMALL {
            return Ok(Vec::new());
        }
        let (now, known) = (tx.now(), counts(tx)?);
        let fresh = |segment: &Segment| known.get(&segment.id).is_some_and(|count| now.since(count.at) < OLD);
        let due: Vec<Segment> = all(tx)?.into_iter().filter(|segment| !fresh(segment)).collect();
        let found = count(tx, &due)?;
        Ok(found.into_iter().map(|(segment, count)| (segment.id, segment.version, count)).collect())
    })?;
    if counted.is_empty() {
        return Ok(());
    }
    db.write_now(move |tx| {
        counted.iter().try_for_each(|(id, version, count)| store::keep_count(tx, *id, *version, *count))
    })
}

/// The segments somebody is in now.
pub fn of_person(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Segment>> {
    let (segments, rules): (Vec<Segment>, Vec<Rule>) =
        all(tx)?.into_iter().filter_map(|segment| segment.rule().map(|rule| (segment, rule))).unzip();
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let said = rules::belongs(tx, person, &rules)?;
    Ok(segments.into_iter().zip(said).filter(|(_, truth)| *truth == Truth::Yes).map(|(one, _)| one).collect())
}
