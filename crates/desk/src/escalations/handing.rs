//! Handing a question to people outside the desk: by mail, with a link at which they take it on, answer it, or say
//! that it is not theirs. They need no account; whoever has the link answers for the owner.
//!
//! The link is signed by the program and holds as long as the question is open; the caller checks it.

use mainstreet_community::{accounts, markdown, topics};
use mainstreet_db::Tx;
use mainstreet_kernel::clock::{DAY, HOUR, MINUTE};
use mainstreet_kernel::id::EntryId;
use mainstreet_kernel::{Actor, Error, Result, text::excerpt};

use super::{Escalation, Stand, find, go_on, store, text};
use crate::signals::{Act, Signal, view};
use crate::triage::owners;

/// A mail waits for so long before it goes out, so that a slip can be taken back.
const HOLD: i64 = MINUTE;
/// How often one link may be used within an hour.
const MOST_USES: i64 = 20;
/// The longest name somebody signs with, in characters.
const LONGEST_NAME: usize = 80;

/// A question with what its owner must know to answer it.
#[derive(Clone, Debug)]
pub struct HandOff {
    /// The question.
    pub asked: Escalation,
    /// The item it is part of.
    pub signal: Signal,
    /// The name of the item's space.
    pub space: String,
    /// Path of the post it is about.
    pub path: String,
    /// Who wrote that post.
    pub author: String,
    /// The beginning of that post, as plain text.
    pub excerpt: String,
}

fn read(tx: &mut Tx<'_>, asked: Escalation) -> Result<HandOff> {
    let signal = view::find(tx, asked.signal)?;
    let (_, space) = topics::store::find_placed(tx, signal.topic)?;
    let post = mainstreet_community::posts::store::find(tx, signal.post)?;
    let author = mainstreet_community::people::store::face_of(tx, post.person)?.name;
    Ok(HandOff {
        path: format!("/p/{}", post.id),
        excerpt: excerpt(&markdown::plain(&post.body), 600),
        space: space.name,
        author,
        signal,
        asked,
    })
}

/// Mails the latest open question of an item to its owner, if they have an address; `words` makes subject and text.
/// The mail waits a minute, so that undoing the step takes it back unsent. True: a mail was written.
pub fn hand_off(
    tx: &mut Tx<'_>,
    signal: &Signal,
    words: impl FnOnce(&HandOff) -> Result<(String, String)>,
) -> Result<bool> {
    let all = store::of_signal(tx, signal.id)?;
    let Some(asked) = all.into_iter().rev().find(|asked| asked.state == Stand::Asked) else {
        return Ok(false);
    };
    let team = owners::team(tx, asked.owner)?;
    if team.email.is_empty() || asked.mail.is_some() {
        return Ok(false);
    }
    write(tx, asked, &team.email, words)?;
    Ok(true)
}

/// The open questions that rules asked lately and nobody was mailed about.
pub fn unmailed(tx: &mut Tx<'_>) -> Result<Vec<EntryId>> {
    let since = tx.now().plus(-DAY);
    let mut found = Vec::new();
    for asked in store::unmailed(tx, since)? {
        if !owners::team(tx, asked.owner)?.email.is_empty() {
            found.push(asked.id);
        }
    }
    Ok(found)
}

/// Mails one question to its owner, if they have an address; `words` makes subject and text.
pub fn hand_off_one(
    tx: &mut Tx<'_>,
    id: EntryId,
    words: impl FnOnce(&HandOff) -> Result<(String, String)>,
) -> Result<()> {
    let asked = find(tx, id)?;
    let team = owners::team(tx, asked.owner)?;
    if team.email.is_empty() || asked.mail.is_some() || asked.state != Stand::Asked {
        return Ok(());
    }
    write(tx, asked, &team.email, words)
}

fn write(
    tx: &mut Tx<'_>,
    asked: Escalation,
    to: &str,
    words: impl FnOnce(&HandOff) -> Result<(String, String)>,
) -> Result<()> {
    let id = asked.id;
    let handed = read(tx, asked)?;
    let (subject, body) = words(&handed)?;
    let from = tx.now().plus(HOLD);
    let mail = accounts::post_mail(tx, to, &subject, &body, from)?;
    store::set_mail(tx, id, mail, to)
}

/// The question behind a link, for its page. The caller has checked the signature.
pub fn of_link(tx: &mut Tx<'_>, id: EntryId) -> Result<HandOff> {
    let asked = find(tx, id)?;
    read(tx, asked)
}

/// The owner takes the question on, signing with a name.
///
/// # Errors
/// `Conflict` when somebody did or when the question has ended.
pub fn take_from_mail(tx: &mut Tx<'_>, id: EntryId, name: &str) -> Result<()> {
    let (asked, name) = used(tx, id, name)?;
    store::set_taken(tx, id, &name)?;
    let why = format!("{} ({name}) has taken the question on", asked.owner);
    go_on(tx, Actor::SYSTEM, &asked, Act::Heard, &why).map(drop)
}

/// The owner answers from the mail.
///
/// # Errors
/// `Invalid` without a name or an answer, `Conflict` when the question has ended.
pub fn answer_from_mail(tx: &mut Tx<'_>, id: EntryId, name: &str, answer: &str) -> Result<()> {
    let answer = text(answer, "Write the answer first.")?;
    let (asked, name) = used(tx, id, name)?;
    store::set_answer(tx, id, Stand::Answered, &answer, None, &name)?;
    let why = format!("{} ({name}) answered: {}", asked.owner, excerpt(&answer, 120));
    go_on(tx, Actor::SYSTEM, &asked, Act::OwnerAnswered, &why).map(drop)
}

/// The owner says that it is not theirs, and why; the item goes back to the desk.
///
/// # Errors
/// As [`answer_from_mail`].
pub fn refuse_from_mail(tx: &mut Tx<'_>, id: EntryId, name: &str, why: &str) -> Result<()> {
    let reason = text(why, "Say whose it is, or why it is not yours: one sentence is enough.")?;
    let (asked, name) = used(tx, id, name)?;
    store::set_answer(tx, id, Stand::Refused, &reason, None, &name)?;
    let why = format!("{} ({name}) says it is not theirs: {}", asked.owner, excerpt(&reason, 120));
    go_on(tx, Actor::SYSTEM, &asked, Act::OwnerAnswered, &why).map(drop)
}

/// The question, still open, and the name of who uses its link.
fn used(tx: &mut Tx<'_>, id: EntryId, name: &str) -> Result<(Escalation, String)> {
    accounts::limit(tx, &format!("hand-off:{id}"), MOST_USES, HOUR)?;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Error::invalid("Sign with your name, in 80 characters or fewer."));
    }
    let asked = find(tx, id)?;
    match asked.state {
        Stand::Asked => Ok((asked, name.to_owned())),
        Stand::Withdrawn => Err(Error::conflict("This question was taken back, so it needs no answer.")),
        Stand::Answered | Stand::Refused => Err(Error::conflict("This question has been answered already.")),
    }
}
