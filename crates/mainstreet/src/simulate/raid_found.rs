//! The planted raid and the planted lone spammers, looked at as they wrote: caught, missed, false alarms.

use std::collections::HashSet;

use mainstreet_db::testing::TestDb;
use mainstreet_desk::raids;
use mainstreet_desk::raids::cleanup::{Criteria, suspects};
use mainstreet_desk::raids::score::HOLD;
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::id::{PersonId, PostId};
use mainstreet_kernel::{Error, Result, Timestamp};

use super::happening::What;
use super::{Setting, Story};

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

#[test]
fn the_raid_and_lone_spammers_are_held_and_honest_newcomers_are_not() -> Result<()> {
    let mut story = Story::new(SETTING).map_err(Error::internal)?;
    let happenings: Vec<_> = story.by_ref().collect();
    let truth = story.truth().clone();
    let honest: HashSet<PersonId> = truth.lives.iter().map(|life| life.person).collect();
    let raiders: HashSet<PersonId> = truth.raid.people.iter().copied().collect();
    let db = TestDb::sqlite()?;
    super::write(&db, Story::new(SETTING).map_err(Error::internal)?)?;
    while db.write_now(raids::index_past)? {}
    let (mut raid, mut lone, mut newcomers) = (Count::default(), Count::default(), Count::default());
    for happening in &happenings {
        let post: PostId = match &happening.what {
            What::Asked(opening) => opening.place.post,
            What::Replied { place, .. } => place.post,
            _ => continue,
        };
        let Some(score) = db.read_now(move |tx| raids::assess(tx, post))? else { continue };
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
    // One look at the raid's window, with the signs that the form begins with.
    let criteria = Criteria {
        from: truth.raid.from.0,
        to: truth.raid.from.plus(5 * HOUR).0,
        copies: Some(3),
        domain: String::new(),
        ..Criteria::default()
    };
    let found = db.read_now(move |tx| suspects(tx, &criteria))?;
    let right = found.iter().filter(|one| raiders.contains(&one.person)).count();
    eprintln!("clean-up by copies: {right} of {} raiders, {} others", raiders.len(), found.len() - right);
    assert!(raid.held * 10 >= raid.all * 8, "{raid:?}");
    assert!(newcomers.held * 200 <= newcomers.all, "{newcomers:?}");
    Ok(())
}
