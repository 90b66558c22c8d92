//! Ways to sign in: a password, or a link that is mailed and works once.

use mainstreet_db::Tx;
use mainstreet_kernel::clock::{HOUR, MINUTE};
use mainstreet_kernel::id::{MailId, PersonId};
use mainstreet_kernel::{Error, Result, text};

use super::{hash_token, random_token, store};

/// How long a mailed link works.
const LINK_LIFE: i64 = 30 * MINUTE;

/// What a mailed link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Sign in (and, by that, confirm the address).
    SignIn,
    /// Sign in and choose a new password.
    Reset,
}

impl Purpose {
    /// The word stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Reset => "reset",
        }
    }
}

/// Whose password to check for what was typed as name or address: the member and their hash. Counts the attempt
/// by account and by address of the caller, and refuses when there were too many.
pub fn for_sign_in(tx: &mut Tx<'_>, login: &str, caller: &str) -> Result<Option<(PersonId, Option<String>)>> {
    super::limit(tx, &format!("sign-in:by:{caller}"), 30, 10 * MINUTE)?;
    super::limit(tx, &format!("sign-in:as:{}", text::fold(login)), 10, 10 * MINUTE)?;
    store::password_of(tx, login)
}

/// Mails a link to `email`, if a member has it. The asker is told the same either way. `body` makes the mail's
/// subject and text from the token.
pub fn ask_link(
    tx: &mut Tx<'_>,
    email: &str,
    purpose: Purpose,
    caller: &str,
    body: impl FnOnce(&str) -> Result<(String, String)>,
) -> Result<()> {
    super::limit(tx, &format!("link:by:{caller}"), 20, HOUR)?;
    super::limit(tx, &format!("link:to:{}", text::fold(email)), 5, HOUR)?;
    let Some(member) = store::member_by_email(tx, email)? else { return Ok(()) };
    let token = random_token()?;
    let expires_at = tx.now().plus(LINK_LIFE);
    store::insert_link(tx, &hash_token(&token), purpose, &member.email, expires_at)?;
    let (subject, text) = body(&token)?;
    let mail = MailId(tx.mint());
    store::insert_mail(tx, mail, &member.email, &subject, &text)
}

/// Uses a link up: whose it is and what for. A used, old or unknown one is refused.
pub fn use_link(tx: &mut Tx<'_>, token: &str) -> Result<(PersonId, Purpose)> {
    let used = store::use_link(tx, &hash_token(token))?;
    let (purpose, email) = used.ok_or_else(|| {
        Error::not_found("This link has been used already, or is older than 30 minutes. Ask for a new one on the sign-in page.")
    })?;
    let member =
        store::member_by_email(tx, &email)?.ok_or_else(|| Error::not_found("There is no such member."))?;
    store::confirm_email(tx, member.person)?;
    Ok((member.person, if purpose == Purpose::Reset.as_str() { Purpose::Reset } else { Purpose::SignIn }))
}
