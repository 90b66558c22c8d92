//! What the log of activities says that is a measure.

use mainstreet_community::{accounts, calm, splits, topics};
use mainstreet_db::Tx;
use mainstreet_db::log::Entry;
use mainstreet_kernel::clock::{DAY, MINUTE};
use mainstreet_kernel::id::{CalmId, CleanupId, MeasureId, PersonId, SplitId, TopicId};
use mainstreet_kernel::{Kind as ErrorKind, Result, Verb};
use serde_json::Value;

use super::model::{Kind, Measure};
use super::store;
use crate::moderation::Openness;
use crate::triage::spell;
use crate::{audit, raids};

/// Writes down the measures that these entries tell of; those known already are left.
pub fn note(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<()> {
    for entry in entries {
        let Some(measure) = heard(tx, entry)? else { continue };
        let salt = accounts::random_token()?;
        if store::insert(tx, &measure, &salt)? {
            audit::note_measure(tx, &measure, &salt)?;
        }
    }
    Ok(())
}

fn heard(tx: &mut Tx<'_>, entry: &Entry) -> Result<Option<Measure>> {
    let found = match entry.verb {
        Verb::CalmStarted | Verb::CalmEnded => calmed(tx, entry),
        Verb::RaidCleaned => cleaned(tx, entry),
        Verb::TopicSplit => parted(tx, entry),
        Verb::MemberRoleChanged => Ok(Some(role(tx, entry))),
        Verb::SettingChanged => Ok(setting(tx, entry)),
        _ => return Ok(None),
    };
    match found {
        // What it was about is gone, as in a copy that was put back to an earlier time.
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        found => found,
    }
}

fn measure(tx: &Tx<'_>, entry: &Entry, kind: Kind) -> Measure {
    Measure {
        id: MeasureId(tx.mint()),
        seq: entry.cursor.seq,
        at: entry.occurred_at,
        actor: entry.actor,
        actor_name: None,
        kind,
        place: "site".to_owned(),
        place_id: 0,
        space: entry.space,
        space_name: None,
        clause: String::new(),
        details: String::new(),
        people: Vec::new(),
        names: Vec::new(),
        why: String::new(),
    }
}

fn word(entry: &Entry, key: &str) -> String {
    entry.props.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn is(entry: &Entry, key: &str) -> bool {
    entry.props.get(key).and_then(Value::as_bool).unwrap_or_default()
}

fn number(entry: &Entry, key: &str) -> i64 {
    entry.props.get(key).and_then(Value::as_i64).unwrap_or_default()
}

fn calmed(tx: &mut Tx<'_>, entry: &Entry) -> Result<Option<Measure>> {
    let calm = calm::find(tx, CalmId(entry.object_id))?;
    let on = entry.verb == Verb::CalmStarted;
    let kind = match (calm.kind, on) {
        (calm::Kind::Calm, true) => Kind::CalmOn,
        (calm::Kind::Calm, false) => Kind::CalmOff,
        (calm::Kind::Raid, true) => Kind::RaidOn,
        (calm::Kind::Raid, false) => Kind::RaidOff,
    };
    let mut details = Vec::new();
    if on {
        if calm.every > 0 {
            details.push(format!("replies of a person {} min apart", (calm.every + MINUTE - 1) / MINUTE));
        }
        if calm.newer_than > 0 {
            details.push(format!(
                "accounts of less than {} days looked at first",
                (calm.newer_than + DAY - 1) / DAY
            ));
        }
        details.push(format!("for {}", spell(calm.until.since(calm.at))));
    } else if calm.ended_why.is_empty() {
        details.push("its time was over".to_owned());
    } else {
        details.push("before its time".to_owned());
    }
    Ok(Some(Measure {
        place: calm.place.as_str().to_owned(),
        place_id: calm.place.id(),
        clause: calm.clause,
        details: details.join("; "),
        why: if on { calm.why } else { calm.ended_why },
        ..measure(tx, entry, kind)
    }))
}

fn cleaned(tx: &mut Tx<'_>, entry: &Entry) -> Result<Option<Measure>> {
    let cleanup = raids::cleanup::find(tx, CleanupId(entry.object_id))?;
    let undone = is(entry, "undone");
    let mut details = format!("{} posts hidden, {} accounts suspended", cleanup.posts, cleanup.people);
    if undone {
        details = format!("{details} before; {} were left as something else left them", cleanup.left_out);
    }
    Ok(Some(Measure {
        clause: cleanup.clause,
        details,
        why: if undone { cleanup.undone_why } else { cleanup.why },
        ..measure(tx, entry, if undone { Kind::CleanupUndone } else { Kind::Cleanup })
    }))
}

/// A split is told of in both topics; it is written down once, at the one that it came from.
fn parted(tx: &mut Tx<'_>, entry: &Entry) -> Result<Option<Measure>> {
    let Ok(id) = word(entry, "split").parse::<SplitId>() else { return Ok(None) };
    if !is(entry, "from") {
        return Ok(None);
    }
    let split = splits::find(tx, id)?;
    let space = topics::store::find(tx, TopicId(entry.object_id))?.space;
    let undone = is(entry, "undone");
    let into = if split.new_topic { "a topic of their own" } else { "another topic" };
    Ok(Some(Measure {
        place: "topic".to_owned(),
        place_id: split.from.0,
        space: Some(space),
        details: format!("{} replies, {into}", split.moved),
        why: if undone { String::new() } else { split.why },
        ..measure(tx, entry, if undone { Kind::SplitBack } else { Kind::Split })
    }))
}

fn role(tx: &Tx<'_>, entry: &Entry) -> Measure {
    let (from, to) = (word(entry, "from"), word(entry, "to"));
    let spaces = entry.props.get("spaces").and_then(Value::as_array);
    let (kind, details) = match spaces {
        Some(spaces) if spaces.is_empty() => (Kind::Scope, "moderates everywhere".to_owned()),
        Some(spaces) => (Kind::Scope, format!("moderates {} of the spaces", spaces.len())),
        None => (Kind::Role, format!("from {from} to {to}")),
    };
    let (place, place_id) = ("person".to_owned(), entry.object_id);
    Measure { place, place_id, details, people: vec![PersonId(entry.object_id)], ..measure(tx, entry, kind) }
}

fn setting(tx: &Tx<'_>, entry: &Entry) -> Option<Measure> {
    match word(entry, "setting").as_str() {
        "team" if is(entry, "removed") => {
            let details = format!("“{}”", word(entry, "name"));
            Some(Measure { details, ..measure(tx, entry, Kind::TeamRemoved) })
        }
        "team" => Some(team(tx, entry)),
        "moderation_log" => {
            let to = word(entry, "to");
            let details = to.parse::<Openness>().map_or(to, |to| to.label().to_owned());
            Some(Measure { details, ..measure(tx, entry, Kind::Openness) })
        }
        "erased_texts" => Some(Measure {
            place: "person".to_owned(),
            place_id: entry.object_id,
            people: vec![PersonId(entry.object_id)],
            details: format!("the words of {} decisions", number(entry, "decisions")),
            why: word(entry, "why"),
            ..measure(tx, entry, Kind::Erased)
        }),
        _ => None,
    }
}

fn team(tx: &Tx<'_>, entry: &Entry) -> Measure {
    const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let list = |key: &str| entry.props.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let people =
        list("people").iter().filter_map(|one| one.as_str().and_then(|word| word.parse().ok())).collect();
    let turns = if is(entry, "weekly") {
        let day =
            usize::try_from(number(entry, "weekday")).ok().and_then(|day| DAYS.get(day)).unwrap_or(&"Monday");
        format!("one a week, handed over on {day} at {}:00", number(entry, "hour"))
    } else {
        "all at once".to_owned()
    };
    let spaces = match list("spaces").len() {
        0 => "everywhere".to_owned(),
        1 => "in one space".to_owned(),
        many => format!("in {many} spaces"),
    };
    let made = if is(entry, "new") { "made" } else { "changed" };
    let details = format!("“{}” {made}: {turns}, {spaces}", word(entry, "name"));
    Measure { details, people, ..measure(tx, entry, Kind::Team) }
}
