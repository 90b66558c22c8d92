//! What passed between two members: answers, mentions, reactions and flags, by week, and where they meet.

use mainstreet_db::{Tx, params};
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::{PersonId, TopicId};
use mainstreet_kernel::{Result, Timestamp};

mod store;

/// The ways in which one member meets another.
pub const WAYS: [&str; 4] = ["answers", "mentions", "reactions", "flags"];
/// So many weeks are drawn, the last one ending now.
pub const WEEKS: usize = 26;

/// One direction: how often, in each way, in each week; oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Direction {
    /// Of all time, in the order of [`WAYS`].
    pub totals: [i64; 4],
    /// Of the last [`WEEKS`] weeks.
    pub weeks: Vec<[i64; 4]>,
}

/// What passed between two members.
#[derive(Clone, Debug, PartialEq)]
pub struct Between {
    /// From the one to the other.
    pub forth: Direction,
    /// From the other to the one.
    pub back: Direction,
    /// When they first met, in whatever way.
    pub first: Option<Timestamp>,
    /// When they last did.
    pub last: Option<Timestamp>,
    /// Topics both wrote in, the latest first, with posts of each: at most 20.
    pub shared: Vec<Shared>,
    /// How many topics both wrote in.
    pub shared_count: i64,
    /// When the drawn weeks begin.
    pub from: Timestamp,
}

/// A topic that both wrote in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// Which.
    pub topic: TopicId,
    /// Its title.
    pub title: String,
    /// Posts of the one.
    pub one: i64,
    /// Posts of the other.
    pub other: i64,
}

/// What passed between `one` and `other`, as far as it was in places that staff may read.
pub fn between(tx: &mut Tx<'_>, one: PersonId, other: PersonId) -> Result<Between> {
    let now = tx.now();
    let from = now.plus(-(WEEKS as i64) * 7 * DAY);
    let mut times: Vec<Timestamp> = Vec::new();
    let mut direction = |tx: &mut Tx<'_>, actor: PersonId, subject: PersonId| -> Result<Direction> {
        let mut found = Direction { totals: [0; 4], weeks: vec![[0; 4]; WEEKS] };
        for (way, sql) in store::MET.iter().enumerate() {
            for at in tx.all(sql, params![actor, subject], |row| row.get::<Timestamp>("at"))? {
                times.push(at);
                if let Some(total) = found.totals.get_mut(way) {
                    *total += 1;
                }
                let back = usize::try_from(now.since(at).div_euclid(7 * DAY)).ok();
                let week = back.and_then(|back| (WEEKS - 1).checked_sub(back));
                let cell = week.and_then(|week| found.weeks.get_mut(week)).and_then(|week| week.get_mut(way));
                if let Some(cell) = cell {
                    *cell += 1;
                }
            }
        }
        Ok(found)
    };
    let forth = direction(tx, one, other)?;
    let back = direction(tx, other, one)?;
    Ok(Between {
        forth,
        back,
        first: times.iter().min().copied(),
        last: times.iter().max().copied(),
        shared: store::shared(tx, one, other)?,
        shared_count: store::shared_count(tx, one, other)?,
        from,
    })
}
