//! The log of activities: appended in the verb's own transaction, read in commit order by readers that each keep
//! a durable cursor.
//!
//! On PostgreSQL a lower number can commit after a higher one. Every row therefore keeps its transaction's
//! number, and readers stop at the oldest transaction still running (`{{HORIZON}}`), so none is passed over.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use mainstreet_kernel::id::{PersonId, SpaceId, TopicId};
use mainstreet_kernel::{Activity, ActorClass, Result, Timestamp, Verb, Visibility};
use postgres::fallible_iterator::FallibleIterator as _;
use tokio::sync::watch;

use crate::tx::Tx;
use crate::value::{Row, Value};
use crate::{params, row};

/// How far a reader has come: the transaction and the row in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    /// Transaction number; 0 throughout on SQLite, which has one writer.
    pub tx: i64,
    /// Row number.
    pub seq: i64,
}

/// One row of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Where it stands in the log.
    pub cursor: Cursor,
    /// What happened.
    pub verb: Verb,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When we learned of it.
    pub recorded_at: Timestamp,
    /// Who did it.
    pub actor: Option<PersonId>,
    /// What they were at that time.
    pub actor_class: ActorClass,
    /// Kind of the thing it was done to.
    pub object_kind: String,
    /// Number of the thing it was done to.
    pub object_id: i64,
    /// The conversation it belongs to.
    pub topic: Option<TopicId>,
    /// The post it answers, or the flag it decides.
    pub parent: Option<i64>,
    /// The space it happened in.
    pub space: Option<SpaceId>,
    /// The person it was done to.
    pub subject: Option<PersonId>,
    /// Who may see it.
    pub visibility: Visibility,
    /// What else was kept, or null.
    pub props: serde_json::Value,
}

impl Entry {
    /// Reads a row that selects every column of `activities`.
    pub fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            cursor: Cursor { seq: row.get("seq")?, tx: row.get("tx")? },
            verb: row.word("verb")?,
            occurred_at: row.get("occurred_at")?,
            recorded_at: row.get("recorded_at")?,
            actor: row.get("actor_id")?,
            actor_class: row.word("actor_class")?,
            object_kind: row.get("object_kind")?,
            object_id: row.get("object_id")?,
            topic: row.get("topic_id")?,
            parent: row.get("parent_id")?,
            space: row.get("space_id")?,
            subject: row.get("subject_id")?,
            visibility: row.word("visibility")?,
            props: row.json("props")?,
        })
    }
}

/// Every column of `activities`, in the order [`Entry::from_row`] reads them.
pub const COLUMNS: &str = "seq, tx, verb, occurred_at, recorded_at, actor_id, actor_class, object_kind, object_id, \
                           topic_id, parent_id, space_id, subject_id, visibility, props";

pub(crate) fn append<'a>(
    tx: &mut Tx<'_>,
    activities: impl Iterator<Item = (&'a Activity, Value)>,
) -> Result<()> {
    let now = tx.now();
    let rows = activities.map(|(activity, props)| {
        row![
            activity.verb,
            activity.occurred_at,
            now,
            activity.actor,
            activity.actor_class,
            Value::Word(activity.object.kind),
            activity.object.id,
            activity.topic,
            activity.parent,
            activity.space,
            activity.subject,
            activity.visibility,
            props,
        ]
    });
    tx.insert_many(
        "INSERT INTO activities (verb, occurred_at, recorded_at, actor_id, actor_class, object_kind, object_id,
         topic_id, parent_id, space_id, subject_id, visibility, props)",
        rows,
        "",
    )
    .map(drop)
}

/// Up to `limit` rows after `cursor`, in commit order, none passed over. Two questions, each answered from the index
/// alone, so it costs what it reads, however long the log: the rest of the cursor's own transaction (which has ended,
/// or the cursor would not be in it), then those after it.
pub fn read(tx: &mut Tx<'_>, cursor: Cursor, limit: usize) -> Result<Vec<Entry>> {
    let same = format!("SELECT {COLUMNS} FROM activities WHERE tx = $1 AND seq > $2 ORDER BY seq LIMIT $3");
    let mut entries = tx.all(&same, params![cursor.tx, cursor.seq, limit], Entry::from_row)?;
    if entries.len() < limit {
        let later = format!(
            "SELECT {COLUMNS} FROM activities WHERE tx > $1 AND tx < {{{{HORIZON}}}} ORDER BY tx, seq LIMIT $2"
        );
        entries.extend(tx.all(&later, params![cursor.tx, limit - entries.len()], Entry::from_row)?);
    }
    Ok(entries)
}

/// The end of the log: where a reader starts that only wants what is new.
pub fn end(tx: &mut Tx<'_>) -> Result<Cursor> {
    let last = tx.first(
        "SELECT tx, seq FROM activities WHERE tx < {{HORIZON}} ORDER BY tx DESC, seq DESC LIMIT 1",
        &[],
        |row| Ok(Cursor { tx: row.get("tx")?, seq: row.get("seq")? }),
    )?;
    Ok(last.unwrap_or_default())
}

/// Where the reader called `name` stands. Inside a write transaction nobody else can move it until commit, so a
/// batch is taken once, on however many nodes its reader runs.
pub fn cursor(tx: &mut Tx<'_>, name: &str) -> Result<Cursor> {
    tx.run(
        "INSERT INTO log_cursors (reader, tx, seq) VALUES ($1, 0, 0) ON CONFLICT (reader) DO NOTHING",
        params![name],
    )?;
    tx.one("SELECT tx, seq FROM log_cursors WHERE reader = $1 {{FOR_UPDATE}}", params![name], |row| {
        Ok(Cursor { tx: row.get("tx")?, seq: row.get("seq")? })
    })
}

/// Moves the reader called `name`, in the transaction that did the work.
pub fn move_cursor(tx: &mut Tx<'_>, name: &str, to: Cursor) -> Result<()> {
    tx.run("UPDATE log_cursors SET tx = $2, seq = $3 WHERE reader = $1", params![name, to.tx, to.seq])
        .map(drop)
}

/// One step of a durable reader: takes up to `limit` new rows, gives them to `work`, moves the cursor, all in
/// the caller's transaction. Answers how many rows there were; 0 means: caught up.
pub fn advance(
    tx: &mut Tx<'_>,
    name: &str,
    limit: usize,
    work: impl FnOnce(&mut Tx<'_>, &[Entry]) -> Result<()>,
) -> Result<usize> {
    let from = cursor(tx, name)?;
    let entries = read(tx, from, limit)?;
    if let Some(last) = entries.last() {
        work(tx, &entries)?;
        move_cursor(tx, name, last.cursor)?;
    }
    Ok(entries.len())
}

/// Takes away what happened after `at` and lets every reader begin again. Only ever done to a copy, for looking at
/// an earlier time. Answers how many rows went.
pub fn rewind(tx: &mut Tx<'_>, at: Timestamp) -> Result<u64> {
    waive(tx)?;
    // What the desk did it does again, when its reader comes by.
    let gone =
        tx.run("DELETE FROM activities WHERE occurred_at > $1 OR object_kind = 'signal'", params![at])?;
    tx.run("UPDATE activities SET recorded_at = occurred_at WHERE recorded_at > $1", params![at])?;
    tx.run("DELETE FROM log_cursors", &[])?;
    tx.run("DELETE FROM jobs", &[])?;
    unwaive(tx)?;
    Ok(gone)
}

/// Lets the log and the record of moderation be cut in this transaction, until [`unwaive`]. Only ever in a copy that is
/// put back to an earlier time.
pub fn waive(tx: &mut Tx<'_>) -> Result<()> {
    tx.run("INSERT INTO log_waivers (id) VALUES (1) ON CONFLICT (id) DO NOTHING", &[]).map(drop)
}

/// The log only grows again.
pub fn unwaive(tx: &mut Tx<'_>) -> Result<()> {
    tx.run("DELETE FROM log_waivers", &[]).map(drop)
}

/// Erases what the log says beside of acts on one thing, such as why a member was suspended: that it happened stays.
pub fn forget_props(
    tx: &mut Tx<'_>,
    kind: &str,
    object: i64,
    verbs: &[mainstreet_kernel::Verb],
) -> Result<()> {
    for verb in verbs {
        tx.run(
            "UPDATE activities SET props = NULL WHERE object_kind = $1 AND object_id = $2 AND verb = $3",
            params![kind, object, verb.as_str()],
        )?;
    }
    Ok(())
}

/// When the latest thing in the log happened, as far as the log tells now.
pub fn latest(tx: &mut Tx<'_>) -> Result<Option<Timestamp>> {
    tx.one("SELECT MAX(occurred_at) AS at FROM activities", &[], |row| row.get("at"))
}

/// How many rows the log has.
pub fn length(tx: &mut Tx<'_>) -> Result<i64> {
    tx.count("SELECT COUNT(*) AS n FROM activities", &[])
}

/// Wakes this process when any process on a PostgreSQL server appends to the log. Polling covers the gaps.
pub(crate) fn listen(url: String, changes: watch::Sender<u64>, alive: Arc<AtomicBool>) {
    let run = move || {
        while alive.load(Ordering::Relaxed) {
            if let Ok(mut client) = crate::postgres::connect(&url)
                && client.batch_execute("LISTEN mainstreet_log").is_ok()
            {
                while alive.load(Ordering::Relaxed) {
                    let next = client.notifications().timeout_iter(Duration::from_secs(1)).next();
                    match next {
                        Ok(Some(_)) => changes.send_modify(|count| *count += 1),
                        Ok(None) if client.is_closed() => break,
                        Ok(None) => {}
                        Err(_) => break,
                    }
                }
            }
            thread::sleep(Duration::from_millis(500));
        }
    };
    let _ = thread::Builder::new().name("db-listen".to_owned()).stack_size(256 << 10).spawn(run);
}
