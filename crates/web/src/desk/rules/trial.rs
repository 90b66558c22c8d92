//! The box in which a rule is tried on a text.

use mainstreet_desk::rules::{Act, Sample, Tried};
use mainstreet_rules::{Outcome, Trace, Truth, Vocabulary};

use super::fields::Typed;

/// A value that no text tells.
pub(super) struct Untold {
    pub(super) name: String,
    pub(super) says: String,
    pub(super) hint: &'static str,
    pub(super) value: String,
}

/// A condition and what was seen, one line each, with how deep it stands.
pub(super) struct Seen {
    pub(super) depth: usize,
    pub(super) tone: &'static str,
    pub(super) word: &'static str,
    pub(super) says: String,
    pub(super) saw: String,
}

/// The box: what was typed, and what came of it.
#[derive(Default)]
pub(super) struct Trial {
    pub(super) text: String,
    pub(super) untold: Vec<Untold>,
    pub(super) errors: Vec<String>,
    pub(super) done: bool,
    pub(super) verdict: &'static str,
    pub(super) tone: &'static str,
    pub(super) seen: Vec<Seen>,
    pub(super) acts: Vec<Act>,
    pub(super) others: Vec<String>,
    /// The text with what was found in it marked: pieces, and whether they were found.
    pub(super) marked: Vec<(String, bool)>,
}

impl Trial {
    /// What was typed into the box.
    pub(super) fn read(typed: &Typed) -> Sample {
        let known = (0..typed.known())
            .map(|row| (typed.one(&format!("try.k.{row}.name")), typed.one(&format!("try.k.{row}.v"))));
        Sample { text: typed.one("try.text"), known: known.collect() }
    }

    pub(super) fn new(
        sample: Sample,
        untold: Vec<String>,
        tried: Option<Result<Tried, Vec<String>>>,
    ) -> Self {
        let untold = untold.into_iter().map(|name| {
            let value = sample.known.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
            let (says, hint) = says(&name);
            Untold { name, says, hint, value: value.unwrap_or_default() }
        });
        let mut trial = Self { untold: untold.collect(), text: sample.text, ..Self::default() };
        match tried {
            Some(Ok(tried)) => trial.came_of(tried),
            Some(Err(errors)) => trial.errors = errors,
            None => {}
        }
        trial
    }

    fn came_of(&mut self, tried: Tried) {
        self.done = true;
        (self.verdict, self.tone) = match tried.outcome.truth {
            Truth::Yes => ("It matches", "lamp"),
            Truth::No => ("It does not match", "leaf"),
            Truth::Unknown => ("It depends on what is not filled in above", ""),
        };
        self.marked = marked(&self.text, &tried.outcome.trace);
        self.seen = seen(&tried.outcome);
        self.acts = tried.acts;
        self.others = tried.others.into_iter().map(|(rule, mode)| format!("{rule} ({mode})")).collect();
    }
}

fn says(name: &str) -> (String, &'static str) {
    use mainstreet_rules::FieldKind as Kind;
    let Some(field) = Vocabulary::standard().field(name) else {
        return (name.to_owned(), "how many");
    };
    let hint = match field.kind {
        Kind::Duration => "such as 3 hours",
        Kind::Flag => "true or false",
        Kind::List | Kind::Calendar => "several between commas",
        Kind::Share => "0 to 1",
        Kind::Number => "a number",
        Kind::Text | Kind::Choice => "",
    };
    (crate::desk::capital(&field.says), hint)
}

/// Every condition of an outcome with what was seen.
pub(super) fn seen(outcome: &Outcome) -> Vec<Seen> {
    fn collect(trace: &Trace, depth: usize, found: &mut Vec<Seen>) {
        let (word, tone) = match trace.truth {
            Truth::Yes => ("yes", "leaf"),
            Truth::No => ("no", "alarm"),
            Truth::Unknown => ("not known", "lamp"),
        };
        let (says, saw) = (trace.says.clone(), trace.saw.clone());
        found.push(Seen { depth: depth.min(3), tone, word, says, saw });
        trace.parts.iter().for_each(|part| collect(part, depth + 1, found));
    }
    let mut found = Vec::new();
    outcome.trace.parts.iter().for_each(|part| collect(part, 0, &mut found));
    found
}

/// The text in pieces, those that were found marked.
fn marked(text: &str, trace: &Trace) -> Vec<(String, bool)> {
    fn collect(trace: &Trace, found: &mut Vec<(usize, usize)>) {
        let own = trace.spans.iter().filter(|span| span.field == "post.text");
        found.extend(own.map(|span| (span.start, span.end)));
        trace.parts.iter().for_each(|part| collect(part, found));
    }
    let mut spans = Vec::new();
    collect(trace, &mut spans);
    spans.sort_unstable();
    let mut pieces = Vec::new();
    let mut at = 0;
    for (start, end) in spans {
        let (Some(before), Some(found)) = (text.get(at..start.max(at)), text.get(start.max(at)..end)) else {
            continue;
        };
        pieces.push((before.to_owned(), false));
        pieces.push((found.to_owned(), true));
        at = end;
    }
    pieces.push((text.get(at..).unwrap_or_default().to_owned(), false));
    pieces.retain(|(piece, _)| !piece.is_empty());
    pieces
}
