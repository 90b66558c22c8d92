//! When a rule may act, and when it must stop.

use std::collections::BTreeSet;

use mainstreet_db::Tx;
use mainstreet_kernel::clock::{DAY, HOUR};
use mainstreet_kernel::id::{SpaceId, TopicId};
use mainstreet_kernel::{Result, Timestamp};
use mainstreet_rules::{Rhythm, Rule, Vocabulary};

use super::model::{Hit, Kept, Mode};
use super::past::Past;
use super::report::{Measured, Report};
use super::store::{hits, past as store};
use super::truth::{Judgement, Truth};
use crate::metrics::topics_in;

/// How long a version must have been in shadow, or how many matches of a back-test must have been reviewed.
const SHADOW: i64 = 7 * DAY;
const REVIEWED: u64 = 30;
/// What the lower end of the reviewed precision must reach; for actions on accounts the second.
const PRECISE: f64 = 0.80;
const PRECISE_ACCOUNT: f64 = 0.95;

/// What is known about a version of a rule when somebody wants it to act.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// It takes something away from somebody.
    pub restricts: bool,
    /// It takes it away from an account.
    pub account: bool,
    /// How long it has been in shadow, in milliseconds.
    pub shadow: i64,
    /// Reviewed matches of its last back-test.
    pub tested: Measured,
    /// Reviewed hits of its shadow.
    pub seen: Measured,
}

/// Why a rule may not act yet; empty: it may (the design, 3.2, 8).
pub fn closed(evidence: &Evidence) -> Vec<String> {
    if !evidence.restricts {
        return Vec::new();
    }
    let mut reasons = Vec::new();
    if evidence.shadow < SHADOW && evidence.tested.n < REVIEWED {
        reasons.push(format!(
            "It has been in shadow for {:.1} of 7 days, and {} of {REVIEWED} matches of its back-test were reviewed.",
            evidence.shadow as f64 / DAY as f64,
            evidence.tested.n
        ));
    }
    let needed = if evidence.account { PRECISE_ACCOUNT } else { PRECISE };
    let best = if evidence.tested.n >= REVIEWED { evidence.tested } else { evidence.seen };
    let low = best.low.unwrap_or(0.0);
    if best.n == 0 {
        reasons.push("Nobody has judged yet whether what it matches is right.".to_owned());
    } else if low < needed {
        reasons.push(format!(
            "Of {} reviewed matches {} were right: that is surely more than {:.0} %, and {:.0} % are needed.",
            best.n,
            best.k,
            low * 100.0,
            needed * 100.0
        ));
    }
    reasons
}

/// Whether a rule takes something away, and whether from an account.
pub fn restricts(rule: &Rule) -> (bool, bool) {
    let words = rule.then.iter().flat_map(mainstreet_rules::Step::actions);
    let words: Vec<_> = words.filter_map(|action| Vocabulary::standard().action(&action.name)).collect();
    let taking = words.iter().filter(|word| word.restricting);
    (taking.clone().next().is_some(), taking.clone().any(|word| word.account))
}

/// Why a rule may not act yet; empty: it may.
pub fn gate(tx: &mut Tx<'_>, kept: &Kept) -> Result<Vec<String>> {
    let Some(rule) = kept.rule() else {
        return Ok(vec!["Its text cannot be read any more. Open it and save it again.".to_owned()]);
    };
    let (restricts, account) = restricts(&rule);
    let shadow = if kept.mode.watches() { tx.now().since(kept.watched_from) } else { 0 };
    let tested = last_test(tx, kept)?.map_or_else(Measured::default, |(report, _)| report.precision);
    let seen = reviewed(tx, kept, None)?;
    let mut reasons = closed(&Evidence { restricts, account, shadow, tested, seen });
    reasons.extend(super::feasible::missing(tx, &rule)?);
    Ok(reasons)
}

/// The last back-test of the latest version, and when it ran.
pub fn last_test(tx: &mut Tx<'_>, kept: &Kept) -> Result<Option<(Report, Timestamp)>> {
    let found = hits::test(tx, kept.id, kept.version)?;
    Ok(found.and_then(|(text, at)| Some((serde_json::from_str(&text).ok()?, at))))
}

/// How many of the hits of the latest version people looked at, and how many of those were right: everywhere, or of hits
/// in conversations that stand in this space now.
pub fn reviewed(tx: &mut Tx<'_>, kept: &Kept, space: Option<SpaceId>) -> Result<Measured> {
    let mut found = hits::of_version(tx, kept.id, kept.version)?;
    if let Some(space) = space {
        let topics: Vec<i64> = found.iter().filter_map(|hit| hit.topic).map(|topic| topic.0).collect();
        let here: BTreeSet<TopicId> = topics_in(tx, space, &topics)?.into_iter().collect();
        found.retain(|hit| hit.topic.is_some_and(|topic| here.contains(&topic)));
    }
    let judged = judged(tx, kept, &found)?;
    let right = judged.iter().flatten().filter(|one| one.upheld).count();
    Ok(Measured::of(right as u64, judged.iter().flatten().count() as u64))
}

/// What people decided about hits, in the order of the hits.
pub(super) fn judged(tx: &mut Tx<'_>, kept: &Kept, found: &[Hit]) -> Result<Vec<Option<Judgement>>> {
    let topics = found.iter().filter_map(|hit| hit.topic).map(|topic| topic.0).collect();
    let to = tx.now().plus(1);
    let past = Past::of(store::deeds_of(tx, store::Of::Topics, &topics, to)?);
    let from = found.iter().map(|hit| hit.occurred_at).min().unwrap_or(to).plus(-HOUR);
    let truth = Truth::gather(tx, &past, (from, to), Some(kept.id))?;
    let of = |hit: &Hit| truth.after(hit.object, hit.occurred_at.plus(-super::happenings::SETTLES));
    Ok(found.iter().map(of).collect())
}

/// What has come of a rule that acts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Course {
    /// Hits of the last hour.
    pub last_hour: u64,
    /// Hits an hour in its back-test; for a schedule, hits at one of its times.
    pub tested_per_hour: f64,
    /// Of its last twenty reviewed hits: how many were reversed, and how many there are.
    pub reversed: (u64, u64),
    /// A person of the staff or one the community relies on was hit twice.
    pub trusted_twice: bool,
}

/// Why a rule that acts must go back to shadow at once (the design, 3.2, 9).
pub fn breaks(course: &Course) -> Option<String> {
    let most = 10.0 + 5.0 * course.tested_per_hour;
    if course.last_hour as f64 > most {
        return Some(format!("{} hits within an hour; at most {most:.0} were expected", course.last_hour));
    }
    let (reversed, of) = course.reversed;
    // Three of ten reviewed say something; one of two does not.
    if of >= 10 && reversed * 10 > of * 3 {
        return Some(format!("{reversed} of its last {of} reviewed hits were reversed"));
    }
    course.trusted_twice.then(|| "somebody the community relies on was hit twice".to_owned())
}

/// The share of a day's hits that come within an hour; those of a schedule come at once, for all the days since.
fn at_once(kept: &Kept) -> f64 {
    match kept.rule().and_then(|rule| rule.every).map(|every| every.rhythm) {
        None => 1.0 / 24.0,
        Some(Rhythm::Daily) => 1.0,
        Some(Rhythm::Weekly(_)) => 7.0,
        Some(Rhythm::Monthly(_)) => 30.0,
    }
}

/// What has come of a rule that acts, as far as its hits tell.
pub(super) fn course(tx: &mut Tx<'_>, kept: &Kept, trusted: &dyn Fn(i64) -> bool) -> Result<Course> {
    let found = hits::of_version(tx, kept.id, kept.version)?;
    let acting: Vec<Hit> = found.into_iter().filter(|hit| hit.mode == Mode::Enforce).collect();
    let since = tx.now().plus(-HOUR);
    let mut people = std::collections::HashMap::new();
    for hit in &acting {
        *people.entry(hit.person.map_or(0, |person| person.0)).or_insert(0) += 1;
    }
    let judged: Vec<bool> = judged(tx, kept, &acting)?.into_iter().flatten().map(|one| one.upheld).collect();
    let last: Vec<&bool> = judged.iter().rev().take(20).collect();
    Ok(Course {
        last_hour: acting.iter().filter(|hit| hit.occurred_at > since).count() as u64,
        tested_per_hour: last_test(tx, kept)?.map_or(0.0, |(report, _)| report.per_day * at_once(kept)),
        reversed: (last.iter().filter(|right| !***right).count() as u64, last.len() as u64),
        trusted_twice: people.iter().any(|(person, times)| *person != 0 && *times >= 2 && trusted(*person)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(shadow_days: i64, tested: (u64, u64), seen: (u64, u64)) -> Evidence {
        Evidence {
            restricts: true,
            account: false,
            shadow: shadow_days * DAY,
            tested: Measured::of(tested.0, tested.1),
            seen: Measured::of(seen.0, seen.1),
        }
    }

    #[test]
    fn a_restricting_rule_acts_only_when_it_was_watched_and_right() {
        assert!(closed(&evidence(8, (0, 0), (30, 31))).is_empty());
        assert!(closed(&evidence(0, (40, 41), (0, 0))).is_empty());
        assert_eq!(closed(&evidence(1, (5, 5), (0, 0))).len(), 2);
        assert_eq!(closed(&evidence(8, (0, 0), (0, 0))).len(), 1, "nobody looked");
        assert_eq!(closed(&evidence(8, (0, 0), (20, 30))).len(), 1, "too often wrong");
        let account = Evidence { account: true, ..evidence(8, (0, 0), (30, 31)) };
        assert_eq!(closed(&account).len(), 1, "accounts need 95 %");
        let harmless = Evidence { restricts: false, ..evidence(0, (0, 0), (0, 0)) };
        assert!(closed(&harmless).is_empty());
    }

    #[test]
    fn a_rule_that_runs_away_is_stopped() {
        let calm = Course::default();
        assert_eq!(breaks(&calm), None);
        assert_eq!(breaks(&Course { last_hour: 10, ..calm }), None);
        assert!(breaks(&Course { last_hour: 11, ..calm }).is_some());
        assert_eq!(breaks(&Course { last_hour: 20, tested_per_hour: 2.0, ..calm }), None);
        assert!(breaks(&Course { last_hour: 21, tested_per_hour: 2.0, ..calm }).is_some());
        assert_eq!(breaks(&Course { reversed: (6, 20), ..calm }), None);
        assert!(breaks(&Course { reversed: (7, 20), ..calm }).is_some());
        assert!(breaks(&Course { trusted_twice: true, ..calm }).is_some());
    }
}
