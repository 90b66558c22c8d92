//! Who takes part, and what they do.

use mainstreet_desk::metrics::alarms::Drop;
use mainstreet_desk::metrics::figure::{Figure, Point as Spot};
use mainstreet_desk::metrics::participation::{DROP_BASELINE, DROP_CHANCE};
use mainstreet_kernel::Timestamp;

use super::{Found, Panel, Window, day, is_named, meanings, short, table};
use crate::charts::{
    Bar, Bars, Line, Part, Point, Series, Whisker, amount, bars, line, numbers, percent, whiskers,
};
use crate::desk::metrics::words::{of, said, sureness};

/// The list of people behind `figure` as of the end of a point's day.
fn people_on(figure: &Figure, point: &Spot, window: &Window) -> Option<String> {
    let day = day(point)?;
    let zone = &window.query.zone;
    let (from, to): (Timestamp, Timestamp) = (zone.start_of(day.plus(-27)), zone.start_of(day.plus(1)));
    let space = window.query.space.map(|space| format!("&space={space}")).unwrap_or_default();
    Some(format!("/desk/metrics/{}/people?from={}&to={}{space}", figure.definition.id, from.0, to.0))
}

fn points(figure: &Figure, window: &Window, said: impl Fn(f64) -> String) -> Vec<Point> {
    let count = figure.series.len();
    let spots = figure.series.iter().enumerate().map(|(index, spot)| {
        let name = day(spot).map(short).unwrap_or_default();
        let running = if spot.partial { ", still running" } else { "" };
        let linked = (count - 1 - index).is_multiple_of(if count > 14 { 7 } else { 1 });
        Point {
            value: spot.value,
            interval: spot.low.zip(spot.high),
            label: format!("{name}: {}{running}", spot.value.map_or_else(|| "nothing".to_owned(), &said)),
            tick: is_named(index, count).then_some(name),
            href: linked.then(|| people_on(figure, spot, window)).flatten(),
        }
    });
    spots.collect()
}

pub(super) fn people(found: &Found, window: &Window) -> Option<Panel> {
    let (day, week, month) =
        (found.get("contributing-day")?, found.get("contributing-week")?, found.get("contributing-28d")?);
    let course = |figure: &Figure| figure.series.iter().map(|point| point.value).collect();
    let chart = line(&Line {
        label: "Contributing members over time",
        unit: "people",
        across: "days of the window",
        percent: false,
        points: points(month, window, |value| format!("{} in the 28 days before", amount(value))),
        beside: vec![
            Series { name: "7 days".to_owned(), values: course(week) },
            Series { name: "day".to_owned(), values: course(day) },
        ],
        partial: month.series.iter().filter(|point| point.partial).count(),
    });
    let rows = month.series.iter().zip(&week.series).zip(&day.series).map(|((month, week), day)| {
        let show = |point: &Spot| amount(point.value.unwrap_or(0.0));
        vec![month.at.clone(), show(day), show(week), show(month)]
    });
    let numbers = numbers(&crate::charts::Numbers {
        caption: "Contributing members by day".to_owned(),
        columns: ["day", "that day", "7 days", "28 days"].map(str::to_owned).into(),
        rows: rows.collect(),
    });
    Some(Panel {
        id: "people",
        family: "Participation",
        finding: format!("{} members contributed in 28 days, {} in the last week", said(month), said(week)),
        sub: format!(
            "{} on the last full day. A complete count, so there is no interval. The line is the 28 days before each day; \
             the running day is dashed. {}",
            said(day),
            drop_signal(&found.drop)
        ),
        wide: false,
        chart,
        numbers,
        definitions: meanings(&["contributing-day", "contributing-week", "contributing-28d"]),
        doors: vec![
            (month.behind.clone(), "Who contributed in 28 days".to_owned()),
            (week.behind.clone(), "In the last week".to_owned()),
            (day.behind.clone(), "On the last day".to_owned()),
        ],
    })
}

/// What the engagement-drop signal sees, how often it spoke over a year, and how often for nothing.
fn drop_signal(drop: &Drop) -> String {
    let Some(limits) = drop.limits else {
        return "The drop signal needs eight weeks before it can speak.".to_owned();
    };
    let limit = if limits.median < DROP_BASELINE {
        format!("so few that chance brings them less often than once in {:.0}", 1.0 / DROP_CHANCE)
    } else {
        format!("fewer than {:.0}", limits.noise.min(limits.size))
    };
    let stands = if drop.fires { "It speaks now" } else { "It is silent now" };
    format!(
        "Drop signal: {} members in the last seven full days, against a median of {} in the eight weeks before; it speaks \
         at {limit}. {stands}; it would have spoken {}. False is an alarm after which the next week was back above the \
         limit.",
        drop.now,
        amount(limits.median),
        drop.year.words()
    )
}

pub(super) fn repeat(found: &Found, window: &Window) -> Option<Panel> {
    let (repeat, sticky) = (found.get("repeat-participation")?, found.get("stickiness")?);
    let chart = line(&Line {
        label: "Repeat participation over time",
        unit: "of contributing members",
        across: "28 days to each day",
        percent: true,
        points: points(repeat, window, |value| format!("{} contributed on two days or more", percent(value))),
        beside: vec![Series {
            name: "stickiness".to_owned(),
            values: sticky.series.iter().map(|point| point.value).collect(),
        }],
        partial: 0,
    });
    Some(Panel {
        id: "repeat",
        family: "Participation",
        finding: match repeat.value {
            Some(_) => format!("{} contributing members came back on another day", of(repeat)),
            None => "Nobody contributed in these 28 days".to_owned(),
        },
        sub: format!(
            "{}. Stickiness: on a usual day of the last week, {} of the month's members contributed.",
            sureness(repeat, "members"),
            sticky.value.map_or_else(|| "an unknown share".to_owned(), percent)
        ),
        wide: false,
        chart,
        numbers: table("Repeat participation by day", "28 days to", repeat),
        definitions: meanings(&["repeat-participation", "stickiness"]),
        doors: vec![(repeat.behind.clone(), "Who came back".to_owned())],
    })
}

const PARTS: [Part; 4] = [
    Part { name: "topics", class: "s5" },
    Part { name: "replies", class: "s4" },
    Part { name: "reactions", class: "s2" },
    Part { name: "accepted answers", class: "leaf" },
];

pub(super) fn mix(found: &Found, _window: &Window) -> Option<Panel> {
    let (mix, staff) = (found.get("contribution-mix")?, found.get("staff-reply-share")?);
    let weeks: Vec<&Spot> = mix.series.iter().filter(|point| !point.counts.is_empty()).collect();
    let count = weeks.len();
    let drawn = weeks.iter().enumerate().map(|(index, week)| {
        let name = day(week).map(short).unwrap_or_default();
        let parts = PARTS.iter().zip(&week.counts).map(|(part, count)| format!("{count} {}", part.name));
        Bar {
            label: format!("Week of {name}: {}", parts.collect::<Vec<_>>().join(", ")),
            tick: is_named(index, count).then_some(name),
            values: week.counts.iter().map(|count| *count as f64).collect(),
            partial: week.partial,
            href: None,
        }
    });
    let chart = bars(&Bars {
        label: "Contributions by week and kind",
        unit: "contributions a week",
        across: "week beginning",
        percent: false,
        parts: PARTS.into(),
        bars: drawn.collect(),
    });
    let rows = weeks.iter().map(|week| {
        std::iter::once(week.at.clone())
            .chain(week.counts.iter().map(|count| amount(*count as f64)))
            .collect()
    });
    let numbers = numbers(&crate::charts::Numbers {
        caption: "Contributions by week".to_owned(),
        columns: ["week of", "topics", "replies", "reactions", "accepted answers"].map(str::to_owned).into(),
        rows: rows.collect(),
    });
    Some(Panel {
        id: "mix",
        family: "Contributions",
        finding: match mix.value {
            Some(_) => format!("{} what members do is replying", of(mix)),
            None => "Nothing was contributed in this window".to_owned(),
        },
        sub: format!(
            "{}. Of all replies, {} were by staff. Weeks that are not whole are pale.",
            sureness(mix, "contributions"),
            said(staff)
        ),
        wide: false,
        chart,
        numbers,
        definitions: meanings(&["contribution-mix", "staff-reply-share"]),
        doors: vec![(mix.behind.clone(), "Who contributed".to_owned())],
    })
}

pub(super) fn depth(found: &Found, _window: &Window) -> Option<Panel> {
    let (bare, mean) = (found.get("topics-without-reply")?, found.get("replies-per-topic")?);
    let rows = bare.series.iter().filter_map(|point| {
        let replies = if point.at == "1" { "reply" } else { "replies" };
        let href = (point.at == "0").then(|| format!("{}&only=yes", bare.behind));
        let interval = (point.low?, point.high?);
        Some(Whisker {
            name: format!("{} {replies}", point.at.replace('-', " to ")),
            value: point.value?,
            interval,
            href,
        })
    });
    let rows: Vec<Whisker> = rows.collect();
    Some(Panel {
        id: "depth",
        family: "Contributions",
        finding: match mean.value {
            Some(value) => {
                format!("A topic gets {} replies on average", amount((value * 10.0).round() / 10.0))
            }
            None => "No topic was begun in this window".to_owned(),
        },
        sub: format!(
            "{}. {} had no reply so far. Lines are 95 % intervals.",
            sureness(mean, "topics"),
            said(bare)
        ),
        wide: false,
        chart: if rows.is_empty() { String::new() } else { whiskers("Topics by number of replies", &rows) },
        numbers: table("Topics by number of replies", "replies", bare),
        definitions: meanings(&["replies-per-topic", "topics-without-reply"]),
        doors: vec![(format!("{}&only=yes", bare.behind), "Topics without a reply".to_owned())],
    })
}
