//! What the log and the versions of posts say about the past.

use std::collections::{HashMap, HashSet};

use mainstreet_db::{Row, Tx, Value, params, placeholders};
use mainstreet_kernel::id::{PostId, TopicId};
use mainstreet_kernel::{Result, Role, Timestamp, Verb};

use crate::rules::past::{Deed, Face, Place, Said, Strike};

/// The activities that rules hear of or count. The text stands in an index of the same condition.
const RULED: &str = "verb IN ('topic.created', 'reply.created',
  'post.edited', 'post.hidden', 'post.deleted', 'post.restored', 'flag.created', 'flag.decided', 'member.joined',
  'topic.edited', 'question.marked', 'question.unmarked', 'signal.opened', 'signal.escalated')";
/// The same for what is done to somebody.
const JUDGED: &str = "verb IN ('flag.created', 'flag.decided',
  'post.hidden', 'post.deleted')";
/// New posts. The text stands in an index of the same condition.
const WRITTEN: &str = "verb IN ('topic.created', 'reply.created')";
/// The activities that rules hear of or count within a conversation, without replies. So does this one.
const ABOUT: &str = "verb IN ('topic.created',
  'post.edited', 'post.hidden', 'post.deleted', 'post.restored', 'flag.created', 'flag.decided',
  'topic.edited', 'question.marked', 'question.unmarked')";
/// Columns of a deed. What a reply says of itself is not needed, and replies are the most of them.
const COLUMNS: &str =
    "seq, verb, occurred_at, recorded_at, actor_id, actor_class, object_id, topic_id, parent_id,
  space_id, subject_id, CASE WHEN verb = 'reply.created' THEN NULL ELSE props END AS props";
/// How many ids are asked for at once.
const MANY: usize = 400;

fn deed(row: &Row) -> Result<Deed> {
    let number = |name: &str| Ok::<i64, mainstreet_kernel::Error>(row.get::<Option<i64>>(name)?.unwrap_or(0));
    Ok(Deed {
        seq: row.get("seq")?,
        verb: row.word("verb")?,
        at: row.get("occurred_at")?,
        recorded_at: row.get("recorded_at")?,
        actor: number("actor_id")?,
        class: row.word("actor_class")?,
        object: row.get("object_id")?,
        topic: number("topic_id")?,
        parent: number("parent_id")?,
        space: number("space_id")?,
        subject: number("subject_id")?,
        props: match row.get::<Option<String>>("props")? {
            Some(text) if !text.is_empty() => {
                Some(Box::new(serde_json::from_str(&text).map_err(mainstreet_kernel::Error::internal)?))
            }
            _ => None,
        },
    })
}

/// Everything before `to`.
pub(in crate::rules) fn all_deeds(tx: &mut Tx<'_>, to: Timestamp) -> Result<Vec<Deed>> {
    let sql = format!("SELECT {COLUMNS} FROM activities WHERE {RULED} AND occurred_at < $1");
    tx.all(&sql, params![to], deed)
}

/// What happened from `from` until before `to`.
pub(in crate::rules) fn deeds_between(tx: &mut Tx<'_>, from: Timestamp, to: Timestamp) -> Result<Vec<Deed>> {
    let sql =
        format!("SELECT {COLUMNS} FROM activities WHERE {RULED} AND occurred_at >= $1 AND occurred_at < $2");
    tx.all(&sql, params![from, to], deed)
}

/// Whose deeds are asked for.
#[derive(Clone, Copy)]
pub(in crate::rules) enum Of {
    /// Done by these people.
    Actors,
    /// In these conversations.
    Topics,
    /// Judgements on these people.
    Subjects,
}

/// What was done by, in or to `ids` before `to`.
pub(in crate::rules) fn deeds_of(
    tx: &mut Tx<'_>,
    of: Of,
    ids: &HashSet<i64>,
    to: Timestamp,
) -> Result<Vec<Deed>> {
    let (column, verbs) = match of {
        Of::Actors => ("actor_id", RULED),
        Of::Topics => ("topic_id", RULED),
        Of::Subjects => ("subject_id", JUDGED),
    };
    let mut found = Vec::new();
    each_part(ids, |part| {
        let sql = format!(
            "SELECT {COLUMNS} FROM activities WHERE {column} IN ({}) AND {verbs} AND occurred_at < $1",
            placeholders(2, part.len())
        );
        found.extend(tx.all(&sql, &with(to, part), deed)?);
        Ok(())
    })?;
    Ok(found)
}

/// New posts by or in `ids` from `from` until before `to`.
pub(in crate::rules) fn written_since(
    tx: &mut Tx<'_>,
    of: Of,
    ids: &HashSet<i64>,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Deed>> {
    let column = if matches!(of, Of::Topics) { "topic_id" } else { "actor_id" };
    let mut found = Vec::new();
    each_part(ids, |part| {
        let sql = format!(
            "SELECT {COLUMNS} FROM activities
             WHERE {column} IN ({}) AND {WRITTEN} AND occurred_at >= $1 AND occurred_at < $2",
            placeholders(3, part.len())
        );
        let bounds = [Value::from(from), Value::from(to)];
        found.extend(tx.all(&sql, &bounds.into_iter().chain(values(part)).collect::<Vec<_>>(), deed)?);
        Ok(())
    })?;
    Ok(found)
}

/// How many posts these people had written before `at`.
pub(in crate::rules) fn written_before(
    tx: &mut Tx<'_>,
    people: &HashSet<i64>,
    at: Timestamp,
) -> Result<Vec<(i64, u64)>> {
    let mut found = Vec::new();
    each_part(people, |part| {
        let sql = format!(
            "SELECT actor_id, COUNT(*) AS count FROM activities
             WHERE actor_id IN ({}) AND {WRITTEN} AND occurred_at < $1 GROUP BY actor_id",
            placeholders(2, part.len())
        );
        found.extend(tx.all(&sql, &with(at, part), |row| {
            let count: i64 = row.get("count")?;
            Ok((row.get::<i64>("actor_id")?, count.unsigned_abs()))
        })?);
        Ok(())
    })?;
    Ok(found)
}

/// The first posts of these people.
pub(in crate::rules) fn first_written(tx: &mut Tx<'_>, people: &HashSet<i64>) -> Result<Vec<Deed>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM activities WHERE actor_id = $1 AND {WRITTEN} ORDER BY occurred_at, seq LIMIT 1"
    );
    let mut found = Vec::new();
    for person in people.iter().filter(|person| **person != 0) {
        found.extend(tx.first(&sql, params![*person], deed)?);
    }
    Ok(found)
}

/// Everything in these conversations before `to` that is not a reply.
pub(in crate::rules) fn but_replies(
    tx: &mut Tx<'_>,
    topics: &HashSet<i64>,
    to: Timestamp,
) -> Result<Vec<Deed>> {
    let mut found = Vec::new();
    each_part(topics, |part| {
        let sql = format!(
            "SELECT {COLUMNS} FROM activities WHERE topic_id IN ({}) AND {ABOUT} AND occurred_at < $1",
            placeholders(2, part.len())
        );
        found.extend(tx.all(&sql, &with(to, part), deed)?);
        Ok(())
    })?;
    Ok(found)
}

/// Conversations that were opened from `from` until before `to`, and when.
pub(in crate::rules) fn opened_between(
    tx: &mut Tx<'_>,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<(i64, Timestamp)>> {
    tx.all(
        "SELECT topic_id, occurred_at FROM activities
         WHERE verb = 'topic.created' AND occurred_at >= $1 AND occurred_at < $2",
        params![from, to],
        |row| Ok((row.get::<Option<i64>>("topic_id")?.unwrap_or(0), row.get("occurred_at")?)),
    )
}

/// Reactions to what these people wrote, in these conversations or everywhere: when, to whom, and how many more or
/// fewer.
pub(in crate::rules) fn reactions(
    tx: &mut Tx<'_>,
    topics: Option<&HashSet<i64>>,
    to: Timestamp,
) -> Result<Vec<(i64, Timestamp, i64)>> {
    let head = "SELECT verb, occurred_at, subject_id, props FROM activities
      WHERE verb IN ('reaction.added', 'reaction.removed') AND subject_id IS NOT NULL AND occurred_at < $1";
    let read = |row: &Row| {
        let props: serde_json::Value = row.json("props")?;
        let count = props.get("count").and_then(serde_json::Value::as_i64).unwrap_or(1);
        let sign = if row.word::<Verb>("verb")? == Verb::ReactionAdded { 1 } else { -1 };
        Ok((row.get("subject_id")?, row.get("occurred_at")?, sign * count))
    };
    let Some(topics) = topics else { return tx.all(head, params![to], read) };
    let mut found = Vec::new();
    each_part(topics, |part| {
        let sql = format!("{head} AND topic_id IN ({})", placeholders(2, part.len()));
        found.extend(tx.all(&sql, &with(to, part), read)?);
        Ok(())
    })?;
    Ok(found)
}

/// Changes of role: whose, when, what it was.
pub(in crate::rules) fn role_changes(tx: &mut Tx<'_>) -> Result<Vec<(i64, Timestamp, Role)>> {
    let rows = tx.all(
        "SELECT object_id, occurred_at, props FROM activities WHERE verb = 'member.role_changed'",
        &[],
        |row| {
            let props: serde_json::Value = row.json("props")?;
            let was =
                props.get("from").and_then(serde_json::Value::as_str).and_then(|word| word.parse().ok());
            Ok((row.get("object_id")?, row.get("occurred_at")?, was))
        },
    )?;
    Ok(rows.into_iter().filter_map(|(who, at, was)| Some((who, at, was?))).collect())
}

/// Who these people are.
pub(in crate::rules) fn faces(tx: &mut Tx<'_>, ids: &HashSet<i64>) -> Result<HashMap<i64, Face>> {
    let mut found = HashMap::new();
    each_part(ids, |part| {
        let sql = format!(
            "SELECT p.id, p.name, p.joined_at, p.accepted_count, m.role FROM people p
             LEFT JOIN members m ON m.person_id = p.id WHERE p.id IN ({})",
            placeholders(1, part.len())
        );
        for (id, face) in tx.all(&sql, &values(part), |row| {
            let role: Option<String> = row.get("role")?;
            Ok((
                row.get::<i64>("id")?,
                Face {
                    name: row.get("name")?,
                    joined_at: row.get("joined_at")?,
                    accepted: row.get("accepted_count")?,
                    role: role.and_then(|role| role.parse().ok()),
                },
            ))
        })? {
            found.insert(id, face);
        }
        Ok(())
    })?;
    Ok(found)
}

/// People that a segment or schedule may choose from, and since when they are known: those who are one of their own,
/// programs left out. `members`: only those who can sign in here.
pub(in crate::rules) fn everybody(tx: &mut Tx<'_>, members: bool) -> Result<Vec<(i64, Timestamp)>> {
    tx.all(
        "SELECT p.id, p.joined_at FROM people p LEFT JOIN members m ON m.person_id = p.id
         WHERE p.merged_into IS NULL AND p.class IN ('member', 'staff')
           AND (m.person_id IS NOT NULL OR CAST($1 AS BIGINT) = 0) ORDER BY p.id",
        params![members],
        |row| Ok((row.get("id")?, row.get("joined_at")?)),
    )
}

/// What these conversations are called and carry today.
pub(in crate::rules) fn places(tx: &mut Tx<'_>, ids: &HashSet<i64>) -> Result<HashMap<i64, Place>> {
    let mut found = HashMap::new();
    each_part(ids, |part| {
        let sql = format!(
            "SELECT t.id, t.title, t.accepted_post_id, a.kind FROM topics t JOIN accounts a ON a.id = t.account_id
             WHERE t.id IN ({})",
            placeholders(1, part.len())
        );
        for (id, place) in tx.all(&sql, &values(part), |row| {
            let kind: String = row.get("kind")?;
            Ok((
                row.get::<i64>("id")?,
                Place {
                    title: row.get("title")?,
                    accepted: row.get::<Option<i64>>("accepted_post_id")?.unwrap_or(0),
                    channel: if kind == "own" { "forum".to_owned() } else { kind },
                    tags: Vec::new(),
                },
            ))
        })? {
            found.insert(id, place);
        }
        let topics: Vec<TopicId> = part.iter().map(|id| TopicId(*id)).collect();
        for (topic, tags) in mainstreet_community::tags::store::of_topics(tx, &topics)? {
            if let Some(place) = found.get_mut(&topic.0) {
                place.tags = tags.into_iter().map(|tag| tag.name).collect();
            }
        }
        Ok(())
    })?;
    Ok(found)
}

/// Names and slugs of all spaces.
pub(in crate::rules) fn spaces(tx: &mut Tx<'_>) -> Result<HashMap<i64, (String, String)>> {
    let rows = tx.all("SELECT id, name, slug FROM spaces", &[], |row| {
        Ok((row.get::<i64>("id")?, (row.get("name")?, row.get("slug")?)))
    })?;
    Ok(rows.into_iter().collect())
}

fn said(row: &Row) -> Result<(i64, Said)> {
    Ok((row.get("id")?, Said { version: row.get("version")?, body: row.get("body")?, earlier: Vec::new() }))
}

/// What posts say: those of a time at once, and those of `ids` that are not of it.
pub(in crate::rules) fn texts(
    tx: &mut Tx<'_>,
    ids: &HashSet<i64>,
    whole: Option<(Timestamp, Timestamp)>,
) -> Result<HashMap<i64, Said>> {
    let mut found: HashMap<i64, Said> = HashMap::new();
    if let Some((from, to)) = whole {
        let (low, high) = (mainstreet_kernel::id::floor(from), mainstreet_kernel::id::floor(to));
        let sql = "SELECT id, version, body FROM posts WHERE id >= $1 AND id < $2";
        found.extend(tx.all(sql, params![low, high], said)?);
    }
    let missing: HashSet<i64> = ids.iter().filter(|id| !found.contains_key(id)).copied().collect();
    each_part(&missing, |part| {
        let sql =
            format!("SELECT id, version, body FROM posts WHERE id IN ({})", placeholders(1, part.len()));
        found.extend(tx.all(&sql, &values(part), said)?);
        Ok(())
    })?;
    let changed: HashSet<i64> =
        found.iter().filter(|(_, said)| said.version > 1).map(|(id, _)| *id).collect();
    each_part(&changed, |part| {
        let sql = format!(
            "SELECT post_id, version, body FROM post_revisions WHERE post_id IN ({})",
            placeholders(1, part.len())
        );
        for (id, version, body) in tx.all(&sql, &values(part), |row| {
            Ok((row.get::<i64>("post_id")?, row.get::<i64>("version")?, row.get::<String>("body")?))
        })? {
            if let Some(said) = found.get_mut(&id) {
                said.earlier.push((version, body));
            }
        }
        Ok(())
    })?;
    Ok(found)
}

/// What people decided in the inbox about posts: the post, when, and whether they acted.
pub(in crate::rules) fn resolutions(
    tx: &mut Tx<'_>,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<(PostId, Timestamp, bool)>> {
    tx.all(
        "SELECT s.post_id, st.at, s.outcome FROM signal_steps st JOIN signals s ON s.id = st.signal_id
         WHERE st.act = 'resolved' AND st.actor_id IS NOT NULL AND st.undone_at IS NULL AND st.at >= $1 AND st.at < $2
           AND s.outcome IN ('moderated', 'no_action') AND s.kind IN ('harm', 'flag')",
        params![from, to],
        |row| {
            let outcome: String = row.get("outcome")?;
            Ok((row.get("post_id")?, row.get("at")?, outcome == "moderated"))
        },
    )
}

/// A decision of moderation on a post.
pub(in crate::rules) struct OnPost {
    pub(in crate::rules) post: i64,
    pub(in crate::rules) at: Timestamp,
    /// It restricts; else it brought the post back.
    pub(in crate::rules) upheld: bool,
    pub(in crate::rules) by_person: bool,
    pub(in crate::rules) clause: String,
    pub(in crate::rules) undone_at: Option<Timestamp>,
}

/// Decisions on posts that were made or taken back in this time.
pub(in crate::rules) fn decisions(tx: &mut Tx<'_>, from: Timestamp, to: Timestamp) -> Result<Vec<OnPost>> {
    tx.all(
        "SELECT object_id, decided_at, act, decided_by, clause, undone_at FROM decisions
         WHERE object_kind = 'post' AND decided_at < $2 AND (decided_at >= $1 OR undone_at >= $1)
         ORDER BY decided_at, id",
        params![from, to],
        |row| {
            Ok(OnPost {
                post: row.get("object_id")?,
                at: row.get("decided_at")?,
                upheld: row.word::<mainstreet_community::moderation::Act>("act")?.restricts(),
                by_person: row.get::<Option<i64>>("decided_by")?.is_some(),
                clause: row.get("clause")?,
                undone_at: row.get("undone_at")?,
            })
        },
    )
}

/// Strikes of these people: whose, how many, from when, until when, and when they were taken back.
pub(in crate::rules) fn strikes(tx: &mut Tx<'_>, people: &HashSet<i64>) -> Result<Vec<(i64, Strike)>> {
    let mut found = Vec::new();
    each_part(people, |part| {
        let sql = format!(
            "SELECT person_id, strikes, decided_at, strikes_until, undone_at FROM decisions
             WHERE strikes > 0 AND person_id IN ({}) ORDER BY id",
            placeholders(1, part.len())
        );
        found.extend(tx.all(&sql, &values(part), |row| {
            Ok((
                row.get("person_id")?,
                Strike {
                    count: row.get("strikes")?,
                    from: row.get("decided_at")?,
                    until: row.get::<Option<Timestamp>>("strikes_until")?.unwrap_or(Timestamp(i64::MAX)),
                    undone_at: row.get("undone_at")?,
                },
            ))
        })?);
        Ok(())
    })?;
    Ok(found)
}

/// When the log speaks of a post in a way that rules hear.
pub(in crate::rules) fn moments(tx: &mut Tx<'_>, post: PostId) -> Result<Vec<Timestamp>> {
    tx.all(
        "SELECT a.occurred_at FROM posts p JOIN activities a ON a.topic_id = p.topic_id
         WHERE p.id = $1 AND ((a.object_kind = 'post' AND a.object_id = $1
             AND a.verb IN ('topic.created', 'reply.created', 'post.edited', 'flag.created'))
           OR a.verb IN ('signal.opened', 'signal.escalated'))
         ORDER BY a.occurred_at",
        params![post],
        |row| row.get("occurred_at"),
    )
}

/// The posts of a time that got the most reactions.
pub(in crate::rules) fn most_reacted(
    tx: &mut Tx<'_>,
    from: Timestamp,
    to: Timestamp,
    most: usize,
) -> Result<HashSet<i64>> {
    let (low, high) = (mainstreet_kernel::id::floor(from), mainstreet_kernel::id::floor(to));
    let rows = tx.all(
        "SELECT id FROM posts WHERE id >= $1 AND id < $2 AND reaction_count > 0
         ORDER BY reaction_count DESC, id LIMIT $3",
        params![low, high, most],
        |row| row.get("id"),
    )?;
    Ok(rows.into_iter().collect())
}

fn each_part(ids: &HashSet<i64>, mut work: impl FnMut(&[i64]) -> Result<()>) -> Result<()> {
    let mut sorted: Vec<i64> = ids.iter().copied().filter(|id| *id != 0).collect();
    sorted.sort_unstable();
    sorted.chunks(MANY).try_for_each(&mut work)
}

fn values(ids: &[i64]) -> Vec<Value> {
    ids.iter().map(|id| Value::from(*id)).collect()
}

fn with(to: Timestamp, ids: &[i64]) -> Vec<Value> {
    std::iter::once(Value::from(to)).chain(values(ids)).collect()
}
