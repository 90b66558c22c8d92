//! The enforcement ladder: what to do next, from the clause and the strikes that still count. A suggestion, no more.

use mainstreet_community::guidelines::Severity;
use mainstreet_community::moderation::Act;
use mainstreet_kernel::clock::HOUR;

/// A rung: from so many strikes on, this act, for so long (milliseconds).
pub const RUNGS: &[(i64, Act, Option<i64>)] = &[
    (1, Act::Warn, None),
    (3, Act::Mute, Some(24 * HOUR)),
    (6, Act::Silence, Some(72 * HOUR)),
    (9, Act::Suspend, Some(168 * HOUR)),
    (12, Act::Suspend, Some(720 * HOUR)),
    (18, Act::Ban, None),
];

/// What the ladder says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What to do about the member.
    pub act: Act,
    /// For how long, in milliseconds.
    pub length: Option<i64>,
    /// Strikes that count already.
    pub counting: i64,
    /// Strikes that this breach adds.
    pub adds: i64,
}

/// What comes next for somebody with `counting` strikes who breaks a clause of this severity. The lengths are the steps
/// that Discourse suggests (24, 72, 168, 720 hours); the thresholds are ours: a first minor or serious breach never
/// costs more than a day, and nobody is banned for fewer than three severe ones.
pub fn suggest(severity: Severity, counting: i64) -> Suggestion {
    let (adds, _) = severity.strikes();
    let sum = counting + adds;
    let rung = RUNGS.iter().rev().find(|rung| rung.0 <= sum);
    let (act, length) = rung.map_or((Act::Warn, None), |rung| (rung.1, rung.2));
    Suggestion { act, length, counting, adds }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(severity: Severity, counting: i64, act: Act, hours: Option<i64>) {
        let found = suggest(severity, counting);
        assert_eq!(
            (found.act, found.length.map(|length| length / HOUR)),
            (act, hours),
            "{severity:?} {counting}"
        );
    }

    #[test]
    fn each_breach_leads_one_rung_up_at_most_as_far_as_it_weighs() {
        check(Severity::Minor, 0, Act::Warn, None);
        check(Severity::Minor, 1, Act::Warn, None);
        check(Severity::Minor, 2, Act::Mute, Some(24));
        check(Severity::Serious, 0, Act::Mute, Some(24));
        check(Severity::Serious, 3, Act::Silence, Some(72));
        check(Severity::Severe, 0, Act::Silence, Some(72));
        check(Severity::Severe, 3, Act::Suspend, Some(168));
        check(Severity::Severe, 6, Act::Suspend, Some(720));
        check(Severity::Serious, 14, Act::Suspend, Some(720));
        check(Severity::Severe, 12, Act::Ban, None);
    }

    #[test]
    fn rungs_rise() {
        assert!(RUNGS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
