//! Time-ordered 64-bit ids, minted by the application.
//!
//! From the top: 42 bits of milliseconds since 1990, 8 bits of node, 13 bits of counter. Ids sort by the time
//! of what they name, page without an offset, and need no round trip. Shown as 13 base-32 characters, because
//! JSON numbers would lose bits. Imported things get ids of their original time, so that order by id is
//! order of happening.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use crate::clock::Timestamp;
use crate::error::Error;

/// 1990-01-01T00:00Z in milliseconds since 1970: the community software we import from is younger.
const EPOCH: i64 = 631_152_000_000;
const COUNTER_BITS: u32 = 13;
const LOW_BITS: u32 = 21;
/// Live nodes use 0 to 127; the upper half of the node numbers is left to ids of the past.
pub const MAX_NODE: u8 = 127;
const PAST: i64 = 1 << (LOW_BITS - 1);
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Mints ids for one process. Share one per process; no two processes on one database may share a node number.
#[derive(Debug)]
pub struct IdMint {
    node: i64,
    last: AtomicI64,
    past: AtomicU32,
}

impl IdMint {
    /// A mint for `node` (0 to [`MAX_NODE`]; higher numbers wrap). `seed` spreads the ids of the past, so that
    /// two imports do not collide: give it something random, or a constant for a repeatable run.
    pub fn new(node: u8, seed: u32) -> Self {
        Self { node: i64::from(node & MAX_NODE), last: AtomicI64::new(0), past: AtomicU32::new(seed) }
    }

    /// A new id for something that happens at `now`. Strictly increasing within this mint, also when the clock
    /// stands still or goes back.
    pub fn mint(&self, now: Timestamp) -> i64 {
        let wanted = millis(now) << COUNTER_BITS;
        let mut last = self.last.load(Ordering::Relaxed);
        loop {
            let next = wanted.max(last + 1);
            match self.last.compare_exchange_weak(last, next, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => {
                    let (time, counter) = (next >> COUNTER_BITS, next & ((1 << COUNTER_BITS) - 1));
                    return (time << LOW_BITS) | (self.node << COUNTER_BITS) | counter;
                }
                Err(seen) => last = seen,
            }
        }
    }

    /// A new id for something that happened at `at`, long ago. Two of them within one millisecond differ, and
    /// a million imported rows lie between two that could be equal.
    pub fn mint_past(&self, at: Timestamp) -> i64 {
        let count = i64::from(self.past.fetch_add(1, Ordering::Relaxed)) % PAST;
        (millis(at) << LOW_BITS) | PAST | count
    }
}

fn millis(at: Timestamp) -> i64 {
    at.0.saturating_sub(EPOCH).clamp(0, (1 << 42) - 1)
}

/// The instant an id was minted for.
pub fn time_of(id: i64) -> Timestamp {
    Timestamp((id >> LOW_BITS) + EPOCH)
}

/// The lowest id that something at `at` can have: ids of earlier things are smaller.
pub fn floor(at: Timestamp) -> i64 {
    millis(at) << LOW_BITS
}

/// Writes `id` as 13 base-32 characters that sort as the numbers do.
pub fn encode(id: i64) -> String {
    (0..13).rev().map(|place| char::from(ALPHABET[((id as u64 >> (place * 5)) & 31) as usize])).collect()
}

/// Reads what [`encode`] wrote. Anything else is `None`.
pub fn decode(text: &str) -> Option<i64> {
    if text.len() != 13 {
        return None;
    }
    let mut id: u64 = 0;
    for (place, byte) in text.bytes().enumerate() {
        let digit = ALPHABET.iter().position(|letter| *letter == byte)? as u64;
        if place == 0 && digit > 7 {
            return None;
        }
        id = (id << 5) | digit;
    }
    i64::try_from(id).ok()
}

/// Declares one id type per noun, so that a topic's id cannot be passed for a post's.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&encode(self.0))
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                decode(text).map(Self).ok_or_else(|| Error::not_found("There is nothing at this address."))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&encode(self.0))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                decode(&text).map(Self).ok_or_else(|| serde::de::Error::custom("not an id"))
            }
        }
    )*};
}

ids! {
    /// A channel account: our own forum, a Discourse archive, a Slack workspace.
    AccountId
    /// A person, wherever they were seen.
    PersonId
    /// A person's account on one channel.
    IdentityId
    /// A category or channel.
    SpaceId
    /// A conversation.
    TopicId
    /// One message in a conversation.
    PostId
    /// A label on topics.
    TagId
    /// A member's report that a post needs looking at.
    FlagId
    /// An inbox item of the desk.
    SignalId
    /// A note, escalation or other entry of the desk.
    EntryId
    /// A rule of the community.
    RuleId
    /// Members chosen by conditions, under a name.
    SegmentId
    /// A prepared answer.
    CannedReplyId
    /// A unit of background work.
    JobId
    /// A mail waiting to go out, or gone.
    MailId
    /// A decision of moderation.
    DecisionId
    /// Several decisions made in one go.
    BatchId
    /// A team of moderators.
    TeamId
    /// A member's wish that a decision is looked at again.
    AppealId
    /// A calm or raid mode: for a while, in one place, replies keep a distance and newcomers are looked at first.
    CalmId
    /// A conflict that was found.
    ConflictId
    /// A case in which a mediator talks with members who are at odds.
    MediationId
    /// Posts that were moved out of a conversation into another.
    SplitId
    /// A clean-up after a raid: one act over many posts and members.
    CleanupId
    /// A measure in the log of moderation that is no decision about somebody: calm mode, a clean-up, a change of the team.
    MeasureId
    /// What several conversations are about.
    ThemeId
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_form_round_trips_and_sorts(a in 0..i64::MAX, b in 0..i64::MAX) {
            prop_assert_eq!(decode(&encode(a)), Some(a));
            prop_assert_eq!(a.cmp(&b), encode(a).cmp(&encode(b)));
        }

        #[test]
        fn minted_ids_rise_whatever_the_clock_does(times in proptest::collection::vec(0..4_000_000_000_000_i64, 1..200)) {
            let mint = IdMint::new(3, 0);
            let ids: Vec<i64> = times.iter().map(|at| mint.mint(Timestamp(*at))).collect();
            prop_assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        }

        #[test]
        fn ids_keep_the_time_and_its_order(a in 631_152_000_000..4_000_000_000_000_i64, gap in 1..1_000_000_i64) {
            let mint = IdMint::new(3, 77);
            let (first, second) = (mint.mint_past(Timestamp(a)), mint.mint_past(Timestamp(a + gap)));
            prop_assert!(first < second);
            prop_assert_eq!(time_of(first), Timestamp(a));
            prop_assert!(floor(Timestamp(a)) <= first && first < floor(Timestamp(a + 1)));
        }

        #[test]
        fn any_text_is_an_id_or_none(text in ".{0,20}") {
            if let Some(id) = decode(&text) { prop_assert_eq!(encode(id), text); }
        }
    }

    #[test]
    fn one_millisecond_holds_many() {
        let mint = IdMint::new(0, 0);
        let ids: std::collections::HashSet<i64> =
            (0..20_000).map(|_| mint.mint(Timestamp(1_700_000_000_000))).collect();
        assert_eq!(ids.len(), 20_000);
        let past: std::collections::HashSet<i64> =
            (0..20_000).map(|_| mint.mint_past(Timestamp(1_700_000_000_000))).collect();
        assert_eq!(past.len(), 20_000);
        assert!(ids.is_disjoint(&past));
    }
}
