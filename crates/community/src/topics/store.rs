//! Every SQL string about topics.

use std::collections::HashMap;

use mainstreet_db::{Row as Record, Tx, params};
use mainstreet_kernel::id::{PersonId, PostId, SpaceId, TopicId};
use mainstreet_kernel::page::Page;
use mainstreet_kernel::{Error, Result, Timestamp};

use super::model::{Key, List, Row, SpaceName, State, Topic};
use super::tally::{Slim, Tally};
use crate::people::{self, Viewer};
use crate::store::{list as values_of, marks};
use crate::tags;

const COLUMNS: &str =
    "t.id, t.space_id, t.account_id, t.person_id, t.title, t.slug, t.question, t.state, t.pinned,
    t.closed_at, t.created_at, t.bumped_at, t.post_count, t.reply_count, t.people_count, t.reaction_count,
    t.view_count, t.first_post_id, t.last_post_id, t.last_person_id, t.first_reply_at, t.accepted_post_id,
    t.accepted_at, t.accepted_by, t.version";
const SPACE: &str =
    "s.slug AS space_slug, s.name AS space_name, s.hue AS space_hue, s.visibility AS space_visibility";

pub(crate) fn topic(row: &Record) -> Result<Topic> {
    Ok(Topic {
        id: row.get("id")?,
        space: row.get("space_id")?,
        account: row.get("account_id")?,
        person: row.get("person_id")?,
        title: row.get("title")?,
        slug: row.get("slug")?,
        question: row.get("question")?,
        state: row.word("state")?,
        pinned: row.get("pinned")?,
        closed_at: row.get("closed_at")?,
        created_at: row.get("created_at")?,
        bumped_at: row.get("bumped_at")?,
        post_count: row.get("post_count")?,
        reply_count: row.get("reply_count")?,
        people_count: row.get("people_count")?,
        reaction_count: row.get("reaction_count")?,
        view_count: row.get("view_count")?,
        first_post: row.get("first_post_id")?,
        last_post: row.get("last_post_id")?,
        last_person: row.get("last_person_id")?,
        first_reply_at: row.get("first_reply_at")?,
        accepted_post: row.get("accepted_post_id")?,
        accepted_at: row.get("accepted_at")?,
        accepted_by: row.get("accepted_by")?,
        version: row.get("version")?,
    })
}

fn space_name(row: &Record, id: SpaceId) -> Result<SpaceName> {
    Ok(SpaceName {
        id,
        slug: row.get("space_slug")?,
        name: row.get("space_name")?,
        hue: row.get("space_hue")?,
        visibility: row.word("space_visibility")?,
    })
}

fn placed(row: &Record) -> Result<(Topic, SpaceName)> {
    let topic = topic(row)?;
    let space = space_name(row, topic.space)?;
    Ok((topic, space))
}

/// One topic.
pub fn find(tx: &mut Tx<'_>, id: TopicId) -> Result<Topic> {
    tx.first(&format!("SELECT {COLUMNS} FROM topics t WHERE t.id = $1"), params![id], topic)?
        .ok_or_else(|| Error::not_found("There is no such topic."))
}

/// One topic and its space.
pub fn find_placed(tx: &mut Tx<'_>, id: TopicId) -> Result<(Topic, SpaceName)> {
    let sql =
        format!("SELECT {COLUMNS}, {SPACE} FROM topics t JOIN spaces s ON s.id = t.space_id WHERE t.id = $1");
    tx.first(&sql, params![id], placed)?.ok_or_else(|| Error::not_found("There is no such topic."))
}

/// One topic, held until the end of the transaction, and its space.
pub fn hold(tx: &mut Tx<'_>, id: TopicId) -> Result<(Topic, SpaceName)> {
    tx.first("SELECT id FROM topics WHERE id = $1 {{FOR_UPDATE}}", params![id], |row| {
        row.get::<TopicId>("id")
    })?;
    find_placed(tx, id)
}

/// Several topics and their spaces, in no order.
pub fn find_all(tx: &mut Tx<'_>, ids: &[TopicId]) -> Result<Vec<(Topic, SpaceName)>> {
    let mut found = Vec::with_capacity(ids.len());
    for part in ids.chunks(256) {
        let values = values_of(part);
        let sql = format!(
            "SELECT {COLUMNS}, {SPACE} FROM topics t JOIN spaces s ON s.id = t.space_id WHERE t.id IN ({})",
            marks(1, &values)
        );
        found.extend(tx.all(&sql, &values, placed)?);
    }
    Ok(found)
}

/// A page of a list: what `viewer` may see of it, after `key`.
pub fn list(tx: &mut Tx<'_>, viewer: Viewer, list: List, key: Key, limit: usize) -> Result<Page<Row>> {
    let [a, b, c] = viewer.words();
    let time_and_id = |time: &str| (format!("({time}, t.id) < ($5, $6)"), format!("{time} DESC, t.id DESC"));
    let mut params = params![a, b, c, limit + 1].to_vec();
    let (from, (after, order)) = match list {
        List::Latest => {
            params.extend_from_slice(params![key.at, key.id]);
            ("topics t CROSS JOIN spaces s WHERE", time_and_id("t.bumped_at"))
        }
        List::Unanswered => {
            params.extend_from_slice(params![key.at, key.id]);
            let from = "topics t CROSS JOIN spaces s WHERE t.question = 1 AND t.reply_count = 0 AND
                        t.closed_at IS NULL AND";
            (from, time_and_id("t.created_at"))
        }
        List::Space(space) => {
            params.extend_from_slice(params![key.at, key.id, space]);
            ("topics t CROSS JOIN spaces s WHERE t.space_id = $7 AND", time_and_id("t.bumped_at"))
        }
        List::Tag(tag) => {
            params.extend_from_slice(params![key.id, tag]);
            let from = "topic_tags g CROSS JOIN topics t CROSS JOIN spaces s
                        WHERE g.tag_id = $6 AND t.id = g.topic_id AND";
            (from, ("g.topic_id < $5".to_owned(), "g.topic_id DESC".to_owned()))
        }
        List::Person(person) => {
            params.extend_from_slice(params![key.id, person]);
            let from = "topics t CROSS JOIN spaces s WHERE t.person_id = $6 AND";
            (from, ("t.id < $5".to_owned(), "t.id DESC".to_owned()))
        }
    };
    // CROSS JOIN keeps SQLite from walking the spaces first, which would sort every topic.
    let sql = format!(
        "SELECT {COLUMNS}, {SPACE} FROM {from} s.id = t.space_id AND t.state = 'published' AND {after}
         AND s.visibility IN ($1, $2, $3) ORDER BY {order} LIMIT $4"
    );
    let rows = tx.all(&sql, &params, placed)?;
    let Page { rows, more } = Page::cut(rows, limit);
    Ok(Page { rows: dress(tx, viewer, rows)?, more })
}

/// The key that goes on after `row` in `list`.
pub fn key_after(list: List, row: &Row) -> Key {
    let at = match list {
        List::Latest | List::Space(_) => row.topic.bumped_at,
        List::Unanswered | List::Tag(_) | List::Person(_) => row.topic.created_at,
    };
    Key { at, id: row.topic.id }
}

/// The topics a space shows first, latest post first.
pub fn pinned(tx: &mut Tx<'_>, viewer: Viewer, space: SpaceId) -> Result<Vec<Row>> {
    let [a, b, c] = viewer.words();
    let sql = format!(
        "SELECT {COLUMNS}, {SPACE} FROM topics t JOIN spaces s ON s.id = t.space_id
         WHERE t.pinned = 1 AND t.space_id = $1 AND t.state = 'published' AND s.visibility IN ($2, $3, $4)
         ORDER BY t.bumped_at DESC, t.id DESC LIMIT 10"
    );
    let rows = tx.all(&sql, params![space, a, b, c], placed)?;
    dress(tx, viewer, rows)
}

/// Published topics with these ids that `viewer` may see, dressed, in the order given.
pub fn rows(tx: &mut Tx<'_>, viewer: Viewer, ids: &[TopicId]) -> Result<Vec<Row>> {
    let found = find_all(tx, ids)?;
    let mut seen: Vec<_> = found
        .into_iter()
        .filter(|(topic, space)| topic.state == State::Published && viewer.sees(space.visibility))
        .collect();
    seen.sort_by_key(|(topic, _)| ids.iter().position(|id| *id == topic.id));
    dress(tx, viewer, seen)
}

/// How many topics of each tag are looked at to find related ones.
const NEIGHBOURS: usize = 100;

/// Other published topics that share tags with this one, most in common first, then the latest. Of each tag only the
/// latest `NEIGHBOURS` are looked at. Where the search index is at hand, `Search::like` knows better.
pub fn related(tx: &mut Tx<'_>, viewer: Viewer, topic: TopicId, limit: usize) -> Result<Vec<Row>> {
    let mut shared: HashMap<TopicId, usize> = HashMap::new();
    for tag in tags::store::of_topic(tx, topic)? {
        for other in tags::store::latest_topics(tx, tag.id, NEIGHBOURS)? {
            *shared.entry(other).or_default() += 1;
        }
    }
    shared.remove(&topic);
    let mut ids: Vec<(usize, TopicId)> = shared.into_iter().map(|(other, count)| (count, other)).collect();
    ids.sort_unstable_by(|a, b| b.cmp(a));
    let ids: Vec<TopicId> = ids.into_iter().map(|(_, other)| other).take(limit * 3).collect();
    let mut rows = rows(tx, viewer, &ids)?;
    rows.truncate(limit);
    Ok(rows)
}

/// Adds authors, others, tags and how far the viewer has read.
fn dress(tx: &mut Tx<'_>, viewer: Viewer, rows: Vec<(Topic, SpaceName)>) -> Result<Vec<Row>> {
    let ids: Vec<TopicId> = rows.iter().map(|(topic, _)| topic.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut others = early_authors(tx, &ids)?;
    let mut tags = tags::store::of_topics(tx, &ids)?;
    let mut read = match viewer.person {
        Some(person) => super::reading::of(tx, person, &ids)?,
        None => HashMap::new(),
    };
    if let Some(person) = viewer.person {
        // What they do not see is not new to them.
        for (topic, count) in super::reading::muted_since(tx, person, &ids)? {
            read.entry(topic).and_modify(|number| *number += count);
        }
    }
    for (topic, _) in &rows {
        let list = others.entry(topic.id).or_default();
        list.splice(0..0, topic.last_person);
        let mut seen = vec![topic.person];
        list.retain(|person| {
            !seen.contains(person) && {
                seen.push(*person);
                true
            }
        });
        list.truncate(3);
    }
    let mut people: Vec<PersonId> = rows.iter().map(|(topic, _)| topic.person).collect();
    people.extend(others.values().flatten());
    let faces = people::store::faces(tx, &people)?;
    let nobody = || Error::internal("a topic's author has no row");
    rows.into_iter()
        .map(|(topic, space)| {
            Ok(Row {
                author: faces.get(&topic.person).cloned().ok_or_else(nobody)?,
                others: others
                    .remove(&topic.id)
                    .unwrap_or_default()
                    .iter()
                    .filter_map(|person| faces.get(person).cloned())
                    .collect(),
                tags: tags.remove(&topic.id).unwrap_or_default(),
                read_to: read.get(&topic.id).copied(),
                topic,
                space,
            })
        })
        .collect()
}

/// Who wrote the first published replies of these topics: enough for faces beside a row.
fn early_authors(tx: &mut Tx<'_>, topics: &[TopicId]) -> Result<HashMap<TopicId, Vec<PersonId>>> {
    let mut found: HashMap<TopicId, Vec<PersonId>> = HashMap::new();
    for part in topics.chunks(256) {
        let values = values_of(part);
        let sql = format!(
            "SELECT topic_id, person_id FROM posts WHERE topic_id IN ({}) AND number BETWEEN 2 AND 6
             AND state = 'published' ORDER BY topic_id, number",
            marks(1, &values)
        );
        for (topic, person) in
            tx.all(&sql, &values, |row| Ok((row.get("topic_id")?, row.get("person_id")?)))?
        {
            found.entry(topic).or_default().push(person);
        }
    }
    Ok(found)
}

/// Puts a topic in. Its counts are those of a topic without posts.
pub(crate) fn insert(tx: &mut Tx<'_>, topic: &Topic) -> Result<()> {
    tx.run(
        "INSERT INTO topics (id, space_id, account_id, person_id, title, slug, question, created_at, bumped_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        params![
            topic.id,
            topic.space,
            topic.account,
            topic.person,
            &topic.title,
            &topic.slug,
            topic.question,
            topic.created_at,
        ],
    )
    .map(drop)
}

/// Takes the next number, which also takes hold of the topic's row.
pub(crate) fn next_number(tx: &mut Tx<'_>, topic: TopicId) -> Result<i64> {
    tx.one(
        "UPDATE topics SET post_count = post_count + 1 WHERE id = $1 RETURNING post_count",
        params![topic],
        |row| row.get("post_count"),
    )
}

pub(crate) fn set_first_post(tx: &mut Tx<'_>, topic: TopicId, post: PostId) -> Result<()> {
    tx.run("UPDATE topics SET first_post_id = $2 WHERE id = $1", params![topic, post]).map(drop)
}

/// A post was published at the topic's end: the same as a recount, without reading the topic's other posts.
pub(crate) fn add_post(tx: &mut Tx<'_>, post: &crate::posts::Post, answers: bool) -> Result<()> {
    tx.run(
        "UPDATE topics SET
           reply_count = reply_count + CASE WHEN $2 > 1 THEN 1 ELSE 0 END,
           people_count = people_count + CASE WHEN EXISTS
             (SELECT 1 FROM posts WHERE topic_id = $1 AND +person_id = $4 AND state = 'published' AND id <> $3)
             THEN 0 ELSE 1 END,
           last_post_id = $3, last_person_id = $4, bumped_at = $5,
           first_reply_at = CASE WHEN $6 = 0 OR first_reply_at <= $5 THEN first_reply_at ELSE $5 END,
           version = version + 1
         WHERE id = $1",
        params![post.topic, post.number, post.id, post.person, post.created_at, answers],
    )
    .map(drop)
}

pub(crate) fn slim_posts(tx: &mut Tx<'_>, topic: TopicId) -> Result<Vec<Slim>> {
    tx.all(
        "SELECT id, number, person_id, person_class, state, created_at, reaction_count FROM posts
         WHERE topic_id = $1 ORDER BY number",
        params![topic],
        |row| {
            Ok(Slim {
                id: row.get("id")?,
                number: row.get("number")?,
                person: row.get("person_id")?,
                class: row.word("person_class")?,
                state: row.word("state")?,
                created_at: row.get("created_at")?,
                reactions: row.get("reaction_count")?,
            })
        },
    )
}

pub(crate) fn set_tally(tx: &mut Tx<'_>, topic: &Topic, tally: &Tally) -> Result<()> {
    let (post, person, at) = match tally.last {
        Some((post, person, at)) => (Some(post), Some(person), at),
        None => (None, None, topic.created_at),
    };
    tx.run(
        "UPDATE topics SET reply_count = $2, people_count = $3, reaction_count = $4, last_post_id = $5,
           last_person_id = $6, bumped_at = $7, first_reply_at = $8, version = version + 1 WHERE id = $1",
        params![
            topic.id,
            tally.replies,
            tally.people,
            tally.reactions,
            post,
            person,
            at,
            tally.first_reply_at
        ],
    )
    .map(drop)
}

pub(crate) fn set_state(tx: &mut Tx<'_>, topic: TopicId, state: State) -> Result<()> {
    tx.run("UPDATE topics SET state = $2 WHERE id = $1", params![topic, state.as_str()]).map(drop)
}

pub(crate) fn touch(tx: &mut Tx<'_>, topic: TopicId) -> Result<()> {
    tx.run("UPDATE topics SET version = version + 1 WHERE id = $1", params![topic]).map(drop)
}

pub(crate) fn count_reaction(tx: &mut Tx<'_>, topic: TopicId, change: i64) -> Result<()> {
    tx.run(
        "UPDATE topics SET reaction_count = reaction_count + $2, version = version + 1 WHERE id = $1",
        params![topic, change],
    )
    .map(drop)
}

/// The accepted answer, when and by whom; all three nothing to take it back.
pub(crate) fn set_accepted(
    tx: &mut Tx<'_>,
    topic: TopicId,
    accepted: Option<(PostId, Timestamp, Option<PersonId>)>,
) -> Result<()> {
    let (post, at) = (accepted.map(|mark| mark.0), accepted.map(|mark| mark.1));
    tx.run(
        "UPDATE topics SET accepted_post_id = $2, accepted_at = $3, accepted_by = $4, version = version + 1
         WHERE id = $1",
        params![topic, post, at, accepted.and_then(|mark| mark.2)],
    )
    .map(drop)
}

pub(crate) fn set_closed(tx: &mut Tx<'_>, topic: TopicId, at: Option<Timestamp>) -> Result<()> {
    tx.run("UPDATE topics SET closed_at = $2, version = version + 1 WHERE id = $1", params![topic, at])
        .map(drop)
}

pub(crate) fn set_question(tx: &mut Tx<'_>, topic: TopicId, question: bool) -> Result<()> {
    tx.run("UPDATE topics SET question = $2, version = version + 1 WHERE id = $1", params![topic, question])
        .map(drop)
}

pub(crate) fn set_pinned(tx: &mut Tx<'_>, topic: TopicId, pinned: bool) -> Result<()> {
    tx.run("UPDATE topics SET pinned = $2, version = version + 1 WHERE id = $1", params![topic, pinned])
        .map(drop)
}

pub(crate) fn set_space(tx: &mut Tx<'_>, topic: TopicId, space: SpaceId) -> Result<()> {
    tx.run("UPDATE topics SET space_id = $2, version = version + 1 WHERE id = $1", params![topic, space])
        .map(drop)
}

pub(crate) fn set_title(tx: &mut Tx<'_>, topic: TopicId, title: &str, slug: &str) -> Result<()> {
    tx.run(
        "UPDATE topics SET title = $2, slug = $3, version = version + 1 WHERE id = $1",
        params![topic, title, slug],
    )
    .map(drop)
}

/// The topic's version, for pages kept in memory.
pub fn version(tx: &mut Tx<'_>, topic: TopicId) -> Result<Option<i64>> {
    tx.first("SELECT version FROM topics WHERE id = $1", params![topic], |row| row.get("version"))
}

/// The first topic of each part of the sitemap: every `size`-th public topic, by id.
pub fn sitemap_parts(tx: &mut Tx<'_>, size: usize) -> Result<Vec<TopicId>> {
    let mut parts = Vec::new();
    let mut next =
        tx.first(&format!("{SITEMAP} ORDER BY t.id LIMIT 1"), params![i64::MIN], |row| row.get("id"))?;
    while let Some(first) = next {
        parts.push(first);
        let sql = format!("{SITEMAP} ORDER BY t.id LIMIT 1 OFFSET $2");
        next = tx.first(&sql, params![first, size], |row| row.get::<TopicId>("id"))?;
    }
    Ok(parts)
}

const SITEMAP: &str = "SELECT t.id, t.slug, t.bumped_at FROM topics t JOIN spaces s ON s.id = t.space_id
     WHERE t.id >= $1 AND t.state = 'published' AND s.visibility = 'public'";

/// Path and last change of up to `size` public topics from `first` on, by id.
pub fn sitemap(tx: &mut Tx<'_>, first: TopicId, size: usize) -> Result<Vec<(String, Timestamp)>> {
    tx.all(&format!("{SITEMAP} ORDER BY t.id LIMIT $2"), params![first, size], |row| {
        let slug: String = row.get("slug")?;
        Ok((super::path(&slug, row.get("id")?), row.get("bumped_at")?))
    })
}
