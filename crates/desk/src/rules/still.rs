//! Whether a rule still holds when a step of it has waited. What may have changed since is asked again: what the post
//! says and where it stands, and what the author is. What was about the moment is not: ages, counts, measures,
//! what was reported. Whoever wrote "joined less than a day ago" did not mean the day on which the step is due.

use std::collections::HashSet;

use mainstreet_db::Tx;
use mainstreet_kernel::Result;
use mainstreet_rules::{
    Facts, Outcome, Rule, RuleSet, Step, Truth, Unit, Value, Vocabulary, print_condition,
};

use super::facts::{Known, Setting};
use super::happenings::Happening;
use super::loading::{Needs, Window, furnish};
use super::model::Hit;
use super::past::Past;
use super::store::past as store;
use super::store::past::Of;
use super::ticks::member;
use crate::{segments, triage};

/// What is asked again.
const AGAIN: [&str; 12] = [
    "post.text",
    "post.title",
    "post.links.count",
    "post.links.domains",
    "post.mentions",
    "post.language",
    "post.is_question",
    "post.space",
    "post.tags",
    "author.roles",
    "author.labels",
    "author.is_staff",
];

/// What the rule itself may have changed: that is no reason to drop the rest of it.
const OWN: [(&str, &[&str]); 3] =
    [("add tag", &["post.tags"]), ("move to", &["post.space"]), ("label", &["author.labels"])];

/// Answers what is asked again, and nothing else.
struct Still<'a> {
    known: Known<'a>,
    own: Vec<&'static str>,
}

impl Facts for Still<'_> {
    fn value(&self, field: &str) -> Option<Value> {
        let asked = AGAIN.contains(&field) && !self.own.contains(&field);
        asked.then(|| self.known.value(field)).flatten()
    }

    fn business(&self, _: &str, _: Unit) -> Option<f64> {
        None
    }

    fn times(&self, _: &str, _: i64) -> Option<u64> {
        None
    }

    fn distinct(&self, _: &str, _: &str, _: i64) -> Option<u64> {
        None
    }

    fn shape(&self, field: &str, shape: &str) -> Option<Vec<(usize, usize)>> {
        self.known.shape(field, shape)
    }
}

/// The condition of a rule that does not hold any more; nothing when it may still hold.
pub(super) fn no_more(tx: &mut Tx<'_>, hit: &Hit, rule: &Rule) -> Result<Option<String>> {
    let at = tx.now().plus(1);
    let segments = segments::definitions(tx)?;
    let rules = [rule.clone()];
    let needs = Needs::of(&rules, &segments);
    let person = hit.person.map_or(0, |person| person.0);
    let topic = hit.topic.map_or(0, |topic| topic.0);
    let mut deeds = store::deeds_of(tx, Of::Topics, &HashSet::from([topic]), at)?;
    deeds.extend(store::deeds_of(tx, Of::Actors, &HashSet::from([person]), at)?);
    let mut past = Past::of(deeds);
    let mut happening: Happening = member(person, at, None);
    if hit.object_kind == "post" {
        let written = past.posts.get(&hit.object).and_then(|post| post.written);
        happening = Happening {
            kind: "post",
            object: hit.object,
            post: hit.object,
            topic,
            version: past.version_before(hit.object, at),
            deed: written.unwrap_or(u32::MAX),
            ..happening
        };
    }
    let found = [happening];
    furnish(tx, &mut past, &needs, Window { from: at, to: at.plus(1), judged_to: None }, &found)?;
    let hours = triage::clocks(tx)?.hours;
    let setting = Setting { past: &past, hours: &hours, vocabulary: Vocabulary::standard() };
    let set = RuleSet::with(rules.to_vec(), segments);
    let [happening] = &found;
    let done = rule.then.iter().flat_map(Step::actions);
    let own = done.filter_map(|action| OWN.iter().find(|(name, _)| *name == action.name));
    let own = own.flat_map(|(_, fields)| fields.iter().copied()).collect();
    let facts = Still { known: Known::new(&setting, happening), own };
    let outcome = set.look("", &facts).explain(0).filter(|outcome| outcome.truth == Truth::No);
    Ok(outcome.map(|outcome| format!("it does not hold any more: {}", fails(&outcome, rule))))
}

/// The first condition that does not hold, as it is written.
fn fails(outcome: &Outcome, rule: &Rule) -> String {
    let failed = outcome.trace.parts.iter().find(|part| part.truth == Truth::No);
    let group = |part: &&mainstreet_rules::Trace| !part.parts.is_empty() && part.says == "none of these";
    match failed {
        Some(part) if group(&part) => {
            let held = part.parts.iter().position(|one| one.truth == Truth::Yes);
            let shown = held.and_then(|place| rule.unless.get(place)).map(print_condition);
            format!("unless {}", shown.unwrap_or_else(|| part.says.clone()))
        }
        Some(part) => part.says.clone(),
        None => "its conditions".to_owned(),
    }
}
