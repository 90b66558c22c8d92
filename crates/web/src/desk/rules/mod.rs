//! Rules: the list, the editor, a rule's page with its back-test, hits and modes, and "why (not)?" for a post.

mod choices;
mod deeds;
mod editor;
mod fields;
mod forms;
mod import;
mod list;
mod press;
mod rows;
mod samples;
mod segments;
mod sequences;
mod show;
mod told;
mod trial;
mod why;

use mainstreet_desk::rules::{Measured, Mode};

use crate::routes::Routes;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/desk/rules", list::list)
        .get("/desk/rules/new", editor::new)
        .post("/desk/rules/new", editor::create)
        .get("/desk/rules/import", import::show)
        .post("/desk/rules/import", import::import)
        .get("/desk/rules/sequences", sequences::show)
        .post("/desk/rules/sequences", sequences::save)
        .post("/desk/rules/sequences/walks", sequences::walks)
        .get("/desk/rules/forms", forms::show)
        .post("/desk/rules/forms", forms::save)
        .get("/desk/rules/forms/answers/{id}", forms::answers)
        .post("/desk/rules/forms/answers/{id}/withdrawal", forms::withdraw)
        .get("/desk/rules/{id}", show::show)
        .get("/desk/rules/{id}/edit", editor::edit)
        .post("/desk/rules/{id}/edit", editor::change)
        .post("/desk/rules/{id}/mode", show::turn)
        .post("/desk/rules/{id}/backtest", show::backtest)
        .post("/desk/rules/{id}/backtest/cancellation", show::cancel)
        .post("/desk/rules/{id}/labels", show::label)
        .get("/desk/posts/{id}/why", why::why)
        .get("/desk/segments", segments::list)
        .post("/desk/segments/labels", segments::give)
        .get("/desk/segments/new", segments::new)
        .post("/desk/segments/new", segments::create)
        .get("/desk/segments/{id}", segments::show)
        .get("/desk/segments/{id}/edit", segments::edit)
        .post("/desk/segments/{id}/edit", segments::change)
        .post("/desk/segments/{id}/removal", segments::remove)
        .post("/desk/segments/{id}/labels", segments::take_back)
}

/// A share for people: `80 % (49 to 94), 8 of 10`.
fn share(measured: &Measured) -> String {
    match (measured.value, measured.low, measured.high) {
        (Some(value), Some(low), Some(high)) => format!(
            "{:.0} % ({:.0} to {:.0}), {} of {}",
            value * 100.0,
            low * 100.0,
            high * 100.0,
            measured.k,
            measured.n
        ),
        _ => "not known yet".to_owned(),
    }
}

/// What a mode means, in a few words.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
fn mode_says(mode: &Mode) -> &'static str {
    match mode {
        Mode::Draft => "a draft, not tried on anything",
        Mode::Shadow => "in shadow: it watches and does nothing",
        Mode::Enforce => "it acts",
        Mode::Paused => "paused",
        Mode::Expired => "expired: it only watches",
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
fn mode_tone(mode: &Mode) -> &'static str {
    match mode {
        Mode::Enforce => "brick",
        Mode::Shadow => "leaf",
        Mode::Expired => "lamp",
        Mode::Draft | Mode::Paused => "",
    }
}

/// True when `focus` is the field of this name: it gets the keyboard.
pub(super) fn is_at(focus: &str, key: &str, field: &str) -> bool {
    focus.strip_prefix(key).and_then(|rest| rest.strip_prefix('.')) == Some(field)
}
