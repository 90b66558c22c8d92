//! Every SQL string of the intake.

mod lookups;
mod people;
mod places;
mod posts;
mod reactions;
mod topics;

use mainstreet_db::{Tx, Value};
use mainstreet_kernel::Result;

pub(super) use lookups::{KnownPost, known_posts, numbers};
pub(super) use people::{
    Identity, NewPerson, add_people, by_handles, count_accepted, count_posts, have_joined, identities,
    set_joined, update_person,
};
pub(super) use places::{
    NewSpace, account, add_account, add_space, count_space, free_slug, place, rename_space,
    set_question_spaces, space_by_slug, spaces,
};
pub(super) use posts::{
    add_mentions, add_originals, add_paths, add_posts, count_reply, edit_post, set_state, update_original,
};
pub(super) use reactions::{add_reactions, set_reaction, sum_reactions};
pub(super) use topics::{mark_questions, save_topics, set_tags, slim_posts, topics, unmarked_questions};

/// Values in one `IN (…)`.
const PART: usize = 256;

/// Calls `each` with parts of `values` as parameters and the placeholders for them, beginning at `$first`. Parts are
/// filled up to a power of two with their last value: statements are cached by their text, and this keeps them few.
fn in_parts<T: Clone + Into<Value>>(
    tx: &mut Tx<'_>,
    values: &[T],
    first: usize,
    mut each: impl FnMut(&mut Tx<'_>, &str, &[Value]) -> Result<()>,
) -> Result<()> {
    for part in values.chunks(PART) {
        let mut part: Vec<Value> = part.iter().cloned().map(Into::into).collect();
        if let Some(last) = part.last().cloned() {
            part.resize(part.len().next_power_of_two(), last);
            each(tx, &mainstreet_db::placeholders(first, part.len()), &part)?;
        }
    }
    Ok(())
}
