//! Tries rules on what happened. The same for the live evaluation and the back-test.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use mainstreet_kernel::Timestamp;
use mainstreet_kernel::id::PersonId;
use mainstreet_rules::{Outcome, RuleSet, Truth, held_out};

use super::facts::{Known, Setting};
use super::happenings::Happening;

/// How far a long evaluation is, and whether somebody wants it to end.
#[derive(Debug, Default)]
pub struct Watch {
    /// Happenings that were looked at.
    pub done: AtomicU64,
    /// Happenings there are; 0 while they are counted.
    pub total: AtomicU64,
    /// Set it to end the evaluation.
    pub cancelled: AtomicBool,
}

/// A rule held, or could not be evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Match {
    /// Place in the list of happenings.
    pub(super) happening: usize,
    /// Place in the list of rules.
    pub(super) rule: usize,
    /// False: it hangs on something that is not known.
    pub(super) known: bool,
    /// The rule leaves this member alone.
    pub(super) held_out: bool,
}

/// How many happenings are looked at between two looks at the watch.
const STRIDE: usize = 512;
/// Below this many, a second thread costs more than it saves.
const WORTH_TWO: usize = 4_000;

/// All matches, in the order of the happenings. Nothing when it was cancelled.
pub(super) fn matches(
    setting: &Setting<'_>,
    set: &RuleSet,
    happenings: &[Happening],
    watch: &Watch,
) -> Option<Vec<Match>> {
    watch.total.store(happenings.len() as u64, Ordering::Relaxed);
    if happenings.len() < WORTH_TWO {
        return part(setting, set, happenings, 0, watch);
    }
    let middle = happenings.len() / 2;
    let (first, second) = happenings.split_at(middle);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| part(setting, set, second, middle, watch));
        let mut found = part(setting, set, first, 0, watch)?;
        found.extend(other.join().ok()??);
        Some(found)
    })
}

fn part(
    setting: &Setting<'_>,
    set: &RuleSet,
    happenings: &[Happening],
    offset: usize,
    watch: &Watch,
) -> Option<Vec<Match>> {
    let mut found = Vec::new();
    for (start, stride) in happenings.chunks(STRIDE).enumerate() {
        if watch.cancelled.load(Ordering::Relaxed) {
            return None;
        }
        for (place, happening) in stride.iter().enumerate() {
            let known = Known::new(setting, happening);
            for (rule, truth) in set.look(happening.known_as(), &known).verdicts() {
                found.push(Match {
                    happening: offset + start * STRIDE + place,
                    rule,
                    known: truth == Truth::Yes,
                    held_out: left_alone(set, rule, happening),
                });
            }
        }
        watch.done.fetch_add(stride.len() as u64, Ordering::Relaxed);
    }
    Some(found)
}

fn left_alone(set: &RuleSet, rule: usize, happening: &Happening) -> bool {
    let Some(rule) = set.rules().get(rule) else { return false };
    rule.hold_out
        .is_some_and(|percent| held_out(&rule.name, &PersonId(happening.person).to_string(), percent))
}

/// What tells one hit of a rule from another: a rule matches a version of a thing once.
pub(super) type Key = (&'static str, i64, i64);

pub(super) fn key(happening: &Happening) -> Key {
    let round = happening.tick.as_ref().map(|(_, day)| i64::from(*day));
    (happening.kind, happening.object, round.unwrap_or(happening.version))
}

/// Of what one time of a schedule finds, so much is kept: the rest would be more than anybody looks at.
pub(super) const MOST_AT_ONCE: usize = 500;

/// The first match of each rule on each version of a thing; at one time of a schedule the first [`MOST_AT_ONCE`].
pub(super) fn once(matches: &[Match], happenings: &[Happening]) -> Vec<Match> {
    let mut seen: HashSet<(usize, Key)> = HashSet::new();
    let mut at_once: HashMap<(usize, Timestamp), usize> = HashMap::new();
    let mut fits = |found: &&Match| {
        let Some(happening) = happenings.get(found.happening) else { return false };
        let fresh = seen.insert((found.rule, key(happening)));
        if happening.tick.is_none() || !fresh {
            return fresh;
        }
        let count = at_once.entry((found.rule, happening.at)).or_default();
        *count += 1;
        *count <= MOST_AT_ONCE
    };
    matches.iter().filter(|found| found.known).filter(|found| fits(found)).copied().collect()
}

/// Why a rule holds or not for a happening.
pub(super) fn explain(
    setting: &Setting<'_>,
    set: &RuleSet,
    happening: &Happening,
    rule: usize,
) -> Option<Outcome> {
    let known = Known::new(setting, happening);
    set.look(happening.known_as(), &known).explain(rule)
}
