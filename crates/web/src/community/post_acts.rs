//! What can be done with a post or topic besides writing: react, accept, flag, take away, bring back, close.

use askama::Template;
use mainstreet_community::moderation::{Act, Target};
use mainstreet_community::posts::{self, Post};
use mainstreet_community::topics::{self, Topic};
use mainstreet_community::{flags, reactions};
use mainstreet_desk::moderation;
use mainstreet_kernel::id::{PostId, TopicId};
use mainstreet_kernel::{Error, Result};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::desk::moderation::act_on;
use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Flash, Page};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .post("/p/{id}/reactions", react)
        .post("/p/{id}/acceptance", accept)
        .post("/p/{id}/acceptance/withdraw", unaccept)
        .get("/p/{id}/flag", show_flag)
        .post("/p/{id}/flag", flag)
        .post("/p/{id}/deletion", delete)
        .post("/p/{id}/restoration", restore)
        .post("/t/{id}/closure", close)
        .post("/t/{id}/closure/withdraw", reopen)
        .post("/t/{id}/question", question)
        .post("/t/{id}/pin", pin)
}

#[derive(Template)]
#[template(path = "community/flag.html")]
struct FlagPage {
    chrome: Chrome,
    post: Post,
    topic: Topic,
    excerpt: String,
    error: Option<String>,
    form: FlagForm,
}

/// Where a post is, for the way back.
async fn path_of(cx: &Cx, id: PostId) -> Result<String> {
    cx.read(move |tx| {
        let post = posts::store::find(tx, id)?;
        Ok(topics::store::find(tx, post.topic)?.path_to(post.number))
    })
    .await
}

#[derive(Deserialize)]
struct ReactForm {
    kind: String,
}

/// `POST /p/{id}/reactions`: reacts, or takes it back.
async fn react(cx: Cx) -> Page {
    let (actor, id, form) = (cx.member()?.actor(), cx.path::<PostId>("id")?, cx.form::<ReactForm>()?);
    cx.write(move |tx| reactions::toggle(tx, actor, id, &form.kind)).await?;
    views::see(&path_of(&cx, id).await?)
}

/// `POST /p/{id}/acceptance`
async fn accept(cx: Cx) -> Page {
    let (actor, id, _) = (cx.member()?.actor(), cx.path::<PostId>("id")?, cx.form::<IgnoredAny>()?);
    cx.write(move |tx| posts::accept(tx, actor, id)).await?;
    let undo = Some(format!("/p/{id}/acceptance/withdraw"));
    let flash = Flash { text: "Marked as the answer. Thank you for telling everybody.".into(), undo };
    views::see_with(&cx, &path_of(&cx, id).await?, &flash)
}

/// `POST /p/{id}/acceptance/withdraw`
async fn unaccept(cx: Cx) -> Page {
    let (actor, id, _) = (cx.member()?.actor(), cx.path::<PostId>("id")?, cx.form::<IgnoredAny>()?);
    cx.write(move |tx| posts::unaccept(tx, actor, id)).await?;
    views::see_saying(&cx, &path_of(&cx, id).await?, "It is no longer marked as the answer.")
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct FlagForm {
    reason: String,
    note: String,
}

async fn flag_page(cx: &Cx, id: PostId, form: FlagForm, error: Option<Error>) -> Page {
    let viewer = cx.reader();
    let (post, topic) = cx
        .read(move |tx| {
            let post = posts::store::find(tx, id)?;
            let (topic, space) = topics::store::find_placed(tx, post.topic)?;
            topics::seen(viewer, &topic, space.visibility)?;
            Ok((post, topic))
        })
        .await?;
    let plain = mainstreet_community::markdown::plain(&post.body);
    let excerpt = mainstreet_kernel::text::excerpt(&plain, 240);
    let status = error.as_ref().map_or(axum::http::StatusCode::OK, |error| crate::error::status(error.kind));
    let error = error.map(|error| error.safe.into_owned());
    views::html_with(status, &FlagPage { chrome: cx.chrome(), post, topic, excerpt, error, form })
}

/// `GET /p/{id}/flag`
async fn show_flag(cx: Cx) -> Page {
    cx.member()?;
    let id = cx.path::<PostId>("id")?;
    flag_page(&cx, id, FlagForm::default(), None).await
}

/// `POST /p/{id}/flag`
async fn flag(cx: Cx) -> Page {
    let (actor, id, form) = (cx.member()?.actor(), cx.path::<PostId>("id")?, cx.form::<FlagForm>()?);
    let given = form.clone();
    match cx.write(move |tx| flags::raise(tx, actor, id, &given.reason, &given.note)).await {
        Ok(_) => views::see_saying(&cx, &path_of(&cx, id).await?, "Thank you. A moderator will look at it."),
        Err(error) if crate::routes::is_mistake(&error) => flag_page(&cx, id, form, Some(error)).await,
        Err(error) => Err(error),
    }
}

/// `POST /p/{id}/deletion`. What staff take from others is a decision, so they are asked which clause it broke.
async fn delete(cx: Cx) -> Page {
    let (actor, id, _) = (cx.member()?.actor(), cx.path::<PostId>("id")?, cx.form::<IgnoredAny>()?);
    let author = cx.read(move |tx| Ok(posts::store::find(tx, id)?.person)).await?;
    if actor.role.is_staff() && !actor.is(author) {
        return views::see(&act_on(id, Act::Delete));
    }
    let moved = cx.write(move |tx| posts::delete(tx, actor, id)).await?;
    let path = if moved.with_topic { "/".to_owned() } else { path_of(&cx, id).await? };
    let flash = Flash { text: "The post is deleted.".into(), undo: Some(format!("/p/{id}/restoration")) };
    views::see_with(&cx, &path, &flash)
}

/// `POST /p/{id}/restoration`
async fn restore(cx: Cx) -> Page {
    let (actor, id, _) = (cx.member()?.actor(), cx.path::<PostId>("id")?, cx.form::<IgnoredAny>()?);
    cx.write(move |tx| {
        let post = posts::store::find(tx, id)?;
        let own = actor.is(post.person) && post.state_by == Some(posts::Taker::Author);
        if !own && actor.role.is_staff() {
            let why = "Restored from the conversation.";
            return moderation::lift(tx, actor, Target::Post(id), why).map(drop);
        }
        posts::restore(tx, actor, id).map(drop)
    })
    .await?;
    views::see_saying(&cx, &path_of(&cx, id).await?, "The post is back.")
}

async fn back_to(cx: &Cx, id: TopicId, said: &'static str) -> Page {
    let path = cx.read(move |tx| Ok(topics::store::find(tx, id)?.path())).await?;
    views::see_saying(cx, &path, said)
}

/// `POST /t/{id}/closure`. What is over is closed at once; locking a talk that goes on is a decision.
async fn close(cx: Cx) -> Page {
    let (actor, id, _) = (cx.staff()?.actor(), cx.path::<TopicId>("id")?, cx.form::<IgnoredAny>()?);
    let topic = cx.read(move |tx| topics::store::find(tx, id)).await?;
    if topics::may_tidy(actor, &topic, cx.app.now()).is_err() {
        return views::see(&format!("/desk/moderation/act?topic={id}&act=lock"));
    }
    cx.write(move |tx| topics::close(tx, actor, id)).await?;
    back_to(&cx, id, "The topic is closed: it takes no more replies.").await
}

/// `POST /t/{id}/closure/withdraw`
async fn reopen(cx: Cx) -> Page {
    let (actor, id, _) = (cx.staff()?.actor(), cx.path::<TopicId>("id")?, cx.form::<IgnoredAny>()?);
    cx.write(move |tx| {
        moderation::lift(tx, actor, Target::Topic(id), "Opened from the conversation.").map(drop)
    })
    .await?;
    back_to(&cx, id, "The topic takes replies again.").await
}

#[derive(Deserialize)]
struct SwitchForm {
    #[serde(default)]
    on: String,
}

/// `POST /t/{id}/question`: asks for an answer, or not.
async fn question(cx: Cx) -> Page {
    let (actor, id, form) = (cx.member()?.actor(), cx.path::<TopicId>("id")?, cx.form::<SwitchForm>()?);
    let on = !form.on.is_empty();
    cx.write(move |tx| topics::mark_question(tx, actor, id, on)).await?;
    back_to(&cx, id, if on { "Marked as a question." } else { "No longer marked as a question." }).await
}

/// `POST /t/{id}/pin`: shown first in its space, or no longer.
async fn pin(cx: Cx) -> Page {
    let (actor, id, form) = (cx.staff()?.actor(), cx.path::<TopicId>("id")?, cx.form::<SwitchForm>()?);
    let on = !form.on.is_empty();
    cx.write(move |tx| topics::pin(tx, actor, id, on)).await?;
    back_to(&cx, id, if on { "Pinned to the top of its space." } else { "No longer pinned." }).await
}
