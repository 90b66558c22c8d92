//! Keeping the roll-ups up with the log, and building them anew.
//!
//! The reader `metrics` takes the log in by batches, each in one transaction with its cursor, so every
//! activity is booked once. What was booked can be taken back for single people, when their account is closed for
//! spam or found to be somebody else's, and all of it can be built again from the log: both give what reading
//! the log from the start would give today.

use std::collections::{BTreeMap, BTreeSet};

use mainstreet_community::settings;
use mainstreet_db::Tx;
use mainstreet_db::log::{self, Cursor, Entry};
use mainstreet_kernel::id::{PersonId, SpaceId, TopicId};
use mainstreet_kernel::{ActorClass, Day, Result, Verb, Visibility, Zone};

use super::clocks::{People, TopicClock, VERBS};
use super::ledger::{Change, Counts, Ledger, PersonDays, Presence};
use super::rolling::REACH;
use super::store;

/// The name under which the roll-ups read the log.
pub const READER: &str = "metrics";

/// How many activities are taken in at once when everything is built again.
const BATCH: usize = 5_000;

/// Takes a batch of the log in: the work of the reader [`READER`]. When the community's zone changed since the
/// last batch, everything up to here is built again, because every day begins elsewhere.
pub fn take_in(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<()> {
    let Some(until) = entries.last().map(|entry| entry.cursor) else { return Ok(()) };
    let zone = settings::load(tx)?.zone;
    if store::zone(tx)?.as_deref() == Some(zone.name()) {
        return add_batch(tx, &zone, entries, until);
    }
    build_until(tx, &zone, until)
}

/// Builds every roll-up again from the start of the log.
pub fn build_again(tx: &mut Tx<'_>) -> Result<()> {
    let until = log::cursor(tx, READER)?;
    let zone = settings::load(tx)?.zone;
    build_until(tx, &zone, until)
}

fn build_until(tx: &mut Tx<'_>, zone: &Zone, until: Cursor) -> Result<()> {
    store::clear(tx, zone.name())?;
    let mut from = Cursor::default();
    loop {
        let mut entries = log::read(tx, from, BATCH)?;
        entries.retain(|entry| entry.cursor <= until);
        let Some(last) = entries.last().map(|entry| entry.cursor) else { return Ok(()) };
        add_batch(tx, zone, &entries, last)?;
        from = last;
    }
}

fn add_batch(tx: &mut Tx<'_>, zone: &Zone, entries: &[Entry], until: Cursor) -> Result<()> {
    let people = people_in(tx, entries)?;
    let taken_back = store::taken_back(tx, entries)?;
    book(tx, &Ledger::of(entries, zone, &people, &taken_back))?;
    tell_clocks(tx, entries, &people, until)?;
    let turned: BTreeSet<PersonId> = entries
        .iter()
        .filter(|entry| matches!(entry.verb, Verb::MemberSuspended | Verb::MemberReinstated))
        .filter(|entry| entry.object_kind == "person")
        .map(|entry| PersonId(entry.object_id))
        .collect();
    recount_until(tx, zone, &turned, until)
}

fn people_in(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<People> {
    store::exceptions(tx, &entries.iter().filter_map(|entry| entry.actor).collect())
}

/// Adds a ledger to the roll-ups.
fn book(tx: &mut Tx<'_>, ledger: &Ledger) -> Result<()> {
    let mut change = Change::default();
    change.contributions.clone_from(&ledger.totals);
    let mut first_days = Vec::new();
    let mut spaces: BTreeMap<SpaceId, Vec<(PersonId, BTreeSet<Day>)>> = BTreeMap::new();
    let mut fewer: BTreeMap<(SpaceId, PersonId), Presence> = BTreeMap::new();
    for ((space, person), days) in &ledger.people {
        if days.values().any(|counts| counts.is_less()) {
            let before = Presence::default().with(store::all_days(tx, *space, *person)?);
            fewer.insert((*space, *person), before);
            continue;
        }
        let days = member_days(days);
        if !days.is_empty() {
            spaces.entry(*space).or_default().push((*person, days));
        }
    }
    for (space, people) in spaces {
        let ids: Vec<PersonId> = people.iter().map(|(person, _)| *person).collect();
        let known = store::presences(tx, space, &ids, reach(people.iter().map(|(_, days)| days)))?;
        for (person, days) in people {
            let mut before = known.get(&person).cloned().unwrap_or_default();
            if before.first > days.first().copied() {
                // They began earlier than we knew: every cell of theirs moves, so every day matters.
                before.days = store::all_days(tx, space, person)?;
            }
            let after = before.with(days);
            change.presence(space, &before, &after);
            if let Some(first) = after.first.filter(|_| after.first != before.first) {
                first_days.push((space, person, first));
            }
        }
    }
    store::add_days(tx, &ledger.people)?;
    for ((space, person), before) in &fewer {
        // What was taken back may have been all of a day, of their first as well.
        store::drop_empty_days(tx, *space, *person)?;
        let after = Presence::default().with(store::all_days(tx, *space, *person)?);
        change.presence(*space, before, &after);
        match after.first {
            Some(first) => first_days.push((*space, *person, first)),
            None => store::forget_first_day(tx, *space, *person)?,
        }
    }
    store::set_first_days(tx, &first_days)?;
    store::add(tx, &change)
}

/// The days on which somebody contributed as a member: the population of all participation figures.
fn member_days(days: &PersonDays) -> BTreeSet<Day> {
    days.keys().filter(|(class, _)| *class == ActorClass::Member).map(|(_, day)| *day).collect()
}

/// From where to where other days can matter to any of these.
fn reach<'a>(all: impl Iterator<Item = &'a BTreeSet<Day>> + Clone) -> (Day, Day) {
    let first = all.clone().filter_map(BTreeSet::first).min().copied().unwrap_or(Day(0));
    let last = all.filter_map(BTreeSet::last).max().copied().unwrap_or(Day(0));
    (first.plus(-REACH), last.plus(REACH))
}

/// Moves the clocks of the topics that `entries` are about. A reply is heard; whatever may take something back
/// has the whole story told again.
fn tell_clocks(tx: &mut Tx<'_>, entries: &[Entry], people: &People, until: Cursor) -> Result<()> {
    let mut topics: BTreeMap<TopicId, Vec<Entry>> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| VERBS.contains(&entry.verb)) {
        if let Some(topic) = entry.topic {
            topics.entry(topic).or_default().push(entry.clone());
        }
    }
    let ids: Vec<TopicId> = topics.keys().copied().collect();
    let mut known = store::clocks(tx, &ids)?;
    let mut stories = Vec::new();
    let mut clocks = Vec::new();
    for (topic, entries) in topics {
        let only_replies = entries.iter().all(|entry| entry.verb == Verb::ReplyCreated);
        match known.remove(&topic) {
            None => stories.push((topic, entries)),
            Some(mut clock) if only_replies && clock.asked_at.is_some() => {
                for entry in entries.iter().filter(|entry| entry.visibility != Visibility::Staff) {
                    clock.hear_reply(entry, people);
                }
                clocks.push(clock);
            }
            Some(_) => stories.push((topic, store::log_of_topic(tx, topic, until)?)),
        }
    }
    clocks.extend(tell(tx, &stories)?);
    store::put_clocks(tx, &clocks)
}

fn tell(tx: &mut Tx<'_>, stories: &[(TopicId, Vec<Entry>)]) -> Result<Vec<TopicClock>> {
    let actors =
        stories.iter().flat_map(|(_, entries)| entries.iter().filter_map(|entry| entry.actor)).collect();
    let people = store::exceptions(tx, &actors)?;
    Ok(stories.iter().map(|(topic, entries)| TopicClock::tell(*topic, entries, &people)).collect())
}

/// Books single people anew: after an account was closed for spam or that was taken back, and after two people
/// were found to be one (name both) or not to be one (name both).
pub fn recount(tx: &mut Tx<'_>, people: &BTreeSet<PersonId>) -> Result<()> {
    let until = log::cursor(tx, READER)?;
    match store::zone(tx)?.map(|name| name.parse::<Zone>()) {
        Some(zone) => recount_until(tx, &zone?, people, until),
        None => Ok(()),
    }
}

fn recount_until(tx: &mut Tx<'_>, zone: &Zone, people: &BTreeSet<PersonId>, until: Cursor) -> Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    let all = store::relatives(tx, people)?;
    for person in &all {
        take_back(tx, *person)?;
    }
    let standing = store::exceptions(tx, &all)?;
    let mut entries = Vec::new();
    for person in &all {
        entries.extend(store::log_of_person(tx, *person, until)?);
    }
    let taken_back = store::taken_back(tx, &entries)?;
    book(tx, &Ledger::of(&entries, zone, &standing, &taken_back))?;
    let mut stories = Vec::new();
    for topic in store::topics_of(tx, &all, until)? {
        stories.push((topic, store::log_of_topic(tx, topic, until)?));
    }
    let clocks = tell(tx, &stories)?;
    store::put_clocks(tx, &clocks)
}

/// Takes everything a person added out of the roll-ups.
fn take_back(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    let mut change = Change::default();
    for (space, days) in store::days_of_person(tx, person)? {
        for ((class, day), counts) in &days {
            let total: &mut Counts = change.contributions.entry((space, *day, *class)).or_default();
            total.add(*counts, -1);
        }
        let before = Presence::default().with(member_days(&days));
        change.presence(space, &before, &Presence::default());
    }
    store::forget_person(tx, person)?;
    store::add(tx, &change)
}
