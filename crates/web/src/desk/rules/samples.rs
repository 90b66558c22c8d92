//! Examples in the form of a rule.

use super::choices::says;
use super::fields::Sample;

/// An example as it is shown.
#[derive(Clone, Debug)]
pub(super) struct SampleView {
    pub(super) key: String,
    pub(super) text: String,
    /// Field, what it is, and its values one a line.
    pub(super) facts: Vec<(String, String, String)>,
    pub(super) errors: Vec<String>,
}

pub(super) fn sample(part: &str, row: usize, sample: &Sample, errors: Vec<String>) -> SampleView {
    let facts = sample.facts.iter().map(|(name, values)| (name.clone(), says(name), values.join("\n")));
    SampleView { key: format!("{part}.{row}"), text: sample.text.clone(), facts: facts.collect(), errors }
}
