//! A theme: what was said, who asked, what came of it, and what can be done.

use std::collections::HashMap;

use askama::Template;
use axum::http::StatusCode;
use mainstreet_desk::insights::{self, Act, Asker, Kind, Shown, Status, Step, Turn};
use mainstreet_kernel::id::ThemeId;

use super::lists::trend;
use super::{change, kind_word, quote};
use crate::request::Cx;
use crate::views::{self, Chrome, Page};

#[derive(Template)]
#[template(path = "desk/insights/show.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    shown: Shown,
    change: String,
    quotes: Vec<(Turn, String)>,
    kinds: String,
    trend: String,
    told: String,
    others: Vec<(ThemeId, String)>,
    only_open: bool,
    token: String,
    /// Which form was refused, why, and what had been typed.
    form: &'static str,
    error: String,
    typed: HashMap<String, String>,
}

impl Show {
    fn all_kinds(&self) -> &'static [Kind] {
        Kind::ALL
    }

    fn turns(&self) -> Vec<&Turn> {
        self.shown.turns.iter().filter(|turn| !self.only_open || turn.unanswered).collect()
    }

    /// True when a dismissed item keeps it out of the inbox.
    fn is_silent(&self) -> bool {
        self.shown.trended.iter().any(insights::Trended::silences)
    }

    fn to_tell(&self) -> Vec<&Asker> {
        self.shown.askers.iter().filter(|asker| asker.told_at.is_none()).collect()
    }

    /// What had been typed into a field of the form that was refused.
    fn typed(&self, form: &str, field: &str) -> &str {
        if self.form == form { self.typed.get(field).map_or("", String::as_str) } else { "" }
    }

    /// True when a box was ticked in the form that was refused.
    fn ticked(&self, form: &str, field: &str) -> bool {
        self.form == form && self.typed.contains_key(field)
    }

    fn can_part(&self, step: &Step) -> bool {
        step.act == Act::Merged && step.undone_at.is_none()
    }
}

/// What was done, as a sentence's beginning; used by the template.
fn act_label(step: &Step) -> String {
    let many = views::counted(i64::try_from(step.topics.len()).unwrap_or(0), "conversation", "conversations");
    let other = step.other.as_ref().map_or("another", |(_, name)| name.as_str());
    match step.act {
        Act::Confirmed => "confirmed it".to_owned(),
        Act::Named => "named it".to_owned(),
        Act::Moved => "moved it on".to_owned(),
        Act::Merged => format!("merged “{other}” into it, {many}"),
        Act::Parted => format!("took it apart from “{other}”"),
        Act::Split => format!("split {many} between it and “{other}”"),
        Act::TakenOut => format!("took {many} out"),
        Act::Put => format!("put {many} in"),
        Act::Counted => format!("counts {many} as"),
        Act::Told => "told those who asked".to_owned(),
        Act::Heard => "wants to hear of it again when it trends".to_owned(),
    }
}

/// A form that was refused: which, why, and what had been typed.
#[derive(Default)]
pub(super) struct Mistake {
    pub(super) form: &'static str,
    pub(super) text: String,
    pub(super) typed: HashMap<String, String>,
    pub(super) status: StatusCode,
}

/// Draws a theme. With a mistake, the form that was refused says why and holds what was typed.
pub(super) async fn draw(cx: &Cx, id: ThemeId, mistake: Mistake) -> Page {
    let (shown, others) = cx
        .read(move |tx| {
            let shown = insights::show(tx, id)?;
            let others = insights::choices(tx, shown.theme.id)?;
            Ok((shown, others))
        })
        .await?;
    if shown.theme.id != id && mistake.form.is_empty() {
        return views::see(&format!("/desk/insights/{}", shown.theme.id));
    }
    let word = |(kind, count): &(Kind, usize)| format!("{count} with {}", kind_word(*kind, *count > 1));
    let quotes = shown.quotes.iter().map(|turn| (turn.clone(), quote(turn, &shown.theme.name))).collect();
    let interval = shown.told.wilson();
    let percent = |share: f64| format!("{:.0}", share * 100.0);
    let told = match shown.told.value() {
        None => "Nobody asked.".to_owned(),
        Some(value) => format!(
            "{} of {} who asked were told: {} % ({} to {} %).",
            shown.told.hits,
            shown.told.trials,
            percent(value),
            percent(interval.low),
            percent(interval.high)
        ),
    };
    let page = Show {
        chrome: cx.chrome(),
        here: "insights",
        waiting: cx.waiting().await?,
        change: change(shown.ranked.askers),
        quotes,
        kinds: shown.kinds.iter().map(word).collect::<Vec<_>>().join(", "),
        trend: trend(&shown.ranked.weeks),
        told,
        others,
        only_open: cx.uri.query().is_some_and(|query| query.contains("only=unanswered")),
        token: mainstreet_community::accounts::random_token()?,
        form: mistake.form,
        error: mistake.text,
        typed: mistake.typed,
        shown,
    };
    views::html_with(mistake.status, &page)
}

/// `GET /desk/insights/{id}?only=unanswered`
pub(super) async fn show(cx: Cx) -> Page {
    cx.staff()?;
    let id = cx.path::<ThemeId>("id")?;
    draw(&cx, id, Mistake::default()).await
}

/// The name of a status as a thing to do; used by the template.
fn step_label(status: Status) -> &'static str {
    match status {
        Status::Open => "Open it again",
        Status::Shared => "Shared with those who decide",
        Status::Accepted => "Accepted: it will be done",
        Status::Declined => "Declined: it will not be done",
        Status::Shipped => "Shipped: it is done",
        Status::Told => "Everyone who asked was told",
    }
}
