//! Who comes back.

use mainstreet_desk::metrics::figure::Cohort;

use super::{Found, Panel, Window, meanings, short, table};
use crate::charts::{Cell, Heat, HeatRow, amount, heat};
use crate::desk::metrics::words::{of, said, sureness};

pub(super) fn cohorts(found: &Found, window: &Window) -> Option<Panel> {
    let find = |id: &str| found.returning.iter().find(|figure| figure.id == id);
    let (first, fourth, all) =
        (find("retention-week-1")?, find("retention-week-4")?, find("retention-cohorts")?);
    let columns = all.cohorts.iter().map(|cohort| cohort.weeks.len()).max().unwrap_or(0);
    let address = |cohort: &Cohort, week: i32| {
        format!(
            "/desk/metrics/retention-cohorts/people?{}&cohort={}&week={week}",
            window.address(),
            cohort.week_of
        )
    };
    let row = |cohort: &Cohort| HeatRow {
        name: short(cohort.monday),
        size: cohort.people,
        cells: (0..columns)
            .map(|at| {
                let back = cohort.weeks.get(at)?;
                Some(Cell {
                    count: back.k,
                    interval: (back.low, back.high),
                    href: address(cohort, back.week),
                })
            })
            .collect(),
    };
    let chart = heat(&Heat {
        caption: "People who came back, by the week in which they first contributed",
        cohort: "first contributed in the week of",
        columns: (1..=columns).map(|week| format!("week {week}")).collect(),
        rows: all.cohorts.iter().map(row).collect(),
    });
    Some(Panel {
        id: "retention",
        family: "Retention",
        finding: match (first.value, fourth.value) {
            (Some(_), Some(_)) => format!(
                "{} newcomers contribute again in their next week, {} in the fourth after",
                of(first),
                said(fourth)
            ),
            (Some(_), None) => format!("{} newcomers contribute again in their next week", of(first)),
            _ => "No newcomers have lived through their next week yet".to_owned(),
        },
        sub: format!(
            "Week 1: {}. Week 4: {}. {} people first contributed since twelve weeks before the window. Cells are shown once \
             everybody of the row has lived through the week.",
            sureness(first, "people"),
            sureness(fourth, "people"),
            amount(all.n.unwrap_or(0) as f64)
        ),
        wide: true,
        chart: if all.cohorts.is_empty() { String::new() } else { chart },
        numbers: table("All cohorts together", "own week", all),
        definitions: meanings(&["retention-week-1", "retention-week-4", "retention-cohorts"]),
        doors: vec![(all.behind.clone(), "Everybody new".to_owned())],
    })
}
