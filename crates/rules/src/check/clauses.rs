//! Conditions as clauses: a rule holds when one clause holds, a clause when all its atoms do. What cannot be
//! said in few clauses is not reasoned about.

use crate::evaluate::compile::{bounds, number};
use crate::rule::{Amount, Comparison, Condition, Order, Rule, Test};

/// Clauses that are looked at; a rule with more is taken as it is.
const MOST: usize = 64;

/// One question of a clause: the comparison, and whether it must hold or must not.
#[derive(Clone, Debug)]
pub(super) enum Atom<'a> {
    /// The amount is in this interval.
    Range {
        of: &'a Comparison,
        positive: bool,
        amount: Amount,
        low: Option<(f64, bool)>,
        high: Option<(f64, bool)>,
    },
    /// Anything else.
    Plain { of: &'a Comparison, positive: bool },
    /// Never holds: `not always`.
    Never(crate::finding::At),
}

impl<'a> Atom<'a> {
    /// The comparison it comes from.
    pub(super) fn of(&self) -> Option<&'a Comparison> {
        match self {
            Self::Range { of, .. } | Self::Plain { of, .. } => Some(of),
            Self::Never(_) => None,
        }
    }
}

pub(super) type Clause<'a> = Vec<Atom<'a>>;

/// The clauses of a whole rule; nothing when there are too many.
pub(super) fn of_rule(rule: &Rule) -> Option<Vec<Clause<'_>>> {
    let mut parts: Vec<Vec<Clause<'_>>> = Vec::new();
    for condition in &rule.all {
        parts.push(of(condition, true)?);
    }
    if !rule.any.is_empty() {
        parts.push(any(&rule.any, true)?);
    }
    for condition in &rule.unless {
        parts.push(of(condition, false)?);
    }
    product(parts)
}

/// The clauses of a condition, or of its opposite.
pub(super) fn of(condition: &Condition, positive: bool) -> Option<Vec<Clause<'_>>> {
    match condition {
        Condition::Always(_) if positive => Some(vec![Vec::new()]),
        Condition::Always(at) => Some(vec![vec![Atom::Never(*at)]]),
        Condition::Not(inner) => of(inner, !positive),
        Condition::All(parts) if positive => product(each(parts, positive)?),
        Condition::Any(parts) if !positive => product(each(parts, positive)?),
        Condition::All(parts) | Condition::Any(parts) => any(parts, positive),
        Condition::Test(comparison) => Some(atoms(comparison, positive)),
    }
}

fn each(parts: &[Condition], positive: bool) -> Option<Vec<Vec<Clause<'_>>>> {
    parts.iter().map(|part| of(part, positive)).collect()
}

fn any(parts: &[Condition], positive: bool) -> Option<Vec<Clause<'_>>> {
    let clauses: Vec<Clause<'_>> = each(parts, positive)?.into_iter().flatten().collect();
    (clauses.len() <= MOST).then_some(clauses)
}

fn product(parts: Vec<Vec<Clause<'_>>>) -> Option<Vec<Clause<'_>>> {
    let mut whole: Vec<Clause<'_>> = vec![Vec::new()];
    for part in parts {
        if whole.len() * part.len() > MOST {
            return None;
        }
        whole = whole
            .iter()
            .flat_map(|left| part.iter().map(move |right| left.iter().chain(right).cloned().collect()))
            .collect();
    }
    Some(whole)
}

/// An amount that must not be in an interval is below or above it: two clauses.
fn atoms(comparison: &Comparison, positive: bool) -> Vec<Clause<'_>> {
    let range = |amount, (low, high)| vec![Atom::Range { of: comparison, positive, amount, low, high }];
    match (&comparison.test, positive) {
        (Test::Compare(order, amount), true) => vec![range(*amount, bounds(*order, number(*amount)))],
        (Test::Compare(order, amount), false) => {
            let value = number(*amount);
            let opposite = |order| range(*amount, bounds(order, value));
            match order {
                Order::Less => vec![opposite(Order::AtLeast)],
                Order::AtMost => vec![opposite(Order::More)],
                Order::AtLeast => vec![opposite(Order::Less)],
                Order::More => vec![opposite(Order::AtMost)],
                Order::Equal => vec![opposite(Order::Less), opposite(Order::More)],
            }
        }
        (Test::Between(low, high), true) => {
            vec![range(*low, (Some((number(*low), true)), Some((number(*high), true))))]
        }
        (Test::Between(low, high), false) => {
            vec![
                range(*low, bounds(Order::Less, number(*low))),
                range(*low, bounds(Order::More, number(*high))),
            ]
        }
        _ => vec![vec![Atom::Plain { of: comparison, positive }]],
    }
}
