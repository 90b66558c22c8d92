//! Back-tests that run beside everything else: asked for on a page, worked off by whichever node comes first, with how
//! far they are in a table, so that anybody sees it and anybody can cancel.

use std::sync::atomic::Ordering;

use mainstreet_db::Tx;
use mainstreet_kernel::clock::SECOND;
use mainstreet_kernel::id::{EntryId, RuleId};
use mainstreet_kernel::{Actor, Error, Result, Timestamp};

use super::backtest::{USUAL_WINDOW, backtest};
use super::evaluation::Watch;
use super::report::Report;
use super::store::{hits, runs as store, texts};
use crate::triage::words;

/// Whoever runs one is heard of at least so often; after ten times that it was interrupted.
pub const BEAT: i64 = SECOND;
const SILENT: i64 = 10 * BEAT;

words! {
    /// Where a back-test stands.
    Stand, "Unknown state of a back-test." {
        /// Asked for.
        Waiting = "waiting",
        /// Some node works on it.
        Running = "running",
        /// It ends as soon as the node hears of it.
        Cancelling = "cancelling",
        /// Its report is there.
        Done = "done",
        /// Somebody ended it.
        Cancelled = "cancelled",
        /// The node that worked on it stopped.
        Interrupted = "interrupted",
        /// It could not be done.
        Failed = "failed",
    }
}

impl Stand {
    /// True when it has not ended.
    pub fn open(self) -> bool {
        matches!(self, Self::Waiting | Self::Running | Self::Cancelling)
    }
}

/// A back-test that was asked for.
#[derive(Clone, Debug)]
pub struct Run {
    /// Which.
    pub id: EntryId,
    /// Of which rule.
    pub rule: RuleId,
    /// Of which version.
    pub version: i64,
    /// The first instant of its window.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
    /// Where it stands.
    pub stand: Stand,
    /// Events it has looked at.
    pub looked_at: i64,
    /// Events there are; 0: not counted yet.
    pub total: i64,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it failed.
    pub why: String,
}

fn may_work(actor: Actor) -> Result<()> {
    if actor.role.is_staff() {
        return Ok(());
    }
    Err(Error::forbidden("Back-tests are for those who work in the desk."))
}

/// Asks for a back-test of the latest version over the last `days` days; the usual ninety when 0.
///
/// # Errors
/// Not staff; one of this rule runs already; more than ten years.
pub fn ask(tx: &mut Tx<'_>, actor: Actor, rule: RuleId, days: i64) -> Result<Run> {
    may_work(actor)?;
    let kept = texts::find(tx, rule)?;
    if store::latest(tx, rule)?.is_some_and(|run| run.stand.open()) {
        return Err(Error::conflict("This rule is being tried already. Wait for it, or cancel it."));
    }
    if !(0..=3_660).contains(&days) {
        return Err(Error::invalid("Try it on 1 to 3660 days."));
    }
    let now = tx.now();
    let window = if days == 0 { USUAL_WINDOW } else { days * mainstreet_kernel::clock::DAY };
    let run = Run {
        id: EntryId(tx.mint()),
        rule,
        version: kept.version,
        from: now.plus(-window),
        to: now,
        stand: Stand::Waiting,
        looked_at: 0,
        total: 0,
        asked_at: now,
        ended_at: None,
        why: String::new(),
    };
    store::add(tx, &run, actor.person)?;
    Ok(run)
}

/// Ends the one of a rule that has not ended.
///
/// # Errors
/// Not staff; none runs.
pub fn cancel(tx: &mut Tx<'_>, actor: Actor, rule: RuleId) -> Result<()> {
    may_work(actor)?;
    match store::latest(tx, rule)?.filter(|run| run.stand.open()) {
        Some(run) => store::cancel(tx, run.id),
        None => Err(Error::conflict("It has ended already.")),
    }
}

/// The last one of a rule.
pub fn latest(tx: &mut Tx<'_>, rule: RuleId) -> Result<Option<Run>> {
    store::latest(tx, rule)
}

/// Takes one that waits, and gives up those whose node went silent.
pub fn take(tx: &mut Tx<'_>) -> Result<Option<Run>> {
    let silent = tx.now().plus(-SILENT);
    store::give_up(tx, silent)?;
    match store::waiting(tx)? {
        Some(run) if store::begin(tx, run.id)? => Ok(Some(run)),
        _ => Ok(None),
    }
}

/// Does it. Reads only; `watch` tells how far it is.
///
/// # Errors
/// The rule's text cannot be read any more; cancelled through `watch`.
pub fn work(tx: &mut Tx<'_>, run: &Run, watch: &Watch) -> Result<Report> {
    let kept = texts::find(tx, run.rule)?;
    let rule = kept
        .rule()
        .ok_or_else(|| Error::conflict("This text cannot be read any more. Save it again first."))?;
    let mut reports = backtest(tx, &[rule], run.from, run.to, watch)?;
    Ok(reports.pop().unwrap_or_default())
}

/// Writes down how far it is; when somebody wants it to end, `watch` hears of it.
pub fn beat(tx: &mut Tx<'_>, run: &Run, watch: &Watch) -> Result<()> {
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let (done, total) = (watch.done.load(Ordering::Relaxed), watch.total.load(Ordering::Relaxed));
    if !store::beat(tx, run.id, count(done), count(total))? {
        watch.cancelled.store(true, Ordering::Relaxed);
    }
    Ok(())
}

/// Writes down how it ended. A report is kept when the rule still says what was tried.
pub fn end(tx: &mut Tx<'_>, run: &Run, came: Result<Report>) -> Result<()> {
    let now = store::find(tx, run.id)?;
    let cancelled = now.is_some_and(|run| run.stand == Stand::Cancelling);
    match came {
        Ok(report) => {
            let text = serde_json::to_string(&report).map_err(Error::internal)?;
            hits::put_test(tx, run.rule, run.version, &text)?;
            store::end(tx, run.id, Stand::Done.as_str(), "")
        }
        Err(_) if cancelled => store::end(tx, run.id, Stand::Cancelled.as_str(), ""),
        Err(error) => store::end(tx, run.id, Stand::Failed.as_str(), &error.safe),
    }
}
