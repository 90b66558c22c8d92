//! Who works here: members by name, their roles, where they moderate, and the teams that share the work. What restricts
//! a member is decided on the page of moderation.

mod rotas;

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::accounts::{self, Member};
use mainstreet_community::moderation;
use mainstreet_community::spaces::{self, Space};
use mainstreet_db::Tx;
use mainstreet_kernel::id::{PersonId, SpaceId, TeamId};
use mainstreet_kernel::{Error, Result, Role};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

/// Members shown at once.
const ROWS: usize = 50;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/desk/team", show)
        .post("/desk/team/{person}/role", change_role)
        .post("/desk/team/{person}/spaces", rotas::set_spaces)
        .post("/desk/team/teams", rotas::make)
        .post("/desk/team/teams/{id}", rotas::change)
        .post("/desk/team/teams/{id}/removal", rotas::remove)
}

#[derive(Template)]
#[template(path = "desk/team.html")]
struct Team {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    query: String,
    staff: Vec<Line>,
    found: Vec<Line>,
    spaces: Vec<Space>,
    teams: Vec<rotas::Shown>,
    owner: bool,
    manages: bool,
    me: PersonId,
    /// A form that was refused: which team, none of a new one.
    wrong: Option<TeamId>,
    typed: rotas::Form,
    error: String,
}

/// A member and where they moderate.
struct Line {
    member: Member,
    scope: Vec<SpaceId>,
}

impl Line {
    fn covers(&self, space: &SpaceId) -> bool {
        self.scope.contains(space)
    }
}

impl Team {
    fn days(&self) -> [&'static str; 7] {
        rotas::DAYS
    }
    fn named(&self, scope: &[SpaceId]) -> String {
        rotas::named(&self.spaces, scope)
    }
    fn is_new_wrong(&self) -> bool {
        !self.error.is_empty() && self.wrong.is_none()
    }
}

fn lines(tx: &mut Tx<'_>, members: Vec<Member>) -> Result<Vec<Line>> {
    members
        .into_iter()
        .map(|member| Ok(Line { scope: moderation::spaces_of(tx, member.person)?, member }))
        .collect()
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
}

/// `GET /desk/team?q=name`
async fn show(cx: Cx) -> Page {
    cx.staff()?;
    draw(&cx, None).await
}

/// Draws the page, with a form that was refused.
async fn draw(cx: &Cx, mistake: Option<(Option<TeamId>, rotas::Form, Error)>) -> Page {
    let viewer = cx.staff()?.clone();
    let query = cx.query::<Asked>()?.q;
    let (wanted, reader, chrome) = (query.clone(), cx.reader(), cx.chrome());
    let seen = chrome.clone();
    let (staff, found, spaces, teams) = cx
        .read(move |tx| {
            let found =
                if wanted.trim().is_empty() { Vec::new() } else { accounts::find_like(tx, &wanted, ROWS)? };
            let (found, rows) = (lines(tx, found)?, accounts::staff(tx)?);
            let rows = lines(tx, rows)?;
            Ok((rows, found, spaces::store::all(tx, reader)?, rotas::all(tx, &seen)?))
        })
        .await?;
    let (wrong, typed, error) = match mistake {
        Some((wrong, typed, error)) => (wrong, typed, Some(error)),
        None => (None, rotas::Form::default(), None),
    };
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let page = Team {
        chrome,
        here: "team",
        waiting: cx.waiting().await?,
        query,
        staff,
        found,
        spaces,
        teams,
        owner: viewer.role == Role::Owner,
        manages: viewer.role >= Role::Manager,
        me: viewer.person,
        wrong,
        typed,
        error: error.map(|error| error.safe.into_owned()).unwrap_or_default(),
    };
    views::html_with(status, &page)
}

#[derive(Deserialize)]
struct RoleForm {
    role: String,
}

/// `POST /desk/team/{person}/role`
async fn change_role(cx: Cx) -> Page {
    let (actor, form) = (cx.at_least(Role::Owner)?.actor(), cx.form::<RoleForm>()?);
    let (person, role) = (cx.path::<PersonId>("person")?, form.role.parse::<Role>()?);
    let name = cx
        .write(move |tx| {
            accounts::change_role(tx, actor, person, role)?;
            Ok(accounts::find(tx, person)?.name)
        })
        .await?;
    cx.app.sessions.clear();
    views::see_saying(&cx, "/desk/team", format!("{name} is now {role}."))
}
