//! Rules that never have an effect, because another one always wins.

use std::cell::OnceCell;

use super::Setting;
use super::clauses::{Atom, Clause, of_rule};
use super::summary::Summary;
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
    let words = setting.vocabulary;
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
        // What the rule demands is worked out once, and only when there is a rule that could win over it.
        let demands: OnceCell<Vec<Summary<'_>>> = OnceCell::new();
        let demands =
            || demands.get_or_init(|| one.clauses.iter().map(|clause| Summary::new(clause, words)).collect());
        let others = known.iter().enumerate().filter_map(|(at, other)| Some((at, other.as_ref()?)));
        let mut rivals = others.filter(|(at, other)| {
            *at != place && always_acts(other.rule) && covers(other, *at, one, place, words)
        });
        let winner = rivals.find(|(_, other)| implied(one, demands(), other));
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

/// True when `other` holds whenever `one` does, which demands this of each clause.
fn implied(one: &Known<'_>, demands: &[Summary<'_>], other: &Known<'_>) -> bool {
    one.clauses.iter().zip(demands).all(|(clause, demand)| {
        // Of a field nothing is said about, nothing follows: most pairs end here.
        let about = |theirs: &Clause<'_>| {
            theirs
                .iter()
                .filter_map(Atom::of)
                .all(|of| clause.iter().filter_map(Atom::of).any(|mine| mine.subject == of.subject))
        };
        demand.clash.is_some()
            || other
                .clauses
                .iter()
                .any(|theirs| about(theirs) && theirs.iter().all(|atom| demand.implies(atom)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Names, read};
    use mainstreet_kernel::Role;

    /// Rules as (guideline, if, then, more); which of them never have an effect.
    #[track_caller]
    fn check(rules: &[(&str, &str, &str, &str)], expect: &[&str]) {
        let one = |(n, (guideline, condition, then, more)): (usize, &(&str, &str, &str, &str))| {
            format!(
                "rule: r{n}\nguideline: {guideline}\nwhen: flag\nif: [{condition}]\nthen: [{then}]\n{more}\n"
            )
        };
        let text: Vec<String> = rules.iter().enumerate().map(one).collect();
        let reading = read(&text.join("---\n"), Vocabulary::standard());
        assert_eq!(reading.findings, []);
        let names = Names::default().guideline("mild", 1).guideline("grave", 9);
        let setting = Setting { vocabulary: Vocabulary::standard(), names: &names, role: Role::Owner };
        let found = super::check(&reading.rules, &setting);
        let named: Vec<String> = found.into_iter().filter_map(|finding| finding.rule).collect();
        assert_eq!(named, expect);
    }

    #[test]
    fn a_rule_that_another_one_always_wins_over_is_found() {
        let (hide, hold) = ("hide until reviewed", "hold for review");
        check(&[("mild", "author.posts < 9", hide, ""), ("mild", "author.posts < 3", hide, "")], &["r1"]);
        check(&[("mild", "author.posts < 3", hide, ""), ("mild", "author.posts < 9", hide, "")], &[]);
        check(&[("mild", "author.posts < 9", hide, ""), ("mild", "author.posts < 3", hold, "")], &["r1"]);
        check(&[("mild", "author.posts < 9", hide, ""), ("grave", "author.posts < 3", hold, "")], &[]);
        check(&[("mild", "author.posts < 3", hide, ""), ("grave", "always", hold, "")], &["r0"]);
        check(&[("mild", "always", hide, "limit: 3 per day"), ("mild", "author.posts < 3", hold, "")], &[]);
        check(&[("mild", "always", hide, ""), ("mild", "author.is_staff", "{add tag: x}", "")], &[]);
        check(
            &[
                ("mild", "'post.text has any: [a, b, c]'", hide, ""),
                ("mild", "'post.text has any: [a, c]', author.posts < 3", hide, ""),
                ("mild", "'post.text has any (loose): [a]'", hide, ""),
            ],
            &["r1"],
        );
        check(
            &[
                ("mild", "author.age < 2 days or author.posts < 5", hide, ""),
                ("mild", "author.age < 1 day", hide, ""),
            ],
            &["r1"],
        );
    }
}
