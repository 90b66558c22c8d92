//! What the background step reads and writes.

use std::collections::HashMap;

use mainstreet_db::{Tx, params, row};
use mainstreet_kernel::id::{PostId, ThemeId, TopicId};
use mainstreet_kernel::{Result, Timestamp};

use super::super::compute::{Kept, Known, Opener, Placed};

/// The beginnings of conversations since `from`, the latest `limit`, in the order written. Of a long text the first 4000
/// characters: what it is about stands at its beginning.
pub(in super::super) fn openers(tx: &mut Tx<'_>, from: Timestamp, limit: usize) -> Result<Vec<Opener>> {
    let now = tx.now();
    let mut all = tx.all(
        "SELECT t.id AS topic_id, t.title, SUBSTR(p.body, 1, 4000) AS body, t.question, p.id AS post_id,
           k.topic_id AS known, k.theme_id, k.placed_by, k.kind, k.kind_by, k.text_hash, k.near
         FROM topics t JOIN posts p ON p.id = t.first_post_id JOIN spaces s ON s.id = t.space_id
         JOIN people w ON w.id = p.person_id LEFT JOIN theme_posts k ON k.topic_id = t.id
         WHERE t.created_at >= $1 AND t.created_at <= $2 AND t.state = 'published' AND p.state = 'published'
           AND s.visibility <> 'staff' AND w.spammer = 0 AND p.person_class IN ('member', 'staff', 'guest')
         ORDER BY t.created_at DESC, t.id DESC LIMIT $3",
        params![from, now, limit],
        |row| {
            let known: Option<TopicId> = row.get("known")?;
            let kept = match known {
                None => None,
                Some(_) => Some(Kept {
                    theme: row.get("theme_id")?,
                    by: row.word("placed_by")?,
                    kind: row.word("kind")?,
                    kind_by_person: row.get::<String>("kind_by")? == "person",
                    hash: row.get("text_hash")?,
                    near: row.get("near")?,
                }),
            };
            Ok(Opener {
                topic: row.get("topic_id")?,
                post: row.get("post_id")?,
                title: row.get("title")?,
                body: row.get("body")?,
                question: row.get::<i64>("question")? == 1,
                kept,
            })
        },
    )?;
    all.reverse();
    Ok(all)
}

/// What people said a post was for, the latest word on each.
pub(in super::super) fn corrected(tx: &mut Tx<'_>) -> Result<HashMap<PostId, String>> {
    let all = tx.all(
        "SELECT post_id, became FROM triage_corrections WHERE field = 'intent' ORDER BY at, id",
        &[],
        |row| Ok((row.get("post_id")?, row.get("became")?)),
    )?;
    Ok(all.into_iter().collect())
}

/// The themes that stand for themselves, oldest first.
pub(in super::super) fn standing(tx: &mut Tx<'_>) -> Result<Vec<Known>> {
    tx.all(
        "SELECT id, name, named_by, named_size, settled, status FROM themes WHERE merged_into IS NULL
         ORDER BY created_at, id",
        &[],
        |row| {
            let named = row.get::<String>("named_by")? == "person";
            let open = row.get::<String>("status")? == "open";
            Ok(Known {
                id: row.get("id")?,
                name: row.get("name")?,
                named,
                size: usize::try_from(row.get::<i64>("named_size")?).unwrap_or(0),
                settled: named || !open || row.get::<i64>("settled")? == 1,
            })
        },
    )
}

/// Pairs that are never to be joined, as they were parted.
pub(in super::super) fn parted(tx: &mut Tx<'_>) -> Result<Vec<(ThemeId, ThemeId)>> {
    tx.all("SELECT one_id, other_id FROM themes_parted ORDER BY one_id, other_id", &[], |row| {
        Ok((row.get("one_id")?, row.get("other_id")?))
    })
}

/// Where themes went that stand for themselves no more.
pub(in super::super) fn gone(tx: &mut Tx<'_>) -> Result<HashMap<ThemeId, ThemeId>> {
    let all = tx.all("SELECT id, merged_into FROM themes WHERE merged_into IS NOT NULL", &[], |row| {
        Ok((row.get("id")?, row.get("merged_into")?))
    })?;
    Ok(all.into_iter().collect())
}

/// Writes where conversations belong and what they are for. What a person said stays.
pub(in super::super) fn write(tx: &mut Tx<'_>, placed: &[(Placed, Option<ThemeId>)]) -> Result<()> {
    let now = tx.now();
    let rows = placed.iter().map(|(one, theme)| {
        row![
            one.topic,
            *theme,
            one.by.as_str(),
            one.kind.as_str(),
            "program",
            one.hash,
            f64::from(one.near),
            now
        ]
    });
    tx.insert_many(
        "INSERT INTO theme_posts (topic_id, theme_id, placed_by, kind, kind_by, text_hash, near, placed_at)",
        rows,
        "ON CONFLICT (topic_id) DO UPDATE SET near = excluded.near, text_hash = excluded.text_hash,
           placed_by = CASE WHEN theme_posts.placed_by = 'person' THEN 'person' ELSE excluded.placed_by END,
           theme_id = CASE WHEN theme_posts.placed_by = 'person' THEN theme_posts.theme_id ELSE excluded.theme_id END,
           kind = CASE WHEN theme_posts.kind_by = 'person' THEN theme_posts.kind ELSE excluded.kind END",
    )
    .map(drop)
}

/// Conversations that left the window or went away go along when their theme joins another.
pub(in super::super) fn follow(tx: &mut Tx<'_>, gone: ThemeId, into: ThemeId) -> Result<()> {
    tx.run("UPDATE theme_posts SET theme_id = $2 WHERE theme_id = $1", params![gone, into]).map(drop)
}
