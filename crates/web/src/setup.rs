//! First run: whoever holds the link that the server printed names the community and becomes its owner.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::accounts::{self, NewMember};
use mainstreet_kernel::{Error, FieldErrors, Result, Role};
use serde::Deserialize;

use crate::community::accounts::{hashed, signed_in};
use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/setup", show).post("/setup", create)
}

#[derive(Template)]
#[template(path = "community/setup.html")]
struct SetUp {
    chrome: Chrome,
    form: Form,
    errors: FieldErrors,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Form {
    code: String,
    site: String,
    tagline: String,
    zone: String,
    username: String,
    email: String,
    password: String,
}

/// `GET /setup?code=…`
async fn show(cx: Cx) -> Page {
    let mut form: Form = cx.query()?;
    check_code(&cx, &form.code).await?;
    form.zone = "UTC".to_owned();
    cx.keep_visit(views::html(&SetUp { chrome: cx.chrome(), form, errors: FieldErrors::default() })?)
}

/// `POST /setup`
async fn create(cx: Cx) -> Page {
    let form: Form = cx.form()?;
    check_code(&cx, &form.code).await?;
    let mut errors = FieldErrors::default();
    if form.site.trim().is_empty() || form.site.chars().count() > 60 {
        errors.add("site", "Give your community a name of at most 60 characters.");
    }
    if form.zone.parse::<mainstreet_kernel::Zone>().is_err() {
        errors.add("zone", "Write an IANA time zone such as Europe/Berlin.");
    }
    if let Err(why) = accounts::check_strength(&form.password, &form.username) {
        errors.add("password", why);
    }
    let hash = if errors.is_empty() { Some(hashed(&form.password).await?) } else { None };
    let new = NewMember {
        username: form.username.trim().to_owned(),
        name: String::new(),
        email: form.email.trim().to_owned(),
        password_hash: hash,
    };
    let (code, site, tagline, zone) =
        (form.code.clone(), form.site.clone(), form.tagline.clone(), form.zone.clone());
    let made = cx
        .write(move |tx| {
            if accounts::setup_code(tx)?.as_deref() != Some(&code) {
                return Err(done());
            }
            let mut found = accounts::check_new_member(tx, &new)?;
            found.0.extend(errors.0);
            if !found.is_empty() {
                return Ok(Err(found));
            }
            crate::app::name_site(tx, &site, &tagline, &zone)?;
            accounts::open(tx, &new, Role::Owner).map(Ok)
        })
        .await?;
    match made {
        Ok(person) => {
            cx.app.refresh_site();
            signed_in(
                &cx,
                person,
                "/desk",
                "Your community is open. Make its first spaces, then invite people.",
            )
            .await
        }
        Err(errors) => {
            let page = SetUp { chrome: cx.chrome(), form, errors };
            cx.keep_visit(views::html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)?)
        }
    }
}

async fn check_code(cx: &Cx, code: &str) -> Result<()> {
    match cx.write(accounts::setup_code).await? {
        Some(right) if crate::cookies::same(&right, code.trim()) => Ok(()),
        Some(_) => Err(Error::forbidden(
            "Open the link that the server printed when it started: it carries the set-up code.",
        )),
        None => Err(done()),
    }
}

fn done() -> Error {
    Error::not_found("This community is set up already. Sign in instead.")
}
