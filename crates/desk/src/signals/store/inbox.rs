//! The SQL of lists and counts.

use mainstreet_db::{Row as Record, Tx, params};
use mainstreet_kernel::id::{PersonId, SignalId, SpaceId, TopicId};
use mainstreet_kernel::{Result, Timestamp};

use super::super::lists::{Filter, Row};
use super::super::view::{Card, Joined, Past};
use super::{COLUMNS, read};

const RUNS: &str = "s.state IN ('new', 'triaged', 'in_progress', 'waiting_owner')";

/// The condition of a list. `$1` is now, `$2` who asks.
fn condition(filter: Filter) -> String {
    let open = match filter {
        Filter::Mine => {
            "s.state IN ('new', 'triaged', 'in_progress') AND (s.assignee_id IS NULL OR s.assignee_id = $2)"
                .to_owned()
        }
        Filter::Urgent => "s.urgency = 4 AND s.state <> 'snoozed'".to_owned(),
        Filter::Overdue => format!("{RUNS} AND s.due_at <= $1"),
        Filter::Questions => {
            "s.kind = 'question' AND s.state IN ('new', 'triaged', 'in_progress')".to_owned()
        }
        Filter::Review => {
            "s.kind IN ('rule', 'flag', 'harm', 'conflict', 'approval', 'appeal') AND s.state <> 'snoozed'"
                .to_owned()
        }
        Filter::Newcomers => {
            "s.kind = 'newcomer' AND s.state IN ('new', 'triaged', 'in_progress')".to_owned()
        }
        Filter::Waiting => "s.state IN ('waiting_member', 'waiting_owner')".to_owned(),
        Filter::Snoozed => "s.state = 'snoozed'".to_owned(),
        Filter::Open => return "s.open = 1".to_owned(),
        Filter::Resolved => {
            return "s.open = 0 AND s.state IN ('resolved', 'closed', 'dismissed')".to_owned();
        }
    };
    format!("s.open = 1 AND {open}")
}

pub(crate) fn list(
    tx: &mut Tx<'_>,
    filter: Filter,
    (me, scope): (PersonId, &[SpaceId]),
    limit: usize,
    skip: usize,
) -> Result<Vec<Row>> {
    let order = match filter {
        Filter::Resolved => "s.resolved_at DESC, s.id DESC".to_owned(),
        Filter::Snoozed => "s.snoozed_until, s.id".to_owned(),
        _ => format!(
            "CASE WHEN {RUNS} AND s.due_at <= $1 THEN 0 ELSE 1 END, s.urgency DESC,
             COALESCE(s.due_at, 9000000000000), s.id"
        ),
    };
    let sql = format!(
        "SELECT {COLUMNS}, COALESCE(sp.name, '') AS space_name, COALESCE(a.name, '') AS account_name,
         COALESCE(a.kind, 'own') AS account_kind,
         p.name AS person_name, q.name AS assignee_name,
         (SELECT COUNT(*) FROM signal_causes c WHERE c.signal_id = s.id AND c.settled_at IS NULL) AS causes,
         (SELECT COUNT(*) FROM signal_causes c WHERE c.signal_id = s.id AND c.settled_at IS NULL
          AND c.kind = 'flag') AS flags
         FROM signals s LEFT JOIN spaces sp ON sp.id = s.space_id LEFT JOIN accounts a ON a.id = sp.account_id
         JOIN people p ON p.id = s.person_id LEFT JOIN people q ON q.id = s.assignee_id
         WHERE {}{} AND CAST($1 AS BIGINT) >= 0 AND CAST($2 AS BIGINT) >= 0 ORDER BY {order} LIMIT $3 OFFSET $4",
        condition(filter),
        within(scope)
    );
    let now = tx.now();
    tx.all(&sql, params![now, me, limit, skip], row)
}

fn row(record: &Record) -> Result<Row> {
    let kind: String = record.get("account_kind")?;
    Ok(Row {
        signal: read(record)?,
        space: record.get("space_name")?,
        channel: record.get("account_name")?,
        own: kind == "own",
        person: record.get("person_name")?,
        assignee: record.get("assignee_name")?,
        causes: record.get("causes")?,
        flags: record.get("flags")?,
    })
}

pub(crate) fn counts(tx: &mut Tx<'_>, me: PersonId, scope: &[SpaceId]) -> Result<Vec<(Filter, i64)>> {
    let counted: Vec<Filter> =
        Filter::ALL.iter().copied().filter(|filter| *filter != Filter::Resolved).collect();
    let sums: Vec<String> = counted
        .iter()
        .map(|filter| {
            format!("CAST(SUM(CASE WHEN {} THEN 1 ELSE 0 END) AS BIGINT) AS {filter}", condition(*filter))
        })
        .collect();
    let sql = format!(
        "SELECT {} FROM signals s WHERE s.open = 1{} AND CAST($1 AS BIGINT) >= 0 AND CAST($2 AS BIGINT) >= 0",
        sums.join(", "),
        within(scope)
    );
    let now = tx.now();
    tx.one(&sql, params![now, me], |record| {
        counted
            .iter()
            .map(|filter| Ok((*filter, record.get::<Option<i64>>(filter.as_str())?.unwrap_or(0))))
            .collect()
    })
}

/// How many open items `me` holds or nobody has. Read from the index `signals_waiting` alone.
pub(crate) fn waiting(tx: &mut Tx<'_>, me: PersonId, scope: &[SpaceId]) -> Result<i64> {
    let sql = format!(
        "SELECT COUNT(*) AS n FROM signals s WHERE s.open = 1 AND s.state IN ('new', 'triaged', 'in_progress')
         AND (s.assignee_id IS NULL OR s.assignee_id = $1){}",
        within(scope)
    );
    tx.count(&sql, params![me])
}

/// Keeps a list to these spaces and to what is about members as such; none: everything. The numbers are ids that were
/// read from the database.
fn within(scope: &[SpaceId]) -> String {
    if scope.is_empty() {
        return String::new();
    }
    let ids: Vec<String> = scope.iter().map(|space| space.0.to_string()).collect();
    format!(" AND s.space_id IN (0, {})", ids.join(", "))
}

/// Name of a space, name and kind of its channel. What is about a member as such is in none.
pub(crate) fn place(tx: &mut Tx<'_>, space: SpaceId) -> Result<(String, String, bool)> {
    if space.0 == 0 {
        return Ok((String::new(), String::new(), true));
    }
    tx.one(
        "SELECT s.name, a.name AS account_name, a.kind FROM spaces s JOIN accounts a ON a.id = s.account_id
         WHERE s.id = $1",
        params![space],
        |row| {
            let kind: String = row.get("kind")?;
            Ok((row.get("name")?, row.get("account_name")?, kind == "own"))
        },
    )
}

/// Who somebody is, as far as the desk needs to know.
pub(crate) fn card(tx: &mut Tx<'_>, person: PersonId, but: SignalId) -> Result<Card> {
    let items = tx
        .count("SELECT COUNT(*) AS n FROM signals WHERE person_id = $1 AND id <> $2", params![person, but])?;
    let flags = tx.count(
        "SELECT COUNT(*) AS n FROM flags f JOIN posts p ON p.id = f.post_id WHERE p.person_id = $1",
        params![person],
    )?;
    let upheld = tx.count(
        "SELECT COUNT(*) AS n FROM flags f JOIN posts p ON p.id = f.post_id
         WHERE p.person_id = $1 AND f.state = 'upheld'",
        params![person],
    )?;
    let past = tx.all(
        "SELECT id, title, state, outcome, opened_at FROM signals WHERE person_id = $1 AND id <> $2
         ORDER BY id DESC LIMIT 3",
        params![person, but],
        |row| {
            let outcome: Option<String> = row.get("outcome")?;
            Ok(Past {
                id: row.get("id")?,
                title: row.get("title")?,
                state: row.word("state")?,
                outcome: outcome.map(|word| word.parse()).transpose()?,
                opened_at: row.get("opened_at")?,
            })
        },
    )?;
    tx.one(
        "SELECT e.name, e.joined_at, e.post_count, e.accepted_count, e.last_post_at, m.username, m.role,
         m.suspended_until FROM people e LEFT JOIN members m ON m.person_id = e.id WHERE e.id = $1",
        params![person],
        |row| {
            let role: Option<String> = row.get("role")?;
            Ok(Card {
                person,
                name: row.get("name")?,
                username: row.get("username")?,
                role: role.map(|word| word.parse()).transpose()?,
                joined_at: row.get("joined_at")?,
                posts: row.get("post_count")?,
                accepted: row.get("accepted_count")?,
                last_post_at: row.get("last_post_at")?,
                suspended_until: row.get("suspended_until")?,
                items,
                flags,
                upheld,
                past: past.clone(),
            })
        },
    )
}

/// Other open items that a matter could be merged into: of the same conversation or the same person first, then
/// the latest.
pub(crate) fn merge_targets(
    tx: &mut Tx<'_>,
    id: SignalId,
    topic: TopicId,
    person: PersonId,
) -> Result<Vec<(SignalId, String)>> {
    tx.all(
        "SELECT id, title FROM signals WHERE open = 1 AND id <> $1
         ORDER BY CASE WHEN topic_id = $2 THEN 0 WHEN person_id = $3 THEN 1 ELSE 2 END, id DESC LIMIT 20",
        params![id, topic, person],
        |row| Ok((row.get("id")?, row.get("title")?)),
    )
}

/// Who joined since, latest first, people only.
pub(crate) fn joined_since(
    tx: &mut Tx<'_>,
    since: Timestamp,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Joined>> {
    tx.all(
        "SELECT e.id, e.name, e.joined_at, e.post_count,
         (SELECT MAX(s.id) FROM signals s WHERE s.person_id = e.id AND s.open = 1) AS signal_id
         FROM people e LEFT JOIN members m ON m.person_id = e.id
         WHERE e.id >= $1 AND e.joined_at >= $2 AND e.joined_at <= $3 AND e.class = 'member'
         AND (m.role = 'member' OR m.role IS NULL AND (e.post_count > 0 OR EXISTS (SELECT 1 FROM activities a
           WHERE a.actor_id = e.id AND a.verb = 'member.joined'))) ORDER BY e.joined_at DESC, e.id DESC LIMIT $4",
        params![mainstreet_kernel::id::floor(since), since, now, limit],
        |row| {
            Ok(Joined {
                person: row.get("id")?,
                name: row.get("name")?,
                joined_at: row.get("joined_at")?,
                posts: row.get("post_count")?,
                signal: row.get("signal_id")?,
            })
        },
    )
}
