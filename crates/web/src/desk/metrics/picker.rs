//! The form above the figures of moderation: which days, which space.

use axum::http::StatusCode;
use mainstreet_desk::metrics::moderation::Choice;
use mainstreet_kernel::{Error, Kind};

use super::window::{Asked, Window};
use crate::request::Cx;

/// What the form shows: what was chosen, or what was typed when that cannot be read.
pub(super) struct Picker {
    /// Where it leads.
    pub(super) path: &'static str,
    /// Days that a chip is marked for; 0: none.
    pub(super) days: i32,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) choice: Choice,
    /// What is wrong with what was typed.
    pub(super) error: String,
}

impl Picker {
    pub(super) fn of(path: &'static str, window: &Window, choice: Choice) -> Self {
        let (days, from, to) = (window.days, window.first(), window.last());
        Self { path, days, from, to, choice, error: String::new() }
    }

    /// Shows again what was typed, with what is wrong about it. `choice`: with the space that was asked for, where it
    /// can be chosen.
    pub(super) fn refused(path: &'static str, asked: Asked, choice: Choice, error: &Error) -> Self {
        Self { path, days: 0, from: asked.from, to: asked.to, choice, error: error.safe.to_string() }
    }

    pub(super) fn status(&self) -> StatusCode {
        if self.error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
    }

    pub(super) fn kept_space(&self) -> String {
        kept_space(&self.choice)
    }
}

/// The chosen space as an address carries it on.
pub(in crate::desk) fn kept_space(choice: &Choice) -> String {
    choice.space.map(|space| format!("&space={space}")).unwrap_or_default()
}

/// What somebody typed that cannot be read, told apart from what fails otherwise.
pub(super) fn is_typed_wrong(error: &Error) -> bool {
    error.kind == Kind::Invalid
}

/// The days offered, with their names.
pub(super) const SPANS: [(i32, &str); 3] = [(28, "4 weeks"), (84, "12 weeks"), (365, "a year")];

/// What the address asks for, as it was typed, and as a window.
pub(super) fn read(cx: &Cx) -> mainstreet_kernel::Result<(Asked, mainstreet_kernel::Result<Window>)> {
    let asked: Asked = cx.query()?;
    let window = Window::of(&asked, cx.app.now(), cx.app.site().zone);
    Ok((asked, window))
}
