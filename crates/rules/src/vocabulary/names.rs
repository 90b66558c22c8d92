//! The names a community has given: its tags, spaces, templates, guidelines.

use std::collections::{BTreeMap, BTreeSet};

/// Names by set. A set that is not given is not checked; an empty one has no members.
#[derive(Clone, Debug, Default)]
pub struct Names {
    sets: BTreeMap<String, BTreeSet<String>>,
    aliases: BTreeMap<String, BTreeSet<String>>,
    severities: BTreeMap<String, u32>,
}

impl Names {
    /// Adds a set, such as `tags`.
    #[must_use]
    pub fn with<'a>(mut self, set: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.sets.entry(set.to_owned()).or_default().extend(names.into_iter().map(str::to_owned));
        self
    }

    /// Other spellings of members of a set: understood, and not offered.
    #[must_use]
    pub fn also<'a>(mut self, set: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.aliases.entry(set.to_owned()).or_default().extend(names.into_iter().map(str::to_owned));
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

    /// True when a set has a member of this name, or is not given.
    pub fn knows(&self, set: &str, name: &str) -> bool {
        let has =
            |sets: &BTreeMap<String, BTreeSet<String>>| sets.get(set).is_some_and(|all| all.contains(name));
        !self.sets.contains_key(set) || has(&self.sets) || has(&self.aliases)
    }

    /// Severity of a guideline; 0 when there is none.
    pub fn severity(&self, guideline: Option<&str>) -> u32 {
        guideline.and_then(|id| self.severities.get(id)).copied().unwrap_or(0)
    }
}
