//! The names a community has given: its tags, spaces, templates, guidelines.

use std::collections::{BTreeMap, BTreeSet};

/// Names by set. A set that is not given is not checked; an empty one has no members.
#[derive(Clone, Debug, Default)]
pub struct Names {
    sets: BTreeMap<String, BTreeSet<String>>,
    severities: BTreeMap<String, u32>,
}

impl Names {
    /// Adds a set, such as `tags`.
    #[must_use]
    pub fn with<'a>(mut self, set: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.sets.entry(set.to_owned()).or_default().extend(names.into_iter().map(str::to_owned));
        self
    }

    /// Adds a guideline with its severity: of two rules that conflict, the one citing the more severe one wins.
    #[must_use]
    pub fn guideline(mut self, id: &str, severity: u32) -> Self {
        self.severities.insert(id.to_owned(), severity);
        self.with("guidelines", [id])
    }

    /// The members of a set, or nothing when it is not given.
    pub fn set(&self, set: &str) -> Option<&BTreeSet<String>> {
        self.sets.get(set)
    }

    /// Severity of a guideline; 0 when there is none.
    pub fn severity(&self, guideline: Option<&str>) -> u32 {
        guideline.and_then(|id| self.severities.get(id)).copied().unwrap_or(0)
    }
}
