//! Rules that never have an effect, because another one always wins.

use super::clauses::{Clause, of_rule};
use super::summary::Summary;
use super::{Setting, comparisons};
use crate::finding::Finding;
use crate::length::brief;
use crate::resolve::{beats, specificity};
use crate::rule::{Action, Ending, Rule, Step};
use crate::vocabulary::Vocabulary;

struct Known<'a> {
    rule: &'a Rule,
    clauses: Vec<Clause<'a>>,
    rank: (u32, usize),
}

/// Finds them. Two rules are compared only when the one's actions are all taken care of by the other.
pub(super) fn check(rules: &[Rule], setting: &Setting<'_>) -> Vec<Finding> {
    let known: Vec<Option<Known<'_>>> = rules
        .iter()
        .map(|rule| {
            let rank =
                (setting.names.severity(rule.guideline.as_deref()), specificity(rule, setting.vocabulary));
            Some(Known { rule, clauses: of_rule(rule)?, rank })
        })
        .collect();
    let mut findings = Vec::new();
    for (place, one) in known.iter().enumerate() {
        let Some(one) = one else { continue };
        let winner = known.iter().enumerate().filter_map(|(at, other)| Some((at, other.as_ref()?))).find(
            |(at, other)| {
                *at != place
                    && always_acts(other.rule)
                    && covers(other, *at, one, place, setting.vocabulary)
                    && implied(one, other, setting.vocabulary)
            },
        );
        if let Some((_, other)) = winner {
            let message = format!(
                "This rule never has an effect: whenever it matches, \"{}\" (line {}) matches too and does the same or wins.",
                brief(&other.rule.name),
                other.rule.at.line
            );
            let mut finding = Finding::error(one.rule.at, message);
            finding.rule = Some(one.rule.name.clone());
            findings.push(finding);
        }
    }
    findings
}

/// True when nothing but its conditions keeps it from acting.
fn always_acts(rule: &Rule) -> bool {
    rule.limits.is_empty() && rule.hold_out.is_none() && matches!(rule.expires, None | Some(Ending::Never))
}

fn covers(other: &Known<'_>, at: usize, one: &Known<'_>, place: usize, vocabulary: &Vocabulary) -> bool {
    let wins = beats((other.rank, at), (one.rank, place));
    one.rule.when.iter().all(|event| other.rule.when.contains(event))
        && one.rule.then.iter().all(|step| {
            other.rule.then.iter().any(|theirs| match (step, theirs) {
                // Of two rules that do the same, the first in the list is kept.
                _ if step == theirs => at < place || wins,
                (Step::Now(mine), Step::Now(theirs)) => wins && conflict(mine, theirs, vocabulary),
                _ => false,
            })
        })
}

fn conflict(mine: &Action, theirs: &Action, vocabulary: &Vocabulary) -> bool {
    let group = |action: &Action| vocabulary.action(&action.name).and_then(|word| word.group.as_deref());
    group(mine).is_some() && group(mine) == group(theirs)
}

/// True when `other` holds whenever `one` does.
fn implied(one: &Known<'_>, other: &Known<'_>, vocabulary: &Vocabulary) -> bool {
    if comparisons(other.rule).len() > 4 * comparisons(one.rule).len() + 4 {
        return false;
    }
    one.clauses.iter().all(|clause| {
        // A field nothing is said about implies nothing: most pairs end here, before anything is computed.
        let about = |clause: &Clause<'_>, other: &Clause<'_>| {
            other.iter().all(|atom| {
                atom.of().is_some_and(|of| {
                    clause.iter().any(|mine| mine.of().is_some_and(|mine| mine.subject == of.subject))
                })
            })
        };
        let candidates: Vec<&Clause<'_>> =
            other.clauses.iter().filter(|theirs| about(clause, theirs)).collect();
        if candidates.is_empty() {
            return false;
        }
        let summary = Summary::new(clause, vocabulary);
        summary.clash.is_some()
            || candidates.iter().any(|theirs| theirs.iter().all(|atom| summary.implies(atom)))
    })
}
