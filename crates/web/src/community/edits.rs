//! Changing a post, and what it said before.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::moderation::Act;
use mainstreet_community::posts::{self, Edit, Edited, Post, Revision};
use mainstreet_community::tags;
use mainstreet_community::topics::{self, State, Topic};
use mainstreet_kernel::id::PostId;
use mainstreet_kernel::{Error, Result};
use serde::Deserialize;

use crate::desk::moderation::act_on;
use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/p/{id}/edit", show).post("/p/{id}/edit", update).get("/p/{id}/history", history)
}

#[derive(Template)]
#[template(path = "community/edit.html")]
struct EditPage {
    chrome: Chrome,
    post: Post,
    topic: Topic,
    form: Form,
    /// False for staff, who may file it under other tags.
    own: bool,
    error: Option<String>,
    /// What somebody else made of it meanwhile.
    theirs: Option<String>,
}

#[derive(Template)]
#[template(path = "community/history.html")]
struct History {
    chrome: Chrome,
    post: Post,
    topic: Topic,
    revisions: Vec<Revision>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Form {
    title: String,
    tags: String,
    body: String,
    why: String,
    version: i64,
}

async fn load(cx: &Cx, id: PostId) -> Result<(Post, Topic, String)> {
    let viewer = cx.reader();
    cx.read(move |tx| {
        let post = posts::store::find(tx, id)?;
        let (topic, space) = topics::store::find_placed(tx, post.topic)?;
        topics::seen(viewer, &topic, space.visibility)?;
        let names: Vec<String> =
            tags::store::of_topic(tx, topic.id)?.into_iter().map(|tag| tag.name).collect();
        Ok((post, topic, names.join(", ")))
    })
    .await
}

/// `GET /p/{id}/edit`
async fn show(cx: Cx) -> Page {
    let (actor, id) = (cx.member()?.actor(), cx.path::<PostId>("id")?);
    let (post, topic, tags) = load(&cx, id).await?;
    posts::may_edit(actor, &post)?;
    let own = actor.is(post.person);
    if !own && !post.is_first() {
        return views::see(&act_on(id, Act::Edit));
    }
    let form = Form {
        title: topic.title.clone(),
        tags,
        body: post.body.clone(),
        why: String::new(),
        version: post.version,
    };
    views::html(&EditPage { chrome: cx.chrome(), post, topic, form, own, error: None, theirs: None })
}

/// `POST /p/{id}/edit`
async fn update(cx: Cx) -> Page {
    let (actor, id, form) = (cx.member()?.actor(), cx.path::<PostId>("id")?, cx.form::<Form>()?);
    let (post, topic, _) = load(&cx, id).await?;
    let own = actor.is(post.person);
    // Staff send tags alone.
    let form = if own { form } else { Form { body: post.body.clone(), title: topic.title.clone(), ..form } };
    let edit = Edit {
        post: id,
        expected: form.version,
        body: form.body.clone(),
        title: post.is_first().then(|| form.title.clone()),
        tags: if post.is_first() { Some(tags::read(&form.tags)?) } else { None },
        why: form.why.clone(),
    };
    match cx.write(move |tx| posts::edit(tx, actor, &edit)).await {
        Ok(Edited::Saved(post)) => {
            let said = if post.state == State::Held {
                "Your change is saved. A moderator looks at it before others see it."
            } else {
                "Your change is saved."
            };
            views::see_saying(&cx, &topic.path_to(post.number), said)
        }
        Ok(Edited::Stale(current)) => {
            let theirs = Some(current.body.clone());
            let form = Form { version: current.version, ..form };
            let error = Some("Somebody changed this post while you were writing. Your text is below; theirs is beside it. Saving now replaces theirs.".to_owned());
            let page = EditPage { chrome: cx.chrome(), post: current, topic, form, own, error, theirs };
            views::html_with(StatusCode::CONFLICT, &page)
        }
        Err(error) if crate::routes::is_mistake(&error) => {
            let status = crate::error::status(error.kind);
            let page = EditPage {
                chrome: cx.chrome(),
                post,
                topic,
                form,
                own,
                error: Some(error.safe.to_string()),
                theirs: None,
            };
            views::html_with(status, &page)
        }
        Err(error) => Err(error),
    }
}

/// `GET /p/{id}/history`
async fn history(cx: Cx) -> Page {
    let id = cx.path::<PostId>("id")?;
    let (post, topic, _) = load(&cx, id).await?;
    if post.state != State::Published && cx.staff().is_err() {
        return Err(Error::not_found("There is no such post."));
    }
    let revisions = cx.read(move |tx| posts::store::revisions(tx, id)).await?;
    views::html(&History { chrome: cx.chrome(), post, topic, revisions })
}
