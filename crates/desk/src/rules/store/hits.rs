//! What rules matched.

use std::collections::HashSet;

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{EntryId, RuleId};
use mainstreet_kernel::{Error, Result, Timestamp};

use crate::rules::model::Hit;

const COLUMNS: &str = "id, rule_id, version, mode, event, object_kind, object_id, object_version, topic_id,
  person_id, occurred_at, found_at, trace, outcome, acted, withdrawn_at";

fn hit(row: &Row) -> Result<Hit> {
    Ok(Hit {
        id: row.get("id")?,
        rule: row.get("rule_id")?,
        version: row.get("version")?,
        mode: row.word("mode")?,
        event: row.get("event")?,
        object_kind: row.get("object_kind")?,
        object: row.get("object_id")?,
        object_version: row.get("object_version")?,
        topic: row.get("topic_id")?,
        person: row.get("person_id")?,
        occurred_at: row.get("occurred_at")?,
        found_at: row.get("found_at")?,
        trace: row.json("trace")?,
        doing: row.json("outcome")?,
        acted: row.get("acted")?,
        withdrawn_at: row.get("withdrawn_at")?,
    })
}

/// The hits of a version of a rule from a time on, and those before on which it shall not hit again.
pub(in crate::rules) fn of_version(tx: &mut Tx<'_>, rule: RuleId, version: i64) -> Result<Vec<Hit>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM rule_hits WHERE rule_id = $1 AND version = $2 AND withdrawn_at IS NULL
         ORDER BY occurred_at, id"
    );
    tx.all(&sql, params![rule, version], hit)
}

/// One hit.
pub(in crate::rules) fn find(tx: &mut Tx<'_>, id: EntryId) -> Result<Option<Hit>> {
    tx.first(&format!("SELECT {COLUMNS} FROM rule_hits WHERE id = $1"), params![id], hit)
}

/// What tells a hit from others: the hit, kind and number of the object, its version, when it happened.
pub(in crate::rules) type Mark = (EntryId, String, i64, i64, Timestamp);

/// The same, only what tells hits apart: the hit, kind, object, its version, when.
pub(in crate::rules) fn keys(
    tx: &mut Tx<'_>,
    rule: RuleId,
    version: i64,
    since: Timestamp,
) -> Result<Vec<Mark>> {
    tx.all(
        "SELECT id, object_kind, object_id, object_version, occurred_at FROM rule_hits
         WHERE rule_id = $1 AND version = $2 AND occurred_at >= $3 AND withdrawn_at IS NULL",
        params![rule, version, since],
        |row| {
            Ok((
                row.get("id")?,
                row.get("object_kind")?,
                row.get("object_id")?,
                row.get("object_version")?,
                row.get("occurred_at")?,
            ))
        },
    )
}

/// True when a version of a rule hit this before `before`.
pub(in crate::rules) fn hit_before(
    tx: &mut Tx<'_>,
    (rule, version): (RuleId, i64),
    (kind, object, object_version): (&str, i64, i64),
    before: Timestamp,
) -> Result<bool> {
    let n = tx.count(
        "SELECT COUNT(*) AS n FROM rule_hits WHERE rule_id = $1 AND version = $2 AND object_kind = $3
           AND object_id = $4 AND object_version = $5 AND occurred_at < $6 AND withdrawn_at IS NULL",
        params![rule, version, kind, object, object_version, before],
    )?;
    Ok(n > 0)
}

/// Keeps a hit. One that was withdrawn, or that is known at another time, is kept as it is now.
pub(in crate::rules) fn put(tx: &mut Tx<'_>, hit: &Hit) -> Result<()> {
    let trace = serde_json::to_string(&hit.trace).map_err(Error::internal)?;
    let doing = serde_json::to_string(&hit.doing).map_err(Error::internal)?;
    tx.run(
        "INSERT INTO rule_hits (id, rule_id, version, mode, event, object_kind, object_id, object_version, topic_id,
           person_id, occurred_at, found_at, trace, outcome, acted)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT (rule_id, version, object_kind, object_id, object_version) DO UPDATE SET event = $5,
           occurred_at = $11, trace = $13, withdrawn_at = NULL",
        params![
            hit.id,
            hit.rule,
            hit.version,
            hit.mode.as_str(),
            &hit.event,
            &hit.object_kind,
            hit.object,
            hit.object_version,
            hit.topic,
            hit.person,
            hit.occurred_at,
            hit.found_at,
            trace,
            doing,
            hit.acted
        ],
    )
    .map(drop)
}

/// Takes a hit back: what arrived late says that the rule did not match.
pub(in crate::rules) fn withdraw(tx: &mut Tx<'_>, id: EntryId, at: Timestamp) -> Result<()> {
    tx.run("UPDATE rule_hits SET withdrawn_at = $2 WHERE id = $1", params![id, at]).map(drop)
}

/// Writes down what was done by a hit.
pub(in crate::rules) fn set_doing(tx: &mut Tx<'_>, hit: &Hit) -> Result<()> {
    let doing = serde_json::to_string(&hit.doing).map_err(Error::internal)?;
    tx.run("UPDATE rule_hits SET outcome = $2, acted = $3 WHERE id = $1", params![hit.id, doing, hit.acted])
        .map(drop)
}

/// The hits of a rule, the latest first.
pub(in crate::rules) fn latest(tx: &mut Tx<'_>, rule: RuleId, most: usize) -> Result<Vec<Hit>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM rule_hits WHERE rule_id = $1 AND withdrawn_at IS NULL
         ORDER BY occurred_at DESC, id DESC LIMIT $2"
    );
    tx.all(&sql, params![rule, most], hit)
}

/// All hits on a post, the latest first.
pub(in crate::rules) fn on_post(tx: &mut Tx<'_>, post: i64) -> Result<Vec<Hit>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM rule_hits WHERE object_kind = 'post' AND object_id = $1 AND withdrawn_at IS NULL
         ORDER BY occurred_at DESC, id DESC"
    );
    tx.all(&sql, params![post], hit)
}

/// How often a rule acted from `from` on, in all or for one person.
pub(in crate::rules) fn acted_since(
    tx: &mut Tx<'_>,
    rule: RuleId,
    from: Timestamp,
    person: Option<i64>,
) -> Result<i64> {
    tx.count(
        "SELECT COUNT(*) AS n FROM rule_hits WHERE rule_id = $1 AND acted = 1 AND found_at > $2
           AND (CAST($3 AS BIGINT) = 0 OR person_id = $3)",
        params![rule, from, person.unwrap_or(0)],
    )
}

/// How often each rule hit, by its id.
pub(in crate::rules) fn counts(tx: &mut Tx<'_>) -> Result<Vec<(RuleId, i64, Option<Timestamp>)>> {
    tx.all(
        "SELECT rule_id, COUNT(*) AS n, MAX(occurred_at) AS last FROM rule_hits WHERE withdrawn_at IS NULL
         GROUP BY rule_id",
        &[],
        |row| Ok((row.get("rule_id")?, row.get("n")?, row.get("last")?)),
    )
}

/// Other rules that hit the same versions of the same things, and how often; most often first.
pub(in crate::rules) fn shared(tx: &mut Tx<'_>, rule: RuleId) -> Result<Vec<(String, i64)>> {
    tx.all(
        "SELECT r.name, COUNT(*) AS n FROM rule_hits a
         JOIN rule_hits b ON b.object_id = a.object_id AND b.object_kind = a.object_kind
           AND b.object_version = a.object_version AND b.rule_id <> a.rule_id AND b.withdrawn_at IS NULL
         JOIN rules r ON r.id = b.rule_id
         WHERE a.rule_id = $1 AND a.withdrawn_at IS NULL
         GROUP BY r.id, r.name ORDER BY n DESC, r.name LIMIT 10",
        params![rule],
        |row| Ok((row.get("name")?, row.get("n")?)),
    )
}

/// Posts on which earlier versions of a rule acted, and when.
pub(in crate::rules) fn acted_on(tx: &mut Tx<'_>, rule: RuleId) -> Result<HashSet<i64>> {
    let rows = tx.all(
        "SELECT object_id FROM rule_hits WHERE rule_id = $1 AND acted = 1 AND object_kind = 'post'",
        params![rule],
        |row| row.get("object_id"),
    )?;
    Ok(rows.into_iter().collect())
}

/// Writes down what a person said of a match.
pub(in crate::rules) fn set_verdict(
    tx: &mut Tx<'_>,
    rule: RuleId,
    post: i64,
    upheld: bool,
    person: Option<mainstreet_kernel::id::PersonId>,
) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO rule_verdicts (rule_id, object_kind, object_id, upheld, person_id, at)
         VALUES ($1, 'post', $2, $3, $4, $5)
         ON CONFLICT (rule_id, object_kind, object_id) DO UPDATE SET upheld = $3, person_id = $4, at = $5",
        params![rule, post, upheld, person, now],
    )
    .map(drop)
}

/// What people said of matches, of any rule: the post, the rule, when, and whether it was right.
pub(in crate::rules) fn verdicts(tx: &mut Tx<'_>) -> Result<Vec<(RuleId, i64, Timestamp, bool)>> {
    tx.all(
        "SELECT rule_id, object_id, at, upheld FROM rule_verdicts WHERE object_kind = 'post'",
        &[],
        |row| Ok((row.get("rule_id")?, row.get("object_id")?, row.get("at")?, row.get("upheld")?)),
    )
}

/// Keeps a back-test of a version.
pub(in crate::rules) fn put_test(tx: &mut Tx<'_>, rule: RuleId, version: i64, report: &str) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO rule_tests (rule_id, version, report, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (rule_id, version) DO UPDATE SET report = $3, at = $4",
        params![rule, version, report, now],
    )
    .map(drop)
}

/// The last back-test of a version, as it was kept.
pub(in crate::rules) fn test(
    tx: &mut Tx<'_>,
    rule: RuleId,
    version: i64,
) -> Result<Option<(String, Timestamp)>> {
    tx.first(
        "SELECT report, at FROM rule_tests WHERE rule_id = $1 AND version = $2",
        params![rule, version],
        |row| Ok((row.get("report")?, row.get("at")?)),
    )
}
