//! Trying rules on what happened, and saying why they hold or not.

pub(crate) mod compile;
mod cost;
mod facts;
mod scene;
mod trace;

use serde::{Deserialize, Serialize};

pub use compile::{RuleSet, event_of};
pub use cost::cost;
pub use facts::{Facts, Snapshot, Value};
use scene::Scene;
pub use trace::{Outcome, Span, Trace, why};

/// Whether something holds. What is not known is neither: a rule that hangs on it is not evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    /// It does not hold.
    No,
    /// It hangs on something that is not known.
    Unknown,
    /// It holds.
    Yes,
}

impl Truth {
    fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
            Self::Yes => Self::No,
        }
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

/// Rules looking at one happening.
pub struct Evaluation<'a> {
    scene: Scene<'a>,
    event: &'a str,
}

impl RuleSet {
    /// Looks at one happening with all rules. Nothing is asked of `facts` before a rule needs it.
    pub fn look<'a>(&'a self, event: &'a str, facts: &'a dyn Facts) -> Evaluation<'a> {
        Evaluation { scene: Scene::new(self, facts), event }
    }
}

impl Evaluation<'_> {
    /// The rules set off by the event that hold, and those that could not be evaluated, by their place in the list.
    pub fn verdicts(&self) -> Vec<(usize, Truth)> {
        let rules = self.scene.set.by_event.get(self.event).map(Vec::as_slice).unwrap_or_default();
        let judged = rules.iter().map(|rule| (*rule, self.truth(*rule)));
        judged.filter(|(_, truth)| *truth != Truth::No).collect()
    }

    /// Whether the conditions of a rule hold, whatever its event.
    pub fn truth(&self, rule: usize) -> Truth {
        self.scene.set.bodies.get(rule).map_or(Truth::No, |body| self.scene.judge(body))
    }

    /// Why a rule holds or not: every condition with what was seen. Nothing when there is no such rule.
    pub fn explain(&self, rule: usize) -> Option<Outcome> {
        trace::explain(&self.scene, self.event, rule)
    }
}

/// True when `key` (a member, say) is among the `percent` that the rule of this name leaves alone. The same key
/// always gets the same answer, and different rules leave different members alone.
pub fn held_out(rule: &str, key: &str, percent: u8) -> bool {
    // FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/
    let bytes = rule.bytes().chain([0]).chain(key.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    // The upper bits are mixed best.
    (hash ^ (hash >> 29)) >> 16 & 0xffff_ffff < u64::from(percent) * 0xffff_ffff / 100
}

#[cfg(test)]
mod tests {
    use super::held_out;

    #[test]
    fn about_the_share_asked_for_is_left_alone_and_always_the_same() {
        for (rule, percent) in [("Welcome", 10_u8), ("Rescue", 10), ("Welcome", 50), ("x", 90)] {
            let left = (0..10_000).filter(|member| held_out(rule, &member.to_string(), percent)).count();
            assert!(left.abs_diff(usize::from(percent) * 100) < 250, "{rule}, {percent}: {left} of 10000");
        }
        assert_eq!(held_out("a", "mira", 10), held_out("a", "mira", 10));
        let both = (0..10_000)
            .map(|member| member.to_string())
            .filter(|m| held_out("a", m, 10) && held_out("b", m, 10));
        assert!((50..170).contains(&both.count()), "two rules leave different members alone");
    }
}
