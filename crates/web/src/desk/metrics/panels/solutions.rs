//! How many questions are solved, and how soon.

use super::first_response::stand_in;
use super::{Found, Panel, Window, meanings, treads};
use crate::charts::{Numbers, SurvivalCurve, numbers, percent, survival_curve};
use crate::desk::metrics::words::{duration, of, said, sureness};

pub(super) fn solved(found: &Found, window: &Window) -> Option<Panel> {
    let find = |id: &str| found.solutions.iter().find(|figure| figure.id == id);
    let (rate, time) = (find("solution-rate-28d")?, find("solution-time-median")?);
    let what = found.asked(&window.query);
    let chart = survival_curve(&SurvivalCurve {
        label: "Share without an accepted answer, by time since asking",
        unit: "not solved",
        treads: treads(time),
        until_hours: 672.0,
        marks: Vec::new(),
        median_hours: time.value,
        across: "time since asking (compressed scale)",
    });
    let rows = time.curve.iter().map(|tread| {
        let between = format!("{} to {}", percent(tread.low), percent(tread.high));
        vec![duration(tread.hours), percent(tread.waiting), between]
    });
    let numbers = numbers(&Numbers {
        caption: "Not solved after a time".to_owned(),
        columns: ["time since asking", "not solved", "95 % interval"].map(str::to_owned).into(),
        rows: rows.take(60).collect(),
    });
    Some(Panel {
        id: "solutions",
        family: "Solutions",
        finding: match rate.value {
            Some(_) => format!("{} {what} are solved within 28 days", of(rate)),
            None => format!("No {what} here are 28 days old yet"),
        },
        sub: format!(
            "{}: asked from four weeks before the window on, at least 28 days old. Median time to solution: {}.{}",
            sureness(rate, what),
            said(time),
            stand_in(found)
        ),
        wide: false,
        chart,
        numbers,
        definitions: meanings(&["solution-rate-28d", "solution-time-median"]),
        doors: vec![
            (format!("{}&only=yes", rate.behind), "Solved in time".to_owned()),
            (format!("{}&only=no", rate.behind), "Not solved in time".to_owned()),
        ],
    })
}
