//! Many rules prepared so that one post is read once for all of them.

use std::collections::{HashMap, HashSet};

use crate::rule::{Amount, Comparison, Condition, Order, Quantity, Rule, Subject, Test, Way};
use crate::schedule::SCHEDULE;
use crate::segments::Segments;
use crate::text::{Patterns, Words, glob};

/// A text field with what is passed over in it, and everything that is looked for there.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) field: usize,
    pub(super) way: Way,
    pub(super) usual: Words,
    pub(super) loose: Words,
    pub(super) globs: Patterns,
    pub(super) regexes: Patterns,
    pub(super) exact_regexes: Patterns,
}

/// A condition with its words and fields looked up.
#[derive(Debug)]
pub(super) enum Expr {
    /// The parts, and in which order they are cheapest to try.
    All(Vec<Expr>, Vec<usize>),
    Any(Vec<Expr>, Vec<usize>),
    Not(Box<Expr>),
    Always,
    Leaf(Leaf),
    /// Members of segments: as they are told, or else what the segments' own conditions say.
    Segments {
        told: Leaf,
        quantity: Quantity,
        named: Vec<Option<usize>>,
    },
}

#[derive(Debug)]
pub(super) enum Leaf {
    Words { slot: usize, loose: bool, quantity: Quantity, ids: Vec<u32> },
    Globs { slot: usize, ids: Vec<u32> },
    Regexes { slot: usize, case: bool, ids: Vec<u32> },
    Shapes { field: usize, shapes: Vec<String> },
    Members { field: usize, quantity: Quantity, items: Items },
    OneOf { field: usize, none: bool, words: Vec<String> },
    Within { field: usize, outside: bool, calendars: Vec<String> },
    IsSet { field: usize },
    Amount { of: Measure, low: Bound, high: Bound },
}

/// What an amount is measured on.
#[derive(Debug)]
pub(super) enum Measure {
    Field(usize),
    Business(usize, crate::length::Unit),
    Times(String, i64),
    Distinct(String, String, i64),
}

/// A side of an interval: the value, and whether it is included.
pub(super) type Bound = Option<(f64, bool)>;

/// Members to look for; `*.` before a name stands for everything that ends with it.
#[derive(Debug, Default)]
pub(super) struct Items {
    pub(super) all: Vec<String>,
    pub(super) exact: HashSet<String>,
    pub(super) endings: Vec<String>,
}

impl Items {
    fn new(items: &[String]) -> Self {
        let all: Vec<String> = items.iter().map(|item| item.to_lowercase()).collect();
        let (endings, exact): (Vec<_>, Vec<_>) = all.iter().cloned().partition(|item| item.starts_with("*."));
        let endings = endings.iter().filter_map(|item| item.strip_prefix('*')).map(str::to_owned).collect();
        Self { all, exact: exact.into_iter().collect(), endings }
    }

    /// True when `word`, in lower case, is one of them.
    pub(super) fn has(&self, word: &str) -> bool {
        self.exact.contains(word) || self.endings.iter().any(|ending| word.ends_with(ending.as_str()))
    }
}

/// Rules that are tried together.
#[derive(Debug, Default)]
pub struct RuleSet {
    pub(super) rules: Vec<Rule>,
    pub(super) bodies: Vec<Expr>,
    pub(super) fields: Vec<String>,
    pub(super) slots: Vec<Slot>,
    pub(super) by_event: HashMap<String, Vec<usize>>,
    pub(super) segments: Segments,
    /// The conditions of the segments, in their order.
    pub(super) chosen: Vec<Expr>,
    numbers: HashMap<String, usize>,
}

impl RuleSet {
    /// Prepares rules that have been checked. This takes time once, and evaluating little time often.
    pub fn new(rules: Vec<Rule>) -> Self {
        Self::with(rules, Segments::default())
    }

    /// The same, with the segments that the rules ask for. Without them it is not known who is in a segment.
    pub fn with(rules: Vec<Rule>, segments: Segments) -> Self {
        let mut set = Self { segments, ..Self::default() };
        for segment in set.segments.all.clone() {
            let body = set.body(&segment);
            set.chosen.push(body);
        }
        for (index, rule) in rules.iter().enumerate() {
            let body = set.body(rule);
            set.bodies.push(body);
            for event in &rule.when {
                set.by_event.entry(event_of(rule, event)).or_default().push(index);
            }
        }
        set.rules = rules;
        for slot in &set.slots {
            slot.usual.prepare();
            slot.loose.prepare();
            for patterns in [&slot.globs, &slot.regexes, &slot.exact_regexes] {
                patterns.prepare();
            }
        }
        set
    }

    fn body(&mut self, rule: &Rule) -> Expr {
        let mut parts: Vec<Expr> = rule.all.iter().map(|condition| self.expr(condition)).collect();
        if !rule.any.is_empty() {
            parts.push(self.either(&rule.any));
        }
        if !rule.unless.is_empty() {
            parts.push(Expr::Not(Box::new(self.either(&rule.unless))));
        }
        all(parts)
    }

    /// The rules, in their order.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    fn either(&mut self, conditions: &[Condition]) -> Expr {
        let parts: Vec<Expr> = conditions.iter().map(|condition| self.expr(condition)).collect();
        let order = order(&parts);
        Expr::Any(parts, order)
    }

    fn expr(&mut self, condition: &Condition) -> Expr {
        match condition {
            Condition::All(parts) => all(parts.iter().map(|part| self.expr(part)).collect()),
            Condition::Any(parts) => self.either(parts),
            Condition::Not(inner) => Expr::Not(Box::new(self.expr(inner))),
            Condition::Always(_) => Expr::Always,
            Condition::Test(comparison) => {
                let told = self.leaf(comparison);
                match (&comparison.subject, &comparison.test) {
                    (Subject::Field(name), Test::Members(quantity, _, names))
                        if *name == self.segments.field =>
                    {
                        let all = &self.segments.all;
                        let place = |name: &String| {
                            all.iter().position(|known| known.name.to_lowercase() == name.to_lowercase())
                        };
                        let named = names.iter().map(place).collect();
                        Expr::Segments { told, quantity: *quantity, named }
                    }
                    _ => Expr::Leaf(told),
                }
            }
        }
    }

    fn field(&mut self, name: &str) -> usize {
        let next = self.fields.len();
        let number = *self.numbers.entry(name.to_owned()).or_insert(next);
        if number == next {
            self.fields.push(name.to_owned());
        }
        number
    }

    fn slot(&mut self, field: usize, way: Way) -> usize {
        let way = Way { quotes: way.quotes, code: way.code, ..Way::default() };
        if let Some(found) = self.slots.iter().position(|slot| slot.field == field && slot.way == way) {
            return found;
        }
        self.slots.push(Slot {
            field,
            way,
            usual: Words::default(),
            loose: Words::default(),
            globs: Patterns::new(true),
            regexes: Patterns::new(false),
            exact_regexes: Patterns::new(true),
        });
        self.slots.len() - 1
    }

    fn leaf(&mut self, comparison: &Comparison) -> Leaf {
        let field = match &comparison.subject {
            Subject::Field(name) => self.field(name),
            _ => 0,
        };
        match &comparison.test {
            Test::IsSet => Leaf::IsSet { field },
            Test::Compare(order, amount) => {
                let (low, high) = bounds(*order, number(*amount));
                Leaf::Amount { of: self.measure(&comparison.subject, *amount), low, high }
            }
            Test::Between(low, high) => Leaf::Amount {
                of: self.measure(&comparison.subject, *low),
                low: Some((number(*low), true)),
                high: Some((number(*high), true)),
            },
            Test::Words(quantity, way, words) => {
                let slot = self.slot(field, *way);
                let found = self
                    .slots
                    .get_mut(slot)
                    .map(|slot| if way.loose { &mut slot.loose } else { &mut slot.usual });
                let ids = found.map(|found| words.iter().map(|word| found.add(word, *way)).collect());
                Leaf::Words { slot, loose: way.loose, quantity: *quantity, ids: ids.unwrap_or_default() }
            }
            Test::Matches(way, words) => {
                let slot = self.slot(field, *way);
                let found = self.slots.get_mut(slot).map(|slot| &mut slot.globs);
                let ids = found.map(|found| words.iter().map(|word| found.add(&glob(word))).collect());
                Leaf::Globs { slot, ids: ids.unwrap_or_default() }
            }
            Test::Regex(way, patterns) => {
                let slot = self.slot(field, *way);
                let found = self.slots.get_mut(slot);
                let found =
                    found.map(|slot| if way.case { &mut slot.exact_regexes } else { &mut slot.regexes });
                let ids = found.map(|found| patterns.iter().map(|pattern| found.add(pattern)).collect());
                Leaf::Regexes { slot, case: way.case, ids: ids.unwrap_or_default() }
            }
            Test::LooksLike(shapes) => Leaf::Shapes { field, shapes: shapes.clone() },
            Test::Members(quantity, _, items) => {
                Leaf::Members { field, quantity: *quantity, items: Items::new(items) }
            }
            Test::OneOf(none, words) => Leaf::OneOf { field, none: *none, words: words.clone() },
            Test::Within(outside, calendars) => {
                Leaf::Within { field, outside: *outside, calendars: calendars.clone() }
            }
        }
    }

    fn measure(&mut self, subject: &Subject, amount: Amount) -> Measure {
        let millis = |window: &crate::length::Length| window.millis().unwrap_or(0);
        match (subject, amount) {
            (Subject::Field(name), Amount::Length(length)) if length.unit.is_business() => {
                Measure::Business(self.field(name), length.unit)
            }
            (Subject::Field(name), _) => Measure::Field(self.field(name)),
            (Subject::Times { event, window }, _) => Measure::Times(event.clone(), millis(window)),
            (Subject::Distinct { who, event, window }, _) => {
                Measure::Distinct(who.clone(), event.clone(), millis(window))
            }
        }
    }
}

/// The event that sets a rule off, as it is looked up: each schedule is one of its own.
pub fn event_of(rule: &Rule, event: &str) -> String {
    match (rule.every, rule.each) {
        (Some(every), Some(each)) if event == SCHEDULE => format!("{SCHEDULE}: {every}, {each}"),
        _ => event.to_owned(),
    }
}

/// An amount in the measure it is compared in: milliseconds, business units, or as it is.
#[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^52 milliseconds")]
pub(crate) fn number(amount: Amount) -> f64 {
    match amount {
        Amount::Number(number) => number,
        Amount::Length(length) => length.millis().map_or(f64::from(length.amount), |millis| millis as f64),
    }
}

pub(crate) fn bounds(order: Order, value: f64) -> (Bound, Bound) {
    match order {
        Order::Less => (None, Some((value, false))),
        Order::AtMost => (None, Some((value, true))),
        Order::Equal => (Some((value, true)), Some((value, true))),
        Order::AtLeast => (Some((value, true)), None),
        Order::More => (Some((value, false)), None),
    }
}

fn all(parts: Vec<Expr>) -> Expr {
    let order = order(&parts);
    Expr::All(parts, order)
}

/// Plain values first; then texts, which are searched once for all rules, but searched; counters last, because each
/// asks the log.
fn order(parts: &[Expr]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|part| parts.get(*part).map_or(0, cost));
    order
}

fn cost(expr: &Expr) -> u32 {
    match expr {
        Expr::Always => 0,
        Expr::Leaf(leaf) => match leaf {
            Leaf::Members { .. } | Leaf::OneOf { .. } | Leaf::Within { .. } | Leaf::IsSet { .. } => 1,
            Leaf::Amount { of: Measure::Field(_), .. } => 1,
            Leaf::Words { .. } | Leaf::Globs { .. } | Leaf::Regexes { .. } => 3,
            Leaf::Amount { of: Measure::Business(..), .. } => 5,
            Leaf::Shapes { .. } => 10,
            Leaf::Amount { .. } => 20,
        },
        Expr::Segments { .. } => 20,
        Expr::Not(inner) => cost(inner),
        Expr::All(parts, _) | Expr::Any(parts, _) => parts.iter().map(cost).max().unwrap_or(0),
    }
}
