//! Telling those who asked how it ended, in the conversation where they asked.

use std::collections::BTreeSet;

use mainstreet_community::posts::{self, NewReply};
use mainstreet_db::Tx;
use mainstreet_kernel::id::{PersonId, ThemeId};
use mainstreet_kernel::{Actor, Error, Kind as Fault, Result};

use super::actions::{hold, note, worker};
use super::model::{Act, Status, Theme, Turn};
use super::store::{self, NewStep, shown};

/// Most people told with one form.
pub const MOST_TOLD: usize = 50;
/// Conversations of a theme that are looked through for those who asked.
const LOOKED_AT: usize = 5_000;

/// Where each of these people asked last, of those that were not told yet.
fn waiting(tx: &mut Tx<'_>, theme: &Theme, people: &[PersonId]) -> Result<Vec<Turn>> {
    if !theme.status.can_be_told() {
        return Err(Error::conflict(
            "Nothing is decided yet. Accept or decline it first, then tell those who asked.",
        ));
    }
    let told: BTreeSet<PersonId> = store::told(tx, theme.id)?.into_iter().map(|(person, _)| person).collect();
    let mut seen = told;
    let mut latest = Vec::new();
    for turn in shown::turns(tx, theme.id, LOOKED_AT)? {
        if turn.counts && people.contains(&turn.person) && seen.insert(turn.person) {
            latest.push(turn);
        }
    }
    if latest.is_empty() {
        return Err(Error::invalid("Choose at least one person who asked and was not told yet."));
    }
    if latest.len() > MOST_TOLD {
        return Err(Error::invalid("Choose 50 people at most, then tell the next 50."));
    }
    Ok(latest)
}

/// Writes `body` as a reply by `actor` where each of these people asked last, and notes that they were told. Answers how
/// many were told and how many could not be written to, because their conversation is closed or not open to them.
///
/// # Errors
/// Those of a reply in the community; `Conflict` before anything was decided; `Invalid` when nobody was chosen.
pub fn tell(
    tx: &mut Tx<'_>,
    actor: Actor,
    id: ThemeId,
    people: &[PersonId],
    body: &str,
    token: &str,
) -> Result<(usize, usize)> {
    let me = worker(actor)?;
    if body.trim().is_empty() {
        return Err(Error::invalid("Write what you want to tell them first."));
    }
    let theme = hold(tx, id)?;
    let (mut told, mut left) = (0, 0);
    for turn in waiting(tx, &theme, people)? {
        let form_token = Some(format!("{token}-{}", turn.topic)).filter(|_| !token.is_empty());
        let new = NewReply { topic: turn.topic, body: body.to_owned(), reply_to: None, form_token };
        match posts::reply(tx, actor, &new) {
            Ok(post) => {
                store::add_told(tx, id, turn.person, me, Some(post.id))?;
                told += 1;
            }
            Err(error) if matches!(error.kind, Fault::Conflict | Fault::Forbidden | Fault::NotFound) => {
                left += 1;
            }
            Err(error) => return Err(error),
        }
    }
    finish(tx, actor, me, theme, told, &mainstreet_kernel::text::excerpt(body, 120))?;
    Ok((told, left))
}

/// Notes that these people were told elsewhere. Answers how many.
///
/// # Errors
/// Those of [`tell`].
pub fn mark_told(tx: &mut Tx<'_>, actor: Actor, id: ThemeId, people: &[PersonId]) -> Result<usize> {
    let me = worker(actor)?;
    let theme = hold(tx, id)?;
    let mut told = 0;
    for turn in waiting(tx, &theme, people)? {
        told += usize::from(store::add_told(tx, id, turn.person, me, None)?);
    }
    finish(tx, actor, me, theme, told, "elsewhere")?;
    Ok(told)
}

/// Notes the step; when everyone who asked knows an end, the theme is told.
fn finish(
    tx: &mut Tx<'_>,
    actor: Actor,
    me: PersonId,
    mut theme: Theme,
    told: usize,
    why: &str,
) -> Result<()> {
    if told == 0 {
        return Ok(());
    }
    let why = format!("{told}: {why}");
    note(tx, actor, &NewStep { why: &why, ..NewStep::of(theme.id, Act::Told, me) })?;
    let known: BTreeSet<PersonId> =
        store::told(tx, theme.id)?.into_iter().map(|(person, _)| person).collect();
    let all = shown::facts_of(tx, theme.id)?;
    let everyone = all.iter().filter(|fact| fact.counts).all(|fact| known.contains(&fact.person));
    if everyone && matches!(theme.status, Status::Shipped | Status::Declined) {
        let said = format!("{} → {}", theme.status, Status::Told);
        (theme.status, theme.status_at) = (Status::Told, Some(tx.now()));
        store::save(tx, &theme)?;
        note(tx, actor, &NewStep { why: &said, ..NewStep::of(theme.id, Act::Moved, me) })?;
    }
    Ok(())
}
