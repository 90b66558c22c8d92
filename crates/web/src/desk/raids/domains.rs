//! Domains that were linked to and what became of that; mail domains that hand out addresses for minutes.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_desk::raids::mail_domains;
use mainstreet_desk::raids::score::Domain;
use mainstreet_desk::raids::store;
use mainstreet_kernel::{Error, Role};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::is_mistake;
use crate::views::{self, Chrome, Page};

#[derive(Template)]
#[template(path = "desk/raids/domains.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    domains: Vec<Domain>,
    team: Vec<(String, bool)>,
    shipped: usize,
    manages: bool,
    typed: String,
    error: Option<String>,
}

impl Show {
    /// The interval of a domain's share of spam, in whole percent.
    fn interval(&self, domain: &Domain) -> String {
        let interval = domain.share().wilson();
        format!("{:.0} to {:.0} %", interval.low * 100.0, interval.high * 100.0)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    body: String,
    domain: String,
}

/// `GET /desk/raids/domains`
pub(super) async fn show(cx: Cx) -> Page {
    cx.staff()?;
    draw(&cx, String::new(), None).await
}

async fn draw(cx: &Cx, typed: String, error: Option<Error>) -> Page {
    let manages = cx.staff()?.role >= Role::Manager;
    let (domains, team) = cx.read(|tx| Ok((store::domains(tx, 100)?, mail_domains::of_team(tx)?))).await?;
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let page = Show {
        chrome: cx.chrome(),
        here: "raids",
        waiting: cx.waiting().await?,
        domains,
        team,
        shipped: mail_domains::shipped_count(),
        manages,
        typed,
        error: error.map(|error| error.safe.into_owned()),
    };
    views::html_with(status, &page)
}

/// `POST /desk/raids/domains`
pub(super) async fn take_in(cx: Cx) -> Page {
    let (actor, form) = (cx.staff()?.actor(), cx.form::<Form>()?);
    let text = form.body.clone();
    match cx.write(move |tx| mail_domains::take_in(tx, actor, &text)).await {
        Ok(count) => views::see_saying(&cx, "/desk/raids/domains", format!("{count} taken in.")),
        Err(error) if is_mistake(&error) => draw(&cx, form.body, Some(error)).await,
        Err(error) => Err(error),
    }
}

/// `POST /desk/raids/domains/forget`
pub(super) async fn forget(cx: Cx) -> Page {
    let (actor, form) = (cx.staff()?.actor(), cx.form::<Form>()?);
    cx.write(move |tx| mail_domains::forget(tx, actor, &form.domain)).await?;
    views::see_saying(
        &cx,
        "/desk/raids/domains",
        "Forgotten. The list that comes with the program counts again.",
    )
}
