//! An item with everything that is needed to decide on it.

use mainstreet_community::moderation::{Stands, standing_of};
use mainstreet_community::{flags, people::Viewer, posts, topics};
use mainstreet_db::Tx;
use mainstreet_kernel::id::{EntryId, PersonId, PostId, SignalId};
use mainstreet_kernel::{Actor, Error, Result, Role, Timestamp};

use super::model::{CauseRow, Outcome, Signal, State, Step};
use super::{appeals, approvals, rules, store, undo};
use crate::escalations::{self, Escalation};
use crate::moderation::{self, Appeal, Decision, Likeness, Voice};

/// An item, its conversation, its history, its person.
#[derive(Clone, Debug)]
pub struct View {
    /// The item.
    pub signal: Signal,
    /// The name of its space.
    pub space: String,
    /// The name of its channel.
    pub channel: String,
    /// True when the channel is our own place.
    pub own: bool,
    /// Whose matter it is.
    pub person: Card,
    /// Who has it.
    pub assignee: Option<String>,
    /// The conversation it is about; none when it is about a member as such.
    pub topic: Option<topics::Topic>,
    /// The part of the conversation around the post it is about.
    pub posts: Vec<posts::View>,
    /// Why it is here, oldest first.
    pub causes: Vec<CauseRow>,
    /// Notes of the team.
    pub notes: Vec<Note>,
    /// Questions to owners.
    pub escalations: Vec<Escalation>,
    /// What was done, oldest first.
    pub steps: Vec<Step>,
    /// The step that the viewer can take back now.
    pub undo: Option<Step>,
    /// What moderation knows about the person and the post.
    pub record: Record,
    /// The held post that waits for an answer.
    pub held: Option<PostId>,
    /// The appeals that wait for one, each with its decision and what was said on it.
    pub appeals: Vec<(Appeal, Decision, Vec<Voice>)>,
}

/// What was decided before, and what weighs now.
#[derive(Clone, Debug)]
pub struct Record {
    /// What restricts the person.
    pub stands: Stands,
    /// Their strikes that count.
    pub strikes: i64,
    /// The latest decisions about them.
    pub past: Vec<Decision>,
    /// The decisions that restrict them now, each of which can be lifted.
    pub penalties: Vec<Decision>,
    /// What others got for the like.
    pub similar: Vec<Likeness>,
    /// The flags on the post, open ones first, each with who raised it.
    pub flags: Vec<(flags::Flag, String)>,
    /// What the open flags weigh together, and from when on a post is hidden.
    pub score: Option<(f64, f64)>,
}

/// How many decisions are shown of each sort.
const DECISIONS: usize = 4;

fn record(tx: &mut Tx<'_>, signal: &Signal) -> Result<Record> {
    let past = moderation::of_person(tx, signal.person, DECISIONS)?;
    let mut flags = Vec::new();
    for flag in flags::of_post(tx, signal.post)? {
        let name = store::name_of(tx, flag.person)?;
        flags.push((flag, name));
    }
    flags.sort_by_key(|(flag, _)| flag.upheld.is_some());
    let open: Vec<&flags::Flag> =
        flags.iter().map(|(flag, _)| flag).filter(|flag| flag.upheld.is_none()).collect();
    let clause = past.first().map(|one| one.clause.clone());
    let clause = open.first().map(|flag| moderation::clause_of(&flag.reason).to_owned()).or(clause);
    let score: f64 = open.iter().map(|flag| flag.weight).sum();
    let score = if open.is_empty() { None } else { Some((score, moderation::hide_at(tx)?)) };
    let post = (signal.post.0 != 0).then_some(signal.post);
    Ok(Record {
        stands: standing_of(tx, signal.person)?,
        strikes: moderation::active_strikes(tx, signal.person)?,
        past,
        penalties: moderation::penalties(tx, signal.person)?,
        similar: moderation::like(tx, post, clause.as_deref(), signal.person, DECISIONS)?,
        flags,
        score,
    })
}

/// A person as the desk knows them.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their name here, if they can sign in.
    pub username: Option<String>,
    /// What they may do here.
    pub role: Option<Role>,
    /// When they came.
    pub joined_at: Timestamp,
    /// Published posts.
    pub posts: i64,
    /// Accepted answers.
    pub accepted: i64,
    /// When they last wrote.
    pub last_post_at: Option<Timestamp>,
    /// Until when they may not write.
    pub suspended_until: Option<Timestamp>,
    /// Other items about them.
    pub items: i64,
    /// Flags on what they wrote.
    pub flags: i64,
    /// Those that were upheld.
    pub upheld: i64,
    /// The latest other items.
    pub past: Vec<Past>,
}

/// An earlier item of a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// Its id.
    pub id: SignalId,
    /// What it was about.
    pub title: String,
    /// Where it stands.
    pub state: State,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// When it was opened.
    pub opened_at: Timestamp,
}

/// A note for the team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its id.
    pub id: EntryId,
    /// Who wrote it.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The text, as it was typed.
    pub body: String,
    /// When.
    pub created_at: Timestamp,
}

/// A person who joined a short time ago.
#[derive(Clone, Debug, PartialEq)]
pub struct Joined {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// When.
    pub joined_at: Timestamp,
    /// Published posts.
    pub posts: i64,
    /// Their open item, if there is one.
    pub signal: Option<SignalId>,
}

/// An item as `actor` sees it.
pub fn view(tx: &mut Tx<'_>, actor: Actor, id: SignalId) -> Result<View> {
    rules::may_read(actor)?;
    let signal =
        store::find(tx, id)?.ok_or_else(|| Error::not_found("There is no such item in the inbox."))?;
    rules::must_cover(tx, actor, &signal)?;
    let (space, channel, own) = store::place(tx, signal.space)?;
    let (mut topic, mut posts) = (None, Vec::new());
    if !signal.is_about_member() {
        let found = topics::store::find(tx, signal.topic)?;
        let number = store::number_of(tx, signal.post)?.unwrap_or(1);
        // Who may read the desk reads all of the conversation.
        let reader = Viewer::from(Actor { role: actor.role.max(Role::Moderator), ..actor });
        posts = posts::page(tx, reader, &found, posts::page_of(number))?;
        topic = Some(found);
    }
    let steps = store::steps(tx, id)?;
    let last = store::last_step(tx, id)?;
    let now = tx.now();
    let undo = last.filter(|step| undo::may_undo(actor, step, None, now).is_ok());
    let assignee = signal.assignee.map(|person| store::name_of(tx, person)).transpose()?;
    Ok(View {
        person: store::card(tx, signal.person, id)?,
        causes: store::causes(tx, id)?,
        notes: store::notes(tx, id)?,
        escalations: escalations::of_signal(tx, id)?,
        space,
        channel,
        own,
        assignee,
        topic,
        posts,
        steps,
        undo,
        record: record(tx, &signal)?,
        held: approvals::waiting(tx, &signal)?,
        appeals: appeals::in_item(tx, &signal)?,
        signal,
    })
}

/// Just the item.
pub fn find(tx: &mut Tx<'_>, id: SignalId) -> Result<Signal> {
    store::find(tx, id)?.ok_or_else(|| Error::not_found("There is no such item in the inbox."))
}

/// The last step that somebody took anywhere and can take back now: what the page after an act offers.
pub fn last_undoable(tx: &mut Tx<'_>, actor: Actor) -> Result<Option<Step>> {
    let Some(person) = actor.person else { return Ok(None) };
    let now = tx.now();
    let Some(step) = store::last_step_of(tx, person, now.plus(-super::UNDO_TIME))? else { return Ok(None) };
    let last = store::last_step(tx, step.signal)?;
    Ok(Some(step).filter(|step| undo::may_undo(actor, step, last.as_ref(), now).is_ok()))
}

/// Everybody who works in the desk, by name.
pub fn staff(tx: &mut Tx<'_>) -> Result<Vec<(PersonId, String)>> {
    store::staff(tx)
}

/// Open items that a matter could be merged into, likeliest first.
pub fn merge_targets(tx: &mut Tx<'_>, signal: &Signal) -> Result<Vec<(SignalId, String)>> {
    store::merge_targets(tx, signal.id, signal.topic, signal.person)
}

/// Who joined since, latest first.
pub fn joined_since(tx: &mut Tx<'_>, since: Timestamp, limit: usize) -> Result<Vec<Joined>> {
    let now = tx.now();
    store::joined_since(tx, since, now, limit)
}
