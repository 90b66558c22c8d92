//! What rules mean: impossible and idle conditions, rules that never get their turn, names that do not exist,
//! actions that nobody may take, examples that do not hold.

mod clauses;
mod examples;
mod reach;
mod references;
mod summary;

use mainstreet_kernel::Role;

use crate::finding::{At, Finding};
use crate::length::brief;
use crate::print::line;
use crate::read::{Reading, read};
use crate::rule::{Comparison, Condition, Rule};
use crate::vocabulary::{Names, Vocabulary};
use summary::{Clash, Demand, Summary};

/// What rules are checked against.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The words there are.
    pub vocabulary: &'a Vocabulary,
    /// The names this community has given.
    pub names: &'a Names,
    /// The role of whoever saves the rules.
    pub role: Role,
}

/// Reads a text of rules and checks what they mean. Only when [`crate::may_be_saved`] may they be saved.
pub fn examine(text: &str, setting: &Setting<'_>) -> Reading {
    let mut reading = read(text, setting.vocabulary);
    reading.findings.extend(check(&reading.rules, setting));
    reading.findings.sort_by_key(|finding| (finding.at.line, finding.at.column));
    reading
}

/// Checks what rules mean, in the order in which they stand.
pub fn check(rules: &[Rule], setting: &Setting<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut names = std::collections::HashMap::new();
    for rule in rules {
        let mut found = Vec::new();
        if let Some(first) = names.insert(rule.name.to_lowercase(), rule.at) {
            let message = format!(
                "Another rule is called \"{}\" too (line {}). Give it a name of its own.",
                brief(&rule.name),
                first.line
            );
            found.push(Finding::error(rule.at, message));
        }
        references::check(rule, setting, &mut found);
        let before = found.len();
        idle(rule, setting.vocabulary, &mut found);
        if found.len() == before {
            impossible(rule, "This rule can never match", setting.vocabulary, &mut found);
        }
        examples::check(rule, setting.vocabulary, &mut found);
        for finding in &mut found {
            finding.rule = Some(rule.name.clone());
        }
        findings.extend(found);
    }
    findings.extend(reach::check(rules, setting));
    findings
}

/// Checks the names and conditions of a segment.
pub(crate) fn of_segment(segment: &Rule, setting: &Setting<'_>, findings: &mut Vec<Finding>) {
    references::of_segment(segment, setting, findings);
    let before = findings.len();
    idle(segment, setting.vocabulary, findings);
    if findings.len() == before {
        impossible(segment, "This segment can never hold anybody", setting.vocabulary, findings);
    }
}

/// Conditions that always hold, or never on their own.
fn idle(rule: &Rule, vocabulary: &Vocabulary, findings: &mut Vec<Finding>) {
    for condition in rule.all.iter().chain(&rule.any).chain(&rule.unless) {
        if matches!(condition, Condition::Always(_)) {
            continue;
        }
        let shown = brief(&line(condition));
        if clashes(clauses::of(condition, false), vocabulary).is_some() {
            let message =
                format!("\"{shown}\" always holds, so it decides nothing. Drop it or change its value.");
            findings.push(Finding::error(place(condition), message));
        } else if !rule.all.contains(condition) && clashes(clauses::of(condition, true), vocabulary).is_some()
        {
            let message =
                format!("\"{shown}\" can never hold, so it decides nothing. Drop it or change its value.");
            findings.push(Finding::error(place(condition), message));
        }
    }
    if rule.any.len() > 1 && rule.any.iter().any(|condition| matches!(condition, Condition::Always(_))) {
        let message = "\"always\" among several under \"if any\" makes the others pointless.";
        findings.push(Finding::error(rule.any.first().map(place).unwrap_or_default(), message));
    }
}

/// Conditions that cannot hold together; `never` says what then never comes about.
fn impossible(rule: &Rule, never: &str, vocabulary: &Vocabulary, findings: &mut Vec<Finding>) {
    let Some(clash) = clashes(clauses::of_rule(rule), vocabulary) else { return };
    let says = |(positive, one): Demand<'_>| {
        let test = Condition::Test(one.clone());
        brief(&line(&if positive { test } else { Condition::Not(Box::new(test)) }))
    };
    let (message, at) = match (clash.one, clash.other) {
        (Some(one), Some(other))
            if (other.1.at.line, other.1.at.column) != (one.1.at.line, one.1.at.column) =>
        {
            (
                format!(
                    "{never}: \"{}\" and \"{}\" (line {}) cannot hold together.",
                    says(one),
                    says(other),
                    other.1.at.line
                ),
                clash.at,
            )
        }
        (Some(one), _) => (format!("{never}: \"{}\" cannot hold.", says(one)), clash.at),
        (None, _) => (format!("{never}: \"not always\" never holds."), clash.at),
    };
    findings.push(Finding::error(at, message));
}

/// The first clash, when every clause has one.
fn clashes<'a>(clauses: Option<Vec<clauses::Clause<'a>>>, vocabulary: &Vocabulary) -> Option<Clash<'a>> {
    let mut first = None;
    for clause in clauses? {
        let clash = Summary::new(&clause, vocabulary).clash?;
        first.get_or_insert(clash);
    }
    first
}

/// Where a condition begins.
pub(crate) fn place(condition: &Condition) -> At {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.first().map(place).unwrap_or_default(),
        Condition::Not(inner) => place(inner),
        Condition::Always(at) => *at,
        Condition::Test(comparison) => comparison.at,
    }
}

/// What a rule asks about, each thing once, in the order in which it is asked.
pub fn subjects(rule: &Rule) -> Vec<&crate::rule::Subject> {
    let mut found = Vec::new();
    for comparison in comparisons(rule) {
        if !found.contains(&&comparison.subject) {
            found.push(&comparison.subject);
        }
    }
    found
}

/// Every comparison of a rule.
pub(crate) fn comparisons(rule: &Rule) -> Vec<&Comparison> {
    fn collect<'a>(condition: &'a Condition, found: &mut Vec<&'a Comparison>) {
        match condition {
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().for_each(|part| collect(part, found));
            }
            Condition::Not(inner) => collect(inner, found),
            Condition::Always(_) => {}
            Condition::Test(comparison) => found.push(comparison),
        }
    }
    let mut found = Vec::new();
    rule.all.iter().chain(&rule.any).chain(&rule.unless).for_each(|condition| collect(condition, &mut found));
    found
}
