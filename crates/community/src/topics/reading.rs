//! How far members have read: the highest number seen in a topic. It only rises.

use std::collections::HashMap;

use mainstreet_db::Tx;
use mainstreet_kernel::Result;
use mainstreet_kernel::id::{PersonId, TopicId};

mod store;

/// `person` has seen the topic's posts up to `number`, and what they were told of the topic with them.
pub fn mark(tx: &mut Tx<'_>, person: PersonId, topic: TopicId, number: i64) -> Result<()> {
    store::mark(tx, person, topic, number)?;
    crate::notifications::read_topic(tx, person, topic)
}

/// How far `person` has read each of these topics; those never opened are missing.
pub fn of(tx: &mut Tx<'_>, person: PersonId, topics: &[TopicId]) -> Result<HashMap<TopicId, i64>> {
    store::of(tx, person, topics)
}

/// How many posts after what `person` has read are by people they do not see; topics without such are missing.
pub fn muted_since(tx: &mut Tx<'_>, person: PersonId, topics: &[TopicId]) -> Result<HashMap<TopicId, i64>> {
    if crate::mutes::hidden_from(tx, person)?.is_empty() {
        return Ok(HashMap::new());
    }
    store::muted_since(tx, person, topics)
}
