//! Which model drafts replies, if any. Owners only; off until one switches it on.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_desk::drafting::{self, Kept};
use mainstreet_kernel::{FieldErrors, Role};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

const PATH: &str = "/desk/settings/drafting";

pub(super) fn routes() -> Routes {
    Routes::new().get(PATH, show).post(PATH, update)
}

#[derive(Template)]
#[template(path = "desk/settings/drafting.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    part: &'static str,
    form: Form,
    errors: FieldErrors,
    /// A key is kept.
    has_key: bool,
    /// Host and model, when the operator set them where the program is started.
    operator: Option<(String, String)>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Form {
    on: String,
    url: String,
    model: String,
    key: String,
    wish: String,
}

async fn draw(cx: &Cx, form: Option<Form>, errors: FieldErrors) -> Page {
    let kept = cx.read(drafting::kept).await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let has_key = !kept.key.is_empty();
    let form = form.unwrap_or_else(|| Form {
        on: if kept.on { "1".to_owned() } else { String::new() },
        url: kept.url,
        model: kept.model,
        key: String::new(),
        wish: kept.wish,
    });
    let operator = cx.app.config.drafting.as_ref().map(|one| (one.url.clone(), one.model.clone()));
    let page = Show {
        chrome: cx.chrome(),
        here: "settings",
        waiting: cx.waiting().await?,
        part: "drafting",
        form,
        errors,
        has_key,
        operator,
    };
    views::html_with(status, &page)
}

/// `GET /desk/settings/drafting`
async fn show(cx: Cx) -> Page {
    cx.at_least(Role::Owner)?;
    draw(&cx, None, FieldErrors::default()).await
}

/// `POST /desk/settings/drafting`
async fn update(cx: Cx) -> Page {
    let (actor, form) = (cx.at_least(Role::Owner)?.actor(), cx.form::<Form>()?);
    let operator = cx.app.config.drafting.clone();
    let new = Kept {
        on: !form.on.is_empty(),
        url: form.url.clone(),
        model: form.model.clone(),
        key: form.key.clone(),
        wish: form.wish.clone(),
    };
    let on = new.on;
    match cx.write(move |tx| drafting::set(tx, actor, &new, operator.as_ref())).await? {
        Some(errors) => draw(&cx, Some(Form { key: String::new(), ..form }), errors).await,
        None if on => views::see_saying(
            &cx,
            PATH,
            "Kept. Moderators can ask for drafts in the inbox; each sees first what goes out.",
        ),
        None => views::see_saying(&cx, PATH, "Kept. Drafting is off; nothing goes out."),
    }
}
