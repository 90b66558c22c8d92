//! The shape of a figure.

use serde::Serialize;

use super::definitions::Definition;
use super::rates::{Interval, Share};
use super::survival::{Estimate, Quantile};

/// A number with all that is needed to believe it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// The id of its definition, with `.all-topics` when it is about all topics for want of questions.
    pub id: String,
    /// What it means.
    #[serde(skip)]
    pub definition: &'static Definition,
    /// The version of its definition.
    pub version: u32,
    /// Its name for people.
    pub name: &'static str,
    /// The value in the definition's unit; nothing when it cannot be known.
    pub value: Option<f64>,
    /// What it is counted in.
    pub unit: super::definitions::Unit,
    /// The lower end of its 95 % interval; nothing for a complete count.
    pub low: Option<f64>,
    /// The upper end; nothing for a complete count, or when the data do not reach so far.
    pub high: Option<f64>,
    /// How many it was counted from.
    pub n: Option<u64>,
    /// How many of them had it.
    pub k: Option<u64>,
    /// What must be known to read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Its course or its parts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<Point>,
    /// Survival curve, where it is one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub curve: Vec<Tread>,
    /// Cohorts, where it is about them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cohorts: Vec<Cohort>,
    /// The address in the desk of the list behind it.
    pub behind: String,
}

/// A day, a week or a part of a figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    /// The first day of the period (ISO 8601), or the name of the part.
    pub at: String,
    /// Its value.
    pub value: Option<f64>,
    /// The lower end of its interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// The upper end of its interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// How many it was counted from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<u64>,
    /// How many of them had it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub k: Option<u64>,
    /// True while its period is still running.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// Counts by kind, where the point is a week of the contribution mix: topics, replies, reactions, acceptances.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<i64>,
    /// How many of the counted were taken back later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversed: Option<u64>,
    /// From where to where the value usually lies in this community.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normal: Option<[f64; 2]>,
}

/// From `hours` on, `waiting` of those asked are still waiting.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Tread {
    /// Hours since asking.
    pub hours: f64,
    /// The share still waiting.
    pub waiting: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end of its interval.
    pub high: f64,
}

/// People who first contributed in one ISO week.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cohort {
    /// The Monday.
    pub week_of: String,
    /// The same, as a day number.
    #[serde(skip)]
    pub monday: mainstreet_kernel::Day,
    /// How many.
    pub people: u64,
    /// Their own weeks from 1 on, as far as all have lived through them.
    pub weeks: Vec<Return>,
}

/// How many of a cohort contributed in one of their weeks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Return {
    /// The number of the week.
    pub week: i32,
    /// How many.
    pub k: u64,
    /// Their share.
    pub value: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end of its interval.
    pub high: f64,
}

impl Figure {
    /// A figure without a value yet.
    pub(super) fn of(definition: &'static Definition) -> Self {
        Self {
            id: definition.id.to_owned(),
            definition,
            version: definition.version,
            name: definition.name,
            value: None,
            unit: definition.unit,
            low: None,
            high: None,
            n: None,
            k: None,
            note: None,
            series: Vec::new(),
            curve: Vec::new(),
            cohorts: Vec::new(),
            behind: String::new(),
        }
    }

    /// A complete count: no interval.
    pub(super) fn count(mut self, count: u64) -> Self {
        (self.value, self.n) = (Some(count as f64), Some(count));
        self
    }

    /// A share with Wilson's interval.
    pub(super) fn share(mut self, share: Share) -> Self {
        (self.value, self.n, self.k) = (share.value(), Some(share.trials), Some(share.hits));
        self.between(share.value().map(|_| share.wilson()))
    }

    /// An estimate from a curve over `n`.
    pub(super) fn estimate(mut self, estimate: Option<Estimate>, n: u64) -> Self {
        (self.value, self.n) = (estimate.map(|estimate| estimate.value), Some(n));
        self.between(estimate.map(|estimate| estimate.interval))
    }

    /// A duration from a curve over `n`, in hours.
    pub(super) fn quantile(mut self, quantile: Option<Quantile>, n: u64) -> Self {
        self.n = Some(n);
        self.value = quantile.map(|quantile| hours(quantile.millis));
        self.low = quantile.and_then(|quantile| quantile.low).map(hours);
        self.high = quantile.and_then(|quantile| quantile.high).map(hours);
        self
    }

    fn between(mut self, interval: Option<Interval>) -> Self {
        self.low = interval.map(|interval| interval.low);
        self.high = interval.map(|interval| interval.high);
        self
    }

    pub(super) fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

impl Point {
    /// A point that is a share.
    pub(super) fn share(at: impl Into<String>, share: Share) -> Self {
        let interval = share.value().map(|_| share.wilson());
        Self {
            value: share.value(),
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
            n: Some(share.trials),
            k: Some(share.hits),
            ..Self::plain(at, None)
        }
    }

    /// A point that is an estimate over `n`.
    pub(super) fn estimate(at: impl Into<String>, estimate: Option<Estimate>, n: u64) -> Self {
        Self {
            low: estimate.map(|estimate| estimate.interval.low),
            high: estimate.map(|estimate| estimate.interval.high),
            n: Some(n),
            ..Self::plain(at, estimate.map(|estimate| estimate.value))
        }
    }

    /// A point that is a plain number.
    pub(super) fn plain(at: impl Into<String>, value: Option<f64>) -> Self {
        Self {
            at: at.into(),
            value,
            low: None,
            high: None,
            n: None,
            k: None,
            partial: false,
            counts: Vec::new(),
            reversed: None,
            normal: None,
        }
    }
}

/// Milliseconds as hours.
pub(super) fn hours(millis: i64) -> f64 {
    millis as f64 / mainstreet_kernel::clock::HOUR as f64
}
