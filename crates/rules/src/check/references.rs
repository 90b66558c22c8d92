//! Names, events, roles and channels a rule refers to.

use super::{Setting, comparisons};
use crate::finding::{At, Finding, nearest};
use crate::length::brief;
use crate::read::values::listed;
use crate::rule::{Action, Comparison, Condition, Given, Rule, Step, Subject, Test};
use crate::schedule::SCHEDULE;
use crate::vocabulary::ActionWord;

pub(super) fn check(rule: &Rule, setting: &Setting<'_>, findings: &mut Vec<Finding>) {
    name("guidelines", rule.guideline.as_deref(), rule.places.guideline, setting, findings);
    name("people", rule.owner.as_deref(), rule.places.owner, setting, findings);
    let events: Vec<Told<'_>> = rule.when.iter().filter_map(|event| told(rule, event, setting)).collect();
    for comparison in comparisons(rule) {
        subject(comparison, &events, setting, findings);
        values(comparison, setting, findings);
    }
    for action in rule.then.iter().flat_map(Step::actions) {
        if let Some(word) = setting.vocabulary.action(&action.name) {
            permitted(rule, action, word, &events, setting, findings);
            channels(rule, action, word, setting, findings);
            parameters(action, word, setting, findings);
        }
    }
    together(rule, setting, findings);
}

/// An event, and what it tells of.
struct Told<'a> {
    name: &'a str,
    about: Vec<&'a str>,
}

/// What an event of a rule tells of: that of a schedule tells of what the rule goes through.
fn told<'a>(rule: &'a Rule, event: &str, setting: &Setting<'a>) -> Option<Told<'a>> {
    let event = setting.vocabulary.event(event)?;
    let about = match rule.each {
        Some(each) if event.name == SCHEDULE => each.about().to_vec(),
        _ => event.about.iter().map(String::as_str).collect(),
    };
    Some(Told { name: &event.name, about })
}

/// The names a segment uses.
pub(super) fn of_segment(segment: &Rule, setting: &Setting<'_>, findings: &mut Vec<Finding>) {
    name("people", segment.owner.as_deref(), segment.places.owner, setting, findings);
    for comparison in comparisons(segment) {
        values(comparison, setting, findings);
    }
}

/// A name that must be in one of the community's sets.
fn name(set: &str, name: Option<&str>, at: At, setting: &Setting<'_>, findings: &mut Vec<Finding>) {
    let (Some(name), Some(known)) = (name, setting.names.set(set)) else { return };
    if setting.names.knows(set, name) {
        return;
    }
    // Looking for what was meant takes as long as the set is large: for the first few it is worth it.
    let names = known.iter().map(String::as_str).filter(|_| findings.len() < 20);
    let meant = nearest(name, names);
    let mut message = format!("There is no \"{}\" among the {set} of this community.", brief(name));
    if meant.is_none() {
        message.push_str(&match known.len() {
            0 => format!(" There are no {set} yet."),
            _ => format!(" There are: {}.", listed(known.iter().map(String::as_str))),
        });
    }
    if let Some(made) = setting.vocabulary.made.get(set) {
        message.push(' ');
        message.push_str(made);
    }
    findings.push(Finding::error(at, message).meaning(meant));
}

/// A field or counter must be about something the event tells of.
fn subject(comparison: &Comparison, events: &[Told<'_>], setting: &Setting<'_>, findings: &mut Vec<Finding>) {
    let (written, of) = match &comparison.subject {
        Subject::Field(field) => {
            let Some(known) = setting.vocabulary.field(field) else { return };
            if let (Some(family), Some(set)) = (known.name.strip_suffix('*'), &known.names) {
                name(set, field.strip_prefix(family), comparison.at, setting, findings);
            }
            (field.as_str(), &known.of)
        }
        Subject::Times { event, .. } | Subject::Distinct { event, .. } => {
            let Some(known) = setting.vocabulary.counts(event) else { return };
            (event.as_str(), &known.of)
        }
    };
    for event in events {
        if of != "any" && !event.about.contains(&of.as_str()) {
            let message =
                format!("\"{}\" is not known when the event is \"{}\".", brief(written), event.name);
            findings.push(Finding::error(comparison.at, message));
        }
    }
}

fn values(comparison: &Comparison, setting: &Setting<'_>, findings: &mut Vec<Finding>) {
    let Subject::Field(field) = &comparison.subject else { return };
    let Some(known) = setting.vocabulary.field(field) else { return };
    let (Some(set), false) = (&known.names, known.name.ends_with('*')) else { return };
    let (Test::Members(_, _, words) | Test::OneOf(_, words) | Test::Within(_, words)) = &comparison.test
    else {
        return;
    };
    for word in words {
        name(set, Some(word), comparison.at, setting, findings);
    }
}

fn permitted(
    rule: &Rule,
    action: &Action,
    word: &ActionWord,
    events: &[Told<'_>],
    setting: &Setting<'_>,
    findings: &mut Vec<Finding>,
) {
    if word.irreversible {
        let message = format!("\"{}\" cannot be undone, so no rule may do it. A person can.", word.name);
        findings.push(Finding::error(action.at, message));
    }
    if setting.role < word.role {
        let message = format!(
            "\"{}\" may be written into a rule by a {} only; you are a {}.",
            word.name, word.role, setting.role
        );
        findings.push(Finding::error(action.at, message));
    }
    if word.restricting && rule.guideline.is_none() {
        let message = format!(
            "\"{}\" takes something away from somebody, so the rule must say which guideline it enforces: add \"guideline:\".",
            word.name
        );
        findings.push(Finding::error(action.at, message));
    }
    for event in events {
        if word.of != "any" && !event.about.contains(&word.of.as_str()) {
            let message =
                format!("\"{}\" has nothing to act on when the event is \"{}\".", word.name, event.name);
            findings.push(Finding::error(action.at, message));
        }
    }
}

/// The channels a rule is limited to by its conditions; nothing when it is not.
fn scope<'a>(rule: &'a Rule, setting: &Setting<'_>) -> Option<&'a [String]> {
    rule.all.iter().find_map(|condition| match condition {
        Condition::Test(Comparison {
            subject: Subject::Field(field),
            test: Test::OneOf(false, channels),
            ..
        }) => {
            setting.vocabulary.field(field).is_some_and(|field| field.channel).then_some(channels.as_slice())
        }
        _ => None,
    })
}

fn channels(
    rule: &Rule,
    action: &Action,
    word: &ActionWord,
    setting: &Setting<'_>,
    findings: &mut Vec<Finding>,
) {
    if word.channels.is_empty() {
        return;
    }
    let unable = |channel: &&String| !word.channels.contains(channel);
    if let Some(scope) = scope(rule, setting) {
        for channel in scope.iter().filter(unable) {
            let message = format!(
                "\"{}\" cannot be done on {channel}. It works on {}.",
                word.name,
                word.channels.join(", ")
            );
            findings.push(Finding::error(action.at, message));
        }
    } else if let Some(connected) = setting.names.set("channels") {
        let missing: Vec<&str> = connected.iter().filter(unable).map(String::as_str).collect();
        if missing.len() == connected.len() && !connected.is_empty() {
            let message = format!("\"{}\" cannot be done on any channel that is connected.", word.name);
            findings.push(Finding::error(action.at, message));
        } else if !missing.is_empty() {
            let message = format!(
                "\"{}\" will not be done on {}: it cannot be done there.",
                word.name,
                missing.join(", ")
            );
            findings.push(Finding::notice(action.at, message));
        }
    }
}

fn parameters(action: &Action, word: &ActionWord, setting: &Setting<'_>, findings: &mut Vec<Finding>) {
    for (parameter, given) in &action.given {
        let Some(set) = word.parameter(parameter).and_then(|parameter| parameter.names.as_deref()) else {
            continue;
        };
        match given {
            Given::Word(word) => name(set, Some(word), action.at, setting, findings),
            Given::Many(words) => {
                for word in words {
                    name(set, Some(word), action.at, setting, findings);
                }
            }
            _ => {}
        }
    }
}

/// Two things at once of which only one can be done, or the same thing twice.
fn together(rule: &Rule, setting: &Setting<'_>, findings: &mut Vec<Finding>) {
    let now: Vec<&Action> = rule
        .then
        .iter()
        .filter_map(|step| match step {
            Step::Now(action) => Some(action),
            Step::Later { .. } => None,
        })
        .collect();
    for (place, action) in now.iter().enumerate() {
        let group =
            |action: &Action| setting.vocabulary.action(&action.name).and_then(|word| word.group.clone());
        let earlier = now
            .iter()
            .take(place)
            .find(|earlier| *earlier == action || group(action).is_some() && group(action) == group(earlier));
        if let Some(earlier) = earlier {
            let message = if earlier == action {
                format!("\"{}\" stands here twice.", action.name)
            } else {
                format!("\"{}\" and \"{}\" cannot be done together. Keep one.", earlier.name, action.name)
            };
            findings.push(Finding::error(action.at, message));
        }
    }
}
