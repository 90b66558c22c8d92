//! Rules of other places, turned into ours. Text in, text out, and a report: what could not be carried and why.
//!
//! A condition that cannot be carried makes a rule match more than it did. Such a rule is left out whole and
//! reported; an action or setting that cannot be carried is left out and reported.

mod automoderator;
mod discord;
mod watched_words;

use serde::{Deserialize, Serialize};

pub use automoderator::automoderator;
pub use discord::discord;
pub use watched_words::watched_words;

use crate::finding::{At, may_be_saved};
use crate::print::{print, print_all};
use crate::read::read;
use crate::rule::{Action, Comparison, Condition, Given, Quantity, Rule, Step, Subject, Test, Way};
use crate::vocabulary::Vocabulary;

/// Rules of another place in our language.
#[derive(Clone, Debug, Default)]
pub struct Carried {
    /// The rules; they begin in shadow like every new rule.
    pub rules: Vec<Rule>,
    /// The rules as text.
    pub text: String,
    /// What was left out, or means something slightly different here.
    pub report: Vec<Note>,
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The rule it is about, by the name or number it had.
    pub rule: String,
    /// What of it, as it was written there.
    pub what: String,
    /// Why it is left out, or how it differs here.
    pub why: String,
    /// True when the whole rule was left out.
    pub rule_left_out: bool,
}

/// A rule under way.
#[derive(Default)]
struct Draft {
    rule: Rule,
    notes: Vec<Note>,
    lost: bool,
}

impl Draft {
    fn new(name: String, guideline: Option<&str>) -> Self {
        let rule = Rule { name, guideline: guideline.map(str::to_owned), ..Rule::default() };
        Self { rule, ..Self::default() }
    }

    fn note(&mut self, what: &str, why: &str) {
        let what = crate::length::brief(what);
        self.notes.push(Note {
            rule: self.rule.name.clone(),
            what,
            why: why.to_owned(),
            rule_left_out: false,
        });
    }

    /// A condition that cannot be carried: without it the rule would match more.
    fn lose(&mut self, what: &str, why: &str) {
        self.note(what, why);
        self.lost = true;
    }

    fn act(&mut self, name: &str, given: Vec<(&str, Given)>) {
        let given: Vec<(String, Given)> =
            given.into_iter().map(|(name, given)| (name.to_owned(), given)).collect();
        // One item is enough; the more urgent one.
        let known = self.rule.then.iter_mut().find_map(|step| match step {
            Step::Now(action) if name == "open item" && action.name == name => Some(action),
            _ => None,
        });
        if let Some(known) = known {
            if given.contains(&("urgency".to_owned(), Given::Word("high".to_owned()))) {
                known.given = given;
            }
            return;
        }
        let step = Step::Now(Action { name: name.to_owned(), given, at: At::default() });
        if !self.rule.then.contains(&step) {
            self.rule.then.push(step);
        }
    }
}

impl Carried {
    /// Takes a rule in when it is complete and our own reader finds nothing wrong with it.
    fn take(&mut self, mut draft: Draft, vocabulary: &Vocabulary) {
        let name = draft.rule.name.clone();
        if !draft.lost && draft.rule.then.is_empty() {
            draft.lose("its actions", "none of them exists here");
        }
        if !draft.lost {
            let reading = read(&print(&draft.rule, vocabulary), vocabulary);
            for finding in reading.findings.iter().filter(|_| !may_be_saved(&reading.findings)) {
                draft.lose("the rule as it would be here", &finding.message);
            }
        }
        self.report.extend(draft.notes);
        if draft.lost {
            let why = "left out whole, because without that it would match more than it did".to_owned();
            self.report.push(Note { what: name.clone(), rule: name, why, rule_left_out: true });
            return;
        }
        let base = draft.rule.name.clone();
        let taken = |name: &String| self.rules.iter().any(|rule| rule.name.eq_ignore_ascii_case(name));
        for number in 2..10_000 {
            if !taken(&draft.rule.name) {
                break;
            }
            draft.rule.name = format!("{base} ({number})");
        }
        self.rules.push(draft.rule);
    }

    fn finish(mut self, vocabulary: &Vocabulary) -> Self {
        self.text = print_all(&self.rules, vocabulary);
        self
    }

    /// A text that cannot be read at all.
    fn unreadable(why: String) -> Self {
        let note = Note { rule: String::new(), what: "the file".to_owned(), why, rule_left_out: true };
        Self { report: vec![note], ..Self::default() }
    }
}

fn test(field: &str, test: Test) -> Condition {
    Condition::Test(Comparison { subject: Subject::Field(field.to_owned()), test, at: At::default() })
}

/// Words to look for in a text: those with a `*` as patterns. Words that stand there twice stand once.
fn words(field: &str, way: Way, words: &[String]) -> Vec<Condition> {
    let mut seen = std::collections::HashSet::new();
    let fresh: Vec<String> = words
        .iter()
        .map(|word| word.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|word| !word.is_empty() && seen.insert(word.clone()))
        .collect();
    let (globs, plain): (Vec<String>, Vec<String>) = fresh.into_iter().partition(|word| word.contains('*'));
    let mut found = Vec::new();
    if !plain.is_empty() {
        found.push(test(field, Test::Words(Quantity::Any, way, plain)));
    }
    if !globs.is_empty() {
        found.push(test(
            field,
            Test::Matches(Way { quotes: way.quotes, code: way.code, ..Way::default() }, globs),
        ));
    }
    found
}

/// One condition that holds when any of these does.
fn any_of(mut conditions: Vec<Condition>) -> Option<Condition> {
    match conditions.len() {
        0 => None,
        1 => conditions.pop(),
        _ => Some(Condition::Any(conditions)),
    }
}

fn item(urgency: &str) -> Vec<(&'static str, Given)> {
    vec![("urgency", Given::Word(urgency.to_owned()))]
}
