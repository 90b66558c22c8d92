//! Sessions: a browser that is signed in.

use mainstreet_db::Tx;
use mainstreet_kernel::clock::{DAY, HOUR};
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Activity, Error, Result, Timestamp, Verb, Visibility};

use super::members::Member;
use super::{hash_token, random_token, store};

/// A session ends so long after it was last used.
const LIFE: i64 = 60 * DAY;
/// How often `seen_at` is written.
const TOUCH: i64 = HOUR;

/// A signed-in browser and whose it is.
#[derive(Clone, Debug)]
pub struct Session {
    /// Hash of its token: its name.
    pub token_hash: String,
    /// The token its forms carry.
    pub csrf: String,
    /// When it was last noted as used.
    pub seen_at: Timestamp,
    /// How many notifications the member has not read.
    pub unread: i64,
    /// The version of the guidelines that the member has yet to read.
    pub guidelines_due: Option<i64>,
    /// Whose it is.
    pub member: Member,
}

impl Session {
    /// True when its last use should be noted again.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        now.since(self.seen_at) > TOUCH
    }
}

/// One row of "where you are signed in".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Hash of the session's token.
    pub token_hash: String,
    /// What the browser calls itself, shortened.
    pub device: String,
    /// Since when.
    pub created_at: Timestamp,
    /// Last noted use.
    pub seen_at: Timestamp,
}

/// Signs a browser in; answers the token for its cookie. Refused while the member is suspended.
pub fn open_session(tx: &mut Tx<'_>, person: PersonId, device: &str) -> Result<String> {
    let member = super::find(tx, person)?;
    if let Some(until) = member.suspended_until.filter(|until| *until > tx.now()) {
        let why = member.suspended_why.unwrap_or_default();
        if until >= crate::moderation::FOR_EVER {
            return Err(Error::forbidden(format!(
                "This account is closed: {why} The mail about it says how to appeal."
            )));
        }
        return Err(Error::forbidden(format!("This account is suspended until {until}: {why}")));
    }
    let token = random_token()?;
    let expires_at = tx.now().plus(LIFE);
    store::insert_session(tx, &hash_token(&token), person, &random_token()?, expires_at, device)?;
    note_day(tx, &member)?;
    Ok(token)
}

/// The session with this token hash, unless it has ended or its member is suspended. Who is on duty in a team has a
/// moderator's role in it.
pub fn session(tx: &mut Tx<'_>, token_hash: &str) -> Result<Option<Session>> {
    let now = tx.now();
    let session = store::session(tx, token_hash)?;
    let session = session.filter(|session| session.member.suspended_until.is_none_or(|until| until <= now));
    let Some(mut session) = session else { return Ok(None) };
    session.member.role = crate::teams::role_now(tx, session.member.person, session.member.role)?;
    Ok(Some(session))
}

/// Notes that a session is in use, and the member as present today.
pub fn touch_session(tx: &mut Tx<'_>, token_hash: &str) -> Result<()> {
    let expires_at = tx.now().plus(LIFE);
    if let Some(session) = store::session(tx, token_hash)? {
        store::touch_session(tx, token_hash, expires_at)?;
        note_day(tx, &session.member)?;
    }
    Ok(())
}

/// One `session.active` a member and day (of UTC: the log's readers cut days in the community's zone).
fn note_day(tx: &mut Tx<'_>, member: &Member) -> Result<()> {
    let now = tx.now();
    let before = store::swap_seen(tx, member.person)?;
    if before.is_none_or(|before| before.0.div_euclid(HOUR) != now.0.div_euclid(HOUR)) {
        let actor = mainstreet_kernel::Actor::signed_in(member.person, member.role);
        tx.record(&Activity::new(Verb::SessionActive, actor, member.person, now).seen_by(Visibility::Staff))?;
    }
    Ok(())
}

/// Where a member is signed in, latest use first.
pub fn devices(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Device>> {
    store::devices(tx, person)
}

/// Ends one session of `person`.
pub fn close_session(tx: &mut Tx<'_>, person: PersonId, token_hash: &str) -> Result<()> {
    store::delete_session(tx, person, token_hash)
}

/// Ends all sessions of `person` but one.
pub fn close_sessions_but(tx: &mut Tx<'_>, person: PersonId, keep: Option<&str>) -> Result<()> {
    store::delete_sessions_but(tx, person, keep.unwrap_or_default())
}
