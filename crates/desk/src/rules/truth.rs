//! What people decided about posts: the truth that rules are measured by. It is what moderators saw and did, not what
//! was right.
//!
//! Every kind of decision becomes a [`Judgement`]; a new kind (a decision of a case, an appeal) joins by pushing its
//! own here.

use std::collections::HashMap;

use mainstreet_db::Tx;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::RuleId;
use mainstreet_kernel::{Result, Timestamp, Verb};

use super::past::Past;
use super::store::{hits, past as store};

/// How long after a match a decision still is about it.
pub(super) const JUDGED_WITHIN: i64 = 30 * DAY;

/// One decision about a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Judgement {
    pub(super) at: Timestamp,
    /// True: it broke a guideline; false: it was looked at and left, or brought back.
    pub(super) upheld: bool,
    /// True when only an archive tells of it: somebody hid it there.
    pub(super) by_archive: bool,
}

/// Decisions by post.
#[derive(Debug, Default)]
pub(super) struct Truth {
    of: HashMap<i64, Vec<Judgement>>,
}

impl Truth {
    /// Everything people decided from `from` until `to`. `rule`: its own labels count too.
    pub(super) fn gather(
        tx: &mut Tx<'_>,
        past: &Past,
        (from, to): (Timestamp, Timestamp),
        rule: Option<RuleId>,
    ) -> Result<Self> {
        let mut truth = Self::default();
        for deed in past.deeds.iter().filter(|deed| deed.at >= from && deed.at < to) {
            let upheld = match deed.verb {
                Verb::PostHidden => true,
                Verb::PostDeleted if deed.word("by") == Some("staff") => true,
                Verb::PostRestored => false,
                Verb::FlagDecided => deed.yes("upheld") == Some(true),
                _ => continue,
            };
            // What Mainstreet did by itself is no human decision.
            if deed.actor != 0 || deed.by_archive() {
                truth.add(deed.object, Judgement { at: deed.at, upheld, by_archive: deed.by_archive() });
            }
        }
        for (post, at, upheld) in store::resolutions(tx, from, to)? {
            truth.add(post.0, Judgement { at, upheld, by_archive: false });
        }
        for (of, post, at, upheld) in hits::verdicts(tx)? {
            if Some(of) == rule {
                // A label is given when somebody looks, however long ago the match was: it is the latest word.
                let at = at.min(to.plus(-1)).max(from);
                truth.label(post, Judgement { at, upheld, by_archive: false });
            }
        }
        truth.of.values_mut().for_each(|all| all.sort_by_key(|judgement| judgement.at));
        Ok(truth)
    }

    fn add(&mut self, post: i64, judgement: Judgement) {
        self.of.entry(post).or_default().push(judgement);
    }

    fn label(&mut self, post: i64, judgement: Judgement) {
        self.of.insert(post, vec![Judgement { at: Timestamp(i64::MAX), ..judgement }]);
    }

    /// The latest decision about a post within thirty days after `at`.
    pub(super) fn after(&self, post: i64, at: Timestamp) -> Option<Judgement> {
        let all = self.of.get(&post)?;
        let fits = |judgement: &&Judgement| {
            judgement.at >= at && judgement.at <= at.plus(JUDGED_WITHIN)
                || judgement.at == Timestamp(i64::MAX)
        };
        all.iter().rev().find(fits).copied()
    }
}
