//! A rule is the same as text, as form and in a set with others.

use mainstreet_kernel::Role;
use mainstreet_rules::{
    Condition, Facts, Names, Rule, RuleSet, Setting, Snapshot, Truth, Vocabulary, check, from_form, print,
    print_all, read, to_form,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::made::{facts, rule};

fn words() -> &'static Vocabulary {
    Vocabulary::standard()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_reads_back(rules in vec(rule(), 1..4)) {
        let text = print_all(&rules, words());
        let reading = read(&text, words());
        prop_assert_eq!(&reading.findings, &[], "{}", text);
        prop_assert_eq!(&reading.rules, &rules, "{}", text);
        prop_assert_eq!(print_all(&reading.rules, words()), text);
    }

    #[test]
    fn the_form_writes_the_same_text(rule in rule()) {
        let again = from_form(&to_form(&rule), words());
        prop_assert_eq!(again.as_ref(), Ok(&rule));
        prop_assert_eq!(again.map(|again| print(&again, words())), Ok(print(&rule, words())));
    }

    #[test]
    fn a_set_says_what_each_rule_says_alone(rules in vec(rule(), 1..8), facts in facts()) {
        let set = RuleSet::new(rules.clone());
        let look = set.look("flag", &facts);
        let together = look.verdicts();
        for (place, rule) in rules.into_iter().enumerate() {
            let on_flag = rule.when.iter().any(|event| event == "flag");
            let one = RuleSet::new(vec![rule]);
            let alone = one.look("flag", &facts);
            let truth = alone.truth(0);
            prop_assert_eq!(look.truth(place), truth);
            prop_assert_eq!(alone.explain(0).map(|outcome| outcome.truth), Some(truth));
            let listed = together.iter().find(|(known, _)| *known == place).map(|(_, truth)| *truth);
            prop_assert_eq!(listed, (on_flag && truth != Truth::No).then_some(truth));
        }
    }

    #[test]
    fn learning_more_never_turns_yes_into_no(rule in rule(), facts in facts(), drop in 0_usize..8) {
        let set = RuleSet::new(vec![rule]);
        let whole = set.look("flag", &facts).truth(0);
        let mut less = facts.clone();
        if let Some(name) = facts.values.keys().nth(drop) {
            less.values.remove(name);
        }
        let partial = set.look("flag", &less).truth(0);
        prop_assert!(partial == Truth::Unknown || partial == whole, "{:?} then {:?}", partial, whole);
    }

    #[test]
    fn what_is_called_impossible_never_matches(rule in rule(), facts in vec(facts(), 12)) {
        let names = Names::default();
        let setting = Setting { vocabulary: words(), names: &names, role: Role::Owner };
        let findings = check(std::slice::from_ref(&rule), &setting);
        let said = |words: &str| findings.iter().any(|finding| finding.message.contains(words));
        let (never, set) = (said("can never match"), RuleSet::new(vec![rule.clone()]));
        for facts in &facts {
            prop_assert!(!never || set.look("flag", facts).truth(0) != Truth::Yes, "{:?}", findings);
        }
        if said("always holds") {
            prop_assert!(idle(&rule, &facts), "{:?}", findings);
        }
    }
}

/// True when some condition holds for all of these.
fn idle(rule: &Rule, facts: &[Snapshot]) -> bool {
    rule.all.iter().chain(&rule.any).chain(&rule.unless).any(|condition: &Condition| {
        let alone = Rule { all: vec![condition.clone()], when: rule.when.clone(), ..Rule::default() };
        let set = RuleSet::new(vec![alone]);
        facts.iter().all(|facts| set.look("flag", facts as &dyn Facts).truth(0) != Truth::No)
    })
}
