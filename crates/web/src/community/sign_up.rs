//! Becoming a member.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::accounts::{self, NewMember, Purpose};
use mainstreet_community::guidelines::{self, Version};
use mainstreet_community::sign_ups::State;
use mainstreet_desk::raids;
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::{FieldErrors, Role};
use serde::Deserialize;

use super::accounts::{hashed, signed_in};
use super::proof::{Challenge, arrived};
use super::sign_in::caller;
use crate::mail;
use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/sign-up", show).post("/sign-up", create)
}

#[derive(Template)]
#[template(path = "community/sign_up.html")]
struct SignUp {
    chrome: Chrome,
    form: Form,
    errors: FieldErrors,
    /// The guidelines that hold, to be read before.
    guidelines: Option<Version>,
    challenge: Challenge,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Form {
    pub(super) username: String,
    pub(super) name: String,
    pub(super) email: String,
    password: String,
    /// Not empty: they have read the guidelines.
    guidelines: String,
    /// A field that people do not see; programs fill it.
    pub(super) website: String,
    /// What the work is about, with our signature.
    pub(super) challenge: String,
    /// The work.
    pub(super) proof: String,
}

/// `GET /sign-up`
async fn show(cx: Cx) -> Page {
    if cx.viewer.is_some() {
        return views::see("/");
    }
    cx.keep_visit(views::html(&SignUp {
        chrome: cx.chrome(),
        form: Form::default(),
        errors: FieldErrors::default(),
        guidelines: cx.read(guidelines::holds).await?,
        challenge: Challenge::fresh(&cx).await?,
    })?)
}

/// `POST /sign-up`
async fn create(cx: Cx) -> Page {
    let form: Form = cx.form()?;
    let mut errors = FieldErrors::default();
    if let Err(why) = accounts::check_strength(&form.password, &form.username) {
        errors.add("password", why);
    }
    let guidelines = cx.read(guidelines::holds).await?;
    let version = guidelines.as_ref().map(|version| version.number);
    if version.is_some() && form.guidelines.is_empty() {
        errors.add("guidelines", "Read the guidelines and tick the box.");
    }
    let hash = if errors.is_empty() { Some(hashed(&form.password).await?) } else { None };
    let new = NewMember {
        username: form.username.trim().to_owned(),
        name: form.name.trim().to_owned(),
        email: form.email.trim().to_owned(),
        password_hash: hash,
    };
    let (site, url, by) = (cx.app.site().name, cx.app.config.url.clone(), caller(&cx));
    let (mut arrival, once) = arrived(&cx, &form);
    let made = cx
        .write(move |tx| {
            let mut found = accounts::check_new_member(tx, &new)?;
            found.0.extend(errors.0);
            if !found.is_empty() {
                return Ok(Err(found));
            }
            accounts::limit(tx, &format!("sign-up:by:{by}"), 10, HOUR)?;
            if accounts::find_by_email(tx, &new.email)?.is_some() {
                tell_owner_of_address(tx, &new.email, &site, &url, &by)?;
                return Ok(Ok(None));
            }
            let person = accounts::open(tx, &new, Role::Member)?;
            // A piece of work serves one account.
            if once.is_empty() || accounts::limit(tx, &format!("proof:{once}"), 1, 24 * HOUR).is_err() {
                arrival.proof = 0;
            }
            let state = raids::arrive(tx, person, &arrival)?;
            if state != State::Open {
                accounts::ask_link(tx, &new.email, Purpose::SignIn, &by, |token| {
                    mail::words(&mail::SignInLink { site: &site, url: &url, token })
                })?;
            }
            raids::breaker::watch(tx)?;
            if let Some(number) = version {
                guidelines::acknowledge(tx, person, number)?;
            }
            Ok(Ok(Some((person, state))))
        })
        .await?;
    match made {
        Ok(Some((person, state))) => {
            cx.app.wake_mail();
            signed_in(&cx, person, "/", welcome(state)).await
        }
        Ok(None) => {
            cx.app.wake_mail();
            views::see_saying(&cx, "/sign-in", "Look into your mail: we sent you a link to sign in with.")
        }
        Err(errors) => {
            let form = Form { password: String::new(), ..form };
            let challenge = Challenge::fresh(&cx).await?;
            let page = SignUp { chrome: cx.chrome(), form, errors, guidelines, challenge };
            cx.keep_visit(views::html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)?)
        }
    }
}

/// What a new member is told, by whether they may write at once.
fn welcome(state: State) -> &'static str {
    match state {
        State::Open => "Welcome. Say hello, or ask your first question.",
        State::Confirm => {
            "Welcome. You can read at once. To write, follow the link in the mail we sent you, or wait until somebody of the team has looked."
        }
        State::Approval | State::Refused => {
            "Welcome. You can read at once. Somebody of the team looks at new accounts at the moment; you can write as soon as they have."
        }
    }
}

/// Somebody signs up with an address that is a member's already: its owner is told, the asker is not.
fn tell_owner_of_address(
    tx: &mut mainstreet_db::Tx<'_>,
    email: &str,
    site: &str,
    url: &str,
    caller: &str,
) -> mainstreet_kernel::Result<()> {
    accounts::ask_link(tx, email, Purpose::SignIn, caller, |token| {
        mail::words(&mail::AlreadyMember { site, url, token })
    })
}
