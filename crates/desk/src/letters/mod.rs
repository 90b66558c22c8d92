//! Letters: words of the community to one member, marked as sent by a rule or a sequence. A notice leads to them in the
//! product, and they go out by mail when the member has a confirmed address. One that comes in calm hours is kept back,
//! here and by mail, until they end.
//!
//! **Invariant:** every text was written by somebody and looked at when the rule or sequence was saved.

mod store;

use mainstreet_community::accounts::{self, MailStand};
use mainstreet_community::notices::{self, About};
use mainstreet_community::settings;
use mainstreet_db::Tx;
use mainstreet_kernel::clock::MINUTE;
use mainstreet_kernel::id::{EntryId, PersonId, PostId};
use mainstreet_kernel::{Error, Result, Timestamp};

use crate::canned_replies::{self, Values};

/// How the sender of a letter begins that belongs to a sequence; its name follows in quotes.
const SERIES: &str = "the sequence “";

/// A letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Which.
    pub id: EntryId,
    /// What it is about, in a line.
    pub subject: String,
    /// Markdown.
    pub body: String,
    /// What it is about.
    pub post: Option<PostId>,
    /// A page of this place that it leads to; empty: to the post it is about.
    pub path: String,
    /// What sent it: `the rule “Personal data”`.
    pub sender: String,
    /// True when no person sent it.
    pub automatic: bool,
    /// When.
    pub at: Timestamp,
}

impl Letter {
    /// The sequence it belongs to.
    pub fn series(&self) -> Option<&str> {
        self.sender.strip_prefix(SERIES)?.strip_suffix('”')
    }
}

/// A text with a name: a prepared answer, or one that is shipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its name.
    pub title: String,
    /// Markdown with the variables of prepared answers.
    pub body: String,
}

/// Texts that are there before anybody wrote one; a prepared answer of the same name stands in their place.
const SHIPPED: &[(&str, &str)] = &[
    (
        "personal-data-help",
        "Hello {{first_name}},\n\nyour post in “{{topic}}” seems to hold personal data or a key, so we took it out of \
         sight before others read it. Nothing is held against you. Please edit it and leave the data out; if a key was \
         in it, replace that key now. A person looks at it soon.",
    ),
    (
        "welcome-contributor",
        "Hello {{first_name}},\n\nthank you for your first post in {{community}}. If an answer helped you, mark it as the \
         answer, so that the next person finds it. If none came yet, tell us here what you have tried so far.",
    ),
    (
        "welcome-again",
        "Hello {{first_name}},\n\nit has been a few days since you first wrote in {{community}}. Is there a question you \
         could answer for somebody else? That is how most people here got to know each other.",
    ),
];

/// Every text that can be sent: the prepared answers, and shipped ones that none of them replaces.
pub fn templates(tx: &mut Tx<'_>) -> Result<Vec<Template>> {
    let own = canned_replies::all(tx)?;
    let mut all: Vec<Template> =
        own.into_iter().map(|reply| Template { title: reply.title, body: reply.body }).collect();
    for (title, body) in SHIPPED {
        if !all.iter().any(|one| one.title.eq_ignore_ascii_case(title)) {
            all.push(Template { title: (*title).to_owned(), body: (*body).to_owned() });
        }
    }
    Ok(all)
}

/// The text of this name.
pub fn template(tx: &mut Tx<'_>, title: &str) -> Result<Option<Template>> {
    Ok(templates(tx)?.into_iter().find(|one| one.title.eq_ignore_ascii_case(title)))
}

/// A text filled in for a person and the conversation of a post.
pub(crate) fn filled(
    tx: &mut Tx<'_>,
    template: &Template,
    person: PersonId,
    post: Option<PostId>,
) -> Result<String> {
    let site = settings::load(tx)?.name;
    let values = Values {
        name: store::name_of(tx, person)?,
        topic: match post {
            Some(post) => store::title_of(tx, post)?.unwrap_or_default(),
            None => String::new(),
        },
        me: site.clone(),
        community: site,
    };
    Ok(canned_replies::fill(&template.body, &values))
}

/// Sends a text to a member. False: there is nobody who could read it, because the person has no account here.
pub(crate) fn send(
    tx: &mut Tx<'_>,
    (person, post): (PersonId, Option<PostId>),
    template: &Template,
    sender: &str,
) -> Result<bool> {
    let body = filled(tx, template, person, post)?;
    tell(tx, (person, post), "A word from the community", &body, sender)
}

/// A letter about to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Draft<'a> {
    /// To whom.
    pub(crate) to: PersonId,
    /// What it is about.
    pub(crate) post: Option<PostId>,
    /// What it is about, in a line.
    pub(crate) subject: &'a str,
    /// Markdown.
    pub(crate) body: &'a str,
    /// A page of this place that it leads to; empty: to the post.
    pub(crate) path: &'a str,
    /// What or who sends it.
    pub(crate) sender: &'a str,
    /// True when no person does.
    pub(crate) automatic: bool,
    /// When it is told, in the product and by mail: now, or later.
    pub(crate) from: Timestamp,
}

/// Tells a member something in words of our own, now. False: the person has no account here.
pub(crate) fn tell(
    tx: &mut Tx<'_>,
    (to, post): (PersonId, Option<PostId>),
    subject: &str,
    body: &str,
    sender: &str,
) -> Result<bool> {
    let from = tx.now();
    let draft = Draft { to, post, subject, body, path: "", sender, automatic: true, from };
    Ok(write(tx, &draft)?.is_some())
}

/// Writes a letter; nothing: the person has no account here. One that is to be told later waits for [`sweep`].
pub(crate) fn write(tx: &mut Tx<'_>, draft: &Draft<'_>) -> Result<Option<EntryId>> {
    if store::address_of(tx, draft.to)?.is_none() {
        return Ok(None);
    }
    let (id, now) = (EntryId(tx.mint()), tx.now());
    let letter = Letter {
        id,
        subject: draft.subject.to_owned(),
        body: draft.body.to_owned(),
        post: draft.post,
        path: draft.path.to_owned(),
        sender: draft.sender.to_owned(),
        automatic: draft.automatic,
        at: now,
    };
    let due = Some(draft.from).filter(|from| *from > now);
    store::add(tx, draft.to, &letter, due)?;
    if due.is_none() {
        deliver(tx, draft.to, &letter)?;
    }
    Ok(Some(id))
}

/// Tells what was kept back and is due. Run it every minute, on any one node at a time; twice does no harm.
pub fn sweep(tx: &mut Tx<'_>) -> Result<()> {
    for (person, letter) in store::due(tx)? {
        store::told(tx, letter.id)?;
        deliver(tx, person, &letter)?;
    }
    Ok(())
}

fn deliver(tx: &mut Tx<'_>, person: PersonId, letter: &Letter) -> Result<()> {
    let (subject, sender) = (&letter.subject, &letter.sender);
    notices::tell(tx, person, About::Letter, letter.id.0, &format!("{subject}, from {sender}"))?;
    let Some(Some(address)) = store::address_of(tx, person)? else { return Ok(()) };
    let leads = match (letter.path.as_str(), letter.post) {
        ("", None) => String::new(),
        ("", Some(post)) => format!("{}\n\n", settings::link(tx, &format!("/p/{post}"))?),
        (path, _) => format!("{}\n\n", settings::link(tx, path)?),
    };
    let how = if letter.automatic { "Sent automatically by" } else { "From" };
    let here = settings::link(tx, &format!("/letters/{}", letter.id))?;
    let leave = if letter.series().is_some() { " You can leave the series there." } else { "" };
    let mail = format!(
        "{}\n\n{leads}--\n{how} {sender}. You can read it here too: {here}{leave}\n",
        letter.body.trim_end()
    );
    let now = tx.now();
    // Words of a person can be taken back for a moment.
    let from = if letter.automatic { now } else { now.plus(MINUTE) };
    let subject = format!("[{}] {subject}", settings::load(tx)?.name);
    let mail = accounts::post_mail(tx, &address, &subject, &mail, from)?;
    store::set_mail(tx, letter.id, mail)
}

/// Takes a letter back that nobody has read and whose mail has not gone out. False: it was read or has gone out, and
/// stays.
pub(crate) fn take_back(tx: &mut Tx<'_>, person: PersonId, id: EntryId) -> Result<bool> {
    let Some((waits, mail)) = store::waits(tx, person, id)? else { return Ok(false) };
    if !waits {
        let sent = match mail {
            Some(mail) => matches!(accounts::mail_stand(tx, mail)?, Some(MailStand::Sent(_))),
            None => false,
        };
        if sent || !notices::take_back(tx, person, About::Letter, id.0)? {
            return Ok(false);
        }
        if let Some(mail) = mail {
            accounts::recall_mail(tx, mail)?;
        }
    }
    store::remove(tx, id)?;
    Ok(true)
}

/// A letter to this member; from now on it counts as read.
///
/// # Errors
/// `NotFound` when they have none of this id.
pub fn open(tx: &mut Tx<'_>, person: PersonId, id: EntryId) -> Result<Letter> {
    let letter = store::find(tx, person, id)?;
    notices::read(tx, person, id.0)?;
    letter.ok_or_else(|| Error::not_found("There is no such letter to you."))
}

/// The letters to a member, the latest first.
pub fn of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Letter>> {
    store::of(tx, person)
}
