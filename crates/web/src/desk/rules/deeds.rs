//! The actions of a rule as the form shows them.

use mainstreet_rules::{FieldKind, Names, Parameter, Vocabulary};

use super::choices::{Amount, Choice, ticks, units};
use super::fields::Deed;

/// A setting of an action.
#[derive(Clone, Debug)]
pub(super) struct SettingView {
    pub(super) key: String,
    pub(super) label: String,
    pub(super) required: bool,
    pub(super) value: String,
    pub(super) length: Option<Amount>,
    pub(super) choices: Vec<Choice>,
    pub(super) ticks: Vec<Choice>,
    pub(super) number: bool,
}

/// An action as it is shown.
#[derive(Clone, Debug)]
pub(super) struct DeedView {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) says: String,
    pub(super) restricting: bool,
    pub(super) wait: Amount,
    pub(super) without_reply: bool,
    pub(super) joined: bool,
    pub(super) settings: Vec<SettingView>,
    pub(super) errors: Vec<String>,
}

pub(super) fn deed(row: usize, deed: &Deed, names: &Names, errors: Vec<String>) -> DeedView {
    let key = format!("then.{row}");
    let word = Vocabulary::standard().action(&deed.name);
    let parameters = word.map(|word| word.parameters.as_slice()).unwrap_or_default();
    DeedView {
        settings: parameters.iter().map(|parameter| setting(&key, parameter, deed, names)).collect(),
        name: deed.name.clone(),
        says: word.map(|word| word.says.clone()).unwrap_or_default(),
        restricting: word.is_some_and(|word| word.restricting),
        wait: Amount { amount: deed.wait.0.clone(), units: units(&deed.wait.1, true) },
        without_reply: deed.without_reply,
        joined: deed.joined,
        errors,
        key,
    }
}

fn setting(key: &str, parameter: &Parameter, deed: &Deed, names: &Names) -> SettingView {
    let given = deed.settings.iter().find(|(name, _)| *name == parameter.name);
    let values = given.map(|(_, values)| values.as_slice()).unwrap_or_default();
    let value = values.first().cloned().unwrap_or_default();
    let set = parameter.names.as_deref().and_then(|set| names.set(set)).filter(|set| !set.is_empty());
    let known: Vec<&str> = match set {
        Some(set) => set.iter().map(String::as_str).collect(),
        None => parameter.one_of.iter().map(String::as_str).collect(),
    };
    let also = |one: &str| {
        parameter.names.as_deref().is_some_and(|set| names.set(set).is_some() && names.knows(set, one))
    };
    let mut view = SettingView {
        key: format!("{key}.p.{}", parameter.name),
        label: label(&deed.name, &parameter.name),
        required: parameter.required,
        length: None,
        choices: Vec::new(),
        ticks: Vec::new(),
        number: parameter.kind == FieldKind::Number,
        value: value.clone(),
    };
    match parameter.kind {
        FieldKind::Duration => {
            let (amount, unit) = value.split_once(' ').unwrap_or((&value, ""));
            view.length = Some(Amount { amount: amount.to_owned(), units: units(unit, false) });
        }
        FieldKind::List if !known.is_empty() => view.ticks = ticks(known, values, &also),
        FieldKind::List => view.value = values.join("\n"),
        _ if !known.is_empty() => {
            let one = (!value.is_empty()).then(|| value.clone());
            view.choices = ticks(known, &one.into_iter().collect::<Vec<_>>(), &also);
        }
        _ => {}
    }
    view
}

fn label(action: &str, parameter: &str) -> String {
    let says = match (action, parameter) {
        ("slow mode", "each") => "Between two posts",
        (_, "for") => "For how long",
        ("open item", "intent") => "What it is about",
        ("open item", "owner") => "Whose it is",
        (_, "who") => "Who is told",
        (_, "within") => "When",
        (_, "mode") => "As a draft for a person, or sent",
        ("reply with", "to") => "To whom",
        ("suggest answerers", "count") => "How many",
        ("suggest answerers", "pool") => "Among whom",
        ("suggest answerers", "rest") => "Not asked in the last",
        ("escalate", "to") => "Which team",
        ("suggest connection", "with") => "Among whom a partner is looked for",
        ("create ticket", "in") => "Which team or program gets it",
        ("limit links for", "most") => "Links that a post may hold; empty: none",
        ("ask with form", "form") => "Which form",
        ("nominate for recognition", "badge") => "For which badge",
        (_, other) => return crate::desk::capital(other),
    };
    says.to_owned()
}
