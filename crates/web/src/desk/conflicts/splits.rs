//! Splitting a side discussion off: choosing the replies, and where they go.

use std::collections::HashSet;

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::people::{self, Face};
use mainstreet_community::posts::Post;
use mainstreet_community::splits::{self, To};
use mainstreet_community::topics::{self, Topic};
use mainstreet_kernel::id::{PostId, SplitId, TopicId};
use mainstreet_kernel::{Error, Result};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::is_mistake;
use crate::views::{self, Chrome, Flash, Page};

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Form {
    topic: String,
    title: String,
    into: String,
    why: String,
}

#[derive(Template)]
#[template(path = "desk/conflicts/split.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    form: Form,
    error: Option<String>,
    topic: Topic,
    rows: Vec<(Post, Option<Face>)>,
    chosen: HashSet<PostId>,
}

/// `GET /desk/conflicts/split?topic=…`
pub(super) async fn form(cx: Cx) -> Page {
    cx.staff()?;
    draw(&cx, cx.query()?, HashSet::new(), None).await
}

async fn draw(cx: &Cx, form: Form, chosen: HashSet<PostId>, error: Option<Error>) -> Page {
    let id = form.topic.parse::<TopicId>()?;
    let (topic, rows) = cx
        .read(move |tx| {
            let topic = topics::store::find(tx, id)?;
            let posts = splits::candidates(tx, id)?;
            let writers: Vec<_> = posts.iter().map(|post| post.person).collect();
            let faces = people::store::faces(tx, &writers)?;
            let rows = posts.into_iter().map(|post| {
                let face = faces.get(&post.person).cloned();
                (post, face)
            });
            Ok((topic, rows.collect()))
        })
        .await?;
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let page = Show {
        chrome: cx.chrome(),
        here: "conflicts",
        waiting: cx.waiting().await?,
        form,
        error: error.map(|error| error.safe.into_owned()),
        topic,
        rows,
        chosen,
    };
    views::html_with(status, &page)
}

/// The address or number of a topic, as somebody pastes it.
fn pasted(text: &str) -> Result<TopicId> {
    let text = text.trim().split(['?', '#']).next().unwrap_or_default();
    text.split('/')
        .rev()
        .find_map(|part| part.parse::<TopicId>().ok())
        .ok_or_else(|| Error::invalid("Paste the address of the topic that the replies go into."))
}

/// `POST /desk/conflicts/split`
pub(super) async fn split(cx: Cx) -> Page {
    let (actor, form) = (cx.staff()?.actor(), cx.form::<Form>()?);
    let chosen: HashSet<PostId> = url::form_urlencoded::parse(&cx.body)
        .filter(|(name, _)| name == "post")
        .filter_map(|(_, value)| value.parse().ok())
        .collect();
    let (asked, ids) = (form.clone(), chosen.iter().copied().collect::<Vec<_>>());
    let done = cx
        .write(move |tx| {
            let to = if asked.into.trim().is_empty() {
                To::New(asked.title)
            } else {
                To::Topic(pasted(&asked.into)?)
            };
            let split = splits::split(tx, actor, asked.topic.parse()?, &ids, &to, &asked.why)?;
            Ok((topics::store::find(tx, split.to)?, split))
        })
        .await;
    match done {
        Ok((topic, split)) => {
            cx.app.pages.all_changed();
            let text = format!("{} moved here.", views::counted(split.moved, "reply", "replies"));
            let undo = Some(format!("/desk/conflicts/splits/{}/undo", split.id));
            views::see_with(&cx, &topic.path(), &Flash { text, undo })
        }
        Err(error) if is_mistake(&error) => draw(&cx, form, chosen, Some(error)).await,
        Err(error) => Err(error),
    }
}

/// `POST /desk/conflicts/splits/{id}/undo`
pub(super) async fn undo(cx: Cx) -> Page {
    let actor = cx.staff()?.actor();
    cx.form::<Form>()?;
    let id = cx.path::<SplitId>("id")?;
    let topic = cx
        .write(move |tx| {
            let split = splits::undo(tx, actor, id)?;
            topics::store::find(tx, split.from)
        })
        .await?;
    cx.app.pages.all_changed();
    views::see_saying(&cx, &topic.path(), "Moved back. Every reply stands where it stood.")
}
