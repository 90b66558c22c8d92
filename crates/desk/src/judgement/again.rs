//! Reading open items again with the version in force: what would change is seen first, and a person says so.

use mainstreet_db::Tx;
use mainstreet_kernel::id::SignalId;
use mainstreet_kernel::{Actor, Error, Result};

use super::{Judgement, Reader, reader};
use crate::signals::steps::{Change, change, take_up};
use crate::signals::{self, Act, Sight, Signal};
use crate::triage::{Assessment, Risk};

/// So many items are looked at in one go, the latest first.
pub const MOST_AGAIN: usize = 200;

/// An item that another version read, and what would change.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The item as it stands.
    pub signal: Signal,
    /// What, as it was said, and as it would be.
    pub changes: Vec<(String, String, String)>,
}

/// Open items that another version read.
pub(super) fn older(tx: &mut Tx<'_>) -> Result<Vec<Signal>> {
    let name = reader::in_force(tx)?.name().to_owned();
    let open = signals::store::latest_open(tx, MOST_AGAIN)?;
    let other =
        |signal: &Signal| !signal.assessment.said.model.is_empty() && signal.assessment.said.model != name;
    Ok(open.into_iter().filter(other).collect())
}

/// What would change if the open items were read with the version in force. Nothing is changed.
pub fn differences(tx: &mut Tx<'_>) -> Result<Vec<Difference>> {
    let version = reader::in_force(tx)?;
    let mut all = Vec::new();
    for signal in older(tx)? {
        let now = signals::reassessed_with(tx, &signal, &version)?;
        all.push(Difference { changes: changes(&signal.assessment, &now), signal });
    }
    Ok(all)
}

/// Reads these items again. What a person set stays; each keeps a step in its history that says what changed, and can
/// be taken back.
///
/// # Errors
/// `Invalid` without an item; those of working on an item.
pub fn read_again(tx: &mut Tx<'_>, actor: Actor, ids: &[SignalId]) -> Result<usize> {
    if ids.is_empty() {
        return Err(Error::invalid("Choose the items that are to be read again."));
    }
    let version = reader::in_force(tx)?;
    let mut read = 0;
    for id in ids.iter().take(MOST_AGAIN) {
        let before = take_up(tx, actor, Sight { id: *id, version: None })?;
        if !before.state.is_open() || before.assessment.said.model == version.name() {
            continue;
        }
        one(tx, actor, &before, &version)?;
        read += 1;
    }
    Ok(read)
}

fn one(tx: &mut Tx<'_>, actor: Actor, before: &Signal, version: &Reader) -> Result<()> {
    let mut after = before.clone();
    after.assessment = signals::reassessed_with(tx, before, version)?;
    let changed = changes(&before.assessment, &after.assessment);
    let said: Vec<String> = changed.iter().map(|(what, was, is)| format!("{what} {was} → {is}")).collect();
    let said = if said.is_empty() { "nothing changes".to_owned() } else { said.join(", ") };
    let why = format!("read again with {}: {said}", version.name());
    let why = mainstreet_kernel::text::excerpt(&why, 400);
    change(tx, actor, before, after, &Change::new(Act::Triaged, before.state, &why)).map(drop)
}

fn changes(was: &Assessment, is: &Assessment) -> Vec<(String, String, String)> {
    let mut all = Vec::new();
    let mut note = |what: &str, was: &str, is: &str| {
        if was != is {
            all.push((what.to_owned(), was.to_owned(), is.to_owned()));
        }
    };
    note("intent", was.intent.is.as_str(), is.intent.is.as_str());
    note("urgency", was.urgency.is.as_str(), is.urgency.is.as_str());
    note("owner", was.owner.is.as_str(), is.owner.is.as_str());
    for risk in Risk::ALL {
        note(risk.label(), was.risk(*risk).as_str(), is.risk(*risk).as_str());
    }
    for judgement in [Judgement::NeedsReply, Judgement::Sentiment, Judgement::Spam] {
        let (was, is) = (was.said.of(judgement), is.said.of(judgement));
        note(super::spoken(judgement), was.map_or("?", |said| said.0), is.map_or("?", |said| said.0));
    }
    all
}
