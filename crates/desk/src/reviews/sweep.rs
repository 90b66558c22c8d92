//! What time brings: the draw of a week that is over, and second looks at what was decided.

use std::collections::BTreeMap;

use mainstreet_db::Tx;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::{PersonId, PostId};
use mainstreet_kernel::{Activity, Actor, Day, Error, Object, Result, Role, Timestamp, Verb, Visibility};
use serde_json::json;

use super::draw::{drawn, is_looked_at_again};
use super::model::{Judged, Verdict};
use super::store::{self, NewReview};
use crate::moderation::clause_of;

/// Posts drawn a week.
pub const SAMPLE: usize = 100;
/// One in so many decided posts is looked at again, unless somebody said otherwise: 5 %.
pub const EVERY: u64 = 20;
/// What can be chosen instead: a small place decides too seldom for one in twenty to tell anything.
pub const SHARES: [u64; 5] = [20, 10, 5, 2, 1];
/// Weeks that are still drawn when nobody drew them in time; at the very first time it is the last week alone.
const WEEKS_BACK: i32 = 4;
/// Decisions of so long before the first look are looked through at first.
const FIRST_LOOK: i64 = 14 * DAY;

const SEED: &str = "second.seed";
const LOOKED: &str = "second.looked_at";
const SHARE: &str = "second.every";

/// One in so many decided posts is looked at again.
pub fn every(tx: &mut Tx<'_>) -> Result<u64> {
    let kept = store::mark(tx, SHARE)?.and_then(|every| u64::try_from(every).ok());
    Ok(kept.filter(|every| SHARES.contains(every)).unwrap_or(EVERY))
}

/// Says how many decided posts are looked at again, from the next decision on. Managers and above.
///
/// # Errors
/// `Forbidden` for others; `Invalid` for what is none of [`SHARES`].
pub fn set_every(tx: &mut Tx<'_>, actor: Actor, to: u64) -> Result<()> {
    if actor.role < Role::Manager {
        return Err(Error::forbidden("Only a manager says how many decisions are looked at again."));
    }
    if !SHARES.contains(&to) {
        return Err(Error::invalid("Choose one of the shares in the list."));
    }
    // What was decided so far is drawn by the share that held then.
    look_again(tx)?;
    store::set_mark(tx, SHARE, to.cast_signed())?;
    let site = Object { kind: "site", id: 0 };
    let activity = Activity::new(Verb::SettingChanged, actor, site, tx.now()).seen_by(Visibility::Staff);
    tx.record(&activity.with(json!({ "setting": "second_looks", "to": to })))
}

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
    let every = every(tx)?;
    let since = store::mark(tx, LOOKED)?.map_or(now.plus(-FIRST_LOOK), Timestamp);
    // A decision of this very millisecond may still be on its way: it is left to the next time.
    for decided in gathered(tx, since, now)? {
        if is_looked_at_again(seed, decided.post.0, decided.at.0, every) {
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
