//! What flags weigh, and how much hides a post until somebody has looked. Pure.
//!
//! The scheme is that of Discourse: one for the flag, what the flagger is trusted, how right they were before, and a
//! bonus for grave reasons; a post is hidden at 6/9 of a base that is 12.5 at first and, once fifteen posts were
//! judged that two or more people had flagged, the 85th percentile of what their flags weighed together.

use mainstreet_kernel::Role;

/// The base before the place has one of its own.
pub const FIRST_BASE: f64 = 12.5;
/// From so many judged posts on, the place has a base of its own.
pub const ENOUGH: usize = 15;
/// Posts that fewer people flagged say nothing about how much is enough, as in Discourse. Nor does one member alone hide
/// anything, however much they are trusted.
pub const PEOPLE: usize = 2;
/// Sensitivity: medium, six of nine.
const SENSITIVITY: f64 = 6.0 / 9.0;
/// Flags that must be judged before being right counts.
const JUDGED: i64 = 5;
/// Being right this often earns nothing and costs nothing.
const AXIS: f64 = 0.7;

/// What is known of somebody who flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flagger {
    /// What they may do.
    pub role: Option<Role>,
    /// Published posts.
    pub posts: i64,
    /// Accepted answers.
    pub accepted: i64,
    /// Flags of theirs that staff agreed with.
    pub agreed: i64,
    /// Those that staff did not agree with.
    pub disagreed: i64,
}

/// What one flag weighs: never less than nothing.
pub fn weight(flagger: Flagger, reason: &str) -> f64 {
    (1.0 + trust(flagger) + accuracy(flagger.agreed, flagger.disagreed) + gravity(reason)).max(0.0)
}

/// How far somebody is trusted: staff 5, others 0 to 3 by what they gave. Our own steps: Discourse's trust levels count
/// reading as well, which we do not record.
fn trust(flagger: Flagger) -> f64 {
    match flagger {
        Flagger { role: Some(role), .. } if role.is_staff() => 5.0,
        Flagger { posts: 200.., .. } | Flagger { accepted: 20.., .. } => 3.0,
        Flagger { posts: 50.., .. } | Flagger { accepted: 5.., .. } => 2.0,
        Flagger { posts: 5.., .. } => 1.0,
        _ => 0.0,
    }
}

/// The bonus for having been right, which may be below nothing: none up to five judged flags; then how far the share of
/// agreed ones is from 70 %, as part of the way to 100 % or to 0 %, times five times the logarithm to the base four
/// of the number judged.
fn accuracy(agreed: i64, disagreed: i64) -> f64 {
    let total = agreed + disagreed;
    if total <= JUDGED {
        return 0.0;
    }
    let share = agreed as f64 / total as f64;
    let way = if share >= AXIS { (share - AXIS) / (1.0 - AXIS) } else { -(AXIS - share) / AXIS };
    way * (total as f64).log(4.0) * 5.0
}

/// Attacks and dangerous advice cannot wait.
fn gravity(reason: &str) -> f64 {
    if matches!(reason, "harassment" | "wrong") { 1.0 } else { 0.0 }
}

/// The score at which a post is hidden. `upheld`: what the flags on each post that staff agreed with weighed together.
pub fn threshold(upheld: &[f64]) -> f64 {
    let base = if upheld.len() < ENOUGH { FIRST_BASE } else { percentile(upheld, 0.85) };
    base * SENSITIVITY
}

/// By linear interpolation between the closest ranks.
fn percentile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = part * (sorted.len().saturating_sub(1)) as f64;
    let at = |index: usize| sorted.get(index).copied().unwrap_or(FIRST_BASE);
    let (low, high) = (at(place.floor() as usize), at(place.ceil() as usize));
    low + (high - low) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(posts: i64, agreed: i64, disagreed: i64) -> Flagger {
        Flagger { role: Some(Role::Member), posts, accepted: 0, agreed, disagreed }
    }

    #[track_caller]
    fn check(flagger: Flagger, reason: &str, expect: f64) {
        let found = weight(flagger, reason);
        assert!((found - expect).abs() < 0.005, "{found} is not {expect}");
    }

    #[test]
    fn a_flag_weighs_by_who_raises_it_and_why() {
        check(member(0, 0, 0), "spam", 1.0);
        check(member(0, 0, 0), "harassment", 2.0);
        check(member(5, 0, 0), "spam", 2.0);
        check(member(60, 0, 0), "spam", 3.0);
        check(member(0, 5, 0), "spam", 1.0);
        check(member(0, 6, 0), "spam", 1.0 + 5.0 * 6.0_f64.log(4.0));
        check(member(0, 7, 3), "spam", 1.0);
        check(member(0, 0, 16), "spam", 0.0);
        check(member(0, 8, 8), "spam", 0.0);
        check(Flagger { role: Some(Role::Moderator), ..member(0, 0, 0) }, "other", 6.0);
        check(Flagger { accepted: 20, ..member(0, 0, 0) }, "spam", 4.0);
    }

    #[test]
    fn the_threshold_becomes_the_places_own() {
        let near =
            |found: f64, expect: f64| assert!((found - expect).abs() < 0.005, "{found} is not {expect}");
        near(threshold(&[]), 8.333);
        near(threshold(&[100.0; 14]), 8.333);
        near(threshold(&[3.0; 15]), 2.0);
        let rising: Vec<f64> = (1..=21).map(f64::from).collect();
        near(threshold(&rising), 12.0);
    }
}
