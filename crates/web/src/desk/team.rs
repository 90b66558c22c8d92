//! Who works here: members by name, and their roles. What restricts a member is decided on the page of moderation.

use askama::Template;
use mainstreet_community::accounts::{self, Member};
use mainstreet_kernel::Role;
use mainstreet_kernel::id::PersonId;
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

/// Members shown at once.
const ROWS: usize = 50;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/desk/team", show).post("/desk/team/{person}/role", change_role)
}

#[derive(Template)]
#[template(path = "desk/team.html")]
struct Team {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    query: String,
    staff: Vec<Member>,
    found: Vec<Member>,
    owner: bool,
    me: PersonId,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
}

/// `GET /desk/team?q=name`
async fn show(cx: Cx) -> Page {
    let viewer = cx.staff()?.clone();
    let query = cx.query::<Asked>()?.q;
    let wanted = query.clone();
    let (staff, found) = cx
        .read(move |tx| {
            let found =
                if wanted.trim().is_empty() { Vec::new() } else { accounts::find_like(tx, &wanted, ROWS)? };
            Ok((accounts::staff(tx)?, found))
        })
        .await?;
    let owner = viewer.role == Role::Owner;
    views::html(&Team {
        chrome: cx.chrome(),
        here: "team",
        waiting: cx.waiting().await?,
        query,
        staff,
        found,
        owner,
        me: viewer.person,
    })
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
