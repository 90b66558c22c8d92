//! The times of schedules: at each, a rule goes through members or threads one by one.

use std::sync::Arc;

use mainstreet_community::settings;
use mainstreet_db::Tx;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::{Day, Error, Result, Timestamp};
use mainstreet_rules::{Each, SCHEDULE, Schedule};

use super::happenings::{Happening, about};
use super::loading::{Needs, Window};
use super::past::Past;

/// Threads of the last so many days are gone through.
const THREADS: i64 = 90 * DAY;
/// So many members and threads are gone through in one evaluation: what a back-test can hold in memory.
const MOST: usize = 2_000_000;
/// Behind everything the log tells at the same time.
const LAST: i64 = 1 << 62;

/// The times of one schedule in a window.
struct Plan {
    /// The event it is known as.
    name: Arc<str>,
    each: Each,
    at: Vec<(Day, Timestamp)>,
}

/// The times that fall into a window.
pub(super) struct Times(Vec<Plan>);

impl Times {
    pub(super) fn of(tx: &mut Tx<'_>, needs: &Needs, window: Window) -> Result<Self> {
        if needs.plans.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let zone = settings::load(tx)?.zone;
        let plan = |(name, (every, each)): (&String, &(Schedule, Each))| {
            let at = every.between(&zone, window.from, window.to);
            Plan { name: Arc::from(name.as_str()), each: *each, at }
        };
        Ok(Self(needs.plans.iter().map(plan).filter(|plan| !plan.at.is_empty()).collect()))
    }

    pub(super) fn any(&self) -> bool {
        !self.0.is_empty()
    }

    /// True when members are gone through.
    pub(super) fn members(&self) -> bool {
        self.0.iter().any(|plan| plan.each == Each::Member)
    }

    /// Adds what is gone through at these times, in the order of time.
    ///
    /// # Errors
    /// `Invalid` when that is more than can be held.
    pub(super) fn add(&self, past: &Past, found: &mut Vec<Happening>) -> Result<()> {
        let begun = found.len();
        for plan in &self.0 {
            for (day, at) in &plan.at {
                let tick = || Some((plan.name.clone(), day.0));
                match plan.each {
                    Each::Member => {
                        let known = past.members.iter().filter(|(_, joined)| joined < at);
                        found.extend(known.map(|(person, _)| member(*person, *at, tick())));
                    }
                    Each::Thread => {
                        found.extend(threads(past, *at).map(|one| Happening { tick: tick(), ..one }));
                    }
                }
                if found.len() > MOST {
                    return Err(Error::invalid(
                        "A schedule goes through too much in this time. Try it on fewer days.",
                    ));
                }
            }
        }
        for (place, happening) in found.iter_mut().skip(begun).enumerate() {
            happening.seq = LAST + i64::try_from(place).unwrap_or(0);
        }
        found.sort_by_key(|happening| (happening.at, happening.seq));
        Ok(())
    }
}

/// A member at a time at which nothing happened.
pub(super) fn member(person: i64, at: Timestamp, tick: Option<(Arc<str>, i32)>) -> Happening {
    Happening {
        at,
        seq: 0,
        event: SCHEDULE,
        deed: u32::MAX,
        told_at: at,
        kind: "person",
        object: person,
        version: 1,
        post: 0,
        topic: 0,
        person,
        tick,
    }
}

/// The threads there were, each by its first post.
fn threads(past: &Past, at: Timestamp) -> impl Iterator<Item = Happening> {
    let mut found: Vec<Happening> = past
        .topics
        .values()
        .filter_map(|topic| Some((topic.opened?, past.deed(topic.opened?)?)))
        .filter(|(_, opened)| opened.at < at && at.since(opened.at) <= THREADS)
        .filter(|(_, opened)| past.stood_before(opened.object, at))
        .map(|(place, opened)| {
            let version = past.version_before(opened.object, at);
            Happening {
                at,
                told_at: at.max(opened.recorded_at),
                version,
                ..about(past, place, opened, SCHEDULE)
            }
        })
        .collect();
    found.sort_by_key(|happening| happening.object);
    found.into_iter()
}
