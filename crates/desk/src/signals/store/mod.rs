//! The SQL of items.

mod history;
mod inbox;
mod posts;

pub(crate) use history::*;
pub(crate) use inbox::*;
use mainstreet_db::{Row, Tx, params, placeholders};
use mainstreet_kernel::id::{PersonId, PostId, SignalId, TopicId};
use mainstreet_kernel::{Error, Result, Timestamp};
pub(crate) use posts::*;

use super::model::{Cause, Signal};
use crate::triage::{Assessment, Label, Urgency};

const COLUMNS: &str = "s.id, s.kind, s.title, s.topic_id, s.anchor, s.post_id, s.person_id, s.space_id, s.intent, \
     s.intent_by, s.intent_probability, s.intent_reasons, s.urgency, s.urgency_by, s.urgency_reasons, s.risks, \
     s.owner, s.owner_by, s.owner_reasons, s.assignee_id, s.lease_until, s.state, s.due_at, s.snoozed_until, \
     s.outcome, s.outcome_why, s.told_back, s.merged_into, s.follows, s.reopened, s.version, s.occurred_at, \
     s.opened_at, s.touched_at, s.first_response_at, s.resolved_at, s.closed_at, s.said";

fn read(row: &Row) -> Result<Signal> {
    let outcome: Option<String> = row.get("outcome")?;
    let anchor: i64 = row.get("anchor")?;
    Ok(Signal {
        id: row.get("id")?,
        kind: row.word("kind")?,
        title: row.get("title")?,
        topic: row.get("topic_id")?,
        anchor: (anchor != 0).then_some(PostId(anchor)),
        post: row.get("post_id")?,
        person: row.get("person_id")?,
        space: row.get("space_id")?,
        assessment: read_assessment(row)?,
        assignee: row.get("assignee_id")?,
        lease_until: row.get("lease_until")?,
        state: row.word("state")?,
        due_at: row.get("due_at")?,
        snoozed_until: row.get("snoozed_until")?,
        outcome: outcome.map(|word| word.parse()).transpose()?,
        outcome_why: row.get("outcome_why")?,
        told_back: row.get("told_back")?,
        merged_into: row.get("merged_into")?,
        follows: row.get("follows")?,
        reopened: row.get("reopened")?,
        version: row.get("version")?,
        occurred_at: row.get("occurred_at")?,
        opened_at: row.get("opened_at")?,
        touched_at: row.get("touched_at")?,
        first_response_at: row.get("first_response_at")?,
        resolved_at: row.get("resolved_at")?,
        closed_at: row.get("closed_at")?,
    })
}

fn read_assessment(row: &Row) -> Result<Assessment> {
    Ok(Assessment {
        intent: Label {
            is: row.word("intent")?,
            by: row.word("intent_by")?,
            reasons: row.json("intent_reasons")?,
        },
        intent_probability: row.get("intent_probability")?,
        urgency: Label {
            is: Urgency::at_level(row.get("urgency")?),
            by: row.word("urgency_by")?,
            reasons: row.json("urgency_reasons")?,
        },
        risks: row.json("risks")?,
        owner: Label {
            is: row.word("owner")?,
            by: row.word("owner_by")?,
            reasons: row.json("owner_reasons")?,
        },
        said: row.json("said")?,
    })
}

fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

pub(crate) fn insert(tx: &mut Tx<'_>, signal: &Signal) -> Result<()> {
    let a = &signal.assessment;
    tx.run(
        "INSERT INTO signals (id, kind, title, topic_id, anchor, post_id, person_id, space_id, intent, intent_by,
         intent_probability, intent_reasons, urgency, urgency_by, urgency_reasons, risks, owner, owner_by,
         owner_reasons, state, open, due_at, follows, reopened, version, occurred_at, opened_at, touched_at, said)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 1, $21,
         $22, 0, 1, $23, $24, $24, $25)",
        params![
            signal.id,
            signal.kind,
            &signal.title,
            signal.topic,
            signal.anchor.map_or(0, |post| post.0),
            signal.post,
            signal.person,
            signal.space,
            a.intent.is,
            a.intent.by,
            a.intent_probability,
            json(&a.intent.reasons)?,
            a.urgency.is.level(),
            a.urgency.by,
            json(&a.urgency.reasons)?,
            json(&a.risks)?,
            a.owner.is,
            a.owner.by,
            json(&a.owner.reasons)?,
            signal.state,
            signal.due_at,
            signal.follows,
            signal.occurred_at,
            signal.opened_at,
            json(&a.said)?,
        ],
    )
    .map(drop)
}

/// Writes what can change, if the item still is at `signal.version`; false when somebody was faster. The
/// version rises by one.
pub(crate) fn save(tx: &mut Tx<'_>, signal: &Signal) -> Result<bool> {
    let a = &signal.assessment;
    let changed = tx.run(
        "UPDATE signals SET kind = $3, title = $4, post_id = $5, person_id = $32, intent = $6, intent_by = $7,
         intent_probability = $8, intent_reasons = $9, urgency = $10, urgency_by = $11, urgency_reasons = $12,
         risks = $13, owner = $14, owner_by = $15, owner_reasons = $16, assignee_id = $17, lease_until = $18,
         state = $19, open = $20, due_at = $21, snoozed_until = $22, outcome = $23, outcome_why = $24,
         told_back = $25, merged_into = $26, reopened = $27, touched_at = $28, first_response_at = $29,
         resolved_at = $30, closed_at = $31, said = $33, version = version + 1
         WHERE id = $1 AND version = $2",
        params![
            signal.id,
            signal.version,
            signal.kind,
            &signal.title,
            signal.post,
            a.intent.is,
            a.intent.by,
            a.intent_probability,
            json(&a.intent.reasons)?,
            a.urgency.is.level(),
            a.urgency.by,
            json(&a.urgency.reasons)?,
            json(&a.risks)?,
            a.owner.is,
            a.owner.by,
            json(&a.owner.reasons)?,
            signal.assignee,
            signal.lease_until,
            signal.state,
            signal.state.is_open(),
            signal.due_at,
            signal.snoozed_until,
            signal.outcome,
            &signal.outcome_why,
            signal.told_back,
            signal.merged_into,
            signal.reopened,
            signal.touched_at,
            signal.first_response_at,
            signal.resolved_at,
            signal.closed_at,
            signal.person,
            json(&a.said)?,
        ],
    )?;
    Ok(changed == 1)
}

/// Open items, those opened last first.
pub(crate) fn latest_open(tx: &mut Tx<'_>, most: usize) -> Result<Vec<Signal>> {
    let sql = format!("SELECT {COLUMNS} FROM signals s WHERE s.open = 1 ORDER BY s.id DESC LIMIT $1");
    tx.all(&sql, params![most], read)
}

/// Prolongs a lease without a new version: looking and typing is not a decision.
pub(crate) fn renew(tx: &mut Tx<'_>, id: SignalId, until: Timestamp) -> Result<()> {
    tx.run("UPDATE signals SET lease_until = $2 WHERE id = $1", params![id, until]).map(drop)
}

pub(crate) fn find(tx: &mut Tx<'_>, id: SignalId) -> Result<Option<Signal>> {
    tx.first(&format!("SELECT {COLUMNS} FROM signals s WHERE s.id = $1"), params![id], read)
}

pub(crate) fn find_for_update(tx: &mut Tx<'_>, id: SignalId) -> Result<Option<Signal>> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM signals s WHERE s.id = $1 {{{{FOR_UPDATE}}}}"),
        params![id],
        read,
    )
}

/// The item that this caused, held for a change.
pub(crate) fn of_cause(tx: &mut Tx<'_>, kind: Cause, object: i64) -> Result<Option<Signal>> {
    tx.first(
        &format!(
            "SELECT {COLUMNS} FROM signals s WHERE s.id = (SELECT c.signal_id FROM signal_causes c
             WHERE c.kind = $1 AND c.object_id = $2) {{{{FOR_UPDATE}}}}"
        ),
        params![kind, object],
        read,
    )
}

/// Items with an appeal that is due before `soon` and that are not urgent yet.
pub(crate) fn appeals_due(tx: &mut Tx<'_>, soon: Timestamp) -> Result<Vec<Signal>> {
    tx.all(
        &format!(
            "SELECT {COLUMNS} FROM signals s WHERE s.open = 1 AND s.kind = 'appeal' AND s.urgency < 4
             AND s.due_at <= $1 ORDER BY s.id LIMIT 200 {{{{FOR_UPDATE}}}}"
        ),
        params![soon],
        read,
    )
}

/// The open items of a conversation.
pub(crate) fn open_of_topic(tx: &mut Tx<'_>, topic: TopicId) -> Result<Vec<Signal>> {
    tx.all(
        &format!(
            "SELECT {COLUMNS} FROM signals s WHERE s.topic_id = $1 AND s.open = 1 ORDER BY s.anchor, s.id {{{{FOR_UPDATE}}}}"
        ),
        params![topic],
        read,
    )
}

/// Every item of a conversation that is open or was resolved since.
pub(crate) fn live_of_topic(tx: &mut Tx<'_>, topic: TopicId, since: Timestamp) -> Result<Vec<Signal>> {
    tx.all(
        &format!(
            "SELECT {COLUMNS} FROM signals s WHERE s.topic_id = $1
             AND (s.open = 1 OR (s.state = 'resolved' AND s.resolved_at >= $2)) ORDER BY s.id {{{{FOR_UPDATE}}}}"
        ),
        params![topic, since],
        read,
    )
}

/// Which of these conversations have items that something new may matter to.
pub(crate) fn topics_with_items(tx: &mut Tx<'_>, topics: &[TopicId]) -> Result<Vec<TopicId>> {
    let mut found = Vec::new();
    for part in topics.chunks(500) {
        let sql = format!(
            "SELECT DISTINCT topic_id FROM signals WHERE state NOT IN ('closed', 'merged', 'dismissed')
             AND topic_id IN ({})",
            placeholders(1, part.len())
        );
        let params: Vec<mainstreet_db::Value> = part.iter().map(|topic| (*topic).into()).collect();
        found.extend(tx.all(&sql, &params, |row| row.get::<TopicId>("topic_id"))?);
    }
    Ok(found)
}

/// The last item of this conversation that has ended.
pub(crate) fn last_ended(
    tx: &mut Tx<'_>,
    topic: TopicId,
    anchor: Option<PostId>,
) -> Result<Option<SignalId>> {
    tx.first(
        "SELECT id FROM signals WHERE topic_id = $1 AND anchor = $2 AND open = 0 ORDER BY id DESC LIMIT 1",
        params![topic, anchor.map_or(0, |post| post.0)],
        |row| row.get("id"),
    )
}

/// Items whose time has come: snoozes to wake, leases that ended, resolved ones to close.
pub(crate) fn timed(tx: &mut Tx<'_>, now: Timestamp, close_before: Timestamp) -> Result<Vec<Signal>> {
    tx.all(
        &format!(
            "SELECT {COLUMNS} FROM signals s
             WHERE (s.open = 1 AND s.state = 'snoozed' AND s.snoozed_until <= $1)
                OR (s.open = 1 AND s.state = 'in_progress' AND s.lease_until <= $1)
                OR (s.open = 0 AND s.state = 'resolved' AND s.resolved_at <= $2)
             ORDER BY s.id LIMIT 1000 {{{{FOR_UPDATE}}}}"
        ),
        params![now, close_before],
        read,
    )
}

/// The kinds of causes that still matter, with how many people and flags are behind them.
pub(crate) fn live_causes(tx: &mut Tx<'_>, id: SignalId) -> Result<Vec<Cause>> {
    tx.all("SELECT kind FROM signal_causes WHERE signal_id = $1 AND settled_at IS NULL", params![id], |row| {
        row.word("kind")
    })
}

/// The name that people know somebody by.
pub(crate) fn name_of(tx: &mut Tx<'_>, person: PersonId) -> Result<String> {
    let name = tx.first("SELECT name FROM people WHERE id = $1", params![person], |row| row.get("name"))?;
    Ok(name.unwrap_or_else(|| "Somebody".to_owned()))
}
