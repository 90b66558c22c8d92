//! Restricting members, and ending that.

use mainstreet_db::Tx;
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Activity, Actor, Error, Result, Role, Timestamp, Verb, Visibility};
use serde_json::json;

use super::act::{Detail, Done, Order};
use super::before::Before;
use super::person_state::{Standing, Stands, standing_of};
use super::store;
use super::table::{Act, By, State, may_move};
use crate::accounts::{self, Member};
use crate::cool_offs::{self, CoolOff};
use crate::link_limits::{self, LinkLimit};
use crate::mutes;

/// As far away as a ban reaches: the end of the year 9999.
pub(crate) const FOR_EVER: Timestamp = Timestamp(253_402_300_799_000);

/// True for moderators and above.
pub(super) fn is_staff(tx: &mut Tx<'_>, person: PersonId) -> Result<bool> {
    Ok(store::role(tx, person)?.is_some_and(Role::is_staff))
}

/// Refuses those who would restrict themselves or somebody with rights like their own. Programs restrict no staff.
fn must_outrank(actor: Actor, member: &Member) -> Result<()> {
    let outranks = match actor.person {
        None => !member.role.is_staff(),
        Some(me) => me != member.person && actor.role > member.role,
    };
    if outranks {
        return Ok(());
    }
    Err(Error::forbidden(
        "You can restrict only members with less rights than yours. Ask somebody above both of you.",
    ))
}

/// Holds the rows of two people, in one order.
pub(super) fn hold_both(tx: &mut Tx<'_>, one: PersonId, other: PersonId) -> Result<()> {
    crate::people::store::hold(tx, one.min(other))?;
    crate::people::store::hold(tx, one.max(other))
}

/// Everything kept of how a member stands.
pub(super) fn kept(tx: &mut Tx<'_>, id: PersonId) -> Result<Before> {
    let member = accounts::find(tx, id)?;
    Ok(Before::Member {
        person: id,
        standing: store::standing(tx, id)?
            .map(|kept| (kept.standing.as_str().to_owned(), kept.until.map(|at| at.0), kept.why)),
        suspended_until: member.suspended_until.map(|at| at.0),
        suspended_why: member.suspended_why.clone(),
        spammer: crate::people::store::is_spammer(tx, id)?,
    })
}

pub(super) fn restrict(tx: &mut Tx<'_>, actor: Actor, order: &Order, id: PersonId) -> Result<Done> {
    match order.detail {
        Detail::From(other) if other != id => hold_both(tx, id, other)?,
        _ => crate::people::store::hold(tx, id)?,
    }
    let member = accounts::find(tx, id).map_err(|_| {
        Error::conflict(
            "This person has no account here, so there is nothing to restrict. Act on what they wrote.",
        )
    })?;
    let stands = standing_of(tx, id)?;
    let was = State::Member(stands.standing);
    let became = may_move(was, order.act, By::from(actor))?;
    must_outrank(actor, &member)?;
    if order.act.needs_a_case() {
        let before = in_a_case(tx, actor, order, id)?;
        return Ok(Done { was, became, person: id, space: None, post: None, before });
    }
    if order.act == Act::LimitLinks {
        let before = limit_links(tx, actor, order, id)?;
        return Ok(Done { was, became, person: id, space: None, post: None, before });
    }
    let before = kept(tx, id)?;
    if (order.act, &order.detail) == (Act::Ban, &Detail::Spammer) {
        crate::people::store::set_spammer(tx, id, true)?;
    }
    if let (State::Member(standing), true) = (became, order.act != Act::Warn) {
        let until = order.until;
        set(tx, actor, id, &Stands { standing, until, why: order.why.trim().to_owned() })?;
    }
    Ok(Done { was, became, person: id, space: None, post: None, before })
}

/// What the member writes may hold only so many links for a while.
fn limit_links(tx: &mut Tx<'_>, actor: Actor, order: &Order, person: PersonId) -> Result<Before> {
    let (Detail::Links(most), Some(until)) = (&order.detail, order.until) else {
        return Err(Error::invalid("Say how many links a post may hold, and for how long."));
    };
    let before = link_limits::kept(tx, person)?;
    let set = LinkLimit { most: *most, until: until.0, why: order.why.trim().to_owned() };
    link_limits::put(tx, actor, person, Some(&set))?;
    Ok(Before::Links { person, limit: before })
}

/// Pausing somebody in a topic, and keeping two members apart.
fn in_a_case(tx: &mut Tx<'_>, actor: Actor, order: &Order, person: PersonId) -> Result<Before> {
    match (&order.detail, order.until) {
        (Detail::Topic(topic), Some(until)) => {
            let space = crate::topics::store::find(tx, *topic)?.space;
            super::must_cover(tx, actor, space)?;
            cool_offs::check(tx, until)?;
            let why = order.why.trim().to_owned();
            let pause = CoolOff { until: until.0, why, by_staff: true, at: tx.now().0 };
            let before = cool_offs::put(tx, actor, (*topic, person), Some(&pause))?;
            Ok(Before::Pause { topic: *topic, person, pause: before })
        }
        (Detail::From(other), _) => {
            must_outrank(actor, &accounts::find(tx, *other)?)?;
            let apart = mutes::keep_apart(tx, actor, (person, *other), true)?;
            Ok(Before::Apart { one: person, other: *other, apart })
        }
        _ => {
            Err(Error::invalid("Say in which topic, or from whom. A case of conflict has the forms for it."))
        }
    }
}

/// Writes how a member stands, and says so in the log.
fn set(tx: &mut Tx<'_>, actor: Actor, person: PersonId, stands: &Stands) -> Result<()> {
    let locked_out = match stands.standing {
        Standing::Banned => Some(FOR_EVER),
        Standing::Suspended => stands.until,
        _ => None,
    };
    let kept = Some(stands).filter(|stands| stands.standing != Standing::Active);
    store::set_standing(tx, person, kept)?;
    accounts::lock_out(tx, person, locked_out, locked_out.map(|_| stands.why.as_str()))?;
    record(tx, actor, person, stands)
}

fn record(tx: &mut Tx<'_>, actor: Actor, person: PersonId, stands: &Stands) -> Result<()> {
    let verb = match stands.standing {
        Standing::Active => Verb::MemberReinstated,
        Standing::Suspended | Standing::Banned => Verb::MemberSuspended,
        _ => Verb::MemberRestricted,
    };
    let until = if stands.standing == Standing::Banned { Some(FOR_EVER) } else { stands.until };
    let props =
        json!({ "standing": stands.standing.as_str(), "until": until.map(|at| at.0), "why": stands.why });
    let activity = Activity::new(verb, actor, person, tx.now()).seen_by(Visibility::Staff);
    tx.record(&activity.with(props))
}

/// Puts the rows back as they were.
pub(super) fn put_back(
    tx: &mut Tx<'_>,
    actor: Actor,
    person: PersonId,
    kept: Option<&Stands>,
    suspended: (Option<Timestamp>, Option<&str>),
) -> Result<()> {
    crate::people::store::hold(tx, person)?;
    store::set_standing(tx, person, kept)?;
    accounts::lock_out(tx, person, suspended.0, suspended.1)?;
    let stands = standing_of(tx, person)?;
    record(tx, actor, person, &stands)
}
