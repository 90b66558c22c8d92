//! What trying a rule costs, in words.

use std::collections::BTreeMap;

use crate::check::comparisons;
use crate::rule::{Rule, Subject, Test};

/// What a rule asks each time it is tried: every text is read once however many words are looked for, every counter
/// asks the log.
///
/// `reads post.text (6 words, 1 pattern), asks author.age, counts once`
pub fn cost(rule: &Rule) -> String {
    let mut texts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut fields: Vec<&str> = Vec::new();
    let mut counters = 0;
    for comparison in comparisons(rule) {
        let Subject::Field(name) = &comparison.subject else {
            counters += 1;
            continue;
        };
        match &comparison.test {
            Test::Words(_, _, words) => texts.entry(name).or_default().0 += words.len(),
            Test::Matches(_, patterns) | Test::Regex(_, patterns) | Test::LooksLike(patterns) => {
                texts.entry(name).or_default().1 += patterns.len();
            }
            _ if !fields.contains(&name.as_str()) => fields.push(name),
            _ => {}
        }
    }
    let several = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let mut parts: Vec<String> = texts
        .into_iter()
        .map(|(name, (words, patterns))| {
            let sought = [(words, "word"), (patterns, "pattern")].into_iter().filter(|(count, _)| *count > 0);
            let sought: Vec<String> = sought.map(|(count, word)| several(count, word)).collect();
            format!("reads {name} ({})", sought.join(", "))
        })
        .collect();
    if !fields.is_empty() {
        parts.push(format!("asks {}", fields.join(", ")));
    }
    match counters {
        0 => {}
        1 => parts.push("counts once".to_owned()),
        _ => parts.push(format!("counts {counters} times")),
    }
    if parts.is_empty() { "asks nothing".to_owned() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RuleSet, Vocabulary, read};

    #[test]
    fn what_a_rule_costs_is_said() {
        let costs: Vec<String> =
            read(crate::samples::SIX, Vocabulary::standard()).rules.iter().map(cost).collect();
        assert_eq!(
            costs,
            [
                "asks author.age, post.links.count, post.links.domains, author.segment",
                "asks thread.age, counts once",
                "asks thread.age, post.space",
                "reads post.text (3 patterns)",
                "asks author.is_staff",
                "reads post.text (3 words), asks signal.intent-complaint, counts once",
            ]
        );
    }

    #[test]
    fn a_set_may_be_used_by_several_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<RuleSet>();
    }
}
