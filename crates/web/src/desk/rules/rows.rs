//! The rows of a rule's form, from the language's rows to fields and back.

use mainstreet_rules::{ActionRow, Condition, ExampleRow, Row, StepRow, print_condition};

use super::fields::{
    Ask, Deed, EndLine, EveryLine, LimitLine, Line, SHAPES, Sample, empty, joined, kind, measured, split,
    unquoted,
};

/// A line of the form; what its rows cannot show stands there as text.
pub(super) fn line(row: &Row, condition: &Condition) -> Line {
    let ways: Option<Vec<Ask>> = match row {
        Row::Any { rows } => rows.iter().map(ask).collect(),
        one => ask(one).map(|ask| vec![ask]),
    };
    let written =
        || Ask { about: "written".to_owned(), written: print_condition(condition), ..Ask::default() };
    Line { ways: ways.unwrap_or_else(|| vec![written()]) }
}

fn ask(row: &Row) -> Option<Ask> {
    let (row, not) = match row {
        Row::Not { row } => (&**row, "not "),
        one => (one, ""),
    };
    let always = Ask { about: "always".to_owned(), ..Ask::default() };
    let (subject, operator, options, values) = match row {
        Row::Always if not.is_empty() => return Some(always),
        Row::Question { subject, operator, options, values } => (subject, operator, options, values),
        _ => return None,
    };
    let plain = |value: &String| {
        !value.contains('\n') && value.trim() == value && !value.is_empty() && unquoted(value) == value
    };
    if !values.iter().all(plain) {
        return None;
    }
    let mut ask = Ask {
        operator: format!("{not}{operator}"),
        options: options.clone(),
        values: values.clone(),
        ..Ask::default()
    };
    match subject.split_once('(') {
        Some((about, inside)) => {
            let parts: Vec<&str> = inside.trim_end_matches(')').split(", ").collect();
            about.clone_into(&mut ask.about);
            match parts.as_slice() {
                [event, window] => {
                    (ask.event, ask.window) = ((*event).to_owned(), split(window));
                }
                [who, event, window] => {
                    (*who).clone_into(&mut ask.who);
                    (ask.event, ask.window) = ((*event).to_owned(), split(window));
                }
                _ => return None,
            }
        }
        None if operator == "looks like" => ask.about = format!("{subject}{SHAPES}"),
        None => ask.about.clone_from(subject),
    }
    if measured(kind(&ask.about)) {
        ask.low = values.first().map(|value| split(value)).unwrap_or_default();
        ask.high = values.get(1).map(|value| split(value)).unwrap_or_default();
        ask.values = Vec::new();
    }
    Some(ask)
}

pub(super) fn row(line: &Line) -> Row {
    match line.ways.as_slice() {
        [only] => question(only),
        several => Row::Any { rows: several.iter().map(question).collect() },
    }
}

fn question(ask: &Ask) -> Row {
    match ask.about.as_str() {
        "always" => return Row::Always,
        "written" => return Row::Written { line: ask.written.clone() },
        _ => {}
    }
    let subject = match ask.about.as_str() {
        "times" => format!("times({}, {})", ask.event, joined(&ask.window)),
        "distinct" => format!("distinct({}, {}, {})", ask.who, ask.event, joined(&ask.window)),
        other => other.strip_suffix(SHAPES).unwrap_or(other).to_owned(),
    };
    let (not, operator) = match ask.operator.strip_prefix("not ") {
        Some(operator) => (true, operator.trim()),
        None => (false, ask.operator.trim()),
    };
    let values = if measured(kind(&ask.about)) {
        let bare = |pair: &(String, String)| if empty(pair) { String::new() } else { joined(pair) };
        match operator {
            "between" => vec![bare(&ask.low), bare(&ask.high)],
            _ => vec![bare(&ask.low)],
        }
    } else {
        ask.values.clone()
    };
    let values = values.into_iter().filter(|value| !value.is_empty()).collect();
    let row = Row::Question { subject, operator: operator.to_owned(), options: ask.options.clone(), values };
    if not { Row::Not { row: Box::new(row) } } else { row }
}

pub(super) fn deeds(step: &StepRow) -> Vec<Deed> {
    let one = |(place, action): (usize, &ActionRow)| Deed {
        name: action.name.clone(),
        wait: if step.wait.is_empty() { Default::default() } else { split(&step.wait) },
        without_reply: step.without_reply,
        joined: place > 0,
        settings: action.settings.clone(),
    };
    step.actions.iter().enumerate().map(one).collect()
}

pub(super) fn limit(limit: &mainstreet_rules::Limit) -> LimitLine {
    LimitLine {
        count: limit.count.to_string(),
        noun: limit.noun.clone().unwrap_or_default(),
        per_person: limit.per_person,
        per: limit.per.word().to_owned(),
    }
}

pub(super) fn limit_words(limit: &LimitLine) -> String {
    let noun = if limit.noun.is_empty() { String::new() } else { format!(" {}", limit.noun) };
    let person = if limit.per_person { " per person" } else { "" };
    format!("{}{noun}{person} per {}", limit.count, limit.per)
}

/// `Monday at 09:00`, as fields.
pub(super) fn every(words: &str) -> EveryLine {
    let (day, time) = words.split_once(" at ").unwrap_or((words, ""));
    let (how, day) = day.split_once(" on day ").unwrap_or((day, ""));
    EveryLine { how: how.to_owned(), day: day.to_owned(), time: time.to_owned() }
}

pub(super) fn every_words(every: &EveryLine) -> String {
    let time = if every.time.is_empty() { String::new() } else { format!(" at {}", every.time) };
    match every.how.as_str() {
        "" => String::new(),
        "month" => format!("month on day {}{time}", every.day),
        day => format!("{day}{time}"),
    }
}

pub(super) fn ending(words: &str) -> EndLine {
    let mut end = EndLine::default();
    match words.strip_prefix("in ") {
        _ if words.is_empty() => {}
        Some(length) => (end.how, end.length) = ("in".to_owned(), split(length)),
        None if words == "never" => "never".clone_into(&mut end.how),
        None => (end.how, end.day) = ("on".to_owned(), words.to_owned()),
    }
    end
}

pub(super) fn ending_words(end: &EndLine) -> String {
    match end.how.as_str() {
        "never" => "never".to_owned(),
        "in" => format!("in {}", joined(&end.length)),
        "on" => end.day.clone(),
        _ => String::new(),
    }
}

pub(super) fn sample(row: &ExampleRow) -> Sample {
    match row.facts.as_slice() {
        [(name, values)] if name.is_empty() => {
            Sample { text: values.first().cloned().unwrap_or_default(), facts: Vec::new() }
        }
        facts => {
            let is_text = |name: &str| name == "post.text";
            let text = facts.iter().find(|(name, _)| is_text(name)).and_then(|(_, values)| values.first());
            let rest = facts.iter().filter(|(name, _)| !is_text(name)).cloned().collect();
            Sample { text: text.cloned().unwrap_or_default(), facts: rest }
        }
    }
}

pub(super) fn example(sample: &Sample) -> ExampleRow {
    if sample.facts.is_empty() {
        return ExampleRow { facts: vec![(String::new(), vec![sample.text.clone()])] };
    }
    let text = (!sample.text.is_empty()).then(|| ("post.text".to_owned(), vec![sample.text.clone()]));
    ExampleRow { facts: text.into_iter().chain(sample.facts.iter().cloned()).collect() }
}
