//! One conflict: the numbers behind it, who takes part, and what helps.

use askama::Template;
use mainstreet_community::calm::{self, Calm};
use mainstreet_community::people::{self, Face};
use mainstreet_community::topics::{self, Topic};
use mainstreet_community::{cool_offs, cool_offs::CoolOff};
use mainstreet_desk::conflicts::alarms::Year;
use mainstreet_desk::conflicts::{self, Conflict};
use mainstreet_kernel::Error;
use mainstreet_kernel::id::{ConflictId, PersonId};
use serde::Deserialize;

use crate::request::Cx;
use crate::views::{self, Chrome, Page};

#[derive(Template)]
#[template(path = "desk/conflicts/case.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    conflict: Conflict,
    topic: Option<Topic>,
    /// Who wrote most there lately, with posts.
    people: Vec<(Face, i64)>,
    calms: Vec<Calm>,
    pauses: Vec<(PersonId, CoolOff)>,
    year: Year,
}

impl Show {
    fn paused(&self, person: &PersonId) -> Option<&CoolOff> {
        self.pauses.iter().find(|pause| pause.0 == *person).map(|pause| &pause.1)
    }

    /// The usernames of the two who wrote most, for the form of a mediation.
    fn two(&self) -> String {
        let names: Vec<&str> = self.people.iter().take(2).map(|one| one.0.handle.as_str()).collect();
        names.join(", ")
    }
}

/// `GET /desk/conflicts/{id}`
pub(super) async fn show(cx: Cx) -> Page {
    cx.staff()?;
    let id = cx.path::<ConflictId>("id")?;
    let (conflict, topic, people, calms, pauses, year) = cx
        .read(move |tx| {
            let conflict = conflicts::store::find(tx, id)?;
            let year = conflicts::alarms::year(tx)?;
            let Some(topic) = conflict.topic else {
                let calms = calm::holding(tx)?;
                return Ok((conflict, None, Vec::new(), calms, Vec::new(), year));
            };
            let counts = conflicts::store::writers(tx, topic, conflict.found_at)?;
            let ids: Vec<PersonId> = counts.iter().map(|one| one.0).collect();
            let mut faces = people::store::faces(tx, &ids)?;
            let people =
                counts.iter().filter_map(|one| faces.remove(&one.0).map(|face| (face, one.1))).collect();
            let topic = topics::store::find(tx, topic)?;
            let calms = calm::on(tx, Some(topic.id), topic.space)?;
            let pauses = cool_offs::of_topic(tx, topic.id)?;
            Ok::<_, Error>((conflict, Some(topic), people, calms, pauses, year))
        })
        .await?;
    views::html(&Show {
        chrome: cx.chrome(),
        here: "conflicts",
        waiting: cx.waiting().await?,
        conflict,
        topic,
        people,
        calms,
        pauses,
        year,
    })
}

#[derive(Deserialize)]
struct WhyForm {
    #[serde(default)]
    why: String,
}

/// `POST /desk/conflicts/{id}/end`
pub(super) async fn end(cx: Cx) -> Page {
    let (actor, form, id) = (cx.staff()?.actor(), cx.form::<WhyForm>()?, cx.path::<ConflictId>("id")?);
    cx.write(move |tx| conflicts::end(tx, actor, id, &form.why)).await?;
    views::see_saying(&cx, &format!("/desk/conflicts/{id}"), "Noted. New flags or turns would open it again.")
}
