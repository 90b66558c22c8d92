//! The buttons of a rule's form that add and take away lines.

use mainstreet_rules::{FieldKind, Vocabulary};

use super::fields::{Ask, Deed, Draft, LimitLine, Line, SHAPES, Sample, Typed, kind};

/// Does what a button says; answers the name of the field that should have the focus then.
pub(super) fn press(draft: &mut Draft, typed: &Typed, act: &str) -> String {
    let words: Vec<&str> = act.split(' ').collect();
    let number = |place: usize| words.get(place).and_then(|word| word.parse::<usize>().ok());
    let part = words.get(1).copied().unwrap_or_default();
    match (words.first().copied().unwrap_or_default(), part) {
        ("add", "when") => add_event(draft, &typed.one("new.when")),
        ("drop", "when") => {
            remove(&mut draft.when, number(2));
            "new.when".to_owned()
        }
        ("add", "then") => add_deed(draft, &typed.one("new.then")),
        ("drop", "then") => {
            remove(&mut draft.then, number(2));
            "new.then".to_owned()
        }
        ("add", "limit") => {
            draft.limits.push(LimitLine {
                count: String::new(),
                per: "hour".to_owned(),
                ..LimitLine::default()
            });
            format!("limit.{}.n", draft.limits.len() - 1)
        }
        ("drop", "limit") => {
            remove(&mut draft.limits, number(2));
            String::new()
        }
        (verb, "match" | "nomatch") => samples(draft, typed, verb, part, (number(2), number(3))),
        (verb, part) => lines(draft, typed, verb, part, (number(2), number(3))),
    }
}

fn remove<T>(all: &mut Vec<T>, place: Option<usize>) {
    if let Some(place) = place.filter(|place| *place < all.len()) {
        all.remove(place);
    }
}

fn add_event(draft: &mut Draft, event: &str) -> String {
    if Vocabulary::standard().event(event).is_some() && !draft.when.iter().any(|known| known == event) {
        draft.when.push(event.to_owned());
    }
    "new.all".to_owned()
}

fn add_deed(draft: &mut Draft, name: &str) -> String {
    let Some(word) = Vocabulary::standard().action(name) else { return "new.then".to_owned() };
    draft.then.push(Deed { name: name.to_owned(), ..Deed::default() });
    let key = format!("then.{}", draft.then.len() - 1);
    match word.parameters.first() {
        Some(parameter) => format!("{key}.p.{}", parameter.name),
        None => "new.then".to_owned(),
    }
}

/// A question about something, with the operator that is asked most often.
fn ask(about: &str) -> Option<Ask> {
    let known = matches!(about, "times" | "distinct" | "always" | "written")
        || Vocabulary::standard().field(about.strip_suffix(SHAPES).unwrap_or(about)).is_some();
    if !known {
        return None;
    }
    let from_text = Vocabulary::standard().field(about).is_some_and(|field| field.from_text.is_some());
    let operator = match kind(about) {
        _ if matches!(about, "always" | "written") => "",
        _ if about.ends_with(SHAPES) => "looks like",
        FieldKind::Text => "has any",
        FieldKind::List if from_text => "has any",
        FieldKind::List => "includes any",
        FieldKind::Number | FieldKind::Share => ">=",
        FieldKind::Duration => "<",
        FieldKind::Flag => "",
        FieldKind::Choice => "is any of",
        FieldKind::Calendar => "within",
    };
    Some(Ask { about: about.to_owned(), operator: operator.to_owned(), ..Ask::default() })
}

fn first_field(about: &str) -> &'static str {
    match about {
        "times" => "event",
        "distinct" => "who",
        "written" => "line",
        _ => "op",
    }
}

fn lines(
    draft: &mut Draft,
    typed: &Typed,
    verb: &str,
    part: &str,
    (row, way): (Option<usize>, Option<usize>),
) -> String {
    let Some(lines) = draft.lines(part) else { return String::new() };
    match verb {
        "add" => {
            let Some(ask) = ask(&typed.one(&format!("new.{part}"))) else { return format!("new.{part}") };
            let field = first_field(&ask.about);
            lines.push(Line { ways: vec![ask] });
            format!("{part}.{}.0.{field}", lines.len() - 1)
        }
        "or" => {
            let Some(row) = row else { return String::new() };
            let chosen = ask(&typed.one(&format!("or.{part}.{row}")));
            match (lines.get_mut(row), chosen) {
                (Some(line), Some(ask)) => {
                    let field = first_field(&ask.about);
                    line.ways.push(ask);
                    format!("{part}.{row}.{}.{field}", line.ways.len() - 1)
                }
                _ => format!("or.{part}.{row}"),
            }
        }
        "drop" => {
            if let Some(line) = row.and_then(|row| lines.get_mut(row)) {
                remove(&mut line.ways, way);
            }
            lines.retain(|line| !line.ways.is_empty());
            format!("new.{part}")
        }
        _ => String::new(),
    }
}

fn samples(
    draft: &mut Draft,
    typed: &Typed,
    verb: &str,
    part: &str,
    (row, fact): (Option<usize>, Option<usize>),
) -> String {
    let Some(samples) = draft.samples(part) else { return String::new() };
    match (verb, row) {
        ("add", _) => {
            samples.push(Sample::default());
            format!("{part}.{}.text", samples.len() - 1)
        }
        ("drop", row) => {
            remove(samples, row);
            String::new()
        }
        ("fact", Some(row)) => {
            let name = typed.one(&format!("new.{part}.{row}"));
            if let Some(sample) = samples.get_mut(row)
                && Vocabulary::standard().field(&name).is_some()
                && !sample.facts.iter().any(|(known, _)| *known == name)
            {
                sample.facts.push((name, Vec::new()));
                return format!("{part}.{row}.fact.{}.v", sample.facts.len() - 1);
            }
            String::new()
        }
        ("unfact", Some(row)) => {
            if let Some(sample) = samples.get_mut(row) {
                remove(&mut sample.facts, fact);
            }
            String::new()
        }
        _ => String::new(),
    }
}
