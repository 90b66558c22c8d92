//! Every SQL string about spam and raids, clean-ups apart.

use mainstreet_community::sign_ups::Reason;
use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::{PersonId, PostId, TopicId, floor};
use mainstreet_kernel::{Error, Result, Timestamp};

use super::alarms::Came;
use super::score::{Domain, Score};

/// A post as far as it is looked at here.
#[derive(Clone, Debug)]
pub struct Looked {
    /// Which.
    pub id: PostId,
    /// Where.
    pub topic: TopicId,
    /// Its topic's title, when it is the first post; empty otherwise.
    pub title: String,
    /// Who wrote it.
    pub person: PersonId,
    /// When their account was made; nothing: they have none here.
    pub account_at: Option<Timestamp>,
    /// Their role, where they have an account.
    pub role: Option<String>,
    /// When they were first seen.
    pub joined_at: Timestamp,
    /// The text.
    pub body: String,
    /// Its version.
    pub version: i64,
    /// `published`, `held`, `hidden` or `deleted`.
    pub state: String,
    /// The one-time token of its form.
    pub form_token: Option<String>,
    /// Whether it was written here rather than in an archive.
    pub own: bool,
    /// Whether a person wrote it, as a member.
    pub by_member: bool,
    /// When.
    pub at: Timestamp,
}

const LOOKED: &str =
    "SELECT p.id, p.topic_id, p.number, t.title, p.person_id, p.person_class, m.created_at AS account_at,
     m.role, e.joined_at, p.body, p.version, p.state, p.form_token, a.kind, p.created_at
     FROM posts p JOIN topics t ON t.id = p.topic_id JOIN accounts a ON a.id = p.account_id
     JOIN people e ON e.id = p.person_id LEFT JOIN members m ON m.person_id = p.person_id";

fn looked(row: &Row) -> Result<Looked> {
    let (number, kind): (i64, String) = (row.get("number")?, row.get("kind")?);
    let (title, class): (String, String) = (row.get("title")?, row.get("person_class")?);
    Ok(Looked {
        id: row.get("id")?,
        topic: row.get("topic_id")?,
        title: if number == 1 { title } else { String::new() },
        person: row.get("person_id")?,
        account_at: row.get("account_at")?,
        role: row.get("role")?,
        joined_at: row.get("joined_at")?,
        body: row.get("body")?,
        version: row.get("version")?,
        state: row.get("state")?,
        form_token: row.get("form_token")?,
        own: kind == "own",
        by_member: class == "member",
        at: row.get("created_at")?,
    })
}

/// One post.
pub fn post(tx: &mut Tx<'_>, id: PostId) -> Result<Option<Looked>> {
    tx.first(&format!("{LOOKED} WHERE p.id = $1"), params![id], looked)
}

/// Posts after this one, in order of writing.
pub(super) fn posts_after(tx: &mut Tx<'_>, after: PostId, limit: usize) -> Result<Vec<Looked>> {
    tx.all(&format!("{LOOKED} WHERE p.id > $1 ORDER BY p.id LIMIT $2"), params![after, limit], looked)
}

/// Posts that members wrote in a stretch of time before `post`, the latest first.
pub(super) fn just_before(tx: &mut Tx<'_>, post: &Looked, window: i64, limit: usize) -> Result<Vec<Looked>> {
    tx.all(
        &format!(
            "{LOOKED} WHERE p.id >= $1 AND p.id < $2 AND p.person_class = 'member' ORDER BY p.id DESC LIMIT $3"
        ),
        params![floor(post.at.plus(-window)), post.id, limit],
        looked,
    )
}

/// How many posts of a person stood before this one.
pub(super) fn posts_before(tx: &mut Tx<'_>, person: PersonId, post: PostId) -> Result<i64> {
    tx.count(
        "SELECT COUNT(*) AS n FROM posts WHERE person_id = $1 AND id < $2 AND state = 'published'",
        params![person, post],
    )
}

pub(super) fn set_domains(tx: &mut Tx<'_>, post: &Looked, domains: &[String]) -> Result<()> {
    tx.run("DELETE FROM link_domains WHERE post_id = $1", params![post.id])?;
    for domain in domains {
        tx.run(
            "INSERT INTO link_domains (domain, post_id, person_id, at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (domain, post_id) DO NOTHING",
            params![domain.as_str(), post.id, post.person, post.at],
        )?;
    }
    Ok(())
}

const SPAM: &str = "((p.state IN ('hidden', 'deleted') AND p.state_by = 'staff' AND p.state_at < $1)
     OR EXISTS (SELECT 1 FROM flags f WHERE f.post_id = p.id AND f.state = 'upheld' AND f.reason = 'spam'
       AND f.decided_at < $1))";

/// What was decided at `at` about posts with this domain.
pub fn domain(tx: &mut Tx<'_>, name: &str, at: Timestamp) -> Result<Domain> {
    let week = at.plus(-7 * DAY);
    let sql = format!(
        "SELECT CAST(COALESCE(SUM(CASE WHEN {SPAM} THEN 1 ELSE 0 END), 0) AS BIGINT) AS upheld,
           CAST(COALESCE(SUM(CASE WHEN {SPAM} THEN 0 WHEN (p.state = 'published' AND l.at < $2)
             OR EXISTS (SELECT 1 FROM flags f WHERE f.post_id = p.id AND f.state = 'cleared' AND f.decided_at < $1)
             THEN 1 ELSE 0 END), 0) AS BIGINT) AS cleared,
           COUNT(DISTINCT l.person_id) AS people
         FROM link_domains l JOIN posts p ON p.id = l.post_id WHERE l.domain = $3 AND l.at < $1"
    );
    tx.one(&sql, params![at, week, name], |row| {
        let number = |name: &str| row.get::<i64>(name).map(i64::unsigned_abs);
        Ok(Domain {
            name: name.to_owned(),
            upheld: number("upheld")?,
            cleared: number("cleared")?,
            people: number("people")?,
        })
    })
}

/// The domains that were linked to most, those with spam first.
pub fn domains(tx: &mut Tx<'_>, limit: usize) -> Result<Vec<Domain>> {
    let now = tx.now();
    let sql = format!(
        "SELECT l.domain FROM link_domains l JOIN posts p ON p.id = l.post_id GROUP BY l.domain
         ORDER BY CAST(SUM(CASE WHEN {SPAM} THEN 1 ELSE 0 END) AS BIGINT) DESC, COUNT(*) DESC, l.domain LIMIT $2"
    );
    let names = tx.all(&sql, params![now, limit], |row| row.get::<String>("domain"))?;
    names.iter().map(|name| domain(tx, name, now)).collect()
}

/// What was found in a post.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    /// Which.
    pub post: PostId,
    /// Who wrote it.
    pub person: PersonId,
    /// Their name now.
    pub name: String,
    /// The score.
    pub score: Score,
    /// Whether it was held for it.
    pub held: bool,
    /// The version that was looked at.
    pub version: i64,
    /// What the post's state is now.
    pub state: String,
    /// When the post was written.
    pub at: Timestamp,
}

fn scored(row: &Row) -> Result<Scored> {
    let reasons: String = row.get("reasons")?;
    let reasons: Vec<Reason> = serde_json::from_str(&reasons).map_err(Error::internal)?;
    Ok(Scored {
        post: row.get("post_id")?,
        person: row.get("person_id")?,
        name: row.get("name")?,
        score: Score { points: row.get("score")?, reasons },
        held: row.get("held")?,
        version: row.get("version")?,
        state: row.get("state")?,
        at: row.get("at")?,
    })
}

const SCORED: &str = "SELECT s.*, e.name, p.state FROM spam_scores s JOIN posts p ON p.id = s.post_id
     JOIN people e ON e.id = s.person_id";

/// What was found in one post.
pub fn score_of(tx: &mut Tx<'_>, post: PostId) -> Result<Option<Scored>> {
    tx.first(&format!("{SCORED} WHERE s.post_id = $1"), params![post], scored)
}

/// What was found in posts with at least so many points, the latest first.
pub fn scores(tx: &mut Tx<'_>, least: f64, limit: usize) -> Result<Vec<Scored>> {
    tx.all(
        &format!("{SCORED} WHERE s.score >= $1 ORDER BY s.at DESC, s.post_id DESC LIMIT $2"),
        params![least, limit],
        scored,
    )
}

pub(super) fn keep(tx: &mut Tx<'_>, post: &Looked, score: &Score, held: bool) -> Result<()> {
    let reasons = serde_json::to_string(&score.reasons).map_err(Error::internal)?;
    tx.run(
        "INSERT INTO spam_scores (post_id, person_id, score, reasons, held, version, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (post_id) DO UPDATE SET score = excluded.score, reasons = excluded.reasons,
           held = excluded.held, version = excluded.version",
        params![post.id, post.person, score.points, reasons, held, post.version, post.at],
    )
    .map(drop)
}

/// Posts of new accounts in a stretch of time.
pub(super) fn posts_of_new(tx: &mut Tx<'_>, from: Timestamp, to: Timestamp) -> Result<i64> {
    tx.count("SELECT COUNT(*) AS n FROM spam_scores WHERE at >= $1 AND at < $2", params![from, to])
}

/// Sign-ups of a stretch of time.
pub(super) fn sign_ups(tx: &mut Tx<'_>, from: Timestamp, to: Timestamp) -> Result<i64> {
    tx.count("SELECT COUNT(*) AS n FROM sign_ups WHERE at >= $1 AND at < $2", params![from, to])
}

/// Sign-ups since then, oldest first. One stands that no person kept out, silenced or suspended, or not for good reasons.
pub(super) fn sign_ups_since(tx: &mut Tx<'_>, since: Timestamp) -> Result<Vec<Came>> {
    tx.all(
        "SELECT s.at, CASE WHEN s.state = 'refused' OR EXISTS (SELECT 1 FROM decisions d WHERE d.person_id = s.person_id
           AND d.act IN ('silence', 'suspend', 'ban') AND d.decided_by IS NOT NULL AND d.undone_at IS NULL)
           THEN 0 ELSE 1 END AS stands
         FROM sign_ups s WHERE s.at >= $1 ORDER BY s.at, s.person_id",
        params![since],
        came,
    )
}

/// Posts of new accounts since then, oldest first. One stands that can be read, or that no person decided about: what a
/// program holds proves nothing.
pub(super) fn posts_of_new_since(tx: &mut Tx<'_>, since: Timestamp) -> Result<Vec<Came>> {
    tx.all(
        "SELECT s.at, CASE WHEN p.state <> 'published' AND EXISTS (SELECT 1 FROM decisions d WHERE d.object_kind = 'post'
           AND d.object_id = s.post_id AND d.decided_by IS NOT NULL AND d.undone_at IS NULL)
           THEN 0 ELSE 1 END AS stands
         FROM spam_scores s JOIN posts p ON p.id = s.post_id WHERE s.at >= $1 ORDER BY s.at, s.post_id",
        params![since],
        came,
    )
}

fn came(row: &Row) -> Result<Came> {
    Ok(Came { at: row.get("at")?, stands: row.get("stands")? })
}

/// When the first sign-up was noted.
pub(super) fn begun(tx: &mut Tx<'_>) -> Result<Option<Timestamp>> {
    tx.one("SELECT MIN(joined_at) AS at FROM people", &[], |row| row.get("at"))
}

/// The most suspect post of a flood since then: one that was held, or by an account that came since.
pub(super) fn worst_post(tx: &mut Tx<'_>, since: Timestamp) -> Result<Option<PostId>> {
    tx.first(
        "SELECT s.post_id FROM spam_scores s WHERE s.at >= $1 AND (s.held = 1 OR EXISTS
           (SELECT 1 FROM sign_ups u WHERE u.person_id = s.person_id AND u.at >= $1))
         ORDER BY s.score DESC, s.at DESC LIMIT 1",
        params![since],
        |row| row.get("post_id"),
    )
}

/// The most suspect account that came since then.
pub(super) fn latest_sign_up(tx: &mut Tx<'_>, since: Timestamp) -> Result<Option<PersonId>> {
    tx.first(
        "SELECT person_id FROM sign_ups WHERE at >= $1 ORDER BY score DESC, at DESC, person_id DESC LIMIT 1",
        params![since],
        |row| row.get("person_id"),
    )
}

/// Usernames and names of the team.
pub(super) fn team(tx: &mut Tx<'_>) -> Result<Vec<(PersonId, String, String)>> {
    tx.all(
        "SELECT m.person_id, m.username, e.name FROM members m JOIN people e ON e.id = m.person_id
         WHERE m.role IN ('moderator', 'manager', 'owner') ORDER BY m.person_id",
        &[],
        |row| Ok((row.get("person_id")?, row.get("username")?, row.get("name")?)),
    )
}

/// Usernames of accounts made since then, the latest first.
pub(super) fn names_since(tx: &mut Tx<'_>, since: Timestamp) -> Result<Vec<String>> {
    tx.all(
        "SELECT m.username FROM sign_ups s JOIN members m ON m.person_id = s.person_id WHERE s.at > $1
         ORDER BY s.at DESC LIMIT 500",
        params![since],
        |row| row.get("username"),
    )
}

/// Who is called when something cannot wait: the community's owners in the map of owners, otherwise the team.
pub(super) fn on_call(tx: &mut Tx<'_>) -> Result<Vec<PersonId>> {
    let owners = tx.all(
        "SELECT person_id FROM owner_people WHERE owner = 'community' ORDER BY person_id",
        &[],
        |row| row.get::<PersonId>("person_id"),
    )?;
    if !owners.is_empty() {
        return Ok(owners);
    }
    Ok(team(tx)?.into_iter().map(|(person, ..)| person).collect())
}

pub(super) fn mail_domain(tx: &mut Tx<'_>, domain: &str) -> Result<Option<bool>> {
    tx.first("SELECT disposable FROM mail_domains WHERE domain = $1", params![domain], |row| {
        row.get("disposable")
    })
}

pub(super) fn set_mail_domain(
    tx: &mut Tx<'_>,
    domain: &str,
    disposable: Option<bool>,
    by: Option<PersonId>,
) -> Result<()> {
    let now = tx.now();
    match disposable {
        None => tx.run("DELETE FROM mail_domains WHERE domain = $1", params![domain]),
        Some(disposable) => tx.run(
            "INSERT INTO mail_domains (domain, disposable, by_id, at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (domain) DO UPDATE SET disposable = excluded.disposable, by_id = excluded.by_id,
               at = excluded.at",
            params![domain, disposable, by, now],
        ),
    }
    .map(drop)
}

pub(super) fn mail_domains(tx: &mut Tx<'_>, limit: usize) -> Result<Vec<(String, bool)>> {
    tx.all("SELECT domain, disposable FROM mail_domains ORDER BY domain LIMIT $1", params![limit], |row| {
        Ok((row.get("domain")?, row.get("disposable")?))
    })
}

/// How far the links of the past were taken in.
pub(super) fn mark(tx: &mut Tx<'_>) -> Result<PostId> {
    let mark = tx.first("SELECT at FROM desk_marks WHERE name = 'links'", &[], |row| row.get::<i64>("at"))?;
    Ok(PostId(mark.unwrap_or_default()))
}

pub(super) fn set_mark(tx: &mut Tx<'_>, to: PostId) -> Result<()> {
    tx.run(
        "INSERT INTO desk_marks (name, at) VALUES ('links', $1) ON CONFLICT (name) DO UPDATE SET at = excluded.at",
        params![to],
    )
    .map(drop)
}
