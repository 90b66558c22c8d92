//! How moderation goes: the figures, the lists behind them, and each one's own work.

mod cases;
mod panels;
mod workload;

use askama::Template;
use mainstreet_db::Tx;
use mainstreet_desk::metrics::figure::Figure;
use mainstreet_desk::metrics::figures::Query;
use mainstreet_desk::metrics::moderation::{self, Confusion};
use mainstreet_kernel::{Error, Result};

use super::panels::Panel;
use super::picker::{self, Picker};
use super::window::{Asked, Window};
use super::words::said;
use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/desk/metrics/moderation", show)
        .get("/desk/metrics/moderation/workload", workload::show)
        .post("/desk/metrics/moderation/workload", workload::update)
        .get("/desk/metrics/{figure}/cases", cases::show)
}

#[derive(Template)]
#[template(path = "desk/metrics/moderation.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    part: &'static str,
    waiting: i64,
    picker: Picker,
    /// Nothing: what was typed cannot be read.
    window: Option<Window>,
    /// Deeds of the window that lie in no space, when one is chosen.
    apart: u64,
    /// Where they are counted; nothing for who looks at some spaces only.
    everywhere: Option<String>,
    finding: String,
    /// What somebody must look at.
    alarms: Vec<String>,
    panels: Vec<Panel>,
}

impl Show {
    fn said_apart(&self) -> String {
        views::counted(i64::try_from(self.apart).unwrap_or(i64::MAX), "decision", "decisions")
    }
}

const PATH: &str = "/desk/metrics/moderation";

/// Weeks before the window that are looked at too where things need time: reversals within 30 days, second looks.
const EARLIER_WEEKS: i32 = 12;

/// Everything the page is drawn from.
struct Found {
    all: Vec<Figure>,
    /// The figures about quality over the longer window.
    ripe: Vec<Figure>,
    confusion: Confusion,
    /// The first day of the longer window.
    since: String,
}

impl Found {
    fn read(tx: &mut Tx<'_>, query: &Query) -> Result<Self> {
        let first = query.zone.day_of(query.from).plus(-7 * EARLIER_WEEKS);
        let longer = Query { from: query.zone.start_of(first), ..query.clone() };
        let (all, ripe) = moderation::with_ripe(tx, query, longer.from)?;
        Ok(Self { all, ripe, confusion: moderation::confusion(tx, &longer)?, since: first.to_string() })
    }

    fn get(&self, id: &str) -> Option<&Figure> {
        self.all.iter().find(|figure| figure.id == id)
    }

    fn ripe(&self, id: &str) -> Option<&Figure> {
        self.ripe.iter().find(|figure| figure.id == id)
    }
}

/// `GET /desk/metrics/moderation?days=28&space=..`
async fn show(cx: Cx) -> Page {
    let actor = cx.reads_figures()?.actor();
    let (asked, window) = picker::read(&cx)?;
    let mut window = match window {
        Ok(window) => window,
        Err(error) => return refuse(&cx, asked, error).await,
    };
    let query = window.query.clone();
    let found = cx
        .read(move |tx| {
            let choice = moderation::choose(tx, actor, query.space)?;
            let query = Query { space: choice.space, ..query };
            let apart = if choice.space.is_some() { moderation::placeless(tx, &query)? } else { 0 };
            Ok((Found::read(tx, &query)?, choice, apart))
        })
        .await;
    let (found, choice, apart) = match found {
        Ok(found) => found,
        Err(error) => return refuse(&cx, asked, error).await,
    };
    window.query.space = None;
    let everywhere = choice.whole.then(|| format!("{PATH}?{}", window.address()));
    window.query.space = choice.space;
    let page = Show {
        chrome: cx.chrome(),
        here: "metrics",
        part: "moderation",
        waiting: cx.waiting().await?,
        picker: Picker::of(PATH, &window, choice),
        apart,
        everywhere,
        finding: finding(&found),
        alarms: alarms(&found),
        panels: panels::all(&found, &window),
        window: Some(window),
    };
    views::html(&page)
}

/// The form again, with what was typed and what to write instead.
async fn refuse(cx: &Cx, asked: Asked, error: Error) -> Page {
    if !picker::is_typed_wrong(&error) {
        return Err(error);
    }
    let actor = cx.reads_figures()?.actor();
    let wanted = asked.space.parse().ok();
    let choice = cx
        .read(move |tx| {
            moderation::choose(tx, actor, wanted).or_else(|_| moderation::choose(tx, actor, None))
        })
        .await
        .unwrap_or_default();
    let picker = Picker::refused(PATH, asked, choice, &error);
    let page = Show {
        chrome: cx.chrome(),
        here: "metrics",
        part: "moderation",
        waiting: cx.waiting().await?,
        window: None,
        apart: 0,
        everywhere: None,
        finding: "Nothing is shown yet: the form below needs another look.".to_owned(),
        alarms: Vec::new(),
        panels: Vec::new(),
        picker,
    };
    views::html_with(page.picker.status(), &page)
}

/// The page's first sentence.
fn finding(found: &Found) -> String {
    let value = |id: &str| found.get(id).map(said).unwrap_or_default();
    let resolved = match found.get("resolution-median") {
        Some(figure) if figure.n == Some(0) => "nothing was reported".to_owned(),
        Some(figure) if figure.value.is_none() => "fewer than half of the cases are decided".to_owned(),
        _ => format!("half of what was reported was decided within {}", value("resolution-median")),
    };
    format!(
        "Staff stepped in on {} of every 1,000 posts; {} were found to break the guidelines; {resolved}.",
        thousandths(&value("intervention-rate")),
        thousandths(&value("violation-rate")),
    )
}

fn thousandths(said: &str) -> String {
    said.trim_end_matches('‰').trim().to_owned()
}

/// Notes that call for somebody.
fn alarms(found: &Found) -> Vec<String> {
    let noted = ["intervention-silence", "intervention-rate", "intervention-automatic"];
    noted.iter().filter_map(|id| found.get(id)?.note.clone()).collect()
}

/// Which list the viewer chose of those that count and those that do not.
fn only(word: &str) -> Option<bool> {
    match word {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}
