//! Who may like to know whom.

use std::collections::BTreeMap;

use mainstreet_community::mutes;
use mainstreet_db::Tx;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::{PersonId, TopicId};
use mainstreet_kernel::{Actor, Error, Result};

use super::store;
use crate::rules;

/// What people wrote about within this time is what they care for.
const LATELY: i64 = 180 * DAY;
/// Matters of one member that are looked at.
const MATTERS: usize = 12;
/// People looked at.
const POOL: usize = 60;

/// Among whom a partner is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pool {
    /// Those who write about the same.
    Similar,
    /// Those who write in the same space.
    Space,
    /// Those whose answers were accepted ten times or more.
    Champions,
}

impl Pool {
    pub(crate) fn of(word: &str) -> Self {
        match word {
            "people in this space" => Self::Space,
            "champions" => Self::Champions,
            _ => Self::Similar,
        }
    }
}

/// The member whom it suits best to know another, and what speaks for it; nothing when nobody fits. The two were never
/// proposed to each other, both want to be introduced, and nothing stands between them.
pub(crate) fn partner(
    tx: &mut Tx<'_>,
    person: PersonId,
    topic: Option<TopicId>,
    pool: Pool,
) -> Result<Option<(PersonId, String)>> {
    if !store::can_be_met(tx, person)? {
        return Ok(None);
    }
    let since = tx.now().plus(-LATELY);
    let matters = store::matters(tx, person, since, MATTERS)?;
    let mut shared: BTreeMap<PersonId, Vec<String>> = BTreeMap::new();
    for (matter, name) in &matters {
        for other in store::who_wrote_about(tx, *matter, since, POOL)? {
            shared.entry(other).or_default().push(name.clone());
        }
    }
    let candidates: Vec<PersonId> = match (pool, topic) {
        (Pool::Similar, _) => shared.keys().copied().collect(),
        (Pool::Space, Some(topic)) => rules::active_in_space(tx, topic, since)?,
        (Pool::Space, None) => Vec::new(),
        (Pool::Champions, _) => rules::champions(tx)?,
    };
    let mut ranked: Vec<(usize, i64, PersonId)> = Vec::new();
    for other in candidates.into_iter().filter(|other| *other != person) {
        let common = shared.get(&other).map_or(0, Vec::len);
        ranked.push((common, store::accepted(tx, other)?, other));
    }
    ranked.sort_by_key(|(common, accepted, other)| (std::cmp::Reverse((*common, *accepted)), other.0));
    for (_, accepted, other) in ranked {
        if !store::can_be_met(tx, other)? || store::proposed(tx, person, other)? || apart(tx, person, other)?
        {
            continue;
        }
        return Ok(Some((other, reasons(pool, shared.get(&other), accepted))));
    }
    Ok(None)
}

fn apart(tx: &mut Tx<'_>, one: PersonId, other: PersonId) -> Result<bool> {
    let sees_not = |mutes: Vec<mutes::Mute>, whom: PersonId| mutes.iter().any(|mute| mute.other == whom);
    Ok(sees_not(mutes::of_person(tx, one)?, other) || sees_not(mutes::of_person(tx, other)?, one))
}

/// What speaks for it, in words.
fn reasons(pool: Pool, shared: Option<&Vec<String>>, accepted: i64) -> String {
    let mut said = Vec::new();
    if let Some(shared) = shared {
        let names: Vec<&str> = shared.iter().take(4).map(String::as_str).collect();
        said.push(format!("both wrote about {}", names.join(", ")));
    }
    if pool == Pool::Space {
        said.push("both write in this space".to_owned());
    }
    match accepted {
        0 => {}
        1 => said.push("the other one gave an answer that was accepted".to_owned()),
        n => said.push(format!("the other one gave {n} answers that were accepted")),
    }
    said.join("; ")
}

/// True for members who want to be introduced to nobody.
pub fn wants_none(tx: &mut Tx<'_>, person: PersonId) -> Result<bool> {
    store::wants_none(tx, person)
}

/// A member says whether they want to be introduced to others.
///
/// # Errors
/// Nobody is signed in.
pub fn set_wants_none(tx: &mut Tx<'_>, actor: Actor, none: bool) -> Result<()> {
    let person = actor.person.ok_or_else(|| Error::forbidden("Sign in to do this."))?;
    store::set_wants_none(tx, person, none)
}
