use mainstreet_db::{Row, Tx, Value, params};
use mainstreet_kernel::id::{AccountId, PersonId, PostId, SpaceId, TagId, TopicId};
use mainstreet_kernel::{Result, Timestamp, Visibility, text};

use super::super::model::{Counted, Slim, Told, Topic};
use super::super::topic::Topics;
use super::in_parts;

/// Topics of an account by external id, without their posts.
pub(in super::super) fn topics(tx: &mut Tx<'_>, account: AccountId, ids: &[&str]) -> Result<Topics> {
    let mut found = Topics::new();
    in_parts(tx, ids, 2, |tx, marks, values| {
        let sql = format!(
            "SELECT t.external_id, t.id, t.space_id, s.visibility, t.person_id, t.title, t.question, t.state,
               t.closed_at, t.created_at, t.view_count, t.version, t.accepted_post_id, t.accepted_at
             FROM topics t JOIN spaces s ON s.id = t.space_id
             WHERE t.account_id = $1 AND t.external_id IN ({marks})"
        );
        let mut all: Vec<Value> = vec![account.into()];
        all.extend_from_slice(values);
        let rows = tx.all(&sql, &all, topic)?;
        found.extend(rows.into_iter().map(|topic| (topic.external_id.clone(), topic)));
        Ok(())
    })?;
    Ok(found)
}

fn topic(row: &Row) -> Result<Topic> {
    let external_id = row.get("external_id")?;
    Ok(Topic {
        external_id,
        id: row.get("id")?,
        space: row.get("space_id")?,
        visibility: row.word("visibility")?,
        person: row.get("person_id")?,
        title: row.get("title")?,
        question: row.get("question")?,
        state: row.get("state")?,
        closed_at: row.get("closed_at")?,
        created_at: row.get("created_at")?,
        views: row.get("view_count")?,
        version: row.get("version")?,
        accepted: row
            .get::<Option<PostId>>("accepted_post_id")?
            .zip(row.get::<Option<Timestamp>>("accepted_at")?),
        tags: Vec::new(),
        posts: Vec::new(),
        new: false,
        touched: false,
        before: Counted::default(),
        told: Told::default(),
    })
}

/// The posts of these topics, as much of them as counting needs.
pub(in super::super) fn slim_posts(tx: &mut Tx<'_>, topics: &[TopicId]) -> Result<Vec<(TopicId, Slim)>> {
    let mut found = Vec::new();
    in_parts(tx, topics, 1, |tx, marks, values| {
        let sql = format!(
            "SELECT topic_id, id, number, person_id, person_class, state, created_at, reaction_count, reply_to
             FROM posts WHERE topic_id IN ({marks}) ORDER BY topic_id, number"
        );
        found.extend(tx.all(&sql, values, |row| {
            let topic = row.get("topic_id")?;
            let slim = Slim {
                id: row.get("id")?,
                number: row.get("number")?,
                person: row.get("person_id")?,
                class: row.word("person_class")?,
                published: row.get::<String>("state")? == "published",
                created_at: row.get("created_at")?,
                reactions: row.get("reaction_count")?,
                reply_to: row.get("reply_to")?,
                new: false,
            };
            Ok((topic, slim))
        })?);
        Ok(())
    })?;
    Ok(found)
}

/// Writes topics, new and changed, with their counts.
pub(in super::super) fn save_topics(tx: &mut Tx<'_>, account: AccountId, topics: &[&Topic]) -> Result<()> {
    let rows: Vec<Vec<Value>> = topics.iter().map(|topic| row_of(account, topic)).collect();
    let head =
        "INSERT INTO topics (id, space_id, account_id, external_id, person_id, title, slug, question, state,
        closed_at, created_at, bumped_at, post_count, reply_count, people_count, reaction_count, view_count,
        first_post_id, last_post_id, last_person_id, first_reply_at, accepted_post_id, accepted_at, version)";
    let tail = "ON CONFLICT (id) DO UPDATE SET person_id = excluded.person_id, title = excluded.title,
        slug = excluded.slug, question = excluded.question, state = excluded.state, closed_at = excluded.closed_at,
        created_at = excluded.created_at, bumped_at = excluded.bumped_at, post_count = excluded.post_count,
        reply_count = excluded.reply_count, people_count = excluded.people_count,
        reaction_count = excluded.reaction_count, view_count = excluded.view_count,
        first_post_id = excluded.first_post_id, last_post_id = excluded.last_post_id,
        last_person_id = excluded.last_person_id, first_reply_at = excluded.first_reply_at,
        accepted_post_id = excluded.accepted_post_id, accepted_at = excluded.accepted_at,
        version = topics.version + 1";
    tx.insert_many(head, &rows, tail).map(drop)
}

fn row_of(account: AccountId, topic: &Topic) -> Vec<Value> {
    let tally = topic.tally();
    params![
        topic.id,
        topic.space,
        account,
        &topic.external_id,
        topic.person,
        &topic.title,
        text::slug(&topic.title),
        topic.question,
        &topic.state,
        topic.closed_at,
        topic.created_at,
        tally.bumped_at,
        tally.highest,
        tally.replies,
        tally.people,
        tally.reactions,
        topic.views,
        tally.first_post,
        tally.last_post.map(|(post, _)| post),
        tally.last_post.map(|(_, person)| person),
        tally.first_reply_at,
        topic.accepted.map(|(post, _)| post),
        topic.accepted.map(|(_, at)| at),
        topic.version,
    ]
    .to_vec()
}

/// Gives a new topic its tags.
pub(in super::super) fn set_tags(
    tx: &mut Tx<'_>,
    topic: TopicId,
    names: &[String],
    published: bool,
) -> Result<()> {
    let mut tags: Vec<TagId> = Vec::new();
    for name in names {
        let name = text::excerpt(&name.trim().to_lowercase(), 30);
        let (id, slug) = (TagId(tx.mint()), text::slug(&name));
        tx.run(
            "INSERT INTO tags (id, slug, name) VALUES ($1, $2, $3) ON CONFLICT (slug) DO NOTHING",
            params![id, &slug, &name],
        )?;
        let id = tx.one("SELECT id FROM tags WHERE slug = $1", params![&slug], |row| row.get("id"))?;
        if !tags.contains(&id) {
            tags.push(id);
        }
    }
    tags.sort_unstable();
    for tag in tags {
        tx.run("INSERT INTO topic_tags (topic_id, tag_id) VALUES ($1, $2)", params![topic, tag])?;
        let count = i64::from(published);
        tx.run("UPDATE tags SET topic_count = topic_count + $2 WHERE id = $1", params![tag, count])?;
    }
    Ok(())
}

/// A topic that turns out to be a question.
pub(in super::super) struct Unmarked {
    pub(in super::super) id: TopicId,
    pub(in super::super) space: SpaceId,
    pub(in super::super) person: PersonId,
    pub(in super::super) created_at: Timestamp,
    pub(in super::super) visibility: Visibility,
}

/// Topics of an account that are no questions yet, in spaces where answers of this account were accepted.
pub(in super::super) fn unmarked_questions(
    tx: &mut Tx<'_>,
    account: AccountId,
    limit: usize,
) -> Result<Vec<Unmarked>> {
    tx.all(
        "SELECT t.id, t.space_id, t.person_id, t.created_at, s.visibility
         FROM topics t JOIN spaces s ON s.id = t.space_id
         WHERE t.account_id = $1 AND t.question = 0 AND s.kind <> 'announcements' AND t.space_id IN
           (SELECT a.space_id FROM topics a WHERE a.account_id = $1 AND a.accepted_post_id IS NOT NULL)
         ORDER BY t.id LIMIT $2",
        params![account, limit],
        |row| {
            Ok(Unmarked {
                id: row.get("id")?,
                space: row.get("space_id")?,
                person: row.get("person_id")?,
                created_at: row.get("created_at")?,
                visibility: row.word("visibility")?,
            })
        },
    )
}

pub(in super::super) fn mark_questions(tx: &mut Tx<'_>, topics: &[TopicId]) -> Result<()> {
    in_parts(tx, topics, 1, |tx, marks, values| {
        tx.run(
            &format!("UPDATE topics SET question = 1, version = version + 1 WHERE id IN ({marks})"),
            values,
        )
        .map(drop)
    })
}
