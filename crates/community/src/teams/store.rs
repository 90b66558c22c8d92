//! Every SQL string about teams.

use std::collections::HashMap;

use mainstreet_db::{Tx, Value, params};
use mainstreet_kernel::id::{PersonId, SpaceId, TeamId};
use mainstreet_kernel::{Day, Result};

use super::{Rota, Team};

pub(super) fn is_in_any(tx: &mut Tx<'_>, person: PersonId) -> Result<bool> {
    Ok(tx.count("SELECT COUNT(*) AS n FROM team_people WHERE person_id = $1", params![person])? > 0)
}

pub(super) fn all(tx: &mut Tx<'_>) -> Result<Vec<Team>> {
    let mut people: HashMap<TeamId, Vec<(PersonId, String)>> = HashMap::new();
    for (team, person, name) in tx.all(
        "SELECT t.team_id, t.person_id, p.name FROM team_people t JOIN people p ON p.id = t.person_id
         ORDER BY t.team_id, t.place",
        &[],
        |row| {
            Ok((row.get::<TeamId>("team_id")?, row.get::<PersonId>("person_id")?, row.get::<String>("name")?))
        },
    )? {
        people.entry(team).or_default().push((person, name));
    }
    let mut spaces: HashMap<TeamId, Vec<SpaceId>> = HashMap::new();
    for (team, space) in
        tx.all("SELECT team_id, space_id FROM team_spaces ORDER BY team_id, space_id", &[], |row| {
            Ok((row.get::<TeamId>("team_id")?, row.get::<SpaceId>("space_id")?))
        })?
    {
        spaces.entry(team).or_default().push(space);
    }
    let rows = tx.all(
        "SELECT id, name, rota, weekday, hour, since_day FROM teams ORDER BY name_folded",
        &[],
        |row| {
            let rota: String = row.get("rota")?;
            let since: i64 = row.get("since_day")?;
            Ok(Team {
                id: row.get("id")?,
                name: row.get("name")?,
                rota: Rota {
                    weekly: rota == "weekly",
                    weekday: row.get("weekday")?,
                    hour: row.get("hour")?,
                    since: Day(i32::try_from(since).unwrap_or_default()),
                },
                people: Vec::new(),
                spaces: Vec::new(),
            })
        },
    )?;
    let filled = rows.into_iter().map(|mut team| {
        team.people = people.remove(&team.id).unwrap_or_default();
        team.spaces = spaces.remove(&team.id).unwrap_or_default();
        team
    });
    Ok(filled.collect())
}

pub(super) fn save(tx: &mut Tx<'_>, id: TeamId, (name, folded): (&str, &str), rota: &Rota) -> Result<()> {
    let word = if rota.weekly { "weekly" } else { "together" };
    let taken =
        tx.count("SELECT COUNT(*) AS n FROM teams WHERE name_folded = $1 AND id <> $2", params![folded, id])?;
    if taken > 0 {
        return Err(mainstreet_kernel::Error::conflict(
            "There is a team with this name. Choose another one.",
        ));
    }
    tx.run(
        "INSERT INTO teams (id, name, name_folded, rota, weekday, hour, since_day) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_folded = excluded.name_folded,
           rota = excluded.rota, weekday = excluded.weekday, hour = excluded.hour, since_day = excluded.since_day",
        params![id, name, folded, word, rota.weekday, rota.hour, i64::from(rota.since.0)],
    )
    .map(drop)
}

pub(super) fn set_people(tx: &mut Tx<'_>, id: TeamId, people: &[PersonId]) -> Result<()> {
    tx.run("DELETE FROM team_people WHERE team_id = $1", params![id])?;
    let rows: Vec<Vec<Value>> =
        people.iter().enumerate().map(|(place, person)| params![id, *person, place].to_vec()).collect();
    tx.insert_many(
        "INSERT INTO team_people (team_id, person_id, place)",
        &rows,
        "ON CONFLICT (team_id, person_id) DO NOTHING",
    )
    .map(drop)
}

pub(super) fn set_spaces(tx: &mut Tx<'_>, id: TeamId, spaces: &[SpaceId]) -> Result<()> {
    tx.run("DELETE FROM team_spaces WHERE team_id = $1", params![id])?;
    let rows: Vec<Vec<Value>> = spaces.iter().map(|space| params![id, *space].to_vec()).collect();
    tx.insert_many(
        "INSERT INTO team_spaces (team_id, space_id)",
        &rows,
        "ON CONFLICT (team_id, space_id) DO NOTHING",
    )
    .map(drop)
}

pub(super) fn remove(tx: &mut Tx<'_>, id: TeamId) -> Result<()> {
    for table in ["team_people", "team_spaces"] {
        tx.run(&format!("DELETE FROM {table} WHERE team_id = $1"), params![id])?;
    }
    tx.run("DELETE FROM teams WHERE id = $1", params![id]).map(drop)
}
