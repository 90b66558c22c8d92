//! The operating rhythm: every activity of every channel, and what the desk does about it.
//!
//! [`advance`] is a closed match over [`Verb`]: whoever adds a verb decides here whether the desk minds it. It
//! takes batches, in the order of the log, and may be given the same entries again: what was known causes
//! nothing twice. A batch of an archive's past costs two look-ups, whatever its length.
//!
//! What happened longer ago than [`signals::HORIZON`] (14 days) opens nothing, so that an archive does not flood
//! the inbox; questions of the last 30 days that are still open are taken up by [`signals::sweep`].

use std::collections::HashSet;

use mainstreet_db::Tx;
use mainstreet_db::log::Entry;
use mainstreet_kernel::id::{FlagId, PostId, TopicId};
use mainstreet_kernel::{Result, Verb};

use crate::signals::{self, Settled};
use crate::{conflicts, measures, moderation, raids};

/// The name of the desk's cursor in the log.
pub const READER: &str = "desk";

/// What an activity means to the desk.
enum Concern {
    /// Somebody wrote: look at the post.
    Written,
    /// A member flagged a post.
    Flagged,
    /// A post waits until somebody has looked.
    Held,
    /// Something that may end items was decided.
    Settled(Settled),
    /// Nothing, or nothing that a later sweep would not see.
    None,
}

/// One step of the rhythm. The entries are those after the desk's cursor, in order.
pub fn advance(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<()> {
    let now = tx.now();
    let recent = |entry: &&Entry| (0..=signals::HORIZON).contains(&now.since(entry.occurred_at));
    let posts: Vec<PostId> = entries
        .iter()
        .filter(recent)
        .filter(|entry| matches!(concern(entry), Concern::Written))
        .map(|entry| PostId(entry.object_id))
        .collect();
    let flagged = || entries.iter().filter(recent).filter(|entry| matches!(concern(entry), Concern::Flagged));
    let flags: Vec<FlagId> = flagged().filter_map(|entry| entry.parent.map(FlagId)).collect();
    if !posts.is_empty() {
        signals::look_at(tx, &posts)?;
    }
    let held: Vec<PostId> = entries
        .iter()
        .filter(recent)
        .filter(|entry| matches!(concern(entry), Concern::Held))
        .map(|entry| PostId(entry.object_id))
        .collect();
    signals::held(tx, &held)?;
    signals::flagged(tx, &flags)?;
    moderation::weigh(tx, &flagged().map(|entry| PostId(entry.object_id)).collect())?;
    conflicts::look(tx, entries)?;
    moderation::note_holds(tx, entries)?;
    raids::look(tx, entries)?;
    measures::note(tx, entries)?;
    listen(tx, entries)
}

/// What the entries mean for the items that are there.
fn listen(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<()> {
    let now = tx.now();
    let heard = |entry: &&Entry| entry.occurred_at <= now && !matches!(concern(entry), Concern::None);
    let topics: HashSet<TopicId> = entries.iter().filter(heard).filter_map(|entry| entry.topic).collect();
    if topics.is_empty() {
        return Ok(());
    }
    let mut topics: Vec<TopicId> = topics.into_iter().collect();
    topics.sort_unstable();
    let known: HashSet<TopicId> = signals::with_items(tx, &topics)?;
    for entry in entries.iter().filter(heard) {
        if !entry.topic.is_some_and(|topic| known.contains(&topic)) {
            continue;
        }
        match concern(entry) {
            Concern::Written if entry.verb == Verb::ReplyCreated => signals::heard(tx, entry)?,
            Concern::Settled(what) => signals::settle(tx, entry, what)?,
            Concern::Written | Concern::Flagged | Concern::Held | Concern::None => {}
        }
    }
    Ok(())
}

fn concern(entry: &Entry) -> Concern {
    let props = &entry.props;
    match entry.verb {
        Verb::TopicCreated | Verb::ReplyCreated => Concern::Written,
        Verb::FlagCreated => Concern::Flagged,
        Verb::FlagDecided => {
            let upheld = props.get("upheld").and_then(serde_json::Value::as_bool).unwrap_or(false);
            Concern::Settled(Settled::Flag { upheld })
        }
        Verb::PostHidden if props.get("held").and_then(serde_json::Value::as_bool) == Some(true) => {
            Concern::Held
        }
        Verb::PostRestored if props.get("from").and_then(serde_json::Value::as_str) == Some("held") => {
            Concern::Settled(Settled::Released)
        }
        // A rule hid it until somebody has looked: nothing is decided.
        Verb::PostHidden if entry.actor.is_none() && by(props) != Some("archive") => Concern::None,
        Verb::PostHidden => Concern::Settled(Settled::Gone { by_staff: true }),
        Verb::PostDeleted => {
            let by_staff = by(props) == Some("staff");
            Concern::Settled(Settled::Gone { by_staff })
        }
        Verb::AnswerAccepted => Concern::Settled(Settled::Accepted),
        Verb::AnswerUnaccepted => Concern::Settled(Settled::Unaccepted),
        Verb::QuestionUnmarked => Concern::Settled(Settled::NoQuestion),
        // A join opens no item; newcomers are listed in Today, their first post is an item.
        Verb::MemberJoined => Concern::None,
        // A question is taken up by the sweep when its target has passed.
        Verb::QuestionMarked | Verb::TopicReopened | Verb::TopicClosed | Verb::PostRestored => Concern::None,
        // Edits are not read again: what they were flagged or answered for stands in the item.
        Verb::TopicEdited | Verb::PostEdited => Concern::None,
        Verb::SessionActive | Verb::SearchRun | Verb::ReactionAdded | Verb::ReactionRemoved => Concern::None,
        Verb::MemberRoleChanged | Verb::MemberSuspended | Verb::MemberReinstated => Concern::None,
        Verb::SpaceCreated | Verb::ArchiveImported | Verb::SettingChanged => Concern::None,
        // What came of decisions: the verbs that carried them out are heard above.
        Verb::GuidelinesPublished | Verb::GuidelinesAcknowledged | Verb::PostLabelled => Concern::None,
        Verb::TopicSlowed | Verb::MemberRestricted | Verb::DecisionMade => Concern::None,
        Verb::DecisionUndone | Verb::AppealOpened | Verb::AppealDecided | Verb::ReviewGiven => Concern::None,
        // Calm and raid modes, and what is done in conflicts: people do it and see it.
        Verb::CalmStarted | Verb::CalmEnded | Verb::TopicSplit | Verb::MemberCooledOff => Concern::None,
        Verb::MembersParted | Verb::SignUpDecided | Verb::MediationMoved | Verb::RaidCleaned => Concern::None,
        // The desk's own acts.
        Verb::ThemeChanged
        | Verb::SignalOpened
        | Verb::SignalTriaged
        | Verb::SignalAssigned
        | Verb::SignalMoved
        | Verb::SignalReplied
        | Verb::SignalNoted
        | Verb::SignalEscalated
        | Verb::SignalResolved
        | Verb::SignalUndone => Concern::None,
    }
}

fn by(props: &serde_json::Value) -> Option<&str> {
    props.get("by").and_then(serde_json::Value::as_str)
}
