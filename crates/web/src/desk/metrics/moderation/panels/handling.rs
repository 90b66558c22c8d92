//! What is broken, how often nobody reports it, and how long it stays.

use mainstreet_desk::metrics::figure::Figure;

use super::{
    Found, Panel, Window, folded, meanings, noted, parts_of, said, shares, sureness, table, weeks,
    weeks_table,
};
use crate::charts::{SurvivalCurve, survival_curve};
use crate::desk::metrics::panels::treads;

pub(super) fn violations(found: &Found) -> Option<Panel> {
    let (rate, people) = (found.get("violation-rate")?, found.get("violators-rate")?);
    let (clause, severity) = (found.get("violations-by-clause")?, found.get("violations-by-severity")?);
    Some(Panel {
        id: "violations",
        family: "Violations",
        finding: format!("{} of posts were found to break the guidelines", said(rate)),
        sub: format!(
            "{}. People found in violation: {}, {}. The chart shows which clauses.",
            sureness(rate, "posts"),
            said(people),
            sureness(people, "people who took part")
        ),
        wide: false,
        chart: shares("Share of violations by clause", &parts_of(clause)),
        numbers: folded(&[
            ("By week", weeks_table("Upheld violations by week", rate)),
            ("By clause", table("Violations by clause", "clause", clause)),
            ("By severity", table("Violations by severity", "severity", severity)),
        ]),
        definitions: meanings(&[
            "violation-rate",
            "violations-by-clause",
            "violations-by-severity",
            "violators-rate",
        ]),
        doors: vec![(rate.behind.clone(), "What was found".to_owned())],
    })
}

pub(super) fn prevalence(found: &Found) -> Option<Panel> {
    let (all, unreported) = (found.get("prevalence")?, found.get("prevalence-unreported")?);
    let finding = match all.value {
        Some(_) => format!("{} of posts drawn by chance break the guidelines", said(all)),
        None => "Nobody has judged a sample of this window yet".to_owned(),
    };
    Some(Panel {
        id: "prevalence",
        family: "Prevalence, judged blind",
        finding,
        sub: format!(
            "{}. That nobody reported: {}.{}",
            sureness(all, "judged posts"),
            said(unreported),
            noted(all)
        ),
        wide: false,
        chart: if all.value.is_none() {
            String::new()
        } else {
            weeks(all, "Share of sampled posts that break the guidelines, by week", "of judged posts", true)
        },
        numbers: table("Samples by week", "week of", all),
        definitions: meanings(&["prevalence", "prevalence-unreported"]),
        doors: vec![
            ("/desk/reviews".to_owned(), "Judge posts".to_owned()),
            (all.behind.clone(), "What was found".to_owned()),
        ],
    })
}

fn curve(figure: &Figure, label: &str, unit: &str) -> String {
    if figure.n == Some(0) {
        return String::new();
    }
    survival_curve(&SurvivalCurve {
        label,
        unit,
        treads: treads(figure),
        until_hours: 168.0,
        marks: Vec::new(),
        median_hours: figure.value,
        across: "time since it was reported (compressed scale)",
    })
}

pub(super) fn resolution(found: &Found, _window: &Window) -> Option<Panel> {
    let (median, p90) = (found.get("resolution-median")?, found.get("resolution-p90")?);
    let within = found.get("resolution-within-target")?;
    let finding = match (median.value, median.n) {
        (Some(_), _) => format!("Half of the cases are decided within {}", said(median)),
        (None, Some(0)) => "Nothing was reported in this window".to_owned(),
        (None, _) => "Fewer than half of the cases are decided".to_owned(),
    };
    Some(Panel {
        id: "resolution",
        family: "Resolution",
        finding,
        sub: format!(
            "{}. Nine of ten: {}. Within target: {}.{}{}",
            sureness(median, "cases"),
            said(p90),
            said(within),
            noted(within),
            noted(median)
        ),
        wide: false,
        chart: curve(median, "Share of cases still open, by time since the first report", "still open"),
        numbers: folded(&[
            ("Median by severity", table("Median time to the decision by severity", "severity", median)),
            ("Within target by severity", table("Decided within target by severity", "severity", within)),
        ]),
        definitions: meanings(&["resolution-median", "resolution-p90", "resolution-within-target"]),
        doors: vec![
            (median.behind.clone(), "All cases".to_owned()),
            (format!("{}&only=no", within.behind), "Late ones".to_owned()),
        ],
    })
}

pub(super) fn visible(found: &Found, _window: &Window) -> Option<Panel> {
    let (median, p90) = (found.get("visible-median")?, found.get("visible-p90")?);
    Some(Panel {
        id: "visible",
        family: "Time visible",
        finding: match (median.value, median.n) {
            (Some(_), _) => {
                format!("Half of what was reported stayed in sight no longer than {}", said(median))
            }
            (None, Some(0)) => "Nothing was reported in this window".to_owned(),
            (None, _) => "More than half of what was reported is still in sight".to_owned(),
        },
        sub: format!(
            "{}. Nine of ten: {}. Until it was put out of sight or cleared: that is what harms.",
            sureness(median, "cases"),
            said(p90)
        ),
        wide: false,
        chart: curve(
            median,
            "Share of reported posts still in sight, by time since the first report",
            "in sight",
        ),
        numbers: table("Median time in sight by severity", "severity", median),
        definitions: meanings(&["visible-median", "visible-p90"]),
        doors: vec![(median.behind.clone(), "All cases".to_owned())],
    })
}
