//! How far the reading of texts can be trusted: its figures by kind of text, group and language.

use askama::Template;
use mainstreet_language::{Card, SetFigures, card};

use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(super) fn routes() -> Routes {
    Routes::new().get("/desk/judgement", show)
}

/// What each judgement is called, and what it is measured by.
const TASKS: &[(&str, &str, &str)] = &[
    ("harassment", "Harassment", "Insults, threats and contempt aimed at people."),
    ("spam", "Advertising", "Unwanted advertising, scams and link drops."),
    ("sentiment", "Feeling", "Positive, neutral or negative."),
    ("intent", "What a post wants", "One of nine; below 0.4 the desk says unclear."),
    ("needs_reply", "Needs a reply", "Whether somebody should answer."),
];

#[derive(Template)]
#[template(path = "desk/judgement.html")]
struct Judgement {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    card: Option<&'static Card>,
}

impl Judgement {
    fn tasks(&self) -> &'static [(&'static str, &'static str, &'static str)] {
        TASKS
    }

    fn of(&self, task: &str) -> Vec<&'static SetFigures> {
        self.card.map_or(&[][..], |card| &card.sets).iter().filter(|line| line.task == task).collect()
    }

    /// A figure to two places, or nothing where it does not apply.
    fn figure(&self, value: &Option<f64>) -> String {
        value.map_or_else(String::new, |value| format!("{value:.2}"))
    }

    /// A share in per cent, or nothing.
    fn share(&self, value: &Option<f64>) -> String {
        value.map_or_else(String::new, |value| format!("{:.1} %", value * 100.0))
    }
}

/// `GET /desk/judgement`
async fn show(cx: Cx) -> Page {
    cx.reads_figures()?;
    let page =
        Judgement { chrome: cx.chrome(), here: "judgement", waiting: cx.waiting().await?, card: card() };
    views::html(&page)
}
