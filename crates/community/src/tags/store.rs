//! Every SQL string about tags.

use std::collections::HashMap;

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::Result;
use mainstreet_kernel::id::{TagId, TopicId};

use super::Tag;
use crate::store::{list, marks};

fn tag(row: &Row) -> Result<Tag> {
    Ok(Tag {
        id: row.get("id")?,
        slug: row.get("slug")?,
        name: row.get("name")?,
        topic_count: row.get("topic_count")?,
    })
}

/// A tag by its part of an address.
pub fn by_slug(tx: &mut Tx<'_>, slug: &str) -> Result<Option<Tag>> {
    tx.first("SELECT id, slug, name, topic_count FROM tags WHERE slug = $1", params![slug], tag)
}

/// The tags used most.
pub fn common(tx: &mut Tx<'_>, limit: usize) -> Result<Vec<Tag>> {
    tx.all(
        "SELECT id, slug, name, topic_count FROM tags WHERE topic_count > 0 ORDER BY topic_count DESC, slug LIMIT $1",
        params![limit],
        tag,
    )
}

/// A topic's tags, in the order of their addresses.
pub fn of_topic(tx: &mut Tx<'_>, topic: TopicId) -> Result<Vec<Tag>> {
    Ok(of_topics(tx, &[topic])?.remove(&topic).unwrap_or_default())
}

/// The tags of several topics.
pub fn of_topics(tx: &mut Tx<'_>, topics: &[TopicId]) -> Result<HashMap<TopicId, Vec<Tag>>> {
    let mut found: HashMap<TopicId, Vec<Tag>> = HashMap::new();
    for part in topics.chunks(256) {
        let values = list(part);
        let sql = format!(
            "SELECT tt.topic_id, g.id, g.slug, g.name, g.topic_count FROM topic_tags tt JOIN tags g ON g.id = tt.tag_id
             WHERE tt.topic_id IN ({}) ORDER BY g.slug",
            marks(1, &values)
        );
        for (topic, tag) in tx.all(&sql, &values, |row| Ok((row.get("topic_id")?, tag(row)?)))? {
            found.entry(topic).or_default().push(tag);
        }
    }
    Ok(found)
}

/// The topics opened last that have this tag, whatever has become of them.
pub(crate) fn latest_topics(tx: &mut Tx<'_>, tag: TagId, limit: usize) -> Result<Vec<TopicId>> {
    tx.all(
        "SELECT topic_id FROM topic_tags WHERE tag_id = $1 ORDER BY topic_id DESC LIMIT $2",
        params![tag, limit],
        |row| row.get("topic_id"),
    )
}

/// The tag at `slug`, made when it is new.
pub fn find_or_add(tx: &mut Tx<'_>, slug: &str, name: &str) -> Result<TagId> {
    let id = TagId(tx.mint());
    tx.run(
        "INSERT INTO tags (id, slug, name) VALUES ($1, $2, $3) ON CONFLICT (slug) DO NOTHING",
        params![id, slug, name],
    )?;
    tx.one("SELECT id FROM tags WHERE slug = $1", params![slug], |row| row.get("id"))
}

pub(crate) fn attach(tx: &mut Tx<'_>, topic: TopicId, tag: TagId) -> Result<()> {
    tx.run(
        "INSERT INTO topic_tags (topic_id, tag_id) VALUES ($1, $2) ON CONFLICT (topic_id, tag_id) DO NOTHING",
        params![topic, tag],
    )
    .map(drop)
}

pub(crate) fn detach(tx: &mut Tx<'_>, topic: TopicId, tag: TagId) -> Result<()> {
    tx.run("DELETE FROM topic_tags WHERE topic_id = $1 AND tag_id = $2", params![topic, tag]).map(drop)
}

pub(crate) fn count(tx: &mut Tx<'_>, tag: TagId, change: i64) -> Result<()> {
    tx.run("UPDATE tags SET topic_count = topic_count + $2 WHERE id = $1", params![tag, change]).map(drop)
}

/// A topic came or went: every tag it has counts one more or less.
pub(crate) fn count_topic(tx: &mut Tx<'_>, topic: TopicId, change: i64) -> Result<()> {
    let tags: Vec<TagId> =
        tx.all("SELECT tag_id FROM topic_tags WHERE topic_id = $1 ORDER BY tag_id", params![topic], |row| {
            row.get("tag_id")
        })?;
    tags.into_iter().try_for_each(|tag| count(tx, tag, change))
}
