//! Every SQL statement of accounts.

use mainstreet_db::{Row, Tx, params};
use mainstreet_kernel::clock::{DAY, MINUTE};
use mainstreet_kernel::id::{MailId, PersonId};
use mainstreet_kernel::{ActorClass, Result, Role, Timestamp, text};

use super::mails::{Mail, MailStand};
use super::members::{Member, NewMember};
use super::sessions::{Device, Session};
use super::signing_in::Purpose;

const MEMBER: &str = "m.person_id, m.username, p.name, m.email, m.email_confirmed_at, m.password_hash, m.role, \
                      m.suspended_until, m.suspended_why, m.theme, m.shortcuts, m.created_at";

fn read_member(row: &Row) -> Result<Member> {
    Ok(Member {
        person: row.get("person_id")?,
        username: row.get("username")?,
        name: row.get("name")?,
        email: row.get("email")?,
        email_confirmed_at: row.get("email_confirmed_at")?,
        has_password: row.get::<Option<String>>("password_hash")?.is_some(),
        role: row.word("role")?,
        suspended_until: row.get("suspended_until")?,
        suspended_why: row.get("suspended_why")?,
        theme: row.get("theme")?,
        shortcuts: row.get("shortcuts")?,
        created_at: row.get("created_at")?,
    })
}

pub(super) fn setting(tx: &mut Tx<'_>, key: &str) -> Result<Option<String>> {
    tx.first("SELECT value FROM settings WHERE key = $1", params![key], |row| row.get("value"))
}

pub(super) fn set_setting(tx: &mut Tx<'_>, key: &str, value: &str) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO settings (key, value, changed_at) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING",
        params![key, value, now],
    )
    .map(drop)
}

pub(super) fn owners(tx: &mut Tx<'_>) -> Result<i64> {
    tx.count("SELECT COUNT(*) AS n FROM members WHERE role = 'owner'", &[])
}

pub(super) fn count_attempt(tx: &mut Tx<'_>, bucket: &str, start: Timestamp) -> Result<i64> {
    tx.one(
        "INSERT INTO attempts (bucket, window_start, count) VALUES ($1, $2, 1)
         ON CONFLICT (bucket, window_start) DO UPDATE SET count = attempts.count + 1 RETURNING count",
        params![bucket, start],
        |row| row.get("count"),
    )
}

pub(super) fn sweep(tx: &mut Tx<'_>) -> Result<()> {
    let now = tx.now();
    tx.run("DELETE FROM attempts WHERE window_start < $1", params![now.plus(-2 * DAY)])?;
    tx.run("DELETE FROM sessions WHERE expires_at < $1", params![now])?;
    tx.run("DELETE FROM mail_links WHERE expires_at < $1", params![now.plus(-DAY)]).map(drop)
}

pub(super) fn insert_person(tx: &mut Tx<'_>, person: PersonId, name: &str, class: ActorClass) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO people (id, name, class, joined_at) VALUES ($1, $2, $3, $4)",
        params![person, name, class, now],
    )
    .map(drop)
}

pub(super) fn insert_member(tx: &mut Tx<'_>, person: PersonId, new: &NewMember, role: Role) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO members (person_id, username, username_folded, email, email_folded, password_hash, role, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            person,
            new.username.trim(),
            text::fold(&new.username),
            new.email.trim(),
            text::fold(&new.email),
            new.password_hash.clone(),
            role,
            now
        ],
    )
    .map(drop)
}

pub(super) fn member(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<Member>> {
    let sql =
        format!("SELECT {MEMBER} FROM members m JOIN people p ON p.id = m.person_id WHERE m.person_id = $1");
    tx.first(&sql, params![person], read_member)
}

pub(super) fn member_by_username(tx: &mut Tx<'_>, username: &str) -> Result<Option<Member>> {
    let sql = format!(
        "SELECT {MEMBER} FROM members m JOIN people p ON p.id = m.person_id WHERE m.username_folded = $1"
    );
    tx.first(&sql, params![text::fold(username)], read_member)
}

pub(super) fn member_by_email(tx: &mut Tx<'_>, email: &str) -> Result<Option<Member>> {
    let sql = format!(
        "SELECT {MEMBER} FROM members m JOIN people p ON p.id = m.person_id WHERE m.email_folded = $1"
    );
    tx.first(&sql, params![text::fold(email)], read_member)
}

pub(super) fn password_of(tx: &mut Tx<'_>, login: &str) -> Result<Option<(PersonId, Option<String>)>> {
    tx.first(
        "SELECT person_id, password_hash FROM members WHERE username_folded = $1 OR email_folded = $1",
        params![text::fold(login)],
        |row| Ok((row.get("person_id")?, row.get("password_hash")?)),
    )
}

pub(super) fn set_name_and_about(tx: &mut Tx<'_>, person: PersonId, name: &str, about: &str) -> Result<()> {
    tx.run("UPDATE people SET name = $2, about = $3 WHERE id = $1", params![person, name, about]).map(drop)
}

pub(super) fn set_preferences(tx: &mut Tx<'_>, person: PersonId, theme: &str, shortcuts: bool) -> Result<()> {
    tx.run(
        "UPDATE members SET theme = $2, shortcuts = $3 WHERE person_id = $1",
        params![person, theme, shortcuts],
    )
    .map(drop)
}

pub(super) fn set_password(tx: &mut Tx<'_>, person: PersonId, hash: &str) -> Result<()> {
    tx.run("UPDATE members SET password_hash = $2 WHERE person_id = $1", params![person, hash]).map(drop)
}

pub(super) fn set_role(tx: &mut Tx<'_>, person: PersonId, role: Role, class: ActorClass) -> Result<()> {
    tx.run("UPDATE members SET role = $2 WHERE person_id = $1", params![person, role])?;
    tx.run("UPDATE people SET class = $2 WHERE id = $1", params![person, class]).map(drop)
}

pub(super) fn set_suspension(
    tx: &mut Tx<'_>,
    person: PersonId,
    until: Option<Timestamp>,
    why: Option<&str>,
) -> Result<()> {
    tx.run(
        "UPDATE members SET suspended_until = $2, suspended_why = $3 WHERE person_id = $1",
        params![person, until, why],
    )
    .map(drop)
}

pub(super) fn confirm_email(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE members SET email_confirmed_at = $2 WHERE person_id = $1 AND email_confirmed_at IS NULL",
        params![person, now],
    )
    .map(drop)
}

pub(super) fn swap_seen(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<Timestamp>> {
    let before = tx.first("SELECT seen_at FROM members WHERE person_id = $1", params![person], |row| {
        row.get("seen_at")
    })?;
    let now = tx.now();
    tx.run("UPDATE members SET seen_at = $2 WHERE person_id = $1", params![person, now])?;
    Ok(before.flatten())
}

pub(super) fn insert_session(
    tx: &mut Tx<'_>,
    token_hash: &str,
    person: PersonId,
    csrf: &str,
    expires_at: Timestamp,
    device: &str,
) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO sessions (token_hash, person_id, csrf, created_at, seen_at, expires_at, device)
         VALUES ($1, $2, $3, $4, $4, $5, $6)",
        params![token_hash, person, csrf, now, expires_at, text::excerpt(device, 120)],
    )
    .map(drop)
}

pub(super) fn session(tx: &mut Tx<'_>, token_hash: &str) -> Result<Option<Session>> {
    let now = tx.now();
    let sql = format!(
        "SELECT s.csrf, s.seen_at, (SELECT COUNT(*) FROM notifications n WHERE n.person_id = s.person_id
         AND n.read_at IS NULL AND n.withdrawn = 0
         AND NOT EXISTS (SELECT 1 FROM mutes u WHERE u.person_id = n.person_id AND u.other_id = n.actor_id))
           + (SELECT COUNT(*) FROM member_notices o WHERE o.person_id = s.person_id AND o.read_at IS NULL) AS unread,
         (SELECT MAX(v.number) FROM guideline_versions v WHERE v.number > 0 AND v.number > COALESCE(
           (SELECT MAX(a.version) FROM guideline_acknowledgements a WHERE a.person_id = s.person_id), 0))
           AS guidelines_due, {MEMBER} FROM sessions s JOIN members m ON m.person_id = s.person_id
         JOIN people p ON p.id = s.person_id WHERE s.token_hash = $1 AND s.expires_at > $2"
    );
    tx.first(&sql, params![token_hash, now], |row| {
        Ok(Session {
            token_hash: token_hash.to_owned(),
            csrf: row.get("csrf")?,
            seen_at: row.get("seen_at")?,
            unread: row.get("unread")?,
            guidelines_due: row.get("guidelines_due")?,
            member: read_member(row)?,
        })
    })
}

pub(super) fn touch_session(tx: &mut Tx<'_>, token_hash: &str, expires_at: Timestamp) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE sessions SET seen_at = $2, expires_at = $3 WHERE token_hash = $1",
        params![token_hash, now, expires_at],
    )
    .map(drop)
}

pub(super) fn devices(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Device>> {
    let now = tx.now();
    tx.all(
        "SELECT token_hash, device, created_at, seen_at FROM sessions WHERE person_id = $1 AND expires_at > $2
         ORDER BY seen_at DESC, token_hash",
        params![person, now],
        |row| {
            Ok(Device {
                token_hash: row.get("token_hash")?,
                device: row.get("device")?,
                created_at: row.get("created_at")?,
                seen_at: row.get("seen_at")?,
            })
        },
    )
}

pub(super) fn delete_session(tx: &mut Tx<'_>, person: PersonId, token_hash: &str) -> Result<()> {
    tx.run("DELETE FROM sessions WHERE person_id = $1 AND token_hash = $2", params![person, token_hash])
        .map(drop)
}

pub(super) fn delete_sessions_but(tx: &mut Tx<'_>, person: PersonId, keep: &str) -> Result<()> {
    tx.run("DELETE FROM sessions WHERE person_id = $1 AND token_hash <> $2", params![person, keep]).map(drop)
}

pub(super) fn insert_link(
    tx: &mut Tx<'_>,
    token_hash: &str,
    purpose: Purpose,
    email: &str,
    expires_at: Timestamp,
) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO mail_links (token_hash, purpose, email_folded, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        params![token_hash, purpose.as_str(), text::fold(email), now, expires_at],
    )
    .map(drop)
}

pub(super) fn use_link(tx: &mut Tx<'_>, token_hash: &str) -> Result<Option<(String, String)>> {
    let now = tx.now();
    tx.first(
        "UPDATE mail_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2
         RETURNING purpose, email_folded",
        params![token_hash, now],
        |row| Ok((row.get("purpose")?, row.get("email_folded")?)),
    )
}

pub(super) fn insert_mail(tx: &mut Tx<'_>, id: MailId, to: &str, subject: &str, body: &str) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO mails (id, recipient, subject, body, created_at) VALUES ($1, $2, $3, $4, $5)",
        params![id, to, subject, body, now],
    )
    .map(drop)
}

pub(super) fn hold_mail(tx: &mut Tx<'_>, id: MailId, from: Timestamp) -> Result<()> {
    tx.run("UPDATE mails SET retry_at = $2 WHERE id = $1", params![id, from]).map(drop)
}

pub(super) fn recall_mail(tx: &mut Tx<'_>, id: MailId) -> Result<bool> {
    Ok(tx.run("DELETE FROM mails WHERE id = $1 AND sent_at IS NULL", params![id])? > 0)
}

pub(super) fn mail_stand(tx: &mut Tx<'_>, id: MailId) -> Result<Option<MailStand>> {
    tx.first("SELECT sent_at, last_error FROM mails WHERE id = $1", params![id], |row| {
        let (sent, refused): (Option<Timestamp>, Option<String>) =
            (row.get("sent_at")?, row.get("last_error")?);
        Ok(match (sent, refused) {
            (Some(at), _) => MailStand::Sent(at),
            (None, Some(why)) => MailStand::Refused(why),
            (None, None) => MailStand::Waiting,
        })
    })
}

fn read_mail(row: &Row) -> Result<Mail> {
    Ok(Mail {
        id: row.get("id")?,
        recipient: row.get("recipient")?,
        subject: row.get("subject")?,
        body: row.get("body")?,
    })
}

pub(super) fn waiting_mails(tx: &mut Tx<'_>, most: usize) -> Result<Vec<Mail>> {
    let now = tx.now();
    tx.all(
        "SELECT id, recipient, subject, body FROM mails WHERE sent_at IS NULL AND retry_at <= $1 AND attempts < 5
         ORDER BY id LIMIT $2 {{SKIP_LOCKED}}",
        params![now, most],
        read_mail,
    )
}

pub(super) fn latest_mails(tx: &mut Tx<'_>, most: usize) -> Result<Vec<Mail>> {
    tx.all(
        "SELECT id, recipient, subject, body FROM mails ORDER BY id DESC LIMIT $1",
        params![most],
        read_mail,
    )
}

/// Marks a mail as sent, or, with a reason, as waiting for the next try.
pub(super) fn mark_mail(tx: &mut Tx<'_>, id: MailId, trouble: Option<&str>) -> Result<()> {
    let now = tx.now();
    let sent_at = trouble.is_none().then_some(now);
    tx.run(
        "UPDATE mails SET sent_at = $2, last_error = $3, attempts = attempts + $4, retry_at = $5 WHERE id = $1",
        params![id, sent_at, trouble, i64::from(trouble.is_some()), now.plus(5 * MINUTE)],
    )
    .map(drop)
}

pub(super) fn about(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<String>> {
    tx.first("SELECT about FROM people WHERE id = $1", params![person], |row| row.get("about"))
}

pub(super) fn staff(tx: &mut Tx<'_>) -> Result<Vec<Member>> {
    let sql = format!(
        "SELECT {MEMBER} FROM members m JOIN people p ON p.id = m.person_id WHERE m.role <> 'member'"
    );
    tx.all(&sql, &[], read_member)
}

pub(super) fn members_like(tx: &mut Tx<'_>, folded: &str, limit: usize) -> Result<Vec<Member>> {
    let escaped = folded.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let sql = format!(
        "SELECT {MEMBER} FROM members m JOIN people p ON p.id = m.person_id
         WHERE m.username_folded LIKE $1 ESCAPE '\\' OR LOWER(p.name) LIKE $2 ESCAPE '\\'
         ORDER BY m.username_folded LIMIT $3"
    );
    tx.all(&sql, params![format!("{escaped}%"), format!("%{escaped}%"), limit], read_member)
}
