//! Every SQL string about clean-ups.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{CleanupId, DecisionId, PersonId, PostId, floor};
use mainstreet_kernel::{Error, Result, Role, Timestamp};

use super::{Cleanup, Plan};
use crate::moderation::{self, Decision};

/// A post of a new account in a window, or an account that came in it and wrote nothing.
pub(super) struct Candidate {
    pub id: Option<PostId>,
    pub body: String,
    state: String,
    pub person: PersonId,
    pub name: String,
    pub role: Option<Role>,
    pub suspended: bool,
    pub came: Timestamp,
    pub score: f64,
}

impl Candidate {
    /// True when there is something to hide.
    pub(super) fn stands(&self) -> bool {
        matches!(self.state.as_str(), "published" | "held")
    }
}

fn candidate(row: &Row, now: Timestamp) -> Result<Candidate> {
    let role: Option<String> = row.get("role")?;
    let suspended: Option<Timestamp> = row.get("suspended_until")?;
    Ok(Candidate {
        id: row.get("id")?,
        body: row.get("body")?,
        state: row.get("state")?,
        person: row.get("person_id")?,
        name: row.get("name")?,
        role: role.map(|word| word.parse()).transpose()?,
        suspended: suspended.is_some_and(|until| until > now),
        came: row.get("came")?,
        score: row.get("score")?,
    })
}

/// What new accounts wrote in the window, and accounts that came in it. `since`: accounts made before are not new.
pub(super) fn candidates(
    tx: &mut Tx<'_>,
    from: Timestamp,
    to: Timestamp,
    since: Timestamp,
) -> Result<Vec<Candidate>> {
    let now = tx.now();
    let mut all = tx.all(
        "SELECT p.id, p.body, p.state, p.person_id, e.name, m.role, m.suspended_until,
           COALESCE(m.created_at, e.joined_at) AS came, COALESCE(s.score, 0.0) AS score
         FROM posts p JOIN people e ON e.id = p.person_id LEFT JOIN members m ON m.person_id = p.person_id
         LEFT JOIN spam_scores s ON s.post_id = p.id
         WHERE p.id >= $1 AND p.id < $2 AND p.person_class = 'member' AND COALESCE(m.created_at, e.joined_at) >= $3
           AND COALESCE(m.role, 'member') = 'member'
         ORDER BY p.id LIMIT 5000",
        params![floor(from), floor(to), since],
        |row| candidate(row, now),
    )?;
    all.extend(tx.all(
        "SELECT CAST(NULL AS BIGINT) AS id, '' AS body, '' AS state, m.person_id, e.name, m.role, m.suspended_until,
           m.created_at AS came, CAST(0 AS DOUBLE PRECISION) AS score
         FROM sign_ups s JOIN members m ON m.person_id = s.person_id JOIN people e ON e.id = m.person_id
         WHERE s.at >= $1 AND s.at < $2 AND m.role = 'member' ORDER BY s.at, s.person_id LIMIT 5000",
        params![from, to],
        |row| candidate(row, now),
    )?);
    Ok(all)
}

const CLEANUP: &str = "SELECT c.*, e.name AS by_name FROM cleanups c JOIN people e ON e.id = c.by_id";

fn cleanup(row: &Row) -> Result<Cleanup> {
    let criteria: String = row.get("criteria")?;
    Ok(Cleanup {
        id: row.get("id")?,
        clause: row.get("clause")?,
        why: row.get("why")?,
        criteria: serde_json::from_str(&criteria).map_err(Error::internal)?,
        posts: row.get("posts")?,
        people: row.get("people")?,
        by: row.get("by_id")?,
        by_name: row.get("by_name")?,
        at: row.get("at")?,
        undone_at: row.get("undone_at")?,
        undone_why: row.get("undone_why")?,
        left_out: row.get("left_out")?,
    })
}

/// One clean-up.
pub fn find(tx: &mut Tx<'_>, id: CleanupId) -> Result<Cleanup> {
    tx.first(&format!("{CLEANUP} WHERE c.id = $1"), params![id], cleanup)?
        .ok_or_else(|| Error::not_found("There was no such clean-up."))
}

/// The latest first.
pub fn list(tx: &mut Tx<'_>, limit: usize) -> Result<Vec<Cleanup>> {
    tx.all(&format!("{CLEANUP} ORDER BY c.at DESC, c.id DESC LIMIT $1"), params![limit], cleanup)
}

/// What a clean-up decided, in order.
pub fn decisions(tx: &mut Tx<'_>, id: CleanupId) -> Result<Vec<Decision>> {
    let ids = tx.all(
        "SELECT decision_id FROM cleanup_decisions WHERE cleanup_id = $1 ORDER BY place",
        params![id],
        |row| row.get::<DecisionId>("decision_id"),
    )?;
    ids.into_iter().map(|id| moderation::find(tx, id)).collect()
}

pub(super) fn insert(
    tx: &mut Tx<'_>,
    plan: &Plan,
    (posts, people): (usize, usize),
    by: PersonId,
    decided: &[Decision],
) -> Result<CleanupId> {
    let (id, now) = (CleanupId(tx.mint()), tx.now());
    let criteria = serde_json::to_string(&plan.criteria).map_err(Error::internal)?;
    tx.run(
        "INSERT INTO cleanups (id, clause, why, criteria, posts, people, by_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![id, plan.clause.as_str(), plan.why.trim(), criteria, posts, people, by, now],
    )?;
    for (place, decision) in decided.iter().enumerate() {
        tx.run(
            "INSERT INTO cleanup_decisions (cleanup_id, place, decision_id) VALUES ($1, $2, $3)",
            params![id, place, decision.id],
        )?;
    }
    Ok(id)
}

pub(super) fn mark_undone(tx: &mut Tx<'_>, id: CleanupId, by: Option<PersonId>, why: &str) -> Result<()> {
    let now = tx.now();
    tx.run_one(
        "UPDATE cleanups SET undone_at = $2, undone_by = $3, undone_why = $4 WHERE id = $1 AND undone_at IS NULL",
        params![id, now, by, why],
        "This clean-up was taken back already.",
    )
}

pub(super) fn set_left_out(tx: &mut Tx<'_>, id: CleanupId, count: i64) -> Result<()> {
    tx.run("UPDATE cleanups SET left_out = $2 WHERE id = $1", params![id, count]).map(drop)
}
