//! Several rules match at once: what is done, what is not, and why not.
//!
//! A human decision on this version of the content always wins. Then an `allow` rule keeps the rules citing the
//! guidelines it lists from restricting. Of actions that exclude each other exactly one is done: that of the rule
//! with the more severe guideline, then the narrower scope, then the earlier place in the list - never simply the
//! harshest. Everything else is done once.

use serde::{Deserialize, Serialize};

use crate::length::brief;
use crate::rule::{Action, Condition, Given, Rule, Step, Subject};
use crate::vocabulary::{Names, Vocabulary};

/// What is done, by which rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Applied {
    /// Place of the rule in the list.
    pub rule: usize,
    /// What it does.
    pub step: Step,
}

/// What is not done, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Withheld {
    /// Place of the rule in the list.
    pub rule: usize,
    /// What it would have done.
    pub step: Step,
    /// Why not.
    pub reason: Reason,
}

/// Why an action of a matching rule is not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "by")]
pub enum Reason {
    /// A person has decided on this version.
    PersonDecided,
    /// The rule of this name allows it.
    Allowed(String),
    /// The rule of this name cites a more severe guideline.
    MoreSevere(String),
    /// The rule of this name has a narrower scope.
    Narrower(String),
    /// The rule of this name stands earlier in the list.
    Earlier(String),
    /// The rule of this name does the same.
    DoneOnce(String),
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::PersonDecided => f.write_str("a person has decided on this version"),
            Self::Allowed(rule) => write!(f, "the rule \"{}\" allows it", brief(rule)),
            Self::MoreSevere(rule) => write!(f, "the rule \"{}\" cites a more severe guideline", brief(rule)),
            Self::Narrower(rule) => write!(f, "the rule \"{}\" has a narrower scope", brief(rule)),
            Self::Earlier(rule) => write!(f, "the rule \"{}\" stands earlier in the list", brief(rule)),
            Self::DoneOnce(rule) => write!(f, "the rule \"{}\" does the same already", brief(rule)),
        }
    }
}

/// The outcome of several matching rules.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resolution {
    /// In the order of the list.
    pub applied: Vec<Applied>,
    /// In the order of the list.
    pub withheld: Vec<Withheld>,
}

/// How many of a rule's conditions narrow where it applies.
pub fn specificity(rule: &Rule, vocabulary: &Vocabulary) -> usize {
    let narrows = |condition: &&Condition| match condition {
        Condition::Test(comparison) => match &comparison.subject {
            Subject::Field(name) => vocabulary.field(name).is_some_and(|field| field.scope),
            _ => false,
        },
        _ => false,
    };
    rule.all.iter().filter(narrows).count()
}

/// ((severity, specificity), place in the list)
type Rank = ((u32, usize), usize);

/// True when `one` wins over `other`.
pub(crate) fn beats(one: Rank, other: Rank) -> bool {
    (one.0, std::cmp::Reverse(one.1)) > (other.0, std::cmp::Reverse(other.1))
}

struct Claim<'a> {
    rule: usize,
    rank: Rank,
    name: &'a str,
    guideline: Option<&'a str>,
    step: &'a Step,
}

/// Resolves the rules that matched, given by their places in `rules`. `person_decided`: somebody has decided on
/// this version of the content.
pub fn resolve(
    rules: &[Rule],
    matched: &[usize],
    vocabulary: &Vocabulary,
    names: &Names,
    person_decided: bool,
) -> Resolution {
    let mut order: Vec<usize> = matched.to_vec();
    order.sort_unstable();
    order.dedup();
    let found: Vec<(usize, &Rule)> =
        order.iter().filter_map(|place| Some((*place, rules.get(*place)?))).collect();
    let allowed = allowances(&found, vocabulary);
    let claims: Vec<Claim<'_>> = found
        .iter()
        .flat_map(|(place, rule)| {
            let rank = ((names.severity(rule.guideline.as_deref()), specificity(rule, vocabulary)), *place);
            rule.then.iter().map(move |step| Claim {
                rule: *place,
                rank,
                name: &rule.name,
                guideline: rule.guideline.as_deref(),
                step,
            })
        })
        .collect();
    let barred = |claim: &Claim<'_>| {
        if !claim.step.actions().iter().any(|action| restricts(action, vocabulary)) {
            return None;
        }
        if person_decided {
            return Some(Reason::PersonDecided);
        }
        let allow = allowed.iter().find(|(guideline, _)| claim.guideline == Some(*guideline));
        allow.map(|(_, rule)| Reason::Allowed((*rule).to_owned()))
    };
    let reasons: Vec<Option<Reason>> = claims.iter().map(barred).collect();
    let standing: Vec<&Claim<'_>> =
        claims.iter().zip(&reasons).filter(|(_, reason)| reason.is_none()).map(|(claim, _)| claim).collect();
    let mut resolution = Resolution::default();
    for (claim, reason) in claims.iter().zip(reasons) {
        let reason = reason.or_else(|| lost(claim, &standing, vocabulary));
        match reason {
            Some(reason) => {
                resolution.withheld.push(Withheld { rule: claim.rule, step: claim.step.clone(), reason });
            }
            None => resolution.applied.push(Applied { rule: claim.rule, step: claim.step.clone() }),
        }
    }
    resolution
}

fn restricts(action: &Action, vocabulary: &Vocabulary) -> bool {
    vocabulary.action(&action.name).is_some_and(|word| word.restricting)
}

/// Guidelines whose rules restrict nothing here, and the rule that says so.
fn allowances<'a>(found: &[(usize, &'a Rule)], vocabulary: &Vocabulary) -> Vec<(&'a str, &'a str)> {
    let mut allowed = Vec::new();
    for (_, rule) in found {
        for step in &rule.then {
            let Step::Now(action) = step else { continue };
            if !vocabulary.action(&action.name).is_some_and(|word| word.allows) {
                continue;
            }
            for (_, given) in &action.given {
                match given {
                    Given::Many(names) => {
                        allowed.extend(names.iter().map(|name| (name.as_str(), rule.name.as_str())));
                    }
                    Given::Word(name) => allowed.push((name.as_str(), rule.name.as_str())),
                    _ => {}
                }
            }
        }
    }
    allowed
}

/// Why a claim yields to another one, when it does.
fn lost(claim: &Claim<'_>, standing: &[&Claim<'_>], vocabulary: &Vocabulary) -> Option<Reason> {
    if let Some(group) = group(claim.step, vocabulary) {
        let rivals = standing.iter().filter(|other| self::group(other.step, vocabulary) == Some(group));
        let best = rivals.reduce(|best, other| if beats(other.rank, best.rank) { other } else { best })?;
        if best.rule == claim.rule {
            return None;
        }
        let name = best.name.to_owned();
        return Some(if best.step == claim.step {
            Reason::DoneOnce(name)
        } else if best.rank.0.0 > claim.rank.0.0 {
            Reason::MoreSevere(name)
        } else if best.rank.0.1 > claim.rank.0.1 {
            Reason::Narrower(name)
        } else {
            Reason::Earlier(name)
        });
    }
    let first = standing.iter().find(|other| other.step == claim.step)?;
    (first.rule != claim.rule).then(|| Reason::DoneOnce(first.name.to_owned()))
}

fn group<'v>(step: &Step, vocabulary: &'v Vocabulary) -> Option<&'v str> {
    match step {
        Step::Now(action) => vocabulary.action(&action.name)?.group.as_deref(),
        Step::Later { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;

    fn rule(name: &str, guideline: &str, scope: &str, then: &str) -> String {
        let guideline =
            if guideline.is_empty() { String::new() } else { format!("guideline: {guideline}\n") };
        let scope = if scope.is_empty() {
            "always".to_owned()
        } else {
            format!("'post.space includes any [{scope}]'")
        };
        format!("rule: {name}\n{guideline}when: post published\nif: {scope}\nthen: [{then}]\n")
    }

    /// Each rule as (name, guideline, scope, actions); `-` marks what is withheld.
    #[track_caller]
    fn check(rules: &[(&str, &str, &str, &str)], person: bool, expect: &[&str]) {
        let texts: Vec<String> = rules.iter().map(|(n, g, s, t)| rule(n, g, s, t)).collect();
        let reading = read(&texts.join("---\n"), Vocabulary::standard());
        assert_eq!(reading.findings, []);
        let names = Names::default().guideline("mild", 1).guideline("grave", 9);
        let all: Vec<usize> = (0..reading.rules.len()).collect();
        let found = resolve(&reading.rules, &all, Vocabulary::standard(), &names, person);
        let name = |rule: usize| reading.rules[rule].name.clone();
        let action = |step: &Step| step.actions()[0].name.clone();
        let mut shown: Vec<String> =
            found.applied.iter().map(|one| format!("{}: {}", name(one.rule), action(&one.step))).collect();
        shown.extend(
            found
                .withheld
                .iter()
                .map(|one| format!("- {}: {}, {}", name(one.rule), action(&one.step), one.reason)),
        );
        assert_eq!(shown, expect);
    }

    #[test]
    fn matching_rules_are_resolved() {
        check(
            &[("a", "mild", "", "hide until reviewed"), ("b", "grave", "", "hold for review, add tag: x")],
            false,
            &[
                "b: hold for review",
                "b: add tag",
                "- a: hide until reviewed, the rule \"b\" cites a more severe guideline",
            ],
        );
        check(
            &[("a", "mild", "", "hide until reviewed"), ("b", "mild", "News", "hold for review")],
            false,
            &["b: hold for review", "- a: hide until reviewed, the rule \"b\" has a narrower scope"],
        );
        check(
            &[("a", "mild", "", "hide until reviewed"), ("b", "mild", "", "hold for review")],
            false,
            &["a: hide until reviewed", "- b: hold for review, the rule \"a\" stands earlier in the list"],
        );
        check(
            &[("a", "", "", "add tag: x"), ("b", "", "", "add tag: x"), ("c", "", "", "add tag: y")],
            false,
            &["a: add tag", "c: add tag", "- b: add tag, the rule \"a\" does the same already"],
        );
        check(
            &[("a", "mild", "", "hide until reviewed, add tag: x"), ("b", "grave", "", "mute for: 1 day")],
            true,
            &[
                "a: add tag",
                "- a: hide until reviewed, a person has decided on this version",
                "- b: mute for, a person has decided on this version",
            ],
        );
        check(
            &[
                ("a", "mild", "", "hide until reviewed"),
                ("b", "grave", "", "hold for review"),
                ("ok", "", "News", "{allow: [grave]}"),
            ],
            false,
            &["a: hide until reviewed", "ok: allow", "- b: hold for review, the rule \"ok\" allows it"],
        );
    }
}
