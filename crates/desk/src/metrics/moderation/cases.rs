//! Cases: from the first word that something is wrong with a post to the final decision.

use std::collections::BTreeMap;

use mainstreet_community::guidelines::Severity;
use mainstreet_db::Tx;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::SpaceId;
use mainstreet_kernel::{Result, Timestamp};

use super::facts::{Deed, Facts, Shade, Trigger};
use crate::metrics::figures::Query;
use crate::metrics::store;
use crate::moderation::clause_of;

/// One case.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Case {
    pub post: i64,
    pub space: SpaceId,
    /// The first flag, match of a rule in force, or reading shown to a person.
    pub start: Timestamp,
    /// The final decision.
    pub end: Option<Timestamp>,
    /// When the post went out of sight, or was cleared; the start when it was out of sight already.
    pub unseen: Option<Timestamp>,
    pub severity: Option<Severity>,
}

/// The cases that began in the window, as they stood at its end, oldest first.
pub(super) fn cases(tx: &mut Tx<'_>, query: &Query, facts: &Facts) -> Result<Vec<Case>> {
    let mut triggers = facts.flags.clone();
    let begun = facts.from.plus(-30 * DAY);
    let decisions = by_post(facts.deeds.iter().filter(|deed| deed.is_human()), |deed| deed.post);
    for mut shown in store::shown(tx, begun, facts.until)? {
        let decided = of(&decisions, shown.post).iter().find(|deed| deed.at >= shown.start);
        let decided = decided.map(|deed| deed.at);
        shown.end = decided.into_iter().chain(shown.end).min().filter(|end| *end < facts.until);
        triggers.push(shown);
    }
    let here = |trigger: &Trigger| query.space.is_none_or(|space| space == trigger.space);
    triggers.retain(|trigger| here(trigger) && trigger.start < facts.until);
    let mut all = joined(&triggers);
    all.retain(|case| case.start >= facts.from && case.start < facts.until);
    let shades = store::shades(tx, Timestamp(0).max(begun), facts.until)?;
    let shades = by_post(&shades, |shade| Some(shade.post));
    let flags = by_post(&facts.flags, |flag| Some(flag.post));
    for case in &mut all {
        case.unseen = unseen(case, of(&shades, case.post));
        case.severity = severity(facts, case, of(&decisions, case.post), of(&flags, case.post));
    }
    Ok(all)
}

/// Things by the post they are about, each post's in their order.
fn by_post<'a, T: 'a>(
    things: impl IntoIterator<Item = &'a T>,
    post: fn(&T) -> Option<i64>,
) -> BTreeMap<i64, Vec<&'a T>> {
    let mut by: BTreeMap<i64, Vec<&T>> = BTreeMap::new();
    for thing in things {
        if let Some(post) = post(thing) {
            by.entry(post).or_default().push(thing);
        }
    }
    by
}

fn of<'a, 'b, T>(by: &'b BTreeMap<i64, Vec<&'a T>>, post: i64) -> &'b [&'a T] {
    by.get(&post).map(Vec::as_slice).unwrap_or_default()
}

/// Triggers on one post that overlap in time are one case; it ends when the last of them is settled.
fn joined(triggers: &[Trigger]) -> Vec<Case> {
    let mut by_post: BTreeMap<i64, Vec<&Trigger>> = BTreeMap::new();
    for trigger in triggers {
        by_post.entry(trigger.post).or_default().push(trigger);
    }
    let mut all = Vec::new();
    for (post, mut of) in by_post {
        of.sort_by_key(|trigger| trigger.start);
        let mut open: Option<Case> = None;
        for trigger in of {
            match open.as_mut().filter(|case| case.end.is_none_or(|end| trigger.start <= end)) {
                Some(case) => case.end = case.end.zip(trigger.end).map(|(one, other)| one.max(other)),
                None => {
                    let (start, end) = (trigger.start, trigger.end);
                    let new = Case { post, space: trigger.space, start, end, unseen: None, severity: None };
                    all.extend(open.replace(new));
                }
            }
        }
        all.extend(open);
    }
    all.sort_by_key(|case| (case.start, case.post));
    all
}

/// `own`: how the post went out of sight and came back, oldest first.
fn unseen(case: &Case, own: &[&Shade]) -> Option<Timestamp> {
    if own.iter().rfind(|shade| shade.at <= case.start).is_some_and(|shade| shade.gone) {
        return Some(case.start);
    }
    let gone = own.iter().find(|shade| shade.gone && shade.at > case.start).map(|shade| shade.at);
    gone.into_iter().chain(case.end).min()
}

/// The gravest clause that a decision on the case cites; else the gravest that the flags speak of.
fn severity(facts: &Facts, case: &Case, decisions: &[&Deed], flags: &[&Trigger]) -> Option<Severity> {
    let end = case.end.unwrap_or(facts.until);
    let during = |at: Timestamp| at >= case.start && at <= end;
    let cited = decisions.iter().filter(|deed| during(deed.at));
    let flagged = flags.iter().filter(|flag| during(flag.start));
    cited
        .filter_map(|deed| deed.severity)
        .max()
        .or_else(|| flagged.filter_map(|flag| facts.severities.get(clause_of(&flag.reason)).copied()).max())
}

#[cfg(test)]
mod tests {
    use mainstreet_kernel::id::PersonId;

    use super::*;

    fn trigger(post: i64, start: i64, end: Option<i64>) -> Trigger {
        Trigger {
            post,
            person: PersonId(1),
            space: SpaceId(1),
            start: Timestamp(start),
            end: end.map(Timestamp),
            reason: String::new(),
            upheld: None,
            by: None,
        }
    }

    #[test]
    fn what_overlaps_is_one_case() {
        let all = [
            trigger(1, 10, Some(30)),
            trigger(1, 20, Some(50)),
            trigger(1, 60, Some(70)),
            trigger(1, 65, None),
            trigger(1, 90, Some(95)),
            trigger(2, 15, Some(15)),
        ];
        let found: Vec<(i64, i64, Option<i64>)> =
            joined(&all).iter().map(|case| (case.post, case.start.0, case.end.map(|end| end.0))).collect();
        assert_eq!(found, [(1, 10, Some(50)), (2, 15, Some(15)), (1, 60, None)]);
    }

    #[test]
    fn a_post_is_visible_until_it_goes_or_is_cleared() {
        let shade = |at, gone| Shade { post: 1, at: Timestamp(at), gone };
        let case = |start, end: Option<i64>| Case {
            end: end.map(Timestamp),
            ..joined(&[trigger(1, start, None)])[0].clone()
        };
        let check = |start, end, shades: &[Shade], expect: Option<i64>| {
            assert_eq!(
                unseen(&case(start, end), &shades.iter().collect::<Vec<_>>()).map(|at| at.0),
                expect,
                "{start} {end:?} {shades:?}"
            );
        };
        check(10, None, &[], None);
        check(10, Some(40), &[], Some(40));
        check(10, Some(40), &[shade(20, true)], Some(20));
        check(10, Some(40), &[shade(5, true)], Some(10));
        check(10, Some(40), &[shade(5, true), shade(8, false)], Some(40));
        check(10, None, &[shade(5, true), shade(8, false), shade(30, true)], Some(30));
    }
}
