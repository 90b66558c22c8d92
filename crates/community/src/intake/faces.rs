//! The step for people: accounts on the channel become identities of people, staged, without sign-in.

use std::collections::{BTreeMap, HashMap};

use mainstreet_db::Tx;
use mainstreet_kernel::channel::{IncomingJoin, IncomingPerson};
use mainstreet_kernel::id::{IdentityId, PersonId};
use mainstreet_kernel::{Activity, Actor, ActorClass, Error, Result, Role, Timestamp, Verb, text};

use super::model::{Face, Faces, Source};
use super::store::{self, NewPerson};
use super::{Sorted, short_name};

/// A batch that names this many known accounts under other names, and more than half of those it names, is not of
/// the place that the account holds.
const STRANGERS: usize = 5;

/// Who a batch says somebody is, and the earliest time it saw them.
struct Seen<'a> {
    person: &'a IncomingPerson,
    first_at: Option<Timestamp>,
    listed: bool,
}

/// Everyone the batch names: those who are known, and new ones made.
pub(super) fn match_or_make(tx: &mut Tx<'_>, source: &Source, sorted: &Sorted<'_>) -> Result<Faces> {
    let seen = everyone(sorted);
    let ids: Vec<&str> = wanted(sorted, &seen);
    let handles: Vec<String> = sorted
        .newest
        .iter()
        .flat_map(|(_, message)| &message.mentions)
        .map(|name| text::fold(name))
        .collect();
    let known = store::identities(tx, source.account, &ids)?;
    refuse_strangers(source, &seen, &known)?;
    let mut faces = Faces::default();
    let mut new = Vec::new();
    for (id, seen) in &seen {
        if let Some(identity) = known.get(*id) {
            if seen.listed && (identity.handle != seen.person.handle || identity.class != seen.person.class) {
                store::update_person(
                    tx,
                    identity,
                    seen.person,
                    &short_name(&seen.person.name, &seen.person.handle),
                )?;
            }
            continue;
        }
        let at = seen.person.joined_at.or(seen.first_at).unwrap_or_else(|| tx.now());
        let person = NewPerson {
            person: PersonId(tx.mint_at(at)),
            identity: IdentityId(tx.mint_at(at)),
            incoming: seen.person,
            name: short_name(&seen.person.name, &seen.person.handle),
            joined_at: at,
        };
        faces.by_id.insert((*id).to_owned(), Face { person: person.person });
        faces.by_handle.insert(text::fold(&seen.person.handle), person.person);
        new.push(person);
    }
    store::add_people(tx, source.account, &new)?;
    store::add_paths(
        tx,
        new.iter().filter_map(|new| Some((new.incoming.old_path.clone()?, "person", new.person.0))).collect(),
    )?;
    for (id, identity) in known {
        faces.by_handle.insert(text::fold(&identity.handle), identity.person);
        faces.by_id.insert(id, Face { person: identity.person });
    }
    for (handle, person) in store::by_handles(tx, source.account, &handles)? {
        faces.by_handle.entry(handle).or_insert(person);
    }
    Ok(faces)
}

/// Everyone the batch describes, in a fixed order.
fn everyone<'a>(sorted: &Sorted<'a>) -> BTreeMap<&'a str, Seen<'a>> {
    let mut seen: BTreeMap<&str, Seen<'a>> = BTreeMap::new();
    for person in &sorted.people {
        seen.insert(&person.external_id, Seen { person, first_at: None, listed: true });
    }
    let authors = sorted.newest.iter().map(|(_, message)| (&message.author, message.at));
    let joiners = sorted.joins.iter().map(|join| (&join.person, join.at));
    for (person, at) in authors.chain(joiners) {
        let entry = seen.entry(&person.external_id).or_insert(Seen { person, first_at: None, listed: false });
        entry.first_at = Some(entry.first_at.map_or(at, |first| first.min(at)));
    }
    seen
}

/// Ids to look up: those described and those only named, as reactors are.
fn wanted<'a>(sorted: &Sorted<'a>, seen: &BTreeMap<&'a str, Seen<'a>>) -> Vec<&'a str> {
    let reactors =
        sorted.newest.iter().flat_map(|(_, message)| &message.reactions).flat_map(|reaction| &reaction.by);
    let mut ids: Vec<&str> = seen.keys().copied().chain(reactors.map(String::as_str)).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn refuse_strangers(
    source: &Source,
    seen: &BTreeMap<&str, Seen<'_>>,
    known: &HashMap<String, store::Identity>,
) -> Result<()> {
    let differ = |identity: &&store::Identity| {
        seen.get(identity.external_id.as_str())
            .is_some_and(|seen| text::fold(&seen.person.handle) != text::fold(&identity.handle))
    };
    let (total, strangers) = (known.len(), known.values().filter(differ).count());
    if strangers >= STRANGERS && strangers * 2 > total {
        return Err(other_place(source));
    }
    Ok(())
}

/// The account holds another place.
pub(super) fn other_place(source: &Source) -> Error {
    Error::conflict(format!(
        "The account '{}' holds another place than this archive: the same ids belong to other people and posts. \
         Give this archive an account of its own with --account NAME.",
        source.name
    ))
}

/// Records who came to the community; a person does so once, whatever channels they enter later.
pub(super) fn join(tx: &mut Tx<'_>, joins: &[&IncomingJoin], faces: &Faces) -> Result<usize> {
    let mut first: BTreeMap<PersonId, (Timestamp, ActorClass)> = BTreeMap::new();
    for join in joins {
        if let Some(person) = faces.person(&join.person.external_id) {
            let entry = first.entry(person).or_insert((join.at, join.person.class));
            entry.0 = entry.0.min(join.at);
        }
    }
    let people: Vec<PersonId> = first.keys().copied().collect();
    let before = store::have_joined(tx, &people)?;
    let mut activities = Vec::new();
    for (person, (at, class)) in first.into_iter().filter(|(person, _)| !before.contains(person)) {
        store::set_joined(tx, person, at)?;
        let actor = Actor { person: Some(person), role: Role::Member, class };
        activities.push(Activity::new(Verb::MemberJoined, actor, person, at));
    }
    activities.sort_by_key(|activity| activity.occurred_at);
    tx.record_all(&activities)?;
    Ok(activities.len())
}
