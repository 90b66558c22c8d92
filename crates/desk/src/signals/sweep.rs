//! What time alone brings: questions past their target, snoozes that end, leases that lapse, items to close.

use mainstreet_db::Tx;
use mainstreet_kernel::clock::{DAY, MINUTE};
use mainstreet_kernel::id::{TopicId, floor};
use mainstreet_kernel::{Actor, ActorClass, Result, Timestamp, Visibility};

use super::model::{Act, HORIZON, QUESTION_HORIZON, REOPEN_TIME, Signal, State};
use super::opening::{look_over, question_urgency, question_waits, read, waits};
use super::steps::{Change, change};
use super::store::{self, Written};
use crate::{judgement, triage};

/// What one sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Questions that passed their target.
    pub questions: usize,
    /// Items put off whose time came.
    pub woken: usize,
    /// Items that nobody touched for the length of a lease.
    pub lapsed: usize,
    /// Resolved items that ended for good.
    pub closed: usize,
    /// Locked topics that opened again by themselves.
    pub opened: usize,
}

/// Run it every minute, on any one node at a time; twice does no harm.
pub fn sweep(tx: &mut Tx<'_>) -> Result<Swept> {
    let mut swept = Swept { opened: mainstreet_community::moderation::open_ended(tx)?, ..Swept::default() };
    let now = tx.now();
    for signal in store::timed(tx, now, now.plus(-REOPEN_TIME))? {
        match signal.state {
            State::Snoozed => {
                by_itself(tx, &signal, Act::Woke, State::Triaged, "its time has come", false)?;
                swept.woken += 1;
            }
            State::InProgress => {
                let why = "nobody touched it for ten minutes";
                by_itself(tx, &signal, Act::Released, State::Triaged, why, true)?;
                swept.lapsed += 1;
            }
            _ => {
                by_itself(tx, &signal, Act::Closed, State::Closed, "resolved for seven days", false)?;
                swept.closed += 1;
            }
        }
    }
    crate::audit::seal(tx)?;
    super::appeals::warn(tx)?;
    look_back(tx, now)?;
    swept.questions = questions(tx, now)?;
    Ok(swept)
}

fn by_itself(
    tx: &mut Tx<'_>,
    before: &Signal,
    act: Act,
    to: State,
    why: &str,
    give_back: bool,
) -> Result<()> {
    let mut after = before.clone();
    if give_back {
        after.assignee = None;
    }
    if to == State::Closed {
        after.closed_at = Some(tx.now());
    }
    change(tx, Actor::SYSTEM, before, after, &Change::lasting(act, to, why)).map(drop)
}

fn questions(tx: &mut Tx<'_>, now: Timestamp) -> Result<usize> {
    let clocks = triage::clocks(tx)?;
    let to = now.plus(1 - clocks.targets.shortest());
    let version = judgement::in_force(tx)?;
    let mut after = TopicId(floor(now.plus(-QUESTION_HORIZON)) - 1);
    let mut opened = 0;
    loop {
        let posts = store::unanswered(tx, after, to, now)?;
        for post in posts.iter().filter(|post| asks_us(post)) {
            let seen = read(&version, post);
            let urgency = question_urgency(post, &seen);
            if waits(post, &seen) && clocks.due(post.created_at, urgency) <= now {
                question_waits(tx, post, seen, clocks.targets.of(urgency))?;
                opened += 1;
            }
        }
        match posts.last() {
            Some(last) if posts.len() == store::UNANSWERED => after = last.topic,
            _ => return Ok(opened),
        }
    }
}

fn asks_us(post: &Written) -> bool {
    post.class == ActorClass::Member
        && !post.by_staff()
        && !(post.own && post.visibility == Visibility::Staff)
}

/// When the clock is set into an archive's past, posts become present as it moves: they are looked at when
/// their time comes, not when they were taken in. Does nothing on a place without a future.
fn look_back(tx: &mut Tx<'_>, now: Timestamp) -> Result<()> {
    const MARK: &str = "looked_to";
    const MOST: i64 = 2_000;
    let Some((_, last)) = store::span_of_posts(tx)? else { return Ok(()) };
    if last <= now.plus(DAY) {
        return Ok(());
    }
    let from =
        store::mark(tx, MARK)?.filter(|mark| *mark <= now).unwrap_or(Timestamp(0)).max(now.plus(-HORIZON));
    let posts = store::written_between(tx, from, now.plus(1), MOST)?;
    look_over(tx, &posts)?;
    let to = match posts.last() {
        Some(post) if posts.len() as i64 == MOST => post.created_at,
        _ => now,
    };
    if to.since(from) >= MINUTE || posts.len() as i64 == MOST {
        store::set_mark(tx, MARK, to)?;
    }
    Ok(())
}
