//! What a back-test says (the design, 3.5).

use serde::{Deserialize, Serialize};

use crate::metrics::rates::Share;

/// A share with its interval and what it was counted from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The share, 0 to 1; nothing when there was nothing to count.
    pub value: Option<f64>,
    /// The lower end of its 95 % interval (Wilson).
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// How many had it.
    pub k: u64,
    /// Of how many.
    pub n: u64,
}

impl Measured {
    /// `k` of `n`.
    pub fn of(k: u64, n: u64) -> Self {
        let share = Share::new(k, n);
        let interval = share.value().map(|_| share.wilson());
        Self {
            value: share.value(),
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
            k,
            n,
        }
    }
}

/// One match.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Matched {
    /// `post` or `person`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: i64,
    /// The event that set the rule off.
    pub event: String,
    /// When.
    pub at: String,
    /// `upheld`, `cleared` or `unreviewed`.
    pub outcome: String,
}

/// Matches that may hurt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Harm {
    /// On what staff wrote.
    pub by_staff: Vec<String>,
    /// On what members with ten accepted answers or more wrote.
    pub by_experts: Vec<String>,
    /// On accepted answers.
    pub accepted_answers: Vec<String>,
    /// On the hundred posts of the time that got the most reactions.
    pub most_reacted: Vec<String>,
}

/// Matches shared with another rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overlap {
    /// The other rule.
    pub rule: String,
    /// How many matches both have.
    pub both: u64,
    /// How many only this one has.
    pub only_this: u64,
    /// How many only the other has.
    pub only_other: u64,
}

/// What differs from the version that is live.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The number of the live version.
    pub live_version: i64,
    /// Matches that the live version does not have.
    pub added: Vec<String>,
    /// Matches that only the live version has.
    pub lost: Vec<String>,
}

/// What came of a back-test.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// The rule's name.
    pub rule: String,
    /// The first instant of the window.
    pub from: String,
    /// The first instant after it.
    pub to: String,
    /// Events that were looked at.
    pub looked_at: u64,
    /// Events for which something the rule needs is not known.
    pub not_evaluated: u64,
    /// How many matches.
    pub matches: u64,
    /// The same a day.
    pub per_day: f64,
    /// Matches on members whom the rule leaves alone.
    pub held_out: u64,
    /// Matches that people upheld.
    pub upheld: u64,
    /// Matches that people cleared.
    pub cleared: u64,
    /// Matches that nobody looked at.
    pub unreviewed: u64,
    /// Reviewed matches on which an earlier version of this rule had acted: there it confirms itself.
    pub confirms_itself: u64,
    /// Upheld among the reviewed.
    pub precision: Measured,
    /// Upheld among all matches, as if all others were wrong.
    pub precision_floor: Measured,
    /// Matched among all that was upheld in scope.
    pub recall: Measured,
    /// Matches that may hurt.
    pub harm: Harm,
    /// Cleared matches on people who first wrote less than thirty days before.
    pub newcomers_among_cleared: Measured,
    /// Matches shared with other rules.
    pub overlap: Vec<Overlap>,
    /// What differs from the live version.
    pub difference: Option<Difference>,
    /// Up to twenty matches nobody looked at, drawn so that the same ones come up again, to be labelled.
    pub sample: Vec<String>,
    /// What looking at all matches would take, at two minutes each.
    pub minutes: f64,
    /// What must be known to read it.
    pub notes: Vec<String>,
    /// Every match.
    pub matched: Vec<Matched>,
}
