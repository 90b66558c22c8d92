//! What is here already of a batch's messages.

use std::collections::HashMap;

use mainstreet_db::Tx;
use mainstreet_kernel::Result;
use mainstreet_kernel::channel::IncomingMessage;

use super::faces::other_place;
use super::model::Source;
use super::store::{self, KnownPost};

/// Posts of the batch that are here.
pub(super) struct Known {
    /// By external id.
    pub(super) posts: HashMap<String, KnownPost>,
}

/// Looks the messages up.
///
/// # Errors
/// `Conflict` when most of those that are known were written at another time: then it is another place that gives
/// its messages the same ids. (A single time that differs is a time that somebody corrected.)
pub(super) fn look_up(
    tx: &mut Tx<'_>,
    source: &Source,
    messages: &[(usize, &IncomingMessage)],
) -> Result<Known> {
    let ids: Vec<&str> = messages.iter().map(|(_, message)| message.external_id.as_str()).collect();
    let posts = store::known_posts(tx, source.account, &ids)?;
    let differ = |message: &IncomingMessage| {
        posts.get(&message.external_id).is_some_and(|post| post.created_at != message.at)
    };
    let strangers = messages.iter().filter(|(_, message)| differ(message)).count();
    if strangers * 2 > posts.len() {
        return Err(other_place(source));
    }
    Ok(Known { posts })
}
