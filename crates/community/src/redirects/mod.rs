//! Old addresses of imported places and where their things are now.

mod store;

use mainstreet_db::Tx;
use mainstreet_kernel::Result;
use mainstreet_kernel::id::{PersonId, PostId, TopicId};

use crate::{people, posts, topics};

/// Where the thing that used to be at `path` (with or without its `query`) is now, or nothing. Tries the whole
/// address first, then the path, then the path without its last part: `/t/slug/12/3` finds `/t/slug/12`.
pub fn find(tx: &mut Tx<'_>, path: &str, query: Option<&str>) -> Result<Option<String>> {
    let trimmed = path.trim_end_matches('/');
    let mut candidates = Vec::new();
    if let Some(query) = query {
        candidates.push(format!("{trimmed}?{query}"));
    }
    candidates.push(trimmed.to_owned());
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
