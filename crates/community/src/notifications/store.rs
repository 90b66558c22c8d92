//! Every SQL string about notifications.

use mainstreet_db::{Tx, params};
use mainstreet_kernel::id::{EntryId, PersonId, PostId, TopicId};
use mainstreet_kernel::{Result, Timestamp, text};

use super::{Kind, Notification};
use crate::people::{self, Viewer};
use crate::{markdown, posts};

/// Whom a published post tells of itself.
pub(super) struct Told {
    pub author: PersonId,
    pub at: Timestamp,
    /// Whose post it answers, or whose topic it is in.
    pub answered: Option<PersonId>,
    pub mentioned: Vec<PersonId>,
}

pub(super) fn told_by(tx: &mut Tx<'_>, post: PostId) -> Result<Option<Told>> {
    let told = tx.first(
        "SELECT p.person_id, p.created_at, p.number, COALESCE(q.person_id, t.person_id) AS answered
         FROM posts p JOIN topics t ON t.id = p.topic_id
         LEFT JOIN posts q ON q.topic_id = p.topic_id AND q.number = p.reply_to
         WHERE p.id = $1 AND p.state = 'published' AND t.state = 'published'",
        params![post],
        |row| {
            let opens = row.get::<i64>("number")? == 1;
            let answered: PersonId = row.get("answered")?;
            let (author, at) = (row.get("person_id")?, row.get("created_at")?);
            Ok(Told { author, at, answered: (!opens).then_some(answered), mentioned: Vec::new() })
        },
    )?;
    let Some(mut told) = told else { return Ok(None) };
    told.mentioned = tx.all(
        "SELECT person_id FROM mentions WHERE post_id = $1 ORDER BY person_id",
        params![post],
        |row| row.get("person_id"),
    )?;
    Ok(Some(told))
}

/// Tells a member who may see the post's space and did not do it themselves; twice is once.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    person: PersonId,
    kind: Kind,
    post: PostId,
    actor: Option<PersonId>,
    at: Timestamp,
) -> Result<()> {
    if actor == Some(person) {
        return Ok(());
    }
    let id = EntryId(tx.mint());
    tx.run(
        "INSERT INTO notifications (id, person_id, kind, post_id, topic_id, actor_id, at)
         SELECT CAST($1 AS BIGINT), m.person_id, CAST($3 AS TEXT), p.id, p.topic_id, CAST($5 AS BIGINT),
         CAST($6 AS BIGINT)
         FROM members m, posts p JOIN topics t ON t.id = p.topic_id JOIN spaces s ON s.id = t.space_id
         WHERE m.person_id = $2 AND p.id = $4 AND (s.visibility <> 'staff' OR m.role NOT IN ('member', 'analyst'))
           AND NOT EXISTS (SELECT 1 FROM mutes u WHERE u.person_id = m.person_id AND u.other_id = CAST($5 AS BIGINT))
         ON CONFLICT (person_id, post_id) DO UPDATE SET kind = excluded.kind, withdrawn = 0
           WHERE notifications.withdrawn = 1",
        params![id, person, kind.as_str(), post, actor, at],
    )
    .map(drop)
}

pub(super) fn take_back(tx: &mut Tx<'_>, post: PostId, only: Option<Kind>) -> Result<()> {
    let kind = only.map_or("", Kind::as_str);
    tx.run(
        "UPDATE notifications SET withdrawn = 1 WHERE post_id = $1 AND withdrawn = 0
         AND (CAST($2 AS TEXT) = '' OR kind = $2)",
        params![post, kind],
    )
    .map(drop)
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    viewer: Viewer,
    before: Option<EntryId>,
    limit: usize,
) -> Result<Vec<Notification>> {
    let Some(person) = viewer.person else { return Ok(Vec::new()) };
    let [a, b, c] = viewer.words();
    let rows = tx.all(
        "SELECT n.id, n.kind, n.actor_id, n.post_id, n.at, n.read_at, t.title FROM notifications n
         JOIN topics t ON t.id = n.topic_id JOIN spaces s ON s.id = t.space_id
         WHERE n.person_id = $1 AND n.withdrawn = 0
         AND NOT EXISTS (SELECT 1 FROM mutes u WHERE u.person_id = n.person_id AND u.other_id = n.actor_id)
         AND t.state = 'published' AND s.visibility IN ($2, $3, $4)
         AND (CAST($5 AS BIGINT) IS NULL OR n.at < (SELECT o.at FROM notifications o WHERE o.id = $5)
           OR (n.at = (SELECT o.at FROM notifications o WHERE o.id = $5) AND n.id < $5))
         ORDER BY n.at DESC, n.id DESC LIMIT $6",
        params![person, a, b, c, before, limit],
        |row| {
            let kind: String = row.get("kind")?;
            let read: Option<Timestamp> = row.get("read_at")?;
            let actor: Option<PersonId> = row.get("actor_id")?;
            let line = Notification {
                id: row.get("id")?,
                kind: Kind::of(&kind),
                actor: None,
                title: row.get("title")?,
                post: row.get("post_id")?,
                excerpt: String::new(),
                at: row.get("at")?,
                unread: read.is_none(),
            };
            Ok((line, actor))
        },
    )?;
    let actors: Vec<PersonId> = rows.iter().filter_map(|(_, actor)| *actor).collect();
    let faces = people::store::faces(tx, &actors)?;
    let ids: Vec<PostId> = rows.iter().map(|(line, _)| line.post).collect();
    let written = posts::store::find_all(tx, &ids)?;
    let finish = |(line, actor): (Notification, Option<PersonId>)| {
        let body = written.iter().find(|post| post.id == line.post).map(|post| post.body.as_str());
        Notification {
            actor: actor.and_then(|actor| faces.get(&actor).cloned()),
            excerpt: text::excerpt(&markdown::plain(body.unwrap_or_default()), 140),
            ..line
        }
    };
    Ok(rows.into_iter().map(finish).collect())
}

pub(super) fn post_of(tx: &mut Tx<'_>, person: PersonId, id: EntryId) -> Result<Option<PostId>> {
    tx.first(
        "SELECT post_id FROM notifications WHERE id = $1 AND person_id = $2 AND withdrawn = 0",
        params![id, person],
        |row| row.get("post_id"),
    )
}

pub(super) fn mark_read(tx: &mut Tx<'_>, person: PersonId, id: EntryId) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE notifications SET read_at = $3 WHERE id = $1 AND person_id = $2 AND read_at IS NULL",
        params![id, person, now],
    )
    .map(drop)
}

pub(super) fn mark_all(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE notifications SET read_at = $2 WHERE person_id = $1 AND read_at IS NULL",
        params![person, now],
    )
    .map(drop)
}

pub(super) fn mark_topic(tx: &mut Tx<'_>, person: PersonId, topic: TopicId) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE notifications SET read_at = $3 WHERE person_id = $1 AND topic_id = $2 AND read_at IS NULL",
        params![person, topic, now],
    )
    .map(drop)
}
