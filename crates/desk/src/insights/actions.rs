//! What a person does with a theme. Each is a step of its history, and the program never undoes it.

use mainstreet_db::Tx;
use mainstreet_kernel::id::{EntryId, PersonId, ThemeId, TopicId};
use mainstreet_kernel::{Activity, Actor, Error, Object, Result, Verb, Visibility};
use serde_json::json;

use super::model::{Act, Kind, Status, Theme};
use super::status::may_move;
use super::store::{self, NewStep, NewTheme};

/// Longest name, in characters.
pub const LONGEST_NAME: usize = 120;
/// Longest note on a status, in characters.
const LONGEST_NOTE: usize = 1_000;

/// Who works with themes: staff, signed in.
pub(super) fn worker(actor: Actor) -> Result<PersonId> {
    actor
        .person
        .filter(|_| actor.role.is_staff())
        .ok_or_else(|| Error::forbidden("Only the people who run this community work with themes."))
}

/// Takes the lock that every change takes, then the theme as it stands.
pub(super) fn hold(tx: &mut Tx<'_>, id: ThemeId) -> Result<Theme> {
    store::next_revision(tx)?;
    store::find_standing(tx, id)
}

/// Notes a step in the history and in the log.
pub(super) fn note(tx: &mut Tx<'_>, actor: Actor, step: &NewStep<'_>) -> Result<EntryId> {
    let object = Object { kind: "theme", id: step.theme.0 };
    let activity = Activity::new(Verb::ThemeChanged, actor, object, tx.now()).seen_by(Visibility::Staff);
    tx.record(&activity.with(json!({ "act": step.act.as_str() })))?;
    store::add_step(tx, step)
}

fn checked_name(name: &str) -> Result<String> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err(Error::invalid("Write what the theme is called."));
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(Error::invalid("A name holds 120 characters at most. Shorten it."));
    }
    Ok(name)
}

/// Says that a theme is one: the program keeps it as it is.
///
/// # Errors
/// `Forbidden` for others than staff; `Conflict` when it joined another.
pub fn confirm(tx: &mut Tx<'_>, actor: Actor, id: ThemeId) -> Result<Theme> {
    let me = worker(actor)?;
    let mut theme = hold(tx, id)?;
    if theme.settled {
        return Ok(theme);
    }
    theme.settled = true;
    store::save(tx, &theme)?;
    note(tx, actor, &NewStep::of(id, Act::Confirmed, me))?;
    store::find(tx, id)
}

/// Gives a theme a name, which also confirms it.
///
/// # Errors
/// Those of [`confirm`]; `Invalid` for no name or a long one.
pub fn rename(tx: &mut Tx<'_>, actor: Actor, id: ThemeId, name: &str) -> Result<Theme> {
    let (me, name) = (worker(actor)?, checked_name(name)?);
    let mut theme = hold(tx, id)?;
    let was = std::mem::replace(&mut theme.name, name);
    (theme.named, theme.settled) = (true, true);
    store::save(tx, &theme)?;
    let why = format!("“{was}” → “{}”", theme.name);
    note(tx, actor, &NewStep { why: &why, ..NewStep::of(id, Act::Named, me) })?;
    store::find(tx, id)
}

/// Moves a theme on, with a note on why.
///
/// # Errors
/// Those of [`confirm`]; `Conflict` for a status that does not follow; `Invalid` for a long note, or a refusal
/// without one.
pub fn move_on(tx: &mut Tx<'_>, actor: Actor, id: ThemeId, to: Status, why: &str) -> Result<Theme> {
    let (me, why) = (worker(actor)?, why.trim());
    if why.chars().count() > LONGEST_NOTE {
        return Err(Error::invalid("A note holds 1000 characters at most. Shorten it."));
    }
    if to == Status::Declined && why.is_empty() {
        return Err(Error::invalid("Say why it will not be done: those who asked will want to know."));
    }
    let mut theme = hold(tx, id)?;
    may_move(theme.status, to)?;
    let said = format!("{} → {}{}{why}", theme.status, to, if why.is_empty() { "" } else { ": " });
    if to == Status::Open {
        store::forget_told(tx, id)?;
    }
    (theme.status, theme.status_at, theme.settled) = (to, Some(tx.now()), true);
    why.clone_into(&mut theme.note);
    store::save(tx, &theme)?;
    note(tx, actor, &NewStep { why: &said, ..NewStep::of(id, Act::Moved, me) })?;
    store::find(tx, id)
}

/// Joins a theme to another, which goes on with its id, name and status.
///
/// # Errors
/// Those of [`confirm`]; `Invalid` for a theme and itself.
pub fn merge(tx: &mut Tx<'_>, actor: Actor, gone: ThemeId, into: ThemeId) -> Result<EntryId> {
    let me = worker(actor)?;
    if gone == into {
        return Err(Error::invalid("Choose another theme than this one."));
    }
    let (mut from, to) = (hold(tx, gone)?, hold(tx, into)?);
    let topics = store::topics_of(tx, gone)?;
    store::place(tx, &topics, Some(into), true)?;
    from.merged_into = Some(into);
    store::save(tx, &from)?;
    settle(tx, to)?;
    store::let_together(tx, gone, into)?;
    note(tx, actor, &NewStep { other: Some(gone), topics: &topics, ..NewStep::of(into, Act::Merged, me) })
}

fn settle(tx: &mut Tx<'_>, mut theme: Theme) -> Result<()> {
    if theme.settled {
        return Ok(());
    }
    theme.settled = true;
    store::save(tx, &theme)
}

/// Takes a merger back: the theme that joined stands for itself again, with the conversations it brought. The program
/// never joins the two again.
///
/// # Errors
/// Those of [`confirm`]; `Conflict` when the step is no merger, or was taken back before.
pub fn part(tx: &mut Tx<'_>, actor: Actor, step: EntryId) -> Result<ThemeId> {
    let me = worker(actor)?;
    store::next_revision(tx)?;
    let step = store::find_step(tx, step)?;
    let Some((gone, _)) = step.other.clone().filter(|_| step.act == Act::Merged) else {
        return Err(Error::conflict("Only a merger can be taken apart again."));
    };
    store::undo_step(tx, step.id)?;
    let mut theme = store::find(tx, gone)?;
    if theme.merged_into != Some(step.theme) {
        return Err(Error::conflict(
            "These two have gone different ways since. Split the conversations off instead.",
        ));
    }
    let here = store::among(tx, step.theme, &step.topics)?;
    (theme.merged_into, theme.settled) = (None, true);
    store::save(tx, &theme)?;
    store::place(tx, &here, Some(gone), true)?;
    store::keep_apart(tx, gone, step.theme)?;
    note(
        tx,
        actor,
        &NewStep { other: Some(gone), topics: &here, ..NewStep::of(step.theme, Act::Parted, me) },
    )?;
    note(tx, actor, &NewStep { other: Some(step.theme), ..NewStep::of(gone, Act::Parted, me) })?;
    Ok(gone)
}

/// The chosen conversations that are in the theme.
fn chosen(tx: &mut Tx<'_>, theme: ThemeId, topics: &[TopicId]) -> Result<Vec<TopicId>> {
    let here = store::among(tx, theme, topics)?;
    if here.is_empty() {
        return Err(Error::invalid("Choose at least one conversation of this theme first."));
    }
    Ok(here)
}

/// Makes a theme of its own from some conversations. The program never joins the two again.
///
/// # Errors
/// Those of [`confirm`] and [`rename`]; `Invalid` when none was chosen.
pub fn split(
    tx: &mut Tx<'_>,
    actor: Actor,
    from: ThemeId,
    topics: &[TopicId],
    name: &str,
) -> Result<ThemeId> {
    let (me, name) = (worker(actor)?, checked_name(name)?);
    hold(tx, from)?;
    let topics = chosen(tx, from, topics)?;
    let new = store::insert(tx, &NewTheme { name: &name, size: topics.len(), by_person: true })?;
    store::place(tx, &topics, Some(new), true)?;
    store::keep_apart(tx, from, new)?;
    note(tx, actor, &NewStep { other: Some(new), topics: &topics, ..NewStep::of(from, Act::Split, me) })?;
    note(tx, actor, &NewStep { other: Some(from), topics: &topics, ..NewStep::of(new, Act::Split, me) })?;
    Ok(new)
}

/// Takes conversations out of a theme. They stand alone until a person puts them somewhere. Answers how many.
///
/// # Errors
/// Those of [`confirm`]; `Invalid` when none was chosen.
pub fn take_out(tx: &mut Tx<'_>, actor: Actor, from: ThemeId, topics: &[TopicId]) -> Result<usize> {
    let me = worker(actor)?;
    hold(tx, from)?;
    let topics = chosen(tx, from, topics)?;
    store::place(tx, &topics, None, true)?;
    note(tx, actor, &NewStep { topics: &topics, ..NewStep::of(from, Act::TakenOut, me) })?;
    Ok(topics.len())
}

/// Puts conversations into a theme, wherever they were. Answers how many.
///
/// # Errors
/// Those of [`confirm`]; `Invalid` when none was chosen.
pub fn put(tx: &mut Tx<'_>, actor: Actor, into: ThemeId, topics: &[TopicId]) -> Result<usize> {
    let me = worker(actor)?;
    hold(tx, into)?;
    if topics.is_empty() {
        return Err(Error::invalid("Choose at least one conversation first."));
    }
    store::place(tx, topics, Some(into), true)?;
    note(tx, actor, &NewStep { topics, ..NewStep::of(into, Act::Put, me) })?;
    Ok(topics.len())
}

/// Says what conversations were begun for. Answers how many.
///
/// # Errors
/// Those of [`confirm`]; `Invalid` when none was chosen.
pub fn count_as(
    tx: &mut Tx<'_>,
    actor: Actor,
    theme: ThemeId,
    topics: &[TopicId],
    kind: Kind,
) -> Result<usize> {
    let me = worker(actor)?;
    hold(tx, theme)?;
    let topics = chosen(tx, theme, topics)?;
    store::set_kind(tx, &topics, kind)?;
    note(
        tx,
        actor,
        &NewStep { why: kind.as_str(), topics: &topics, ..NewStep::of(theme, Act::Counted, me) },
    )?;
    Ok(topics.len())
}

impl NewStep<'_> {
    /// A step by a person, without more words.
    pub(super) fn of(theme: ThemeId, act: Act, actor: PersonId) -> Self {
        Self { theme, act, actor: Some(actor), why: "", other: None, topics: &[] }
    }
}
