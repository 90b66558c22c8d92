//! Appeals: another look by other people.

use std::str::FromStr;

use mainstreet_community::moderation::{self, Act, Back};
use mainstreet_community::notices::{self, About};
use mainstreet_db::Tx;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::{AppealId, DecisionId, PersonId};
use mainstreet_kernel::{Activity, Actor, Error, Result, Timestamp, Verb, Visibility};
use serde_json::json;

use super::model::Decision;
use super::reversal::reverse;
use super::store;
use crate::audit::{self, What};
use crate::signals;

/// An appeal can be made for so long after the decision.
pub const APPEAL_TIME: i64 = 30 * DAY;
/// It is decided within this time.
pub const ANSWER_TIME: i64 = 7 * DAY;

/// What has become of an appeal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppealState {
    /// It waits for somebody else to look.
    Open,
    /// The decision stands.
    Upheld,
    /// The decision was wrong, and all it did was taken back.
    Overturned,
}

impl AppealState {
    /// The word stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Upheld => "upheld",
            Self::Overturned => "overturned",
        }
    }
}

impl FromStr for AppealState {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        [Self::Open, Self::Upheld, Self::Overturned]
            .into_iter()
            .find(|state| state.as_str() == word)
            .ok_or_else(|| Error::invalid("An appeal is open, upheld or overturned."))
    }
}

/// A member's wish that a decision is looked at again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appeal {
    /// Which.
    pub id: AppealId,
    /// The decision.
    pub decision: DecisionId,
    /// Who asks.
    pub person: PersonId,
    /// Their words.
    pub words: String,
    /// What has become of it.
    pub state: AppealState,
    /// When it was made.
    pub opened_at: Timestamp,
    /// Until when it is to be decided.
    pub due_at: Timestamp,
    /// When it was.
    pub decided_at: Option<Timestamp>,
    /// What the member was told.
    pub answer: String,
}

/// What somebody of staff says on an appeal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voice {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// True: the decision was wrong.
    pub overturn: bool,
    /// Why.
    pub why: String,
    /// When.
    pub at: Timestamp,
}

/// What came of speaking on an appeal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// It is noted; somebody else has to speak too.
    Noted,
    /// The appeal is decided.
    Decided(AppealState),
}

/// A member appeals. `person` is who they are, by their session or by the link of the mail.
///
/// # Errors
/// `Forbidden` for others, `Conflict` when it is too late, was taken back, or was appealed before.
pub fn open(tx: &mut Tx<'_>, person: PersonId, decision: DecisionId, words: &str) -> Result<AppealId> {
    let decision = store::find(tx, decision)?;
    if decision.person != person {
        return Err(Error::forbidden("Only the person whom a decision concerns can appeal."));
    }
    let words = words.trim();
    if words.is_empty() || words.chars().count() > 2_000 {
        return Err(Error::invalid("Say in at most 2,000 characters what was judged wrongly."));
    }
    if !decision.act.restricts() || decision.undone_at.is_some() {
        return Err(Error::conflict(
            "This decision restricts nothing any more, so there is nothing to appeal.",
        ));
    }
    if tx.now().since(decision.at) > APPEAL_TIME {
        return Err(Error::conflict(
            "An appeal can be made within 30 days of a decision. Write to the team instead.",
        ));
    }
    let id = AppealId(tx.mint());
    let due = tx.now().plus(ANSWER_TIME);
    store::insert_appeal(tx, id, &decision, words, due)?;
    let mut activity = Activity::new(
        Verb::AppealOpened,
        Actor::signed_in(person, mainstreet_kernel::Role::Member),
        id,
        tx.now(),
    )
    .to(person)
    .seen_by(Visibility::Staff);
    activity.parent = Some(decision.id.0);
    activity.space = decision.space;
    tx.record(&activity)?;
    let appeal = store::find_appeal(tx, id)?;
    audit::note(tx, Some(person), What::Appealed, &decision)?;
    signals::appeals::appealed(tx, &appeal, &decision)?;
    let said = "We have your appeal. Somebody who did not make the decision answers it within 7 days.";
    notices::tell(tx, person, About::Appeal, decision.id.0, said)?;
    Ok(id)
}

/// How many people must say the same.
pub fn needed(act: Act) -> usize {
    if act == Act::Ban { 2 } else { 1 }
}

/// May `actor` speak on this appeal: staff of the space who did not make the decision and whom it does not concern.
///
/// # Errors
/// `Forbidden` with the reason.
fn may_speak(tx: &mut Tx<'_>, actor: Actor, decision: &Decision) -> Result<PersonId> {
    let person = actor
        .person
        .filter(|_| actor.role.is_staff())
        .ok_or_else(|| Error::forbidden("Appeals are decided by the people who run this community."))?;
    if decision.by == Some(person) {
        return Err(Error::forbidden("You made this decision. Somebody else looks at the appeal."));
    }
    if decision.person == person {
        return Err(Error::forbidden("This is about you. Somebody else looks at the appeal."));
    }
    if let Some(space) = decision.space {
        moderation::must_cover(tx, actor, space)?;
    }
    Ok(person)
}

/// Somebody of staff says whether the decision was right. When as many as needed say the same, that decides.
///
/// # Errors
/// `Forbidden` for who decided, for the person concerned and for moderators of other spaces; `Invalid` without a
/// reason; `Conflict` when it is decided, or this person has spoken.
pub fn speak(tx: &mut Tx<'_>, actor: Actor, id: AppealId, overturn: bool, why: &str) -> Result<Speech> {
    let appeal = store::hold_appeal(tx, id)?;
    let decision = store::find(tx, appeal.decision)?;
    let person = may_speak(tx, actor, &decision)?;
    let why = why.trim();
    if why.is_empty() || why.chars().count() > 2_000 {
        return Err(Error::invalid("Give the reason in at most 2,000 characters. The member reads it."));
    }
    if appeal.state != AppealState::Open {
        return Err(Error::conflict("This appeal is decided already."));
    }
    store::insert_voice(tx, id, person, overturn, why)?;
    audit::note(tx, Some(person), What::Spoken, &decision)?;
    let voices = store::voices(tx, id)?;
    if voices.iter().filter(|voice| voice.overturn == overturn).count() < needed(decision.act) {
        signals::appeals::spoken(tx, actor, id, overturn)?;
        return Ok(Speech::Noted);
    }
    let state = if overturn { AppealState::Overturned } else { AppealState::Upheld };
    store::end_appeal(tx, id, state, why)?;
    audit::note(tx, Some(person), What::Answered, &decision)?;
    let back = if overturn { reverse(tx, actor, &decision, why, true)? } else { Back::Whole };
    let said = match (state, back) {
        (AppealState::Overturned, Back::LaterStand) => {
            "Your appeal was right: the decision is taken back, with all it did. A later decision still stands, \
             with a statement of its own."
        }
        (AppealState::Overturned, Back::Whole) => {
            "Your appeal was right: the decision is taken back, with all it did."
        }
        _ => "Your appeal was looked at by somebody else: the decision stands.",
    };
    notices::tell(tx, decision.person, About::Appeal, decision.id.0, said)?;
    let mut activity = Activity::new(Verb::AppealDecided, actor, id, tx.now())
        .to(decision.person)
        .seen_by(Visibility::Staff);
    activity.parent = Some(decision.id.0);
    activity.space = decision.space;
    tx.record(&activity.with(json!({ "overturned": overturn })))?;
    signals::appeals::decided(tx, actor, id, state)?;
    Ok(Speech::Decided(state))
}

/// What was said on an appeal, oldest first.
pub fn voices_on(tx: &mut Tx<'_>, id: AppealId) -> Result<Vec<Voice>> {
    store::voices(tx, id)
}

/// Appeals that wait, the one due first first, each with its decision.
pub fn queue(tx: &mut Tx<'_>) -> Result<Vec<(Appeal, Decision)>> {
    let open = store::open_appeals(tx)?;
    open.into_iter().map(|appeal| Ok((appeal.clone(), store::find(tx, appeal.decision)?))).collect()
}
