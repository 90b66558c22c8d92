//! What is wrong with a rule or segment, and where on the page that is.

use mainstreet_rules::{FORM_PARTS, Finding, Gravity, NO_MATCH, place_in_form};

use super::editor::Typing;
use super::fields::Draft;

/// Something that is wrong, and where on the page.
pub(super) struct Told {
    pub(super) anchor: String,
    pub(super) place: String,
    pub(super) message: String,
    pub(super) notice: bool,
}

pub(super) fn sentence(finding: &Finding) -> String {
    match &finding.meant {
        Some(meant) => format!("{} Did you mean “{meant}”?", finding.message),
        None => finding.message.clone(),
    }
}

/// The id of the row on the page that a finding of the form is about, and how it is called.
fn place(draft: &Draft, finding: &Finding) -> (String, String) {
    let (part, row) = place_in_form(finding.at);
    let name = FORM_PARTS.get((part as usize).saturating_sub(1)).copied().unwrap_or_default();
    let line = |key: &str, label: &str, rows: usize| {
        if (1..=rows).contains(&(row as usize)) {
            (format!("{key}.{}", row - 1), format!("{label}, line {row}"))
        } else {
            (format!("part-{key}"), label.to_owned())
        }
    };
    match name {
        "if" => line("all", "If", draft.all.len()),
        "if any" => line("any", "If any", draft.any.len()),
        "unless" => line("unless", "Unless", draft.unless.len()),
        "then" if row > 0 => {
            let deed = draft.deed_of_step(row as usize);
            (format!("then.{}", deed.saturating_sub(1)), format!("Then, line {deed}"))
        }
        "examples" if row > NO_MATCH => {
            (format!("nomatch.{}", row - NO_MATCH - 1), format!("Must not match, {}", row - NO_MATCH))
        }
        "examples" if row > 0 => (format!("match.{}", row - 1), format!("Must match, {row}")),
        "limit" => line("limit", "Limit", draft.limits.len()),
        other => (format!("part-{}", other.replace(' ', "-")), crate::desk::capital(other)),
    }
}

pub(super) fn told(typing: &Typing, findings: &[Finding]) -> Vec<Told> {
    let one = |finding: &Finding| {
        let (anchor, place) = match typing {
            Typing::Form(draft) => place(draft, finding),
            Typing::Text(_) => {
                ("f-text".to_owned(), format!("Line {}, column {}", finding.at.line, finding.at.column))
            }
        };
        Told { anchor, place, message: sentence(finding), notice: finding.gravity == Gravity::Notice }
    };
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    if matches!(typing, Typing::Form(_)) {
        sorted.sort_by_key(|finding| place_in_form(finding.at));
    }
    sorted.into_iter().map(one).collect()
}
