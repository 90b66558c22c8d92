//! `/styleguide`: every component of the design system in every state, for those who build pages. Browser tests take
//! pictures of it.

use askama::Template;
use mainstreet_kernel::FieldErrors;

use crate::charts::{
    self, Bar, Bars, Cell, Heat, HeatRow, Line, Mark, Numbers, Part, Point, Spark, SurvivalCurve, Tread,
    Whisker,
};
use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/styleguide", show)
}

const COLOURS: &[&str] = &[
    "paper",
    "surface",
    "sunken",
    "line",
    "ink",
    "ink-2",
    "ink-3",
    "brick",
    "brick-wash",
    "lamp",
    "lamp-wash",
    "leaf",
    "leaf-wash",
    "alarm",
    "alarm-wash",
];

const ICONS: &[&str] = &[
    "arrow", "bell", "bin", "bold", "cal", "check", "clock", "code", "down", "eye", "feed", "flag", "gift",
    "heart", "idea", "image", "italic", "link", "list", "lock", "mark", "menu", "pencil", "pin", "plus",
    "quote", "reply", "search", "shield", "smile", "star", "thumb", "undo", "user", "x",
];

#[derive(Template)]
#[template(path = "desk/styleguide.html")]
struct Guide {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    errors: FieldErrors,
    colours: &'static [&'static str],
    icons: &'static [&'static str],
    pictures: Vec<Picture>,
    spark: String,
}

/// A chart with its finding.
struct Picture {
    finding: &'static str,
    about: &'static str,
    drawing: String,
    numbers: String,
}

/// `GET /styleguide`
async fn show(cx: Cx) -> Page {
    cx.staff()?;
    let mut errors = FieldErrors::default();
    errors.add("wrong", "Write a whole address, such as ada@example.org.");
    let values: Vec<Option<f64>> = [16.0, 15.0, 17.0, 13.0, 14.0, 11.0, 9.0].map(Some).to_vec();
    views::html(&Guide {
        chrome: cx.chrome(),
        here: "styleguide",
        waiting: cx.waiting().await?,
        errors,
        colours: COLOURS,
        icons: ICONS,
        pictures: vec![curve(), line(), bars(), heat(), whiskers()],
        spark: charts::spark(&Spark { values: &values, normal: Some((11.0, 16.0)) }),
    })
}

fn numbers(caption: &str, columns: [&str; 2], rows: &[(String, String)]) -> String {
    charts::numbers(&Numbers {
        caption: caption.to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: rows.iter().map(|(name, value)| vec![name.clone(), value.clone()]).collect(),
    })
}

fn curve() -> Picture {
    let steps = [
        (0.5, 0.91),
        (1.0, 0.78),
        (2.0, 0.55),
        (4.0, 0.41),
        (9.0, 0.3),
        (24.0, 0.17),
        (48.0, 0.12),
        (72.0, 0.1),
    ];
    let treads = steps
        .map(|(hours, share)| Tread { hours, share, interval: (share - 0.04, (share + 0.05_f64).min(1.0)) })
        .into();
    let marks =
        vec![Mark { hours: 24.0, share: 0.17, label: "After 1 d 17 % still wait".to_owned(), href: None }];
    let rows: Vec<(String, String)> =
        steps.iter().map(|(hours, share)| (format!("{hours} h"), charts::percent(*share))).collect();
    Picture {
        finding: "Half of all questions have an answer after 2 h 20 min",
        about: "Time to first response by Kaplan-Meier, 214 questions; the band is the 95 % interval.",
        drawing: charts::survival_curve(&SurvivalCurve {
            label: "Share of questions still waiting by hours since asked",
            unit: "still waiting",
            treads,
            until_hours: 72.0,
            marks,
            median_hours: Some(2.33),
            across: "time since asking (compressed scale)",
        }),
        numbers: numbers("Still waiting", ["after", "share"], &rows),
    }
}

fn line() -> Picture {
    let people = [310.0, 324.0, 318.0, 345.0, 352.0, 371.0, 366.0, 402.0, 412.0, 260.0];
    let points = people
        .iter()
        .enumerate()
        .map(|(week, value)| Point {
            value: Some(*value),
            interval: None,
            label: format!("week {}: {value} people", week + 1),
            tick: (week % 3 == 0).then(|| format!("week {}", week + 1)),
            href: Some("/styleguide".to_owned()),
        })
        .collect();
    let rows: Vec<(String, String)> = people
        .iter()
        .enumerate()
        .map(|(week, value)| (format!("week {}", week + 1), value.to_string()))
        .collect();
    Picture {
        finding: "A third more people contribute than nine weeks ago",
        about: "Contributing members per week; the running week is dashed.",
        drawing: charts::line(&Line {
            label: "Contributing members per week",
            unit: "people",
            across: "week",
            percent: false,
            points,
            beside: Vec::new(),
            partial: 1,
        }),
        numbers: numbers("Contributing members", ["week", "people"], &rows),
    }
}

fn bars() -> Picture {
    let weeks = [
        [120.0, 410.0, 30.0],
        [131.0, 402.0, 44.0],
        [118.0, 460.0, 51.0],
        [140.0, 488.0, 38.0],
        [60.0, 190.0, 12.0],
    ];
    let all = weeks
        .iter()
        .enumerate()
        .map(|(week, values)| Bar {
            label: format!("week {}: {} contributions", week + 1, values.iter().sum::<f64>()),
            tick: Some(format!("week {}", week + 1)),
            values: values.to_vec(),
            partial: week == 4,
            href: None,
        })
        .collect();
    let rows: Vec<(String, String)> = weeks
        .iter()
        .enumerate()
        .map(|(week, values)| (format!("week {}", week + 1), values[1].to_string()))
        .collect();
    Picture {
        finding: "Replies carry the growth; new topics are steady",
        about: "Contribution mix per week.",
        drawing: charts::bars(&Bars {
            label: "Contributions per week by kind",
            unit: "contributions",
            across: "week",
            percent: false,
            parts: vec![
                Part { name: "topics", class: "s5" },
                Part { name: "replies", class: "s3" },
                Part { name: "reactions only", class: "none" },
            ],
            bars: all,
        }),
        numbers: numbers("Replies", ["week", "replies"], &rows),
    }
}

fn heat() -> Picture {
    let cell = |count| Some(Cell { count, interval: (0.1, 0.3), href: "/styleguide".to_owned() });
    let row = |name: &str, size, counts: [u64; 3]| HeatRow {
        name: name.to_owned(),
        size,
        cells: counts.map(cell).into(),
    };
    Picture {
        finding: "One newcomer in four still writes after three weeks",
        about: "Weekly retention of those who first wrote in a week.",
        drawing: charts::heat(&Heat {
            caption: "Weekly retention",
            cohort: "First wrote in the week of",
            columns: ["week 1", "week 2", "week 3"].map(str::to_owned).to_vec(),
            rows: vec![
                row("5 Oct", 44, [21, 14, 12]),
                row("12 Oct", 38, [15, 12, 9]),
                row("19 Oct", 8, [3, 1, 2]),
            ],
        }),
        numbers: String::new(),
    }
}

fn whiskers() -> Picture {
    let row = |name: &str, value: f64, spread: f64| Whisker {
        name: name.to_owned(),
        value,
        interval: (value - spread, value + spread),
        href: Some("/styleguide".to_owned()),
    };
    Picture {
        finding: "Firmware questions are solved less often than others",
        about: "Solution rate by space with its 95 % interval.",
        drawing: charts::whiskers(
            "Solution rate by space",
            &[row("Installation", 0.71, 0.06), row("Hardware", 0.66, 0.09), row("Firmware", 0.42, 0.08)],
        ),
        numbers: String::new(),
    }
}
