//! Webhooks: other programs that rules may tell, by names an owner gave them. A call is written down with what decided
//! it and sent afterwards, a few times if need be; its body is signed.
//!
//! **Invariant:** only addresses that an owner wrote down are called.

mod store;

use mainstreet_db::Tx;
use mainstreet_kernel::clock::MINUTE;
use mainstreet_kernel::id::EntryId;
use mainstreet_kernel::{Actor, Error, Result, Role, Timestamp, text};

/// A call is tried so often: at once, and after 1, 4, 16 and 64 minutes.
const MOST_TRIES: i64 = 5;
/// Webhooks of a community.
const MOST: usize = 50;

/// Another program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Which.
    pub id: EntryId,
    /// As rules call it.
    pub name: String,
    /// Where it listens.
    pub url: String,
    /// What its calls are signed with.
    pub secret: String,
    /// What became of the last call: `sent`, `failed`, `waiting`, and what was said.
    pub last: Option<(String, String, Timestamp)>,
}

/// A call that waits to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Which.
    pub id: EntryId,
    /// Where it goes.
    pub url: String,
    /// What it is signed with.
    pub secret: String,
    /// JSON, as it is sent.
    pub body: String,
    /// How often it was tried.
    pub tries: i64,
}

fn may(actor: Actor) -> Result<()> {
    if actor.role >= Role::Owner {
        return Ok(());
    }
    Err(Error::forbidden("Only an owner lets rules tell other programs. Ask one."))
}

/// All of them, by name.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Webhook>> {
    store::all(tx)
}

/// Adds one.
///
/// # Errors
/// Not an owner; no name, or one that is taken; an address that is none, or holds a password; too many.
pub fn add(tx: &mut Tx<'_>, actor: Actor, name: &str, url: &str, secret: &str) -> Result<()> {
    may(actor)?;
    let (name, url) = (name.trim(), url.trim());
    let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | ' ' | '.');
    if name.is_empty() || name.chars().count() > 60 || !name.chars().all(plain) {
        return Err(Error::invalid(
            "Give it a name of letters, digits and hyphens, such as status-page-watch.",
        ));
    }
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    let spelled = |host: &str| !host.is_empty() && !host.contains('@');
    if url.len() > 500
        || url.chars().any(|letter| letter.is_whitespace() || letter.is_control())
        || !host.is_some_and(spelled)
    {
        return Err(Error::invalid(
            "Write an address that begins with https:// or http:// and holds no name or password.",
        ));
    }
    if secret.trim().chars().count() < 16 {
        return Err(Error::invalid("Write a secret of at least 16 characters: both sides sign with it."));
    }
    let known = store::all(tx)?;
    if known.len() >= MOST {
        return Err(Error::invalid("There are fifty already. Remove one first."));
    }
    if known.iter().any(|one| text::fold(&one.name) == text::fold(name)) {
        return Err(Error::conflict(
            "Another one has this name. Choose a different one, or remove that first.",
        ));
    }
    let webhook = Webhook {
        id: EntryId(tx.mint()),
        name: name.to_owned(),
        url: url.to_owned(),
        secret: secret.trim().to_owned(),
        last: None,
    };
    store::add(tx, &webhook)
}

/// Removes one; calls of it that wait are not sent.
///
/// # Errors
/// Not an owner.
pub fn remove(tx: &mut Tx<'_>, actor: Actor, id: EntryId) -> Result<()> {
    may(actor)?;
    store::remove(tx, id)
}

/// Writes down that one shall be told of a hit; twice is once. False: there is none of this name.
pub(crate) fn call(tx: &mut Tx<'_>, name: &str, hit: EntryId, body: &serde_json::Value) -> Result<bool> {
    let folded = text::fold(name);
    let Some(webhook) = store::all(tx)?.into_iter().find(|one| text::fold(&one.name) == folded) else {
        return Ok(false);
    };
    store::write(tx, webhook.id, hit, &body.to_string())?;
    Ok(true)
}

/// The calls that are due. Each is put off at once, so that two nodes do not send the same.
pub fn take(tx: &mut Tx<'_>, most: usize) -> Result<Vec<Call>> {
    let calls = store::due(tx, most)?;
    let now = tx.now();
    for call in &calls {
        store::put_off(tx, call.id, now.plus(MINUTE << (2 * call.tries).min(20)))?;
    }
    Ok(calls)
}

/// What came of a try.
pub fn came(tx: &mut Tx<'_>, call: &Call, sent: std::result::Result<String, String>) -> Result<()> {
    match sent {
        Ok(said) => store::end(tx, call.id, "sent", &said),
        Err(said) if call.tries + 1 >= MOST_TRIES => store::end(tx, call.id, "failed", &said),
        Err(said) => store::note(tx, call.id, &said),
    }
}
