//! Every SQL string about mediations.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{EntryId, MediationId, PersonId};
use mainstreet_kernel::{Error, Result};

use super::model::{Kind, Mediation, Party, State, Word};
use super::{New, REMIND};

const CASE: &str =
    "SELECT c.*, e.name AS mediator_name FROM mediations c JOIN people e ON e.id = c.mediator_id";

fn case(row: &Row) -> Result<Mediation> {
    Ok(Mediation {
        id: row.get("id")?,
        title: row.get("title")?,
        topic: row.get("topic_id")?,
        mediator: row.get("mediator_id")?,
        mediator_name: row.get("mediator_name")?,
        state: row.word("state")?,
        proposal: row.get("proposal")?,
        proposal_version: row.get("proposal_version")?,
        opened_at: row.get("opened_at")?,
        moved_at: row.get("moved_at")?,
        ended_at: row.get("ended_at")?,
        ended_why: row.get("ended_why")?,
        parties: Vec::new(),
    })
}

fn with_parties(tx: &mut Tx<'_>, mut cases: Vec<Mediation>) -> Result<Vec<Mediation>> {
    for case in &mut cases {
        case.parties = tx.all(
            "SELECT p.person_id, e.name, p.accepted FROM mediation_parties p JOIN people e ON e.id = p.person_id
             WHERE p.mediation_id = $1 ORDER BY p.person_id",
            params![case.id],
            |row| {
                Ok(Party {
                    person: row.get("person_id")?,
                    name: row.get("name")?,
                    accepted: row.get("accepted")?,
                })
            },
        )?;
    }
    Ok(cases)
}

/// One mediation.
pub fn find(tx: &mut Tx<'_>, id: MediationId) -> Result<Mediation> {
    let found = tx.first(&format!("{CASE} WHERE c.id = $1"), params![id], case)?;
    with_parties(tx, found.into_iter().collect())?
        .pop()
        .ok_or_else(|| Error::not_found("There is no such mediation."))
}

/// One mediation, held until the end of the transaction.
pub(super) fn hold(tx: &mut Tx<'_>, id: MediationId) -> Result<Mediation> {
    tx.first("SELECT id FROM mediations WHERE id = $1 {{FOR_UPDATE}}", params![id], |row| {
        row.get::<MediationId>("id")
    })?;
    find(tx, id)
}

/// Those that run first, then the latest.
pub fn list(tx: &mut Tx<'_>, limit: usize) -> Result<Vec<Mediation>> {
    let cases = tx.all(
        &format!(
            "{CASE} ORDER BY CASE WHEN c.state IN ('open', 'talking') THEN 0 ELSE 1 END, c.moved_at DESC, c.id DESC
             LIMIT $1"
        ),
        params![limit],
        case,
    )?;
    with_parties(tx, cases)
}

/// Those that a member is a party of, the latest first.
pub fn of_party(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Mediation>> {
    let cases = tx.all(
        &format!(
            "{CASE} JOIN mediation_parties p ON p.mediation_id = c.id WHERE p.person_id = $1
             ORDER BY c.moved_at DESC, c.id DESC LIMIT 50"
        ),
        params![person],
        case,
    )?;
    with_parties(tx, cases)
}

/// The mediation between these two that runs, if there is one.
pub fn open_between(tx: &mut Tx<'_>, one: PersonId, other: PersonId) -> Result<Option<MediationId>> {
    tx.first(
        "SELECT c.id FROM mediations c JOIN mediation_parties p ON p.mediation_id = c.id AND p.person_id = $1
         JOIN mediation_parties q ON q.mediation_id = c.id AND q.person_id = $2
         WHERE c.state IN ('open', 'talking') ORDER BY c.id DESC LIMIT 1",
        params![one, other],
        |row| row.get("id"),
    )
}

pub(super) fn insert(tx: &mut Tx<'_>, new: &New, parties: &[PersonId], by: PersonId) -> Result<MediationId> {
    let (id, now) = (MediationId(tx.mint()), tx.now());
    tx.run(
        "INSERT INTO mediations (id, title, topic_id, mediator_id, state, opened_by, opened_at, moved_at, reminded_at)
         VALUES ($1, $2, $3, $4, 'open', $5, $6, $6, $6)",
        params![id, new.title.trim(), new.topic, new.mediator, by, now],
    )?;
    for party in parties {
        tx.run(
            "INSERT INTO mediation_parties (mediation_id, person_id) VALUES ($1, $2)",
            params![id, *party],
        )?;
    }
    Ok(id)
}

pub(super) fn add_word(
    tx: &mut Tx<'_>,
    id: MediationId,
    kind: Kind,
    (author, to): (PersonId, Option<PersonId>),
    body: &str,
) -> Result<()> {
    let (word, now) = (EntryId(tx.mint()), tx.now());
    tx.run(
        "INSERT INTO mediation_words (id, mediation_id, kind, author_id, to_id, body, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![word, id, kind.as_str(), author, to, body, now],
    )
    .map(drop)
}

pub(super) fn words(tx: &mut Tx<'_>, id: MediationId) -> Result<Vec<Word>> {
    tx.all(
        "SELECT w.*, e.name AS author_name FROM mediation_words w JOIN people e ON e.id = w.author_id
         WHERE w.mediation_id = $1 ORDER BY w.id LIMIT 2000",
        params![id],
        |row| {
            Ok(Word {
                id: row.get("id")?,
                kind: row.word("kind")?,
                author: row.get("author_id")?,
                author_name: row.get("author_name")?,
                to: row.get("to_id")?,
                body: row.get("body")?,
                at: row.get("at")?,
            })
        },
    )
}

pub(super) fn set_state(tx: &mut Tx<'_>, id: MediationId, to: State, why: &str) -> Result<()> {
    let ended = (!to.runs()).then_some(tx.now());
    tx.run(
        "UPDATE mediations SET state = $2, ended_at = $3, ended_why = $4 WHERE id = $1",
        params![id, to.as_str(), ended, why],
    )
    .map(drop)
}

pub(super) fn set_proposal(tx: &mut Tx<'_>, id: MediationId, words: &str) -> Result<()> {
    tx.run(
        "UPDATE mediations SET proposal = $2, proposal_version = proposal_version + 1 WHERE id = $1",
        params![id, words],
    )
    .map(drop)
}

pub(super) fn set_mediator(tx: &mut Tx<'_>, id: MediationId, to: PersonId) -> Result<()> {
    tx.run("UPDATE mediations SET mediator_id = $2 WHERE id = $1", params![id, to]).map(drop)
}

pub(super) fn accept(tx: &mut Tx<'_>, id: MediationId, person: PersonId, version: i64) -> Result<()> {
    tx.run_one(
        "UPDATE mediation_parties SET accepted = $3 WHERE mediation_id = $1 AND person_id = $2 AND accepted <> $3",
        params![id, person, version],
        "You have accepted this already.",
    )
}

pub(super) fn touch(tx: &mut Tx<'_>, id: MediationId) -> Result<()> {
    let now = tx.now();
    tx.run("UPDATE mediations SET moved_at = $2, reminded_at = $2 WHERE id = $1", params![id, now]).map(drop)
}

/// Those that run and in which nothing happened for [`REMIND`], nor a reminder went out.
pub(super) fn due(tx: &mut Tx<'_>) -> Result<Vec<MediationId>> {
    let before = tx.now().plus(-REMIND);
    tx.all(
        "SELECT id FROM mediations WHERE state IN ('open', 'talking') AND reminded_at <= $1 ORDER BY id LIMIT 100",
        params![before],
        |row| row.get("id"),
    )
}

pub(super) fn set_reminded(tx: &mut Tx<'_>, id: MediationId) -> Result<()> {
    let now = tx.now();
    tx.run("UPDATE mediations SET reminded_at = $2 WHERE id = $1", params![id, now]).map(drop)
}
