//! What the community is called, where its days begin, and how long a question may wait. Owners only.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::settings::{self, Settings};
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::{FieldErrors, Role};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/desk/settings", show).post("/desk/settings", update)
}

#[derive(Template)]
#[template(path = "desk/settings.html")]
struct SettingsPage {
    chrome: Chrome,
    here: &'static str,
    waiting: usize,
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
    answer_hours: String,
}

/// `GET /desk/settings`
async fn show(cx: Cx) -> Page {
    cx.at_least(Role::Owner)?;
    let settings = cx.app.site();
    let form = Form {
        name: settings.name,
        tagline: settings.tagline,
        zone: settings.zone.name().to_owned(),
        answer_hours: (settings.answer_target / HOUR).to_string(),
    };
    page(&cx, form, FieldErrors::default())
}

fn page(cx: &Cx, form: Form, errors: FieldErrors) -> Page {
    cx.staff()?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = SettingsPage {
        chrome: cx.chrome(),
        here: "settings",
        waiting: 0,
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
    let hours = form.answer_hours.trim().parse::<i64>().ok().filter(|hours| (1..=720).contains(hours));
    if hours.is_none() {
        errors.add("answer_hours", "Write a number of hours from 1 to 720.");
    }
    let (Ok(zone), Some(hours)) = (zone, hours) else { return page(&cx, form, errors) };
    let wanted = Settings {
        name: form.name.clone(),
        tagline: form.tagline.clone(),
        zone,
        answer_target: hours * HOUR,
    };
    match cx.write(move |tx| settings::save(tx, actor, &wanted)).await {
        Ok(()) => {
            cx.app.refresh_site();
            views::see_saying(&cx, "/desk/settings", "The settings are saved.")
        }
        Err(error) if crate::routes::is_mistake(&error) => {
            errors.add("name", error.safe.to_string());
            page(&cx, form, errors)
        }
        Err(error) => Err(error),
    }
}
