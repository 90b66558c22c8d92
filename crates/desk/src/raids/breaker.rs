//! The circuit breaker: sign-ups, or posts of new accounts, far faster than they ever come here turn raid mode on.

use mainstreet_community::calm::{self, Calm, Kind, NewCalm, Place};
use mainstreet_community::guidelines;
use mainstreet_community::notices::{self, About};
use mainstreet_db::Tx;
use mainstreet_kernel::clock::{DAY, HOUR, MINUTE};
use mainstreet_kernel::{Actor, Result, Timestamp};

use super::store;
use crate::metrics::rates::poisson_tail;

/// Counted over this time, in milliseconds.
pub const WINDOW: i64 = 10 * MINUTE;
/// What is usual is the mean of this time before, in milliseconds.
pub const BASELINE: i64 = 28 * DAY;
/// So few trip nothing, whatever is usual.
pub const LEAST: u64 = 8;
/// It trips when chance alone brings as many less often than this (Poisson), and it is five times the usual.
pub const CHANCE: f64 = 1e-5;
/// What is usual is at least this in [`WINDOW`]: a place that just opened knows no usual.
pub const FLOOR: f64 = 0.5;
/// Raid mode lasts so long, in milliseconds; it trips again when the flood goes on.
pub const LASTS: i64 = 2 * HOUR;
/// Accounts younger than this are looked at first in raid mode.
pub const NEW: i64 = 3 * DAY;
/// After somebody ended it by hand it does not trip for so long.
const QUIET: i64 = HOUR;

/// What the breaker sees of one kind of thing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flow {
    /// What is counted.
    pub what: &'static str,
    /// In the last [`WINDOW`].
    pub now: u64,
    /// On average in as long a time over [`BASELINE`] before.
    pub usual: f64,
    /// The probability that chance alone brings as many.
    pub chance: f64,
}

impl Flow {
    /// What `now` means after `usual`.
    pub fn of(what: &'static str, now: u64, usual: f64) -> Self {
        Self { what, now, usual, chance: poisson_tail(now, usual.max(FLOOR)) }
    }

    /// True when it trips the breaker.
    pub fn trips(&self) -> bool {
        self.now >= LEAST && self.chance < CHANCE && self.now as f64 >= 5.0 * self.usual
    }

    /// In a sentence.
    pub fn words(&self) -> String {
        format!(
            "{} {} in the last 10 minutes; usual are {:.1}. From {LEAST} on, five times the usual, with a probability \
             of chance below {CHANCE}, it is a flood.",
            self.now, self.what, self.usual
        )
    }
}

/// What it sees now: sign-ups, and posts of new accounts.
pub fn flows(tx: &mut Tx<'_>) -> Result<[Flow; 2]> {
    let now = tx.now();
    let from = now.plus(-WINDOW);
    let begun = store::begun(tx)?.unwrap_or(now).max(from.plus(-BASELINE));
    let windows = (from.since(begun) as f64 / WINDOW as f64).max(1.0);
    let usual = |count: i64| count as f64 / windows;
    let count = |count: i64| count.unsigned_abs();
    let after = now.plus(1);
    Ok([
        Flow::of(
            "sign-ups",
            count(store::sign_ups(tx, from, after)?),
            usual(store::sign_ups(tx, begun, from)?),
        ),
        Flow::of(
            "posts of new accounts",
            count(store::posts_of_new(tx, from, after)?),
            usual(store::posts_of_new(tx, begun, from)?),
        ),
    ])
}

/// Looks at the flows, and turns raid mode on when one of them is a flood. Run it whenever an account or a post came,
/// and every minute; twice does no harm.
pub fn watch(tx: &mut Tx<'_>) -> Result<Option<Calm>> {
    let now = tx.now();
    if calm::raid(tx)?.is_some() || ended_by_hand(tx, now)? {
        return Ok(None);
    }
    let flows = flows(tx)?;
    let floods: Vec<String> = flows.iter().filter(|flow| flow.trips()).map(Flow::words).collect();
    if floods.is_empty() {
        return Ok(None);
    }
    let clause = guidelines::holds(tx)?
        .and_then(|version| {
            version.clause("no-spam").or(version.clauses.first()).map(|clause| clause.slug.clone())
        })
        .unwrap_or_default();
    let new = NewCalm {
        kind: Kind::Raid,
        place: Place::Site,
        every: 0,
        newer_than: NEW,
        why: mainstreet_kernel::text::excerpt(&floods.join(" "), 480),
        clause,
        until: now.plus(LASTS),
    };
    let raid = match calm::start(tx, Actor::SYSTEM, &new) {
        Ok(raid) => raid,
        // Another node was faster.
        Err(error) if error.kind == mainstreet_kernel::Kind::Conflict => return Ok(None),
        Err(error) => return Err(error),
    };
    for person in store::on_call(tx)? {
        let said = format!("Raid mode is on until {}. {}", raid.until, floods.join(" "));
        notices::tell(tx, person, About::Raid, raid.id.0, &said)?;
    }
    if let Some(post) = store::worst_post(tx, now.plus(-WINDOW))? {
        crate::signals::raid(tx, post, raid.id, &floods.join(" "), now)?;
    } else if let Some(person) = store::latest_sign_up(tx, now.plus(-WINDOW))? {
        crate::signals::raid_of_sign_ups(tx, person, raid.id, &floods.join(" "), now)?;
    }
    Ok(Some(raid))
}

fn ended_by_hand(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool> {
    let latest = calm::list(tx, 20)?;
    Ok(latest.iter().any(|one| {
        one.kind == Kind::Raid
            && one.ended_by.is_some()
            && one.ended_at.is_some_and(|ended| now.since(ended) < QUIET)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_told_from_a_good_day() {
        for (now, usual, expect) in [
            (7, 0.0, false),
            (8, 0.0, true),
            (9, 1.2, true),
            (9, 2.0, false),
            (30, 5.0, true),
            (30, 8.0, false),
            (0, 0.0, false),
        ] {
            assert_eq!(Flow::of("sign-ups", now, usual).trips(), expect, "{now} after {usual}");
        }
    }
}
