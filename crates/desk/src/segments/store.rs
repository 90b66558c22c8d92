//! Every SQL statement about segments and labels given by hand.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::id::{EntryId, PersonId, RuleId, SegmentId};
use mainstreet_kernel::{Error, Result, Timestamp};

use super::counting::Count;
use super::{Given, Segment, Version};

const COLUMNS: &str = "s.id, s.name, s.version, s.owner, s.changed_at, v.text";
const FROM: &str = "segments s JOIN segment_versions v ON v.segment_id = s.id AND v.version = s.version";

fn segment(row: &Row) -> Result<Segment> {
    Ok(Segment {
        id: row.get("id")?,
        name: row.get("name")?,
        version: row.get("version")?,
        owner: row.get("owner")?,
        changed_at: row.get("changed_at")?,
        text: row.get("text")?,
    })
}

pub(super) fn all(tx: &mut Tx<'_>) -> Result<Vec<Segment>> {
    tx.all(&format!("SELECT {COLUMNS} FROM {FROM} ORDER BY s.name_folded"), &[], segment)
}

pub(super) fn find(tx: &mut Tx<'_>, id: SegmentId) -> Result<Segment> {
    tx.first(&format!("SELECT {COLUMNS} FROM {FROM} WHERE s.id = $1"), params![id], segment)?
        .ok_or_else(|| Error::not_found("There is no such segment."))
}

pub(super) fn named(tx: &mut Tx<'_>, folded: &str) -> Result<Option<Segment>> {
    tx.first(&format!("SELECT {COLUMNS} FROM {FROM} WHERE s.name_folded = $1"), params![folded], segment)
}

pub(super) fn put(tx: &mut Tx<'_>, segment: &Segment, folded: &str) -> Result<()> {
    tx.run(
        "INSERT INTO segments (id, name, name_folded, version, owner, changed_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO UPDATE SET name = $2, name_folded = $3, version = $4, owner = $5, changed_at = $6",
        params![segment.id, &segment.name, folded, segment.version, &segment.owner, segment.changed_at],
    )
    .map(drop)
}

pub(super) fn add_version(tx: &mut Tx<'_>, segment: &Segment, author: Option<PersonId>) -> Result<()> {
    tx.run(
        "INSERT INTO segment_versions (segment_id, version, text, author_id, at) VALUES ($1, $2, $3, $4, $5)",
        params![segment.id, segment.version, &segment.text, author, segment.changed_at],
    )
    .map(drop)
}

pub(super) fn versions(tx: &mut Tx<'_>, id: SegmentId) -> Result<Vec<Version>> {
    tx.all(
        "SELECT version, text, author_id, at FROM segment_versions WHERE segment_id = $1 ORDER BY version DESC",
        params![id],
        |row| {
            Ok(Version {
                version: row.get("version")?,
                text: row.get("text")?,
                author: row.get("author_id")?,
                at: row.get("at")?,
            })
        },
    )
}

pub(super) fn delete(tx: &mut Tx<'_>, id: SegmentId) -> Result<()> {
    tx.run("DELETE FROM segment_counts WHERE segment_id = $1", params![id])?;
    tx.run("DELETE FROM segment_versions WHERE segment_id = $1", params![id])?;
    tx.run("DELETE FROM segments WHERE id = $1", params![id]).map(drop)
}

/// The member of this user name.
pub(super) fn member(tx: &mut Tx<'_>, folded: &str) -> Result<Option<PersonId>> {
    tx.first("SELECT person_id FROM members WHERE username_folded = $1", params![folded], |row| {
        row.get("person_id")
    })
}

pub(super) fn labels(tx: &mut Tx<'_>) -> Result<Vec<(String, i64)>> {
    let now = tx.now();
    tx.all(
        "SELECT label, COUNT(DISTINCT person_id) AS n FROM member_labels
         WHERE until_at > $1 AND removed_at IS NULL GROUP BY label ORDER BY label LIMIT 500",
        params![now],
        |row| Ok((row.get("label")?, row.get("n")?)),
    )
}

pub(super) fn held(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Given>> {
    let now = tx.now();
    tx.all(
        "SELECT l.id, l.person_id, l.label, l.from_at, l.until_at, r.id AS rule_id, r.name AS rule, p.name AS giver
         FROM member_labels l LEFT JOIN rule_hits h ON h.id = l.hit_id LEFT JOIN rules r ON r.id = h.rule_id
         LEFT JOIN people p ON p.id = l.given_by
         WHERE l.person_id = $1 AND l.until_at > $2 AND l.removed_at IS NULL ORDER BY l.label, l.id",
        params![person, now],
        |row| {
            let rule: Option<RuleId> = row.get("rule_id")?;
            let name: Option<String> = row.get("rule")?;
            Ok(Given {
                id: row.get("id")?,
                person: row.get("person_id")?,
                label: row.get("label")?,
                from: row.get("from_at")?,
                until: row.get("until_at")?,
                rule: rule.zip(name),
                by: row.get("giver")?,
            })
        },
    )
}

pub(super) fn give(
    tx: &mut Tx<'_>,
    person: PersonId,
    label: &str,
    by: Option<PersonId>,
    until: Timestamp,
) -> Result<()> {
    let (id, now) = (EntryId(tx.mint()), tx.now());
    tx.run(
        "INSERT INTO member_labels (id, person_id, label, given_by, from_at, until_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        params![id, person, label, by, now, until],
    )
    .map(drop)
}

pub(super) fn extend(tx: &mut Tx<'_>, id: EntryId, until: Timestamp) -> Result<()> {
    tx.run("UPDATE member_labels SET until_at = $2 WHERE id = $1", params![id, until]).map(drop)
}

pub(super) fn end(tx: &mut Tx<'_>, id: EntryId) -> Result<()> {
    let now = tx.now();
    tx.run("UPDATE member_labels SET removed_at = $2 WHERE id = $1", params![id, now]).map(drop)
}

/// How many people there are, merged ones too: what counting everybody costs.
pub(super) fn people(tx: &mut Tx<'_>) -> Result<i64> {
    tx.count("SELECT COUNT(*) AS n FROM people", &[])
}

/// The counts of the latest versions.
pub(super) fn counts(tx: &mut Tx<'_>) -> Result<Vec<(SegmentId, Count)>> {
    tx.all(
        "SELECT c.segment_id, c.people, c.unknown, c.of_people, c.at FROM segment_counts c
         JOIN segments s ON s.id = c.segment_id AND s.version = c.version",
        &[],
        |row| {
            let count = Count {
                people: row.get("people")?,
                unknown: row.get("unknown")?,
                of: row.get("of_people")?,
                at: row.get("at")?,
            };
            Ok((row.get("segment_id")?, count))
        },
    )
}

pub(super) fn keep_count(tx: &mut Tx<'_>, segment: SegmentId, version: i64, count: Count) -> Result<()> {
    tx.run(
        "INSERT INTO segment_counts (segment_id, version, people, unknown, of_people, at)
         SELECT s.id, $2, $3, $4, $5, $6 FROM segments s WHERE s.id = $1
         ON CONFLICT (segment_id) DO UPDATE SET version = $2, people = $3, unknown = $4, of_people = $5, at = $6",
        params![segment, version, count.people, count.unknown, count.of, count.at],
    )
    .map(drop)
}
