//! The panels of the overview: each a finding, its sureness, a chart, the numbers, the definitions, and doors.

mod first_response;
mod participation;
mod repeats;
mod retention;
mod solutions;

use mainstreet_desk::metrics::definitions::{self, Definition};
use mainstreet_desk::metrics::figure::{Figure, Point};
use mainstreet_kernel::{Day, Zone};

use super::overview::Found;
use super::window::Window;
use super::words::value;
use crate::charts::{Numbers, Tread, amount, numbers};

/// One panel. Texts are plain and escaped by the template; `chart` and `numbers` are ready.
pub(super) struct Panel {
    /// Its anchor on the page.
    pub(super) id: &'static str,
    /// The family, above the finding.
    pub(super) family: &'static str,
    /// What the figures say.
    pub(super) finding: String,
    /// How sure that is, and what else must be known.
    pub(super) sub: String,
    /// Across the whole page.
    pub(super) wide: bool,
    pub(super) chart: String,
    pub(super) numbers: String,
    /// What the figures mean.
    pub(super) definitions: Vec<&'static Definition>,
    /// Lists behind the figures: address and text.
    pub(super) doors: Vec<(String, String)>,
}

/// Every panel, in reading order.
pub(super) fn all(found: &Found, window: &Window) -> Vec<Panel> {
    [
        participation::people(found, window),
        participation::repeat(found, window),
        first_response::waiting(found, window),
        first_response::by_whom(found, window),
        first_response::unanswered(found, window),
        solutions::solved(found, window),
        repeats::again(found, window),
        participation::mix(found, window),
        participation::depth(found, window),
        retention::cohorts(found, window),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub(super) fn meanings(ids: &[&str]) -> Vec<&'static Definition> {
    ids.iter().filter_map(|id| definitions::find(id)).collect()
}

/// The day a point stands for, when it stands for one.
pub(super) fn day(point: &Point) -> Option<Day> {
    let at = point.at.parse().ok().filter(|_| point.at.len() == 10)?;
    Some(Zone::utc().day_of(at))
}

/// A day as people write it, such as `2 Mar`.
pub(super) fn short(day: Day) -> String {
    Zone::utc().format(Zone::utc().start_of(day), "%-d %b")
}

/// The steps of a figure's curve, to be drawn.
pub(super) fn treads(figure: &Figure) -> Vec<Tread> {
    let steps = figure.curve.iter();
    steps
        .map(|step| Tread { hours: step.hours, share: step.waiting, interval: (step.low, step.high) })
        .collect()
}

/// A table of a series: name, value, interval, number.
pub(super) fn table(caption: &str, first: &str, figure: &Figure) -> String {
    let rows = figure.series.iter().filter(|point| point.counts.is_empty()).map(|point| {
        let show =
            |found: Option<f64>| found.map_or_else(|| "-".to_owned(), |found| value(figure.unit, found));
        let between = match (point.low, point.high) {
            (Some(low), Some(high)) => format!("{} to {}", show(Some(low)), show(Some(high))),
            _ => "-".to_owned(),
        };
        let n = match (point.k, point.n) {
            (Some(k), Some(n)) => format!("{} of {}", amount(k as f64), amount(n as f64)),
            (None, Some(n)) => amount(n as f64),
            _ => "-".to_owned(),
        };
        let running = if point.partial { " (still running)" } else { "" };
        vec![format!("{}{running}", point.at), show(point.value), between, n]
    });
    numbers(&Numbers {
        caption: caption.to_owned(),
        columns: [first, "value", "95 % interval", "of"].map(str::to_owned).into(),
        rows: rows.collect(),
    })
}

/// Where on an axis of `count` places names are written: about six of them.
pub(super) fn is_named(index: usize, count: usize) -> bool {
    let every = count.div_ceil(6).max(1);
    (count - 1 - index).is_multiple_of(every)
}
