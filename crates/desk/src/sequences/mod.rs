//! Sequences: a series of messages to one member. Wait, send, wait, send, until it ends; steps can be made to stop it
//! when the member has written meanwhile. A member walks a sequence once.

mod store;

use mainstreet_db::Tx;
use mainstreet_kernel::id::{EntryId, PersonId, PostId};
use mainstreet_kernel::{Actor, Error, Result, Role, Timestamp, text};
use mainstreet_rules::Length;
use serde::{Deserialize, Serialize};

use crate::{letters, triage};

/// Steps of a sequence.
const MOST_STEPS: usize = 20;
/// Walks that one sweep moves on.
const BATCH: usize = 200;

/// One step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Step {
    /// How long to wait first: `2 days`, `4 business hours`; empty: not at all.
    pub wait: String,
    /// The text that is sent.
    pub template: String,
    /// The sequence stops here when the member has written since it began.
    pub unless_wrote: bool,
}

/// A series of messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sequence {
    /// As rules call it.
    pub name: String,
    /// Its steps in their order.
    pub steps: Vec<Step>,
    /// Members who walk it, and who have walked it to an end.
    pub walks: (i64, i64),
    /// True when it is shipped and nobody changed it.
    pub shipped: bool,
}

/// The sequence that is there before anybody wrote one.
fn shipped() -> Sequence {
    let step = |wait: &str, template: &str, unless_wrote| Step {
        wait: wait.to_owned(),
        template: template.to_owned(),
        unless_wrote,
    };
    Sequence {
        name: "welcome-contributor".to_owned(),
        steps: vec![step("", "welcome-contributor", false), step("3 days", "welcome-again", true)],
        walks: (0, 0),
        shipped: true,
    }
}

/// All of them, by name.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Sequence>> {
    let mut all = store::all(tx)?;
    let first = shipped();
    if !all.iter().any(|one| one.name == first.name) {
        all.push(first);
    }
    for one in &mut all {
        one.walks = store::counts(tx, &one.name)?;
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(all)
}

/// The one of this name.
pub fn find(tx: &mut Tx<'_>, name: &str) -> Result<Option<Sequence>> {
    Ok(all(tx)?.into_iter().find(|one| text::fold(&one.name) == text::fold(name)))
}

/// Saves a sequence; one of the same name is changed. Who walks it goes on with the new steps.
///
/// # Errors
/// Not a manager; no name; no step, or too many; a length of time nobody can read; a text that does not exist.
pub fn save(tx: &mut Tx<'_>, actor: Actor, name: &str, steps: &[Step]) -> Result<()> {
    if actor.role < Role::Manager {
        return Err(Error::forbidden("A manager writes sequences. Ask one."));
    }
    let name = name.trim();
    let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | ' ');
    if name.is_empty() || name.chars().count() > 60 || !name.chars().all(plain) {
        return Err(Error::invalid(
            "Give it a name of letters, digits and hyphens, such as welcome-contributor.",
        ));
    }
    if steps.is_empty() || steps.len() > MOST_STEPS {
        return Err(Error::invalid("A sequence has 1 to 20 steps."));
    }
    let known = letters::templates(tx)?;
    for (place, step) in steps.iter().enumerate() {
        if !step.wait.is_empty() {
            Length::read(&step.wait)
                .map_err(|(message, _)| Error::invalid(format!("Step {}: {message}", place + 1)))?;
        }
        if !known.iter().any(|one| one.title.eq_ignore_ascii_case(&step.template)) {
            return Err(Error::invalid(format!(
                "Step {}: there is no prepared answer called \"{}\".",
                place + 1,
                step.template
            )));
        }
    }
    let json = serde_json::to_string(steps).map_err(Error::internal)?;
    store::put(tx, name, &json, actor.person)
}

/// What became of starting a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Started {
    Yes,
    Unknown,
    Already,
}

/// A member begins to walk a sequence, once.
pub(crate) fn start(
    tx: &mut Tx<'_>,
    name: &str,
    (person, post): (PersonId, Option<PostId>),
    hit: Option<EntryId>,
) -> Result<Started> {
    let Some(sequence) = find(tx, name)? else { return Ok(Started::Unknown) };
    let now = tx.now();
    let due = match sequence.steps.first() {
        Some(step) => due(tx, now, step)?,
        None => now,
    };
    let began = store::begin(tx, &sequence.name, (person, post, hit), due)?;
    Ok(if began { Started::Yes } else { Started::Already })
}

fn due(tx: &mut Tx<'_>, from: Timestamp, step: &Step) -> Result<Timestamp> {
    match Length::read(&step.wait) {
        Ok(length) => Ok(triage::clocks(tx)?.hours.after(from, length)),
        Err(_) => Ok(from),
    }
}

/// Where somebody stands in a sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walker {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The next step, from 0.
    pub step: usize,
    /// When it is due.
    pub due_at: Timestamp,
    /// True while they walk on.
    pub walks: bool,
    /// Why they do not.
    pub why: String,
}

/// What is written beside a walk that its member left.
const LEFT: &str = "the member left";
/// What is written beside a walk that the team stopped.
const STOPPED: &str = "the team stopped it";

/// Who walks a sequence or has walked it lately, those who walk first.
pub fn walkers(tx: &mut Tx<'_>, name: &str) -> Result<Vec<Walker>> {
    store::walkers(tx, name)
}

/// Where a member stands in a sequence; nothing: they never began it.
pub fn walker(tx: &mut Tx<'_>, name: &str, person: PersonId) -> Result<Option<Walker>> {
    Ok(store::walker(tx, name, person)?.filter(|walker| walker.walks || walker.why == LEFT))
}

/// A member leaves a sequence, or the team takes them out of it: nothing more of it is sent.
///
/// # Errors
/// `Forbidden` for other members, `Conflict` when they do not walk it.
pub fn leave(tx: &mut Tx<'_>, actor: Actor, name: &str, person: PersonId) -> Result<()> {
    let why = by(actor, person)?;
    store::turn(tx, (name, person), ("walking", "stopped"), ("", why), None)
}

/// Takes [`leave`] back: the walk goes on where it stopped. Who left by themselves only comes back by themselves.
///
/// # Errors
/// As [`leave`].
pub fn walk_on(tx: &mut Tx<'_>, actor: Actor, name: &str, person: PersonId) -> Result<()> {
    let why = by(actor, person)?;
    let now = tx.now();
    store::turn(tx, (name, person), ("stopped", "walking"), (why, ""), Some(now))
}

fn by(actor: Actor, person: PersonId) -> Result<&'static str> {
    match () {
        () if actor.is(person) => Ok(LEFT),
        () if actor.role.is_staff() => Ok(STOPPED),
        () => Err(Error::forbidden("Only the member and the team can do this.")),
    }
}

/// A walk that is due.
pub(crate) struct Walk {
    pub(crate) id: EntryId,
    pub(crate) sequence: String,
    pub(crate) person: PersonId,
    pub(crate) post: Option<PostId>,
    pub(crate) started_at: Timestamp,
    pub(crate) step: usize,
}

/// Moves on whoever's next step is due. Run it every minute, on any one node at a time; twice does no harm.
pub fn sweep(tx: &mut Tx<'_>) -> Result<()> {
    for walk in store::due(tx, BATCH)? {
        move_on(tx, &walk)?;
    }
    Ok(())
}

fn move_on(tx: &mut Tx<'_>, walk: &Walk) -> Result<()> {
    let Some(sequence) = find(tx, &walk.sequence)? else {
        return store::end(tx, walk.id, "stopped", "the sequence is gone");
    };
    let Some(step) = sequence.steps.get(walk.step) else {
        return store::end(tx, walk.id, "ended", "");
    };
    if step.unless_wrote && store::wrote_since(tx, walk.person, walk.started_at)? {
        return store::end(tx, walk.id, "stopped", "the member has written");
    }
    let Some(template) = letters::template(tx, &step.template)? else {
        return store::end(tx, walk.id, "stopped", "the text of this step is gone");
    };
    let sender = format!("the sequence “{}”", sequence.name);
    if !letters::send(tx, (walk.person, walk.post), &template, &sender)? {
        return store::end(tx, walk.id, "stopped", "the person has no account here");
    }
    match sequence.steps.get(walk.step + 1) {
        Some(next) => {
            let now = tx.now();
            let at = due(tx, now, next)?;
            store::step(tx, walk.id, walk.step + 1, at)
        }
        None => store::end(tx, walk.id, "ended", ""),
    }
}
