//! What lies in the pile for somebody, and what came of it so far.

use mainstreet_db::Tx;
use mainstreet_kernel::id::{EntryId, PersonId, TopicId};
use mainstreet_kernel::{Actor, Day, Error, Result, Timestamp};

use super::draw::place;
use super::model::Review;
use super::store;
use crate::metrics::rates::Share;
use crate::moderation::covered;

/// A post to judge, as its judge sees it: nothing about who wrote it or what others thought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Which.
    pub id: EntryId,
    /// The conversation's title.
    pub topic: String,
    /// The name of its space.
    pub space: String,
    /// True when the post begins the conversation.
    pub opens: bool,
    /// The text as it was, our Markdown.
    pub body: String,
    /// When it was written.
    pub written_at: Timestamp,
    /// Posts before it, oldest first, our Markdown: the conversation's first and the last two before it.
    pub before: Vec<String>,
}

/// How a week's sample stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Week {
    /// Its Monday.
    pub monday: Day,
    /// The seed it was drawn with.
    pub seed: i64,
    /// How many posts it was drawn from.
    pub published: i64,
    /// How many were drawn.
    pub drawn: u64,
    /// How many somebody has judged.
    pub judged: u64,
    /// Of them, how many break a clause.
    pub broke: u64,
    /// How many could not be told.
    pub unclear: u64,
}

impl Week {
    /// Breaches of those that could be told.
    pub fn prevalence(&self) -> Share {
        Share::new(self.broke, self.judged.saturating_sub(self.unclear))
    }
}

fn reviewer(actor: Actor) -> Result<PersonId> {
    actor
        .person
        .filter(|_| actor.role.is_staff())
        .ok_or_else(|| Error::forbidden("Only the people who run this community judge posts blind."))
}

fn waiting(tx: &mut Tx<'_>, actor: Actor) -> Result<Vec<EntryId>> {
    let person = reviewer(actor)?;
    let spaces = covered(tx, actor)?;
    let mut open: Vec<EntryId> = store::open_for(tx, person)?
        .into_iter()
        .filter(|(_, space)| spaces.is_empty() || spaces.contains(space))
        .map(|(id, _)| id)
        .collect();
    open.sort_by_key(|id| place(person.0, id.0));
    Ok(open)
}

/// How many posts this person can judge now.
///
/// # Errors
/// `Forbidden` for those who do not work in the desk.
pub fn left(tx: &mut Tx<'_>, actor: Actor) -> Result<usize> {
    Ok(waiting(tx, actor)?.len())
}

/// The next post for this person; each meets the pile in an order of their own. Samples and second looks look alike.
///
/// # Errors
/// As [`left`].
pub fn next(tx: &mut Tx<'_>, actor: Actor) -> Result<Option<Card>> {
    let Some(id) = waiting(tx, actor)?.first().copied() else { return Ok(None) };
    let review = store::find(tx, id)?;
    card(tx, &review).map(Some)
}

fn card(tx: &mut Tx<'_>, review: &Review) -> Result<Card> {
    let shown = store::shown(tx, review.post)?;
    let body = store::text_of(tx, review.post, review.version)?;
    let mut before = Vec::new();
    if shown.number > 1 {
        let from = (shown.number - 2).max(2);
        before.extend(store::text_at(tx, shown.topic, 1, 2)?);
        before.extend(store::text_at(tx, shown.topic, from, shown.number)?);
    }
    Ok(Card {
        id: review.id,
        topic: shown.title,
        space: shown.space,
        opens: shown.number == 1,
        body,
        written_at: shown.written_at,
        before,
    })
}

/// The samples of the last `limit` weeks, latest first.
pub fn weeks(tx: &mut Tx<'_>, limit: usize) -> Result<Vec<Week>> {
    store::weeks(tx, limit)
}

/// Second looks that differ from the first, latest first, for the team to talk over: the review, and the title of the
/// conversation. Moderators of some spaces see what lies there.
///
/// # Errors
/// As [`left`].
pub fn disagreements(tx: &mut Tx<'_>, actor: Actor, limit: usize) -> Result<Vec<(Review, String)>> {
    reviewer(actor)?;
    let spaces = covered(tx, actor)?;
    let all = store::differing(tx)?;
    all.into_iter()
        .filter(|review| spaces.is_empty() || spaces.contains(&review.space))
        .take(limit)
        .map(|review| {
            let title = store::shown(tx, review.post)?.title;
            Ok((review, title))
        })
        .collect()
}

/// What is shown of a post.
pub(super) struct Shown {
    pub topic: TopicId,
    pub title: String,
    pub space: String,
    pub number: i64,
    pub written_at: Timestamp,
}

impl Card {
    /// True when something stands before it.
    pub fn has_context(&self) -> bool {
        !self.before.is_empty()
    }
}
