//! Letters: words of the community to one member, marked as sent by a rule or a sequence. A notice leads to them in the
//! product, and they go out by mail when the member has a confirmed address.
//!
//! **Invariant:** every text was written by somebody and looked at when the rule or sequence was saved.

mod store;

use mainstreet_community::notices::{self, About};
use mainstreet_community::{accounts, settings};
use mainstreet_db::Tx;
use mainstreet_kernel::id::{EntryId, PersonId, PostId};
use mainstreet_kernel::{Error, Result, Timestamp};

use crate::canned_replies::{self, Values};

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
    /// What sent it: `the rule “Personal data”`.
    pub sender: String,
    /// When.
    pub at: Timestamp,
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

/// Tells a member something in words of our own. False: the person has no account here.
pub(crate) fn tell(
    tx: &mut Tx<'_>,
    (person, post): (PersonId, Option<PostId>),
    subject: &str,
    body: &str,
    sender: &str,
) -> Result<bool> {
    let Some(address) = store::address_of(tx, person)? else { return Ok(false) };
    let id = EntryId(tx.mint());
    let now = tx.now();
    let letter = Letter {
        id,
        subject: subject.to_owned(),
        body: body.to_owned(),
        post,
        sender: sender.to_owned(),
        at: now,
    };
    store::add(tx, person, &letter)?;
    notices::tell(tx, person, About::Letter, id.0, &format!("{subject}, from {sender}"))?;
    if let Some(address) = address {
        let mail =
            format!("{body}\n\n--\nSent automatically by {sender}. You can read it in the product too.\n");
        accounts::post_mail(tx, &address, subject, &mail, now)?;
    }
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
