//! Who works here: members by name, their roles, and suspensions.

use askama::Template;
use mainstreet_community::accounts::{self, Member};
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Error, Role};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

/// Members shown at once.
const ROWS: usize = 50;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/desk/team", show)
        .post("/desk/team/{person}/role", change_role)
        .post("/desk/team/{person}/suspension", suspend)
        .post("/desk/team/{person}/suspension/withdraw", reinstate)
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

#[derive(Deserialize)]
struct SuspendForm {
    days: i64,
    #[serde(default)]
    why: String,
}

/// `POST /desk/team/{person}/suspension`
async fn suspend(cx: Cx) -> Page {
    let (actor, form) = (cx.staff()?.actor(), cx.form::<SuspendForm>()?);
    let person: PersonId = cx.path("person")?;
    if !(1..=3_650).contains(&form.days) {
        return Err(Error::invalid("Suspend for 1 to 3,650 days."));
    }
    let name = cx
        .write(move |tx| {
            let until = tx.now().plus(form.days * DAY);
            accounts::suspend(tx, actor, person, until, &form.why)?;
            Ok(accounts::find(tx, person)?.name)
        })
        .await?;
    cx.app.sessions.clear();
    let undo = Some(format!("/desk/team/{person}/suspension/withdraw"));
    views::see_with(
        &cx,
        "/desk/team",
        &views::Flash { text: format!("{name} is suspended and signed out."), undo },
    )
}

/// `POST /desk/team/{person}/suspension/withdraw`
async fn reinstate(cx: Cx) -> Page {
    let (actor, _) = (cx.staff()?.actor(), cx.form::<IgnoredAny>()?);
    let person: PersonId = cx.path("person")?;
    cx.write(move |tx| accounts::reinstate(tx, actor, person)).await?;
    views::see_saying(&cx, "/desk/team", "The suspension is over.")
}
