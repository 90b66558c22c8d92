//! A topic's counts, from its posts alone.

use std::collections::HashSet;

use mainstreet_db::Tx;
use mainstreet_kernel::id::{PersonId, PostId, TopicId};
use mainstreet_kernel::{ActorClass, Result, Timestamp};

use super::model::{State, Topic};
use super::store;

/// As much of a post as counting needs.
#[derive(Clone, Debug)]
pub(crate) struct Slim {
    pub(crate) id: PostId,
    pub(crate) number: i64,
    pub(crate) person: PersonId,
    pub(crate) class: ActorClass,
    pub(crate) state: State,
    pub(crate) created_at: Timestamp,
    pub(crate) reactions: i64,
}

/// A topic's counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Published posts, the first included.
    pub published: i64,
    /// Published replies.
    pub replies: i64,
    /// Different authors of published posts.
    pub people: i64,
    /// Reactions on published posts.
    pub reactions: i64,
    /// The published post with the highest number: itself, its author, its time.
    pub last: Option<(PostId, PersonId, Timestamp)>,
    /// When a person other than the asker first replied.
    pub first_reply_at: Option<Timestamp>,
}

impl Tally {
    /// Counts `posts`, which are in the order of their numbers; `asker` opened the topic.
    pub(crate) fn of(asker: PersonId, posts: &[Slim]) -> Self {
        let published = || posts.iter().filter(|post| post.state == State::Published);
        let replies = || published().filter(|post| post.number > 1);
        Self {
            published: published().count() as i64,
            replies: replies().count() as i64,
            people: published().map(|post| post.person).collect::<HashSet<_>>().len() as i64,
            reactions: published().map(|post| post.reactions).sum(),
            last: published().next_back().map(|post| (post.id, post.person, post.created_at)),
            first_reply_at: replies()
                .filter(|post| post.person != asker && counts_as_reply(post.class))
                .map(|post| post.created_at)
                .min(),
        }
    }
}

/// A person's answer is a reply; a program's is not (metric `first_response`).
pub(crate) fn counts_as_reply(class: ActorClass) -> bool {
    matches!(class, ActorClass::Member | ActorClass::Staff)
}

/// Counts a topic anew from its posts and raises its version. Answers the counts.
pub fn recount(tx: &mut Tx<'_>, topic: &Topic) -> Result<Tally> {
    let tally = tally(tx, topic.id, topic.person)?;
    store::set_tally(tx, topic, &tally)?;
    Ok(tally)
}

pub(super) fn tally(tx: &mut Tx<'_>, topic: TopicId, asker: PersonId) -> Result<Tally> {
    Ok(Tally::of(asker, &store::slim_posts(tx, topic)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(number: i64, person: i64, class: ActorClass, state: State) -> Slim {
        let (id, person, created_at) = (PostId(number), PersonId(person), Timestamp(number * 10));
        Slim { id, number, person, class, state, created_at, reactions: 2 }
    }

    #[test]
    fn only_published_posts_count_and_only_people_answer() {
        let tally = Tally::of(
            PersonId(1),
            &[
                post(1, 1, ActorClass::Member, State::Published),
                post(2, 9, ActorClass::Bot, State::Published),
                post(3, 1, ActorClass::Member, State::Published),
                post(4, 2, ActorClass::Member, State::Hidden),
                post(5, 3, ActorClass::Staff, State::Published),
                post(6, 2, ActorClass::Member, State::Deleted),
            ],
        );
        assert_eq!((tally.published, tally.replies, tally.people, tally.reactions), (4, 3, 3, 8));
        assert_eq!(tally.last, Some((PostId(5), PersonId(3), Timestamp(50))));
        assert_eq!(tally.first_reply_at, Some(Timestamp(50)));
    }
}
