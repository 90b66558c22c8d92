//! How many questions were asked though they had been answered.

use super::first_response::stand_in;
use super::{Found, Panel, Window, day, is_named, meanings, short, table};
use crate::charts::{Line, Point, line, percent};
use crate::desk::metrics::words::{of, sureness};

pub(super) fn again(found: &Found, window: &Window) -> Option<Panel> {
    let rate = found.get("repeat-question-rate")?;
    let what = found.asked(&window.query);
    let count = rate.series.len();
    let points = rate.series.iter().enumerate().map(|(index, spot)| {
        let name = day(spot).map(short).unwrap_or_default();
        let said = match (spot.value, spot.k, spot.n) {
            (Some(value), Some(k), Some(n)) => format!("{}, {k} of {n}", percent(value)),
            _ => "nothing".to_owned(),
        };
        Point {
            value: spot.value,
            interval: spot.low.zip(spot.high),
            label: format!("Week of {name}: {said}"),
            tick: is_named(index, count).then_some(name),
            href: None,
        }
    });
    let chart = line(&Line {
        label: "Asked again though answered, by week of asking",
        unit: "asked again",
        across: "week beginning",
        percent: true,
        points: points.collect(),
        beside: Vec::new(),
        partial: rate.series.iter().filter(|point| point.partial).count(),
    });
    Some(Panel {
        id: "repeats",
        family: "Knowledge",
        finding: match rate.value {
            Some(_) => format!("{} {what} had been answered before", of(rate)),
            None => format!("No {what} of this window have been looked at for their theme yet"),
        },
        sub: format!(
            "{}. Their theme held an accepted answer at least 7 days old when they were asked. {}{}",
            sureness(rate, what),
            rate.note.as_deref().unwrap_or_default(),
            stand_in(found)
        ),
        wide: false,
        chart: if count < 2 { String::new() } else { chart },
        numbers: table("Asked again though answered, by week of asking", "week of", rate),
        definitions: meanings(&["repeat-question-rate"]),
        doors: vec![
            (format!("{}&only=yes", rate.behind), "Asked again, with the answers there were".to_owned()),
            ("/desk/insights".to_owned(), "Themes".to_owned()),
        ],
    })
}
