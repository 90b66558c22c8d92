//! Replying, and seeing beforehand how it will look.

use askama::Template;
use mainstreet_community::posts::{self, NewReply};
use mainstreet_community::{accounts, markdown, topics};
use mainstreet_db::Tx;
use mainstreet_kernel::clock::MINUTE;
use mainstreet_kernel::error::Kind;
use mainstreet_kernel::id::TopicId;
use mainstreet_kernel::{Actor, Result};
use serde::Deserialize;

use super::topics::{Composer, quoted, render};
use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

/// A member may post so often in ten minutes; staff as often as they like.
const MOST_POSTS: i64 = 40;

pub(crate) fn routes() -> Routes {
    Routes::new().post("/t/{id}/replies", create).post("/preview", preview)
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Form {
    body: String,
    reply_to: String,
    token: String,
    act: String,
    /// Which page of the topic the form stood on.
    page: String,
    /// A field that people do not see; programs fill it.
    website: String,
}

/// The one-time token of a form, marked when the field that people do not see was filled in: what a new account writes
/// is then looked at more closely.
pub(super) fn token(token: &str, website: &str) -> Option<String> {
    let trapped = if website.is_empty() { "" } else { "-t" };
    (!token.is_empty()).then(|| format!("{token}{trapped}"))
}

#[derive(Template)]
#[template(path = "community/preview.html")]
struct Preview {
    chrome: Chrome,
    html: String,
    form: Form,
    action: String,
}

/// Refuses a member who posts faster than people write.
pub(super) fn slow_down(tx: &mut Tx<'_>, actor: Actor) -> Result<()> {
    match actor.person {
        Some(person) if !actor.role.is_staff() => {
            accounts::limit(tx, &format!("post:by:{person}"), MOST_POSTS, 10 * MINUTE)
        }
        _ => Ok(()),
    }
}

/// `POST /t/{id}/replies`
async fn create(cx: Cx) -> Page {
    let (actor, topic, form) = (cx.member()?.actor(), cx.path::<TopicId>("id")?, cx.form::<Form>()?);
    if form.act == "preview" {
        let html = markdown::render(&form.body, &markdown::Links::default());
        return views::html(&Preview {
            chrome: cx.chrome(),
            html,
            form,
            action: format!("/t/{topic}/replies"),
        });
    }
    if let Some(aim) = aim(&form.act) {
        return aimed(&cx, topic, aim, form).await;
    }
    let new = NewReply {
        topic,
        body: form.body.clone(),
        reply_to: form.reply_to.parse().ok(),
        form_token: token(&form.token, &form.website),
    };
    let sent = cx
        .write(move |tx| {
            slow_down(tx, actor)?;
            let post = posts::reply(tx, actor, &new)?;
            let topic = topics::store::find(tx, topic)?;
            Ok(topic.path_to(post.number))
        })
        .await;
    match sent {
        Ok(path) => views::see(&path),
        Err(error) if crate::routes::is_mistake(&error) => {
            let status = crate::error::status(error.kind);
            let composer = Composer {
                token: form.token,
                body: form.body,
                reply_to: form.reply_to.parse().ok(),
                error: Some(error.safe.to_string()),
            };
            let mut response = render(&cx, topic, None, i64::MAX, composer).await?;
            *response.status_mut() = status;
            Ok(response)
        }
        Err(error) => Err(error),
    }
}

/// What a button beside the composer asks for.
#[derive(Clone, Copy)]
enum Aim {
    /// To answer this post; 0: the topic.
    To(i64),
    /// To quote this post.
    Quote(i64),
}

fn aim(act: &str) -> Option<Aim> {
    let to = act.strip_prefix("to-").and_then(|number| number.parse().ok()).map(Aim::To);
    to.or_else(|| act.strip_prefix("quote-").and_then(|number| number.parse().ok()).map(Aim::Quote))
}

/// The page again, with the reply aimed at a post or a quote put under what was typed.
async fn aimed(cx: &Cx, topic: TopicId, aim: Aim, form: Form) -> Page {
    let mut composer =
        Composer { token: form.token, body: form.body, reply_to: form.reply_to.parse().ok(), error: None };
    match aim {
        Aim::To(number) => composer.reply_to = Some(number).filter(|number| *number > 0),
        Aim::Quote(number) => match quoted(cx, topic, number).await {
            Ok(quote) => {
                let above = composer.body.trim_end();
                composer.body = if above.is_empty() { quote } else { format!("{above}\n\n{quote}") };
                composer.reply_to = Some(number);
            }
            Err(error) if error.kind == Kind::NotFound => composer.error = Some(error.safe.to_string()),
            Err(error) => return Err(error),
        },
    }
    render(cx, topic, None, form.page.parse().unwrap_or(1).max(1), composer).await
}

/// `POST /preview`: the text as it will look, for the script of the composer.
async fn preview(cx: Cx) -> Page {
    cx.member()?;
    let form: Form = cx.form()?;
    let html = markdown::render(&form.body, &markdown::Links::default());
    Ok(views::typed("text/html; charset=utf-8", html))
}
