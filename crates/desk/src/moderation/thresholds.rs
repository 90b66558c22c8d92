//! Flags that together weigh enough hide a post until a person has looked.

use std::collections::BTreeSet;

use mainstreet_community::flags::{self, weights};
use mainstreet_community::guidelines;
use mainstreet_community::moderation::{Act, Detail, Order, Target};
use mainstreet_db::Tx;
use mainstreet_kernel::id::PostId;
use mainstreet_kernel::{Actor, Kind, Result};

use super::decisions::decide;
use super::model::{Case, Ground, Source};

/// The clause of the starter sets that a reason to flag is about.
pub fn clause_of(reason: &str) -> &'static str {
    match reason {
        "spam" => "no-spam",
        "off_topic" => "on-topic",
        "wrong" => "safe-advice",
        _ => "be-kind",
    }
}

/// The score at which a post is hidden here, now.
pub fn hide_at(tx: &mut Tx<'_>) -> Result<f64> {
    Ok(weights::threshold(&flags::upheld_scores(tx)?))
}

/// Looks at posts that were just flagged, and hides those whose open flags weigh enough. The flags wait for a person,
/// the author is told and can appeal. Without guidelines nothing is hidden, nor what staff wrote.
pub fn weigh(tx: &mut Tx<'_>, posts: &BTreeSet<PostId>) -> Result<()> {
    if posts.is_empty() {
        return Ok(());
    }
    let threshold = hide_at(tx)?;
    for post in posts.iter().copied() {
        let open = flags::open_on(tx, post)?;
        let score: f64 = open.iter().map(|flag| flag.weight).sum();
        if score >= threshold && open.len() >= weights::PEOPLE {
            hide(tx, post, &open, (score, threshold))?;
        }
    }
    Ok(())
}

/// The reason that weighs most decides which clause is cited.
fn hide(tx: &mut Tx<'_>, post: PostId, open: &[flags::Flag], (score, threshold): (f64, f64)) -> Result<()> {
    let Some(version) = guidelines::holds(tx)? else { return Ok(()) };
    let weighs = |reason: &str| -> f64 {
        open.iter().filter(|flag| flag.reason == reason).map(|flag| flag.weight).sum()
    };
    let gravest = open.iter().max_by(|a, b| weighs(&a.reason).total_cmp(&weighs(&b.reason)));
    let reason = gravest.map_or("other", |flag| flag.reason.as_str());
    let wanted = version.clause(clause_of(reason)).or_else(|| version.clauses.first());
    let Some(clause) = wanted.map(|clause| clause.slug.clone()) else { return Ok(()) };
    let people = open.len();
    let why = format!(
        "{people} members flagged it, mostly as {}. Their flags weigh {score:.1}; from {threshold:.1} on a post is \
         hidden until a person has looked at it.",
        reason.replace('_', " ")
    );
    let order = Order { target: Target::Post(post), act: Act::Hide, why, until: None, detail: Detail::None };
    let source_id = open.first().map(|flag| flag.id.0);
    let case =
        Case { order, clause, source: Source::Flag, source_id, detected: true, ground: Ground::Incompatible };
    match decide(tx, Actor::SYSTEM, &case) {
        // What is away already, or was written by staff, is left to people.
        Err(error) if matches!(error.kind, Kind::Conflict | Kind::Forbidden) => Ok(()),
        other => other.map(drop),
    }
}
