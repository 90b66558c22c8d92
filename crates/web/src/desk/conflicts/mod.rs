//! Conflicts: what was found, and what helps: calm mode, a pause, splitting, keeping apart, mediation.

mod asking;
mod between;
mod calm;
mod case;
mod mediations;
mod splits;

use askama::Template;
use mainstreet_community::calm::{self as calms, Calm, Place};
use mainstreet_community::{accounts, spaces, topics};
use mainstreet_db::Tx;
use mainstreet_desk::conflicts::alarms::Year;
use mainstreet_desk::conflicts::{self, Conflict};
use mainstreet_desk::mediations::{self as talks, Mediation};
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Error, Result};

use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(crate) use mediations::{Line, read as read_mediation};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/desk/conflicts", show)
        .get("/desk/conflicts/between", between::show)
        .get("/desk/conflicts/calm", calm::form)
        .post("/desk/conflicts/calm", calm::start)
        .post("/desk/conflicts/calm/{id}/end", calm::end)
        .get("/desk/conflicts/pause", asking::pause_form)
        .post("/desk/conflicts/pause", asking::pause)
        .get("/desk/conflicts/apart", asking::apart_form)
        .post("/desk/conflicts/apart", asking::apart)
        .get("/desk/conflicts/split", splits::form)
        .post("/desk/conflicts/split", splits::split)
        .post("/desk/conflicts/splits/{id}/undo", splits::undo)
        .get("/desk/conflicts/mediations", mediations::form)
        .post("/desk/conflicts/mediations", mediations::open)
        .get("/desk/conflicts/mediations/{id}", mediations::show)
        .post("/desk/conflicts/mediations/{id}", mediations::act)
        .get("/desk/conflicts/{id}", case::show)
        .post("/desk/conflicts/{id}/end", case::end)
}

/// A calm or raid mode with the name of its place.
pub(crate) struct Placed {
    pub(crate) calm: Calm,
    /// Such as “in Watering”.
    pub(crate) place: String,
    /// Where that is.
    pub(crate) path: String,
}

pub(crate) fn placed(tx: &mut Tx<'_>, calm: Calm) -> Result<Placed> {
    let (place, path) = match calm.place {
        Place::Topic(id) => {
            let topic = topics::store::find(tx, id)?;
            (format!("in “{}”", topic.title), topic.path())
        }
        Place::Space(id) => {
            let space = spaces::store::find(tx, id)?;
            (format!("in the space {}", space.name), format!("/c/{}", space.slug))
        }
        Place::Site => ("everywhere".to_owned(), "/".to_owned()),
    };
    Ok(Placed { calm, place, path })
}

#[derive(Template)]
#[template(path = "desk/conflicts/list.html")]
struct List {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    conflicts: Vec<Conflict>,
    calms: Vec<Placed>,
    talks: Vec<Mediation>,
    /// How often each threshold would have spoken over a year.
    year: Year,
}

/// `GET /desk/conflicts`
async fn show(cx: Cx) -> Page {
    cx.staff()?;
    let (conflicts, calms, talks, year) = cx
        .read(|tx| {
            let mut placed_calms = Vec::new();
            for calm in calms::list(tx, 20)? {
                placed_calms.push(placed(tx, calm)?);
            }
            let found = conflicts::store::list(tx, 30)?;
            Ok((found, placed_calms, talks::list(tx, 30)?, conflicts::alarms::year(tx)?))
        })
        .await?;
    views::html(&List {
        chrome: cx.chrome(),
        here: "conflicts",
        waiting: cx.waiting().await?,
        conflicts,
        calms,
        talks,
        year,
    })
}

/// The member called so in a form. Errors: `Invalid` when there is none.
fn named(tx: &mut Tx<'_>, username: &str) -> Result<PersonId> {
    let name = username.trim().trim_start_matches('@');
    accounts::find_by_username(tx, name)?.map(|member| member.person).ok_or_else(|| {
        Error::invalid(format!("There is no member called “{name}”. Write usernames as they are mentioned."))
    })
}
