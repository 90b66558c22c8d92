//! Old paths: links that people kept keep working.

use mainstreet_db::Tx;
use mainstreet_kernel::Result;
use mainstreet_kernel::id::{PersonId, PostId, TopicId};

use super::store;

/// Where an old path leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A conversation.
    Topic(TopicId),
    /// A post in one.
    Post(PostId),
    /// A person.
    Person(PersonId),
}

/// What `path` of an imported place was, if it is known: its own row, or, as Discourse reads its paths, the topic
/// number and post number at its end whatever stands between (`/t/any-words/12/3`, `/t/12/3`).
pub fn find_old_path(tx: &mut Tx<'_>, path: &str) -> Result<Option<Target>> {
    let path = path.trim_end_matches('/');
    if let Some(target) = store::path(tx, path)? {
        return Ok(Some(target));
    }
    let Some(rest) = path.strip_prefix("/t/") else { return Ok(None) };
    let mut numbers: Vec<&str> = rest.split('/').collect();
    if numbers.first().is_some_and(|slug| slug.parse::<u64>().is_err()) {
        numbers.remove(0);
    }
    match numbers.as_slice() {
        [topic] => store::topic_by_number(tx, topic),
        [topic, post] => match post.parse::<i64>() {
            Ok(number) => store::post_by_number(tx, topic, number),
            Err(_) => Ok(None),
        },
        _ => Ok(None),
    }
}
