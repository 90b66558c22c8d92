//! `GET /desk/metrics`: every family of figures over one window.

use askama::Template;
use mainstreet_community::spaces;
use mainstreet_db::Tx;
use mainstreet_desk::metrics::alarms::{self, Drop};
use mainstreet_desk::metrics::clocks::Population;
use mainstreet_desk::metrics::figure::Figure;
use mainstreet_desk::metrics::figures::{self, ALL_TOPICS, Query};
use mainstreet_desk::metrics::stock::{self, Stock};
use mainstreet_kernel::Result;

use super::panels::{self, Panel};
use super::window::Window;
use super::words::{duration, said};
use crate::charts::amount;
use crate::request::Cx;
use crate::views::{self, Chrome, Page};

#[derive(Template)]
#[template(path = "desk/metrics/show.html")]
struct Overview {
    chrome: Chrome,
    here: &'static str,
    part: &'static str,
    waiting: i64,
    window: Window,
    finding: String,
    spaces: Vec<SpaceChoice>,
    panels: Vec<Panel>,
    empty: bool,
    /// First and last day of the weeks before the window in which somebody wrote, when nobody did in it.
    lively: Option<(String, String)>,
}

struct SpaceChoice {
    id: String,
    name: String,
    chosen: bool,
}

/// The days offered instead of a window that holds nothing.
const LIVELY_DAYS: i32 = 28;

/// Everything the page is drawn from.
pub(super) struct Found {
    pub(super) all: Vec<Figure>,
    pub(super) solutions: Vec<Figure>,
    pub(super) returning: Vec<Figure>,
    /// True when figures about all topics stand in for want of questions.
    pub(super) all_topics: bool,
    /// The engagement-drop signal as of now.
    pub(super) drop: Drop,
    /// What waits for an answer, and the signal about it, as of now.
    pub(super) stock: Stock,
}

impl Found {
    /// Reads the figures. Solutions and returns need time: their windows begin four and twelve weeks earlier.
    fn read(tx: &mut Tx<'_>, query: &Query) -> Result<Self> {
        let all = figures::figures(tx, query)?;
        let all_topics = all.iter().any(|figure| figure.id.ends_with(ALL_TOPICS));
        let earlier = |weeks: i32| {
            let day = query.zone.day_of(query.from).plus(-7 * weeks);
            let population = if all_topics { Population::Topic } else { query.population };
            Query { from: query.zone.start_of(day), population, ..query.clone() }
        };
        let solutions = figures::solutions(tx, &earlier(4))?;
        let returning = figures::returning(tx, &earlier(12))?;
        let drop = alarms::engagement_drop(tx, query.space, query.now, &query.zone)?;
        let topics = all_topics || query.population == Population::Topic;
        let stock = stock::unanswered(tx, query.space, topics, (query.now, &query.zone))?;
        Ok(Self { all, solutions, returning, all_topics, drop, stock })
    }

    /// True when nobody contributed in the window.
    fn is_empty(&self) -> bool {
        self.get("contribution-mix").is_none_or(|mix| mix.n == Some(0))
    }

    /// The figure called `id`, or the one about all topics that stands in for it.
    pub(super) fn get(&self, id: &str) -> Option<&Figure> {
        let stand_in = self.all_topics.then(|| format!("{id}{ALL_TOPICS}"));
        let find = |id: &str| self.all.iter().find(|figure| figure.id == id);
        stand_in.and_then(|id| find(&id)).or_else(|| find(id))
    }

    /// What is waited for, in words.
    pub(super) fn asked(&self, query: &Query) -> &'static str {
        if self.all_topics || query.population == Population::Topic { "topics" } else { "questions" }
    }
}

pub(super) async fn show(cx: Cx) -> Page {
    cx.reads_figures()?;
    let window = Window::read(&cx)?;
    let query = window.query.clone();
    let viewer = cx.reader();
    let (found, spaces, lively) = cx
        .read(move |tx| {
            let found = Found::read(tx, &query)?;
            let lively = if found.is_empty() { query.last_lively_day(tx)? } else { None };
            Ok((found, spaces::store::all(tx, viewer)?, lively))
        })
        .await?;
    let spaces = spaces
        .into_iter()
        .map(|space| SpaceChoice {
            chosen: window.query.space == Some(space.id),
            id: space.id.to_string(),
            name: space.name,
        })
        .collect();
    let page = Overview {
        chrome: cx.chrome(),
        here: "metrics",
        part: "community",
        waiting: cx.waiting().await?,
        finding: finding(&found, &window.query),
        panels: panels::all(&found, &window),
        empty: found.is_empty(),
        lively: lively.map(|day| (day.plus(1 - LIVELY_DAYS).to_string(), day.to_string())),
        spaces,
        window,
    };
    views::html(&page)
}

/// The page's first sentence: what a manager would tell.
fn finding(found: &Found, query: &Query) -> String {
    let people = found.get("contributing-28d").and_then(|figure| figure.value).unwrap_or(0.0);
    let noun = if people == 1.0 { "member" } else { "members" };
    let first = format!("{} {noun} contributed in the 28 days to the window's end", amount(people));
    let median = found.get("first-response-median");
    let second = match median.and_then(|figure| figure.value) {
        Some(hours) => {
            format!("half of the {} had a first response within {}", found.asked(query), duration(hours))
        }
        None => "how soon they are answered is not known yet".to_owned(),
    };
    let unanswered = found.get("unanswered-open").map(said).unwrap_or_default();
    format!("{first}; {second}; {unanswered} {} wait for one.", found.asked(query))
}
