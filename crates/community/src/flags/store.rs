//! Every SQL string about flags.

use std::collections::BTreeMap;

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{FlagId, PersonId, PostId};
use mainstreet_kernel::{Error, Result};

use super::Flag;
use super::weights::{self, Flagger};

const COLUMNS: &str =
    "id, post_id, person_id, reason, note, weight, state, created_at, decided_at, decided_by";

fn flag(row: &Row) -> Result<Flag> {
    Ok(Flag {
        id: row.get("id")?,
        post: row.get("post_id")?,
        person: row.get("person_id")?,
        reason: row.get("reason")?,
        note: row.get("note")?,
        weight: row.get("weight")?,
        upheld: match row.get::<String>("state")?.as_str() {
            "upheld" => Some(true),
            "cleared" => Some(false),
            _ => None,
        },
        created_at: row.get("created_at")?,
        decided_at: row.get("decided_at")?,
        decided_by: row.get("decided_by")?,
    })
}

/// One flag.
pub fn find(tx: &mut Tx<'_>, id: FlagId) -> Result<Flag> {
    tx.first(&format!("SELECT {COLUMNS} FROM flags WHERE id = $1"), params![id], flag)?
        .ok_or_else(|| Error::not_found("There is no such flag."))
}

/// All flags on a post, oldest first.
pub fn of_post(tx: &mut Tx<'_>, post: PostId) -> Result<Vec<Flag>> {
    tx.all(&format!("SELECT {COLUMNS} FROM flags WHERE post_id = $1 ORDER BY id"), params![post], flag)
}

/// The flags on a post that wait for a decision, oldest first.
pub fn open_on(tx: &mut Tx<'_>, post: PostId) -> Result<Vec<Flag>> {
    let sql = format!("SELECT {COLUMNS} FROM flags WHERE post_id = $1 AND state = 'open' ORDER BY id");
    tx.all(&sql, params![post], flag)
}

pub(super) fn by(tx: &mut Tx<'_>, post: PostId, person: PersonId) -> Result<Option<Flag>> {
    let sql = format!("SELECT {COLUMNS} FROM flags WHERE post_id = $1 AND person_id = $2");
    tx.first(&sql, params![post, person], flag)
}

pub(super) fn insert(
    tx: &mut Tx<'_>,
    id: FlagId,
    post: PostId,
    person: PersonId,
    (reason, note, weight): (&str, &str, f64),
) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO flags (id, post_id, person_id, reason, note, weight, state, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'open', $7)",
        params![id, post, person, reason, note, weight, now],
    )
    .map(drop)
}

pub(super) fn reopen(tx: &mut Tx<'_>, id: FlagId, (reason, note, weight): (&str, &str, f64)) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE flags SET reason = $2, note = $3, weight = $4, state = 'open', created_at = $5, decided_at = NULL,
           decided_by = NULL WHERE id = $1",
        params![id, reason, note, weight, now],
    )
    .map(drop)
}

pub(super) fn decide(tx: &mut Tx<'_>, id: FlagId, upheld: bool, by: Option<PersonId>) -> Result<()> {
    let now = tx.now();
    let state = if upheld { "upheld" } else { "cleared" };
    tx.run_one(
        "UPDATE flags SET state = $2, decided_at = $3, decided_by = $4 WHERE id = $1 AND state = 'open'",
        params![id, state, now, by],
        "Somebody has decided on this flag already.",
    )
}

pub(super) fn undecide(tx: &mut Tx<'_>, id: FlagId) -> Result<()> {
    tx.run("UPDATE flags SET state = 'open', decided_at = NULL, decided_by = NULL WHERE id = $1", params![id])
        .map(drop)
}

/// What is known of somebody who flags.
pub(super) fn flagger(tx: &mut Tx<'_>, person: PersonId) -> Result<Flagger> {
    tx.one(
        "SELECT m.role, p.post_count, p.accepted_count,
           (SELECT COUNT(*) FROM flags f WHERE f.person_id = p.id AND f.state = 'upheld') AS agreed,
           (SELECT COUNT(*) FROM flags f WHERE f.person_id = p.id AND f.state = 'cleared') AS disagreed
         FROM people p LEFT JOIN members m ON m.person_id = p.id WHERE p.id = $1",
        params![person],
        |row| {
            Ok(Flagger {
                role: row.get::<Option<String>>("role")?.and_then(|word| word.parse().ok()),
                posts: row.get("post_count")?,
                accepted: row.get("accepted_count")?,
                agreed: row.get("agreed")?,
                disagreed: row.get("disagreed")?,
            })
        },
    )
}

/// What the flags on a post that wait weigh together.
pub fn score(tx: &mut Tx<'_>, post: PostId) -> Result<f64> {
    Ok(open_on(tx, post)?.iter().map(|flag| flag.weight).sum())
}

/// What the flags that staff agreed with weighed together on each post that several people had flagged: of the latest
/// 5,000 flags.
pub fn upheld_scores(tx: &mut Tx<'_>) -> Result<Vec<f64>> {
    let rows = tx.all(
        "SELECT post_id, weight FROM flags WHERE state = 'upheld' ORDER BY decided_at DESC, id DESC LIMIT 5000",
        &[],
        |row| Ok((row.get::<PostId>("post_id")?, row.get::<f64>("weight")?)),
    )?;
    let mut scores: BTreeMap<PostId, (usize, f64)> = BTreeMap::new();
    for (post, weight) in rows {
        let score = scores.entry(post).or_default();
        *score = (score.0 + 1, score.1 + weight);
    }
    Ok(scores.into_values().filter(|(flags, _)| *flags >= weights::PEOPLE).map(|(_, score)| score).collect())
}
