//! Signing in and out: by password, or by a link that is mailed and works once.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::accounts::{self, Purpose};
use mainstreet_kernel::FieldErrors;
use serde::Deserialize;

use super::accounts::{is_right, signed_in};
use crate::cookies;
use crate::mail;
use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/sign-in", show)
        .post("/sign-in", create)
        .post("/sign-in/link", ask_link)
        .get("/sign-in/link/{token}", show_link)
        .post("/sign-in/link/{token}", use_link)
        .post("/sign-out", leave)
}

#[derive(Template)]
#[template(path = "community/sign_in.html")]
struct SignIn {
    chrome: Chrome,
    form: Form,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "community/sign_in_link.html")]
struct UseLink {
    chrome: Chrome,
    token: String,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Form {
    login: String,
    password: String,
    next: String,
}

/// `GET /sign-in?next=/path`
async fn show(cx: Cx) -> Page {
    if cx.viewer.is_some() {
        return views::see("/");
    }
    let form: Form = cx.query()?;
    cx.keep_visit(views::html(&SignIn { chrome: cx.chrome(), form, errors: FieldErrors::default() })?)
}

/// `POST /sign-in`
async fn create(cx: Cx) -> Page {
    let form: Form = cx.form()?;
    let (login, caller) = (form.login.clone(), caller(&cx));
    let found = match cx.write(move |tx| accounts::for_sign_in(tx, &login, &caller)).await {
        Ok(found) => found,
        Err(error) if crate::routes::is_mistake(&error) => {
            return again(&cx, form, &error.safe, crate::error::status(error.kind));
        }
        Err(error) => return Err(error),
    };
    let hash = found.as_ref().and_then(|(_, hash)| hash.clone());
    if !is_right(&form.password, hash).await? {
        let why = "Name and password do not fit together. Try again, or have a link mailed to you.";
        return again(&cx, form, why, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let Some((person, _)) = found else {
        return Err(mainstreet_kernel::Error::internal("a right password of nobody"));
    };
    signed_in(&cx, person, &form.next, "Welcome back.").await
}

fn again(cx: &Cx, form: Form, why: &str, status: StatusCode) -> Page {
    let mut errors = FieldErrors::default();
    errors.add("login", why);
    let page = SignIn { chrome: cx.chrome(), form: Form { password: String::new(), ..form }, errors };
    cx.keep_visit(views::html_with(status, &page)?)
}

#[derive(Deserialize)]
struct AskForm {
    email: String,
}

/// `POST /sign-in/link`: always says the same, whether there is such a member or not.
async fn ask_link(cx: Cx) -> Page {
    let form: AskForm = cx.form()?;
    let (site, url, caller) = (cx.app.site().name, cx.app.config.url.clone(), caller(&cx));
    let email = form.email.trim().to_owned();
    cx.write(move |tx| {
        accounts::ask_link(tx, &email, Purpose::SignIn, &caller, |token| {
            mail::words(&mail::SignInLink { site: &site, url: &url, token })
        })
    })
    .await?;
    cx.app.wake_mail();
    let said = if cx.app.config.smtp.is_some() {
        "If this address belongs to a member, a link is on its way. It works for 30 minutes."
    } else {
        "This place has no mail server yet, so the link waits in its outbox. Ask an owner, or use your password."
    };
    views::see_saying(&cx, "/sign-in", said)
}

/// `GET /sign-in/link/{token}`: asks for one more press, because mail scanners open links.
async fn show_link(cx: Cx) -> Page {
    let token: String = cx.path("token")?;
    cx.keep_visit(views::html(&UseLink { chrome: cx.chrome(), token })?)
}

/// `POST /sign-in/link/{token}`
async fn use_link(cx: Cx) -> Page {
    let _: serde::de::IgnoredAny = cx.form()?;
    let token: String = cx.path("token")?;
    let (person, purpose) = cx.write(move |tx| accounts::use_link(tx, &token)).await?;
    let next = if purpose == Purpose::Reset { "/settings" } else { "/" };
    signed_in(&cx, person, next, "You are signed in.").await
}

/// `POST /sign-out`
async fn leave(cx: Cx) -> Page {
    let _: serde::de::IgnoredAny = cx.form()?;
    if let Some(viewer) = cx.viewer.clone() {
        cx.app.sessions.forget(&viewer.session);
        cx.write(move |tx| accounts::close_session(tx, viewer.person, &viewer.session)).await?;
    }
    let mut response = views::see_saying(&cx, "/", "You are signed out.")?;
    views::set_cookie(&cx, &mut response, cookies::SESSION, "", Some(0))?;
    Ok(response)
}

/// What attempts are counted by: the caller's address, without the last part of an IPv6 one.
pub(super) fn caller(cx: &Cx) -> String {
    match cx.address() {
        Some(std::net::IpAddr::V6(address)) => {
            address.segments()[..4].iter().map(|part| format!("{part:x}:")).collect()
        }
        Some(address) => address.to_string(),
        None => "unknown".to_owned(),
    }
}
