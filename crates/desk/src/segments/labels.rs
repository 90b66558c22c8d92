//! Labels given by hand: how a segment is kept as a list. They are the labels that rules give, and end like them.

use mainstreet_db::Tx;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::{EntryId, PersonId, RuleId};
use mainstreet_kernel::{Actor, Error, Result, Timestamp};

use super::{may_work, store};

/// The longest label, in characters.
pub const LONGEST_LABEL: usize = 60;
/// How long a label lasts when nobody says.
pub const USUAL_DAYS: i64 = 365;
/// The most days a label lasts.
const MOST_DAYS: i64 = 3_660;
/// Members labelled at once.
const MOST_AT_ONCE: usize = 500;

/// A label somebody has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Which.
    pub id: EntryId,
    /// Who has it.
    pub person: PersonId,
    /// What it says.
    pub label: String,
    /// Since when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// The rule that gave it.
    pub rule: Option<(RuleId, String)>,
    /// Who gave it by hand.
    pub by: Option<String>,
}

/// Labels people have now, with how many have each.
pub fn labels(tx: &mut Tx<'_>) -> Result<Vec<(String, i64)>> {
    store::labels(tx)
}

/// The labels that somebody has now.
pub fn held(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Given>> {
    store::held(tx, person)
}

/// Gives members a label for so many days: how many got it. `names` are user names, between commas, spaces or lines.
/// Who has it already keeps it, for the longer of the two times.
///
/// # Errors
/// Not staff; no label, or one with signs that a list of a rule cannot hold; names nobody has, all of them.
pub fn give(tx: &mut Tx<'_>, actor: Actor, names: &str, label: &str, days: i64) -> Result<usize> {
    may_work(actor)?;
    let label = label.split_whitespace().collect::<Vec<_>>().join(" ");
    if label.is_empty() {
        return Err(Error::invalid("Say which label: a word such as “customer”."));
    }
    if label.chars().count() > LONGEST_LABEL || label.contains([',', '[', ']', '{', '}', '"', '#', ':']) {
        return Err(Error::invalid(
            "A label has 60 characters at most, and none of , : # [ ] { } or quotes: it stands in lists of rules.",
        ));
    }
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(Error::invalid("A label lasts 1 to 3660 days."));
    }
    let mut people = Vec::new();
    let mut unknown = Vec::new();
    let parts = names.split(|sign: char| sign == ',' || sign == ';' || sign.is_whitespace());
    for name in parts.map(|name| name.trim_start_matches('@')).filter(|name| !name.is_empty()) {
        match store::member(tx, &mainstreet_kernel::text::fold(name))? {
            Some(person) if !people.contains(&person) => people.push(person),
            Some(_) => {}
            None => unknown.push(format!("“{}”", mainstreet_kernel::text::excerpt(name, 40))),
        }
        if people.len() > MOST_AT_ONCE || unknown.len() > 20 {
            break;
        }
    }
    if !unknown.is_empty() {
        return Err(Error::invalid(format!(
            "Nobody here has the user name {}. Correct it, or leave it out; nobody was labelled.",
            unknown.join(", ")
        )));
    }
    if people.is_empty() {
        return Err(Error::invalid("Write the user names of those who get the label."));
    }
    if people.len() > MOST_AT_ONCE {
        return Err(Error::invalid("Label at most 500 members at once."));
    }
    let until = tx.now().plus(days * DAY);
    for person in &people {
        match store::held(tx, *person)?.into_iter().find(|given| given.label == label) {
            Some(known) if known.until >= until => {}
            Some(known) => store::extend(tx, known.id, until)?,
            None => store::give(tx, *person, &label, actor.person, until)?,
        }
    }
    Ok(people.len())
}

/// Takes a label back from somebody.
///
/// # Errors
/// Not staff; they do not have it any more.
pub fn take_back(tx: &mut Tx<'_>, actor: Actor, person: PersonId, label: &str) -> Result<()> {
    may_work(actor)?;
    let given: Vec<Given> =
        store::held(tx, person)?.into_iter().filter(|given| given.label == label).collect();
    if given.is_empty() {
        return Err(Error::conflict("They do not have this label any more."));
    }
    given.iter().try_for_each(|given| store::end(tx, given.id))
}
