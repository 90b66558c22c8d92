//! What time brings: the draw of a week that is over, and second looks at what was decided.

use std::collections::BTreeMap;

use mainstreet_db::Tx;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::{PersonId, PostId};
use mainstreet_kernel::{Day, Result, Timestamp};

use super::draw::{drawn, is_looked_at_again};
use super::model::{Judged, Verdict};
use super::store::{self, NewReview};
use crate::moderation::clause_of;

/// Posts drawn a week.
pub const SAMPLE: usize = 100;
/// One in so many decided posts is looked at again: 5 %.
pub const EVERY: u64 = 20;
/// Weeks that are still drawn when nobody drew them in time; at the very first time it is the last week alone.
const WEEKS_BACK: i32 = 4;
/// Decisions of so long before the first look are looked through at first.
const FIRST_LOOK: i64 = 14 * DAY;

const SEED: &str = "second.seed";
const LOOKED: &str = "second.looked_at";

/// Draws the weeks that are over and not drawn yet, and takes up one in twenty of what was decided since the last
/// time. Cheap when there is nothing to do.
pub fn sweep(tx: &mut Tx<'_>) -> Result<()> {
    let zone = mainstreet_community::settings::load(tx)?.zone;
    let this = zone.day_of(tx.now()).monday();
    let first = store::first_drawn(tx)?;
    let due = |back: i32| first.map_or(back == 1, |first| this.plus(-7 * back) > first);
    for back in (1..=WEEKS_BACK).rev().filter(|back| due(*back)) {
        let week = this.plus(-7 * back);
        draw(tx, week, (zone.start_of(week), zone.start_of(week.plus(7))))?;
    }
    look_again(tx)
}

fn draw(tx: &mut Tx<'_>, week: Day, (from, to): (Timestamp, Timestamp)) -> Result<()> {
    if store::is_drawn(tx, week)? {
        return Ok(());
    }
    let published = store::published(tx, from, to)?;
    let seed = tx.mint();
    store::insert_sample(tx, week, seed, published.len(), SAMPLE)?;
    let posts: Vec<PostId> = drawn(seed, &published, SAMPLE).into_iter().map(PostId).collect();
    for post in posts {
        store::insert_review(tx, &NewReview { week: Some(week), post, version: None, first: None })?;
    }
    Ok(())
}

/// What somebody decided about a post.
#[derive(Clone, Debug)]
pub(super) struct Decided {
    pub post: PostId,
    pub by: PersonId,
    pub at: Timestamp,
    pub judged: Judged,
    pub version: Option<i64>,
}

fn look_again(tx: &mut Tx<'_>) -> Result<()> {
    let now = tx.now();
    let seed = match store::mark(tx, SEED)? {
        Some(seed) => seed,
        None => {
            let seed = tx.mint();
            store::set_mark(tx, SEED, seed)?;
            seed
        }
    };
    let since = store::mark(tx, LOOKED)?.map_or(now.plus(-FIRST_LOOK), Timestamp);
    // A decision of this very millisecond may still be on its way: it is left to the next time.
    for decided in gathered(tx, since, now)? {
        if is_looked_at_again(seed, decided.post.0, decided.at.0, EVERY) {
            let first = Some((decided.by, decided.at, decided.judged));
            let new = NewReview { week: None, post: decided.post, version: decided.version, first };
            store::insert_review(tx, &new)?;
        }
    }
    store::set_mark(tx, LOOKED, now.0)
}

/// What people decided from `since` until before `to`: one for each post, person and moment. The clause of a decision
/// counts before that of a flag's reason, and either before an item's end, which names none.
fn gathered(tx: &mut Tx<'_>, since: Timestamp, to: Timestamp) -> Result<Vec<Decided>> {
    let mut all: BTreeMap<(PostId, Timestamp), Decided> = BTreeMap::new();
    for decided in store::items_ended(tx, since, to)? {
        all.insert((decided.post, decided.at), decided);
    }
    for (mut decided, reason) in store::flags_decided(tx, since, to)? {
        if decided.judged.verdict == Verdict::Breaks {
            clause_of(&reason).clone_into(&mut decided.judged.clause);
        }
        all.insert((decided.post, decided.at), decided);
    }
    for decided in store::posts_decided(tx, since, to)? {
        all.insert((decided.post, decided.at), decided);
    }
    Ok(all.into_values().collect())
}
