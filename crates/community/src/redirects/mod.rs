//! Old addresses of imported places and where their things are now.

mod store;

use mainstreet_db::Tx;
use mainstreet_kernel::Result;
use mainstreet_kernel::id::{PersonId, PostId, TopicId};

use crate::{people, posts, topics};

/// Where the thing that used to be at `path` (with or without its `query`) is now, or nothing. Tries the whole
/// address first, then the path; then, as Discourse reads its paths, the topic's number and the post's at its end,
/// whatever words stand before them (`/t/any-words/12/3`, `/t/12/3`); then the path without its last part:
/// `/t/slug/12/3` finds `/t/slug/12`.
pub fn find(tx: &mut Tx<'_>, path: &str, query: Option<&str>) -> Result<Option<String>> {
    let trimmed = path.trim_end_matches('/');
    let mut candidates = Vec::new();
    if let Some(query) = query {
        candidates.push(format!("{trimmed}?{query}"));
    }
    candidates.push(trimmed.to_owned());
    for candidate in &candidates {
        if let Some((kind, id)) = store::target(tx, candidate)? {
            return place(tx, &kind, id);
        }
    }
    if let Some((kind, id)) = by_numbers(tx, trimmed)? {
        return place(tx, kind, id);
    }
    candidates.clear();
    let shorter = trimmed.rsplit_once('/').filter(|(_, last)| last.bytes().all(|byte| byte.is_ascii_digit()));
    if let Some((rest, _)) = shorter.filter(|(rest, _)| rest.len() > 2) {
        candidates.push(rest.to_owned());
    }
    for candidate in candidates {
        if let Some((kind, id)) = store::target(tx, &candidate)? {
            return place(tx, &kind, id);
        }
    }
    Ok(None)
}

fn by_numbers(tx: &mut Tx<'_>, path: &str) -> Result<Option<(&'static str, i64)>> {
    let Some(rest) = path.strip_prefix("/t/") else { return Ok(None) };
    let parts: Vec<&str> = rest.split('/').collect();
    let number = |part: &&str| part.parse::<i64>().ok().filter(|number| *number > 0);
    let numbers: Vec<i64> = parts.iter().rev().map_while(number).collect();
    match (parts.len(), numbers.as_slice()) {
        (1, [topic]) | (2, [topic]) => Ok(store::topic_numbered(tx, *topic)?.map(|id| ("topic", id))),
        (2 | 3, [post, topic, ..]) => Ok(store::post_numbered(tx, *topic, *post)?.map(|id| ("post", id))),
        _ => Ok(None),
    }
}

fn place(tx: &mut Tx<'_>, kind: &str, id: i64) -> Result<Option<String>> {
    Ok(match kind {
        "topic" => Some(topics::store::find(tx, TopicId(id))?.path()),
        "post" => {
            let post = posts::store::find(tx, PostId(id))?;
            Some(topics::store::find(tx, post.topic)?.path_to(post.number))
        }
        "person" => Some(people::path(PersonId(id))),
        "space" => store::slug_of_space(tx, id)?.map(|slug| format!("/c/{slug}")),
        "tag" => store::slug_of_tag(tx, id)?.map(|slug| format!("/tags/{slug}")),
        _ => None,
    })
}
