//! One happening, looked at by all rules: every value asked for once, every text searched once.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::Truth;
use super::compile::{Bound, Expr, Leaf, Measure, RuleSet, Slot};
use super::facts::{Facts, Value};
use crate::rule::Quantity;
use crate::text::{Fold, Folded, GAP, Hit};

pub(super) struct Scene<'a> {
    pub(super) set: &'a RuleSet,
    pub(super) facts: &'a dyn Facts,
    values: Vec<OnceCell<Option<Value>>>,
    texts: Vec<Searched>,
    /// Who is in which segment, once somebody asked.
    chosen: Vec<OnceCell<Truth>>,
}

/// What was found in one text field.
#[derive(Default)]
struct Searched {
    visible: OnceCell<Option<String>>,
    folded: OnceCell<Option<Folded>>,
    usual: OnceCell<HashMap<u32, Vec<Hit>>>,
    loose: OnceCell<HashMap<u32, Vec<Hit>>>,
    globs: OnceCell<Vec<bool>>,
    regexes: OnceCell<Vec<bool>>,
    exact_regexes: OnceCell<Vec<bool>>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(set: &'a RuleSet, facts: &'a dyn Facts) -> Self {
        let values = set.fields.iter().map(|_| OnceCell::new()).collect();
        let texts = set.slots.iter().map(|_| Searched::default()).collect();
        Self { set, facts, values, texts, chosen: set.chosen.iter().map(|_| OnceCell::new()).collect() }
    }

    pub(super) fn value(&self, field: usize) -> Option<&Value> {
        let name = self.set.fields.get(field)?;
        self.values.get(field)?.get_or_init(|| self.facts.value(name)).as_ref()
    }

    fn slot(&self, slot: usize) -> Option<(&Slot, &Searched)> {
        Some((self.set.slots.get(slot)?, self.texts.get(slot)?))
    }

    /// The text as patterns see it: lines that are passed over are empty.
    fn visible<'s>(&'s self, slot: &Slot, searched: &'s Searched) -> Option<&'s str> {
        let read = || match self.value(slot.field)? {
            Value::Text(passage) => Some(passage.visible(slot.way, b'\n').into_owned()),
            _ => None,
        };
        searched.visible.get_or_init(read).as_deref()
    }

    fn gapped(&self, slot: &Slot) -> Option<String> {
        match self.value(slot.field)? {
            Value::Text(passage) => {
                let gap = u8::try_from(u32::from(GAP)).unwrap_or(b' ');
                Some(passage.visible(slot.way, gap).into_owned())
            }
            _ => None,
        }
    }

    fn folded<'s>(&self, slot: &Slot, searched: &'s Searched) -> Option<&'s Folded> {
        let read = || self.gapped(slot).map(|text| Folded::new(&text, Fold::Usual));
        searched.folded.get_or_init(read).as_ref()
    }

    fn words(&self, slot: usize, loose: bool) -> Option<&HashMap<u32, Vec<Hit>>> {
        let (slot, searched) = self.slot(slot)?;
        let Value::Text(passage) = self.value(slot.field)? else { return None };
        if loose {
            let find = || {
                let text = self.gapped(slot).unwrap_or_default();
                slot.loose.find(&Folded::new(&text, Fold::Loose), &passage.text)
            };
            return Some(searched.loose.get_or_init(find));
        }
        let folded = self.folded(slot, searched)?;
        Some(searched.usual.get_or_init(|| slot.usual.find(folded, &passage.text)))
    }

    fn globs(&self, slot: usize) -> Option<&[bool]> {
        let (slot, searched) = self.slot(slot)?;
        let folded = self.folded(slot, searched)?;
        Some(searched.globs.get_or_init(|| slot.globs.find(&folded.text)))
    }

    fn regexes(&self, slot: usize, case: bool) -> Option<&[bool]> {
        let (slot, searched) = self.slot(slot)?;
        let text = self.visible(slot, searched)?;
        Some(if case {
            searched.exact_regexes.get_or_init(|| slot.exact_regexes.find(text))
        } else {
            searched.regexes.get_or_init(|| slot.regexes.find(text))
        })
    }

    pub(super) fn judge(&self, expr: &Expr) -> Truth {
        match expr {
            Expr::Always => Truth::Yes,
            Expr::Leaf(leaf) => self.leaf(leaf),
            Expr::Not(inner) => self.judge(inner).not(),
            Expr::All(parts, order) => self.fold(parts, order, Truth::Yes, Truth::No),
            Expr::Any(parts, order) => self.fold(parts, order, Truth::No, Truth::Yes),
            Expr::Segments { told, quantity, named } => match self.leaf(told) {
                Truth::Unknown => self.segments(*quantity, named),
                known => known,
            },
        }
    }

    /// Whether somebody is in a segment.
    pub(super) fn chosen(&self, segment: usize) -> Truth {
        let Some((body, known)) = self.set.chosen.get(segment).zip(self.chosen.get(segment)) else {
            return Truth::Unknown;
        };
        *known.get_or_init(|| self.judge(body))
    }

    fn segments(&self, quantity: Quantity, named: &[Option<usize>]) -> Truth {
        let each = named.iter().map(|place| place.map_or(Truth::Unknown, |place| self.chosen(place)));
        match quantity {
            Quantity::Any => each.max().unwrap_or(Truth::No),
            Quantity::All => each.min().unwrap_or(Truth::Yes),
            Quantity::None => each.max().unwrap_or(Truth::No).not(),
        }
    }

    /// Goes through the parts until one settles it.
    fn fold(&self, parts: &[Expr], order: &[usize], empty: Truth, settles: Truth) -> Truth {
        let mut whole = empty;
        for part in order.iter().filter_map(|part| parts.get(*part)) {
            let truth = self.judge(part);
            if truth == settles {
                return settles;
            }
            if truth == Truth::Unknown {
                whole = Truth::Unknown;
            }
        }
        whole
    }

    pub(super) fn leaf(&self, leaf: &Leaf) -> Truth {
        self.known(leaf).map_or(Truth::Unknown, Truth::from)
    }

    fn known(&self, leaf: &Leaf) -> Option<bool> {
        match leaf {
            Leaf::Words { slot, loose, quantity, ids } => {
                let found = self.words(*slot, *loose)?;
                let mut there = ids.iter().map(|id| found.contains_key(id));
                Some(holds(*quantity, &mut there))
            }
            Leaf::Globs { slot, ids } => Some(any(self.globs(*slot)?, ids)),
            Leaf::Regexes { slot, case, ids } => Some(any(self.regexes(*slot, *case)?, ids)),
            Leaf::Shapes { field, shapes } => self.shapes(*field, shapes),
            Leaf::Members { field, quantity, items } => {
                let Value::List(words) = self.value(*field)? else { return None };
                let mut lower = words.iter().map(|word| word.to_lowercase());
                Some(match quantity {
                    Quantity::Any => lower.any(|word| items.has(&word)),
                    Quantity::None => !lower.any(|word| items.has(&word)),
                    Quantity::All => {
                        let there: std::collections::HashSet<String> = lower.collect();
                        items.all.iter().all(|item| match item.strip_prefix('*') {
                            Some(end) if end.starts_with('.') => there.iter().any(|word| word.ends_with(end)),
                            _ => there.contains(item),
                        })
                    }
                })
            }
            Leaf::OneOf { field, none, words } => {
                let Value::Word(word) = self.value(*field)? else { return None };
                Some(words.iter().any(|one| one.eq_ignore_ascii_case(word)) != *none)
            }
            Leaf::Within { field, outside, calendars } => {
                let Value::List(open) = self.value(*field)? else { return None };
                Some(calendars.iter().any(|calendar| open.contains(calendar)) != *outside)
            }
            Leaf::IsSet { field } => match self.value(*field)? {
                Value::Flag(flag) => Some(*flag),
                _ => None,
            },
            Leaf::Amount { of, low, high } => Some(inside(self.measured(of)?, *low, *high)),
        }
    }

    /// A shape that is found settles it; one that cannot be told leaves it open.
    fn shapes(&self, field: usize, shapes: &[String]) -> Option<bool> {
        let name = self.set.fields.get(field)?;
        let found: Vec<Option<bool>> = shapes
            .iter()
            .map(|shape| self.facts.shape(name, shape).map(|places| !places.is_empty()))
            .collect();
        if found.contains(&Some(true)) {
            Some(true)
        } else {
            found.into_iter().collect::<Option<Vec<_>>>().map(|_| false)
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "durations and counts are far below 2^52")]
    pub(super) fn measured(&self, of: &Measure) -> Option<f64> {
        match of {
            Measure::Field(field) => match self.value(*field)? {
                Value::Number(number) => Some(*number),
                Value::Duration(millis) => Some(*millis as f64),
                _ => None,
            },
            Measure::Business(field, unit) => self.facts.business(self.set.fields.get(*field)?, *unit),
            Measure::Times(event, window) => self.facts.times(event, *window).map(|count| count as f64),
            Measure::Distinct(who, event, window) => {
                self.facts.distinct(who, event, *window).map(|count| count as f64)
            }
        }
    }

    /// Where in which field a condition found what it looks for, in bytes of the original text.
    pub(super) fn places(&self, leaf: &Leaf) -> Vec<(String, Hit)> {
        let name = |field: usize| self.set.fields.get(field).cloned().unwrap_or_default();
        let found = match leaf {
            Leaf::Words { slot, loose, ids, .. } => self.words(*slot, *loose).map(|found| {
                let hits = ids.iter().filter_map(|id| found.get(id)).flatten().copied();
                (self.set.slots.get(*slot).map_or(0, |slot| slot.field), hits.collect::<Vec<_>>())
            }),
            Leaf::Globs { slot, ids } => self.slot(*slot).and_then(|(slot, searched)| {
                let folded = self.folded(slot, searched)?;
                let hits = ids.iter().flat_map(|id| slot.globs.places(*id, &folded.text));
                Some((slot.field, hits.map(|(start, end)| folded.original(start, end)).collect()))
            }),
            Leaf::Regexes { slot, case, ids } => self.slot(*slot).and_then(|(slot, searched)| {
                let text = self.visible(slot, searched)?;
                let patterns = if *case { &slot.exact_regexes } else { &slot.regexes };
                Some((slot.field, ids.iter().flat_map(|id| patterns.places(*id, text)).collect()))
            }),
            Leaf::Shapes { field, shapes } => {
                let found = shapes.iter().filter_map(|shape| self.facts.shape(&name(*field), shape));
                Some((*field, found.flatten().collect()))
            }
            _ => None,
        };
        let Some((field, mut hits)) = found else { return Vec::new() };
        hits.sort_unstable();
        hits.dedup();
        hits.truncate(20);
        hits.into_iter().map(|hit| (name(field), hit)).collect()
    }
}

fn any(found: &[bool], ids: &[u32]) -> bool {
    ids.iter().any(|id| found.get(*id as usize) == Some(&true))
}

fn holds(quantity: Quantity, there: &mut impl Iterator<Item = bool>) -> bool {
    match quantity {
        Quantity::Any => there.any(|one| one),
        Quantity::All => there.all(|one| one),
        Quantity::None => !there.any(|one| one),
    }
}

fn inside(value: f64, low: Bound, high: Bound) -> bool {
    low.is_none_or(|(low, included)| value > low || included && value >= low)
        && high.is_none_or(|(high, included)| value < high || included && value <= high)
}
