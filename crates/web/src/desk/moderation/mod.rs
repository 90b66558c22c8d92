//! Moderation: what waits, the form of an act, decisions, appeals, the log and the report.

mod act;
mod decision;
mod erasure;
mod log;

pub(crate) use act::act_on;

use askama::Template;
use mainstreet_community::moderation::{self as acts, Stands};
use mainstreet_community::posts::{self, Row};
use mainstreet_community::{people, topics};
use mainstreet_desk::moderation::{self, Appeal, Decision, Filter, Openness};
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Result, Timestamp};

use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/desk/moderation", show)
        .get("/desk/moderation/act", act::show)
        .post("/desk/moderation/act", act::decide)
        .get("/desk/moderation/decisions/{id}", decision::show)
        .post("/desk/moderation/decisions/{id}/undo", decision::undo)
        .post("/desk/moderation/appeals/{id}", decision::speak)
        .get("/desk/moderation/log", log::show)
        .post("/desk/moderation/log/openness", log::open)
        .get("/desk/moderation/report", log::report)
        .get("/desk/moderation/report.csv", log::report_csv)
        .get("/desk/moderation/report.json", log::report_json)
        .get("/desk/moderation/measures.csv", log::measures_csv)
        .get("/desk/moderation/erasure/{person}", erasure::show)
        .post("/desk/moderation/erasure/{person}", erasure::erase)
}

/// A post that waits to be looked at.
struct Waiting {
    row: Row,
    author: String,
}

/// A member who is restricted.
struct Restricted {
    person: PersonId,
    name: String,
    stands: Stands,
}

#[derive(Template)]
#[template(path = "desk/moderation/show.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    appeals: Vec<(Appeal, Decision)>,
    held: Vec<Waiting>,
    restricted: Vec<Restricted>,
    latest: Vec<Decision>,
    openness: Openness,
    guidelines: bool,
}

impl Show {
    fn overdue(&self, due: &Timestamp) -> bool {
        *due <= self.chrome.now
    }
}

/// How many there are of each to show.
const ROWS: usize = 20;

fn held(tx: &mut mainstreet_db::Tx<'_>) -> Result<Vec<Waiting>> {
    let ids = acts::held_posts(tx, ROWS)?;
    let mut held = Vec::new();
    for id in ids {
        let post = posts::store::find(tx, id)?;
        let (topic, space) = topics::store::find_placed(tx, post.topic)?;
        let author = people::store::face_of(tx, post.person)?.name;
        let excerpt = views::short(&post.body);
        held.push(Waiting { row: Row { post, topic, space, excerpt, accepted: false }, author });
    }
    Ok(held)
}

/// `GET /desk/moderation`
async fn show(cx: Cx) -> Page {
    cx.audits()?;
    let (appeals, held, restricted, latest, openness, guidelines) = cx
        .read(|tx| {
            let mut restricted = Vec::new();
            for (person, stands) in acts::restricted(tx)? {
                let name = people::store::face_of(tx, person)?.name;
                restricted.push(Restricted { person, name, stands });
            }
            let latest = moderation::list(tx, &Filter::default(), 10)?;
            let guidelines = mainstreet_community::guidelines::holds(tx)?.is_some();
            let openness = moderation::openness(tx)?;
            Ok((moderation::queue(tx)?, held(tx)?, restricted, latest, openness, guidelines))
        })
        .await?;
    views::html(&Show {
        chrome: cx.chrome(),
        here: "moderation",
        waiting: cx.waiting().await?,
        appeals,
        held,
        restricted,
        latest,
        openness,
        guidelines,
    })
}

/// Where the thing is that a decision is about; used by templates.
pub(super) fn path_of(decision: &Decision) -> String {
    match decision.object_kind.as_str() {
        "post" => format!("/p/{}", mainstreet_kernel::id::encode(decision.object)),
        "topic" => format!("/t/-/{}", mainstreet_kernel::id::encode(decision.object)),
        _ => format!("/people/{}", mainstreet_kernel::id::encode(decision.object)),
    }
}
