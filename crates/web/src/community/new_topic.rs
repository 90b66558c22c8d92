//! Opening a topic.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::spaces::{self, Kind, Space};
use mainstreet_community::topics::{self, NewTopic, Row};
use mainstreet_community::{markdown, tags};
use mainstreet_kernel::id::SpaceId;
use mainstreet_kernel::{FieldErrors, Result};
use serde::Deserialize;

use super::replies::slow_down;
use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/new", show).post("/new", create)
}

#[derive(Template)]
#[template(path = "community/new_topic.html")]
struct Fresh {
    chrome: Chrome,
    spaces: Vec<Space>,
    form: Form,
    errors: FieldErrors,
    preview: Option<String>,
    /// Topics that may answer already what is asked.
    similar: Vec<Row>,
    /// They were looked for.
    looked: bool,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Form {
    space: String,
    title: String,
    body: String,
    tags: String,
    question: String,
    token: String,
    act: String,
    /// A field that people do not see; programs fill it.
    website: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    space: String,
}

/// `GET /new?space=slug`
async fn show(cx: Cx) -> Page {
    cx.member()?;
    let spaces = open_to(&cx).await?;
    let asked: Asked = cx.query()?;
    let chosen = spaces.iter().find(|space| space.slug == asked.space).or(spaces.first());
    let form = Form {
        space: chosen.map(|space| space.id.to_string()).unwrap_or_default(),
        question: if chosen.is_some_and(|space| space.kind == Kind::Questions) {
            "on".into()
        } else {
            String::new()
        },
        token: format!("{}-{}", mainstreet_community::accounts::random_token()?, cx.app.now().0),
        ..Form::default()
    };
    views::html(&Fresh {
        chrome: cx.chrome(),
        spaces,
        form,
        errors: FieldErrors::default(),
        preview: None,
        similar: Vec::new(),
        looked: false,
    })
}

async fn open_to(cx: &Cx) -> Result<Vec<Space>> {
    let (viewer, actor) = (cx.reader(), cx.member()?.actor());
    let spaces = cx.read(move |tx| spaces::store::all(tx, viewer)).await?;
    Ok(spaces.into_iter().filter(|space| spaces::may_open_topic(actor, space).is_ok()).collect())
}

/// `POST /new`: opens the topic, shows how it will look (`act=preview`), or what is like it (`act=similar`).
async fn create(cx: Cx) -> Page {
    let (actor, form) = (cx.member()?.actor(), cx.form::<Form>()?);
    if form.act == "preview" {
        let preview = markdown::render(&form.body, &markdown::Links::default());
        return again(&cx, form, FieldErrors::default(), Some(preview)).await;
    }
    if form.act == "similar" {
        return again(&cx, form, FieldErrors::default(), None).await;
    }
    let mut errors = FieldErrors::default();
    let names = tags::read(&form.tags).unwrap_or_else(|error| {
        errors.add("tags", error.safe.to_string());
        Vec::new()
    });
    let space = form.space.parse::<SpaceId>();
    if space.is_err() {
        errors.add("space", "Choose where this belongs.");
    }
    for (field, why) in topics::check(&form.title, &form.body, &names).0 {
        errors.add(field, why);
    }
    let Ok(space) = space else { return again(&cx, form, errors, None).await };
    if !errors.is_empty() {
        return again(&cx, form, errors, None).await;
    }
    let new = NewTopic {
        space,
        title: form.title.trim().to_owned(),
        body: form.body.clone(),
        tags: names,
        question: !form.question.is_empty(),
        form_token: super::replies::token(&form.token, &form.website),
    };
    let opened = cx
        .write(move |tx| {
            slow_down(tx, actor)?;
            topics::open(tx, actor, &new)
        })
        .await;
    match opened {
        Ok(opened) => views::see(&opened.topic.path()),
        Err(error) if crate::routes::is_mistake(&error) => {
            errors.add("body", error.safe.to_string());
            let mut response = again(&cx, form, errors, None).await?;
            *response.status_mut() = crate::error::status(error.kind);
            Ok(response)
        }
        Err(error) => Err(error),
    }
}

async fn again(cx: &Cx, form: Form, errors: FieldErrors, preview: Option<String>) -> Page {
    let spaces = open_to(cx).await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let looked = matches!(form.act.as_str(), "preview" | "similar");
    let similar = if looked { super::similar::find(cx, &form.title, &form.body).await? } else { Vec::new() };
    views::html_with(status, &Fresh { chrome: cx.chrome(), spaces, form, errors, preview, similar, looked })
}
