//! Mails that wait to go out.

use mainstreet_db::Tx;
use mainstreet_kernel::Result;
use mainstreet_kernel::id::MailId;

use super::store;

/// A mail in plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Its id.
    pub id: MailId,
    /// To whom.
    pub recipient: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub body: String,
}

/// Takes up to `most` waiting mails and marks them as sent; nobody else will get them.
pub fn take_mails(tx: &mut Tx<'_>, most: usize) -> Result<Vec<Mail>> {
    let mails = store::waiting_mails(tx, most)?;
    for mail in &mails {
        store::mark_mail(tx, mail.id, None)?;
    }
    Ok(mails)
}

/// The mail server refused it: the mail waits again, up to five times.
pub fn mail_failed(tx: &mut Tx<'_>, id: MailId, why: &str) -> Result<()> {
    store::mark_mail(tx, id, Some(why))
}

/// The latest mails, newest first; for an owner without a mail server, and for tests.
pub fn latest_mails(tx: &mut Tx<'_>, most: usize) -> Result<Vec<Mail>> {
    store::latest_mails(tx, most)
}
