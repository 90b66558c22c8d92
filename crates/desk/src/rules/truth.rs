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
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Judgement {
    pub(super) at: Timestamp,
    /// True: it broke a guideline; false: it was looked at and left, or brought back.
    pub(super) upheld: bool,
    /// True when only an archive tells of it: somebody hid it there.
    pub(super) by_archive: bool,
    /// The clause of the guidelines that it cites.
    pub(super) clause: Option<String>,
}

impl Judgement {
    fn plain(at: Timestamp, upheld: bool) -> Self {
        Self { at, upheld, by_archive: false, clause: None }
    }
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
                let plain = Judgement::plain(deed.at, upheld);
                truth.add(deed.object, Judgement { by_archive: deed.by_archive(), ..plain });
            }
        }
        for (post, at, upheld) in store::resolutions(tx, from, to)? {
            truth.add(post.0, Judgement::plain(at, upheld));
        }
        // After the log's rows, so that of two words on one act the one that cites a clause counts.
        for decision in store::decisions(tx, from, to)? {
            let said = Judgement::plain(decision.at, decision.upheld);
            if decision.by_person && decision.at >= from && decision.at < to {
                truth.add(decision.post, Judgement { clause: Some(decision.clause), ..said });
            }
            // Taken back, or overturned by an appeal: whoever had decided was wrong.
            if let Some(at) = decision.undone_at.filter(|at| *at >= from && *at < to) {
                truth.add(decision.post, Judgement::plain(at, !decision.upheld));
            }
        }
        for (of, post, at, upheld) in hits::verdicts(tx)? {
            if Some(of) == rule {
                // A label is given when somebody looks, however long ago the match was: it is the latest word.
                let at = at.min(to.plus(-1)).max(from);
                truth.label(post, Judgement::plain(at, upheld));
            }
        }
        truth.of.values_mut().for_each(|all| all.sort_by_key(|judgement| judgement.at));
        Ok(truth)
    }

    /// True when some decision cites a clause: then recall can be counted within one.
    pub(super) fn cites(&self) -> bool {
        self.of.values().flatten().any(|judgement| judgement.clause.is_some())
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
        all.iter().rev().find(fits).cloned()
    }
}
