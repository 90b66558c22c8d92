//! How soon somebody answers, and who.

use mainstreet_desk::metrics::figure::{Figure, Point};
use mainstreet_desk::metrics::stock::{LEAST, Stock, TIMES};

use super::{Found, Panel, Window, meanings, table, treads};
use crate::charts::{
    Bar, Bars, Mark, Numbers, Part, SurvivalCurve, Whisker, amount, bars, numbers, percent, survival_curve,
    whiskers,
};
use crate::desk::metrics::words::{duration, said, sureness};

const LIMITS: [(f64, &str, &str); 4] = [
    (1.0, "answered-within-1h", "1 hour"),
    (4.0, "answered-within-4h", "4 hours"),
    (24.0, "answered-within-24h", "24 hours"),
    (72.0, "answered-within-72h", "72 hours"),
];

/// Said when all topics stand in for questions.
pub(super) fn stand_in(found: &Found) -> &'static str {
    if found.all_topics {
        " Nothing in this window is marked as a question, so this is about all topics."
    } else {
        ""
    }
}

pub(super) fn waiting(found: &Found, window: &Window) -> Option<Panel> {
    let (median, p90) = (found.get("first-response-median")?, found.get("first-response-p90")?);
    let (mean, naive) = (found.get("first-response-mean-naive")?, found.get("first-response-median-naive")?);
    let what = found.asked(&window.query);
    let marks = LIMITS.iter().filter_map(|(hours, id, name)| {
        let figure = found.get(id)?;
        let share = 1.0 - figure.value?;
        Some(Mark {
            hours: *hours,
            share,
            label: format!("After {name}, {} of {what} had no response", percent(share)),
            href: Some(format!("{}&only=no", figure.behind)),
        })
    });
    let chart = survival_curve(&SurvivalCurve {
        label: "Share still waiting for a first response, by time since asking",
        unit: "still waiting",
        treads: treads(median),
        until_hours: 168.0,
        marks: marks.collect(),
        median_hours: median.value,
        across: "time since asking (compressed scale)",
    });
    let left_out = median.n.unwrap_or(0).saturating_sub(mean.n.unwrap_or(0));
    Some(Panel {
        id: "first-response",
        family: "First response",
        finding: match median.value {
            Some(hours) => format!("Half of the {what} get a first response within {}", duration(hours)),
            None => format!("Fewer than half of the {what} have had a first response"),
        },
        sub: format!(
            "{}. Nine of ten: {}. For comparison, what other tools print, of answered {what} only: median {}, mean {}; that \
             leaves out {} nobody answered.{}",
            sureness(median, what),
            said(p90),
            said(naive),
            said(mean),
            amount(left_out as f64),
            stand_in(found)
        ),
        wide: false,
        chart,
        numbers: within(found, what),
        definitions: meanings(&[
            "first-response-median",
            "first-response-p75",
            "first-response-p90",
            "first-response-mean-naive",
            "first-response-median-naive",
        ]),
        doors: vec![(median.behind.clone(), format!("All {what} of the window"))],
    })
}

fn within(found: &Found, what: &str) -> String {
    let rows = LIMITS.iter().filter_map(|(_, id, name)| {
        let figure = found.get(id)?;
        let between =
            figure.low.zip(figure.high).map(|(low, high)| format!("{} to {}", percent(low), percent(high)));
        let n = amount(figure.n.unwrap_or(0) as f64);
        Some(vec![format!("within {name}"), said(figure), between.unwrap_or_else(|| "-".to_owned()), n])
    });
    numbers(&Numbers {
        caption: "Answered within a time".to_owned(),
        columns: ["first response", "share", "95 % interval", what].map(str::to_owned).into(),
        rows: rows.collect(),
    })
}

const CAUSES: [Part; 3] = [
    Part { name: "by a member", class: "leaf" },
    Part { name: "by staff", class: "s4" },
    Part { name: "still waiting", class: "none" },
];

pub(super) fn by_whom(found: &Found, window: &Window) -> Option<Panel> {
    let (member, staff) =
        (found.get("first-response-by-member-24h")?, found.get("first-response-by-staff-24h")?);
    let what = found.asked(&window.query);
    let drawn = member.series.iter().zip(&staff.series).filter_map(|(member, staff)| {
        let (by_member, by_staff) = (member.value?, staff.value?);
        let open = (1.0 - by_member - by_staff).max(0.0);
        Some(Bar {
            label: format!(
                "Within {}: {} by a member, {} by staff, {} waiting",
                member.at,
                percent(by_member),
                percent(by_staff),
                percent(open)
            ),
            tick: Some(format!("within {}", member.at)),
            values: vec![by_member, by_staff, open],
            partial: false,
            href: None,
        })
    });
    let chart = bars(&Bars {
        label: "Who gave the first response",
        unit: "",
        across: "time since asking",
        percent: true,
        parts: CAUSES.into(),
        bars: drawn.collect(),
    });
    Some(Panel {
        id: "by-whom",
        family: "First response",
        finding: match member.value.zip(staff.value) {
            Some((member, staff)) => {
                format!("Within a day members answer {} of {what}, staff {}", percent(member), percent(staff))
            }
            None => "Who answers first is not known yet".to_owned(),
        },
        sub: format!(
            "Members: {}. Staff: {}.{}",
            sureness(member, what),
            sureness(staff, what),
            stand_in(found)
        ),
        wide: false,
        chart,
        numbers: causes(member, staff),
        definitions: meanings(&["first-response-by-member-24h", "first-response-by-staff-24h"]),
        doors: vec![
            (format!("{}&only=yes", member.behind), "Answered by members".to_owned()),
            (format!("{}&only=yes", staff.behind), "Answered by staff".to_owned()),
        ],
    })
}

fn causes(member: &Figure, staff: &Figure) -> String {
    let said = |point: &Point| match (point.value, point.low, point.high) {
        (Some(value), Some(low), Some(high)) => {
            format!("{} ({} to {})", percent(value), percent(low), percent(high))
        }
        _ => "-".to_owned(),
    };
    let rows = member.series.iter().zip(&staff.series);
    numbers(&Numbers {
        caption: "Who gave the first response".to_owned(),
        columns: ["within", "by a member", "by staff"].map(str::to_owned).into(),
        rows: rows.map(|(member, staff)| vec![member.at.clone(), said(member), said(staff)]).collect(),
    })
}

pub(super) fn unanswered(found: &Found, window: &Window) -> Option<Panel> {
    let (rate, open, oldest) =
        (found.get("unanswered-72h")?, found.get("unanswered-open")?, found.get("unanswered-oldest")?);
    let what = found.asked(&window.query);
    let rows = LIMITS.iter().filter_map(|(_, id, name)| {
        let figure = found.get(id)?;
        Some(Whisker {
            name: format!("within {name}"),
            value: figure.value?,
            interval: (figure.low?, figure.high?),
            href: Some(format!("{}&only=no", figure.behind)),
        })
    });
    let rows: Vec<Whisker> = rows.collect();
    let weekly = found.get("answered-within-24h")?;
    let age = oldest.value.map(|hours| format!(", the oldest for {}", duration(hours))).unwrap_or_default();
    Some(Panel {
        id: "unanswered",
        family: "First response",
        finding: match rate.value {
            Some(share) => format!("{} of {what} are unanswered after three days", percent(share)),
            None => format!("No {what} of this window are three days old yet"),
        },
        sub: format!(
            "{}. At the window's end {} {what} wait, whenever asked{age}.{} {}",
            sureness(rate, what),
            said(open),
            stand_in(found),
            stock_signal(&found.stock)
        ),
        wide: false,
        chart: if rows.is_empty() { String::new() } else { whiskers("Answered within a time", &rows) },
        numbers: table("Answered within 24 hours, by week of asking", "week of", weekly),
        definitions: meanings(&[
            "unanswered-72h",
            "unanswered-open",
            "unanswered-oldest",
            "answered-within-24h",
        ]),
        doors: vec![
            (open.behind.clone(), format!("Waiting now: {}", said(open))),
            (format!("{}&only=yes", rate.behind), "No response within three days".to_owned()),
        ],
    })
}

/// What the signal about the stock sees, how often it spoke over a year, and how often for nothing.
fn stock_signal(stock: &Stock) -> String {
    let Some(usual) = stock.usual else {
        return "The stock signal speaks once somebody has asked.".to_owned();
    };
    let stands = if stock.fires { "It speaks now" } else { "It is silent now" };
    format!(
        "Stock signal: {} waited at the end of the last full day, against a median of {} at the ends of the eight weeks before; \
         it speaks above {TIMES:.0} times that and from {LEAST} on. {stands}; it would have spoken {}. False is an alarm after \
         which the next week was back below that.",
        stock.now,
        amount(usual),
        stock.year.words()
    )
}
