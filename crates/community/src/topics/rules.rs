use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::{Actor, Error, FieldErrors, Result, Timestamp, Visibility};

use super::model::{State, Topic};
use crate::people::Viewer;

/// Longest title, in characters.
const TITLE: usize = 200;

/// Mistakes in the form of a new topic or an edit of one, by field.
pub fn check(title: &str, body: &str, tags: &[String]) -> FieldErrors {
    let mut errors = FieldErrors::default();
    match title.trim().chars().count() {
        0..3 => errors.add("title", "Give the topic a title of at least three characters."),
        length if length > TITLE => errors.add("title", "Keep the title under 200 characters."),
        _ => {}
    }
    if let Err(error) = crate::posts::check(body) {
        errors.add("body", error.safe.into_owned());
    }
    if let Err(error) = crate::tags::check(tags) {
        errors.add("tags", error.safe.into_owned());
    }
    errors
}

/// The first mistake as an error.
pub(super) fn refuse(errors: &FieldErrors) -> Result<()> {
    match errors.0.values().next() {
        None => Ok(()),
        Some(first) => Err(Error::invalid(first.clone())),
    }
}

/// Who may read a topic: those who see its space; one that is not published only its author and staff.
pub fn seen(viewer: Viewer, topic: &Topic, space: Visibility) -> Result<()> {
    let published = topic.state == State::Published || viewer.is(topic.person) || viewer.is_staff();
    match (viewer.sees(space), published) {
        (true, true) => Ok(()),
        (true, false) => Err(Error::gone("This topic was taken away by its author or by a moderator.")),
        (false, _) => Err(Error::not_found("There is no such topic.")),
    }
}

/// Who may accept answers and say whether a topic is a question: who opened it, and staff.
pub fn may_steer(actor: Actor, topic: &Topic) -> Result<()> {
    if actor.is(topic.person) || actor.role.is_staff() {
        Ok(())
    } else {
        Err(Error::forbidden("Only the person who opened this topic or a moderator can do that."))
    }
}

/// A topic in which nobody has written for so long is over. Our own number.
pub const QUIET: i64 = 30 * DAY;

/// Who may close a topic without citing a clause: staff, when its matter is over or it is their own, so that closing
/// it takes the word from nobody.
pub fn may_tidy(actor: Actor, topic: &Topic, now: Timestamp) -> Result<()> {
    may_close(actor)?;
    let over = topic.is_solved() || now.since(topic.bumped_at) >= QUIET;
    if over || actor.is(topic.person) {
        return Ok(());
    }
    Err(Error::forbidden(
        "People still talk here, so closing it is a decision: lock it, saying which clause was broken. Topics with \
         an answer, or quiet for 30 days, are closed without one.",
    ))
}

/// Who may reopen, pin and move: staff.
pub fn may_close(actor: Actor) -> Result<()> {
    if actor.role.is_staff() { Ok(()) } else { Err(Error::forbidden("Only moderators can do that.")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn wrong(title: &str, body: &str, tags: usize, expect: &[&str]) {
        let tags: Vec<String> = (0..tags).map(|n| format!("tag{n}")).collect();
        let found = check(title, body, &tags);
        assert_eq!(found.0.keys().copied().collect::<Vec<_>>(), expect, "{found:?}");
    }

    #[test]
    fn mistakes_are_named_by_field() {
        wrong("Third clamp always low", "It reads low.", 2, &[]);
        wrong(" ", "It reads low.", 0, &["title"]);
        wrong("Third clamp", "  \n", 6, &["body", "tags"]);
        wrong(&"long ".repeat(60), &"x".repeat(32_001), 0, &["body", "title"]);
    }
}
