//! What a rule asks for and this community cannot do or does not know yet. A rule nothing sets off is refused when it is
//! saved; one that asks for something that is not there may watch, and may not act.

use mainstreet_community::guidelines;
use mainstreet_db::Tx;
use mainstreet_kernel::{Result, text};
use mainstreet_rules::{Action, Each, Finding, Given, Rule, Step};

use super::acting::word;
use super::gates::restricts;
use super::happenings::{DESK, HEARD};
use super::mentions::{self, MENTION};
use super::proposing::help_desk;
use crate::recognitions::LONGEST_BADGE;
use crate::webhooks;

/// Why an action that needs something cannot be carried out here yet.
fn lacks(tx: &mut Tx<'_>, action: &Action) -> Result<Option<String>> {
    match action.name.as_str() {
        "send webhook" => {
            let name = word(action, "webhook");
            let known = webhooks::all(tx)?.iter().any(|one| text::fold(&one.name) == text::fold(&name));
            Ok((!known).then(|| {
                format!("there is no webhook \"{name}\"; an owner adds it under Settings, Webhooks")
            }))
        }
        "create ticket" => Ok(help_desk(tx, &word(action, "in"))?.err()),
        _ => Ok(None),
    }
}

/// Why nothing tells of an event here; nothing: it is told of.
pub fn unheard(event: &str) -> Option<&'static str> {
    if HEARD.contains(&event) || event == DESK {
        return None;
    }
    Some(match event {
        "event RSVP" => "there are no events here yet that somebody could answer",
        _ => "the rule would never match",
    })
}

/// Why a field that has a place in the language is filled by nothing here.
pub fn unfilled(field: &str) -> Option<&'static str> {
    match field {
        "ticket.tags" => Some("no help desk is connected"),
        _ if field.starts_with("event.") => unheard("event RSVP"),
        _ => None,
    }
}

/// Fields that nothing here fills.
fn never_known(rule: &Rule, findings: &mut Vec<Finding>) {
    for asked in mainstreet_rules::subjects(rule).into_iter().map(mainstreet_rules::print_subject) {
        if let Some(why) = unfilled(&asked).filter(|_| !asked.starts_with("event.")) {
            let message =
                format!("\"{asked}\" is never known here, because {why}: the rule would never match.");
            findings.push(Finding::error(rule.places.when, message));
        }
    }
}

/// An item is about a post; where an event has none, nothing can be opened.
fn needs_a_post(rule: &Rule, findings: &mut Vec<Finding>) {
    let none = rule.when.iter().any(|event| event == "member joined") || rule.each == Some(Each::Member);
    for action in rule.then.iter().flat_map(Step::actions).filter(|action| none && action.name == "open item")
    {
        let message = "An item is about a post, and here is only a member: use \"notify\", or \"label\" and \"add to sequence\".";
        findings.push(Finding::notice(action.at, message));
    }
}

/// Why what the rule takes away from somebody cannot be decided: its guideline is none of those that hold. Every
/// restriction cites a clause that its author can read.
pub(super) fn uncited(tx: &mut Tx<'_>, rule: &Rule) -> Result<Option<String>> {
    let Some(version) = guidelines::holds(tx)? else {
        return Ok(Some(
            "no guidelines are published, so there is no clause to cite; a manager can publish a starter set"
                .to_owned(),
        ));
    };
    let clause = rule.guideline.as_deref().unwrap_or_default();
    Ok(version.clause(clause).is_none().then(|| {
        format!("its guideline \"{clause}\" is not in the guidelines that hold; give it one that is there")
    }))
}

fn sends_to_thread(action: &Action) -> bool {
    action.name == "reply with"
        && word(action, "mode") == "send"
        && !matches!(action.get("to"), Some(Given::Word(to)) if to == "author only")
}

/// What is wrong with a rule here, besides what the language finds.
pub fn check(tx: &mut Tx<'_>, rule: &Rule) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for event in &rule.when {
        if let Some(why) = unheard(event) {
            let message = format!("Nothing sets off \"{event}\" in this community yet: {why}.");
            findings.push(Finding::error(rule.places.when, message));
        } else if event == MENTION {
            findings.push(Finding::notice(rule.places.when, mentions::told(tx)?));
        }
    }
    never_known(rule, &mut findings);
    needs_a_post(rule, &mut findings);
    for action in rule.then.iter().flat_map(Step::actions) {
        if sends_to_thread(action) {
            let message = "A rule sends words to the author only: write \"to: author only\", or \"mode: draft\" for a person to send.";
            findings.push(Finding::error(action.at, message));
        }
        if action.name == "nominate for recognition" && word(action, "badge").chars().count() > LONGEST_BADGE
        {
            let message = "The name of a badge has at most 40 characters.";
            findings.push(Finding::error(action.at, message));
        }
        if let Some(why) = lacks(tx, action)? {
            let message = format!("\"{}\": {why}. Until then the rule can watch, but not act.", action.name);
            findings.push(Finding::notice(action.at, message));
        }
    }
    if restricts(rule).0
        && rule.guideline.is_some()
        && guidelines::holds(tx)?.is_none()
        && let Some(why) = uncited(tx, rule)?
    {
        let message = format!(
            "It takes something away from somebody, but {why}. Until then the rule can watch, but not act."
        );
        findings.push(Finding::notice(rule.places.guideline, message));
    }
    for finding in &mut findings {
        finding.rule = Some(rule.name.clone());
    }
    Ok(findings)
}

/// What keeps a rule from acting because it is not there.
pub(super) fn missing(tx: &mut Tx<'_>, rule: &Rule) -> Result<Vec<String>> {
    let mut reasons = Vec::new();
    for action in rule.then.iter().flat_map(Step::actions) {
        reasons.extend(lacks(tx, action)?.map(|why| format!("It asks for \"{}\", and {why}.", action.name)));
    }
    if restricts(rule).0
        && let Some(why) = uncited(tx, rule)?
    {
        reasons.push(format!("It takes something away from somebody, but {why}."));
    }
    Ok(reasons)
}
