//! Flags: a member says that a post needs looking at; staff decide.
//!
//! **Invariants.** A person has at most one flag on a post; after a decision they may raise it again once the post
//! was edited or a day has passed. The author is not told who flagged. `flag.created` and `flag.decided` have the
//! post as object, the flag as parent, and the post's author as subject.

mod store;
pub mod weights;

use mainstreet_db::Tx;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::{FlagId, PersonId, PostId};
use mainstreet_kernel::{Activity, Actor, Error, Result, Timestamp, Verb, Visibility};
use serde_json::json;

use crate::notices::{self, About};
use crate::posts::{self, Author};
use crate::topics::{self, State};

pub use store::{find, of_post, open_on, score, upheld_scores};

/// Why a post needs looking at: the word stored and the words shown.
pub const REASONS: &[(&str, &str)] = &[
    ("spam", "It is spam or advertising"),
    ("harassment", "It attacks or insults somebody"),
    ("off_topic", "It does not belong here"),
    ("wrong", "It is wrong or dangerous advice"),
    ("other", "Something else"),
];

/// A member's word that a post needs looking at.
#[derive(Clone, Debug, PartialEq)]
pub struct Flag {
    /// Which.
    pub id: FlagId,
    /// The post.
    pub post: PostId,
    /// Who raised it.
    pub person: PersonId,
    /// One of [`REASONS`].
    pub reason: String,
    /// What they added; may be empty.
    pub note: String,
    /// What it weighs, see [`weights`].
    pub weight: f64,
    /// Nothing while it waits; then whether staff agreed.
    pub upheld: Option<bool>,
    /// When it was raised.
    pub created_at: Timestamp,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// By whom.
    pub decided_by: Option<PersonId>,
}

/// Raises a flag. Errors: an unknown reason; an overlong note; one's own post; a post that is gone; raised before
/// and nothing has changed since.
pub fn raise(tx: &mut Tx<'_>, actor: Actor, post: PostId, reason: &str, note: &str) -> Result<FlagId> {
    let author = Author::taking_part(tx, actor)?;
    let note = note.trim();
    if !REASONS.iter().any(|known| known.0 == reason) {
        return Err(Error::invalid("Choose a reason from the list."));
    }
    if note.chars().count() > 1_000 {
        return Err(Error::invalid("Keep the note under 1,000 characters."));
    }
    let topic = posts::store::find(tx, post)?.topic;
    let (topic, space) = topics::store::hold(tx, topic)?;
    topics::seen(actor.into(), &topic, space.visibility)?;
    let post = posts::store::find(tx, post)?;
    if post.state != State::Published {
        return Err(Error::conflict("This post is gone already. Thank you for looking out."));
    }
    if actor.is(post.person) {
        return Err(Error::forbidden("This is your own post. You can edit or delete it."));
    }
    let weight = weights::weight(store::flagger(tx, author.person)?, reason);
    let id = match store::by(tx, post.id, author.person)? {
        None => {
            let id = FlagId(tx.mint());
            store::insert(tx, id, post.id, author.person, (reason, note, weight))?;
            id
        }
        Some(before) => {
            let again = before.decided_at.is_some_and(|at| {
                tx.now().since(at) >= DAY || post.edited_at.is_some_and(|edited| edited > at)
            });
            if !again {
                return Err(Error::conflict("You have flagged this post. A moderator looks at it, or has."));
            }
            store::reopen(tx, before.id, (reason, note, weight))?;
            before.id
        }
    };
    let mut activity = Activity::new(Verb::FlagCreated, actor, post.id, tx.now())
        .within(topic.id, topic.space)
        .to(post.person)
        .seen_by(Visibility::Staff)
        .with(json!({ "reason": reason, "weight": weight }));
    activity.parent = Some(id.0);
    tx.record(&activity)?;
    Ok(id)
}

/// Decides a flag: staff agree or not. What becomes of the post is another act. Errors: not staff; decided already.
pub fn decide(tx: &mut Tx<'_>, actor: Actor, id: FlagId, upheld: bool) -> Result<()> {
    if !actor.role.is_staff() {
        return Err(Error::forbidden("Only moderators decide on flags."));
    }
    let flag = store::find(tx, id)?;
    let post = posts::store::find(tx, flag.post)?;
    let topic = topics::store::find(tx, post.topic)?;
    crate::moderation::must_cover(tx, actor, topic.space)?;
    store::decide(tx, id, upheld, actor.person)?;
    let mut activity = Activity::new(Verb::FlagDecided, actor, post.id, tx.now())
        .within(topic.id, topic.space)
        .to(post.person)
        .seen_by(Visibility::Staff)
        .with(json!({ "upheld": upheld, "reason": flag.reason, "flagger": flag.person.to_string() }));
    activity.parent = Some(id.0);
    tx.record(&activity)?;
    if actor.is(flag.person) {
        return Ok(());
    }
    let said = if upheld {
        "Thank you for looking out: a moderator agreed with your flag and has acted on it."
    } else {
        "Thank you for looking out: a moderator looked at what you flagged and found that it may stay."
    };
    notices::tell(tx, flag.person, About::Flag, post.id.0, said)
}

/// Takes the decision on a flag back: it waits again. Only with the act that decided it. Errors: not staff.
pub fn undecide(tx: &mut Tx<'_>, actor: Actor, id: FlagId) -> Result<()> {
    may_judge(actor)?;
    let flag = store::find(tx, id)?;
    notices::take_back(tx, flag.person, About::Flag, flag.post.0)?;
    store::undecide(tx, id)
}

/// A flag that was upheld turned out wrong: an appeal against what came of it was right. Errors: not staff.
pub fn turn(tx: &mut Tx<'_>, actor: Actor, id: FlagId) -> Result<()> {
    may_judge(actor)?;
    let flag = store::find(tx, id)?;
    if flag.upheld != Some(true) {
        return Ok(());
    }
    undecide(tx, actor, id)?;
    decide(tx, actor, id, false)
}

fn may_judge(actor: Actor) -> Result<()> {
    if actor.role.is_staff() { Ok(()) } else { Err(Error::forbidden("Only moderators decide on flags.")) }
}
