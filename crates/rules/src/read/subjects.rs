//! What a condition asks about: a field, or something that is counted.

use super::conditions::Reader;
use super::tokens::Kind;
use super::values::{self, Item};
use crate::finding::{At, Finding, nearest};
use crate::length::{Length, brief};
use crate::rule::Subject;
use crate::vocabulary::{Field, FieldKind};

impl Reader<'_, '_> {
    pub(super) fn subject(&mut self) -> Option<(Subject, Field)> {
        let at = self.at();
        let Some(word) = self.word() else {
            self.error(at, "A field is missing here, such as author.age.");
            return None;
        };
        self.next += 1;
        if self.peek() == Some(&Kind::Open) {
            return self.counter(word, at);
        }
        match self.vocabulary.field(word) {
            Some(field) => Some((Subject::Field(word.to_owned()), field.clone())),
            None if word.starts_with('!') => {
                let message = "Write \"not\" before a question instead of \"!\".";
                let meant = format!("not {}", word.trim_start_matches('!'));
                self.findings.push(Finding::error(at, message).meaning(Some(meant)));
                None
            }
            None => {
                let names = self.vocabulary.fields.iter().map(|field| field.name.trim_end_matches('*'));
                let meant = nearest(word, names.chain(["times(", "distinct(", "not", "always"]));
                let message = format!("There is no field \"{}\".", brief(word));
                self.findings.push(Finding::error(at, message).meaning(meant));
                None
            }
        }
    }

    fn counter(&mut self, word: &str, at: At) -> Option<(Subject, Field)> {
        let parts = self.arguments()?;
        let subject = match (word, parts.as_slice()) {
            ("times", [event, window]) => {
                Subject::Times { event: self.counted(event)?, window: self.window(window)? }
            }
            ("distinct", [who, event, window]) => {
                let known = self.vocabulary.who.iter().map(String::as_str);
                let found = values::chosen(
                    std::slice::from_ref(who),
                    &known,
                    "somebody I can tell apart",
                    self.findings,
                );
                let (event, window) = (self.counted(event), self.window(window));
                Subject::Distinct { who: found?.pop()?, event: event?, window: window? }
            }
            ("times", _) => {
                self.error(at, "\"times\" takes what is counted and a window: times(flag on post, 2 hours).");
                return None;
            }
            ("distinct", _) => {
                self.error(
                    at,
                    "\"distinct\" takes who, what and a window: distinct(flagger, flag on thread, 2 hours).",
                );
                return None;
            }
            _ => {
                let message = format!("I cannot count with \"{}\".", brief(word));
                let meant = nearest(word, ["times", "distinct"]);
                self.findings.push(Finding::error(at, message).meaning(meant));
                return None;
            }
        };
        Some((subject, counter_field()))
    }

    /// What stands in the brackets of a counter, split at commas.
    pub(super) fn arguments(&mut self) -> Option<Vec<Item>> {
        self.next += 1;
        let mut parts: Vec<Item> = Vec::new();
        let mut fresh = true;
        loop {
            let at = self.at();
            match self.peek() {
                Some(Kind::Close) => break self.next += 1,
                Some(Kind::Comma) => fresh = true,
                Some(Kind::Word(word) | Kind::Quoted(word)) => match parts.last_mut().filter(|_| !fresh) {
                    Some(last) => last.written = format!("{} {word}", last.written),
                    None => {
                        parts.push(Item { at, written: word.clone(), is_text: true, quoted: false });
                        fresh = false;
                    }
                },
                Some(_) | None => {
                    self.error(at, "A bracket is not closed here: \")\" is missing.");
                    return None;
                }
            }
            self.next += 1;
        }
        Some(parts)
    }

    fn counted(&mut self, item: &Item) -> Option<String> {
        let known = self.vocabulary.counted.iter().map(|counted| counted.name.as_str());
        values::chosen(std::slice::from_ref(item), &known, "something that is counted", self.findings)?.pop()
    }

    fn window(&mut self, item: &Item) -> Option<Length> {
        let window = values::length(item, self.findings)?;
        if window.unit.is_business() || window.amount == 0 || window.millis() > Some(400 * 86_400_000) {
            self.error(item.at, "A window is time on the clock, longer than nothing and at most 400 days.");
            return None;
        }
        Some(window)
    }
}

/// What a counter is: a whole number.
fn counter_field() -> Field {
    Field {
        name: "times".to_owned(),
        kind: FieldKind::Number,
        of: "any".to_owned(),
        whole: true,
        most: None,
        names: None,
        one_of: Vec::new(),
        scope: false,
        channel: false,
        from_text: None,
        says: "how often".to_owned(),
    }
}
