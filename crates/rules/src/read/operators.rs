//! The operators, and what each makes of its values.

use super::values::{self, Item};
use crate::finding::{At, Finding, nearest};
use crate::length::brief;
use crate::rule::{Amount, Order, Quantity, Spot, Test, Way};
use crate::vocabulary::{Field, FieldKind, Vocabulary};

/// An operator as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Sign(&'static str),
    Between,
    Has(Quantity),
    HasAt(Spot),
    Includes(Quantity),
    Matches,
    MatchesRegex,
    LooksLike,
    Is,
    IsNot,
    IsAnyOf,
    IsNoneOf,
    Within,
    Outside,
}

/// Operators of words, longest first where one begins another.
pub(crate) const WORDED: &[(&str, Operator)] = &[
    ("has any", Operator::Has(Quantity::Any)),
    ("has all", Operator::Has(Quantity::All)),
    ("has none", Operator::Has(Quantity::None)),
    ("starts with", Operator::HasAt(Spot::Starts)),
    ("ends with", Operator::HasAt(Spot::Ends)),
    ("includes any", Operator::Includes(Quantity::Any)),
    ("includes all", Operator::Includes(Quantity::All)),
    ("includes none", Operator::Includes(Quantity::None)),
    ("matches regex", Operator::MatchesRegex),
    ("matches", Operator::Matches),
    ("looks like", Operator::LooksLike),
    ("is any of", Operator::IsAnyOf),
    ("is none of", Operator::IsNoneOf),
    ("is exactly", Operator::HasAt(Spot::Exact)),
    ("is not", Operator::IsNot),
    ("is", Operator::Is),
    ("between", Operator::Between),
    ("within", Operator::Within),
    ("outside", Operator::Outside),
];

/// What can be asked of a field of this type, as it is written, for messages and for the form editor.
pub fn operators_of(kind: FieldKind) -> &'static [&'static str] {
    match kind {
        FieldKind::Text => &["has any", "has all", "has none", "matches", "matches regex", "looks like"],
        FieldKind::Number | FieldKind::Duration | FieldKind::Share => &["<", "<=", "=", ">=", ">", "between"],
        FieldKind::List => {
            &["includes any", "includes all", "includes none", "has any", "has all", "has none"]
        }
        FieldKind::Flag => &[],
        FieldKind::Choice => &["is", "is not", "is any of", "is none of"],
        FieldKind::Calendar => &["within", "outside"],
    }
}

/// A question put together from its parts.
pub(crate) struct Asked<'a> {
    pub(crate) field: &'a Field,
    pub(crate) name: &'a str,
    pub(crate) operator: Operator,
    pub(crate) spelled: &'a str,
    pub(crate) at: At,
    pub(crate) way: Way,
    pub(crate) items: &'a [Item],
}

impl Asked<'_> {
    /// The question, when the operator and its values fit the field's type.
    pub(crate) fn test(&self, vocabulary: &Vocabulary, findings: &mut Vec<Finding>) -> Option<Test> {
        match self.field.kind {
            FieldKind::Text => self.text(vocabulary, findings),
            FieldKind::Number | FieldKind::Duration | FieldKind::Share => self.amounts(findings),
            FieldKind::List => self.list(findings),
            FieldKind::Choice => self.choice(findings),
            FieldKind::Calendar => match self.operator {
                Operator::Within => Some(Test::Within(false, values::words(self.items, findings)?)),
                Operator::Outside => Some(Test::Within(true, values::words(self.items, findings)?)),
                _ => self.misfit(findings),
            },
            FieldKind::Flag => {
                let message = format!(
                    "\"{}\" is yes or no: write it alone, or with \"not\" before it.",
                    brief(self.name)
                );
                findings.push(Finding::error(self.at, message).meaning(Some(format!("not {}", self.name))));
                None
            }
        }
    }

    fn misfit<T>(&self, findings: &mut Vec<Finding>) -> Option<T> {
        let known = operators_of(self.field.kind);
        let message = format!(
            "\"{}\" cannot be asked of {}, which is {}. It can be: {}.",
            brief(self.spelled),
            self.name,
            self.field.kind.says(),
            known.join(", ")
        );
        let meant = match (self.field.kind, self.operator) {
            (FieldKind::Text, Operator::Is) => Some("is exactly"),
            (FieldKind::Text | FieldKind::List, Operator::Includes(_) | Operator::Has(_)) => None,
            (FieldKind::Text, _) => Some("has any"),
            (FieldKind::List, _) => Some("includes any"),
            (FieldKind::Number | FieldKind::Share | FieldKind::Duration, Operator::Is) => Some("="),
            (FieldKind::Choice, Operator::Includes(_) | Operator::Has(_)) => Some("is any of"),
            _ => nearest(self.spelled, known.iter().copied()),
        };
        findings.push(Finding::error(self.at, message).meaning(meant));
        None
    }

    fn text(&self, vocabulary: &Vocabulary, findings: &mut Vec<Finding>) -> Option<Test> {
        let mut way = self.way;
        let quantity = match self.operator {
            Operator::Has(quantity) => quantity,
            Operator::HasAt(spot) => {
                way.spot = spot;
                Quantity::Any
            }
            Operator::Matches => return Some(Test::Matches(way, self.globs(findings)?)),
            Operator::MatchesRegex => {
                let patterns = values::words(self.items, findings)?;
                let sound: Vec<_> = self.items.iter().map(|item| values::pattern(item, findings)).collect();
                return sound.iter().all(Option::is_some).then_some(Test::Regex(way, patterns));
            }
            Operator::LooksLike => {
                let known = vocabulary.shapes.iter().map(String::as_str);
                let shapes = values::chosen(self.items, &known, "something I can recognise", findings)?;
                return Some(Test::LooksLike(shapes));
            }
            _ => return self.misfit(findings),
        };
        let words = values::words(self.items, findings)?;
        for (item, word) in self.items.iter().zip(&words) {
            if crate::text::Folded::of_word(word, way).is_empty() {
                let message = "Nothing of this is left to look for: it has no sign that is read.";
                findings.push(Finding::error(item.at, message));
                return None;
            }
        }
        Some(Test::Words(quantity, way, words))
    }

    fn globs(&self, findings: &mut Vec<Finding>) -> Option<Vec<String>> {
        let words = values::words(self.items, findings)?;
        for (item, word) in self.items.iter().zip(&words) {
            if word.chars().all(|letter| matches!(letter, '*' | '?') || letter.is_whitespace()) {
                findings.push(Finding::error(item.at, "This matches every text. Add letters to the \"*\"."));
                return None;
            }
        }
        Some(words)
    }

    fn amount(&self, item: &Item, findings: &mut Vec<Finding>) -> Option<Amount> {
        match self.field.kind {
            FieldKind::Duration => values::length(item, findings).map(Amount::Length),
            FieldKind::Share => values::share(item, findings),
            _ => values::amount(item, self.field.most, self.field.whole, findings),
        }
    }

    fn amounts(&self, findings: &mut Vec<Finding>) -> Option<Test> {
        let order = match self.operator {
            Operator::Sign("<") => Order::Less,
            Operator::Sign("<=") => Order::AtMost,
            Operator::Sign("=") => Order::Equal,
            Operator::Sign(">=") => Order::AtLeast,
            Operator::Sign(">") => Order::More,
            Operator::Between => return self.between(findings),
            Operator::Sign(_) => {
                let message = "Write \"not\" before the question instead of \"!=\".";
                findings
                    .push(Finding::error(self.at, message).meaning(Some(format!("not {} = …", self.name))));
                return None;
            }
            _ => return self.misfit(findings),
        };
        let item = values::single(self.items, findings)?;
        Some(Test::Compare(order, self.amount(item, findings)?))
    }

    fn between(&self, findings: &mut Vec<Finding>) -> Option<Test> {
        let [low, high] = self.items else {
            let message = "\"between\" needs two values with \"and\" in between.";
            findings.push(Finding::error(self.at, message).meaning(Some("between 2 and 5")));
            return None;
        };
        let (low, high) = (self.amount(low, findings), self.amount(high, findings));
        match (low?, high?) {
            (Amount::Length(low), Amount::Length(high))
                if low.unit.is_business() != high.unit.is_business() =>
            {
                let message = "Business time and time on the clock cannot be mixed in one \"between\".";
                findings.push(Finding::error(self.at, message));
                None
            }
            (low, high) => Some(Test::Between(low, high)),
        }
    }

    fn list(&self, findings: &mut Vec<Finding>) -> Option<Test> {
        let (quantity, includes) = match self.operator {
            Operator::Includes(quantity) => (quantity, true),
            Operator::Has(quantity) => (quantity, false),
            _ => return self.misfit(findings),
        };
        Some(Test::Members(quantity, includes, self.one_of(findings)?))
    }

    fn choice(&self, findings: &mut Vec<Finding>) -> Option<Test> {
        let none = match self.operator {
            Operator::Is | Operator::IsAnyOf => false,
            Operator::IsNot | Operator::IsNoneOf => true,
            // What people write for it all the same: there is only one thing it can mean.
            Operator::Sign("=") | Operator::Includes(Quantity::Any) | Operator::Has(Quantity::Any) => false,
            Operator::Sign("!=") | Operator::Includes(Quantity::None) | Operator::Has(Quantity::None) => true,
            _ => return self.misfit(findings),
        };
        let words = self.one_of(findings)?;
        if words.len() > 1 && matches!(self.operator, Operator::Is | Operator::IsNot) {
            let meant = if none { "is none of" } else { "is any of" };
            let message = format!("\"{}\" takes one word; for several write \"{meant}\".", self.spelled);
            findings.push(Finding::error(self.at, message).meaning(Some(meant)));
            return None;
        }
        Some(Test::OneOf(none, words))
    }

    fn one_of(&self, findings: &mut Vec<Finding>) -> Option<Vec<String>> {
        if self.field.one_of.is_empty() {
            return values::words(self.items, findings);
        }
        let what = format!("a value of {}", self.name);
        values::chosen(self.items, &self.field.one_of.iter().map(String::as_str), &what, findings)
    }
}
