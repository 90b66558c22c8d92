//! Intake: what happens on a channel, or is found in an archive, becomes people, spaces, topics and posts here.
//!
//! The same for a live message and for ten years of them: [`receive`] takes a batch in one transaction, so what was
//! taken in is there whole or not at all, and the same thing may come any number of times.
//!
//! The steps, in this order: the newest copy of each message is chosen; **people** are matched or made, staged,
//! without sign-in; **spaces** are matched or opened; what is **known** already is looked up; **topics** are found or
//! opened; new posts are **written** with their original times, and known ones that changed are **changed**; counts,
//! mentions, reactions, answers, old paths and the log follow. A step drops what it does not need for one of a
//! closed list of reasons ([`DropReason`]).
//!
//! **Invariants.** A message is told by (account, external id): never twice, and an older copy never replaces a newer
//! one. People of two accounts are never one person because of an equal id. What somebody changed here is not
//! changed back by an archive that says the same as before. Every new post has one activity with its original time.

mod changes;
mod faces;
mod known;
mod log;
mod model;
mod places;
mod posts;
mod settle;
mod store;
mod topic;

use std::collections::HashMap;

use mainstreet_db::Tx;
use mainstreet_kernel::channel::{Incoming, IncomingJoin, IncomingMessage, IncomingPerson, IncomingSpace};
use mainstreet_kernel::id::AccountId;
use mainstreet_kernel::{Error, Result, text};

pub use model::{DropReason, Outcome, Source, Taken};
pub use settle::{finish, settle};

/// The account named `name` on a channel of kind `kind` (`discourse`, `slack`), made when it is new. `into` is the
/// space that takes everything; without it every space of the channel becomes one here.
///
/// # Errors
/// `Invalid` when a name holds no letter or digit.
pub fn open_account(tx: &mut Tx<'_>, kind: &str, name: &str, into: Option<&str>) -> Result<Source> {
    let name = name.trim();
    if !name.chars().any(char::is_alphanumeric) {
        return Err(Error::invalid(
            "The account needs a name with a letter or a digit in it: --account NAME.",
        ));
    }
    let account = match store::account(tx, kind, name)? {
        Some(account) => account,
        None => {
            let id = AccountId(tx.mint());
            store::add_account(tx, id, kind, name)?;
            id
        }
    };
    let mut source = Source { account, name: name.to_owned(), into: None };
    if let Some(into) = into {
        source.into = Some(places::into_space(tx, &source, into)?);
    }
    Ok(source)
}

/// Takes a batch in. Answers what became of each of its messages, in their order, and what else was done.
///
/// # Errors
/// `Conflict` when the batch is of another place than what the account holds: the same ids, written by others at
/// other times.
pub fn receive(tx: &mut Tx<'_>, source: &Source, batch: &[Incoming]) -> Result<Taken> {
    let sorted = Sorted::of(batch);
    let mut taken =
        Taken { outcomes: vec![Outcome::Dropped(DropReason::OlderCopy); sorted.all], ..Taken::default() };
    let people = faces::match_or_make(tx, source, &sorted)?;
    let spaces = places::match_or_open(tx, source, &sorted)?;
    let known = known::look_up(tx, source, &sorted.newest)?;
    let mut topics = topic::find_or_open(tx, source, &sorted.newest, &known, &people, &spaces)?;
    let mut new = Vec::new();
    for (at, message) in &sorted.newest {
        let outcome = match known.posts.get(&message.external_id) {
            None => {
                new.push(*message);
                Outcome::Added
            }
            Some(post) => changes::bring_up_to_date(tx, source, post, message, &people, &mut topics)?,
        };
        if let Some(slot) = taken.outcomes.get_mut(*at) {
            *slot = outcome;
        }
    }
    let written = posts::plan(tx, source, &new, &people, &mut topics)?;
    topic::save(tx, source, &topics)?;
    posts::write(tx, source, &written, &topics, &people)?;
    log::record(tx, &written, &topics)?;
    topic::count(tx, &topics)?;
    taken.joins = faces::join(tx, &sorted.joins, &people)?;
    Ok(taken)
}

/// A batch by kind, each message once.
struct Sorted<'a> {
    /// How many messages there were, copies included.
    all: usize,
    people: Vec<&'a IncomingPerson>,
    spaces: Vec<&'a IncomingSpace>,
    joins: Vec<&'a IncomingJoin>,
    /// The newest copy of each message, with its place among all messages of the batch.
    newest: Vec<(usize, &'a IncomingMessage)>,
}

impl<'a> Sorted<'a> {
    fn of(batch: &'a [Incoming]) -> Self {
        let mut sorted = Self { all: 0, people: vec![], spaces: vec![], joins: vec![], newest: vec![] };
        let mut places: HashMap<&str, usize> = HashMap::new();
        for incoming in batch {
            match incoming {
                Incoming::Person(person) => sorted.people.push(person),
                Incoming::Space(space) => sorted.spaces.push(space),
                Incoming::Join(join) => sorted.joins.push(join),
                Incoming::Message(message) => {
                    let at = sorted.all;
                    sorted.all += 1;
                    match places
                        .get(message.external_id.as_str())
                        .and_then(|place| sorted.newest.get_mut(*place))
                    {
                        Some(before) if message.snapshot >= before.1.snapshot => {
                            *before = (at, message.as_ref());
                        }
                        Some(_) => {}
                        None => {
                            places.insert(&message.external_id, sorted.newest.len());
                            sorted.newest.push((at, message.as_ref()));
                        }
                    }
                }
            }
        }
        sorted
    }
}

/// A name that fits a list: one line of at most 80 characters.
fn short_name(name: &str, otherwise: &str) -> String {
    let name = if name.trim().is_empty() { otherwise } else { name };
    text::excerpt(name, 80)
}
