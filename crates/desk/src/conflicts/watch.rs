//! Looking for conflicts: in conversations where something was flagged or answered, and once a minute everywhere.

use std::collections::HashSet;

use mainstreet_db::Tx;
use mainstreet_db::log::Entry;
use mainstreet_kernel::clock::{DAY, MINUTE};
use mainstreet_kernel::id::{PersonId, PostId, TopicId};
use mainstreet_kernel::{Result, Timestamp, Verb};

use super::heat::{self, Input};
use super::store::{self, Found};
use crate::signals;

/// Somebody who ended a conflict is not told of the same flags again within this time, in milliseconds.
const QUIET: i64 = 60 * MINUTE;
/// The community's rise is not told twice within this time.
const RISE_QUIET: i64 = 7 * DAY;

/// Looks at the conversations that these entries of the log touch.
pub fn look(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<()> {
    let now = tx.now();
    let topics: HashSet<TopicId> = entries
        .iter()
        .filter(|entry| matches!(entry.verb, Verb::FlagCreated | Verb::ReplyCreated))
        .filter(|entry| (0..=heat::FLAG_WINDOW).contains(&now.since(entry.occurred_at)))
        .filter_map(|entry| entry.topic)
        .collect();
    if topics.is_empty() {
        return Ok(());
    }
    for topic in store::with_flags(tx, now.plus(-heat::FLAG_WINDOW - 1))? {
        if topics.contains(&topic) {
            heated(tx, topic)?;
        }
    }
    Ok(())
}

/// Looks at the community as a whole. Run it every minute.
pub fn sweep(tx: &mut Tx<'_>) -> Result<()> {
    let now = tx.now();
    if store::latest(tx, None)?.is_some_and(|known| now.since(known.1.unwrap_or(known.0)) < RISE_QUIET) {
        return Ok(());
    }
    let week = store::counts(tx, now.plus(-7 * DAY), now)?;
    if week.flags < heat::RISE_FLAGS {
        return Ok(());
    }
    let before = store::counts(tx, now.plus(-63 * DAY), now.plus(-7 * DAY))?;
    let chance = heat::chance_of_rise(week.flags, before.flags, (week.posts, before.posts));
    let Some(post) = week.post.filter(|_| chance < heat::RISE_CHANCE) else { return Ok(()) };
    let per = |flags: u64, posts: u64| flags as f64 * 1_000.0 / posts.max(1) as f64;
    let text = format!(
        "{} flags on {} posts in seven days ({:.1} in 1,000), after {} on {} in the eight weeks before ({:.1}). \
         Chance alone does that with probability {chance:.4}; below {} it counts.",
        week.flags,
        week.posts,
        per(week.flags, week.posts),
        before.flags,
        before.posts,
        per(before.flags, before.posts),
        heat::RISE_CHANCE
    );
    let inputs = vec![Input { threshold: "rise".to_owned(), text }];
    found(tx, None, post, inputs, now)
}

fn heated(tx: &mut Tx<'_>, topic: TopicId) -> Result<()> {
    let now = tx.now();
    let last_end = store::latest(tx, Some(topic))?;
    let since = match last_end {
        Some((_, None)) => return Ok(()),
        Some((_, Some(end))) if now.since(end) < QUIET => return Ok(()),
        Some((_, Some(end))) => end.max(now.plus(-heat::FLAG_WINDOW - 1)),
        None => now.plus(-heat::FLAG_WINDOW - 1),
    };
    let flags = store::flags_since(tx, topic, since)?;
    let times: Vec<(Timestamp, PersonId)> = flags.iter().map(|flag| (flag.0, flag.1)).collect();
    let mut inputs = Vec::new();
    let mut post = flags.last().map(|flag| flag.2);
    let (count, people) = heat::flags_at_once(&times);
    if count >= heat::FLAGS && people >= heat::FLAGGERS {
        let text = format!(
            "{count} flags by {people} people within two hours; from {} by {} on it counts.",
            heat::FLAGS,
            heat::FLAGGERS
        );
        inputs.push(Input { threshold: "flags".to_owned(), text });
    }
    let turns = store::turns_since(tx, topic, since.max(now.plus(-heat::TURN_WINDOW - 1)))?;
    if let Some(duel) = heat::duel(&turns).filter(|duel| duel.turns >= heat::TURNS) {
        let (one, other) = (signals::name_of(tx, duel.one)?, signals::name_of(tx, duel.other)?);
        let flags = if duel.flagged == 1 { "one post".to_owned() } else { format!("{} posts", duel.flagged) };
        let text = format!(
            "{one} and {other} answered each other {} times within an hour, and {flags} of it were flagged; from {} \
             times with a flag on it counts.",
            duel.turns,
            heat::TURNS
        );
        inputs.push(Input { threshold: "turns".to_owned(), text });
        post = Some(duel.last);
    }
    let Some(post) = post.filter(|_| !inputs.is_empty()) else { return Ok(()) };
    inputs.extend(harassment(tx, topic)?);
    found(tx, Some(topic), post, inputs, now)
}

/// How harsh the last posts read against those before: a reason beside the others, never one alone.
fn harassment(tx: &mut Tx<'_>, topic: TopicId) -> Result<Option<Input>> {
    const LAST: usize = 6;
    let bodies = store::last_bodies(tx, topic, 3 * LAST)?;
    let read: Vec<f64> = bodies
        .iter()
        .map(|body| {
            let context = mainstreet_language::Context { reply: true, ..Default::default() };
            f64::from(mainstreet_language::read(body, &context).risk.harassment.probability)
        })
        .collect();
    let (last, before) = read.split_at(LAST.min(read.len()));
    if last.is_empty() || before.is_empty() {
        return Ok(None);
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (now, then) = (mean(last), mean(before));
    Ok((now > then).then(|| Input {
        threshold: "harassment".to_owned(),
        text: format!(
            "The last {} posts read as harassment with probability {now:.2} on average, the {} before with {then:.2}.",
            last.len(),
            before.len()
        ),
    }))
}

fn found(
    tx: &mut Tx<'_>,
    topic: Option<TopicId>,
    post: PostId,
    inputs: Vec<Input>,
    at: Timestamp,
) -> Result<()> {
    let reason: Vec<String> = inputs.iter().map(|input| input.text.clone()).collect();
    let Some(id) = store::insert(tx, &Found { topic, post, inputs })? else { return Ok(()) };
    let signal = signals::conflict(tx, post, id, &reason.join(" "), at)?;
    store::set_signal(tx, id, signal)
}
