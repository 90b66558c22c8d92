//! Teams that members share, and where moderators moderate.

use mainstreet_community::accounts;
use mainstreet_community::moderation;
use mainstreet_community::people;
use mainstreet_community::spaces::Space;
use mainstreet_community::teams::{self, NewTeam, Team, Turn};
use mainstreet_kernel::id::{PersonId, SpaceId, TeamId};
use mainstreet_kernel::{Error, Result, Role};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::is_mistake;
use crate::views::{self, Chrome, Page};

/// A team, ready for the page.
pub(super) struct Shown {
    pub(super) team: Team,
    /// Usernames in the order of turns, as the form has them.
    pub(super) names: String,
    /// Who is on duty, in a sentence.
    pub(super) duty: String,
}

impl Shown {
    pub(super) fn covers(&self, space: &SpaceId) -> bool {
        self.team.spaces.contains(space)
    }
}

/// The days of the week, as the form has them.
pub(super) const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// All teams.
pub(super) fn all(tx: &mut mainstreet_db::Tx<'_>, chrome: &Chrome) -> Result<Vec<Shown>> {
    let zone = mainstreet_community::settings::load(tx)?.zone;
    let now = tx.now();
    let mut shown = Vec::new();
    for team in teams::all(tx)? {
        let mut names = Vec::new();
        for (person, _) in &team.people {
            names.push(people::store::face_of(tx, *person)?.handle);
        }
        let on: Vec<String> = team.on_duty(now, &zone).into_iter().map(|one| one.1).collect();
        let duty = match teams::turn(&team.rota, team.people.len(), now, &zone) {
            Turn::All => format!("All of them are on duty: {}.", on.join(", ")),
            Turn::One { .. } if team.people.len() == 1 => format!("{} is on duty.", on.join(", ")),
            Turn::One { next, until, .. } => {
                let next = team.people.get(next).map(|one| one.1.clone()).unwrap_or_default();
                format!("{} is on duty until {}, then {next}.", on.join(", "), chrome.date(&until))
            }
        };
        shown.push(Shown { names: names.join(", "), duty, team });
    }
    Ok(shown)
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Form {
    pub(super) name: String,
    pub(super) rota: String,
    pub(super) weekday: String,
    pub(super) hour: String,
    pub(super) people: String,
}

fn spaces_of(cx: &Cx) -> Result<Vec<SpaceId>> {
    cx.chosen("space").iter().map(|id| id.parse()).collect()
}

fn read(tx: &mut mainstreet_db::Tx<'_>, form: &Form, spaces: Vec<SpaceId>) -> Result<NewTeam> {
    let mut people: Vec<PersonId> = Vec::new();
    for name in form.people.split([',', ' ', '\n']).map(|name| name.trim().trim_start_matches('@')) {
        if name.is_empty() {
            continue;
        }
        let member = accounts::find_by_username(tx, name)?
            .ok_or_else(|| Error::invalid(format!("There is no member called “{name}”.")))?;
        if !people.contains(&member.person) {
            people.push(member.person);
        }
    }
    let number = |text: &str, otherwise: i64| text.trim().parse().unwrap_or(otherwise);
    Ok(NewTeam {
        name: form.name.clone(),
        weekly: form.rota == "weekly",
        weekday: number(&form.weekday, -1),
        hour: number(&form.hour, -1),
        people,
        spaces,
    })
}

async fn write(cx: Cx, id: Option<TeamId>) -> Page {
    let (actor, form) = (cx.at_least(Role::Manager)?.actor(), cx.form::<Form>()?);
    let (spaces, typed) = (spaces_of(&cx)?, form.clone());
    let saved = cx
        .write(move |tx| {
            let new = read(tx, &form, spaces)?;
            teams::save(tx, actor, id, &new)
        })
        .await;
    match saved {
        Ok(_) => {
            cx.app.sessions.clear();
            views::see_saying(&cx, "/desk/team#teams", "The team is saved.")
        }
        Err(error) if is_mistake(&error) => super::draw(&cx, Some((id, typed, error))).await,
        Err(error) => Err(error),
    }
}

/// `POST /desk/team/teams`
pub(super) async fn make(cx: Cx) -> Page {
    cx.staff()?;
    write(cx, None).await
}

/// `POST /desk/team/teams/{id}`
pub(super) async fn change(cx: Cx) -> Page {
    cx.staff()?;
    let id = cx.path::<TeamId>("id")?;
    write(cx, Some(id)).await
}

/// `POST /desk/team/teams/{id}/removal`
pub(super) async fn remove(cx: Cx) -> Page {
    let (actor, _) = (cx.at_least(Role::Manager)?.actor(), cx.form::<serde::de::IgnoredAny>()?);
    let id = cx.path::<TeamId>("id")?;
    cx.write(move |tx| teams::remove(tx, actor, id)).await?;
    cx.app.sessions.clear();
    views::see_saying(&cx, "/desk/team#teams", "The team has ended. Its members have their own rights again.")
}

/// `POST /desk/team/{person}/spaces`
pub(super) async fn set_spaces(cx: Cx) -> Page {
    let (actor, _) = (cx.at_least(Role::Manager)?.actor(), cx.form::<serde::de::IgnoredAny>()?);
    let (person, spaces) = (cx.path::<PersonId>("person")?, spaces_of(&cx)?);
    let count = spaces.len();
    let name = cx
        .write(move |tx| {
            moderation::set_spaces(tx, actor, person, &spaces)?;
            Ok(accounts::find(tx, person)?.name)
        })
        .await?;
    let said = match count {
        0 => format!("{name} moderates everywhere."),
        1 => format!("{name} moderates one space."),
        many => format!("{name} moderates {many} spaces."),
    };
    views::see_saying(&cx, "/desk/team", said)
}

/// The names of spaces among these ids, for a sentence.
pub(super) fn named(spaces: &[Space], of: &[SpaceId]) -> String {
    let names: Vec<&str> =
        spaces.iter().filter(|space| of.contains(&space.id)).map(|space| space.name.as_str()).collect();
    if names.is_empty() { "everywhere".to_owned() } else { names.join(", ") }
}
