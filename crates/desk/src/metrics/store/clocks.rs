//! Keeping the clocks of topics.

use std::collections::{BTreeSet, HashMap};

use mainstreet_db::log::{COLUMNS, Cursor, Entry};
use mainstreet_db::{Row, Tx, Value, params, placeholders};
use mainstreet_kernel::id::{PersonId, TopicId};
use mainstreet_kernel::{Error, Result};

use super::CHUNK;
use crate::metrics::clocks::{Population, Response, TopicClock, VERBS};
use crate::metrics::survival::Cause;

const CLOCK: &str = "topic_id, space_id, population, marked, asked_at, asker_id, response_at, response_class,
                     response_post, accepted_at, closed_at, gone_at, replies";

fn cause(word: &str) -> Result<Cause> {
    match word {
        "member" => Ok(Cause::Member),
        "staff" => Ok(Cause::Staff),
        other => Err(Error::internal(format!("unknown responder '{other}'"))),
    }
}

fn clock(row: &Row) -> Result<TopicClock> {
    let response_at: Option<_> = row.get("response_at")?;
    let response = match response_at {
        None => None,
        Some(at) => Some(Response {
            at,
            by: cause(&row.get::<String>("response_class")?)?,
            post: row.get("response_post")?,
        }),
    };
    Ok(TopicClock {
        topic: row.get("topic_id")?,
        space: row.get("space_id")?,
        population: Population::from_code(row.get("population")?),
        marked: row.get("marked")?,
        asked_at: row.get("asked_at")?,
        asker: row.get("asker_id")?,
        response,
        accepted_at: row.get("accepted_at")?,
        closed_at: row.get("closed_at")?,
        gone_at: row.get("gone_at")?,
        replies: row.get("replies")?,
    })
}

/// The clocks kept of these topics.
pub(crate) fn clocks(tx: &mut Tx<'_>, topics: &[TopicId]) -> Result<HashMap<TopicId, TopicClock>> {
    let mut found = HashMap::new();
    for chunk in topics.chunks(CHUNK) {
        let sql =
            format!("SELECT {CLOCK} FROM metric_clocks WHERE topic_id IN ({})", placeholders(1, chunk.len()));
        let values: Vec<Value> = chunk.iter().map(|topic| Value::from(*topic)).collect();
        found.extend(tx.all(&sql, &values, |row| clock(row).map(|clock| (clock.topic, clock)))?);
    }
    Ok(found)
}

/// Keeps these clocks as they are now.
pub(crate) fn put_clocks(tx: &mut Tx<'_>, clocks: &[TopicClock]) -> Result<()> {
    let rows: Vec<Vec<Value>> = clocks
        .iter()
        .map(|clock| {
            let by = clock.response.map(|response| match response.by {
                Cause::Member => "member",
                Cause::Staff => "staff",
            });
            params![
                clock.topic,
                clock.space,
                clock.population.code(),
                clock.marked,
                clock.asked_at,
                clock.asker,
                clock.response.map(|response| response.at),
                by,
                clock.response.map(|response| response.post),
                clock.accepted_at,
                clock.closed_at,
                clock.gone_at,
                clock.replies,
            ]
            .to_vec()
        })
        .collect();
    tx.insert_many(
        &format!("INSERT INTO metric_clocks ({CLOCK})"),
        &rows,
        "ON CONFLICT (topic_id) DO UPDATE SET space_id = excluded.space_id, population = excluded.population,
         marked = excluded.marked, asked_at = excluded.asked_at, asker_id = excluded.asker_id,
         response_at = excluded.response_at, response_class = excluded.response_class,
         response_post = excluded.response_post, accepted_at = excluded.accepted_at,
         closed_at = excluded.closed_at, gone_at = excluded.gone_at, replies = excluded.replies",
    )
    .map(drop)
}

/// What moves the clock of `topic`, up to `until`, in the order of the log.
pub(crate) fn log_of_topic(tx: &mut Tx<'_>, topic: TopicId, until: Cursor) -> Result<Vec<Entry>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM activities WHERE topic_id = $1 AND (tx < $2 OR (tx = $2 AND seq <= $3))
         AND verb IN ({}) ORDER BY tx, seq",
        placeholders(4, VERBS.len())
    );
    let mut values = params![topic, until.tx, until.seq].to_vec();
    values.extend(VERBS.map(Value::from));
    tx.all(&sql, &values, Entry::from_row)
}

/// The topics that any of `people` began or replied in, up to `until`.
pub(crate) fn topics_of(
    tx: &mut Tx<'_>,
    people: &BTreeSet<PersonId>,
    until: Cursor,
) -> Result<BTreeSet<TopicId>> {
    let mut topics = BTreeSet::new();
    for person in people {
        topics.extend(tx.all(
            "SELECT DISTINCT topic_id FROM activities WHERE actor_id = $1
             AND (tx < $2 OR (tx = $2 AND seq <= $3))
             AND verb IN ('topic.created', 'reply.created') AND topic_id IS NOT NULL",
            params![*person, until.tx, until.seq],
            |row| row.get::<TopicId>("topic_id"),
        )?);
    }
    Ok(topics)
}
