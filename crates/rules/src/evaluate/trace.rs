//! Why a rule holds or not.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::Truth;
use super::compile::{Expr, Leaf, Measure};
use super::facts::Value;
use super::scene::Scene;
use crate::finding::At;
use crate::print::line;
use crate::rule::{Condition, Rule};

/// One condition, whether it holds, and what was seen. Kept with a hit, it explains it after the post has changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// The condition as it is written, or what its parts must do: `all of these`.
    pub says: String,
    /// Whether it holds.
    pub truth: Truth,
    /// What was seen: `it is 3 hours`. Empty for groups.
    #[serde(default)]
    pub saw: String,
    /// What was found in texts.
    #[serde(default)]
    pub spans: Vec<Span>,
    /// The parts of a group.
    #[serde(default)]
    pub parts: Vec<Trace>,
    /// Where it stands in the rule's text.
    pub at: At,
}

/// Something found in a text: bytes of the original.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The field.
    pub field: String,
    /// Its first byte.
    pub start: usize,
    /// Behind its last byte.
    pub end: usize,
    /// What stands there.
    pub text: String,
}

/// What came of trying one rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The rule's name.
    pub rule: String,
    /// False when another event sets it off.
    pub event_fits: bool,
    /// Whether its conditions hold.
    pub truth: Truth,
    /// The conditions one by one.
    pub trace: Trace,
}

pub(super) fn explain(scene: &Scene<'_>, event: &str, rule: usize) -> Option<Outcome> {
    let (written, body) = (scene.set.rules.get(rule)?, scene.set.bodies.get(rule)?);
    let Expr::All(parts, _) = body else { return None };
    let trace = group("all of these", body, rule_parts(scene, written, parts), scene, written.at);
    Some(Outcome {
        rule: written.name.clone(),
        event_fits: scene.set.by_event.get(event).is_some_and(|rules| rules.contains(&rule)),
        truth: trace.truth,
        trace,
    })
}

fn rule_parts(scene: &Scene<'_>, rule: &Rule, parts: &[Expr]) -> Vec<Trace> {
    let mut traces: Vec<Trace> = rule.all.iter().zip(parts).map(|(c, e)| trace(scene, c, e)).collect();
    let mut rest = parts.iter().skip(rule.all.len());
    if !rule.any.is_empty()
        && let Some(expr @ Expr::Any(inner, _)) = rest.next()
    {
        let inner = rule.any.iter().zip(inner).map(|(c, e)| trace(scene, c, e)).collect();
        traces.push(group("at least one of these", expr, inner, scene, rule.at));
    }
    if !rule.unless.is_empty()
        && let Some(expr @ Expr::Not(not)) = rest.next()
        && let Expr::Any(inner, _) = &**not
    {
        let inner = rule.unless.iter().zip(inner).map(|(c, e)| trace(scene, c, e)).collect();
        traces.push(group("none of these", expr, inner, scene, rule.at));
    }
    traces
}

fn group(says: &str, expr: &Expr, parts: Vec<Trace>, scene: &Scene<'_>, at: At) -> Trace {
    let truth = scene.judge(expr);
    Trace { says: says.to_owned(), truth, saw: String::new(), spans: Vec::new(), parts, at }
}

fn trace(scene: &Scene<'_>, condition: &Condition, expr: &Expr) -> Trace {
    let inner = |conditions: &[Condition], parts: &[Expr]| {
        conditions.iter().zip(parts).map(|(c, e)| trace(scene, c, e)).collect::<Vec<_>>()
    };
    match (condition, expr) {
        (Condition::All(conditions), Expr::All(parts, _)) => {
            let parts = inner(conditions, parts);
            group("all of these", expr, parts.clone(), scene, first(&parts))
        }
        (Condition::Any(conditions), Expr::Any(parts, _)) => {
            let parts = inner(conditions, parts);
            group("at least one of these", expr, parts.clone(), scene, first(&parts))
        }
        (Condition::Not(one), Expr::Not(part)) => {
            let part = trace(scene, one, part);
            let at = part.at;
            group("not this", expr, vec![part], scene, at)
        }
        (Condition::Test(comparison), Expr::Leaf(leaf)) => Trace {
            says: line(condition),
            truth: scene.leaf(leaf),
            saw: saw(scene, leaf),
            spans: spans(scene, leaf),
            parts: Vec::new(),
            at: comparison.at,
        },
        (Condition::Test(comparison), Expr::Segments { told, named, .. }) => Trace {
            says: line(condition),
            truth: scene.judge(expr),
            saw: if scene.leaf(told) == Truth::Unknown { String::new() } else { saw(scene, told) },
            spans: Vec::new(),
            parts: named.iter().flatten().filter_map(|place| segment(scene, *place, comparison.at)).collect(),
            at: comparison.at,
        },
        _ => group("always", expr, Vec::new(), scene, At::default()),
    }
}

/// What a segment's own conditions say. Their places are those of the segment's text, so that of the question stands
/// for all of them.
fn segment(scene: &Scene<'_>, place: usize, at: At) -> Option<Trace> {
    let (segment, body) = (scene.set.segments.all().get(place)?, scene.set.chosen.get(place)?);
    let Expr::All(parts, _) = body else { return None };
    let mut parts = rule_parts(scene, segment, parts);
    parts.iter_mut().for_each(|part| settle(part, at));
    Some(group(&format!("segment \"{}\"", segment.name), body, parts, scene, at))
}

fn settle(trace: &mut Trace, at: At) {
    trace.at = at;
    trace.parts.iter_mut().for_each(|part| settle(part, at));
}

fn first(parts: &[Trace]) -> At {
    parts.first().map(|part| part.at).unwrap_or_default()
}

fn spans(scene: &Scene<'_>, leaf: &Leaf) -> Vec<Span> {
    let places = scene.places(leaf).into_iter();
    places
        .map(|(field, (start, end))| {
            let number = scene.set.fields.iter().position(|name| *name == field);
            let text = match number.and_then(|number| scene.value(number)) {
                Some(Value::Text(passage)) => passage.text.get(start..end).unwrap_or_default(),
                _ => "",
            };
            let text = mainstreet_kernel::text::excerpt(text, 200);
            Span { field, start, end, text }
        })
        .collect()
}

fn saw(scene: &Scene<'_>, leaf: &Leaf) -> String {
    let of = |field: usize| match scene.value(field) {
        Some(value) => format!("it is {}", value.spoken()),
        None => "not known".to_owned(),
    };
    match leaf {
        Leaf::Words { slot, .. } | Leaf::Globs { slot, .. } | Leaf::Regexes { slot, .. } => {
            let field = scene.set.slots.get(*slot).map_or(usize::MAX, |slot| slot.field);
            found(scene, leaf, field)
        }
        Leaf::Shapes { field, .. } => found(scene, leaf, *field),
        Leaf::Members { field, .. }
        | Leaf::OneOf { field, .. }
        | Leaf::Within { field, .. }
        | Leaf::IsSet { field } => of(*field),
        Leaf::Amount { of: measure, .. } => match (measure, scene.measured(measure)) {
            (_, None) => "not known".to_owned(),
            (Measure::Field(field), Some(_)) => of(*field),
            (Measure::Business(_, unit), Some(value)) => format!("it is {value:.1} {}", unit.plural()),
            (_, Some(value)) => format!("it is {value}"),
        },
    }
}

fn found(scene: &Scene<'_>, leaf: &Leaf, field: usize) -> String {
    if scene.leaf(leaf) == Truth::Unknown {
        return "not known".to_owned();
    }
    let spans = spans(scene, leaf);
    if spans.is_empty() {
        return match scene.value(field) {
            Some(_) => "nothing found".to_owned(),
            None => "not known".to_owned(),
        };
    }
    let shown: Vec<String> = spans.iter().take(5).map(|span| format!("\"{}\"", span.text)).collect();
    format!("found {}", shown.join(", "))
}

/// The outcome as lines for people:
///
/// ```text
/// "Heated thread" does not match.
///   yes        distinct(flagger, flag on thread, 2 hours) >= 3   it is 4
///   no         thread.age < 3 days                               it is 5 days
/// ```
pub fn why(outcome: &Outcome) -> String {
    let verdict = match (outcome.event_fits, outcome.truth) {
        (false, _) => "is not set off by this event",
        (true, Truth::Yes) => "matches",
        (true, Truth::No) => "does not match",
        (true, Truth::Unknown) => "could not be evaluated, because something it needs is not known",
    };
    let mut text = format!("\"{}\" {verdict}.\n", outcome.rule);
    for part in &outcome.trace.parts {
        lines(part, 1, &mut text);
    }
    text
}

fn lines(trace: &Trace, depth: usize, text: &mut String) {
    let word = match trace.truth {
        Truth::Yes => "yes",
        Truth::No => "no",
        Truth::Unknown => "not known",
    };
    let saw = if trace.saw.is_empty() { String::new() } else { format!("  ({})", trace.saw) };
    // Writing into a string cannot fail.
    let _ = writeln!(text, "{}{word:<10} {}{saw}", "  ".repeat(depth), trace.says);
    for part in &trace.parts {
        lines(part, depth + 1, text);
    }
}
