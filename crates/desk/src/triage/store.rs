//! The SQL of corrections, settings and owners.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{EntryId, PersonId, SignalId};
use mainstreet_kernel::{Result, Timestamp};

use super::actions::Made;
use super::model::{Owner, SetBy};
use super::owners::{Line, Team};
use crate::signals::Signal;

/// A correction that a person made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectionRow {
    /// `intent`, `urgency`, `owner` or a risk.
    pub field: String,
    /// What it was.
    pub was: String,
    /// What it became.
    pub became: String,
    /// Who had set what it was.
    pub set_by: SetBy,
    /// Who corrected it.
    pub person: PersonId,
    /// When.
    pub at: Timestamp,
}

pub(super) fn insert(tx: &mut Tx<'_>, signal: &Signal, made: &Made, person: PersonId) -> Result<()> {
    let id = EntryId(tx.mint());
    let now = tx.now();
    tx.run(
        "INSERT INTO triage_corrections (id, signal_id, post_id, field, was, became, set_by, person_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![id, signal.id, signal.post, made.field, made.was, made.became, made.set_by, person, now],
    )
    .map(drop)
}

/// What people corrected on an item, oldest first.
pub fn corrections_of(tx: &mut Tx<'_>, signal: SignalId) -> Result<Vec<CorrectionRow>> {
    tx.all(
        "SELECT field, was, became, set_by, person_id, at FROM triage_corrections WHERE signal_id = $1 ORDER BY id",
        params![signal],
        |row| {
            Ok(CorrectionRow {
                field: row.get("field")?,
                was: row.get("was")?,
                became: row.get("became")?,
                set_by: row.word("set_by")?,
                person: row.get("person_id")?,
                at: row.get("at")?,
            })
        },
    )
}

fn word<T: std::str::FromStr<Err = mainstreet_kernel::Error>>(
    row: &Row,
    name: &'static str,
) -> Result<Option<T>> {
    let text: String = row.get(name)?;
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}

pub(super) fn lines(tx: &mut Tx<'_>) -> Result<Vec<Line>> {
    tx.all(
        "SELECT id, intent, risk, tag, space_id, owner FROM owner_lines ORDER BY place, id LIMIT 200",
        &[],
        |row| {
            let tag: String = row.get("tag")?;
            Ok(Line {
                id: row.get("id")?,
                intent: word(row, "intent")?,
                risk: word(row, "risk")?,
                tag: Some(tag).filter(|tag| !tag.is_empty()),
                space: row.get("space_id")?,
                owner: row.word("owner")?,
            })
        },
    )
}

pub(super) fn add_line(tx: &mut Tx<'_>, line: &Line) -> Result<()> {
    let intent = line.intent.map_or("", |intent| intent.as_str());
    let risk = line.risk.map_or("", |risk| risk.as_str());
    let tag = line.tag.as_deref().unwrap_or_default();
    tx.run(
        "INSERT INTO owner_lines (id, place, intent, risk, tag, space_id, owner)
         SELECT CAST($1 AS BIGINT), COALESCE(MAX(place), 0) + 1, CAST($2 AS TEXT), CAST($3 AS TEXT),
         CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($6 AS TEXT) FROM owner_lines",
        params![line.id, intent, risk, tag, line.space, line.owner],
    )
    .map(drop)
}

pub(super) fn remove_line(tx: &mut Tx<'_>, id: EntryId) -> Result<()> {
    tx.run_one(
        "DELETE FROM owner_lines WHERE id = $1",
        params![id],
        "Somebody else removed this line a moment ago.",
    )
}

pub(super) fn order_lines(tx: &mut Tx<'_>, order: &[EntryId]) -> Result<()> {
    for (place, id) in order.iter().enumerate() {
        tx.run("UPDATE owner_lines SET place = $2 WHERE id = $1", params![*id, place])?;
    }
    Ok(())
}

pub(super) fn teams(tx: &mut Tx<'_>) -> Result<Vec<Team>> {
    tx.all("SELECT owner, email, answer_within FROM owner_teams", &[], |row| {
        let owner: Owner = row.word("owner")?;
        Ok(Team { owner, email: row.get("email")?, answer_within: row.get("answer_within")? })
    })
}

pub(super) fn set_team(tx: &mut Tx<'_>, team: &Team) -> Result<()> {
    tx.run(
        "INSERT INTO owner_teams (owner, email, answer_within) VALUES ($1, $2, $3)
         ON CONFLICT (owner) DO UPDATE SET email = excluded.email, answer_within = excluded.answer_within",
        params![team.owner, team.email.as_str(), team.answer_within],
    )
    .map(drop)
}
