//! What rules propose and a person does: forms to send, thanks, introductions.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_desk::proposals::{self, Kind, Proposal, Stand};
use mainstreet_kernel::Error;
use mainstreet_kernel::id::EntryId;
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::{Routes, is_mistake};
use crate::views::{self, Chrome, Flash, Page};

const PATH: &str = "/desk/proposals";

pub(super) fn routes() -> Routes {
    Routes::new().get(PATH, show).post("/desk/proposals/{id}", decide)
}

#[derive(Template)]
#[template(path = "desk/proposals.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    open: Vec<Proposal>,
    decided: Vec<Proposal>,
    /// The proposal that a mistake was made with, what was typed, and what is wrong.
    wrong: Option<EntryId>,
    form: Form,
    error: String,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Form {
    words: String,
    why: String,
    /// `accept`, `decline` or `undo`.
    act: String,
}

impl Show {
    /// The words in the form of a proposal: what was typed, or a beginning.
    fn words(&self, one: &Proposal) -> String {
        if self.wrong == Some(one.id) {
            return self.form.words.clone();
        }
        let first = |name: &str| name.split_whitespace().next().unwrap_or(name).to_owned();
        match one.kind {
            Kind::Form => String::new(),
            Kind::Recognition => format!("Thank you, {}, for what you do here.", first(&one.name)),
            Kind::Connection => {
                let both = one.why.split(';').find_map(|part| part.trim().strip_prefix("both "));
                let common = both.map(|both| format!(", for you both {both}")).unwrap_or_default();
                format!(
                    "Hello {} and {},\n\nwe think that you may like to know each other{common}. Nothing is expected of \
                     you: if you like, answer where the other one writes.",
                    first(&one.name),
                    first(&one.other_name)
                )
            }
        }
    }

    fn why(&self, one: &Proposal) -> &str {
        if self.wrong == Some(one.id) { &self.form.why } else { "" }
    }

    fn is_wrong(&self, one: &Proposal) -> bool {
        self.wrong == Some(one.id)
    }
}

/// What is proposed, in words before the names; used by the template.
fn title(one: &Proposal) -> String {
    match one.kind {
        Kind::Form => format!("Send {} the form “{}”", one.name, one.what),
        Kind::Recognition => format!("Give {} the badge “{}”", one.name, one.what),
        Kind::Connection => format!("Introduce {} and {}", one.name, one.other_name),
    }
}

/// What was done or left; used by the template.
fn came(one: &Proposal) -> &'static str {
    match (one.stand, one.kind) {
        (Stand::Accepted, Kind::Form) => "sent",
        (Stand::Accepted, Kind::Recognition) => "given",
        (Stand::Accepted, Kind::Connection) => "introduced",
        _ => "declined",
    }
}

async fn draw(cx: &Cx, wrong: Option<EntryId>, form: Form, error: Option<Error>) -> Page {
    let (open, decided) = cx.read(|tx| Ok((proposals::waiting(tx)?, proposals::decided(tx)?))).await?;
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let page = Show {
        chrome: cx.chrome(),
        here: "rules",
        waiting: cx.waiting().await?,
        open,
        decided,
        wrong,
        form,
        error: error.map(|error| error.safe.into_owned()).unwrap_or_default(),
    };
    views::html_with(status, &page)
}

/// `GET /desk/proposals`
async fn show(cx: Cx) -> Page {
    cx.staff()?;
    draw(&cx, None, Form::default(), None).await
}

/// `POST /desk/proposals/{id}`
async fn decide(cx: Cx) -> Page {
    let (actor, form, id) = (cx.staff()?.actor(), cx.form::<Form>()?, cx.path::<EntryId>("id")?);
    let typed = form.clone();
    let done = cx
        .write(move |tx| match form.act.as_str() {
            "accept" => proposals::accept(tx, actor, id, &form.words),
            "decline" => proposals::decline(tx, actor, id, &form.why),
            // The sentence of the page before takes a decision back without saying so.
            _ => proposals::undo(tx, actor, id),
        })
        .await;
    match done {
        Ok(one) => {
            cx.app.wake_mail();
            let text = match one.stand {
                Stand::Waiting => format!("Taken back: {}. It waits again.", title(&one)),
                _ => format!("{}: {}.", title(&one), came(&one)),
            };
            let undo = (one.stand != Stand::Waiting).then(|| format!("{PATH}/{id}"));
            views::see_with(&cx, PATH, &Flash { text, undo })
        }
        Err(error) if is_mistake(&error) => draw(&cx, Some(id), typed, Some(error)).await,
        Err(error) => Err(error),
    }
}
