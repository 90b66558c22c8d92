//! What the desk reads of the community's tables. It never writes them.

use std::collections::HashMap;

use mainstreet_db::{Row, Tx, Value, params, placeholders};
use mainstreet_kernel::id::{FlagId, PersonId, PostId, SpaceId, TopicId, floor};
use mainstreet_kernel::{ActorClass, Result, Role, Timestamp, Visibility};

/// A post with what triage needs to know about its conversation and its writer.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub id: PostId,
    pub topic: TopicId,
    pub space: SpaceId,
    pub title: String,
    pub question: bool,
    pub first_post: Option<PostId>,
    pub topic_at: Timestamp,
    pub people: i64,
    pub person: PersonId,
    pub class: ActorClass,
    pub role: Option<Role>,
    pub joined_at: Timestamp,
    pub body: String,
    pub published: bool,
    pub own: bool,
    pub visibility: Visibility,
    pub created_at: Timestamp,
}

impl Written {
    /// True when it begins its conversation.
    pub(crate) fn opens(&self) -> bool {
        self.first_post == Some(self.id)
    }

    /// True when somebody of the desk wrote it.
    pub(crate) fn by_staff(&self) -> bool {
        self.class == ActorClass::Staff || self.role.is_some_and(Role::is_staff)
    }
}

/// So many unanswered conversations are looked at in one step.
pub(crate) const UNANSWERED: usize = 500;

const WRITTEN: &str = "SELECT p.id, p.topic_id, t.space_id, t.title, t.question, t.first_post_id, \
     t.created_at AS topic_at, t.people_count, p.person_id, p.person_class, m.role, e.joined_at, \
     p.body, p.state, t.state AS topic_state, a.kind, s.visibility, p.created_at \
     FROM posts p JOIN topics t ON t.id = p.topic_id JOIN spaces s ON s.id = t.space_id \
     JOIN accounts a ON a.id = s.account_id JOIN people e ON e.id = p.person_id \
     LEFT JOIN members m ON m.person_id = p.person_id";

fn written(row: &Row) -> Result<Written> {
    let role: Option<String> = row.get("role")?;
    let (state, topic_state): (String, String) = (row.get("state")?, row.get("topic_state")?);
    let kind: String = row.get("kind")?;
    Ok(Written {
        id: row.get("id")?,
        topic: row.get("topic_id")?,
        space: row.get("space_id")?,
        title: row.get("title")?,
        question: row.get("question")?,
        first_post: row.get("first_post_id")?,
        topic_at: row.get("topic_at")?,
        people: row.get("people_count")?,
        person: row.get("person_id")?,
        class: row.word("person_class")?,
        role: role.map(|word| word.parse()).transpose()?,
        joined_at: row.get("joined_at")?,
        body: row.get("body")?,
        published: state == "published" && topic_state == "published",
        own: kind == "own",
        visibility: row.word("visibility")?,
        created_at: row.get("created_at")?,
    })
}

fn values<T: Copy + Into<Value>>(ids: &[T]) -> Vec<Value> {
    ids.iter().map(|id| (*id).into()).collect()
}

/// These posts, in order of writing.
pub(crate) fn written_posts(tx: &mut Tx<'_>, ids: &[PostId]) -> Result<Vec<Written>> {
    let mut all = Vec::with_capacity(ids.len());
    for part in ids.chunks(500) {
        let sql = format!("{WRITTEN} WHERE p.id IN ({}) ORDER BY p.id", placeholders(1, part.len()));
        all.extend(tx.all(&sql, &values(part), written)?);
    }
    Ok(all)
}

pub(crate) fn written_post(tx: &mut Tx<'_>, id: PostId) -> Result<Option<Written>> {
    tx.first(&format!("{WRITTEN} WHERE p.id = $1"), params![id], written)
}

/// Posts written in a stretch of time, oldest first.
pub(crate) fn written_between(
    tx: &mut Tx<'_>,
    from: Timestamp,
    to: Timestamp,
    limit: i64,
) -> Result<Vec<Written>> {
    tx.all(
        &format!("{WRITTEN} WHERE p.id >= $1 AND p.id < $2 ORDER BY p.id LIMIT $3"),
        params![floor(from), floor(to), limit],
        written,
    )
}

/// When the first and the last post of the place were written.
pub(crate) fn span_of_posts(tx: &mut Tx<'_>) -> Result<Option<(Timestamp, Timestamp)>> {
    tx.one("SELECT MIN(id) AS low, MAX(id) AS high FROM posts", &[], |row| {
        let (low, high): (Option<i64>, Option<i64>) = (row.get("low")?, row.get("high")?);
        Ok(low
            .zip(high)
            .map(|(low, high)| (mainstreet_kernel::id::time_of(low), mainstreet_kernel::id::time_of(high))))
    })
}

/// The first post ever of each of these people.
pub(crate) fn first_posts(tx: &mut Tx<'_>, people: &[PersonId]) -> Result<HashMap<PersonId, PostId>> {
    let mut first = HashMap::with_capacity(people.len());
    for part in people.chunks(500) {
        let sql = format!(
            "SELECT person_id, MIN(id) AS n FROM posts WHERE person_id IN ({}) GROUP BY person_id",
            placeholders(1, part.len())
        );
        first.extend(tx.all(&sql, &values(part), |row| {
            Ok((row.get::<PersonId>("person_id")?, row.get::<PostId>("n")?))
        })?);
    }
    Ok(first)
}

/// First posts of conversations begun after `after` and before `to` that nobody has answered at `now` and that are
/// not in the inbox as questions yet, oldest first, [`UNANSWERED`] at most.
pub(crate) fn unanswered(
    tx: &mut Tx<'_>,
    after: TopicId,
    to: Timestamp,
    now: Timestamp,
) -> Result<Vec<Written>> {
    tx.all(
        &format!(
            "{WRITTEN} WHERE t.id > $1 AND t.id < $2 AND t.state = 'published'
             AND p.id = t.first_post_id AND (t.first_reply_at IS NULL OR t.first_reply_at > $3)
             AND (t.accepted_at IS NULL OR t.accepted_at > $3) AND (t.closed_at IS NULL OR t.closed_at > $3)
             AND NOT EXISTS (SELECT 1 FROM signal_causes c WHERE c.kind = 'question' AND c.object_id = t.id)
             ORDER BY t.id LIMIT $4"
        ),
        params![after, floor(to), now, UNANSWERED],
        written,
    )
}

/// An open flag.
pub(crate) struct OpenFlag {
    pub id: FlagId,
    pub post: PostId,
    pub person: PersonId,
    pub name: String,
    pub reason: String,
    pub note: String,
    pub created_at: Timestamp,
}

/// Of these flags those that nobody has decided.
pub(crate) fn open_flags(tx: &mut Tx<'_>, ids: &[FlagId]) -> Result<Vec<OpenFlag>> {
    let mut all = Vec::new();
    for part in ids.chunks(500) {
        let sql = format!(
            "SELECT f.id, f.post_id, f.person_id, e.name, f.reason, f.note, f.created_at FROM flags f
             JOIN people e ON e.id = f.person_id WHERE f.state = 'open' AND f.id IN ({}) ORDER BY f.id",
            placeholders(1, part.len())
        );
        all.extend(tx.all(&sql, &values(part), |row| {
            Ok(OpenFlag {
                id: row.get("id")?,
                post: row.get("post_id")?,
                person: row.get("person_id")?,
                name: row.get("name")?,
                reason: row.get("reason")?,
                note: row.get("note")?,
                created_at: row.get("created_at")?,
            })
        })?);
    }
    Ok(all)
}

/// The reasons of the flags behind an item, and by how many people.
pub(crate) fn flag_reasons(
    tx: &mut Tx<'_>,
    signal: mainstreet_kernel::id::SignalId,
) -> Result<(Vec<String>, i64)> {
    let rows = tx.all(
        "SELECT f.reason, f.person_id FROM signal_causes c JOIN flags f ON f.id = c.object_id
         WHERE c.signal_id = $1 AND c.kind = 'flag' AND c.settled_at IS NULL",
        params![signal],
        |row| Ok((row.get::<String>("reason")?, row.get::<PersonId>("person_id")?)),
    )?;
    let people: std::collections::HashSet<PersonId> = rows.iter().map(|(_, person)| *person).collect();
    let mut reasons: Vec<String> = rows.into_iter().map(|(reason, _)| reason).collect();
    reasons.sort();
    reasons.dedup();
    Ok((reasons, people.len() as i64))
}

/// The open flags behind an item.
pub(crate) fn flags_behind(tx: &mut Tx<'_>, signal: mainstreet_kernel::id::SignalId) -> Result<Vec<FlagId>> {
    tx.all(
        "SELECT f.id FROM signal_causes c JOIN flags f ON f.id = c.object_id
         WHERE c.signal_id = $1 AND c.kind = 'flag' AND f.state = 'open' ORDER BY f.id",
        params![signal],
        |row| row.get("id"),
    )
}

/// What a signed-in person may do; none when they cannot sign in.
pub(crate) fn role_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<Role>> {
    tx.first("SELECT role FROM members WHERE person_id = $1", params![person], |row| row.word("role"))
}

/// Everybody who works in the desk, by name.
pub(crate) fn staff(tx: &mut Tx<'_>) -> Result<Vec<(PersonId, String)>> {
    tx.all(
        "SELECT m.person_id, e.name FROM members m JOIN people e ON e.id = m.person_id
         WHERE m.role IN ('moderator', 'manager', 'owner') ORDER BY e.name, m.person_id",
        &[],
        |row| Ok((row.get("person_id")?, row.get("name")?)),
    )
}

/// Why somebody flagged.
pub(crate) fn flag_reason(tx: &mut Tx<'_>, id: FlagId) -> Result<Option<String>> {
    tx.first("SELECT reason FROM flags WHERE id = $1", params![id], |row| row.get("reason"))
}

/// The post that opened a conversation, and who wrote it.
pub(crate) fn opening_post(tx: &mut Tx<'_>, topic: TopicId) -> Result<Option<(PostId, PersonId)>> {
    let row =
        tx.first("SELECT first_post_id, person_id FROM topics WHERE id = $1", params![topic], |row| {
            Ok((row.get::<Option<PostId>>("first_post_id")?, row.get::<PersonId>("person_id")?))
        })?;
    Ok(row.and_then(|(post, person)| post.map(|post| (post, person))))
}
