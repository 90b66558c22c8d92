//! Tags: labels on topics. **Invariant:** `topic_count` counts published topics.

pub mod store;

use mainstreet_db::Tx;
use mainstreet_kernel::id::{TagId, TopicId};
use mainstreet_kernel::{Error, Result, text};

/// The most tags a topic can have.
pub const LIMIT: usize = 5;

/// A label on topics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Which.
    pub id: TagId,
    /// Its part of an address.
    pub slug: String,
    /// The name shown.
    pub name: String,
    /// Published topics that have it.
    pub topic_count: i64,
}

/// What a person typed, cut at commas, as names of tags: trimmed, no twins, at most [`LIMIT`] of 30 characters.
pub fn read(typed: &str) -> Result<Vec<String>> {
    check(&typed.split(',').map(str::to_owned).collect::<Vec<_>>())
}

/// `names` trimmed and without twins. Errors: too many, or one too long.
pub fn check(names: &[String]) -> Result<Vec<String>> {
    let mut kept: Vec<String> = Vec::new();
    for name in names {
        let name = name.trim().trim_start_matches('#').to_lowercase();
        if name.is_empty() || kept.iter().any(|other| text::slug(other) == text::slug(&name)) {
            continue;
        }
        if name.chars().count() > 30 {
            return Err(Error::invalid("A tag has at most 30 characters."));
        }
        kept.push(name);
    }
    if kept.len() > LIMIT {
        return Err(Error::invalid("A topic has at most five tags."));
    }
    Ok(kept)
}

/// Gives a topic exactly these tags. `published` says whether the topic counts. True when something changed.
pub(crate) fn set(tx: &mut Tx<'_>, topic: TopicId, names: &[String], published: bool) -> Result<bool> {
    let before: Vec<TagId> = store::of_topic(tx, topic)?.into_iter().map(|tag| tag.id).collect();
    let mut after = Vec::new();
    for name in names {
        after.push(store::find_or_add(tx, &text::slug(name), name)?);
    }
    after.sort_unstable();
    let weight = i64::from(published);
    for gone in before.iter().filter(|id| !after.contains(id)) {
        store::detach(tx, topic, *gone)?;
        store::count(tx, *gone, -weight)?;
    }
    for new in after.iter().filter(|id| !before.contains(id)) {
        store::attach(tx, topic, *new)?;
        store::count(tx, *new, weight)?;
    }
    Ok(before.len() != after.len() || before.iter().any(|id| !after.contains(id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_tags_become_names() {
        for (typed, expect) in [
            ("arm, Pi ,, #Linux", Some(vec!["arm", "pi", "linux"])),
            ("arm, ARM", Some(vec!["arm"])),
            ("", Some(vec![])),
            ("a,b,c,d,e,f", None),
            ("an unreasonably long tag for a topic", None),
        ] {
            assert_eq!(
                read(typed).ok(),
                expect.map(|tags| tags.into_iter().map(str::to_owned).collect()),
                "{typed}"
            );
        }
    }
}
