//! The step for spaces: categories and channels become spaces, published unless somebody says otherwise.

use std::collections::HashMap;

use mainstreet_db::Tx;
use mainstreet_kernel::channel::{IncomingSpace, placeholder_name};
use mainstreet_kernel::id::SpaceId;
use mainstreet_kernel::{Activity, Actor, Result, Timestamp, Verb, Visibility, text};
use serde_json::json;

use super::model::{Place, Source};
use super::store::{self, NewSpace};
use super::{Sorted, short_name};

/// The space called `name`, or at that address; opened when there is none.
pub(super) fn into_space(tx: &mut Tx<'_>, source: &Source, name: &str) -> Result<SpaceId> {
    let slug = text::slug(name);
    if let Some(space) = store::space_by_slug(tx, &slug)? {
        return Ok(space);
    }
    let now = tx.now();
    open(tx, source, &format!("into:{slug}"), (name, "", now), false).map(|(_, place)| place.space)
}

/// The spaces of the batch by external id.
pub(super) fn match_or_open(
    tx: &mut Tx<'_>,
    source: &Source,
    sorted: &Sorted<'_>,
) -> Result<HashMap<String, Place>> {
    if let Some(into) = source.into {
        let place = store::place(tx, into)?;
        let all = sorted.newest.iter().map(|(_, message)| (message.space.clone(), place));
        return Ok(all.collect());
    }
    let mut announced: HashMap<&str, &IncomingSpace> = HashMap::new();
    for space in &sorted.spaces {
        let better = announced.get(space.external_id.as_str()).is_none_or(|before| before.provisional);
        if better {
            announced.insert(&space.external_id, space);
        }
    }
    let mut ids: Vec<&str> = announced.keys().copied().collect();
    ids.extend(sorted.newest.iter().map(|(_, message)| message.space.as_str()));
    ids.sort_unstable();
    ids.dedup();
    let mut places = HashMap::new();
    for (id, name, place) in store::spaces(tx, source.account, &ids)? {
        if let Some(space) = announced.get(id.as_str())
            && !space.provisional
            && name == placeholder_name(&id)
        {
            store::rename_space(tx, place.space, &short_name(&space.name, &id), &space.description)?;
        }
        places.insert(id, place);
    }
    for id in ids {
        if places.contains_key(id) {
            continue;
        }
        let first = sorted.newest.iter().filter(|(_, m)| m.space == id).map(|(_, m)| m.at).min();
        let (id, place) = match announced.get(id) {
            Some(space) => {
                let at = space.created_at.or(first).unwrap_or_else(|| tx.now());
                open(tx, source, id, (&space.name, &space.description, at), space.questions)?
            }
            None => {
                let at = first.unwrap_or_else(|| tx.now());
                let name = if id.is_empty() { source.name.clone() } else { placeholder_name(id) };
                open(tx, source, id, (&name, "", at), false)?
            }
        };
        places.insert(id, place);
    }
    Ok(places)
}

fn open(
    tx: &mut Tx<'_>,
    source: &Source,
    external_id: &str,
    (name, description, at): (&str, &str, Timestamp),
    questions: bool,
) -> Result<(String, Place)> {
    let name = text::excerpt(name, 60);
    let slug = store::free_slug(tx, &text::slug(&name), &text::slug(&source.name))?;
    let visibility = Visibility::Public;
    let space = NewSpace {
        id: SpaceId(tx.mint_at(at)),
        account: source.account,
        external_id,
        slug: &slug,
        name: &name,
        description: &text::excerpt(description, 500),
        kind: if questions { "questions" } else { "discussion" },
        visibility,
        hue: 1 + (name.bytes().map(i64::from).sum::<i64>() % 8),
        created_at: at,
    };
    store::add_space(tx, &space)?;
    let mut activity = Activity::new(Verb::SpaceCreated, Actor::SYSTEM, space.id, at).seen_by(visibility);
    activity.space = Some(space.id);
    tx.record(&activity.with(json!({ "name": name })))?;
    Ok((external_id.to_owned(), Place { space: space.id, visibility, questions }))
}
