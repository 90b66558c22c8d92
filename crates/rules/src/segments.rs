//! Segments: members chosen by conditions, under a name that rules may ask for. A segment is read, checked and
//! printed like a rule without an event and without anything to do, and a rule that asks for it asks its conditions
//! of the same moment.

use crate::check::{comparisons, of_segment};
use crate::finding::{At, Finding};
use crate::length::brief;
use crate::read::{Reading, Sort, read_all};
use crate::rule::{Rule, Subject, Test};
use crate::{Setting, Vocabulary};

/// The set of names that segments have.
const SET: &str = "segments";

/// The segments there are.
#[derive(Clone, Debug, Default)]
pub struct Segments {
    pub(crate) field: String,
    pub(crate) all: Vec<Rule>,
}

/// The field that asks which segments somebody is in.
fn field(vocabulary: &Vocabulary) -> Option<&str> {
    let found = vocabulary.fields.iter().find(|field| field.names.as_deref() == Some(SET));
    found.map(|field| field.name.as_str())
}

impl Segments {
    /// Segments under their names.
    pub fn new(all: Vec<Rule>, vocabulary: &Vocabulary) -> Self {
        Self { field: field(vocabulary).unwrap_or_default().to_owned(), all }
    }

    /// All of them.
    pub fn all(&self) -> &[Rule] {
        &self.all
    }
}

/// Reads the segments of a text, with lines of `---` between them.
pub fn read_segments(text: &str, vocabulary: &Vocabulary) -> Reading {
    read_all(text, Sort::Segment, vocabulary)
}

/// Reads the segments of a text and checks what they mean. Only when [`crate::may_be_saved`] may they be saved.
pub fn examine_segments(text: &str, setting: &Setting<'_>) -> Reading {
    let mut reading = read_segments(text, setting.vocabulary);
    let found: Vec<Finding> =
        reading.rules.iter().flat_map(|segment| check_segment(segment, setting)).collect();
    reading.findings.extend(found);
    reading.findings.sort_by_key(|finding| (finding.at.line, finding.at.column));
    reading
}

/// Checks what a segment means: it asks about members and nothing else, and its conditions decide something.
pub fn check_segment(segment: &Rule, setting: &Setting<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if segment.name.contains([',', '[', ']', '{', '}', '"', '#', ':']) {
        let message = "The name of a segment stands in lists of rules: leave out , : # [ ] { } and quotes.";
        findings.push(Finding::error(segment.at, message));
    }
    for comparison in comparisons(segment) {
        let (written, why) = match &comparison.subject {
            Subject::Field(name) if Some(name.as_str()) == field(setting.vocabulary) => {
                (name.as_str(), "a segment cannot be made of segments. Write their conditions here")
            }
            Subject::Field(name) => match setting.vocabulary.field(name) {
                Some(known) if known.of != "author" => (name.as_str(), ABOUT),
                _ => continue,
            },
            Subject::Times { event, .. } | Subject::Distinct { event, .. } => {
                match setting.vocabulary.counts(event) {
                    // The same text as which? There is no post here.
                    Some(known) if known.of != "author" || event.starts_with("same text") => {
                        (event.as_str(), ABOUT)
                    }
                    _ => continue,
                }
            }
        };
        let message = format!("\"{}\" cannot be asked here: {why}.", brief(written));
        findings.push(Finding::error(comparison.at, message));
    }
    if findings.is_empty() {
        of_segment(segment, setting, &mut findings);
    }
    for finding in &mut findings {
        finding.rule = Some(segment.name.clone());
    }
    findings
}

const ABOUT: &str = "a segment chooses members, so it asks about \"author\" only";

/// The segments a rule asks for, each once, with where.
pub fn segments_of(rule: &Rule, vocabulary: &Vocabulary) -> Vec<(String, At)> {
    let Some(field) = field(vocabulary) else { return Vec::new() };
    let mut found: Vec<(String, At)> = Vec::new();
    for comparison in comparisons(rule) {
        let asks = matches!(&comparison.subject, Subject::Field(name) if name == field);
        if let (true, Test::Members(_, _, names)) = (asks, &comparison.test) {
            for name in names {
                if !found.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
                    found.push((name.clone(), comparison.at));
                }
            }
        }
    }
    found
}
