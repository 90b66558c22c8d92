//! The lists of themes.

use askama::Template;
use mainstreet_desk::conflicts::alarms::Alarms;
use mainstreet_desk::insights::{self, Kind, Line, List, Status, TREND_WEEKS, Turn};
use mainstreet_kernel::id::ThemeId;
use serde::Deserialize;

use super::{change, label, quote, tone};
use crate::charts::{Spark, spark};
use crate::request::Cx;
use crate::views::{self, Chrome, Page};

/// Themes on a page.
const PAGE: usize = 20;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    list: Option<String>,
    page: Option<usize>,
}

#[derive(Template)]
#[template(path = "desk/insights/list.html")]
struct Lists {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    list: List,
    tabs: Vec<Tab>,
    trending: Vec<Row>,
    rows: Vec<Row>,
    page: usize,
    more: bool,
    /// How often a theme would have trended over a year.
    year: Alarms,
}

struct Tab {
    list: List,
    label: &'static str,
    count: usize,
}

/// A theme, ready for the template.
struct Row {
    id: ThemeId,
    name: String,
    settled: bool,
    status: Status,
    askers: u64,
    change: String,
    tone: &'static str,
    unanswered: String,
    spark: String,
    /// What trending says, if it trends.
    trend: String,
    quotes: Vec<(Turn, String)>,
}

impl Lists {
    fn none(&self) -> &'static str {
        match self.list {
            List::Of(Kind::Question) => "No question that two people asked in the last 90 days.",
            List::Of(Kind::Request) => "Nothing that two people asked for in the last 90 days.",
            List::Of(Kind::Objection) => "Nothing that two people objected to in the last 90 days.",
            List::All | List::Of(Kind::Talk) => "No theme that two people began in the last 90 days.",
        }
    }
}

/// A line of different people by week.
pub(super) fn trend(weeks: &[u64]) -> String {
    let values: Vec<Option<f64>> = weeks.iter().map(|count| Some(*count as f64)).collect();
    spark(&Spark { values: &values, normal: None })
}

fn row(line: Line) -> Row {
    let (theme, ranked) = (line.theme, line.ranked);
    let open = ranked.unanswered;
    let trend_said = ranked.trending.map_or_else(String::new, |found| {
        let chance =
            if found.chance < 1e-6 { "below 0.000001".to_owned() } else { format!("{:.6}", found.chance) };
        format!(
            "{} people in 24 hours, where {:.1} a day came in the 28 days before; by chance alone {chance}",
            found.authors, found.expected
        )
    });
    Row {
        id: theme.id,
        settled: theme.settled,
        status: theme.status,
        askers: ranked.askers.now,
        change: change(ranked.askers),
        tone: tone(ranked.askers),
        unanswered: format!("{} of {}", open.hits, open.trials),
        spark: trend(&ranked.weeks),
        trend: trend_said,
        quotes: line
            .quotes
            .into_iter()
            .map(|turn| (quote(&turn, &theme.name), turn))
            .map(|(q, t)| (t, q))
            .collect(),
        name: theme.name,
    }
}

/// `GET /desk/insights?list=requests&page=2`
pub(super) async fn show(cx: Cx) -> Page {
    cx.staff()?;
    let asked = cx.query::<Asked>()?;
    let list = asked.list.as_deref().and_then(List::named).unwrap_or(List::Of(Kind::Question));
    let page = asked.page.unwrap_or(1).clamp(1, 1_000) - 1;
    let mut found = cx.read(move |tx| insights::list(tx, list, page * PAGE, PAGE + 1)).await?;
    let more = found.lines.len() > PAGE;
    found.lines.truncate(PAGE);
    let tab = |(list, count): (&List, &usize)| Tab { list: *list, label: label(*list), count: *count };
    views::html(&Lists {
        chrome: cx.chrome(),
        here: "insights",
        waiting: cx.waiting().await?,
        list,
        tabs: List::ALL.iter().zip(&found.counts).map(tab).collect(),
        trending: if page == 0 { found.trending.into_iter().map(row).collect() } else { Vec::new() },
        rows: found.lines.into_iter().map(row).collect(),
        page,
        more,
        year: found.year,
    })
}

/// Weeks that a trend shows; used by the template.
pub(super) fn weeks() -> usize {
    TREND_WEEKS
}
