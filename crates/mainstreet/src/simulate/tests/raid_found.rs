//! The planted raid and the planted lone spammers, looked at as they wrote: caught, missed, false alarms.

use std::collections::HashSet;

use mainstreet_db::testing::TestDb;
use mainstreet_desk::raids;
use mainstreet_desk::raids::breaker::{BASELINE, Flow, WINDOW};
use mainstreet_desk::raids::score::HOLD;
use mainstreet_kernel::clock::{DAY, MINUTE};
use mainstreet_kernel::id::{PersonId, PostId};
use mainstreet_kernel::{Error, Result, Timestamp};

use crate::simulate::happening::What;
use crate::simulate::{Setting, Story};

const NOW: Timestamp = Timestamp(1_780_012_800_000);
const SETTING: Setting = Setting { seed: 20, members: 600, days: 200, now: NOW };

/// What was held of somebody's posts.
#[derive(Debug, Default)]
struct Count {
    held: usize,
    all: usize,
}

impl Count {
    fn add(&mut self, held: bool) {
        self.all += 1;
        self.held += usize::from(held);
    }
}

/// What came when, in the order of time.
struct Times(Vec<Timestamp>);

impl Times {
    fn between(&self, from: Timestamp, to: Timestamp) -> u64 {
        let before = |end: Timestamp| self.0.partition_point(|at| *at < end);
        (before(to) - before(from)) as u64
    }

    /// The minutes of a stretch of time in which the breaker would trip.
    fn floods(&self, from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
        let minutes = (0..to.since(from) / MINUTE).map(|minute| from.plus(minute * MINUTE));
        minutes
            .filter(|now| {
                let begins = now.plus(-WINDOW);
                let usual =
                    self.between(begins.plus(-BASELINE), begins) as f64 * WINDOW as f64 / BASELINE as f64;
                Flow::of("of them", self.between(begins, now.plus(1)), usual).trips()
            })
            .collect()
    }
}

#[test]
fn the_raid_and_lone_spammers_are_held_and_honest_newcomers_are_not() -> Result<()> {
    let mut story = Story::new(SETTING).map_err(Error::internal)?;
    let happenings: Vec<_> = story.by_ref().collect();
    let truth = story.truth().clone();
    let honest: HashSet<PersonId> = truth.lives.iter().map(|life| life.person).collect();
    let raiders: HashSet<PersonId> = truth.raid.people.iter().copied().collect();
    let db = TestDb::sqlite()?;
    crate::simulate::write(&db, Story::new(SETTING).map_err(Error::internal)?)?;
    while db.write_now(raids::index_past)? {}
    let (mut raid, mut lone, mut newcomers) = (Count::default(), Count::default(), Count::default());
    let mut written = Times(Vec::new());
    for happening in &happenings {
        let post: PostId = match &happening.what {
            What::Asked(opening) => opening.place.post,
            What::Replied { place, .. } => place.post,
            _ => continue,
        };
        let Some(score) = db.read_now(move |tx| raids::assess(tx, post))? else { continue };
        written.0.push(happening.at);
        let held = score.points >= HOLD;
        if raiders.contains(&happening.who) {
            raid.add(held);
        } else if honest.contains(&happening.who) {
            newcomers.add(held);
        } else {
            lone.add(held);
        }
    }
    eprintln!("raid {raid:?}, lone spammers {lone:?}, honest newcomers {newcomers:?}");
    let came = happenings.iter().filter(|one| matches!(one.what, What::Joined(_))).map(|one| one.at);
    let came = Times(came.collect());
    let (from, to) = (truth.raid.from, truth.raid.to);
    let tripped =
        [&came, &written].map(|times| times.floods(from, to).first().map(|at| at.since(from) / MINUTE));
    let quiet = [&came, &written]
        .map(|times| times.floods(NOW.plus(-150 * DAY), from).len() + times.floods(to, NOW).len());
    eprintln!("trips {tripped:?} minutes after the first account; minutes of false alarm {quiet:?}");
    assert!(raid.held * 10 >= raid.all * 8, "{raid:?}");
    assert!(lone.all > 0 && lone.held * 10 >= lone.all * 8, "{lone:?}");
    assert!(newcomers.all > 1_000 && newcomers.held * 200 <= newcomers.all, "{newcomers:?}");
    assert!(tripped.iter().all(|after| after.is_some_and(|after| after <= 40)), "{tripped:?}");
    assert_eq!(quiet, [0, 0], "minutes of false alarm");
    Ok(())
}
