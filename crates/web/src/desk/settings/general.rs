//! What the community is called and where its days begin. Owners only.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::settings::{self, Settings};
use mainstreet_desk::rules;
use mainstreet_kernel::{FieldErrors, Role};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(super) fn routes() -> Routes {
    Routes::new().get("/desk/settings", show).post("/desk/settings", update)
}

#[derive(Template)]
#[template(path = "desk/settings/general.html")]
struct SettingsPage {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    part: &'static str,
    form: Form,
    errors: FieldErrors,
    sends_mail: bool,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Form {
    name: String,
    tagline: String,
    zone: String,
    names: String,
}

/// `GET /desk/settings`
async fn show(cx: Cx) -> Page {
    cx.at_least(Role::Owner)?;
    let settings = cx.app.site();
    let names = cx.read(settings::names).await?.split_off(1).join(", ");
    let form =
        Form { name: settings.name, tagline: settings.tagline, zone: settings.zone.name().to_owned(), names };
    page(&cx, form, FieldErrors::default()).await
}

async fn page(cx: &Cx, form: Form, errors: FieldErrors) -> Page {
    cx.staff()?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = SettingsPage {
        chrome: cx.chrome(),
        here: "settings",
        part: "general",
        waiting: cx.waiting().await?,
        form,
        errors,
        sends_mail: cx.app.config.smtp.is_some(),
    };
    views::html_with(status, &page)
}

/// `POST /desk/settings`
async fn update(cx: Cx) -> Page {
    let (actor, form) = (cx.at_least(Role::Owner)?.actor(), cx.form::<Form>()?);
    let mut errors = FieldErrors::default();
    let zone = form.zone.trim().parse();
    if zone.is_err() {
        errors.add("zone", "Write an IANA time zone such as Europe/Berlin.");
    }
    if let Err(error) = settings::names_in(&form.names) {
        errors.add("names", error.safe.to_string());
        return page(&cx, form, errors).await;
    }
    let Ok(zone) = zone else { return page(&cx, form, errors).await };
    let wanted = Settings {
        name: form.name.clone(),
        tagline: form.tagline.clone(),
        zone,
        answer_target: cx.app.site().answer_target,
    };
    let names = form.names.clone();
    let saved = cx.write(move |tx| {
        let before = settings::names(tx)?;
        settings::save(tx, actor, &wanted)?;
        let after: Vec<&str> =
            std::iter::once(wanted.name.trim()).chain(settings::names_in(&names)?).collect();
        if before == after { Ok(()) } else { rules::listen_for(tx, actor, &names) }
    });
    match saved.await {
        Ok(()) => {
            cx.app.refresh_site();
            views::see_saying(&cx, "/desk/settings", "The settings are saved.")
        }
        Err(error) if crate::routes::is_mistake(&error) => {
            errors.add("name", error.safe.to_string());
            page(&cx, form, errors).await
        }
        Err(error) => Err(error),
    }
}
