//! How a rule has done: the figures of its page (the design, 3.2, 16).

use mainstreet_db::Tx;
use mainstreet_kernel::{Result, Timestamp};

use super::gates::judged;
use super::model::Kept;
use super::report::Measured;
use super::store::hits;

/// How the latest version of a rule has done.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// Hits of all versions.
    pub hits: i64,
    /// Hits of the latest version.
    pub of_version: u64,
    /// Of those, how many people looked at, and how many of these were right.
    pub reviewed: Measured,
    /// Of those it acted on, how many people took back.
    pub reversed: u64,
    /// Minutes from a hit to the first decision of a person about it, in the middle of all.
    pub median_minutes: Option<i64>,
    /// When it last hit.
    pub last: Option<Timestamp>,
    /// Other rules that hit the same, and how often.
    pub overlap: Vec<(String, i64)>,
}

/// The figures of a rule.
pub fn standing(tx: &mut Tx<'_>, kept: &Kept) -> Result<Standing> {
    let all = hits::counts(tx)?.into_iter().find(|(rule, _, _)| *rule == kept.id);
    let found = hits::of_version(tx, kept.id, kept.version)?;
    let judgements = judged(tx, kept, &found)?;
    let right = judgements.iter().flatten().filter(|one| one.upheld).count();
    let reviewed = judgements.iter().flatten().count();
    let wrong = |(hit, one): &(&super::model::Hit, &Option<super::truth::Judgement>)| {
        hit.acted && one.as_ref().is_some_and(|one| !one.upheld)
    };
    let reversed = found.iter().zip(&judgements).filter(wrong).count();
    let mut waits: Vec<i64> = found
        .iter()
        .zip(&judgements)
        .filter_map(|(hit, one)| {
            let at = one.as_ref().filter(|one| one.at != Timestamp(i64::MAX))?.at;
            Some(at.since(hit.found_at).max(0) / 60_000)
        })
        .collect();
    waits.sort_unstable();
    Ok(Standing {
        hits: all.map_or(0, |(_, count, _)| count),
        of_version: found.len() as u64,
        reviewed: Measured::of(right as u64, reviewed as u64),
        reversed: reversed as u64,
        median_minutes: waits.get(waits.len() / 2).copied(),
        last: all.and_then(|(_, _, last)| last),
        overlap: hits::shared(tx, kept.id)?,
    })
}
