//! Teams: moderation that members share. In a team that works together everybody has a moderator's rights; in one that
//! takes turns, one person has them for a week, and the next from the hand-over on.
//!
//! **Invariants.** Rights follow from the rota and the clock; nothing has to run for a hand-over. Who is not on duty may
//! what their own role may. A person may be in several teams.

mod rota;
mod store;

use mainstreet_db::Tx;
use mainstreet_kernel::id::{PersonId, SpaceId, TeamId};
use mainstreet_kernel::text::fold;
use mainstreet_kernel::{Activity, Actor, Error, Object, Result, Role, Timestamp, Verb, Visibility, Zone};
use serde_json::json;

pub use rota::{Rota, Turn, turn};

/// A team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Which.
    pub id: TeamId,
    /// What it is called.
    pub name: String,
    /// How its members share the work.
    pub rota: Rota,
    /// Who, by name, in the order of turns.
    pub people: Vec<(PersonId, String)>,
    /// Where; none: everywhere.
    pub spaces: Vec<SpaceId>,
}

impl Team {
    /// Who has a moderator's rights at `now`.
    pub fn on_duty(&self, now: Timestamp, zone: &Zone) -> Vec<(PersonId, String)> {
        match turn(&self.rota, self.people.len(), now, zone) {
            Turn::All => self.people.clone(),
            Turn::One { place, .. } => self.people.get(place).cloned().into_iter().collect(),
        }
    }
}

/// What the form of a team holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTeam {
    /// What it is called.
    pub name: String,
    /// True: one person a week. False: all of them.
    pub weekly: bool,
    /// The day of the hand-over: 0 Monday to 6 Sunday.
    pub weekday: i64,
    /// The hour of that day, 0 to 23.
    pub hour: i64,
    /// Who, in the order of turns.
    pub people: Vec<PersonId>,
    /// Where; none: everywhere.
    pub spaces: Vec<SpaceId>,
}

fn must_manage(actor: Actor) -> Result<()> {
    if actor.role >= Role::Manager {
        return Ok(());
    }
    Err(Error::forbidden("Only a manager makes teams. Ask one."))
}

/// Makes a team, or changes the one called `id`. When people or days change, the turns are counted anew from the
/// hand-over before now: the first in the list is on duty.
///
/// # Errors
/// `Forbidden` below a manager; `Invalid` without a name or people, `Conflict` for a name that is taken.
pub fn save(tx: &mut Tx<'_>, actor: Actor, id: Option<TeamId>, new: &NewTeam) -> Result<TeamId> {
    must_manage(actor)?;
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > 60 {
        return Err(Error::invalid("Give the team a name of at most 60 characters."));
    }
    if new.people.is_empty() || new.people.len() > 50 {
        return Err(Error::invalid("Name one to fifty members, by their usernames."));
    }
    if !(0..7).contains(&new.weekday) || !(0..24).contains(&new.hour) {
        return Err(Error::invalid("Hand over on a day of the week, at an hour from 0 to 23."));
    }
    let zone = crate::settings::load(tx)?.zone;
    let rota = Rota::starting(new.weekly, new.weekday, new.hour, tx.now(), &zone);
    let before = match id {
        Some(id) => Some(find(tx, id)?),
        None => None,
    };
    let same = before.as_ref().is_some_and(|team| {
        let people: Vec<PersonId> = team.people.iter().map(|one| one.0).collect();
        people == new.people && team.rota.is_like(&rota)
    });
    let rota = before.as_ref().filter(|_| same).map_or(rota, |team| team.rota.clone());
    let id = id.unwrap_or_else(|| TeamId(tx.mint()));
    store::save(tx, id, (name, &fold(name)), &rota)?;
    store::set_people(tx, id, &new.people)?;
    store::set_spaces(tx, id, &new.spaces)?;
    let people: Vec<String> = new.people.iter().map(ToString::to_string).collect();
    let spaces: Vec<String> = new.spaces.iter().map(ToString::to_string).collect();
    let props = json!({
        "setting": "team", "team": id.to_string(), "name": name, "people": people, "spaces": spaces,
        "weekly": new.weekly, "weekday": new.weekday, "hour": new.hour, "new": before.is_none(),
    });
    record(tx, actor, id, props)?;
    Ok(id)
}

/// Ends a team. Errors: `Forbidden` below a manager.
pub fn remove(tx: &mut Tx<'_>, actor: Actor, id: TeamId) -> Result<()> {
    must_manage(actor)?;
    let name = find(tx, id)?.name;
    store::remove(tx, id)?;
    record(tx, actor, id, json!({ "setting": "team", "team": id.to_string(), "name": name, "removed": true }))
}

fn record(tx: &mut Tx<'_>, actor: Actor, id: TeamId, props: serde_json::Value) -> Result<()> {
    let team = Object { kind: "team", id: id.0 };
    let activity = Activity::new(Verb::SettingChanged, actor, team, tx.now()).seen_by(Visibility::Staff);
    tx.record(&activity.with(props))
}

/// All teams, by name.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Team>> {
    store::all(tx)
}

/// One team.
pub fn find(tx: &mut Tx<'_>, id: TeamId) -> Result<Team> {
    let found = store::all(tx)?.into_iter().find(|team| team.id == id);
    found.ok_or_else(|| Error::not_found("There is no such team."))
}

/// The teams in which `person` is on duty now.
pub fn duties(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Team>> {
    if !store::is_in_any(tx, person)? {
        return Ok(Vec::new());
    }
    let (zone, now) = (crate::settings::load(tx)?.zone, tx.now());
    let all = store::all(tx)?;
    let on = |team: &Team| team.on_duty(now, &zone).iter().any(|one| one.0 == person);
    Ok(all.into_iter().filter(on).collect())
}

/// What a member with the role `own` may do now: a moderator's work while they are on duty.
pub fn role_now(tx: &mut Tx<'_>, person: PersonId, own: Role) -> Result<Role> {
    if own.is_staff() || duties(tx, person)?.is_empty() { Ok(own) } else { Ok(Role::Moderator) }
}
