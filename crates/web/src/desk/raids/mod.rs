//! Spam and raids: what was found in posts of new accounts, accounts that wait, raid mode, clean-ups, domains.

mod cleanup;
mod domains;

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::calm::{self, Calm};
use mainstreet_community::people;
use mainstreet_community::sign_ups::{self, SignUp};
use mainstreet_db::Tx;
use mainstreet_desk::conflicts::alarms::Alarms;
use mainstreet_desk::raids::breaker::{self, Flow};
use mainstreet_desk::raids::cleanup::{self as cleanups, Cleanup};
use mainstreet_desk::raids::store::Scored;
use mainstreet_desk::raids::{self};
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Error, Role};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::{Routes, is_mistake};
use crate::views::{self, Chrome, Flash, Page};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/desk/raids", show)
        .post("/desk/raids/threshold", set_threshold)
        .post("/desk/raids/sign-ups/{id}", decide)
        .get("/desk/raids/clean-up", cleanup::form)
        .post("/desk/raids/clean-up", cleanup::clean)
        .get("/desk/raids/clean-ups/{id}", cleanup::show)
        .post("/desk/raids/clean-ups/{id}/undo", cleanup::undo)
        .get("/desk/raids/domains", domains::show)
        .post("/desk/raids/domains", domains::take_in)
        .post("/desk/raids/domains/forget", domains::forget)
}

#[derive(Template)]
#[template(path = "desk/raids/show.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    raid: Option<Calm>,
    flows: [Flow; 2],
    /// How often the breaker would have tripped over a year.
    year: Alarms,
    sign_ups: Vec<(SignUp, String)>,
    refused: Vec<Refused>,
    scores: Vec<Scored>,
    cleanups: Vec<Cleanup>,
    hold_at: f64,
    typed: String,
    error: Option<String>,
    manages: bool,
}

/// An account that a person keeps out.
struct Refused {
    sign_up: SignUp,
    name: String,
    /// Who decided it.
    by: Option<String>,
}

fn kept_out(tx: &mut Tx<'_>) -> mainstreet_kernel::Result<Vec<Refused>> {
    let mut all = Vec::new();
    for sign_up in sign_ups::refused(tx, 100)? {
        let name = people::store::face_of(tx, sign_up.person)?.name;
        let by = match sign_up.decided_by {
            Some(person) => Some(people::store::face_of(tx, person)?.name),
            None => None,
        };
        all.push(Refused { sign_up, name, by });
    }
    Ok(all)
}

/// `GET /desk/raids`
async fn show(cx: Cx) -> Page {
    cx.staff()?;
    draw(&cx, None, None).await
}

async fn draw(cx: &Cx, typed: Option<String>, error: Option<Error>) -> Page {
    let manages = cx.staff()?.role >= Role::Manager;
    let (raid, (flows, year), sign_ups, refused, scores, cleanups, hold_at) = cx
        .read(|tx| {
            let mut waiting = Vec::new();
            for one in sign_ups::waiting(tx, 100)? {
                let name = people::store::face_of(tx, one.person)?.name;
                waiting.push((one, name));
            }
            Ok((
                calm::raid(tx)?,
                (breaker::flows(tx)?, raids::alarms::year(tx)?),
                waiting,
                kept_out(tx)?,
                raids::store::scores(tx, 2.0, 30)?,
                cleanups::list(tx, 10)?,
                raids::hold_at(tx)?,
            ))
        })
        .await?;
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let page = Show {
        chrome: cx.chrome(),
        here: "raids",
        waiting: cx.waiting().await?,
        raid,
        flows,
        year,
        sign_ups,
        refused,
        scores,
        cleanups,
        hold_at,
        typed: typed.unwrap_or_else(|| hold_at.to_string()),
        error: error.map(|error| error.safe.into_owned()),
        manages,
    };
    views::html_with(status, &page)
}

#[derive(Deserialize)]
struct Threshold {
    #[serde(default)]
    score: String,
}

/// `POST /desk/raids/threshold`
async fn set_threshold(cx: Cx) -> Page {
    let (actor, form) = (cx.staff()?.actor(), cx.form::<Threshold>()?);
    let to = form.score.trim().replace(',', ".").parse::<f64>().unwrap_or(f64::NAN);
    match cx.write(move |tx| raids::set_hold_at(tx, actor, to)).await {
        Ok(()) => {
            views::see_saying(&cx, "/desk/raids", format!("From {to} on, posts of new accounts are held."))
        }
        Err(error) if is_mistake(&error) => draw(&cx, Some(form.score), Some(error)).await,
        Err(error) => Err(error),
    }
}

#[derive(Deserialize)]
struct Decision {
    #[serde(default)]
    open: String,
}

/// `POST /desk/raids/sign-ups/{id}`: lets an account in, or keeps it out.
async fn decide(cx: Cx) -> Page {
    let (actor, form, id) = (cx.staff()?.actor(), cx.form::<Decision>()?, cx.path::<PersonId>("id")?);
    let open = form.open == "yes";
    let name = cx
        .write(move |tx| {
            sign_ups::decide(tx, actor, id, open)?;
            if open {
                let said = "Somebody of the team looked at your new account: you can write now. Welcome.";
                mainstreet_community::notices::tell(
                    tx,
                    id,
                    mainstreet_community::notices::About::SignUp,
                    id.0,
                    said,
                )?;
            }
            Ok(people::store::face_of(tx, id)?.name)
        })
        .await?;
    let text = if open {
        format!("{name} may write now.")
    } else {
        format!("{name} reads on and cannot write. Under “Kept out” you can let them in after all.")
    };
    views::see_with(&cx, "/desk/raids", &Flash { text, undo: None })
}

/// A banner on Today and in the inbox while raid or calm mode is on. HTML; empty: nothing is on.
pub(crate) async fn banner(cx: &Cx) -> mainstreet_kernel::Result<String> {
    #[derive(Template)]
    #[template(path = "desk/raids/banner.html")]
    struct Banner {
        chrome: Chrome,
        on: Vec<super::conflicts::Placed>,
    }
    let on = cx
        .read(|tx| {
            let mut on = Vec::new();
            for calm in calm::holding(tx)? {
                on.push(super::conflicts::placed(tx, calm)?);
            }
            Ok(on)
        })
        .await?;
    if on.is_empty() {
        return Ok(String::new());
    }
    Banner { chrome: cx.chrome(), on }.render().map_err(Error::internal)
}
