//! A morning's work of the team at the desk, so that a demonstration's inbox is one that people have worked in:
//! something welcomed, given to somebody, noted, asked of an owner, put off, and the rest still to do.

use mainstreet_community::moderation::{Act, Target};
use mainstreet_db::{Db, Tx};
use mainstreet_desk::escalations::{self, Question};
use mainstreet_desk::metrics::clocks::Population;
use mainstreet_desk::metrics::figures::Query;
use mainstreet_desk::metrics::moderation::rows;
use mainstreet_desk::moderation::Source;
use mainstreet_desk::rules::live as rules;
use mainstreet_desk::signals::lists::{self, Filter};
use mainstreet_desk::signals::{self, Cause, Outcome, Sight, Signal, State};
use mainstreet_desk::triage::Owner;
use mainstreet_kernel::clock::{DAY, HOUR};
use mainstreet_kernel::id::PostId;
use mainstreet_kernel::{Actor, Error, Kind, Result, Role, Zone};

use super::governance;
use super::story::Story;

/// Lets the team of `story` work through a part of the inbox.
pub(crate) fn work(db: &Db, story: &Story) -> Result<()> {
    let actor = |role: Role, place: usize| {
        let cast = story.cast();
        let of_role: Vec<_> = cast.iter().filter(|(.., known)| *known == role).collect();
        of_role.get(place).map(|(person, ..)| Actor::signed_in(*person, role))
    };
    let team = (actor(Role::Manager, 0), actor(Role::Moderator, 0), actor(Role::Moderator, 1));
    let (Some(manager), Some(first), Some(second)) = team else { return Ok(()) };
    db.write_now(move |tx| {
        rules::sweep(tx)?;
        signals::sweep(tx)?;
        found_blind(tx, manager, second)?;
        morning(tx, manager, first, second)
    })
}

/// What the blind samples of the last weeks brought up: three posts are put out of sight, with the reason.
fn found_blind(tx: &mut Tx<'_>, manager: Actor, moderator: Actor) -> Result<()> {
    let (now, zone) = (tx.now(), Zone::utc());
    let from = now.plus(-28 * DAY);
    let query = Query { from, to: now, now, zone, space: None, population: Population::Question };
    let found = rows(tx, &query, "prevalence-unreported", manager, None)?;
    for post in found.iter().filter_map(|row| row.post).take(3) {
        let order =
            governance::order(Target::Post(PostId(post)), Act::Hide, governance::facts("off_topic"), None);
        let hidden = governance::rule_on(tx, moderator, order, "on-topic", Source::Own);
        governance::forgiven(hidden)?;
    }
    Ok(())
}

fn morning(tx: &mut Tx<'_>, manager: Actor, first: Actor, second: Actor) -> Result<()> {
    let (Some(me), Some(other)) = (manager.person, second.person) else { return Ok(()) };
    let mut open: Vec<Signal> = Vec::new();
    for skip in (0..200).step_by(lists::PAGE) {
        open.extend(lists::list(tx, Filter::Open, me, skip)?.rows.into_iter().map(|row| row.signal));
    }
    open.retain(|signal| signal.state == State::New);
    open.sort_by_key(|signal| signal.id);
    let of = |kind: Cause| open.iter().filter(move |signal| signal.kind == kind).map(seen);
    let (now, mut newcomers) = (tx.now(), of(Cause::Newcomer));
    let mut questions = of(Cause::Question);
    let mut complaints = of(Cause::Complaint);
    for sight in newcomers.by_ref().take(2) {
        let why = "Welcomed; the others were faster than we were.";
        forgive(signals::resolve(tx, first, sight, Outcome::NoAction, why, true))?;
    }
    if let Some(sight) = complaints.next() {
        let ask = Question {
            owner: Owner::Support,
            question: "What do we know about this case, and when can they expect an answer?".to_owned(),
            promise: "We are asking the workshop and write here by tomorrow noon.".to_owned(),
            due_at: Some(now.plus(20 * HOUR)),
        };
        forgive(signals::note(tx, first, sight, "Third mail about this. Please let us not lose them."))?;
        forgive(escalations::escalate(tx, first, sight, &ask))?;
    }
    if let Some(sight) = questions.next() {
        forgive(signals::assign(tx, manager, sight, other))?;
        let note = "Rafi, you had the same with your own hub in spring. Could you look?";
        forgive(signals::note(tx, manager, sight, note))?;
    }
    if let Some(sight) = questions.next() {
        forgive(signals::snooze(tx, second, sight, now.plus(DAY)))?;
    }
    if let Some(sight) = questions.next() {
        forgive(signals::claim(tx, first, sight))?;
    }
    Ok(())
}

fn seen(signal: &Signal) -> Sight {
    Sight { id: signal.id, version: None }
}

/// What the desk refuses with a reason is simply not done: the story may have gone another way.
fn forgive(done: Result<Signal>) -> Result<()> {
    match done {
        Err(error) if !refused(&error) => Err(error),
        _ => Ok(()),
    }
}

fn refused(error: &Error) -> bool {
    matches!(error.kind, Kind::Conflict | Kind::Forbidden | Kind::Invalid | Kind::NotFound)
}
