//! What a clause demands of each field, taken together; and whether that is possible.

use std::collections::{BTreeMap, BTreeSet};

use super::clauses::Atom;
use crate::finding::At;
use crate::length::Unit;
use crate::print::subject;
use crate::rule::{Amount, Comparison, Quantity, Subject, Test, Way};
use crate::vocabulary::{FieldKind, Vocabulary};

/// An interval of amounts.
#[derive(Clone, Copy, Debug)]
struct Range {
    low: Option<(f64, bool)>,
    high: Option<(f64, bool)>,
}

/// What is demanded of a set: of the words of a text, the members of a list.
#[derive(Clone, Debug, Default)]
struct Sets {
    /// Of each, at least one is there.
    any: Vec<BTreeSet<String>>,
    /// All of these are there.
    all: BTreeSet<String>,
    /// None of these is there.
    none: BTreeSet<String>,
    /// Of each, at least one is missing.
    not_all: Vec<BTreeSet<String>>,
    /// Only these can be there at all, when that is known.
    only: Option<BTreeSet<String>>,
}

/// Everything a clause demands.
#[derive(Debug, Default)]
pub(super) struct Summary<'a> {
    ranges: BTreeMap<String, (Range, Vec<Demand<'a>>)>,
    sets: BTreeMap<String, (Sets, Vec<Demand<'a>>)>,
    flags: BTreeMap<String, Demand<'a>>,
    /// What cannot be: the place, and what it clashes with.
    pub(super) clash: Option<Clash<'a>>,
}

/// Two demands that cannot hold together, or one that cannot hold at all.
#[derive(Clone, Debug)]
pub(super) struct Clash<'a> {
    pub(super) at: At,
    pub(super) one: Option<Demand<'a>>,
    pub(super) other: Option<Demand<'a>>,
}

/// A comparison, and whether it must hold or must not.
pub(super) type Demand<'a> = (bool, &'a Comparison);

/// Under which an amount is kept: clock time, business hours and business days are different measures.
fn range_key(of: &Comparison, amount: Amount) -> String {
    let family = match amount {
        Amount::Length(length) if length.unit == Unit::BusinessHour => " in business hours",
        Amount::Length(length) if length.unit == Unit::BusinessDay => " in business days",
        _ => "",
    };
    format!("{}{family}", subject(&of.subject))
}

fn way_key(way: Way) -> String {
    way.options().join(",")
}

/// The set a test is about, how many of which members, and whether it is negated already.
fn set_of(test: &Test) -> Option<(String, Quantity, &[String])> {
    match test {
        Test::Words(quantity, way, words) => Some((format!("words {}", way_key(*way)), *quantity, words)),
        Test::Members(quantity, _, names) => Some((String::new(), *quantity, names)),
        Test::Matches(way, words) => Some((format!("globs {}", way_key(*way)), Quantity::Any, words)),
        Test::Regex(way, words) => Some((format!("regex {}", way_key(*way)), Quantity::Any, words)),
        Test::LooksLike(shapes) => Some(("shapes".to_owned(), Quantity::Any, shapes)),
        Test::OneOf(none, words) => {
            Some(("choice".to_owned(), if *none { Quantity::None } else { Quantity::Any }, words))
        }
        Test::Within(outside, names) => {
            Some(("calendar".to_owned(), if *outside { Quantity::None } else { Quantity::Any }, names))
        }
        _ => None,
    }
}

impl<'a> Summary<'a> {
    /// Takes the atoms of a clause together.
    pub(super) fn new(clause: &[Atom<'a>], vocabulary: &Vocabulary) -> Self {
        let mut summary = Self::default();
        for atom in clause {
            summary.add(atom, vocabulary);
            if summary.clash.is_some() {
                break;
            }
        }
        summary
    }

    fn add(&mut self, atom: &Atom<'a>, vocabulary: &Vocabulary) {
        match atom {
            Atom::Never(at) => self.clash = Some(Clash { at: *at, one: None, other: None }),
            Atom::Range { of, positive, amount, low, high } => {
                let (most, whole) = domain(of, vocabulary);
                let start = Range { low: Some((0.0, true)), high: most.map(|most| (most, true)) };
                let entry = self.ranges.entry(range_key(of, *amount)).or_insert((start, Vec::new()));
                let fresh = narrow(entry.0, *low, *high);
                if is_empty(fresh, whole) {
                    let other = entry.1.last().copied();
                    self.clash = Some(Clash { at: of.at, one: Some((*positive, of)), other });
                }
                entry.0 = fresh;
                entry.1.push((*positive, of));
            }
            Atom::Plain { of, positive } => match set_of(&of.test) {
                Some((family, quantity, names)) => {
                    self.add_set(of, &family, quantity, names, *positive, vocabulary);
                }
                None => {
                    let key = subject(&of.subject);
                    if let Some(other) = self.flags.get(&key)
                        && other.0 != *positive
                    {
                        self.clash =
                            Some(Clash { at: of.at, one: Some((*positive, of)), other: Some(*other) });
                    }
                    self.flags.insert(key, (*positive, of));
                }
            },
        }
    }

    fn add_set(
        &mut self,
        of: &'a Comparison,
        family: &str,
        quantity: Quantity,
        names: &[String],
        positive: bool,
        vocabulary: &Vocabulary,
    ) {
        let key = format!("{} {family}", subject(&of.subject));
        let (sets, seen) = self.sets.entry(key).or_default();
        let fold = |name: &String| name.to_lowercase();
        let names: BTreeSet<String> = names.iter().map(fold).collect();
        let choice = family == "choice";
        match (quantity, positive) {
            (Quantity::Any, true) | (Quantity::None, false) if choice => {
                let only = sets.only.take().unwrap_or_else(|| names.clone());
                sets.only = Some(only.intersection(&names).cloned().collect());
            }
            (Quantity::Any, true) | (Quantity::None, false) => sets.any.push(names),
            (Quantity::All, true) => sets.all.extend(names),
            (Quantity::None, true) | (Quantity::Any, false) => sets.none.extend(names),
            (Quantity::All, false) => sets.not_all.push(names),
        }
        if choice && sets.only.is_none() {
            sets.only = every_choice(of, vocabulary).filter(|all| !all.is_empty());
        }
        if sets.is_impossible() {
            self.clash = Some(Clash { at: of.at, one: Some((positive, of)), other: seen.last().copied() });
        }
        seen.push((positive, of));
    }

    /// True when this demand follows from the others taken together.
    pub(super) fn implies(&self, atom: &Atom<'_>) -> bool {
        match atom {
            Atom::Never(_) => false,
            Atom::Range { of, amount, low, high, .. } => {
                let Some((range, _)) = self.ranges.get(&range_key(of, *amount)) else { return false };
                let above = low.is_none_or(|low| {
                    range.low.is_some_and(|mine| mine.0 > low.0 || mine.0 == low.0 && (low.1 || !mine.1))
                });
                let below = high.is_none_or(|high| {
                    range.high.is_some_and(|mine| mine.0 < high.0 || mine.0 == high.0 && (high.1 || !mine.1))
                });
                above && below
            }
            Atom::Plain { of, positive } => match set_of(&of.test) {
                Some((family, quantity, names)) => {
                    let key = format!("{} {family}", subject(&of.subject));
                    let names: BTreeSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
                    self.sets.get(&key).is_some_and(|(sets, _)| sets.imply(quantity, &names, *positive))
                }
                None => self.flags.get(&subject(&of.subject)).is_some_and(|(known, _)| known == positive),
            },
        }
    }
}

impl Sets {
    fn is_impossible(&self) -> bool {
        self.any.iter().any(|any| any.is_subset(&self.none))
            || !self.all.is_disjoint(&self.none)
            || self.not_all.iter().any(|missing| missing.is_subset(&self.all))
            || self.only.as_ref().is_some_and(|only| only.is_subset(&self.none))
    }

    fn imply(&self, quantity: Quantity, names: &BTreeSet<String>, positive: bool) -> bool {
        match (quantity, positive) {
            (Quantity::Any, true) | (Quantity::None, false) => {
                self.any.iter().any(|any| any.is_subset(names))
                    || !self.all.is_disjoint(names)
                    || self.only.as_ref().is_some_and(|only| only.is_subset(names))
            }
            (Quantity::All, true) => names.is_subset(&self.all),
            (Quantity::None, true) | (Quantity::Any, false) => {
                names.is_subset(&self.none) || self.only.as_ref().is_some_and(|only| only.is_disjoint(names))
            }
            (Quantity::All, false) => self.not_all.iter().any(|missing| missing.is_subset(names)),
        }
    }
}

/// The largest value there is, and whether there are only whole ones.
fn domain(of: &Comparison, vocabulary: &Vocabulary) -> (Option<f64>, bool) {
    match &of.subject {
        Subject::Field(name) => match vocabulary.field(name) {
            Some(field) if field.kind == FieldKind::Share => (Some(1.0), false),
            Some(field) => (field.most, field.whole),
            None => (None, false),
        },
        _ => (None, true),
    }
}

fn every_choice(of: &Comparison, vocabulary: &Vocabulary) -> Option<BTreeSet<String>> {
    match &of.subject {
        Subject::Field(name) => {
            vocabulary.field(name).map(|field| field.one_of.iter().map(|word| word.to_lowercase()).collect())
        }
        _ => None,
    }
}

fn narrow(range: Range, low: Option<(f64, bool)>, high: Option<(f64, bool)>) -> Range {
    let higher = |a: (f64, bool), b: (f64, bool)| if a.0 > b.0 || a.0 == b.0 && !a.1 { a } else { b };
    let lower = |a: (f64, bool), b: (f64, bool)| if a.0 < b.0 || a.0 == b.0 && !a.1 { a } else { b };
    Range {
        low: match (range.low, low) {
            (Some(a), Some(b)) => Some(higher(a, b)),
            (a, b) => a.or(b),
        },
        high: match (range.high, high) {
            (Some(a), Some(b)) => Some(lower(a, b)),
            (a, b) => a.or(b),
        },
    }
}

fn is_empty(range: Range, whole: bool) -> bool {
    let (Some((low, from)), Some((high, to))) = (range.low, range.high) else { return false };
    if whole {
        let first = if from { low.ceil() } else { low.floor() + 1.0 };
        let last = if to { high.floor() } else { high.ceil() - 1.0 };
        return first > last;
    }
    low > high || low == high && !(from && to)
}
