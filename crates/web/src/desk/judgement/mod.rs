//! How far the reading of texts can be trusted: what people here say of it, what it learnt from them, and its figures
//! by kind of text, group and language.

mod acts;
mod again;
mod attempt;

use std::collections::HashMap;

use askama::Template;
use axum::http::StatusCode;
use mainstreet_desk::judgement::{self, Confusion, Judgement, Overview, Standing, Verdict, Version};
use mainstreet_kernel::{Result, Role};
use mainstreet_language::{Card, SetFigures, card};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(super) fn routes() -> Routes {
    Routes::new().get(PATH, show).and(acts::routes()).and(again::routes()).and(attempt::routes())
}

const PATH: &str = "/desk/judgement";

/// What each judgement is called, and what it is measured by.
const TASKS: &[(&str, &str, &str)] = &[
    ("harassment", "Harassment", "Insults, threats and contempt aimed at people."),
    ("spam", "Advertising", "Unwanted advertising, scams and link drops."),
    ("sentiment", "Feeling", "Positive, neutral or negative."),
    ("intent", "What a post wants", "One of nine; below 0.4 the desk says unclear."),
    ("needs_reply", "Needs a reply", "Whether somebody should answer."),
];

/// Which table is looked at.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    of: String,
    by: String,
}

/// An act that was refused, and what had been typed.
#[derive(Clone, Default)]
pub(super) struct Mistake {
    form: &'static str,
    text: String,
    typed: HashMap<String, String>,
    status: StatusCode,
}

#[derive(Template)]
#[template(path = "desk/judgement/show.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    card: Option<&'static Card>,
    overview: Overview,
    table: Confusion,
    /// The version the table is of; empty: all.
    by: String,
    /// The viewer may choose versions.
    leads: bool,
    mistake: Mistake,
}

/// What people said of one judgement over time.
struct Line {
    name: &'static str,
    word: &'static str,
    /// One for each span; none: nobody said anything.
    cells: Vec<Option<(i64, i64)>>,
    all: (i64, i64),
}

impl Show {
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

    /// A row of the table.
    fn row(&self, row: &usize) -> &[i64] {
        self.table.counts.get(*row).map_or(&[], Vec::as_slice)
    }

    fn judgements(&self) -> &'static [Judgement] {
        Judgement::ALL
    }

    /// The beginnings of the spans, the earliest first.
    fn spans(&self) -> Vec<String> {
        self.starts().iter().map(|at| self.chrome.short_day(at)).collect()
    }

    fn starts(&self) -> Vec<mainstreet_kernel::Timestamp> {
        let mut all: Vec<_> = self.overview.periods.iter().map(|period| period.from).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn lines(&self) -> Vec<Line> {
        let starts = self.starts();
        let line = |judgement: &Judgement| {
            let own: Vec<_> =
                self.overview.periods.iter().filter(|period| period.judgement == *judgement).collect();
            let cells = starts.iter().map(|at| {
                own.iter().find(|period| period.from == *at).map(|period| (period.agreed, period.answers))
            });
            Line {
                name: judgement::spoken(*judgement),
                word: judgement.as_str(),
                cells: cells.collect(),
                all: own.iter().fold((0, 0), |sum, one| (sum.0 + one.agreed, sum.1 + one.answers)),
            }
        };
        Judgement::ALL.iter().map(line).filter(|line| line.all.1 > 0).collect()
    }

    /// Versions that can be chosen: those kept, and what ships.
    fn choices(&self) -> Vec<(&str, String)> {
        let overview = &self.overview;
        let mut all = vec![(overview.shipped, format!("{}, as shipped", overview.shipped))];
        for version in overview.versions.iter().filter(|version| version.kept) {
            if all.iter().all(|(name, _)| *name != version.name) {
                let at = self.chrome.date(&version.at);
                all.push((&version.name, format!("{}, learnt {at}", local(&version.name))));
            }
        }
        all.retain(|(name, _)| *name != overview.in_force);
        all
    }

    /// What was typed into a field of the form that was refused.
    fn typed(&self, form: &str, field: &str) -> &str {
        if self.mistake.form != form {
            return "";
        }
        self.mistake.typed.get(field).map_or("", String::as_str)
    }
}

/// The part of a version's name that tells it from others: used by templates.
pub(super) fn local(name: &str) -> &str {
    name.split_once('+').map_or(name, |(_, local)| local)
}

/// What became of an attempt, in a few words: used by templates.
pub(super) fn came(version: &Version) -> String {
    let of = |verdict| -> Vec<&str> {
        let own = version.figures.iter().filter(|one| one.verdict == verdict);
        own.map(|one| judgement::spoken(one.judgement)).collect()
    };
    let better = of(Verdict::Better);
    match (version.standing, better.is_empty()) {
        (Standing::Rejected, _) => "An attempt, not taken".to_owned(),
        (Standing::Ready, _) => {
            format!("{}: better for {}; waits for a person", local(&version.name), better.join(", "))
        }
        (Standing::Adopted, _) => format!("{}: taken for {}", local(&version.name), better.join(", ")),
    }
}

/// `GET /desk/judgement?of=intent&by=…`
async fn show(cx: Cx) -> Page {
    cx.reads_figures()?;
    draw(&cx, Mistake::default()).await
}

/// Draws the page; with a mistake, beside the form that was refused.
async fn draw(cx: &Cx, mistake: Mistake) -> Page {
    let asked = cx.query::<Asked>()?;
    let judgement = Judgement::named(&asked.of).unwrap_or(Judgement::Intent);
    let by = asked.by.clone();
    let (overview, table): (Overview, Confusion) = cx
        .read(move |tx| -> Result<_> {
            Ok((judgement::overview(tx)?, judgement::confusion(tx, judgement, &asked.by)?))
        })
        .await?;
    let status = mistake.status;
    let page = Show {
        leads: cx.reads_figures()?.role >= Role::Manager,
        chrome: cx.chrome(),
        here: "judgement",
        waiting: cx.waiting().await?,
        card: card(),
        overview,
        table,
        by,
        mistake,
    };
    views::html_with(status, &page)
}
