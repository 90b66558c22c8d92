//! How good decisions are, and how fair.

use mainstreet_desk::metrics::agreement::Table;
use mainstreet_desk::metrics::figure::{Figure, Point as Spot};

use super::{Found, Panel, folded, meanings, noted, said, shares, sureness, table, told};
use crate::charts::{Numbers, numbers};
use crate::desk::metrics::words::value;

/// Whether an interval of a difference leaves out zero: only then is it one.
fn differs(figure: &Figure) -> bool {
    figure.low.zip(figure.high).is_some_and(|(low, high)| low > 0.0 || high < 0.0)
}

fn named(figure: &Figure, name: &str) -> Spot {
    crate::desk::metrics::words::part(name, figure.k.unwrap_or(0), figure.n.unwrap_or(0))
}

pub(super) fn reversals(found: &Found) -> Option<Panel> {
    let (people, programs) = (found.ripe("reversal-rate")?, found.ripe("reversal-rate-automatic")?);
    let (appealed, overturned) = (found.ripe("appeal-rate")?, found.ripe("overturn-rate")?);
    let rows = [
        named(people, "taken back, people"),
        named(programs, "taken back, programs"),
        named(appealed, "appealed"),
        named(overturned, "appeals right"),
    ];
    Some(Panel {
        id: "reversals",
        family: "Quality: reversals and appeals",
        finding: match people.n {
            Some(0) => "No decision is thirty days old yet".to_owned(),
            _ => format!("{} of decisions by people were taken back within 30 days", told(people)),
        },
        sub: format!(
            "Since {}.{} Few appeals can mean that appealing is hard.",
            found.since,
            noted(appealed)
        ),
        wide: false,
        chart: shares("Reversals, appeals and overturned appeals", &rows),
        numbers: folded(&[
            ("People, by clause", table("Taken back within 30 days, by clause", "clause", people)),
            ("Programs, by rule", table("Taken back within 30 days, programs", "rule", programs)),
        ]),
        definitions: meanings(&["reversal-rate", "reversal-rate-automatic", "appeal-rate", "overturn-rate"]),
        doors: vec![
            (format!("{}&only=yes", people.behind), "What was taken back".to_owned()),
            (appealed.behind.clone(), "Appeals".to_owned()),
        ],
    })
}

pub(super) fn rules(found: &Found) -> Option<Panel> {
    let precision = found.get("rule-precision")?;
    Some(Panel {
        id: "rules",
        family: "Quality: rules",
        finding: match precision.value {
            Some(_) => format!("{} of the matches that people looked at were right", told(precision)),
            None => "Nobody has judged a match of a rule yet".to_owned(),
        },
        sub: format!("{}, of the latest version of each rule.", sureness(precision, "matches")),
        wide: false,
        chart: shares("Precision by rule", &precision.series),
        numbers: table("Precision by rule", "rule", precision),
        definitions: meanings(&["rule-precision"]),
        doors: vec![("/desk/rules".to_owned(), "Rules".to_owned())],
    })
}

pub(super) fn agreement(found: &Found) -> Option<Panel> {
    let (kappa, clause) = (found.ripe("agreement")?, found.ripe("agreement-clause")?);
    let between = kappa.low.zip(kappa.high).map(|(low, high)| {
        format!("95 % interval {} to {}, ", value(kappa.unit, low), value(kappa.unit, high))
    });
    let unclear = found.confusion.unclear;
    Some(Panel {
        id: "agreement",
        family: "Quality: agreement",
        finding: match (kappa.value, kappa.n) {
            (Some(_), _) => format!("Two people who judge apart agree with kappa {}", said(kappa)),
            (None, Some(0) | None) => "No second look was given yet".to_owned(),
            (None, Some(n)) => format!("The {n} second looks all said one and the same"),
        },
        sub: format!(
            "Since {}: {}from {} second looks, {} alike; {unclear} could not be told. On the clause as well: kappa {}. \
             0 is what chance alone would give, 1 is all.{}",
            found.since,
            between.unwrap_or_default(),
            kappa.n.unwrap_or(0),
            kappa.k.unwrap_or(0),
            said(clause),
            noted(kappa)
        ),
        wide: false,
        chart: String::new(),
        numbers: folded(&[
            ("Fine or a breach", confusion("Who said what: fine or a breach", &found.confusion.verdicts)),
            ("Which clause", confusion("Who said what: which clause", &found.confusion.clauses)),
        ]),
        definitions: meanings(&["agreement", "agreement-clause"]),
        doors: vec![
            (format!("{}&only=no", kappa.behind), "Where they differ".to_owned()),
            ("/desk/reviews".to_owned(), "Judge posts".to_owned()),
        ],
    })
}

/// A table of what the first said (rows) against what the second said (columns).
fn confusion(caption: &str, table: &Table) -> String {
    if table.total() == 0 {
        return String::new();
    }
    let mut columns = vec!["first said".to_owned()];
    columns.extend(table.categories.iter().map(|name| format!("second: {name}")));
    let rows = table.categories.iter().enumerate().map(|(row, name)| {
        let counts = (0..table.categories.len()).map(|column| table.count(row, column).to_string());
        std::iter::once(name.clone()).chain(counts).collect()
    });
    numbers(&Numbers { caption: caption.to_owned(), columns, rows: rows.collect() })
}

pub(super) fn equity(found: &Found) -> Option<Panel> {
    let (actions, reversals) = (found.ripe("equity-actions")?, found.ripe("equity-reversals")?);
    let harshness = found.ripe("equity-harshness")?;
    let said_of = |figure: &Figure, what: &str| match figure.value {
        None => format!("{what}: not known yet"),
        Some(_) if figure.low.is_none() => format!("{what}: too few to tell"),
        Some(_) if !differs(figure) => format!("{what}: no clear difference ({})", interval(figure)),
        Some(_) => format!("{what}: {} ({})", said(figure), interval(figure)),
    };
    let rows: Vec<Spot> = [("acted on", actions), ("reversed", reversals), ("restricted", harshness)]
        .into_iter()
        .flat_map(|(what, figure)| {
            figure.series.iter().map(move |spot| Spot { at: format!("{}: {what}", spot.at), ..spot.clone() })
        })
        .collect();
    Some(Panel {
        id: "equity",
        family: "Quality: newcomers and others",
        finding: match differs(actions) || differs(reversals) || differs(harshness) {
            true => "Newcomers are treated differently".to_owned(),
            false => "No clear difference between newcomers and others".to_owned(),
        },
        sub: format!(
            "Newcomers minus others, since {}. {}; {}; {}. An association: read the cases.",
            found.since,
            said_of(actions, "posts acted on"),
            said_of(reversals, "decisions reversed"),
            said_of(harshness, "restricted for the same clause")
        ),
        wide: false,
        chart: shares("Newcomers and others, with intervals", &rows),
        numbers: folded(&[
            ("Posts acted on", table("Posts acted on", "who", actions)),
            ("Decisions reversed", table("Decisions reversed within 30 days", "who", reversals)),
            ("Restricted for the same clause", table("Restricted for the same clause", "who", harshness)),
        ]),
        definitions: meanings(&["equity-actions", "equity-reversals", "equity-harshness"]),
        doors: vec![(actions.behind.clone(), "What was done".to_owned())],
    })
}

fn interval(figure: &Figure) -> String {
    match (figure.low, figure.high) {
        (Some(low), Some(high)) => {
            format!("95 % interval {} to {}", value(figure.unit, low), value(figure.unit, high))
        }
        _ => "no interval".to_owned(),
    }
}
