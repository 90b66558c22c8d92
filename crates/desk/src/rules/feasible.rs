//! What a rule asks for and this community cannot do or does not know yet. A rule nothing sets off is refused when it is
//! saved; one that asks for something that is not there may watch, and may not act.

use mainstreet_db::Tx;
use mainstreet_kernel::{Result, text};
use mainstreet_rules::{Action, Finding, Given, Rule, Step};

use super::acting::word;
use super::happenings::{DESK, HEARD};
use crate::webhooks;

/// Why an action of the language cannot be carried out here.
pub(super) fn why_not(action: &str) -> Option<&'static str> {
    Some(match action {
        "ask with form" => "there are no forms here yet; use \"reply with\" and a prepared answer that asks",
        "suggest connection" => "members cannot be introduced to each other here yet",
        "nominate for recognition" => "there are no badges here yet",
        "create ticket" => "no help desk is connected; use \"send webhook\" to tell another program",
        "limit links for" => {
            "links of one member cannot be switched off here yet; use \"require approval for\""
        }
        _ => return None,
    })
}

fn webhook_is_missing(tx: &mut Tx<'_>, action: &Action) -> Result<Option<String>> {
    if action.name != "send webhook" {
        return Ok(None);
    }
    let name = word(action, "webhook");
    let known = webhooks::all(tx)?.iter().any(|one| text::fold(&one.name) == text::fold(&name));
    Ok((!known).then(|| format!("there is no webhook \"{name}\"; an owner adds it under Settings, Webhooks")))
}

fn sends_to_thread(action: &Action) -> bool {
    action.name == "reply with"
        && word(action, "mode") == "send"
        && !matches!(action.get("to"), Some(Given::Word(to)) if to == "author only")
}

/// What is wrong with a rule here, besides what the language finds.
pub(super) fn check(tx: &mut Tx<'_>, rule: &Rule) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for event in rule.when.iter().filter(|event| !HEARD.contains(&event.as_str()) && *event != DESK) {
        let message =
            format!("Nothing sets off \"{event}\" in this community yet, so the rule would never match.");
        findings.push(Finding::error(rule.places.when, message));
    }
    for action in rule.then.iter().flat_map(Step::actions) {
        if sends_to_thread(action) {
            let message = "A rule sends words to the author only: write \"to: author only\", or \"mode: draft\" for a person to send.";
            findings.push(Finding::error(action.at, message));
        }
        let missing = match why_not(&action.name) {
            Some(why) => Some(why.to_owned()),
            None => webhook_is_missing(tx, action)?,
        };
        if let Some(why) = missing {
            let message = format!("\"{}\": {why}. Until then the rule can watch, but not act.", action.name);
            findings.push(Finding::notice(action.at, message));
        }
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
        let missing = match why_not(&action.name) {
            Some(why) => Some(why.to_owned()),
            None => webhook_is_missing(tx, action)?,
        };
        reasons.extend(missing.map(|why| format!("It asks for \"{}\", and {why}.", action.name)));
    }
    Ok(reasons)
}
