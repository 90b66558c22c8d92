//! Examples must hold. A text alone settles only what follows from it: a rule must not be able to match where it
//! says "no match", and must be able to where it says "match".

use crate::evaluate::{RuleSet, Snapshot, Truth, event_of, why};
use crate::finding::Finding;
use crate::rule::{Example, Rule};
use crate::vocabulary::Vocabulary;

pub(super) fn check(rule: &Rule, vocabulary: &Vocabulary, findings: &mut Vec<Finding>) {
    if rule.matching.is_empty() && rule.not_matching.is_empty() {
        return;
    }
    let set = RuleSet::new(vec![rule.clone()]);
    let event = rule.when.first().map(|event| event_of(rule, event)).unwrap_or_default();
    let mut check = |example: &Example, wanted: bool| {
        let facts = Snapshot::of_example(&example.facts, vocabulary);
        let look = set.look(&event, &facts);
        let truth = look.truth(0);
        if (truth != Truth::No) == wanted {
            return;
        }
        let because = look.explain(0).map(|outcome| why(&outcome)).unwrap_or_default();
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        let lines: Vec<String> = because.lines().skip(1).map(words).collect();
        let message = match (wanted, truth) {
            (true, _) => format!("This example should match, but it does not: {}.", lines.join("; ")),
            (false, Truth::Yes) => {
                format!("This example should not match, but it does: {}.", lines.join("; "))
            }
            (false, _) => format!(
                "This example should not match, but it still can: {}. Say more about it in {{ }}, or change the rule.",
                lines.join("; ")
            ),
        };
        findings.push(Finding::error(example.at, message));
    };
    for example in &rule.matching {
        check(example, true);
    }
    for example in &rule.not_matching {
        check(example, false);
    }
}
