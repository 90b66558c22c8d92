//! What figures of moderation read: decisions, flags, rule hits, items and blind reviews, each in its own table and
//! small beside the posts; of posts only how many there are, by a covering index.

use mainstreet_db::{Row, Tx, Value, params, placeholders};
use mainstreet_kernel::id::{PersonId, PostId, SpaceId, TopicId};
use mainstreet_kernel::{Day, Result, Timestamp};

use super::CHUNK;
use crate::metrics::moderation::{Deed, Found, Kind, Look, Shade, Trigger};

const FROM_FLAG: &str =
    "EXISTS (SELECT 1 FROM flags f WHERE f.post_id = a.object_id AND f.created_at <= a.occurred_at)";

/// True in a space for staff only; those are no part of any figure.
const HIDDEN: &str = "(SELECT id FROM spaces WHERE visibility = 'staff')";

fn deed(row: &Row) -> Result<Deed> {
    Ok(Deed {
        decision: row.get("id")?,
        at: row.get("decided_at")?,
        kind: Kind::of(&row.get::<String>("object_kind")?),
        post: row.get("post_id")?,
        person: row.get("person_id")?,
        joined_at: row.get("joined_at")?,
        space: row.get("space_id")?,
        by: row.get("decided_by")?,
        act: row.get("act")?,
        clause: row.get("clause")?,
        severity: row.get::<Option<String>>("severity")?.and_then(|word| word.parse().ok()),
        source: row.get("source")?,
        rule: row.get("rule")?,
        undone_at: row.get("undone_at")?,
    })
}

/// Decisions made from `from` until before `to`, with the post they are about: a topic's first post, and of a decision
/// about a member the post that the flag or rule hit behind it was about.
pub(crate) fn decisions(tx: &mut Tx<'_>, from: Timestamp, to: Timestamp) -> Result<Vec<Deed>> {
    let sql = format!(
        "SELECT d.id, d.decided_at, d.object_kind, d.person_id, e.joined_at, d.space_id, d.decided_by, d.act, d.clause,
           c.severity, d.undone_at, r.name AS rule,
           CASE WHEN d.source = 'own' AND d.automated_detection = 1 THEN 'program' ELSE d.source END AS source,
           CASE d.object_kind WHEN 'post' THEN d.object_id WHEN 'topic' THEN t.first_post_id
             ELSE COALESCE(f.post_id, CASE WHEN h.object_kind = 'post' THEN h.object_id END) END AS post_id
         FROM decisions d JOIN people e ON e.id = d.person_id
         LEFT JOIN guideline_clauses c ON c.version = d.guideline_version AND c.slug = d.clause
         LEFT JOIN topics t ON d.object_kind = 'topic' AND t.id = d.object_id
         LEFT JOIN flags f ON d.source = 'flag' AND f.id = d.source_id
         LEFT JOIN rule_hits h ON d.source = 'rule' AND h.id = d.source_id LEFT JOIN rules r ON r.id = h.rule_id
         WHERE d.decided_at >= $1 AND d.decided_at < $2 AND (d.space_id IS NULL OR d.space_id NOT IN {HIDDEN})
         ORDER BY d.decided_at, d.id"
    );
    tx.all(&sql, params![from, to], deed)
}

/// What was hidden, deleted or suspended without a decision, as older rows and other channels have it: by staff, or by
/// a program of ours. What an archive tells is not ours.
pub(crate) fn bare_deeds(tx: &mut Tx<'_>, from: Timestamp, to: Timestamp) -> Result<Vec<Deed>> {
    let sql = format!(
        "SELECT 0 AS id, a.occurred_at AS decided_at, CASE a.verb WHEN 'member.suspended' THEN 'person' ELSE 'post' END
           AS object_kind, CASE a.verb WHEN 'member.suspended' THEN a.object_id ELSE a.subject_id END AS person_id,
           e.joined_at, a.space_id, a.actor_id AS decided_by,
           CASE a.verb WHEN 'post.hidden' THEN 'hide' WHEN 'post.deleted' THEN 'delete' ELSE 'suspend' END AS act,
           '' AS clause, NULL AS severity, NULL AS rule, NULL AS undone_at,
           CASE WHEN a.actor_id IS NULL THEN 'rule' WHEN {FROM_FLAG} THEN 'flag' ELSE 'own' END AS source,
           CASE a.verb WHEN 'member.suspended' THEN NULL ELSE a.object_id END AS post_id
         FROM activities a
         JOIN people e ON e.id = CASE a.verb WHEN 'member.suspended' THEN a.object_id ELSE a.subject_id END
         WHERE a.verb IN ('post.hidden', 'post.deleted', 'post.restored', 'member.suspended')
           AND a.verb <> 'post.restored' AND a.occurred_at >= $1 AND a.occurred_at < $2
           AND ((a.actor_id IS NOT NULL AND (a.verb = 'member.suspended' OR a.props LIKE '%\"by\":\"staff\"%'))
             OR (a.actor_id IS NULL AND a.actor_class = 'system' AND COALESCE(a.props, '') NOT LIKE '%\"archive\"%'
               AND COALESCE(a.props, '') NOT LIKE '%\"author\"%'))
           AND (a.space_id IS NULL OR a.space_id NOT IN {HIDDEN})
         ORDER BY a.occurred_at, a.seq"
    );
    tx.all(&sql, params![from, to], deed)
}

/// When posts went out of sight and came back, oldest first: post, time, and whether it was gone from then on.
pub(crate) fn shades(tx: &mut Tx<'_>, from: Timestamp, to: Timestamp) -> Result<Vec<Shade>> {
    tx.all(
        "SELECT object_id, occurred_at, verb FROM activities
         WHERE verb IN ('post.hidden', 'post.deleted', 'post.restored', 'member.suspended')
           AND verb <> 'member.suspended' AND occurred_at >= $1 AND occurred_at < $2 ORDER BY occurred_at, seq",
        params![from, to],
        |row| {
            let verb: String = row.get("verb")?;
            Ok(Shade { post: row.get("object_id")?, at: row.get("occurred_at")?, gone: verb != "post.restored" })
        },
    )
}

/// Where posts are counted: in a space, or in all that members read. The sign keeps the planner on the index by time:
/// going through every conversation of a space reads whole posts.
fn place(space: Option<SpaceId>, number: usize) -> (String, Vec<Value>) {
    match space {
        Some(space) => (
            format!("+p.topic_id IN (SELECT id FROM topics WHERE space_id = ${number})"),
            vec![Value::from(space)],
        ),
        None => {
            (format!("+p.topic_id NOT IN (SELECT id FROM topics WHERE space_id IN {HIDDEN})"), Vec::new())
        }
    }
}

/// How many posts people published in each of these stretches of time: all of them in one statement, so that the
/// conversations of the place are looked up once.
pub(crate) fn published(
    tx: &mut Tx<'_>,
    space: Option<SpaceId>,
    stretches: &[(Timestamp, Timestamp)],
) -> Result<Vec<u64>> {
    let mut counts = Vec::with_capacity(stretches.len());
    for some in stretches.chunks(CHUNK) {
        let mut values: Vec<Value> = Vec::new();
        let mut rows: Vec<String> = Vec::new();
        for (number, (from, to)) in (0_i64..).zip(some) {
            let first = values.len() + 1;
            values.extend([Value::from(number), Value::from(*from), Value::from(*to)]);
            let cast = |at: usize| format!("CAST(${at} AS BIGINT)");
            rows.push(format!("({}, {}, {})", cast(first), cast(first + 1), cast(first + 2)));
        }
        let (place, last) = place(space, values.len() + 1);
        values.extend(last);
        let sql = format!(
            "WITH w (number, begins, ends) AS (VALUES {})
             SELECT w.number, (SELECT COUNT(*) FROM posts p WHERE p.created_at >= w.begins AND p.created_at < w.ends
               AND p.state <> 'held' AND p.person_class IN ('member', 'staff', 'guest') AND {place}) AS n
             FROM w ORDER BY w.number",
            rows.join(", ")
        );
        counts.extend(tx.all(&sql, &values, |row| Ok(row.get::<i64>("n")?.max(0).cast_unsigned()))?);
    }
    Ok(counts)
}

/// Of the posts published in a time, those whose author had joined less than `fresh` milliseconds before. Only those who
/// were new at some time of it are gone through: SQLite keeps the order that is written and goes by the covering index
/// `posts_by`; PostgreSQL goes through the posts of the time once.
pub(crate) fn published_by_new(
    tx: &mut Tx<'_>,
    space: Option<SpaceId>,
    (from, to): (Timestamp, Timestamp),
    fresh: i64,
) -> Result<u64> {
    let (place, values) = place(space, 4);
    let sql = format!(
        "SELECT COUNT(*) AS n FROM people e CROSS JOIN posts p
         WHERE p.person_id = e.id AND p.created_at >= $1 AND p.created_at < $2 AND p.created_at < e.joined_at + $3
           AND e.joined_at > $1 - $3 AND p.state <> 'held'
           AND p.person_class IN ('member', 'staff', 'guest') AND {place}"
    );
    let all: Vec<Value> =
        [Value::from(from), Value::from(to), Value::from(fresh)].into_iter().chain(values).collect();
    Ok(tx.count(&sql, &all)?.max(0).cast_unsigned())
}

/// Of the posts published in a time, those that somebody who works here has read: their place in the topic is no
/// further than staff has read it.
pub(crate) fn read_by_staff(
    tx: &mut Tx<'_>,
    space: Option<SpaceId>,
    (from, to): (Timestamp, Timestamp),
) -> Result<u64> {
    let (place, values) = place(space, 3);
    let sql = format!(
        "SELECT COUNT(*) AS n FROM posts p JOIN
           (SELECT g.topic_id, MAX(g.number) AS number FROM reading g JOIN members m ON m.person_id = g.person_id
            WHERE m.role NOT IN ('member', 'analyst', 'auditor') GROUP BY g.topic_id) seen
           ON seen.topic_id = p.topic_id AND p.number <= seen.number
         WHERE p.created_at >= $1 AND p.created_at < $2 AND p.state <> 'held'
           AND p.person_class IN ('member', 'staff', 'guest') AND {place}"
    );
    let all: Vec<Value> = [Value::from(from), Value::from(to)].into_iter().chain(values).collect();
    Ok(tx.count(&sql, &all)?.max(0).cast_unsigned())
}

/// When rules began and ceased to look: rule, mode from then on, time; oldest first.
pub(crate) fn rule_turns(tx: &mut Tx<'_>) -> Result<Vec<(i64, bool, Timestamp)>> {
    tx.all("SELECT rule_id, became, at FROM rule_turns ORDER BY at, id", &[], |row| {
        let mode: String = row.get("became")?;
        Ok((row.get("rule_id")?, matches!(mode.as_str(), "shadow" | "enforce"), row.get("at")?))
    })
}

fn trigger(row: &Row) -> Result<Trigger> {
    Ok(Trigger {
        post: row.get("post_id")?,
        person: row.get("person_id")?,
        space: row.get("space_id")?,
        start: row.get("start_at")?,
        end: row.get("end_at")?,
        reason: row.get("reason")?,
        upheld: row.get::<Option<String>>("state")?.map(|state| state == "upheld"),
        by: row.get("by_id")?,
    })
}

/// Flags on posts that were flagged or decided from `from` until before `to`, and earlier ones on the same posts.
pub(crate) fn flags(tx: &mut Tx<'_>, from: Timestamp, to: Timestamp) -> Result<Vec<Trigger>> {
    let sql = format!(
        "SELECT f.post_id, p.person_id, t.space_id, f.created_at AS start_at, f.decided_at AS end_at, f.reason,
           CASE f.state WHEN 'open' THEN NULL ELSE f.state END AS state, f.decided_by AS by_id
         FROM flags f JOIN posts p ON p.id = f.post_id JOIN topics t ON t.id = p.topic_id
         WHERE f.created_at < $2 AND (f.created_at >= $1 OR f.decided_at >= $1 OR f.state = 'open'
           OR f.post_id IN (SELECT post_id FROM flags WHERE created_at >= $1 AND created_at < $2))
           AND t.space_id NOT IN {HIDDEN} ORDER BY f.created_at, f.id"
    );
    tx.all(&sql, params![from, to], trigger)
}

/// What rules in force and the reading of texts brought before people: the causes of items, with the item's end.
pub(crate) fn shown(tx: &mut Tx<'_>, from: Timestamp, to: Timestamp) -> Result<Vec<Trigger>> {
    let sql = format!(
        "SELECT c.post_id, s.person_id, t.space_id, '' AS reason, NULL AS state, NULL AS by_id,
           CASE WHEN c.occurred_at > s.opened_at THEN c.occurred_at ELSE s.opened_at END AS start_at,
           CASE WHEN s.open = 1 THEN NULL ELSE COALESCE(s.resolved_at, s.closed_at, s.touched_at) END AS end_at
         FROM signal_causes c JOIN signals s ON s.id = c.signal_id
         JOIN posts p ON p.id = c.post_id JOIN topics t ON t.id = p.topic_id
         LEFT JOIN rule_hits h ON c.kind = 'rule' AND h.id = c.object_id
         WHERE (c.kind = 'harm' OR (c.kind = 'rule' AND h.mode = 'enforce' AND h.withdrawn_at IS NULL))
           AND c.occurred_at >= $1 AND c.occurred_at < $2 AND t.space_id NOT IN {HIDDEN}
         ORDER BY c.occurred_at, c.id"
    );
    tx.all(&sql, params![from, to], trigger)
}

/// People who contributed on one of these days as members.
pub(crate) fn contributing_people(
    tx: &mut Tx<'_>,
    space: SpaceId,
    (from, to): (Day, Day),
) -> Result<Vec<PersonId>> {
    tx.all(
        "SELECT DISTINCT person_id FROM metric_person_days
         WHERE space_id = $1 AND class = 'member' AND day BETWEEN $2 AND $3",
        params![space, from, to],
        |row| row.get("person_id"),
    )
}

/// Reviews given of the samples of these weeks.
pub(crate) fn sampled(tx: &mut Tx<'_>, space: Option<SpaceId>, (from, to): (Day, Day)) -> Result<Vec<Found>> {
    tx.all(
        "SELECT r.week, r.post_id, r.author_id, r.verdict, r.clause, r.reviewer_id, r.reviewed_at,
           CASE WHEN EXISTS (SELECT 1 FROM flags f WHERE f.post_id = r.post_id) THEN 1 ELSE 0 END AS reported
         FROM reviews r WHERE r.origin = 'sample' AND r.week BETWEEN $1 AND $2
           AND (CAST($3 AS BIGINT) IS NULL OR r.space_id = $3) ORDER BY r.week, r.id",
        params![from, to, space],
        |row| {
            Ok(Found {
                week: row.get("week")?,
                post: row.get("post_id")?,
                author: row.get("author_id")?,
                verdict: row.get("verdict")?,
                clause: row.get("clause")?,
                reported: row.get("reported")?,
            })
        },
    )
}

/// Second looks given in a time.
pub(crate) fn looked_again(
    tx: &mut Tx<'_>,
    space: Option<SpaceId>,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<Look>> {
    tx.all(
        "SELECT post_id, author_id, first_verdict, first_clause, verdict, clause, reviewed_at FROM reviews
         WHERE origin = 'second' AND verdict IS NOT NULL AND reviewed_at >= $1 AND reviewed_at < $2
           AND (CAST($3 AS BIGINT) IS NULL OR space_id = $3) ORDER BY reviewed_at, id",
        params![from, to, space],
        |row| {
            Ok(Look {
                post: row.get("post_id")?,
                author: row.get("author_id")?,
                first: (row.get("first_verdict")?, row.get("first_clause")?),
                second: (row.get("verdict")?, row.get("clause")?),
                at: row.get("reviewed_at")?,
            })
        },
    )
}

/// Appeals against decisions made in a time: decision, state.
pub(crate) fn appeals_against(
    tx: &mut Tx<'_>,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<(i64, String)>> {
    tx.all(
        "SELECT d.id, a.state FROM appeals a JOIN decisions d ON d.id = a.decision_id
         WHERE d.decided_at >= $1 AND d.decided_at < $2 ORDER BY d.id",
        params![from, to],
        |row| Ok((row.get("id")?, row.get("state")?)),
    )
}

/// A blind review: when, on which post, the clause named as broken, and how severe that is.
pub(crate) type Given = (Timestamp, PostId, String, Option<String>);

/// Blind reviews that somebody gave in a time, of posts that stand in the space now.
pub(crate) fn reviews_by(
    tx: &mut Tx<'_>,
    person: PersonId,
    space: Option<SpaceId>,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<Given>> {
    tx.all(
        "SELECT r.reviewed_at, r.post_id, r.clause, c.severity FROM reviews r
         JOIN posts p ON p.id = r.post_id JOIN topics t ON t.id = p.topic_id
         LEFT JOIN guideline_clauses c ON c.version = r.guideline_version AND c.slug = r.clause
         WHERE r.reviewer_id = $1 AND r.reviewed_at >= $2 AND r.reviewed_at < $3
           AND (CAST($4 AS BIGINT) IS NULL OR t.space_id = $4) ORDER BY r.reviewed_at, r.id",
        params![person, from, to, space],
        |row| Ok((row.get("reviewed_at")?, row.get("post_id")?, row.get("clause")?, row.get("severity")?)),
    )
}

/// Steps that somebody took in the inbox in a time, on which post, of those that stand in the space now.
pub(crate) fn steps_by(
    tx: &mut Tx<'_>,
    person: PersonId,
    space: Option<SpaceId>,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<(Timestamp, PostId)>> {
    tx.all(
        "SELECT st.at, s.post_id FROM signal_steps st JOIN signals s ON s.id = st.signal_id
         JOIN posts p ON p.id = s.post_id JOIN topics t ON t.id = p.topic_id
         WHERE st.actor_id = $1 AND st.at >= $2 AND st.at < $3
           AND st.act IN ('replied', 'escalated', 'resolved', 'dismissed', 'merged', 'triaged')
           AND (CAST($4 AS BIGINT) IS NULL OR t.space_id = $4) ORDER BY st.at, st.id",
        params![person, from, to, space],
        |row| Ok((row.get("at")?, row.get("post_id")?)),
    )
}

/// Everybody who works in the desk, by name.
pub(crate) fn team(tx: &mut Tx<'_>) -> Result<Vec<(PersonId, String)>> {
    tx.all(
        "SELECT m.person_id, e.name FROM members m JOIN people e ON e.id = m.person_id
         WHERE m.role NOT IN ('member', 'analyst', 'auditor') ORDER BY e.name, m.person_id",
        &[],
        |row| Ok((row.get("person_id")?, row.get("name")?)),
    )
}

/// A post as a list behind a figure shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostTitle {
    /// The post.
    pub post: i64,
    /// The conversation's title.
    pub title: String,
    /// The space's name.
    pub space: String,
    /// The space.
    pub space_id: SpaceId,
}

/// Titles of the conversations of these posts.
pub(crate) fn post_titles(tx: &mut Tx<'_>, posts: &[i64]) -> Result<Vec<PostTitle>> {
    let mut found = Vec::new();
    for chunk in posts.chunks(CHUNK) {
        let sql = format!(
            "SELECT p.id, t.title, s.name, s.id AS space_id FROM posts p JOIN topics t ON t.id = p.topic_id
             JOIN spaces s ON s.id = t.space_id WHERE p.id IN ({})",
            placeholders(1, chunk.len())
        );
        let values: Vec<Value> = chunk.iter().map(|post| Value::from(*post)).collect();
        found.extend(tx.all(&sql, &values, |row| {
            Ok(PostTitle {
                post: row.get("id")?,
                title: row.get("title")?,
                space: row.get("name")?,
                space_id: row.get("space_id")?,
            })
        })?);
    }
    Ok(found)
}

/// Where these posts stand now: post, space. Those in spaces for staff only are not told.
pub(crate) fn places_of_posts(tx: &mut Tx<'_>, posts: &[i64]) -> Result<Vec<(i64, SpaceId)>> {
    let mut found = Vec::new();
    for chunk in posts.chunks(CHUNK) {
        let sql = format!(
            "SELECT p.id, t.space_id FROM posts p JOIN topics t ON t.id = p.topic_id
             WHERE p.id IN ({}) AND t.space_id NOT IN {HIDDEN}",
            placeholders(1, chunk.len())
        );
        let values: Vec<Value> = chunk.iter().map(|post| Value::from(*post)).collect();
        found.extend(tx.all(&sql, &values, |row| Ok((row.get("id")?, row.get("space_id")?)))?);
    }
    Ok(found)
}

/// Of these conversations, those that stand in the space now.
pub(crate) fn topics_in(tx: &mut Tx<'_>, space: SpaceId, topics: &[i64]) -> Result<Vec<TopicId>> {
    let mut found = Vec::new();
    for chunk in topics.chunks(CHUNK) {
        let sql =
            format!("SELECT id FROM topics WHERE space_id = $1 AND id IN ({})", placeholders(2, chunk.len()));
        let values: Vec<Value> = std::iter::once(Value::from(space))
            .chain(chunk.iter().map(|topic| Value::from(*topic)))
            .collect();
        found.extend(tx.all(&sql, &values, |row| row.get::<TopicId>("id"))?);
    }
    Ok(found)
}

/// Names of people.
pub(crate) fn person_names(tx: &mut Tx<'_>, people: &[PersonId]) -> Result<Vec<(PersonId, String)>> {
    let mut found = Vec::new();
    for chunk in people.chunks(CHUNK) {
        let sql = format!("SELECT id, name FROM people WHERE id IN ({})", placeholders(1, chunk.len()));
        let values: Vec<Value> = chunk.iter().map(|person| Value::from(*person)).collect();
        found.extend(tx.all(&sql, &values, |row| Ok((row.get("id")?, row.get("name")?)))?);
    }
    Ok(found)
}

/// Rules that look now, or have matched something: for their precision.
pub(crate) fn matching_rules(tx: &mut Tx<'_>) -> Result<Vec<i64>> {
    tx.all("SELECT DISTINCT rule_id FROM rule_hits ORDER BY rule_id", &[], |row| row.get("rule_id"))
}

/// Posts of a time that nobody who works here has read, latest first.
pub(crate) fn unread_by_staff(
    tx: &mut Tx<'_>,
    space: Option<SpaceId>,
    (from, to): (Timestamp, Timestamp),
    limit: usize,
) -> Result<Vec<(i64, Timestamp)>> {
    let (place, values) = place(space, 4);
    let sql = format!(
        "SELECT p.id, p.created_at FROM posts p LEFT JOIN
           (SELECT g.topic_id, MAX(g.number) AS number FROM reading g JOIN members m ON m.person_id = g.person_id
            WHERE m.role NOT IN ('member', 'analyst', 'auditor') GROUP BY g.topic_id) seen
           ON seen.topic_id = p.topic_id AND p.number <= seen.number
         WHERE p.created_at >= $1 AND p.created_at < $2 AND p.state <> 'held' AND seen.topic_id IS NULL
           AND p.person_class IN ('member', 'staff', 'guest') AND {place} ORDER BY p.created_at DESC LIMIT $3"
    );
    let all: Vec<Value> =
        [Value::from(from), Value::from(to), Value::from(limit)].into_iter().chain(values).collect();
    tx.all(&sql, &all, |row| Ok((row.get("id")?, row.get("created_at")?)))
}
