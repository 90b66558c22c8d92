//! Mails that wait to go out.

use mainstreet_db::Tx;
use mainstreet_kernel::id::MailId;
use mainstreet_kernel::{Result, Timestamp};

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

/// Writes a mail that goes out from `from` on, with what is decided in this transaction.
pub fn post_mail(tx: &mut Tx<'_>, to: &str, subject: &str, body: &str, from: Timestamp) -> Result<MailId> {
    let id = MailId(tx.mint());
    store::insert_mail(tx, id, to, subject, body)?;
    store::hold_mail(tx, id, from)?;
    Ok(id)
}

/// Takes a mail back that has not gone out yet. False: it has.
pub fn recall_mail(tx: &mut Tx<'_>, id: MailId) -> Result<bool> {
    store::recall_mail(tx, id)
}

/// How far a mail has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailStand {
    /// It waits to be sent.
    Waiting,
    /// It went out then.
    Sent(Timestamp),
    /// The mail server refused it, saying this.
    Refused(String),
}

/// How far a mail has come; none: there is no such mail.
pub fn mail_stand(tx: &mut Tx<'_>, id: MailId) -> Result<Option<MailStand>> {
    store::mail_stand(tx, id)
}
