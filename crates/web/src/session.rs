//! Who is signed in: read from the session cookie, kept for a moment in memory.

use std::sync::Arc;

use mainstreet_community::accounts::{self, Session};
use mainstreet_kernel::clock::SECOND;
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Actor, Result, Role, Timestamp};
use quick_cache::sync::Cache;

use crate::app::App;

/// A session is looked up in the database at most so often; a revoked one lives no longer than this.
const FRESH: i64 = 2 * SECOND;

/// A signed-in member, as pages need them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Viewer {
    pub(crate) person: PersonId,
    pub(crate) username: String,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) theme: String,
    pub(crate) shortcuts: bool,
    /// Notifications not read yet.
    pub(crate) unread: i64,
    /// The version of the guidelines that they have yet to read.
    pub(crate) guidelines_due: Option<i64>,
    /// Hash of the session's token: its name in the list of devices.
    pub(crate) session: String,
    pub(crate) csrf: String,
}

impl Viewer {
    /// The member as an actor.
    pub(crate) fn actor(&self) -> Actor {
        Actor::signed_in(self.person, self.role)
    }
}

impl From<Session> for Viewer {
    fn from(session: Session) -> Self {
        Self {
            person: session.member.person,
            username: session.member.username,
            name: session.member.name,
            role: session.member.role,
            theme: session.member.theme,
            shortcuts: session.member.shortcuts,
            unread: session.unread,
            guidelines_due: session.guidelines_due,
            session: session.token_hash,
            csrf: session.csrf,
        }
    }
}

/// Sessions seen a moment ago, by the hash of their token.
pub(crate) struct SessionCache(Cache<String, (Timestamp, Option<Arc<Viewer>>)>);

impl SessionCache {
    pub(crate) fn new() -> Self {
        Self(Cache::new(10_000))
    }

    fn fresh(&self, hash: &str, now: Timestamp) -> Option<Option<Arc<Viewer>>> {
        let (at, viewer) = self.0.get(hash)?;
        (0..FRESH).contains(&now.since(at)).then_some(viewer)
    }

    /// The member behind a session token, if they were seen a moment ago.
    pub(crate) fn known(&self, token: &str, now: Timestamp) -> Option<Arc<Viewer>> {
        self.fresh(&accounts::hash_token(token), now)?
    }

    /// Forgets a session, so that the next request looks it up.
    pub(crate) fn forget(&self, token_hash: &str) {
        self.0.remove(token_hash);
    }

    /// Forgets all, after a change to a member.
    pub(crate) fn clear(&self) {
        self.0.clear();
    }
}

/// The member behind a session token, if it is one and has not ended.
pub(crate) async fn viewer(app: &App, token: &str) -> Result<Option<Arc<Viewer>>> {
    let hash = accounts::hash_token(token);
    let now = app.now();
    if let Some(viewer) = app.sessions.fresh(&hash, now) {
        return Ok(viewer);
    }
    let key = hash.clone();
    let session = app.db.read(move |tx| accounts::session(tx, &hash)).await?;
    if let Some(session) = session.as_ref().filter(|session| session.is_stale(now)) {
        let hash = session.token_hash.clone();
        // A full disk must not sign people out.
        if let Err(error) = app.db.write(move |tx| accounts::touch_session(tx, &hash)).await {
            tracing::warn!(?error, "when a session was last used was not noted");
        }
    }
    let viewer = session.map(|session| Arc::new(Viewer::from(session)));
    app.sessions.0.insert(key, (now, viewer.clone()));
    Ok(viewer)
}
