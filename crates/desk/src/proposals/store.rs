//! Every SQL string about proposals.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{EntryId, PersonId, PostId};
use mainstreet_kernel::{Result, Timestamp};

use super::{NewProposal, Proposal, Stand};

/// Proposals shown.
const SHOWN: i64 = 100;

const COLUMNS: &str = "SELECT o.id, o.kind, o.rule, o.hit_id, o.person_id, e.name, o.other_id, \
     f.name AS other_name, o.post_id, t.title, o.what, o.why, o.state, o.decided_by, d.name AS decider, \
     o.decided_at, o.decided_why, o.came, o.at \
     FROM proposals o JOIN people e ON e.id = o.person_id LEFT JOIN people f ON f.id = o.other_id \
     LEFT JOIN people d ON d.id = o.decided_by LEFT JOIN posts p ON p.id = o.post_id \
     LEFT JOIN topics t ON t.id = p.topic_id";

fn read(row: &Row) -> Result<Proposal> {
    let post: Option<PostId> = row.get("post_id")?;
    let title: Option<String> = row.get("title")?;
    let word = |name: Option<String>| name.unwrap_or_default();
    Ok(Proposal {
        id: row.get("id")?,
        kind: row.word("kind")?,
        rule: row.get("rule")?,
        hit: row.get("hit_id")?,
        person: row.get("person_id")?,
        name: row.get("name")?,
        other: row.get("other_id")?,
        other_name: word(row.get("other_name")?),
        post: post.zip(title),
        what: row.get("what")?,
        why: row.get("why")?,
        stand: row.word("state")?,
        decided_by: row.get("decided_by")?,
        decider: word(row.get("decider")?),
        decided_at: row.get("decided_at")?,
        decided_why: row.get("decided_why")?,
        came: row.get("came")?,
        at: row.get("at")?,
    })
}

/// True when the same waits already.
pub(super) fn waits(tx: &mut Tx<'_>, new: &NewProposal<'_>) -> Result<bool> {
    let n = tx.count(
        "SELECT COUNT(*) AS n FROM proposals WHERE person_id = $1 AND kind = $2 AND what = $3
           AND COALESCE(other_id, 0) = $4 AND (state = 'waiting' OR hit_id = $5)",
        params![new.person, new.kind, new.what, new.other.map_or(0, |other| other.0), new.hit],
    )?;
    Ok(n > 0)
}

pub(super) fn add(tx: &mut Tx<'_>, new: &NewProposal<'_>) -> Result<()> {
    let (id, now) = (EntryId(tx.mint()), tx.now());
    tx.run(
        "INSERT INTO proposals (id, kind, rule, hit_id, person_id, other_id, post_id, what, why, state, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting', $10)",
        params![id, new.kind, new.rule, new.hit, new.person, new.other, new.post, new.what, new.why, now],
    )
    .map(drop)
}

pub(super) fn find(tx: &mut Tx<'_>, id: EntryId) -> Result<Option<Proposal>> {
    tx.first(&format!("{COLUMNS} WHERE o.id = $1"), params![id], read)
}

pub(super) fn waiting(tx: &mut Tx<'_>) -> Result<Vec<Proposal>> {
    tx.all(&format!("{COLUMNS} WHERE o.state = 'waiting' ORDER BY o.id LIMIT $1"), params![SHOWN], read)
}

pub(super) fn decided(tx: &mut Tx<'_>) -> Result<Vec<Proposal>> {
    tx.all(
        &format!("{COLUMNS} WHERE o.state <> 'waiting' ORDER BY o.decided_at DESC, o.id DESC LIMIT 30"),
        &[],
        read,
    )
}

pub(super) fn count(tx: &mut Tx<'_>) -> Result<i64> {
    tx.count("SELECT COUNT(*) AS n FROM proposals WHERE state = 'waiting'", &[])
}

pub(super) fn decide(
    tx: &mut Tx<'_>,
    id: EntryId,
    (from, to): (Stand, Stand),
    by: Option<PersonId>,
    why: &str,
) -> Result<()> {
    let at = Some(tx.now()).filter(|_| to != Stand::Waiting);
    tx.run_one(
        "UPDATE proposals SET state = $3, decided_by = $4, decided_at = $5, decided_why = $6, came = ''
         WHERE id = $1 AND state = $2",
        params![id, from, to, by, at, why],
        "Somebody else decided this a moment ago.",
    )
}

pub(super) fn set_came(tx: &mut Tx<'_>, id: EntryId, came: &str) -> Result<()> {
    tx.run("UPDATE proposals SET came = $2 WHERE id = $1", params![id, came]).map(drop)
}

/// True when two members were proposed to each other before.
pub(super) fn proposed(tx: &mut Tx<'_>, one: PersonId, other: PersonId) -> Result<bool> {
    let n = tx.count(
        "SELECT COUNT(*) AS n FROM proposals WHERE kind = 'connection'
           AND ((person_id = $1 AND other_id = $2) OR (person_id = $2 AND other_id = $1))",
        params![one, other],
    )?;
    Ok(n > 0)
}

/// True for members who can sign in, whom nothing restricts, who do not work here and do not want to be left alone.
pub(super) fn can_be_met(tx: &mut Tx<'_>, person: PersonId) -> Result<bool> {
    let now = tx.now();
    let n = tx.count(
        "SELECT COUNT(*) AS n FROM members m WHERE m.person_id = $1 AND m.role = 'member'
           AND (m.suspended_until IS NULL OR m.suspended_until <= $2)
           AND NOT EXISTS (SELECT 1 FROM no_introductions i WHERE i.person_id = m.person_id)
           AND NOT EXISTS (SELECT 1 FROM member_standings s WHERE s.person_id = m.person_id
             AND (s.until_at IS NULL OR s.until_at > $2))",
        params![person, now],
    )?;
    Ok(n > 0)
}

/// What a member wrote about: a tag, or a theme below zero, with its name; the most frequent first.
pub(super) fn matters(
    tx: &mut Tx<'_>,
    person: PersonId,
    since: Timestamp,
    most: usize,
) -> Result<Vec<(i64, String)>> {
    let named = |row: &Row| Ok((row.get("id")?, row.get("name")?));
    let mut found = tx.all(
        "SELECT g.id, g.name, COUNT(*) AS n FROM posts p JOIN topic_tags x ON x.topic_id = p.topic_id
         JOIN tags g ON g.id = x.tag_id
         WHERE p.person_id = $1 AND p.created_at >= $2 AND p.state = 'published'
         GROUP BY g.id, g.name ORDER BY n DESC, g.id LIMIT $3",
        params![person, since, most],
        named,
    )?;
    let themes: Vec<(i64, String)> = tx.all(
        "SELECT h.id, h.name, COUNT(*) AS n FROM posts p JOIN theme_posts x ON x.topic_id = p.topic_id
         JOIN themes h ON h.id = x.theme_id
         WHERE p.person_id = $1 AND p.created_at >= $2 AND p.state = 'published' AND h.merged_into IS NULL
         GROUP BY h.id, h.name ORDER BY n DESC, h.id LIMIT $3",
        params![person, since, most],
        named,
    )?;
    found.extend(themes.into_iter().map(|(id, name)| (-id, name)));
    Ok(found)
}

/// Members who wrote about a matter, those who wrote most first.
pub(super) fn who_wrote_about(
    tx: &mut Tx<'_>,
    matter: i64,
    since: Timestamp,
    most: usize,
) -> Result<Vec<PersonId>> {
    let (from, id) = if matter < 0 {
        ("theme_posts x ON x.topic_id = p.topic_id AND x.theme_id = $1", -matter)
    } else {
        ("topic_tags x ON x.topic_id = p.topic_id AND x.tag_id = $1", matter)
    };
    let sql = format!(
        "SELECT p.person_id, COUNT(*) AS n FROM posts p JOIN {from} JOIN members m ON m.person_id = p.person_id
         WHERE p.created_at >= $2 AND p.state = 'published' GROUP BY p.person_id ORDER BY n DESC, p.person_id LIMIT $3"
    );
    tx.all(&sql, params![id, since, most], |row| row.get("person_id"))
}

pub(super) fn accepted(tx: &mut Tx<'_>, person: PersonId) -> Result<i64> {
    let found = tx.first("SELECT accepted_count FROM people WHERE id = $1", params![person], |row| {
        row.get("accepted_count")
    })?;
    Ok(found.unwrap_or(0))
}

pub(super) fn wants_none(tx: &mut Tx<'_>, person: PersonId) -> Result<bool> {
    Ok(tx.count("SELECT COUNT(*) AS n FROM no_introductions WHERE person_id = $1", params![person])? > 0)
}

pub(super) fn set_wants_none(tx: &mut Tx<'_>, person: PersonId, none: bool) -> Result<()> {
    let now = tx.now();
    if none {
        tx.run(
            "INSERT INTO no_introductions (person_id, at) VALUES ($1, $2) ON CONFLICT (person_id) DO NOTHING",
            params![person, now],
        )
    } else {
        tx.run("DELETE FROM no_introductions WHERE person_id = $1", params![person])
    }
    .map(drop)
}
