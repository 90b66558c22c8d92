//! Every SQL string of the bulk writer.

use std::collections::HashMap;

use mainstreet_db::{Tx, Value, params, row};
use mainstreet_kernel::id::{AccountId, PersonId, PostId, SpaceId, TagId, TopicId};
use mainstreet_kernel::{Actor, Result, Timestamp, text};

use super::model::{NewFlag, NewMember, NewPost, NewSpace, NewTopic, PersonChange, Spot, TopicChange};
use crate::flags::weights::{self, Flagger};

/// Indexes that a batch looks things up by, beside those that are part of a table: for `take_away`.
pub const LOOKED_UP: &[&str] = &["posts_person"];

/// People and topics in the database.
pub fn population(tx: &mut Tx<'_>) -> Result<(i64, i64)> {
    let people = tx.count("SELECT COUNT(*) AS n FROM people", &[])?;
    Ok((people, tx.count("SELECT COUNT(*) AS n FROM topics", &[])?))
}

/// The community's own channel account, made when there is none.
pub fn own_account(tx: &mut Tx<'_>, id: AccountId, at: Timestamp) -> Result<AccountId> {
    let sql = "SELECT id FROM accounts WHERE kind = 'own' ORDER BY id LIMIT 1";
    if let Some(known) = tx.first(sql, &[], |row| row.get::<AccountId>("id"))? {
        return Ok(known);
    }
    tx.run(
        "INSERT INTO accounts (id, kind, name, created_at) VALUES ($1, 'own', 'own', $2)",
        params![id, at],
    )?;
    Ok(id)
}

/// Notes how far the making of a demonstration has come, so that nobody takes a real community for one.
pub fn mark_demo(tx: &mut Tx<'_>, state: &str) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO settings (key, value, changed_at) VALUES ('demo.state', $1, $2)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at",
        params![state, now],
    )
    .map(drop)
}

/// What [`mark_demo`] noted last and when, if ever.
pub fn demo_mark(tx: &mut Tx<'_>) -> Result<Option<(String, Timestamp)>> {
    tx.first("SELECT value, changed_at FROM settings WHERE key = 'demo.state'", &[], |row| {
        Ok((row.get("value")?, row.get("changed_at")?))
    })
}

/// Opens spaces.
pub fn insert_spaces(tx: &mut Tx<'_>, account: AccountId, spaces: &[NewSpace]) -> Result<()> {
    let rows = spaces.iter().map(|space| {
        row![
            space.id,
            account,
            &space.slug,
            &space.name,
            &space.description,
            Value::Word(space.kind),
            Value::Word("public"),
            space.hue,
            space.position,
            space.at,
        ]
    });
    tx.insert_many(
        "INSERT INTO spaces (id, account_id, slug, name, description, kind, visibility, hue, position, created_at)",
        rows,
        "",
    )
    .map(drop)
}

/// Lets a member sign in with a password.
pub fn set_password(tx: &mut Tx<'_>, person: PersonId, hash: &str) -> Result<()> {
    tx.run("UPDATE members SET password_hash = $2 WHERE person_id = $1", params![person, hash]).map(drop)
}

pub(super) fn insert_members(
    tx: &mut Tx<'_>,
    members: Vec<NewMember>,
    changes: &mut HashMap<PersonId, PersonChange>,
) -> Result<()> {
    let seen: Vec<Option<Timestamp>> =
        members.iter().map(|member| changes.get_mut(&member.person)?.seen_at.take()).collect();
    let people = members.iter().map(|member| {
        let class = Actor::signed_in(member.person, member.role).class;
        let change = changes.remove(&member.person).unwrap_or_default();
        let (posts, accepted, last) = (change.posts, change.accepted, change.last_post_at);
        row![member.person, &member.name, class, &member.about, member.at, posts, accepted, last]
    });
    tx.insert_many(
        "INSERT INTO people (id, name, class, about, joined_at, post_count, accepted_count, last_post_at)",
        people,
        "",
    )?;
    let rows = members.into_iter().zip(seen).map(|(member, seen)| {
        let (username, email) = (text::fold(&member.username), text::fold(&member.email));
        row![
            member.person,
            member.username,
            username,
            member.email,
            email,
            member.at,
            member.role,
            member.at,
            seen,
        ]
    });
    tx.insert_many(
        "INSERT INTO members (person_id, username, username_folded, email, email_folded, email_confirmed_at, role,
         created_at, seen_at)",
        rows,
        "",
    )
    .map(drop)
}

pub(super) fn insert_topics(
    tx: &mut Tx<'_>,
    account: AccountId,
    topics: Vec<NewTopic>,
    changes: &mut HashMap<TopicId, TopicChange>,
) -> Result<()> {
    let rows = topics.into_iter().map(|topic| {
        let change = changes.remove(&topic.id).unwrap_or_default();
        let (number, people, post, person, at) =
            change.last.unwrap_or((0, 0, topic.first, topic.person, topic.at));
        let (accepted, accepted_at, accepted_by) = accepted(&change);
        row![
            topic.id,
            topic.space,
            account,
            topic.person,
            text::slug(&topic.title),
            topic.title,
            topic.question,
            topic.at,
            topic.first,
            number,
            people,
            post,
            person,
            at,
            change.replies,
            change.reactions,
            change.views,
            1 + change.versions,
            change.first_reply_at,
            accepted,
            accepted_at,
            accepted_by,
        ]
    });
    tx.insert_many(
        "INSERT INTO topics (id, space_id, account_id, person_id, slug, title, question, created_at, first_post_id,
         post_count, people_count, last_post_id, last_person_id, bumped_at, reply_count, reaction_count, view_count,
         version, first_reply_at, accepted_post_id, accepted_at, accepted_by)",
        rows,
        "",
    )
    .map(drop)
}

fn accepted(change: &TopicChange) -> (Option<PostId>, Option<Timestamp>, Option<PersonId>) {
    change.accepted.map_or((None, None, None), |(post, at, by)| (Some(post), Some(at), by))
}

pub(super) fn insert_posts(
    tx: &mut Tx<'_>,
    account: AccountId,
    posts: Vec<NewPost>,
    changes: &mut HashMap<PostId, (i64, i64)>,
) -> Result<()> {
    let rows = posts.into_iter().map(|post| {
        let (reactions, replies) = changes.remove(&post.spot.post).unwrap_or_default();
        row![
            post.spot.post,
            post.spot.topic,
            account,
            post.spot.number,
            post.person,
            post.class,
            post.reply_to,
            post.body,
            Value::Word(""),
            Value::Word("published"),
            post.at,
            reactions,
            replies,
        ]
    });
    tx.insert_many(
        "INSERT INTO posts (id, topic_id, account_id, number, person_id, person_class, reply_to, body, html, state,
         created_at, reaction_count, reply_count)",
        rows,
        "",
    )
    .map(drop)
}

pub(super) fn insert_tags(
    tx: &mut Tx<'_>,
    tags: &[(TagId, String)],
    topics: &[(TopicId, TagId)],
) -> Result<()> {
    let rows = tags.iter().map(|(id, name)| row![*id, text::slug(name), name]);
    tx.insert_many("INSERT INTO tags (id, slug, name)", rows, "")?;
    let rows = topics.iter().map(|(topic, tag)| row![*topic, *tag]);
    tx.insert_many("INSERT INTO topic_tags (topic_id, tag_id)", rows, "").map(drop)
}

pub(super) fn insert_reactions(
    tx: &mut Tx<'_>,
    reactions: &[(PostId, &'static str, PersonId, Timestamp)],
    mentions: &[(PostId, PersonId)],
) -> Result<()> {
    let rows = reactions.iter().map(|(post, kind, person, at)| row![*post, Value::Word(kind), *person, *at]);
    tx.insert_many("INSERT INTO reactions (post_id, kind, person_id, created_at)", rows, "")?;
    let rows = mentions.iter().map(|(post, person)| row![*post, *person]);
    let tail = "ON CONFLICT (post_id, person_id) DO NOTHING";
    tx.insert_many("INSERT INTO mentions (post_id, person_id)", rows, tail).map(drop)
}

pub(super) fn insert_flags(tx: &mut Tx<'_>, flags: &[NewFlag]) -> Result<()> {
    let rows = flags.iter().map(|flag| {
        row![
            flag.id,
            flag.post,
            flag.person,
            Value::Word(flag.reason),
            &flag.note,
            Value::Word("open"),
            flag.at,
            weights::weight(Flagger::default(), flag.reason),
        ]
    });
    tx.insert_many(
        "INSERT INTO flags (id, post_id, person_id, reason, note, state, created_at, weight)",
        rows,
        "ON CONFLICT (post_id, person_id) DO NOTHING",
    )
    .map(drop)
}

pub(super) fn edit(tx: &mut Tx<'_>, edits: &[(Spot, Timestamp, String)]) -> Result<()> {
    for (spot, at, body) in edits {
        tx.run(
            "INSERT INTO post_revisions (post_id, version, person_id, body, created_at)
             SELECT id, version, person_id, body, CAST($2 AS BIGINT) FROM posts WHERE id = $1",
            params![spot.post, *at],
        )?;
        tx.run(
            "UPDATE posts SET body = $2, html = '', renderer = 0, edited_at = $3, version = version + 1 WHERE id = $1",
            params![spot.post, body, *at],
        )?;
    }
    Ok(())
}

/// Reactions and replies of posts, and reactions by kind.
pub(super) fn change_posts(
    tx: &mut Tx<'_>,
    posts: &HashMap<PostId, (i64, i64)>,
    kinds: &HashMap<(PostId, &'static str), i64>,
) -> Result<()> {
    for (post, (reactions, replies)) in sorted(posts) {
        tx.run(
            "UPDATE posts SET reaction_count = reaction_count + $2, reply_count = reply_count + $3 WHERE id = $1",
            params![*post, *reactions, *replies],
        )?;
    }
    let rows = sorted(kinds).map(|((post, kind), count)| row![*post, Value::Word(kind), *count]);
    tx.insert_many(
        "INSERT INTO reaction_counts (post_id, kind, count)",
        rows,
        "ON CONFLICT (post_id, kind) DO UPDATE SET count = reaction_counts.count + excluded.count",
    )
    .map(drop)
}

pub(super) fn change_topics(tx: &mut Tx<'_>, topics: &HashMap<TopicId, TopicChange>) -> Result<()> {
    for (topic, change) in sorted(topics) {
        let (number, people, post, person, at) =
            change.last.map_or((None, None, None, None, None), |(number, people, post, person, at)| {
                (Some(number), Some(people), Some(post), Some(person), Some(at))
            });
        let (accepted, accepted_at, accepted_by) = accepted(change);
        tx.run(
            "UPDATE topics SET reply_count = reply_count + $2, reaction_count = reaction_count + $3,
               view_count = view_count + $4, version = version + $5,
               first_reply_at = COALESCE(first_reply_at, CAST($6 AS BIGINT)),
               post_count = COALESCE(CAST($7 AS BIGINT), post_count),
               people_count = COALESCE(CAST($8 AS BIGINT), people_count),
               last_post_id = COALESCE(CAST($9 AS BIGINT), last_post_id),
               last_person_id = COALESCE(CAST($10 AS BIGINT), last_person_id),
               bumped_at = COALESCE(CAST($11 AS BIGINT), bumped_at),
               accepted_post_id = COALESCE(CAST($12 AS BIGINT), accepted_post_id),
               accepted_at = COALESCE(CAST($13 AS BIGINT), accepted_at),
               accepted_by = COALESCE(CAST($14 AS BIGINT), accepted_by)
             WHERE id = $1",
            params![
                *topic,
                change.replies,
                change.reactions,
                change.views,
                change.versions,
                change.first_reply_at,
                number,
                people,
                post,
                person,
                at,
                accepted,
                accepted_at,
                accepted_by,
            ],
        )?;
    }
    Ok(())
}

pub(super) fn change_people(tx: &mut Tx<'_>, people: &HashMap<PersonId, PersonChange>) -> Result<()> {
    for (person, change) in sorted(people) {
        if change.posts != 0 || change.accepted != 0 || change.last_post_at.is_some() {
            tx.run(
                "UPDATE people SET post_count = post_count + $2, accepted_count = accepted_count + $3,
                   last_post_at = COALESCE(CAST($4 AS BIGINT), last_post_at) WHERE id = $1",
                params![*person, change.posts, change.accepted, change.last_post_at],
            )?;
        }
        if let Some(at) = change.seen_at {
            tx.run("UPDATE members SET seen_at = $2 WHERE person_id = $1", params![*person, at])?;
        }
    }
    Ok(())
}

pub(super) fn change_lists(
    tx: &mut Tx<'_>,
    spaces: &HashMap<SpaceId, (i64, i64)>,
    tags: &HashMap<TagId, i64>,
) -> Result<()> {
    for (space, (topics, posts)) in sorted(spaces) {
        tx.run(
            "UPDATE spaces SET topic_count = topic_count + $2, post_count = post_count + $3 WHERE id = $1",
            params![*space, *topics, *posts],
        )?;
    }
    for (tag, topics) in sorted(tags) {
        tx.run("UPDATE tags SET topic_count = topic_count + $2 WHERE id = $1", params![*tag, *topics])?;
    }
    Ok(())
}

/// Takes a post away that its author deleted, with its topic if it is the first, and counts the topic, its tags and its space anew.
pub(super) fn take_away(tx: &mut Tx<'_>, spot: Spot, at: Timestamp) -> Result<()> {
    tx.run(
        "UPDATE posts SET state = 'deleted', state_by = 'author', state_at = $2 WHERE id = $1",
        params![spot.post, at],
    )?;
    let sql = "SELECT COUNT(*) AS n FROM topics WHERE id = $1 AND state = 'published'";
    let shown = tx.count(sql, params![spot.topic])? == 1;
    let left = "SELECT COUNT(*) AS n FROM posts WHERE topic_id = $1 AND state = 'published'";
    let (topics, posts) = match (shown, spot.number) {
        (false, _) => (0, 0),
        // The topic goes with all that was published in it.
        (true, 1) => (1, 1 + tx.count(left, params![spot.topic])?),
        (true, _) => (0, 1),
    };
    if spot.number == 1 {
        tx.run("UPDATE topics SET state = 'deleted' WHERE id = $1", params![spot.topic])?;
        tx.run(
            "UPDATE tags SET topic_count = topic_count - 1
             WHERE id IN (SELECT tag_id FROM topic_tags WHERE topic_id = $1)",
            params![spot.topic],
        )?;
    }
    tx.run(
        "UPDATE topics SET
           reply_count = (SELECT COUNT(*) FROM posts p WHERE p.topic_id = topics.id AND p.number > 1 AND p.state = 'published'),
           people_count = (SELECT COUNT(DISTINCT p.person_id) FROM posts p WHERE p.topic_id = topics.id AND p.state = 'published'),
           bumped_at = COALESCE((SELECT p.created_at FROM posts p WHERE p.topic_id = topics.id AND p.state = 'published' ORDER BY p.number DESC LIMIT 1), created_at),
           first_reply_at = (SELECT MIN(p.created_at) FROM posts p WHERE p.topic_id = topics.id AND p.number > 1 AND p.state = 'published'
             AND p.person_id <> topics.person_id AND p.person_class IN ('member', 'staff')),
           last_post_id = (SELECT p.id FROM posts p WHERE p.topic_id = topics.id AND p.state = 'published' ORDER BY p.number DESC LIMIT 1),
           last_person_id = (SELECT p.person_id FROM posts p WHERE p.topic_id = topics.id AND p.state = 'published' ORDER BY p.number DESC LIMIT 1),
           reaction_count = COALESCE((SELECT CAST(SUM(p.reaction_count) AS BIGINT) FROM posts p WHERE p.topic_id = topics.id AND p.state = 'published'), 0),
           version = version + 1
         WHERE id = $1",
        params![spot.topic],
    )?;
    tx.run(
        "UPDATE posts SET reply_count = reply_count - 1
         WHERE topic_id = $1 AND number = (SELECT gone.reply_to FROM posts gone WHERE gone.id = $2)",
        params![spot.topic, spot.post],
    )?;
    tx.run(
        "UPDATE people SET last_post_at =
           (SELECT MAX(p.created_at) FROM posts p WHERE p.person_id = people.id AND p.state = 'published')
         WHERE id = (SELECT gone.person_id FROM posts gone WHERE gone.id = $1)",
        params![spot.post],
    )?;
    tx.run(
        "UPDATE spaces SET topic_count = topic_count - $2, post_count = post_count - $3 WHERE id = $1",
        params![spot.space, topics, posts],
    )
    .map(drop)
}

/// In the order of the keys: the same batch writes the same file.
fn sorted<K: Ord, V>(map: &HashMap<K, V>) -> impl Iterator<Item = (&K, &V)> {
    let mut entries: Vec<(&K, &V)> = map.iter().collect();
    entries.sort_unstable_by(|a, b| a.0.cmp(b.0));
    entries.into_iter()
}
