//! People as rules find, ask and label them.

use std::collections::HashSet;

use mainstreet_db::{Tx, Value, params, placeholders};
use mainstreet_kernel::id::{EntryId, PersonId, RuleId, TopicId};
use mainstreet_kernel::{Result, Timestamp, text};

/// People looked at when some are asked.
const POOL: usize = 60;

fn person(row: &mainstreet_db::Row) -> Result<PersonId> {
    row.get("person_id")
}

/// Everybody in the desk, or only managers and owners.
pub(in crate::rules) fn staff(tx: &mut Tx<'_>, managers: bool) -> Result<Vec<PersonId>> {
    tx.all(
        "SELECT person_id FROM members WHERE role IN ('manager', 'owner') OR (role = 'moderator' AND CAST($1 AS BIGINT) = 0)
         ORDER BY person_id",
        params![managers],
        person,
    )
}

/// Whoever of the desk was here last.
pub(in crate::rules) fn last_seen_staff(tx: &mut Tx<'_>) -> Result<Option<PersonId>> {
    tx.first(
        "SELECT person_id FROM members WHERE role IN ('moderator', 'manager', 'owner')
         ORDER BY COALESCE(seen_at, 0) DESC, CASE role WHEN 'moderator' THEN 0 WHEN 'manager' THEN 1 ELSE 2 END,
           person_id LIMIT 1",
        &[],
        person,
    )
}

/// Somebody of the desk, by user name or name.
pub(in crate::rules) fn staff_named(tx: &mut Tx<'_>, name: &str) -> Result<Option<PersonId>> {
    let folded = text::fold(name);
    let all = tx.all(
        "SELECT m.person_id, m.username_folded, p.name FROM members m JOIN people p ON p.id = m.person_id
         WHERE m.role IN ('moderator', 'manager', 'owner') ORDER BY m.person_id",
        &[],
        |row| {
            let (user, name): (String, String) = (row.get("username_folded")?, row.get("name")?);
            Ok((person(row)?, user, name))
        },
    )?;
    let fits = |(_, user, name): &&(PersonId, String, String)| *user == folded || text::fold(name) == folded;
    Ok(all.iter().find(fits).map(|(id, _, _)| *id))
}

/// Members whose answers were accepted in conversations with a tag of this one, or in its space when it has none.
pub(in crate::rules) fn who_answered(tx: &mut Tx<'_>, topic: TopicId) -> Result<Vec<PersonId>> {
    tx.all(
        "SELECT p.person_id, COUNT(*) AS n FROM topics t JOIN posts p ON p.id = t.accepted_post_id
         JOIN members m ON m.person_id = p.person_id
         WHERE t.id <> $1 AND p.state = 'published' AND (
           EXISTS (SELECT 1 FROM topic_tags a JOIN topic_tags b ON b.tag_id = a.tag_id
             WHERE a.topic_id = t.id AND b.topic_id = $1)
           OR (NOT EXISTS (SELECT 1 FROM topic_tags c WHERE c.topic_id = $1)
             AND t.space_id = (SELECT o.space_id FROM topics o WHERE o.id = $1)))
         GROUP BY p.person_id ORDER BY n DESC, p.person_id LIMIT $2",
        params![topic, POOL],
        person,
    )
}

/// Members who wrote in a conversation's space since then.
pub(crate) fn active_in_space(tx: &mut Tx<'_>, topic: TopicId, since: Timestamp) -> Result<Vec<PersonId>> {
    tx.all(
        "SELECT p.person_id, COUNT(*) AS n FROM posts p JOIN topics t ON t.id = p.topic_id
         JOIN members m ON m.person_id = p.person_id
         WHERE t.space_id = (SELECT o.space_id FROM topics o WHERE o.id = $1) AND p.created_at >= $2
           AND p.state = 'published'
         GROUP BY p.person_id ORDER BY n DESC, p.person_id LIMIT $3",
        params![topic, since, POOL],
        person,
    )
}

/// Members with ten accepted answers or more.
pub(crate) fn champions(tx: &mut Tx<'_>) -> Result<Vec<PersonId>> {
    tx.all(
        "SELECT p.id AS person_id FROM people p JOIN members m ON m.person_id = p.id WHERE p.accepted_count >= 10
         ORDER BY p.accepted_count DESC, p.id LIMIT $1",
        params![POOL],
        person,
    )
}

/// How often somebody was asked for an answer since then, by one rule or any.
pub(in crate::rules) fn asked_since(
    tx: &mut Tx<'_>,
    person: PersonId,
    rule: Option<RuleId>,
    since: Timestamp,
) -> Result<i64> {
    tx.count(
        "SELECT COUNT(*) AS n FROM answer_requests WHERE person_id = $1 AND at > $2 AND (CAST($3 AS BIGINT) = 0 OR rule_id = $3)",
        params![person, since, rule.map_or(0, |rule| rule.0)],
    )
}

/// True when somebody has written in a conversation.
pub(in crate::rules) fn wrote_in(tx: &mut Tx<'_>, topic: TopicId, person: PersonId) -> Result<bool> {
    let n = tx.count(
        "SELECT COUNT(*) AS n FROM posts WHERE topic_id = $1 AND person_id = $2",
        params![topic, person],
    )?;
    Ok(n > 0)
}

/// Writes down that somebody is asked; false: they were, about this conversation.
pub(in crate::rules) fn ask(
    tx: &mut Tx<'_>,
    person: PersonId,
    topic: TopicId,
    (hit, rule): (EntryId, RuleId),
) -> Result<bool> {
    let (id, now) = (EntryId(tx.mint()), tx.now());
    let n = tx.run(
        "INSERT INTO answer_requests (id, person_id, topic_id, hit_id, rule_id, at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (person_id, topic_id) DO NOTHING",
        params![id, person, topic, hit, rule, now],
    )?;
    Ok(n == 1)
}

/// Remembers something about somebody until then.
pub(in crate::rules) fn add_label(
    tx: &mut Tx<'_>,
    person: PersonId,
    label: &str,
    hit: EntryId,
    until: Timestamp,
) -> Result<()> {
    let (id, now) = (EntryId(tx.mint()), tx.now());
    tx.run(
        "INSERT INTO member_labels (id, person_id, label, hit_id, from_at, until_at) VALUES ($1, $2, $3, $4, $5, $6)",
        params![id, person, label, hit, now, until],
    )
    .map(drop)
}

/// Labels of these people: whose, what, from when until before when.
pub(in crate::rules) fn labels(
    tx: &mut Tx<'_>,
    people: &HashSet<i64>,
) -> Result<Vec<(i64, String, Timestamp, Timestamp)>> {
    let mut ids: Vec<i64> = people.iter().copied().filter(|id| *id != 0).collect();
    ids.sort_unstable();
    let mut found = Vec::new();
    for part in ids.chunks(400) {
        let sql = format!(
            "SELECT person_id, label, from_at, until_at, removed_at FROM member_labels WHERE person_id IN ({})
             ORDER BY id",
            placeholders(1, part.len())
        );
        let values: Vec<Value> = part.iter().map(|id| Value::from(*id)).collect();
        found.extend(tx.all(&sql, &values, |row| {
            let (until, removed): (Timestamp, Option<Timestamp>) =
                (row.get("until_at")?, row.get("removed_at")?);
            let end = removed.map_or(until, |removed| removed.min(until));
            Ok((row.get("person_id")?, row.get("label")?, row.get("from_at")?, end))
        })?);
    }
    Ok(found)
}
