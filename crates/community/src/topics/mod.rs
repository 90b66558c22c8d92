//! Topics: conversations, wherever they happen.
//!
//! **Invariants**, true whenever a verb returns:
//! - `state` is that of the topic's first post; a topic that is not published is shown to its author and staff.
//! - `post_count` is the highest number given to a post; numbers are never given twice.
//! - `reply_count` counts published posts other than the first; `people_count` the different authors of published
//!   posts; `reaction_count` the reactions on published posts.
//! - `last_post_id`, `last_person_id` and `bumped_at` (its time) are of the published post with the highest number;
//!   without any, `bumped_at` is the time the topic was opened.
//! - `first_reply_at` is the time of the earliest published reply by a person other than the asker, programs not
//!   counted.
//! - `accepted_post_id` is a published reply or nothing.
//! - `version` rises with every change that its page shows.

mod actions;
mod edits;
mod model;
pub mod reading;
mod rules;
pub mod store;
mod tally;

pub(crate) use actions::shut;
pub use actions::{NewTopic, Opened, close, mark_question, open, reopen};
pub(crate) use edits::retitle;
pub use edits::{move_to, pin};
pub use model::{Key, List, Row, SpaceName, State, Topic};
pub use rules::{QUIET, check, may_close, may_steer, may_tidy, seen};
pub use tally::{Tally, recount};

use mainstreet_kernel::id::TopicId;

/// Where a topic's page is. The id decides; the slug is for people and may be out of date.
pub fn path(slug: &str, id: TopicId) -> String {
    format!("/t/{slug}/{id}")
}
