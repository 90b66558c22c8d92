//! What pages of insights show.

use mainstreet_db::{Row, Tx, Value, params, placeholders};
use mainstreet_kernel::id::{PersonId, PostId, ThemeId, TopicId};
use mainstreet_kernel::{Result, Timestamp};

use super::super::answers::{Answered, Answerer};
use super::super::model::Turn;
use super::super::ranking::Fact;

/// What stands and is to be counted: published, where members read, not by a spammer. Names `k`, `t`, `p`, `w`.
const STANDS: &str =
    "FROM theme_posts k JOIN topics t ON t.id = k.topic_id JOIN posts p ON p.id = t.first_post_id
     JOIN spaces s ON s.id = t.space_id JOIN people w ON w.id = p.person_id
     WHERE t.state = 'published' AND p.state = 'published' AND s.visibility <> 'staff' AND w.spammer = 0";

fn is_counted(row: &Row) -> Result<bool> {
    let class: String = row.get("person_class")?;
    Ok(matches!(class.as_str(), "member" | "guest"))
}

/// Every conversation of a theme begun since `from`, as much as counting needs.
pub(in super::super) fn facts(tx: &mut Tx<'_>, from: Timestamp) -> Result<Vec<Fact>> {
    facts_where(tx, "k.theme_id IS NOT NULL AND t.created_at > $1", params![from])
}

/// The same of one theme, from its beginning.
pub(in super::super) fn facts_of(tx: &mut Tx<'_>, theme: ThemeId) -> Result<Vec<Fact>> {
    facts_where(tx, "k.theme_id = $1", params![theme])
}

fn facts_where(tx: &mut Tx<'_>, condition: &str, values: &[Value]) -> Result<Vec<Fact>> {
    tx.all(
        &format!(
            "SELECT k.theme_id, k.kind, COALESCE(w.merged_into, w.id) AS person_id, p.person_class,
               CAST(CASE WHEN t.first_reply_at IS NULL AND t.accepted_post_id IS NULL THEN 1 ELSE 0 END AS BIGINT) AS unanswered,
               t.created_at {STANDS} AND {condition}"
        ),
        values,
        |row| {
            Ok(Fact {
                theme: row.get("theme_id")?,
                kind: row.word("kind")?,
                person: row.get("person_id")?,
                counts: is_counted(row)?,
                unanswered: row.get::<i64>("unanswered")? == 1,
                at: row.get("created_at")?,
            })
        },
    )
}

const TURN: &str = "SELECT t.id AS topic_id, p.id AS post_id, t.title, SUBSTR(p.body, 1, 4000) AS body,
       COALESCE(w.merged_into, w.id) AS person_id, COALESCE(m.name, w.name) AS name, p.person_class, k.kind, k.kind_by,
       k.placed_by, k.near, t.accepted_post_id,
       CAST(CASE WHEN t.first_reply_at IS NULL AND t.accepted_post_id IS NULL THEN 1 ELSE 0 END AS BIGINT) AS unanswered, t.created_at
     FROM theme_posts k JOIN topics t ON t.id = k.topic_id JOIN posts p ON p.id = t.first_post_id
     JOIN spaces s ON s.id = t.space_id JOIN people w ON w.id = p.person_id LEFT JOIN people m ON m.id = w.merged_into
     WHERE t.state = 'published' AND p.state = 'published' AND s.visibility <> 'staff' AND w.spammer = 0";

fn turn(row: &Row) -> Result<Turn> {
    Ok(Turn {
        topic: row.get("topic_id")?,
        post: row.get("post_id")?,
        title: row.get("title")?,
        body: row.get("body")?,
        person: row.get("person_id")?,
        name: row.get("name")?,
        counts: is_counted(row)?,
        kind: row.word("kind")?,
        kind_by_person: row.get::<String>("kind_by")? == "person",
        placed_by: row.word("placed_by")?,
        solved: row.get::<Option<PostId>>("accepted_post_id")?.is_some(),
        near: row.get("near")?,
        unanswered: row.get::<i64>("unanswered")? == 1,
        at: row.get("created_at")?,
    })
}

/// The conversations of a theme, latest first.
pub(in super::super) fn turns(tx: &mut Tx<'_>, theme: ThemeId, limit: usize) -> Result<Vec<Turn>> {
    tx.all(
        &format!("{TURN} AND k.theme_id = $1 ORDER BY t.created_at DESC, t.id DESC LIMIT $2"),
        params![theme, limit],
        turn,
    )
}

/// Those nearest to its centre since `from`.
pub(in super::super) fn central(
    tx: &mut Tx<'_>,
    theme: ThemeId,
    from: Timestamp,
    limit: usize,
) -> Result<Vec<Turn>> {
    tx.all(
        &format!(
            "{TURN} AND k.theme_id = $1 AND t.created_at > $2 AND p.person_class IN ('member', 'guest')
             ORDER BY k.near DESC, t.id DESC LIMIT $3"
        ),
        params![theme, from, limit],
        turn,
    )
}

/// The theme that a conversation belongs to.
pub(in super::super) fn theme_of(tx: &mut Tx<'_>, topic: TopicId) -> Result<Option<ThemeId>> {
    let found: Option<Option<ThemeId>> =
        tx.first("SELECT theme_id FROM theme_posts WHERE topic_id = $1", params![topic], |row| {
            row.get("theme_id")
        })?;
    Ok(found.flatten())
}

/// How many conversations of a theme stand.
pub(in super::super) fn size(tx: &mut Tx<'_>, theme: ThemeId) -> Result<i64> {
    tx.count(&format!("SELECT COUNT(*) AS n {STANDS} AND k.theme_id = $1"), params![theme])
}

/// Names of the themes that stand for themselves and hold something, for choosing one.
pub(in super::super) fn choices(
    tx: &mut Tx<'_>,
    but: ThemeId,
    limit: usize,
) -> Result<Vec<(ThemeId, String)>> {
    tx.all(
        "SELECT h.id, h.name FROM themes h WHERE h.merged_into IS NULL AND h.id <> $1
           AND EXISTS (SELECT 1 FROM theme_posts k WHERE k.theme_id = h.id)
         ORDER BY (SELECT COUNT(*) FROM theme_posts k WHERE k.theme_id = h.id) DESC, h.id LIMIT $2",
        params![but, limit],
        |row| Ok((row.get("id")?, row.get("name")?)),
    )
}

/// Solved conversations of a theme, nearest to its centre first.
pub(in super::super) fn solved_in(tx: &mut Tx<'_>, theme: ThemeId, limit: usize) -> Result<Vec<TopicId>> {
    tx.all(
        &format!(
            "SELECT t.id {STANDS} AND k.theme_id = $1 AND t.accepted_post_id IS NOT NULL
             ORDER BY k.near DESC, t.id DESC LIMIT $2"
        ),
        params![theme, limit],
        |row| row.get("id"),
    )
}

/// Earlier conversations among `topics`, with how they ended.
pub(in super::super) fn earlier(
    tx: &mut Tx<'_>,
    topics: &[TopicId],
    before: Timestamp,
) -> Result<Vec<Answered>> {
    if topics.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT t.id, t.title, SUBSTR(p.body, 1, 4000) AS body, t.created_at, t.reply_count, t.first_reply_at,
           a.id AS answer_id, a.body AS answer, b.name AS by_name, o.outcome
         FROM topics t JOIN posts p ON p.id = t.first_post_id JOIN spaces s ON s.id = t.space_id
         LEFT JOIN posts a ON a.id = t.accepted_post_id AND a.state = 'published'
         LEFT JOIN people b ON b.id = a.person_id
         LEFT JOIN signals o ON o.id = (SELECT MAX(i.id) FROM signals i WHERE i.topic_id = t.id AND i.outcome IS NOT NULL)
         WHERE t.state = 'published' AND s.visibility <> 'staff' AND t.created_at < $1 AND t.id IN ({})",
        placeholders(2, topics.len())
    );
    let mut values: Vec<Value> = vec![before.into()];
    values.extend(topics.iter().map(|topic| Value::from(*topic)));
    tx.all(&sql, &values, |row| {
        let answer: Option<PostId> = row.get("answer_id")?;
        let answer = match answer {
            None => None,
            Some(post) => Some((post, row.get("answer")?, row.get("by_name")?)),
        };
        let outcome: Option<String> = row.get("outcome")?;
        Ok(Answered {
            topic: row.get("id")?,
            title: row.get("title")?,
            body: row.get("body")?,
            at: row.get("created_at")?,
            replies: row.get("reply_count")?,
            answer,
            outcome: outcome.and_then(|word| word.parse().ok()),
        })
    })
}

/// Where somebody answers who could answer again.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum Field {
    /// In conversations of this theme.
    Theme(ThemeId),
    /// Under a tag of this conversation.
    Tags(TopicId),
}

/// Who replied in other conversations of a field since `from`, with how often and how often that was accepted. Without
/// who asks, programs, and those who may not write now; staff last.
pub(in super::super) fn answerers(
    tx: &mut Tx<'_>,
    field: Field,
    topic: TopicId,
    asker: PersonId,
    from: Timestamp,
    limit: usize,
) -> Result<Vec<Answerer>> {
    let now = tx.now();
    let (within, id) = match field {
        Field::Theme(theme) => {
            ("t.id IN (SELECT k.topic_id FROM theme_posts k WHERE k.theme_id = $1)", theme.0)
        }
        Field::Tags(topic) => (
            "t.id IN (SELECT o.topic_id FROM topic_tags o WHERE o.tag_id IN
               (SELECT g.tag_id FROM topic_tags g WHERE g.topic_id = $1))",
            topic.0,
        ),
    };
    let sql = format!(
        "SELECT q.id, q.name, CAST(MAX(CASE WHEN p.person_class = 'staff' THEN 1 ELSE 0 END) AS BIGINT) AS staff,
           COUNT(DISTINCT t.id) AS replies,
           COUNT(DISTINCT CASE WHEN t.accepted_post_id = p.id THEN t.id END) AS accepted, MAX(p.created_at) AS latest
         FROM posts p JOIN topics t ON t.id = p.topic_id JOIN spaces s ON s.id = t.space_id
         JOIN people w ON w.id = p.person_id JOIN people q ON q.id = COALESCE(w.merged_into, w.id)
         LEFT JOIN members m ON m.person_id = q.id
         WHERE {within} AND t.id <> $2 AND p.number > 1 AND p.state = 'published' AND p.created_at > $3
           AND p.person_class IN ('member', 'staff', 'guest') AND q.id <> $4 AND t.person_id <> p.person_id
           AND q.spammer = 0 AND t.state = 'published' AND s.visibility <> 'staff'
           AND (m.suspended_until IS NULL OR m.suspended_until <= $5)
         GROUP BY q.id, q.name
         ORDER BY MAX(CASE WHEN p.person_class = 'staff' THEN 1 ELSE 0 END),
           COUNT(DISTINCT CASE WHEN t.accepted_post_id = p.id THEN t.id END) DESC, COUNT(DISTINCT t.id) DESC, q.id
         LIMIT $6"
    );
    tx.all(&sql, params![id, topic, from, asker, now, limit], |row| {
        Ok(Answerer {
            person: row.get("id")?,
            name: row.get("name")?,
            staff: row.get::<i64>("staff")? == 1,
            replies: row.get("replies")?,
            accepted: row.get("accepted")?,
            latest: row.get("latest")?,
            by_theme: matches!(field, Field::Theme(_)),
        })
    })
}
