//! One act on several items: what was chosen, a look at it, one reason; then what became of each.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::guidelines;
use mainstreet_desk::batches::{self, Batch, Deed, NewBatch};
use mainstreet_desk::signals::{Signal, view};
use mainstreet_kernel::id::{BatchId, SignalId};
use mainstreet_kernel::{Error, Result};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::{Routes, is_mistake};
use crate::views::{self, Chrome, Flash, Page};

/// How many of the chosen items are shown before the act.
const SAMPLE: usize = 8;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/desk/inbox/bulk", show)
        .post("/desk/inbox/bulk", act)
        .get("/desk/moderation/batches/{id}", batch)
        .post("/desk/moderation/batches/{id}/undo", undo)
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Form {
    list: String,
    act: String,
    clause: String,
    why: String,
    hours: String,
}

#[derive(Template)]
#[template(path = "desk/inbox/bulk.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    items: Vec<SignalId>,
    count: i64,
    sample: Vec<Line>,
    clauses: Vec<(String, String)>,
    form: Form,
    error: Option<String>,
}

/// A chosen item: what it is about, whose, the beginning of the post.
struct Line {
    signal: Signal,
    person: String,
    said: String,
}

impl Show {
    fn deeds(&self) -> [Deed; 6] {
        Deed::ALL
    }
    fn more(&self) -> usize {
        self.items.len().saturating_sub(self.sample.len())
    }
}

fn chosen(cx: &Cx) -> Vec<SignalId> {
    let mut items: Vec<SignalId> = cx.chosen("item").iter().filter_map(|id| id.parse().ok()).collect();
    items.sort_unstable();
    items.dedup();
    items
}

/// `GET /desk/inbox/bulk?item=…&item=…`
async fn show(cx: Cx) -> Page {
    cx.staff()?;
    let form: Form = cx.query()?;
    let items = chosen(&cx);
    if items.is_empty() {
        let list = if form.list.is_empty() { "mine" } else { &form.list };
        return views::see_saying(
            &cx,
            &format!("/desk/inbox?list={}", list.replace(|letter: char| !letter.is_ascii_alphanumeric(), "")),
            "Choose items first: tick the boxes beside them.",
        );
    }
    draw(&cx, items, form, None).await
}

async fn draw(cx: &Cx, items: Vec<SignalId>, form: Form, error: Option<Error>) -> Page {
    let actor = cx.staff()?.actor();
    let first: Vec<SignalId> = items.iter().take(SAMPLE).copied().collect();
    let (sample, clauses) = cx
        .read(move |tx| {
            let mut sample = Vec::new();
            for id in first {
                let seen = view::view(tx, actor, id)?;
                let said = seen.posts.iter().find(|one| one.post.id == seen.signal.post);
                let said = said.map(|one| views::short(&one.post.body)).unwrap_or_default();
                sample.push(Line { person: seen.person.name, said, signal: seen.signal });
            }
            let clauses = guidelines::holds(tx)?.map(|version| version.clauses).unwrap_or_default();
            let clauses: Vec<(String, String)> =
                clauses.into_iter().map(|clause| (clause.slug, clause.text.title)).collect();
            Ok((sample, clauses))
        })
        .await?;
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let page = Show {
        chrome: cx.chrome(),
        here: "inbox",
        waiting: cx.waiting().await?,
        count: items.len() as i64,
        items,
        sample,
        clauses,
        form,
        error: error.map(|error| error.safe.into_owned()),
    };
    views::html_with(status, &page)
}

fn read(form: &Form) -> Result<NewBatch> {
    let hours = match form.hours.trim() {
        "" => None,
        text => Some(
            text.parse::<i64>()
                .map_err(|_| Error::invalid("Give the length as a number of hours, from 1 to 8,760."))?,
        ),
    };
    Ok(NewBatch { deed: form.act.parse()?, clause: form.clause.clone(), why: form.why.clone(), hours })
}

/// `POST /desk/inbox/bulk`: each item in a transaction of its own; what cannot be done says why.
async fn act(cx: Cx) -> Page {
    let (actor, form) = (cx.staff()?.actor(), cx.form::<Form>()?);
    let items = chosen(&cx);
    let count = items.len();
    let new = match read(&form) {
        Ok(new) => new,
        Err(error) => return draw(&cx, items, form, Some(error)).await,
    };
    let id = match cx.write(move |tx| batches::begin(tx, actor, &new, count)).await {
        Ok(id) => id,
        Err(error) if is_mistake(&error) => return draw(&cx, items, form, Some(error)).await,
        Err(error) => return Err(error),
    };
    for item in items {
        if let Err(error) = cx.write(move |tx| batches::do_one(tx, actor, id, item)).await {
            let why = error.safe.into_owned();
            cx.write(move |tx| batches::failed(tx, id, item, &why)).await?;
        }
    }
    cx.app.sessions.clear();
    cx.app.wake_mail();
    let done = cx.read(move |tx| batches::find(tx, id)).await?;
    let path = format!("/desk/moderation/batches/{id}");
    let text = format!("{} of {} items done.", done.standing(), done.items.len());
    views::see_with(&cx, &path, &Flash { text, undo: Some(format!("{path}/undo")) })
}

#[derive(Template)]
#[template(path = "desk/moderation/batch.html")]
struct ShowBatch {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    batch: Batch,
    works: bool,
}

/// `GET /desk/moderation/batches/{id}`
async fn batch(cx: Cx) -> Page {
    let works = cx.audits()?.role.is_staff();
    let id = cx.path::<BatchId>("id")?;
    let batch = cx.read(move |tx| batches::find(tx, id)).await?;
    let (chrome, waiting) = (cx.chrome(), cx.waiting().await?);
    views::html(&ShowBatch { chrome, here: "moderation", waiting, batch, works })
}

#[derive(Deserialize)]
struct WhyForm {
    #[serde(default)]
    why: String,
}

/// `POST /desk/moderation/batches/{id}/undo`: all that can be taken back is.
async fn undo(cx: Cx) -> Page {
    let (actor, form) = (cx.staff()?.actor(), cx.form::<WhyForm>()?);
    let id = cx.path::<BatchId>("id")?;
    let batch = cx.read(move |tx| batches::find(tx, id)).await?;
    let why = if form.why.trim().is_empty() { "The batch was taken back.".to_owned() } else { form.why };
    for item in batch.items.iter().filter(|item| item.is_done() && item.undone_at.is_none()) {
        let (signal, said) = (item.signal, why.clone());
        match cx.write(move |tx| batches::undo_one(tx, actor, id, signal, &said)).await {
            Ok(()) => {}
            Err(error) if error.kind == mainstreet_kernel::Kind::Forbidden => return Err(error),
            Err(error) => {
                let why = format!("Not taken back: {}", error.safe);
                cx.write(move |tx| batches::undo_failed(tx, id, signal, &why)).await?;
            }
        }
    }
    cx.app.sessions.clear();
    let after = cx.read(move |tx| batches::find(tx, id)).await?;
    let left = after.standing();
    let said = if left == 0 {
        "All of it is taken back.".to_owned()
    } else {
        format!("{left} could not be taken back; the list says why.")
    };
    views::see_saying(&cx, &format!("/desk/moderation/batches/{id}"), said)
}
