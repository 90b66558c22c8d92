//! Reading the log and keeping contributions, rolling counts and cohorts.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use mainstreet_db::log::{COLUMNS, Cursor, Entry};
use mainstreet_db::{Tx, Value, params, placeholders};
use mainstreet_kernel::id::{PersonId, SpaceId};
use mainstreet_kernel::{ActorClass, Day, Result, Verb};

use super::CHUNK;
use crate::metrics::clocks::People;
use crate::metrics::ledger::{Change, Counts, PersonDays, Presence};
use crate::metrics::taken_back::{self, AllTakenBack};

/// The zone the roll-ups were cut in.
pub(crate) fn zone(tx: &mut Tx<'_>) -> Result<Option<String>> {
    tx.first("SELECT name FROM metric_zone WHERE one = 1", &[], |row| row.get("name"))
}

/// Empties every roll-up and notes the zone they will be cut in.
pub(crate) fn clear(tx: &mut Tx<'_>, zone: &str) -> Result<()> {
    for sql in [
        "DELETE FROM metric_zone",
        "DELETE FROM metric_contributions",
        "DELETE FROM metric_person_days",
        "DELETE FROM metric_first_days",
        "DELETE FROM metric_active",
        "DELETE FROM metric_cohorts",
        "DELETE FROM metric_clocks",
    ] {
        tx.run(sql, &[])?;
    }
    tx.run("INSERT INTO metric_zone (one, name) VALUES (1, $1)", params![zone]).map(drop)
}

/// Those of `people` who are another now, or nobody. Follows merges of merges.
pub(crate) fn exceptions(tx: &mut Tx<'_>, people: &BTreeSet<PersonId>) -> Result<People> {
    let mut known: HashMap<PersonId, (Option<PersonId>, bool)> = HashMap::new();
    let mut wanted: Vec<PersonId> = people.iter().copied().collect();
    while !wanted.is_empty() {
        let mut next = BTreeSet::new();
        for chunk in wanted.chunks(CHUNK) {
            let sql = format!(
                "SELECT id, merged_into, spammer FROM people WHERE id IN ({}) AND (merged_into IS NOT NULL OR spammer = 1)",
                placeholders(1, chunk.len())
            );
            let values: Vec<Value> = chunk.iter().map(|person| Value::from(*person)).collect();
            let found = tx.all(&sql, &values, |row| {
                Ok((row.get("id")?, row.get("merged_into")?, row.get("spammer")?))
            })?;
            for (id, into, spammer) in found {
                known.insert(id, (into, spammer));
                next.extend(into);
            }
        }
        wanted = next.into_iter().filter(|person| !known.contains_key(person)).collect();
        wanted.retain(|person| !people.contains(person));
    }
    Ok(People::knowing(people.iter().filter_map(|person| Some((*person, end_of(*person, &known)?)))))
}

/// Who `person` is now, when not simply themselves.
fn end_of(person: PersonId, known: &HashMap<PersonId, (Option<PersonId>, bool)>) -> Option<Option<PersonId>> {
    known.get(&person)?;
    let mut at = person;
    // A chain longer than this is a circle; whoever stands there then is as good as any.
    for _ in 0..32 {
        match known.get(&at) {
            Some((_, true)) => return Some(None),
            Some((Some(into), false)) => at = *into,
            Some((None, false)) | None => break,
        }
    }
    Some(Some(at))
}

/// `people`, whoever they were merged into, and whoever was merged into any of those.
pub(crate) fn relatives(tx: &mut Tx<'_>, people: &BTreeSet<PersonId>) -> Result<BTreeSet<PersonId>> {
    let mut all = people.clone();
    let mut new: Vec<PersonId> = people.iter().copied().collect();
    while !new.is_empty() {
        let mut found: Vec<Option<PersonId>> = Vec::new();
        for chunk in new.chunks(CHUNK) {
            let list = placeholders(1, chunk.len());
            let values: Vec<Value> = chunk.iter().map(|person| Value::from(*person)).collect();
            let below = format!("SELECT id AS other FROM people WHERE merged_into IN ({list})");
            let above = format!("SELECT merged_into AS other FROM people WHERE id IN ({list})");
            for sql in [below, above] {
                found.extend(tx.all(&sql, &values, |row| row.get::<Option<PersonId>>("other"))?);
            }
        }
        new = found.into_iter().flatten().filter(|person| all.insert(*person)).collect();
    }
    Ok(all)
}

/// The whole log of one person up to `until`.
pub(crate) fn log_of_person(tx: &mut Tx<'_>, person: PersonId, until: Cursor) -> Result<Vec<Entry>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM activities WHERE actor_id = $1 AND (tx < $2 OR (tx = $2 AND seq <= $3)) ORDER BY tx, seq"
    );
    tx.all(&sql, params![person, until.tx, until.seq], Entry::from_row)
}

/// Which reactions those rows of `entries` take back that take one back.
pub(crate) fn taken_back(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<AllTakenBack> {
    let sql = format!(
        "SELECT {COLUMNS} FROM activities WHERE topic_id = $1 AND object_id = $2
         AND verb IN ('reaction.added', 'reaction.removed') AND (tx < $3 OR (tx = $3 AND seq <= $4)) ORDER BY tx, seq"
    );
    let mut all = AllTakenBack::new();
    for removal in entries.iter().filter(|entry| entry.verb == Verb::ReactionRemoved) {
        let until = removal.cursor;
        let history = params![removal.topic, removal.object_id, until.tx, until.seq];
        let history = tx.all(&sql, history, Entry::from_row)?;
        all.insert(until, taken_back::last_of(&history));
    }
    Ok(all)
}

/// A person's days in every space.
pub(crate) fn days_of_person(tx: &mut Tx<'_>, person: PersonId) -> Result<BTreeMap<SpaceId, PersonDays>> {
    let mut all: BTreeMap<SpaceId, PersonDays> = BTreeMap::new();
    let rows = tx.all(
        "SELECT space_id, class, day, topics, replies, reactions, acceptances FROM metric_person_days
         WHERE person_id = $1",
        params![person],
        |row| Ok((row.get("space_id")?, row.word::<ActorClass>("class")?, row.get("day")?, counts(row)?)),
    )?;
    for (space, class, day, counts) in rows {
        all.entry(space).or_default().insert((class, day), counts);
    }
    Ok(all)
}

/// Forgets a person's days in every space.
pub(crate) fn forget_person(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    tx.run("DELETE FROM metric_person_days WHERE person_id = $1", params![person])?;
    tx.run("DELETE FROM metric_first_days WHERE person_id = $1", params![person]).map(drop)
}

/// Forgets the days on which nothing is left of what a person had contributed.
pub(crate) fn drop_empty_days(tx: &mut Tx<'_>, space: SpaceId, person: PersonId) -> Result<()> {
    tx.run(
        "DELETE FROM metric_person_days WHERE space_id = $1 AND person_id = $2
         AND topics = 0 AND replies = 0 AND reactions = 0 AND acceptances = 0",
        params![space, person],
    )
    .map(drop)
}

/// Forgets when a person first contributed: they have not.
pub(crate) fn forget_first_day(tx: &mut Tx<'_>, space: SpaceId, person: PersonId) -> Result<()> {
    let sql = "DELETE FROM metric_first_days WHERE space_id = $1 AND person_id = $2";
    tx.run(sql, params![space, person]).map(drop)
}

/// First days and the member days between `from` and `to` of many people in one space.
pub(crate) fn presences(
    tx: &mut Tx<'_>,
    space: SpaceId,
    people: &[PersonId],
    (from, to): (Day, Day),
) -> Result<HashMap<PersonId, Presence>> {
    let mut found: HashMap<PersonId, Presence> = HashMap::new();
    for chunk in people.chunks(CHUNK) {
        let mut values: Vec<Value> = params![space].to_vec();
        values.extend(chunk.iter().map(|person| Value::from(*person)));
        let list = placeholders(2, chunk.len());
        let sql = format!(
            "SELECT person_id, day FROM metric_first_days WHERE space_id = $1 AND person_id IN ({list})"
        );
        for (person, day) in tx.all(&sql, &values, |row| Ok((row.get("person_id")?, row.get("day")?)))? {
            found.entry(person).or_default().first = Some(day);
        }
        values.extend([Value::from(from), Value::from(to)]);
        let sql = format!(
            "SELECT person_id, day FROM metric_person_days WHERE space_id = $1 AND person_id IN ({list})
             AND class = 'member' AND day BETWEEN ${} AND ${}",
            chunk.len() + 2,
            chunk.len() + 3
        );
        for (person, day) in tx.all(&sql, &values, |row| Ok((row.get("person_id")?, row.get("day")?)))? {
            found.entry(person).or_default().days.insert(day);
        }
    }
    Ok(found)
}

/// All member days of one person in one space.
pub(crate) fn all_days(tx: &mut Tx<'_>, space: SpaceId, person: PersonId) -> Result<BTreeSet<Day>> {
    let days = tx.all(
        "SELECT day FROM metric_person_days WHERE space_id = $1 AND person_id = $2 AND class = 'member'",
        params![space, person],
        |row| row.get("day"),
    )?;
    Ok(days.into_iter().collect())
}

/// Adds to a person's days.
pub(crate) fn add_days(tx: &mut Tx<'_>, people: &BTreeMap<(SpaceId, PersonId), PersonDays>) -> Result<()> {
    let rows: Vec<Vec<Value>> = people
        .iter()
        .flat_map(|((space, person), days)| {
            days.iter().map(move |((class, day), counts)| {
                let mut row = params![*space, *person, *class, *day].to_vec();
                row.extend(values(*counts));
                row
            })
        })
        .collect();
    tx.insert_many(
        "INSERT INTO metric_person_days (space_id, person_id, class, day, topics, replies, reactions, acceptances)",
        &rows,
        "ON CONFLICT (space_id, person_id, class, day) DO UPDATE SET
         topics = metric_person_days.topics + excluded.topics,
         replies = metric_person_days.replies + excluded.replies,
         reactions = metric_person_days.reactions + excluded.reactions,
         acceptances = metric_person_days.acceptances + excluded.acceptances",
    )
    .map(drop)
}

/// Notes when people first contributed.
pub(crate) fn set_first_days(tx: &mut Tx<'_>, days: &[(SpaceId, PersonId, Day)]) -> Result<()> {
    let rows: Vec<Vec<Value>> =
        days.iter().map(|(space, person, day)| params![*space, *person, *day].to_vec()).collect();
    tx.insert_many(
        "INSERT INTO metric_first_days (space_id, person_id, day)",
        &rows,
        "ON CONFLICT (space_id, person_id) DO UPDATE SET day = excluded.day",
    )
    .map(drop)
}

/// Adds a change to the roll-ups and drops rows that come to nothing.
pub(crate) fn add(tx: &mut Tx<'_>, change: &Change) -> Result<()> {
    add_contributions(tx, change)?;
    let active = change.active();
    let rows: Vec<Vec<Value>> = active
        .iter()
        .map(|(space, measure, day, people)| params![*space, measure.as_str(), *day, *people].to_vec())
        .collect();
    tx.insert_many(
        "INSERT INTO metric_active (space_id, measure, day, people)",
        &rows,
        "ON CONFLICT (space_id, measure, day) DO UPDATE SET people = metric_active.people + excluded.people",
    )?;
    let cohorts = || change.cohorts.iter().filter(|(_, people)| **people != 0);
    let rows: Vec<Vec<Value>> = cohorts()
        .map(|((space, cell), people)| params![*space, cell.cohort, cell.week, *people].to_vec())
        .collect();
    tx.insert_many(
        "INSERT INTO metric_cohorts (space_id, cohort, week, people)",
        &rows,
        "ON CONFLICT (space_id, cohort, week) DO UPDATE SET people = metric_cohorts.people + excluded.people",
    )?;
    if active.iter().any(|(.., people)| *people < 0) {
        tx.run("DELETE FROM metric_active WHERE people = 0", &[])?;
    }
    if cohorts().any(|(_, people)| *people < 0) {
        tx.run("DELETE FROM metric_cohorts WHERE people = 0", &[])?;
    }
    Ok(())
}

fn add_contributions(tx: &mut Tx<'_>, change: &Change) -> Result<()> {
    let rows: Vec<Vec<Value>> = change
        .contributions
        .iter()
        .map(|((space, day, class), counts)| {
            let mut row = params![*space, *day, *class].to_vec();
            row.extend(values(*counts));
            row
        })
        .collect();
    tx.insert_many(
        "INSERT INTO metric_contributions (space_id, day, class, topics, replies, reactions, acceptances)",
        &rows,
        "ON CONFLICT (space_id, day, class) DO UPDATE SET
         topics = metric_contributions.topics + excluded.topics,
         replies = metric_contributions.replies + excluded.replies,
         reactions = metric_contributions.reactions + excluded.reactions,
         acceptances = metric_contributions.acceptances + excluded.acceptances",
    )?;
    if change.contributions.values().any(|counts| counts.is_less()) {
        tx.run(
            "DELETE FROM metric_contributions
             WHERE topics = 0 AND replies = 0 AND reactions = 0 AND acceptances = 0",
            &[],
        )?;
    }
    Ok(())
}

fn values(counts: Counts) -> [Value; 4] {
    [counts.topics.into(), counts.replies.into(), counts.reactions.into(), counts.acceptances.into()]
}

/// Reads the four columns of [`Counts`].
pub(crate) fn counts(row: &mainstreet_db::Row) -> Result<Counts> {
    Ok(Counts {
        topics: row.get("topics")?,
        replies: row.get("replies")?,
        reactions: row.get("reactions")?,
        acceptances: row.get("acceptances")?,
    })
}
