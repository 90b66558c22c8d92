//! Mail: written into the database with what caused it, sent from there.

use std::time::Duration;

use askama::Template;
use lettre::message::Mailbox;
use lettre::transport::smtp::SmtpTransport;
use lettre::{Message, Transport as _};
use mainstreet_community::settings::Settings;
use mainstreet_community::{accounts, guidelines};
use mainstreet_db::Tx;
use mainstreet_desk::escalations::{self, HandOff};
use mainstreet_desk::moderation::{self, Appeal, Decision};
use mainstreet_kernel::id::AppealId;
use mainstreet_kernel::{Error, Result};

use crate::app::App;

/// The greatest number of mails sent in one go.
const BATCH: usize = 20;
/// A mail server that does not answer within this time is given up for now.
const PATIENCE: Duration = Duration::from_secs(15);

/// A link to sign in with.
#[derive(Template)]
#[template(path = "mail/sign_in_link.txt")]
pub(crate) struct SignInLink<'a> {
    pub(crate) site: &'a str,
    pub(crate) url: &'a str,
    pub(crate) token: &'a str,
}

/// Somebody signed up with the address of a member.
#[derive(Template)]
#[template(path = "mail/already_member.txt")]
pub(crate) struct AlreadyMember<'a> {
    pub(crate) site: &'a str,
    pub(crate) url: &'a str,
    pub(crate) token: &'a str,
}

/// A question to an owner.
#[derive(Template)]
#[template(path = "mail/hand_off.txt")]
pub(crate) struct HandOffMail<'a> {
    pub(crate) site: &'a str,
    pub(crate) url: &'a str,
    pub(crate) handed: &'a HandOff,
    /// Where it is answered.
    pub(crate) link: &'a str,
    /// Until when, for people.
    pub(crate) due: &'a str,
}

/// A statement of reasons.
#[derive(Template)]
#[template(path = "mail/statement.txt")]
struct StatementMail<'a> {
    site: &'a str,
    url: &'a str,
    decision: &'a Decision,
    clause: &'a str,
    until: Option<String>,
    link: &'a str,
}

/// The answer to an appeal.
#[derive(Template)]
#[template(path = "mail/appeal.txt")]
struct AppealMail<'a> {
    site: &'a str,
    decision: &'a Decision,
    overturned: bool,
    answer: &'a str,
    link: &'a str,
}

/// The receipt for an appeal.
#[derive(Template)]
#[template(path = "mail/appeal_receipt.txt")]
struct ReceiptMail<'a> {
    site: &'a str,
    decision: &'a Decision,
    appeal: &'a moderation::Appeal,
    /// It takes two people.
    two: bool,
    due: &'a str,
    link: &'a str,
}

/// Where the member reads a decision without signing in.
fn statement_link(url: &str, secret: &[u8], decision: &Decision) -> String {
    let signature = crate::community::statement_signature(secret, decision.id);
    format!("{url}/statements/{}/by-mail/{signature}", decision.id)
}

/// Writes the mails about decisions that have none yet: to members whom something was taken from.
pub(crate) async fn write_statements(app: &App) -> Result<()> {
    let (site, url, secret) = (app.site(), app.config.url.clone(), app.secret.clone());
    if app.db.read(|tx| moderation::untold(tx, 1)).await?.is_empty() {
        return Ok(());
    }
    app.db
        .write(move |tx| {
            for (decision, email) in moderation::untold(tx, BATCH)? {
                if !decision.act.restricts() {
                    moderation::set_mailed(tx, decision.id, None)?;
                    continue;
                }
                let link = statement_link(&url, &secret, &decision);
                let clause = guidelines::version(tx, decision.guideline_version)?;
                let clause = clause.clause(&decision.clause).map_or(decision.clause.clone(), |clause| {
                    clause.text_in(&decision.content_language).title.clone()
                });
                let until = decision.until.map(|until| site.zone.format(until, "%-d %b %Y, %H:%M %Z"));
                let mail = StatementMail {
                    site: &site.name,
                    url: &url,
                    decision: &decision,
                    clause: &clause,
                    until,
                    link: &link,
                };
                let (subject, body) = words(&mail)?;
                let from = tx.now();
                let mail = accounts::post_mail(tx, &email, &subject, &body, from)?;
                moderation::set_mailed(tx, decision.id, Some(mail))?;
            }
            Ok(())
        })
        .await
}

/// What a mail about an appeal needs to know.
struct Appealed {
    appeal: Appeal,
    decision: Decision,
    member: accounts::Member,
    link: String,
}

impl Appealed {
    fn find(tx: &mut Tx<'_>, id: AppealId, url: &str, secret: &[u8]) -> Result<Self> {
        let appeal = moderation::find_appeal(tx, id)?;
        let decision = moderation::find(tx, appeal.decision)?;
        let member = accounts::find(tx, decision.person)?;
        let link = statement_link(url, secret, &decision);
        Ok(Self { appeal, decision, member, link })
    }
}

/// Mails that an appeal has arrived and by when it is decided, in the transaction that takes it.
pub(crate) fn receipt(
    tx: &mut Tx<'_>,
    id: AppealId,
    (site, url): (&Settings, &str),
    secret: &[u8],
) -> Result<()> {
    let Appealed { appeal, decision, member, link } = Appealed::find(tx, id, url, secret)?;
    let due = site.zone.format(appeal.due_at, "%-d %b %Y, %H:%M %Z");
    let two = moderation::needed(decision.act) > 1;
    let mail =
        ReceiptMail { site: &site.name, decision: &decision, appeal: &appeal, two, due: &due, link: &link };
    let (subject, body) = words(&mail)?;
    let from = tx.now();
    accounts::post_mail(tx, &member.email, &subject, &body, from).map(drop)
}

/// Writes the mails about questions that rules asked of owners, each with its link to answer.
async fn write_hand_offs(app: &App) -> Result<()> {
    if app.db.read(escalations::unmailed).await?.is_empty() {
        return Ok(());
    }
    let (site, url, secret) = (app.site(), app.config.url.clone(), app.secret.clone());
    app.db
        .write(move |tx| {
            for id in escalations::unmailed(tx)? {
                escalations::hand_off_one(tx, id, |handed| {
                    let id = handed.asked.id;
                    let link = format!("{url}/hand-off/{id}/{}", crate::hand_off::signature(&secret, id));
                    let due = site.zone.format(handed.asked.due_at, "%-d %b %Y, %H:%M %Z");
                    words(&HandOffMail { site: &site.name, url: &url, handed, link: &link, due: &due })
                })?;
            }
            Ok(())
        })
        .await
}

/// Mails the answer to an appeal, in the transaction that decides it.
pub(crate) fn tell_appeal(
    tx: &mut Tx<'_>,
    id: AppealId,
    (site, url): (&str, &str),
    secret: &[u8],
) -> Result<()> {
    let Appealed { appeal, decision, member, link } = Appealed::find(tx, id, url, secret)?;
    let overturned = appeal.state == moderation::AppealState::Overturned;
    let mail = AppealMail { site, decision: &decision, overturned, answer: &appeal.answer, link: &link };
    let (subject, body) = words(&mail)?;
    let from = tx.now();
    accounts::post_mail(tx, &member.email, &subject, &body, from).map(drop)
}

/// Subject and text of a mail: the first line of its template, and what follows the empty line after it.
pub(crate) fn words(mail: &impl Template) -> Result<(String, String)> {
    let text = mail.render().map_err(Error::internal)?;
    let (subject, body) =
        text.split_once("\n\n").ok_or_else(|| Error::internal("a mail without a subject"))?;
    Ok((subject.split_whitespace().collect::<Vec<_>>().join(" "), body.to_owned()))
}

/// Sends mails that wait; answers how many went out. Does nothing where no mail server is set. A mail is marked
/// before it is handed over, so two nodes never send the same one; one that the server refuses stays with the
/// reason beside it.
pub async fn deliver_waiting(app: &App) -> Result<usize> {
    write_statements(app).await?;
    write_hand_offs(app).await?;
    let Some(server) = app.config.smtp.clone() else { return Ok(0) };
    let sender: Mailbox = app
        .config
        .mail_from
        .as_deref()
        .unwrap_or("Mainstreet <mainstreet@localhost>")
        .parse()
        .map_err(|_| Error::invalid("The sender of mail (--mail-from) is not an address."))?;
    let waiting = app.db.write(|tx| accounts::take_mails(tx, BATCH)).await?;
    let count = waiting.len();
    for mail in waiting {
        let (id, server, sender) = (mail.id, server.clone(), sender.clone());
        let sent = tokio::task::spawn_blocking(move || send(&server, sender, &mail))
            .await
            .map_err(Error::internal)?;
        if let Err(why) = sent {
            tracing::warn!(%id, why, "a mail was not taken by the mail server");
            app.db.write(move |tx| accounts::mail_failed(tx, id, &why)).await?;
        }
    }
    Ok(count)
}

fn send(server: &str, sender: Mailbox, mail: &accounts::Mail) -> std::result::Result<(), String> {
    let recipient = mail.recipient.parse().map_err(|_| "the recipient is not an address".to_owned())?;
    let message = Message::builder()
        .from(sender)
        .to(recipient)
        .subject(&mail.subject)
        .header(lettre::message::header::ContentType::TEXT_PLAIN)
        .body(mail.body.clone())
        .map_err(|cause| cause.to_string())?;
    let transport =
        SmtpTransport::from_url(server).map_err(|cause| cause.to_string())?.timeout(Some(PATIENCE)).build();
    transport.send(&message).map(drop).map_err(|cause| cause.to_string())
}
