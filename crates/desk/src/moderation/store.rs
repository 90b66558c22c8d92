//! Every SQL string about decisions and appeals.

use mainstreet_community::moderation::{Act, Done, Target};
use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{AppealId, DecisionId, MailId, PersonId, PostId, SpaceId};
use mainstreet_kernel::{Error, Result, Timestamp};

use super::appeals::{Appeal, AppealState, Voice};
use super::model::{Case, Decision, Kept};
use super::openness::Redacted;

const DECISION: &str = "SELECT d.*, e.name AS person_name, b.name AS by_name FROM decisions d
     JOIN people e ON e.id = d.person_id LEFT JOIN people b ON b.id = d.decided_by";

fn decision(row: &Row) -> Result<Decision> {
    Ok(Decision {
        id: row.get("id")?,
        object_kind: row.get("object_kind")?,
        object: row.get("object_id")?,
        object_version: row.get("object_version")?,
        person: row.get("person_id")?,
        person_name: row.get("person_name")?,
        space: row.get("space_id")?,
        act: row.word("act")?,
        was: row.get("was")?,
        became: row.get("became")?,
        clause: row.get("clause")?,
        guideline_version: row.get("guideline_version")?,
        facts: row.get("facts")?,
        source: row.word("source")?,
        source_id: row.get("source_id")?,
        detected: row.get("automated_detection")?,
        automatic: row.get("automated_decision")?,
        until: row.get("until_at")?,
        ground: row.word("ground")?,
        content_at: row.get("content_at")?,
        content_language: row.get("content_language")?,
        before: row.get("state_before")?,
        strikes: row.get("strikes")?,
        strikes_until: row.get("strikes_until")?,
        by: row.get("decided_by")?,
        by_name: row.get("by_name")?,
        at: row.get("decided_at")?,
        undone_at: row.get("undone_at")?,
        undone_why: row.get("undone_why")?,
    })
}

/// What a new row holds.
pub(super) struct NewDecision<'a> {
    pub case: &'a Case,
    pub done: &'a Done,
    pub version: i64,
    pub kept: &'a Kept,
    /// How much it weighs, and for how long.
    pub strikes: Option<(i64, i64)>,
    pub by: Option<PersonId>,
    /// Tag of the content's language; empty: unknown.
    pub language: String,
    /// What the facts are hashed with.
    pub salt: String,
}

pub(super) fn insert(tx: &mut Tx<'_>, new: &NewDecision<'_>) -> Result<DecisionId> {
    let (id, now) = (DecisionId(tx.mint()), tx.now());
    let (kind, object) = match new.case.order.target {
        Target::Post(post) => ("post", post.0),
        Target::Topic(topic) => ("topic", topic.0),
        Target::Person(person) => ("person", person.0),
    };
    let kept = serde_json::to_string(new.kept).map_err(Error::internal)?;
    let content_type = if kind == "person" { "other" } else { "text" };
    tx.run(
        "INSERT INTO decisions (id, object_kind, object_id, object_version, person_id, space_id, act, was, became,
           clause, guideline_version, facts, source, source_id, automated_detection, automated_decision, until_at,
           ground, category, content_type, content_at, content_language, territory, state_before, strikes,
           strikes_until, decided_by, decided_at, facts_salt)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $27,
           'all', $22, $23, $24, $25, $26, $28)",
        params![
            id,
            kind,
            object,
            new.done.post.map(|post| post.0),
            new.done.person,
            new.done.space,
            new.case.order.act.as_str(),
            new.done.was.as_str(),
            new.done.became.as_str(),
            &new.case.clause,
            new.version,
            new.case.order.why.trim(),
            new.case.source.as_str(),
            new.case.source_id,
            new.case.detected,
            new.by.is_none(),
            new.case.order.until,
            new.case.ground.as_str(),
            super::report::category(&new.case.clause),
            content_type,
            new.done.post.map(|post| post.1),
            kept,
            new.strikes.map_or(0, |strikes| strikes.0),
            new.strikes.map(|strikes| now.plus(strikes.1)),
            new.by,
            now,
            &new.language,
            &new.salt,
        ],
    )?;
    Ok(id)
}

/// One decision.
pub fn find(tx: &mut Tx<'_>, id: DecisionId) -> Result<Decision> {
    tx.first(&format!("{DECISION} WHERE d.id = $1"), params![id], decision)?
        .ok_or_else(|| Error::not_found("There is no such decision."))
}

/// Which decisions a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// About this member.
    pub person: Option<PersonId>,
    /// Citing this clause; empty: any.
    pub clause: String,
    /// This act; empty: any.
    pub act: String,
    /// Older than this one.
    pub before: Option<DecisionId>,
}

/// Decisions, latest first.
pub fn list(tx: &mut Tx<'_>, filter: &Filter, limit: usize) -> Result<Vec<Decision>> {
    let sql = format!(
        "{DECISION} WHERE (CAST($1 AS BIGINT) IS NULL OR d.person_id = $1)
         AND (CAST($2 AS TEXT) = '' OR d.clause = $2) AND (CAST($3 AS TEXT) = '' OR d.act = $3) AND d.id < $4
         ORDER BY d.id DESC LIMIT $5"
    );
    let before = filter.before.unwrap_or(DecisionId(i64::MAX));
    tx.all(&sql, params![filter.person, &filter.clause, &filter.act, before, limit], decision)
}

/// Decisions about a thing, latest first.
pub fn of_object(tx: &mut Tx<'_>, kind: &str, object: i64) -> Result<Vec<Decision>> {
    let sql = format!("{DECISION} WHERE d.object_kind = $1 AND d.object_id = $2 ORDER BY d.id DESC");
    tx.all(&sql, params![kind, object], decision)
}

/// Decisions about a member, latest first.
pub fn of_person(tx: &mut Tx<'_>, person: PersonId, limit: usize) -> Result<Vec<Decision>> {
    tx.all(
        &format!("{DECISION} WHERE d.person_id = $1 ORDER BY d.id DESC LIMIT $2"),
        params![person, limit],
        decision,
    )
}

/// The latest decisions by people that cite this clause, about others: what such cases got.
pub fn similar(tx: &mut Tx<'_>, clause: &str, but: PersonId, limit: usize) -> Result<Vec<Decision>> {
    let sql = format!(
        "{DECISION} WHERE d.clause = $1 AND d.person_id <> $2 AND d.decided_by IS NOT NULL ORDER BY d.id DESC LIMIT $3"
    );
    tx.all(&sql, params![clause, but, limit], decision)
}

/// What a post says.
pub(super) fn text_of(tx: &mut Tx<'_>, post: PostId) -> Result<Option<String>> {
    tx.first("SELECT body FROM posts WHERE id = $1", params![post], |row| row.get("body"))
}

/// The latest decisions by people on other posts, each with what the post says.
pub(super) fn decided_texts(tx: &mut Tx<'_>, but: PostId, limit: usize) -> Result<Vec<(Decision, String)>> {
    let sql = format!(
        "{DECISION} JOIN posts p ON p.id = d.object_id
         WHERE d.object_kind = 'post' AND d.object_id <> $1 AND d.decided_by IS NOT NULL ORDER BY d.id DESC LIMIT $2"
    );
    let sql = sql.replacen("SELECT d.*", "SELECT p.body, d.*", 1);
    tx.all(&sql, params![but, limit], |row| Ok((decision(row)?, row.get("body")?)))
}

/// Decisions that restrict a member now: not taken back and not run out, latest first. Of those on the member's standing
/// the latest replaced those before it; pauses in a topic and keeping apart stand beside it.
pub fn penalties(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Decision>> {
    let now = tx.now();
    let sql = format!(
        "{DECISION} WHERE d.object_kind = 'person' AND d.object_id = $1 AND d.undone_at IS NULL
         AND (d.until_at IS NULL OR d.until_at > $2) AND (d.act IN ('cool_off', 'part', 'limit_links')
           OR d.act <> 'reinstate' AND d.id = (SELECT MAX(r.id) FROM decisions r WHERE r.object_kind = 'person'
             AND r.object_id = $1 AND r.undone_at IS NULL AND r.act NOT IN ('warn', 'cool_off', 'part', 'limit_links')))
         ORDER BY d.id DESC LIMIT 20"
    );
    tx.all(&sql, params![person, now], decision)
}

/// Strikes of a member that count now.
pub fn active_strikes(tx: &mut Tx<'_>, person: PersonId) -> Result<i64> {
    let now = tx.now();
    tx.count(
        "SELECT CAST(COALESCE(SUM(strikes), 0) AS BIGINT) AS n FROM decisions
         WHERE person_id = $1 AND undone_at IS NULL AND strikes_until > $2",
        params![person, now],
    )
}

pub(super) fn mark_undone(tx: &mut Tx<'_>, id: DecisionId, by: Option<PersonId>, why: &str) -> Result<()> {
    let now = tx.now();
    tx.run_one(
        "UPDATE decisions SET undone_at = $2, undone_by = $3, undone_why = $4 WHERE id = $1 AND undone_at IS NULL",
        params![id, now, by, why],
        "Somebody has taken this decision back already.",
    )
}

pub(super) fn between(tx: &mut Tx<'_>, from: Timestamp, to: Timestamp) -> Result<Vec<Decision>> {
    let sql = format!("{DECISION} WHERE d.decided_at >= $1 AND d.decided_at < $2 ORDER BY d.id");
    tx.all(&sql, params![from, to], decision)
}

/// Decisions that restrict somebody with an address and of which no mail has been written, oldest first. Those that
/// were taken back meanwhile, and those about oneself, are not told.
pub fn untold(tx: &mut Tx<'_>, limit: usize) -> Result<Vec<(Decision, String)>> {
    let sql = format!(
        "{DECISION} JOIN members m ON m.person_id = d.person_id
         WHERE d.told_at IS NULL AND d.undone_at IS NULL AND (d.decided_by IS NULL OR d.decided_by <> d.person_id)
         ORDER BY d.id LIMIT $1"
    );
    let sql = sql.replacen("SELECT d.*", "SELECT m.email, d.*", 1);
    let rows = tx.all(&sql, params![limit], |row| Ok((row.get::<String>("email")?, decision(row)?)))?;
    Ok(rows.into_iter().map(|(email, decision)| (decision, email)).collect())
}

/// The mail about a decision was written; none: nobody is to be mailed.
pub fn set_mailed(tx: &mut Tx<'_>, id: DecisionId, mail: Option<MailId>) -> Result<()> {
    let now = tx.now();
    tx.run("UPDATE decisions SET told_at = $2, mail_id = $3 WHERE id = $1", params![id, now, mail]).map(drop)
}

pub(super) fn mail_of(tx: &mut Tx<'_>, id: DecisionId) -> Result<Option<MailId>> {
    tx.one("SELECT mail_id FROM decisions WHERE id = $1", params![id], |row| row.get("mail_id"))
}

const APPEAL: &str =
    "SELECT id, decision_id, person_id, words, state, opened_at, due_at, decided_at, answer FROM appeals";

fn appeal(row: &Row) -> Result<Appeal> {
    Ok(Appeal {
        id: row.get("id")?,
        decision: row.get("decision_id")?,
        person: row.get("person_id")?,
        words: row.get("words")?,
        state: row.word("state")?,
        opened_at: row.get("opened_at")?,
        due_at: row.get("due_at")?,
        decided_at: row.get("decided_at")?,
        answer: row.get("answer")?,
    })
}

/// One appeal.
pub fn find_appeal(tx: &mut Tx<'_>, id: AppealId) -> Result<Appeal> {
    tx.first(&format!("{APPEAL} WHERE id = $1"), params![id], appeal)?
        .ok_or_else(|| Error::not_found("There is no such appeal."))
}

/// The appeal against a decision.
pub fn appeal_of(tx: &mut Tx<'_>, id: DecisionId) -> Result<Option<Appeal>> {
    tx.first(&format!("{APPEAL} WHERE decision_id = $1"), params![id], appeal)
}

pub(super) fn hold_appeal(tx: &mut Tx<'_>, id: AppealId) -> Result<Appeal> {
    tx.first(&format!("{APPEAL} WHERE id = $1 {{{{FOR_UPDATE}}}}"), params![id], appeal)?
        .ok_or_else(|| Error::not_found("There is no such appeal."))
}

pub(super) fn insert_appeal(
    tx: &mut Tx<'_>,
    id: AppealId,
    decision: &Decision,
    words: &str,
    due: Timestamp,
) -> Result<()> {
    let now = tx.now();
    tx.run_one(
        "INSERT INTO appeals (id, decision_id, person_id, words, state, opened_at, due_at)
         VALUES ($1, $2, $3, $4, 'open', $5, $6) ON CONFLICT (decision_id) DO NOTHING",
        params![id, decision.id, decision.person, words, now, due],
        "You have appealed against this decision. Somebody else looks at it, or has.",
    )
}

pub(super) fn end_appeal(tx: &mut Tx<'_>, id: AppealId, state: AppealState, answer: &str) -> Result<()> {
    let now = tx.now();
    tx.run_one(
        "UPDATE appeals SET state = $2, answer = $3, decided_at = $4 WHERE id = $1 AND state = 'open'",
        params![id, state.as_str(), answer, now],
        "Somebody else decided this appeal a moment ago.",
    )
}

pub(super) fn insert_voice(
    tx: &mut Tx<'_>,
    id: AppealId,
    person: PersonId,
    overturn: bool,
    why: &str,
) -> Result<()> {
    let now = tx.now();
    tx.run_one(
        "INSERT INTO appeal_voices (appeal_id, person_id, overturn, why, at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (appeal_id, person_id) DO NOTHING",
        params![id, person, overturn, why, now],
        "You have spoken on this appeal. Somebody else has to as well.",
    )
}

pub(super) fn voices(tx: &mut Tx<'_>, id: AppealId) -> Result<Vec<Voice>> {
    tx.all(
        "SELECT v.person_id, e.name, v.overturn, v.why, v.at FROM appeal_voices v
         JOIN people e ON e.id = v.person_id WHERE v.appeal_id = $1 ORDER BY v.at, v.person_id",
        params![id],
        |row| {
            let (person, name) = (row.get("person_id")?, row.get("name")?);
            Ok(Voice {
                person,
                name,
                overturn: row.get("overturn")?,
                why: row.get("why")?,
                at: row.get("at")?,
            })
        },
    )
}

pub(super) fn open_appeals(tx: &mut Tx<'_>) -> Result<Vec<Appeal>> {
    tx.all(&format!("{APPEAL} WHERE state = 'open' ORDER BY due_at, id LIMIT 200"), &[], appeal)
}

pub(super) fn appeals_between(tx: &mut Tx<'_>, from: Timestamp, to: Timestamp) -> Result<Vec<Appeal>> {
    tx.all(
        &format!("{APPEAL} WHERE opened_at >= $1 AND opened_at < $2 ORDER BY id"),
        params![from, to],
        appeal,
    )
}

/// Flags raised in a time on posts that stand in the space now, and how many of them were upheld and cleared.
pub(super) fn flags_between(
    tx: &mut Tx<'_>,
    from: Timestamp,
    to: Timestamp,
    space: Option<SpaceId>,
) -> Result<(i64, i64, i64)> {
    tx.one(
        "SELECT COUNT(*) AS raised, CAST(COALESCE(SUM(CASE WHEN f.state = 'upheld' THEN 1 ELSE 0 END), 0) AS BIGINT)
           AS upheld, CAST(COALESCE(SUM(CASE WHEN f.state = 'cleared' THEN 1 ELSE 0 END), 0) AS BIGINT) AS cleared
         FROM flags f JOIN posts p ON p.id = f.post_id JOIN topics t ON t.id = p.topic_id
         WHERE f.created_at >= $1 AND f.created_at < $2 AND (CAST($3 AS BIGINT) IS NULL OR t.space_id = $3)",
        params![from, to, space],
        |row| Ok((row.get("raised")?, row.get("upheld")?, row.get("cleared")?)),
    )
}

pub(super) fn redacted(tx: &mut Tx<'_>, member: bool, limit: usize) -> Result<Vec<Redacted>> {
    let closed = if member { "staff" } else { "members" };
    tx.all(
        "SELECT d.decided_at, d.act, d.clause, d.decided_by, d.undone_at, a.state,
           CASE WHEN s.visibility IN ('staff', $1) THEN NULL ELSE s.name END AS space
         FROM decisions d LEFT JOIN spaces s ON s.id = d.space_id LEFT JOIN appeals a ON a.decision_id = d.id
         ORDER BY d.id DESC LIMIT $2",
        params![closed, limit],
        |row| {
            Ok(Redacted {
                at: row.get("decided_at")?,
                what: row.word::<Act>("act")?.label(),
                told: String::new(),
                clause: row.get("clause")?,
                space: row.get("space")?,
                automatic: row.get::<Option<PersonId>>("decided_by")?.is_none(),
                undone: row.get::<Option<Timestamp>>("undone_at")?.is_some(),
                appeal: row.get("state")?,
            })
        },
    )
}
