use mainstreet_kernel::{Actor, Error, Result};

use super::model::{Post, State, Taker};
use crate::markdown;
use crate::people::Viewer;
use crate::topics::{SpaceName, Topic};

/// The longest text of a post, in characters.
pub const BODY: usize = 32_000;
/// How many posts a page of a topic holds.
const PAGE: i64 = 20;

/// The page that holds the post with this number, from 1.
pub fn page_of(number: i64) -> i64 {
    (number.max(1) - 1) / PAGE + 1
}

/// The numbers on a page: first and last.
pub(super) fn numbers_of(page: i64) -> (i64, i64) {
    let first = (page.max(1) - 1).saturating_mul(PAGE).saturating_add(1);
    (first, first.saturating_add(PAGE - 1))
}

/// Refuses a text that is empty or too long.
pub fn check(body: &str) -> Result<()> {
    if body.trim().is_empty() {
        return Err(Error::invalid("Write something first."));
    }
    if body.chars().count() > BODY {
        return Err(Error::invalid(
            "This text is longer than 32,000 characters. Shorten it or make two posts of it.",
        ));
    }
    Ok(())
}

/// What the log keeps of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Words, quotes and code not counted.
    pub words: usize,
    /// True when there is no word beside mentions: it calls somebody and says nothing.
    pub mention_only: bool,
}

/// What the log keeps of `body`.
pub fn facts_of(body: &str) -> Facts {
    let plain = markdown::own_words(body);
    let is_word = |word: &&str| word.chars().any(char::is_alphanumeric);
    let mentions = plain.split_whitespace().filter(|word| word.starts_with('@')).filter(is_word).count();
    let words = plain.split_whitespace().filter(is_word).count();
    Facts { words, mention_only: mentions > 0 && words == mentions }
}

/// Who may write in a topic: those who see it, while it is open. Staff write in closed topics too.
pub(super) fn may_reply(actor: Actor, topic: &Topic, space: &SpaceName) -> Result<()> {
    crate::topics::seen(Viewer::from(actor), topic, space.visibility)?;
    if topic.state != State::Published && !actor.role.is_staff() {
        return Err(Error::conflict("This topic was taken away, so it takes no replies."));
    }
    if topic.closed_at.is_some() && !actor.role.is_staff() {
        return Err(Error::conflict("This topic is closed. Open a new one and link to it."));
    }
    Ok(())
}

/// Who may read a post that is not published: its author and staff. Its topic decides about the rest.
///
/// # Errors
/// `Gone`: it was taken away.
pub fn seen(viewer: Viewer, post: &Post) -> Result<()> {
    if post.state == State::Published || viewer.is(post.person) || viewer.is_staff() {
        return Ok(());
    }
    Err(Error::gone(
        "This post was taken away by its author or by a moderator. Its conversation may still be there.",
    ))
}

/// Who may change a post's text: its author, while it is published, held or hidden. What was hidden is looked at again
/// after it was changed. Staff may file it under other tags; changing others' words is an act of
/// [`crate::moderation`].
pub fn may_edit(actor: Actor, post: &Post) -> Result<()> {
    let own = actor.is(post.person)
        && (post.state == State::Published
            || actor.role.is_staff()
            || matches!(post.state, State::Held | State::Hidden) && post.state_by == Some(Taker::Staff));
    if own || actor.role.is_staff() {
        Ok(())
    } else {
        Err(Error::forbidden("Only the author or a moderator can edit this post."))
    }
}

/// Refuses staff who would change what somebody else wrote without saying which clause it broke.
pub(super) fn must_be_own(actor: Actor, post: &Post) -> Result<()> {
    if actor.is(post.person) {
        return Ok(());
    }
    Err(Error::forbidden(
        "Changing what somebody else wrote is a decision: say which clause it broke, and they are told. \
         Choose “Decide” in the menu of the post.",
    ))
}

/// Who may delete a post: its author, but not the beginning of a topic that others have replied to unless they are
/// staff.
pub fn may_take(actor: Actor, post: &Post, topic: &Topic) -> Result<()> {
    if !actor.is(post.person) {
        return Err(Error::forbidden(if actor.role.is_staff() {
            "Deleting what somebody else wrote is a decision: say which clause it broke, and they are told. \
             Choose “Decide” in the menu of the post."
        } else {
            "Only the author or a moderator can delete this post. You can flag it instead."
        }));
    }
    if post.is_first() && topic.people_count > 1 && !actor.role.is_staff() {
        return Err(Error::conflict(
            "Others have replied, so this topic stays. Ask a moderator if it must go.",
        ));
    }
    Ok(())
}

/// Who may hide a post without a clause: Mainstreet itself, until a person has looked.
pub fn may_hide(actor: Actor) -> Result<()> {
    match actor.person {
        None => Ok(()),
        Some(_) if actor.role.is_staff() => Err(Error::forbidden(
            "Hiding a post is a decision: say which clause it broke, and its author is told. Choose “Decide” in \
             the menu of the post.",
        )),
        Some(_) => Err(Error::forbidden("Only moderators can hide posts. You can flag it instead.")),
    }
}

/// Who may bring a post back: staff; its author when they took it away themselves.
pub fn may_restore(actor: Actor, post: &Post) -> Result<()> {
    let own = actor.is(post.person) && post.state == State::Deleted && post.state_by == Some(Taker::Author);
    if own || actor.role.is_staff() {
        Ok(())
    } else {
        Err(Error::forbidden("Only moderators can restore this post."))
    }
}

/// Which post can be the answer: a published reply in a topic that asks. Who: the asker and staff.
pub fn may_accept(actor: Actor, topic: &Topic, post: &Post) -> Result<()> {
    crate::topics::may_steer(actor, topic)?;
    if !topic.question {
        return Err(Error::conflict("This topic does not ask for an answer. Mark it as a question first."));
    }
    if post.is_first() || post.state != State::Published {
        return Err(Error::conflict("Only a published reply can be the answer."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_hold_twenty_numbers() {
        for (number, page) in [(0, 1), (1, 1), (20, 1), (21, 2), (40, 2), (41, 3)] {
            assert_eq!(page_of(number), page, "{number}");
        }
        assert_eq!(numbers_of(2), (21, 40));
        assert_eq!(numbers_of(-5), (1, 20));
        assert!(numbers_of(i64::MAX).0 > 0);
    }

    #[test]
    fn calling_somebody_is_not_saying_something() {
        for (body, words, mention_only) in [
            ("@ada @ben", 2, true),
            ("@ada what do you think?", 5, false),
            ("Thanks!", 1, false),
            ("> a long quote of others\n\n@ada", 1, true),
            ("```\nfn main() {}\n```", 0, false),
            ("👍", 0, false),
        ] {
            assert_eq!(facts_of(body), Facts { words, mention_only }, "{body}");
        }
    }
}
