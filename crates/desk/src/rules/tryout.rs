//! Trying a rule that is being written on a text somebody thinks of: which conditions hold, what would be done, and
//! what other rules would make of it.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use mainstreet_db::Tx;
use mainstreet_kernel::Result;
use mainstreet_kernel::id::RuleId;
use mainstreet_language::{Context, Reading};
use mainstreet_rules::{
    ExampleRow, Facts, Finding, Form, Outcome, Rule, RuleSet, Snapshot, Subject, Truth, Unit, Value,
    Vocabulary, event_of, from_form, print_subject, resolve, subjects, to_form,
};

use super::facts::{self, shapes};
use super::model::Mode;
use super::saving;
use super::store::texts as store;
use crate::judgement::{self, Reader};
use crate::segments;

/// A text, and what is said about its moment.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// What somebody might write.
    pub text: String,
    /// What cannot be read from it: values by field or counter, as they are written.
    pub known: Vec<(String, String)>,
}

/// What an action would come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// The rule that asks for it.
    pub rule: String,
    /// In the words of the rule.
    pub what: String,
    /// Why it would not be done; nothing: it would.
    pub why_not: Option<String>,
}

/// What came of a try.
#[derive(Clone, Debug)]
pub struct Tried {
    /// The rule itself, condition by condition.
    pub outcome: Outcome,
    /// Other rules that match too, and what they may do.
    pub others: Vec<(String, Mode)>,
    /// What all of them together would do and not do, once they act.
    pub acts: Vec<Act>,
}

/// What a rule asks that no text tells: a field or a counter, as it is written.
pub fn untold(rule: &Rule) -> Vec<String> {
    let words = Vocabulary::standard();
    let told = |subject: &&&Subject| match subject {
        Subject::Field(name) => {
            let from_text = words.field(name).is_some_and(|field| field.from_text.is_some());
            !from_text && !name.starts_with("signal.") && name != "post.title"
        }
        _ => true,
    };
    subjects(rule).iter().filter(told).map(|subject| print_subject(subject)).collect()
}

/// Tries `rule` on a sample, together with the other rules that watch. `id`: the kept rule it is to replace.
///
/// # Errors
/// What is wrong with the values that were given.
pub fn try_out(
    tx: &mut Tx<'_>,
    rule: &Rule,
    id: Option<RuleId>,
    sample: &Sample,
) -> Result<std::result::Result<Tried, Vec<Finding>>> {
    let mut rules = vec![rule.clone()];
    let mut modes = vec![Mode::Enforce];
    for kept in store::all(tx)?.into_iter().filter(|kept| kept.mode.watches() && Some(kept.id) != id) {
        if let Some(other) = kept.rule().filter(|other| other.name != rule.name) {
            rules.push(other);
            modes.push(kept.mode);
        }
    }
    let facts = match given(rule, sample, &judgement::of_rules(tx)?) {
        Ok(facts) => facts,
        Err(findings) => return Ok(Err(findings)),
    };
    let set = RuleSet::with(rules, segments::definitions(tx)?);
    let event = rule.when.first().map(|event| event_of(rule, event)).unwrap_or_default();
    let look = set.look(&event, &facts);
    let Some(outcome) = look.explain(0) else {
        return Ok(Err(vec![Finding::error(rule.at, "This rule cannot be tried.")]));
    };
    let matched: Vec<usize> = look
        .verdicts()
        .into_iter()
        .filter(|(_, truth)| *truth == Truth::Yes)
        .map(|(place, _)| place)
        .collect();
    let names = saving::names(tx)?;
    let resolution = resolve(set.rules(), &matched, Vocabulary::standard(), &names, false);
    let named = |place: usize| set.rules().get(place).map(|rule| rule.name.clone()).unwrap_or_default();
    let done = resolution.applied.iter().map(|one| (one.rule, &one.step, None));
    let not = resolution.withheld.iter().map(|one| (one.rule, &one.step, Some(one.reason.to_string())));
    let acts =
        done.chain(not).map(|(rule, step, why_not)| Act { rule: named(rule), what: spoken(step), why_not });
    let others = matched.iter().filter(|place| **place != 0);
    let others = others.filter_map(|place| Some((named(*place), *modes.get(*place)?))).collect();
    Ok(Ok(Tried { outcome, others, acts: acts.collect() }))
}

fn spoken(step: &mainstreet_rules::Step) -> String {
    let said = super::acting::says(step);
    match step {
        mainstreet_rules::Step::Now(_) => said,
        mainstreet_rules::Step::Later { wait, without_reply, .. } => {
            let reply = if *without_reply { ", if nobody has answered" } else { "" };
            format!("after {wait}{reply}: {said}")
        }
    }
}

/// The facts of a sample. Values are read like those of an example, so that the same words are understood.
fn given(rule: &Rule, sample: &Sample, version: &Reader) -> std::result::Result<Tell, Vec<Finding>> {
    let mut counts = BTreeMap::new();
    let mut facts = vec![("post.text".to_owned(), vec![sample.text.clone()])];
    let mut wrong = Vec::new();
    for (subject, value) in sample.known.iter().filter(|(_, value)| !value.trim().is_empty()) {
        let counter =
            subjects(rule).into_iter().find(|known| print_subject(known) == *subject).and_then(|known| {
                match known {
                    Subject::Times { event, .. } => Some(event.clone()),
                    Subject::Distinct { who, event, .. } => Some(format!("{who}, {event}")),
                    Subject::Field(_) => None,
                }
            });
        match (counter, value.trim().parse::<u64>()) {
            (Some(key), Ok(count)) => {
                counts.insert(key, count);
            }
            (Some(_), Err(_)) => {
                wrong.push(Finding::error(rule.at, format!("{subject}: write a whole number.")));
            }
            (None, _) => facts.push((subject.clone(), split(subject, value))),
        }
    }
    let example = ExampleRow { facts };
    let form = Form { matching: vec![example], not_matching: Vec::new(), ..to_form(rule) };
    match from_form(&form, Vocabulary::standard()) {
        Ok(read) if wrong.is_empty() => {
            let facts = read.matching.first().map(|example| example.facts.clone()).unwrap_or_default();
            let mut told = Snapshot::of_example(&facts, Vocabulary::standard());
            told.counts = counts;
            Ok(Tell { told, text: sample.text.clone(), reading: OnceCell::new(), version: version.clone() })
        }
        Ok(_) => Err(wrong),
        Err(mut findings) => {
            findings.extend(wrong);
            Err(findings)
        }
    }
}

/// Several values stand between commas.
fn split(subject: &str, value: &str) -> Vec<String> {
    let list = Vocabulary::standard().field(subject).is_some_and(|field| {
        matches!(field.kind, mainstreet_rules::FieldKind::List | mainstreet_rules::FieldKind::Calendar)
    });
    if list {
        value.split(',').map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect()
    } else {
        vec![value.trim().to_owned()]
    }
}

/// What was said, and what the text itself tells.
struct Tell {
    told: Snapshot,
    text: String,
    reading: OnceCell<Reading>,
    version: Reader,
}

impl Tell {
    fn reading(&self) -> &Reading {
        self.reading.get_or_init(|| self.version.read(&self.text, &Context::default()))
    }
}

impl Facts for Tell {
    fn value(&self, field: &str) -> Option<Value> {
        self.told.value(field).or_else(|| match field.strip_prefix("signal.") {
            Some(name) => facts::measure(self.reading(), name),
            None if field == "post.language" => {
                self.reading().language.map(|language| Value::Word(language.to_owned()))
            }
            None => None,
        })
    }

    fn business(&self, field: &str, unit: Unit) -> Option<f64> {
        self.told.business(field, unit)
    }

    fn times(&self, event: &str, window: i64) -> Option<u64> {
        self.told.times(event, window)
    }

    fn distinct(&self, who: &str, event: &str, window: i64) -> Option<u64> {
        self.told.distinct(who, event, window)
    }

    fn shape(&self, field: &str, shape: &str) -> Option<Vec<(usize, usize)>> {
        match self.value(field)? {
            Value::Text(passage) => Some(shapes(&passage.text, shape)),
            _ => None,
        }
    }
}
