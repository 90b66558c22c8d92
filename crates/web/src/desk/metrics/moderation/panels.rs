//! The panels of the page: each a finding, its sureness, a chart, the numbers, the definitions, and doors.

mod handling;
mod judging;

use mainstreet_desk::metrics::figure::{Figure, Point as Spot};

use super::Found;
use crate::charts::{Line, Numbers, Point, Whisker, amount, escape, line, numbers, percent, whiskers};
use crate::desk::metrics::panels::{Panel, day, is_named, meanings, short, table};
use crate::desk::metrics::window::Window;
use crate::desk::metrics::words::{said, sureness, value};

/// Every panel, in reading order.
pub(super) fn all(found: &Found, window: &Window) -> Vec<Panel> {
    [
        stepping_in(found),
        alone(found),
        by_cause(found),
        coverage(found),
        handling::violations(found),
        handling::prevalence(found),
        handling::resolution(found, window),
        handling::visible(found, window),
        judging::reversals(found),
        judging::rules(found),
        judging::agreement(found),
        judging::equity(found),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A note as the end of a sentence.
fn noted(figure: &Figure) -> String {
    figure.note.as_ref().map(|note| format!(" {note}")).unwrap_or_default()
}

/// Weeks on a line, over the community's own band where there is one, else over each week's interval.
fn weeks(figure: &Figure, label: &str, unit: &str, shares: bool) -> String {
    let count = figure.series.len();
    let points = figure.series.iter().enumerate().map(|(index, spot)| {
        let name = day(spot).map(short).unwrap_or_default();
        let found = spot.value.map_or_else(|| "nothing".to_owned(), |found| value(figure.unit, found));
        let running = if spot.partial { ", not complete yet" } else { "" };
        let band =
            spot.normal.map(|[low, high]| (low, high)).or_else(|| spot.low.zip(spot.high).filter(|_| shares));
        Point {
            value: spot.value,
            interval: band,
            label: format!("Week of {name}: {found}{running}"),
            tick: is_named(index, count).then_some(name),
            href: None,
        }
    });
    line(&Line {
        label,
        unit,
        across: "week beginning",
        percent: shares,
        points: points.collect(),
        beside: Vec::new(),
        partial: figure.series.iter().rev().take_while(|spot| spot.partial && !shares).count(),
    })
}

/// The weeks as a table: with what was taken back, and where weeks usually lie.
fn weeks_table(caption: &str, figure: &Figure) -> String {
    let rows = figure.series.iter().map(|spot| {
        let between = |low: f64, high: f64| format!("{} to {}", amount(round(low)), amount(round(high)));
        vec![
            format!("{}{}", spot.at, if spot.partial { " (still running)" } else { "" }),
            spot.value.map_or_else(|| "-".to_owned(), |found| amount(round(found))),
            spot.low.zip(spot.high).map_or_else(|| "-".to_owned(), |(low, high)| between(low, high)),
            spot.normal.map_or_else(|| "-".to_owned(), |[low, high]| between(low, high)),
            k_of_n(spot),
            spot.reversed.map_or_else(|| "-".to_owned(), |undone| amount(undone as f64)),
        ]
    });
    numbers(&Numbers {
        caption: caption.to_owned(),
        columns: ["week of", "per 1,000", "95 % interval", "usual here", "posts", "taken back later"]
            .map(str::to_owned)
            .into(),
        rows: rows.collect(),
    })
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn k_of_n(spot: &Spot) -> String {
    match (spot.k, spot.n) {
        (Some(k), Some(n)) => format!("{} of {}", amount(k as f64), amount(n as f64)),
        (None, Some(n)) => amount(n as f64),
        _ => "-".to_owned(),
    }
}

/// Tables folded away, each named by what it holds.
fn folded(tables: &[(&str, String)]) -> String {
    let named = |(name, table): &(&str, String)| table.replacen("Show the numbers", &escape(name), 1);
    tables.iter().map(named).collect()
}

/// Parts as shares with intervals, where there is something to count. Names are cut to what fits beside the axis.
fn shares(label: &str, parts: &[Spot]) -> String {
    let rows: Vec<Whisker> = parts
        .iter()
        .filter_map(|part| {
            Some(Whisker {
                name: mainstreet_kernel::text::excerpt(&part.at, 24),
                value: part.value?,
                interval: part.low.zip(part.high)?,
                href: None,
            })
        })
        .collect();
    if rows.is_empty() { String::new() } else { whiskers(label, &rows) }
}

fn stepping_in(found: &Found) -> Option<Panel> {
    let (rate, back) = (found.get("intervention-rate")?, found.get("intervention-reversed")?);
    Some(Panel {
        id: "intervention",
        family: "Intervention",
        finding: format!("Staff stepped in on {} of posts", said(rate)),
        sub: format!(
            "{}. Taken back since: {}. The band is where this community's own weeks usually lie, once there are 13.",
            sureness(rate, "posts"),
            said(back)
        ),
        wide: false,
        chart: weeks(rate, "Interventions by people for every 1,000 posts, by week", "of 1,000 posts", false),
        numbers: weeks_table("Interventions by week", rate),
        definitions: meanings(&["intervention-rate", "intervention-reversed", "intervention-silence"]),
        doors: vec![
            (rate.behind.clone(), "What was done".to_owned()),
            (format!("{}&only=yes", back.behind), "What was taken back".to_owned()),
        ],
    })
}

fn alone(found: &Found) -> Option<Panel> {
    let rate = found.get("intervention-automatic")?;
    Some(Panel {
        id: "automatic",
        family: "Intervention, by programs alone",
        finding: format!("Programs acted on {} of posts", said(rate)),
        sub: format!(
            "{}. A series of its own: it is never added to what people did.",
            sureness(rate, "posts")
        ),
        wide: false,
        chart: weeks(rate, "Automatic interventions for every 1,000 posts, by week", "of 1,000 posts", false),
        numbers: weeks_table("Automatic interventions by week", rate),
        definitions: meanings(&["intervention-automatic"]),
        doors: vec![(rate.behind.clone(), "What programs did".to_owned())],
    })
}

/// The parts of a figure as shares of their sum.
fn parts_of(figure: &Figure) -> Vec<Spot> {
    let total = figure.k.unwrap_or(0);
    figure
        .series
        .iter()
        .map(|part| crate::desk::metrics::words::part(&part.at, part.k.unwrap_or(0), total))
        .collect()
}

fn by_cause(found: &Found) -> Option<Panel> {
    let (source, clause) = (found.get("intervention-by-source")?, found.get("intervention-by-clause")?);
    let first = source.series.first();
    Some(Panel {
        id: "causes",
        family: "Intervention, by cause",
        finding: match first {
            Some(first) => format!("Most came from {}", first.at),
            None => "Nobody stepped in".to_owned(),
        },
        sub: format!(
            "Of {} posts that staff stepped in on, by what made them look.",
            amount(source.k.unwrap_or(0) as f64)
        ),
        wide: false,
        chart: shares("Share of interventions by what made staff look", &parts_of(source)),
        numbers: folded(&[
            ("By what made staff look", table("Interventions by what made staff look", "found by", source)),
            ("By clause", table("Interventions by clause", "clause", clause)),
        ]),
        definitions: meanings(&["intervention-by-source", "intervention-by-clause"]),
        doors: vec![(source.behind.clone(), "What was done".to_owned())],
    })
}

fn coverage(found: &Found) -> Option<Panel> {
    let (coverage, silence) = (found.get("coverage")?, found.get("intervention-silence")?);
    Some(Panel {
        id: "coverage",
        family: "Coverage",
        finding: format!("{} of posts were seen by staff or tried by a rule", said(coverage)),
        sub: format!(
            "{}. Full weeks at the end without anybody stepping in: {}, with {} posts.",
            sureness(coverage, "posts"),
            amount(silence.value.unwrap_or(0.0)),
            amount(silence.n.unwrap_or(0) as f64)
        ),
        wide: false,
        chart: shares("Share of posts looked at", &coverage.series),
        numbers: table("Coverage", "looked at", coverage),
        definitions: meanings(&["coverage"]),
        doors: vec![(coverage.behind.clone(), "Posts that no staff has read".to_owned())],
    })
}

/// A share of a figure in words, with its interval.
fn told(figure: &Figure) -> String {
    match (figure.low, figure.high, figure.n) {
        (Some(low), Some(high), Some(n)) if n >= 10 => {
            format!("{} ({} to {})", said(figure), percent(low), percent(high))
        }
        _ => said(figure),
    }
}
