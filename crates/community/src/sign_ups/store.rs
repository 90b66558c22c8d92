//! Every SQL string about how accounts came.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Error, Result, Timestamp};

use super::{FORGET, SignUp, State};

fn sign_up(row: &Row) -> Result<SignUp> {
    let reasons: String = row.get("reasons")?;
    Ok(SignUp {
        person: row.get("person_id")?,
        state: row.word("state")?,
        score: row.get("score")?,
        reasons: serde_json::from_str(&reasons).map_err(Error::internal)?,
        network: row.get("network")?,
        proof: row.get("proof")?,
        took: row.get("took")?,
        at: row.get("at")?,
        decided_at: row.get("decided_at")?,
        decided_by: row.get("decided_by")?,
    })
}

/// Notes how an account came.
pub fn note(tx: &mut Tx<'_>, new: &SignUp) -> Result<()> {
    let reasons = serde_json::to_string(&new.reasons).map_err(Error::internal)?;
    tx.run(
        "INSERT INTO sign_ups (person_id, state, score, reasons, network, proof, took, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            new.person,
            new.state.as_str(),
            new.score,
            reasons,
            new.network.clone(),
            new.proof,
            new.took,
            new.at
        ],
    )
    .map(drop)
}

/// How an account came, if that is known.
pub fn find(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<SignUp>> {
    tx.first("SELECT * FROM sign_ups WHERE person_id = $1", params![person], sign_up)
}

/// The state, and whether the address is confirmed.
pub(super) fn standing(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<(State, bool)>> {
    tx.first(
        "SELECT s.state, m.email_confirmed_at FROM sign_ups s JOIN members m ON m.person_id = s.person_id
         WHERE s.person_id = $1",
        params![person],
        |row| Ok((row.word("state")?, row.get::<Option<i64>>("email_confirmed_at")?.is_some())),
    )
}

/// Accounts that wait, oldest first; those with a confirmed address wait only for a person.
pub fn waiting(tx: &mut Tx<'_>, limit: usize) -> Result<Vec<SignUp>> {
    tx.all(
        "SELECT s.* FROM sign_ups s JOIN members m ON m.person_id = s.person_id
         WHERE s.state = 'approval' OR (s.state = 'confirm' AND m.email_confirmed_at IS NULL)
         ORDER BY s.at, s.person_id LIMIT $1",
        params![limit],
        sign_up,
    )
}

/// Accounts that a person keeps out, the latest decision first.
pub fn refused(tx: &mut Tx<'_>, limit: usize) -> Result<Vec<SignUp>> {
    tx.all(
        "SELECT s.* FROM sign_ups s JOIN members m ON m.person_id = s.person_id
         WHERE s.state = 'refused' ORDER BY s.decided_at DESC, s.person_id DESC LIMIT $1",
        params![limit],
        sign_up,
    )
}

/// How many came since then.
pub fn since(tx: &mut Tx<'_>, at: Timestamp) -> Result<i64> {
    tx.count("SELECT COUNT(*) AS n FROM sign_ups WHERE at > $1", params![at])
}

/// Those that came in a stretch of time, oldest first.
pub fn between(tx: &mut Tx<'_>, from: Timestamp, to: Timestamp, limit: usize) -> Result<Vec<SignUp>> {
    tx.all(
        "SELECT * FROM sign_ups WHERE at >= $1 AND at < $2 ORDER BY at, person_id LIMIT $3",
        params![from, to, limit],
        sign_up,
    )
}

/// How many accounts came from this network since then.
pub fn networks(tx: &mut Tx<'_>, network: &str, since: Timestamp) -> Result<i64> {
    tx.count("SELECT COUNT(*) AS n FROM sign_ups WHERE network = $1 AND at > $2", params![network, since])
}

pub(super) fn decide(tx: &mut Tx<'_>, person: PersonId, state: State, by: Option<PersonId>) -> Result<()> {
    let now = tx.now();
    tx.run_one(
        "UPDATE sign_ups SET state = $2, decided_at = $3, decided_by = $4 WHERE person_id = $1 AND state <> $2",
        params![person, state.as_str(), now, by],
        "Somebody else decided that already.",
    )
}

/// Forgets the networks of sign-ups long ago.
pub fn forget(tx: &mut Tx<'_>) -> Result<()> {
    let before = tx.now().plus(-FORGET);
    tx.run("UPDATE sign_ups SET network = NULL WHERE network IS NOT NULL AND at < $1", params![before])
        .map(drop)
}
