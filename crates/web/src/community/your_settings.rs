//! A member's own settings: profile, appearance, password, where they are signed in.

use askama::Template;
use mainstreet_community::accounts::{self, Device, Member};
use mainstreet_desk::proposals;
use mainstreet_kernel::{Error, FieldErrors};
use serde::Deserialize;

use super::accounts::{hashed, is_right};
use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/settings", show)
        .post("/settings/profile", change_profile)
        .post("/settings/preferences", change_preferences)
        .post("/settings/password", change_password)
        .post("/settings/sessions/{session}/end", end_session)
        .post("/settings/sessions/end-others", end_others)
}

#[derive(Template)]
#[template(path = "community/settings.html")]
struct YourSettings {
    chrome: Chrome,
    member: Member,
    about: String,
    devices: Vec<Device>,
    session: String,
    /// They want to be introduced to nobody.
    alone: bool,
    errors: FieldErrors,
}

/// `GET /settings`
async fn show(cx: Cx) -> Page {
    page(&cx, FieldErrors::default()).await
}

async fn page(cx: &Cx, errors: FieldErrors) -> Page {
    let viewer = cx.member()?.clone();
    let person = viewer.person;
    let (member, about, devices, alone) = cx
        .read(move |tx| {
            let devices = accounts::devices(tx, person)?;
            let alone = proposals::wants_none(tx, person)?;
            Ok((accounts::find(tx, person)?, accounts::about(tx, person)?, devices, alone))
        })
        .await?;
    let wrong = !errors.is_empty();
    let chrome = cx.chrome();
    let page = YourSettings { chrome, member, about, devices, session: viewer.session, alone, errors };
    if wrong {
        views::html_with(axum::http::StatusCode::UNPROCESSABLE_ENTITY, &page)
    } else {
        views::html(&page)
    }
}

#[derive(Deserialize)]
struct ProfileForm {
    name: String,
    #[serde(default)]
    about: String,
}

/// `POST /settings/profile`
async fn change_profile(cx: Cx) -> Page {
    let (actor, form) = (cx.member()?.actor(), cx.form::<ProfileForm>()?);
    cx.write(move |tx| accounts::change_name_and_about(tx, actor, &form.name, &form.about)).await?;
    cx.app.sessions.clear();
    views::see_saying(&cx, "/settings", "Your profile is saved.")
}

#[derive(Deserialize)]
struct PreferencesForm {
    theme: String,
    #[serde(default)]
    shortcuts: String,
}

/// `POST /settings/preferences`
async fn change_preferences(cx: Cx) -> Page {
    let (actor, form) = (cx.member()?.actor(), cx.form::<PreferencesForm>()?);
    cx.write(move |tx| accounts::prefer(tx, actor, &form.theme, !form.shortcuts.is_empty())).await?;
    cx.app.sessions.clear();
    views::see_saying(&cx, "/settings", "Saved.")
}

#[derive(Deserialize)]
struct PasswordForm {
    #[serde(default)]
    current: String,
    new: String,
}

/// `POST /settings/password`
async fn change_password(cx: Cx) -> Page {
    let (viewer, form) = (cx.member()?.clone(), cx.form::<PasswordForm>()?);
    let username = viewer.username.clone();
    let known = cx.write(move |tx| accounts::for_sign_in(tx, &username, "settings")).await?;
    let hash = known.and_then(|(_, hash)| hash);
    let mut errors = FieldErrors::default();
    if hash.is_some() && !is_right(&form.current, hash).await? {
        errors.add("current", "This is not your current password.");
    }
    if let Err(why) = accounts::check_strength(&form.new, &viewer.username) {
        errors.add("new", why);
    }
    if !errors.is_empty() {
        return page(&cx, errors).await;
    }
    let hash = hashed(&form.new).await?;
    cx.write(move |tx| accounts::change_password(tx, viewer.person, &hash, Some(&viewer.session))).await?;
    cx.app.sessions.clear();
    views::see_saying(&cx, "/settings", "Your password is changed, and all other devices are signed out.")
}

/// `POST /settings/sessions/{session}/end`
async fn end_session(cx: Cx) -> Page {
    let (viewer, _) = (cx.member()?.clone(), cx.form::<serde::de::IgnoredAny>()?);
    let session: String = cx.path("session")?;
    if session == viewer.session {
        return Err(Error::invalid("This is the device you are using. Sign out instead."));
    }
    cx.app.sessions.forget(&session);
    cx.write(move |tx| accounts::close_session(tx, viewer.person, &session)).await?;
    views::see_saying(&cx, "/settings", "That device is signed out.")
}

/// `POST /settings/sessions/end-others`
async fn end_others(cx: Cx) -> Page {
    let (viewer, _) = (cx.member()?.clone(), cx.form::<serde::de::IgnoredAny>()?);
    cx.write(move |tx| accounts::close_sessions_but(tx, viewer.person, Some(&viewer.session))).await?;
    cx.app.sessions.clear();
    views::see_saying(&cx, "/settings", "All other devices are signed out.")
}
