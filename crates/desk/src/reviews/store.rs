//! Every SQL string about reviews.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{EntryId, PersonId, PostId, SignalId, SpaceId, TopicId};
use mainstreet_kernel::{Day, Error, Result, Timestamp};

use super::model::{Judged, Review, Verdict};
use super::pile::{Shown, Week};
use super::sweep::Decided;

const REVIEW: &str = "SELECT * FROM reviews";

fn review(row: &Row) -> Result<Review> {
    let judged = |verdict: &str, clause: &str| -> Result<Option<Judged>> {
        let verdict: Option<String> = row.get(verdict)?;
        let Some(verdict) = verdict else { return Ok(None) };
        Ok(Some(Judged { verdict: verdict.parse()?, clause: row.get(clause)? }))
    };
    Ok(Review {
        id: row.get("id")?,
        origin: row.word("origin")?,
        week: row.get("week")?,
        post: row.get("post_id")?,
        version: row.get("post_version")?,
        author: row.get("author_id")?,
        space: row.get("space_id")?,
        first_by: row.get("first_by")?,
        first_at: row.get("first_at")?,
        first: judged("first_verdict", "first_clause")?,
        said: judged("verdict", "clause")?,
        reviewer: row.get("reviewer_id")?,
        reviewed_at: row.get("reviewed_at")?,
        signal: row.get("signal_id")?,
    })
}

/// One review.
pub fn find(tx: &mut Tx<'_>, id: EntryId) -> Result<Review> {
    tx.first(&format!("{REVIEW} WHERE id = $1"), params![id], review)?
        .ok_or_else(|| Error::not_found("There is nothing to judge at this address."))
}

pub(super) fn is_drawn(tx: &mut Tx<'_>, week: Day) -> Result<bool> {
    Ok(tx.count("SELECT COUNT(*) AS n FROM review_samples WHERE week = $1", params![week])? > 0)
}

/// The Monday of the first sample ever drawn.
pub(super) fn first_drawn(tx: &mut Tx<'_>) -> Result<Option<Day>> {
    tx.one("SELECT MIN(week) AS first FROM review_samples", &[], |row| row.get("first"))
}

/// Posts by people, published in this time where members read and still there.
pub(super) fn published(tx: &mut Tx<'_>, from: Timestamp, to: Timestamp) -> Result<Vec<i64>> {
    tx.all(
        "SELECT p.id FROM posts p JOIN topics t ON t.id = p.topic_id JOIN spaces s ON s.id = t.space_id
         WHERE p.created_at >= $1 AND p.created_at < $2 AND p.state = 'published' AND t.state = 'published'
           AND p.person_class IN ('member', 'staff', 'guest') AND s.visibility <> 'staff' ORDER BY p.id",
        params![from, to],
        |row| row.get("id"),
    )
}

pub(super) fn insert_sample(
    tx: &mut Tx<'_>,
    week: Day,
    seed: i64,
    published: usize,
    wanted: usize,
) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO review_samples (week, seed, published, wanted, drawn_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (week) DO NOTHING",
        params![week, seed, published, wanted, now],
    )
    .map(drop)
}

/// A post for the pile.
pub(super) struct NewReview {
    pub week: Option<Day>,
    pub post: PostId,
    /// The version that was decided on; nothing: as it reads now.
    pub version: Option<i64>,
    /// Who decided, when and what.
    pub first: Option<(PersonId, Timestamp, Judged)>,
}

pub(super) fn insert_review(tx: &mut Tx<'_>, new: &NewReview) -> Result<()> {
    let (id, now) = (EntryId(tx.mint()), tx.now());
    let origin = if new.first.is_some() { "second" } else { "sample" };
    let (by, at) = (new.first.as_ref().map(|first| first.0), new.first.as_ref().map(|first| first.1));
    let verdict = new.first.as_ref().map(|first| first.2.verdict.as_str());
    let clause = new.first.as_ref().map_or("", |first| first.2.clause.as_str());
    tx.run(
        "INSERT INTO reviews (id, origin, week, post_id, post_version, author_id, space_id, first_by, first_at,
           first_verdict, first_clause, created_at)
         SELECT $1, $2, $3, p.id, COALESCE(CAST($4 AS BIGINT), p.version), p.person_id, t.space_id, $5, $6, $7, $8, $9
         FROM posts p JOIN topics t ON t.id = p.topic_id WHERE p.id = $10
         ON CONFLICT DO NOTHING",
        params![id, origin, new.week, new.version, by, at, verdict, clause, now, new.post],
    )
    .map(drop)
}

pub(super) fn mark(tx: &mut Tx<'_>, name: &'static str) -> Result<Option<i64>> {
    tx.first("SELECT value FROM review_marks WHERE name = $1", params![name], |row| row.get("value"))
}

pub(super) fn set_mark(tx: &mut Tx<'_>, name: &'static str, value: i64) -> Result<()> {
    tx.run(
        "INSERT INTO review_marks (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        params![name, value],
    )
    .map(drop)
}

fn decided(row: &Row, verdict: Verdict, clause: String, version: Option<i64>) -> Result<Decided> {
    Ok(Decided {
        post: row.get("post_id")?,
        by: row.get("by_id")?,
        at: row.get("at")?,
        judged: Judged { verdict, clause },
        version,
    })
}

fn broke(yes: bool) -> Verdict {
    if yes { Verdict::Breaks } else { Verdict::Fine }
}

/// Flags that people decided, with the reason given by who flagged.
pub(super) fn flags_decided(
    tx: &mut Tx<'_>,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<(Decided, String)>> {
    tx.all(
        "SELECT post_id, decided_by AS by_id, decided_at AS at, state, reason FROM flags
         WHERE decided_at >= $1 AND decided_at < $2 AND decided_by IS NOT NULL ORDER BY decided_at, id",
        params![from, to],
        |row| {
            let state: String = row.get("state")?;
            Ok((decided(row, broke(state == "upheld"), String::new(), None)?, row.get("reason")?))
        },
    )
}

/// Decisions of people on posts that say whether the post may stay.
pub(super) fn posts_decided(tx: &mut Tx<'_>, from: Timestamp, to: Timestamp) -> Result<Vec<Decided>> {
    tx.all(
        "SELECT object_id AS post_id, decided_by AS by_id, decided_at AS at, act, clause, object_version FROM decisions
         WHERE decided_at >= $1 AND decided_at < $2 AND decided_by IS NOT NULL AND object_kind = 'post'
           AND act IN ('hide', 'delete', 'publish', 'restore') ORDER BY decided_at, id",
        params![from, to],
        |row| {
            let act: String = row.get("act")?;
            let away = matches!(act.as_str(), "hide" | "delete");
            let clause = if away { row.get("clause")? } else { String::new() };
            decided(row, broke(away), clause, row.get("object_version")?)
        },
    )
}

/// Items about flagged, harmful or matched posts that people ended with a judgement.
pub(super) fn items_ended(tx: &mut Tx<'_>, from: Timestamp, to: Timestamp) -> Result<Vec<Decided>> {
    tx.all(
        "SELECT s.post_id, st.actor_id AS by_id, st.at, s.outcome FROM signal_steps st
         JOIN signals s ON s.id = st.signal_id
         WHERE st.at >= $1 AND st.at < $2 AND st.act = 'resolved' AND st.actor_id IS NOT NULL AND st.undone_at IS NULL
           AND s.outcome IN ('moderated', 'no_action') AND s.kind IN ('rule', 'harm', 'flag') ORDER BY st.at, st.id",
        params![from, to],
        |row| {
            let outcome: String = row.get("outcome")?;
            decided(row, broke(outcome == "moderated"), String::new(), None)
        },
    )
}

/// What waits and this person did not write, flag or decide on, with its space.
pub(super) fn open_for(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<(EntryId, SpaceId)>> {
    tx.all(
        "SELECT r.id, r.space_id FROM reviews r WHERE r.verdict IS NULL AND r.author_id <> $1
           AND (r.first_by IS NULL OR r.first_by <> $1)
           AND NOT EXISTS (SELECT 1 FROM flags f WHERE f.post_id = r.post_id AND (f.person_id = $1 OR f.decided_by = $1))
           AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.object_kind = 'post' AND d.object_id = r.post_id
             AND d.decided_by = $1)
         ORDER BY r.created_at DESC, r.id LIMIT 1000",
        params![person],
        |row| Ok((row.get("id")?, row.get("space_id")?)),
    )
}

/// True when this person flagged the post, or decided on a flag or the post.
pub(super) fn has_judged(tx: &mut Tx<'_>, post: PostId, person: PersonId) -> Result<bool> {
    let n = tx.count(
        "SELECT (SELECT COUNT(*) FROM flags WHERE post_id = $1 AND (person_id = $2 OR decided_by = $2))
         + (SELECT COUNT(*) FROM decisions WHERE object_kind = 'post' AND object_id = $1 AND decided_by = $2) AS n",
        params![post, person],
    )?;
    Ok(n > 0)
}

pub(super) fn judge(
    tx: &mut Tx<'_>,
    id: EntryId,
    person: PersonId,
    judged: &Judged,
    version: i64,
) -> Result<()> {
    let now = tx.now();
    tx.run_one(
        "UPDATE reviews SET verdict = $2, clause = $3, guideline_version = $4, reviewer_id = $5, reviewed_at = $6
         WHERE id = $1 AND verdict IS NULL",
        params![id, judged.verdict.as_str(), &judged.clause, version, person, now],
        "Somebody else judged this post a moment ago. Here is the next one.",
    )
}

pub(super) fn unjudge(tx: &mut Tx<'_>, id: EntryId) -> Result<()> {
    tx.run_one(
        "UPDATE reviews SET verdict = NULL, clause = '', guideline_version = 0, reviewer_id = NULL, reviewed_at = NULL
         WHERE id = $1 AND signal_id IS NULL",
        params![id],
        "An item came of this, so it cannot be taken back.",
    )
}

pub(super) fn set_signal(tx: &mut Tx<'_>, id: EntryId, signal: SignalId) -> Result<()> {
    tx.run("UPDATE reviews SET signal_id = $2 WHERE id = $1", params![id, signal]).map(drop)
}

/// The first of those who manage or own the place who is none of these.
pub(super) fn lead_besides(tx: &mut Tx<'_>, but: &[Option<PersonId>]) -> Result<Option<PersonId>> {
    let leads: Vec<PersonId> = tx.all(
        "SELECT person_id FROM members WHERE role IN ('manager', 'lead', 'owner')
         ORDER BY CASE role WHEN 'lead' THEN 1 WHEN 'manager' THEN 2 ELSE 3 END, person_id",
        &[],
        |row| row.get("person_id"),
    )?;
    Ok(leads.into_iter().find(|person| !but.contains(&Some(*person))))
}

pub(super) fn shown(tx: &mut Tx<'_>, post: PostId) -> Result<Shown> {
    let found = tx.first(
        "SELECT p.topic_id, p.number, p.created_at, t.title, s.name FROM posts p
         JOIN topics t ON t.id = p.topic_id JOIN spaces s ON s.id = t.space_id WHERE p.id = $1",
        params![post],
        |row| {
            Ok(Shown {
                topic: row.get("topic_id")?,
                title: row.get("title")?,
                space: row.get("name")?,
                number: row.get("number")?,
                written_at: row.get("created_at")?,
            })
        },
    )?;
    found.ok_or_else(|| Error::not_found("This post is gone."))
}

/// The text of a post as it was in a version.
pub(super) fn text_of(tx: &mut Tx<'_>, post: PostId, version: i64) -> Result<String> {
    let then = tx.first(
        "SELECT body FROM post_revisions WHERE post_id = $1 AND version = $2",
        params![post, version],
        |row| row.get("body"),
    )?;
    match then {
        Some(body) => Ok(body),
        None => tx.one("SELECT body FROM posts WHERE id = $1", params![post], |row| row.get("body")),
    }
}

/// Texts of published posts numbered from `from` until before `to`.
pub(super) fn text_at(tx: &mut Tx<'_>, topic: TopicId, from: i64, to: i64) -> Result<Vec<String>> {
    tx.all(
        "SELECT body FROM posts WHERE topic_id = $1 AND number >= $2 AND number < $3 AND state = 'published'
         ORDER BY number",
        params![topic, from, to],
        |row| row.get("body"),
    )
}

pub(super) fn weeks(tx: &mut Tx<'_>, limit: usize) -> Result<Vec<Week>> {
    let count = |row: &Row, name: &str| -> Result<u64> { Ok(row.get::<i64>(name)?.max(0).cast_unsigned()) };
    tx.all(
        "SELECT w.week, w.seed, w.published, COUNT(r.id) AS drawn, COUNT(r.verdict) AS judged,
           CAST(SUM(CASE WHEN r.verdict = 'breaks' THEN 1 ELSE 0 END) AS BIGINT) AS broke,
           CAST(SUM(CASE WHEN r.verdict = 'unclear' THEN 1 ELSE 0 END) AS BIGINT) AS unclear
         FROM review_samples w LEFT JOIN reviews r ON r.week = w.week AND r.origin = 'sample'
         GROUP BY w.week, w.seed, w.published ORDER BY w.week DESC LIMIT $1",
        params![limit],
        |row| {
            Ok(Week {
                monday: row.get("week")?,
                seed: row.get("seed")?,
                published: row.get("published")?,
                drawn: count(row, "drawn")?,
                judged: count(row, "judged")?,
                broke: count(row, "broke")?,
                unclear: count(row, "unclear")?,
            })
        },
    )
}

pub(super) fn differing(tx: &mut Tx<'_>) -> Result<Vec<Review>> {
    tx.all(
        &format!(
            "{REVIEW} WHERE origin = 'second' AND verdict IN ('fine', 'breaks') AND verdict <> first_verdict
             ORDER BY reviewed_at DESC, id LIMIT 1000"
        ),
        &[],
        review,
    )
}

pub(super) fn settings_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<(bool, String)>> {
    tx.first("SELECT covers, hours FROM moderator_settings WHERE person_id = $1", params![person], |row| {
        Ok((row.get("covers")?, row.get("hours")?))
    })
}

pub(super) fn set_settings(tx: &mut Tx<'_>, person: PersonId, covers: bool, hours: &str) -> Result<()> {
    tx.run(
        "INSERT INTO moderator_settings (person_id, covers, hours) VALUES ($1, $2, $3)
         ON CONFLICT (person_id) DO UPDATE SET covers = excluded.covers, hours = excluded.hours",
        params![person, covers, hours],
    )
    .map(drop)
}
