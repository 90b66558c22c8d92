//! Accounts: how a person becomes a member and signs in.
//!
//! Passwords are argon2id; sessions and mailed links are random tokens of which only a hash is kept. All of it is
//! rows, so it can be revoked at once and holds on every node. Password hashing costs tens of milliseconds by
//! design: call [`hash_password`] and [`check_password`] outside a transaction, on a blocking thread.
//!
//! **Invariant:** whether an e-mail address has an account is never told to somebody who is not its owner.

mod mails;
mod members;
mod passwords;
mod sessions;
mod signing_in;
mod store;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mainstreet_db::Tx;
use mainstreet_kernel::{Error, Result, Timestamp};
use sha2::{Digest as _, Sha256};

pub use mails::{Mail, MailStand, latest_mails, mail_failed, mail_stand, post_mail, recall_mail, take_mails};
pub(crate) use members::lock_out;
pub use members::{
    Member, NewMember, about, change_name_and_about, change_password, change_role, check_new_member, find,
    find_by_email, find_by_username, find_like, looks_like_email, open, prefer, staff,
};
pub use passwords::{check_password, check_strength, hash_password};
pub use sessions::{
    Device, Session, close_session, close_sessions_but, devices, open_session, session, touch_session,
};
pub use signing_in::{Purpose, ask_link, for_sign_in, use_link};

/// The installation's secret, made on first use: signs what must not be forged, such as forms.
pub fn secret(tx: &mut Tx<'_>) -> Result<Vec<u8>> {
    let text = setting_or_else(tx, "secret", random_token)?;
    URL_SAFE_NO_PAD.decode(text).map_err(Error::internal)
}

/// The code with which the first owner sets the community up; nothing once there is an owner.
pub fn setup_code(tx: &mut Tx<'_>) -> Result<Option<String>> {
    if store::owners(tx)? > 0 {
        return Ok(None);
    }
    setting_or_else(tx, "setup_code", || {
        Ok(random_token()?.chars().filter(char::is_ascii_alphanumeric).take(12).collect())
    })
    .map(Some)
}

fn setting_or_else(tx: &mut Tx<'_>, key: &str, make: impl FnOnce() -> Result<String>) -> Result<String> {
    match store::setting(tx, key)? {
        Some(value) => Ok(value),
        None => {
            store::set_setting(tx, key, &make()?)?;
            store::setting(tx, key)?.ok_or_else(|| Error::internal("a setting vanished"))
        }
    }
}

/// 32 random bytes as text.
pub fn random_token() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|cause| Error::internal(cause.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is kept of a token.
pub fn hash_token(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}

/// Counts one attempt in `bucket` (such as `sign-in:203.0.113.9`) and refuses it when there were already `most` in
/// the window of `length` milliseconds. Counted in the database, so it holds on all nodes together.
pub fn limit(tx: &mut Tx<'_>, bucket: &str, most: i64, length: i64) -> Result<()> {
    let start = Timestamp(tx.now().0.div_euclid(length) * length);
    if store::count_attempt(tx, bucket, start)? > most {
        let minutes = (start.plus(length).since(tx.now()) / 60_000).max(1);
        return Err(Error::new(
            mainstreet_kernel::Kind::TooMany,
            format!("That was tried too often. Please try again in {minutes} min."),
        ));
    }
    Ok(())
}

/// Forgets attempts of windows long over.
pub fn sweep(tx: &mut Tx<'_>) -> Result<()> {
    store::sweep(tx)
}

/// True once somebody owns the community.
pub fn has_owner(tx: &mut Tx<'_>) -> Result<bool> {
    store::owners(tx).map(|owners| owners > 0)
}
