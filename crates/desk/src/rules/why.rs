//! "Why?" and "why not?": what rules make of a post, and what they did.

use mainstreet_db::Tx;
use mainstreet_kernel::id::{PostId, RuleId};
use mainstreet_kernel::{Actor, Error, Result, Timestamp};
use mainstreet_rules::{Outcome, Rule, RuleSet, Vocabulary};

use super::evaluation;
use super::facts::Setting;
use super::happenings::Happening;
use super::loading::{Needs, Window, lay_out};
use super::model::{Hit, Kept, Mode};
use super::report::Report;
use super::store::{hits, texts as store};
use crate::{segments, triage};

/// What one rule makes of a post.
#[derive(Clone, Debug)]
pub struct Why {
    /// The rule.
    pub rule: String,
    /// What it may do.
    pub mode: Mode,
    /// The event it was tried on.
    pub event: String,
    /// When that was.
    pub at: Timestamp,
    /// Every condition, and what was seen.
    pub outcome: Outcome,
}

impl Why {
    /// Every condition and what was seen, as lines for people.
    pub fn explained(&self) -> String {
        mainstreet_rules::why(&self.outcome)
    }
}

/// What every rule makes of a post, at each event it was part of, with what was known then; and the hits that were
/// kept.
///
/// # Errors
/// `NotFound` when the log knows no such post.
pub fn why(tx: &mut Tx<'_>, post: PostId) -> Result<(Vec<Why>, Vec<Hit>)> {
    let kept: Vec<(Kept, Rule)> =
        store::all(tx)?.into_iter().filter_map(|kept| Some((kept.clone(), kept.rule()?))).collect();
    let rules: Vec<Rule> = kept.iter().map(|(_, rule)| rule.clone()).collect();
    let written = mainstreet_community::posts::store::find(tx, post)?.created_at;
    let now = tx.now();
    let segments = segments::definitions(tx)?;
    let mut needs = Needs::of(&rules, &segments);
    needs.events.insert("post published".to_owned());
    // Around the post's own beginning, and then wherever the log speaks of it.
    let mut moments = vec![written];
    moments.extend(super::store::past::moments(tx, post)?);
    moments.sort_unstable();
    moments.dedup();
    let mut all = Vec::new();
    for at in moments.into_iter().filter(|at| *at <= now).take(20) {
        let to = at.plus(2 * super::happenings::SETTLES).min(now.plus(1));
        let (past, found) = lay_out(tx, &needs, Window { from: at, to, judged_to: None })?;
        let hours = triage::clocks(tx)?.hours;
        let setting = Setting { past: &past, hours: &hours, vocabulary: Vocabulary::standard() };
        let set = RuleSet::with(rules.clone(), segments.clone());
        let about =
            |one: &&Happening| one.post == post.0 && past.deed(one.deed).is_some_and(|deed| deed.at == at);
        for happening in found.iter().filter(about) {
            for (place, (kept, rule)) in kept.iter().enumerate() {
                if !happening.sets_off(rule) {
                    continue;
                }
                let Some(outcome) = evaluation::explain(&setting, &set, happening, place) else { continue };
                let (rule, mode, event) = (kept.name.clone(), kept.mode, happening.event.to_owned());
                all.push(Why { rule, mode, event, at: happening.at, outcome });
            }
        }
    }
    Ok((all, hits::on_post(tx, post.0)?))
}

/// The hits of a rule, the latest first.
pub fn hits_of(tx: &mut Tx<'_>, rule: RuleId, most: usize) -> Result<Vec<Hit>> {
    hits::latest(tx, rule, most)
}

/// A person says whether a match was right, without acting on the post. It counts as a review.
///
/// # Errors
/// Not staff.
pub fn label(tx: &mut Tx<'_>, actor: Actor, rule: RuleId, post: PostId, upheld: bool) -> Result<()> {
    if !actor.role.is_staff() {
        return Err(Error::forbidden("Labels are for those who work in the desk."));
    }
    hits::set_verdict(tx, rule, post.0, upheld, actor.person)
}

/// Keeps a back-test of the latest version of a rule, when that is what was tested.
pub fn keep_test(tx: &mut Tx<'_>, kept: &Kept, report: &Report) -> Result<()> {
    let text = serde_json::to_string(report).map_err(Error::internal)?;
    hits::put_test(tx, kept.id, kept.version, &text)
}

/// How often each rule hit, and when last.
pub fn counts(tx: &mut Tx<'_>) -> Result<Vec<(RuleId, i64, Option<Timestamp>)>> {
    hits::counts(tx)
}

/// Answers that rules put into an item as drafts, the latest first.
pub fn drafts(tx: &mut Tx<'_>, signal: mainstreet_kernel::id::SignalId) -> Result<Vec<super::model::Draft>> {
    super::store::waits::drafts(tx, signal)
}
