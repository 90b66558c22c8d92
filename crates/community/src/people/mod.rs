//! People: one row per person, wherever they were seen; an identity for each account they have on a channel.
//!
//! A *member* is a person who can sign in here (`accounts`). Imported people have identities and no member row.
//! **Invariants:** `post_count` counts a person's published posts, whatever became of their topics;
//! `accepted_count` the accepted answers they gave to other people's questions; `last_post_at` is the time of
//! their latest published post.

mod model;
pub mod store;

pub use model::{Face, Handles, Identity, Profile, Viewer};

use mainstreet_kernel::id::PersonId;

/// Where a person's page is.
pub fn path(person: PersonId) -> String {
    format!("/people/{person}")
}
