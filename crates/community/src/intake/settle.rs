//! What can be said only once everything was read.

use mainstreet_db::Tx;
use mainstreet_kernel::{Activity, Actor, Result, Timestamp, Verb, Visibility};
use serde_json::Value;

use super::model::Source;
use super::store;

/// Where answers are accepted, people ask: every topic in a space of this account in which one has an accepted
/// answer is a question, solved or not. (Counting only the solved ones as questions would make every share of solved
/// ones 100 %.) Works on at most `limit` topics; answers how many it marked, 0 when there is nothing left to do.
pub fn settle(tx: &mut Tx<'_>, source: &Source, limit: usize) -> Result<usize> {
    let topics = store::unmarked_questions(tx, source.account, limit)?;
    let mut activities = Vec::with_capacity(topics.len());
    for topic in &topics {
        let marked = Activity::new(Verb::QuestionMarked, Actor::SYSTEM, topic.id, topic.created_at);
        activities.push(marked.within(topic.id, topic.space).to(topic.person).seen_by(topic.visibility));
    }
    store::mark_questions(tx, &topics.iter().map(|topic| topic.id).collect::<Vec<_>>())?;
    if topics.is_empty() {
        store::set_question_spaces(tx, source.account)?;
    }
    tx.record_all(&activities)?;
    Ok(topics.len())
}

/// Notes in the log that an archive was taken in; `counts` says what it held.
pub fn finish(tx: &mut Tx<'_>, source: &Source, counts: Value) -> Result<()> {
    let now: Timestamp = tx.now();
    let activity = Activity::new(Verb::ArchiveImported, Actor::SYSTEM, source.account, now);
    tx.record(&activity.seen_by(Visibility::Staff).with(counts))
}
