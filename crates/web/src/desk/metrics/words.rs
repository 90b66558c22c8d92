//! Figures in words.

use mainstreet_desk::metrics::definitions::Unit;
use mainstreet_desk::metrics::figure::{Figure, Point};
use mainstreet_desk::metrics::rates::Share;

use crate::charts::{amount, percent};

/// A duration as people say it: `45 min`, `2 h 10`, `3 d 4 h`.
pub(super) fn duration(hours: f64) -> String {
    let minutes = (hours * 60.0).round() as i64;
    match minutes {
        ..1 => "under a minute".to_owned(),
        1..60 => format!("{minutes} min"),
        60..1440 if minutes % 60 == 0 => format!("{} h", minutes / 60),
        60..1440 => format!("{} h {:02}", minutes / 60, minutes % 60),
        _ => match (minutes / 1440, minutes % 1440 / 60) {
            (days, 0) => format!("{days} d"),
            (days, hours) => format!("{days} d {hours} h"),
        },
    }
}

/// A value in its unit.
pub(super) fn value(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Share => percent(value),
        Unit::Hours => duration(value),
        Unit::PerThousand => format!("{} ‰", amount((value * 10.0).round() / 10.0)),
        Unit::Points => points(value),
        Unit::Kappa => format!("{value:.2}").replace('-', "−"),
        Unit::Weeks => counted(value, "week"),
        Unit::Days => counted(value, "day"),
        Unit::Ratio | Unit::People | Unit::Topics | Unit::Acts => amount((value * 100.0).round() / 100.0),
    }
}

/// A difference of shares, such as `+3.2 points`.
fn points(value: f64) -> String {
    let points = (value * 1_000.0).round() / 10.0;
    let sign = if points < 0.0 { "−" } else { "+" };
    format!("{sign}{} points", amount(points.abs()))
}

fn counted(value: f64, one: &str) -> String {
    format!("{} {one}{}", amount(value), if value == 1.0 { "" } else { "s" })
}

/// Shares of fewer than this many are said as `k of n`: a percentage would pretend to be sure.
const FEW: u64 = 10;

/// The value of a figure, or that it is not known.
pub(super) fn said(figure: &Figure) -> String {
    if let (Unit::Share, Some(_), Some(k), Some(n @ ..FEW)) = (figure.unit, figure.value, figure.k, figure.n)
    {
        return format!("{k} of {n}");
    }
    figure.value.map_or_else(|| "not known yet".to_owned(), |found| value(figure.unit, found))
}

/// A share before a noun: `25 % of`, or `2 of 3`.
pub(super) fn of(figure: &Figure) -> String {
    let said = said(figure);
    if said.contains(" of ") { said } else { format!("{said} of") }
}

/// A part of something with its share: `k` of `n`.
pub(super) fn part(name: &str, k: u64, n: u64) -> Point {
    let share = Share::new(k, n);
    let interval = share.value().map(|_| share.wilson());
    Point {
        at: name.to_owned(),
        value: share.value(),
        low: interval.map(|interval| interval.low),
        high: interval.map(|interval| interval.high),
        n: Some(n),
        k: Some(k),
        partial: false,
        counts: Vec::new(),
        reversed: None,
        normal: None,
    }
}

/// Its interval and number, such as `95 % interval 33 % to 85 %, from 12 questions`.
pub(super) fn sureness(figure: &Figure, what: &str) -> String {
    let between = match (figure.value, figure.low, figure.high) {
        (Some(_), Some(low), Some(high)) => {
            format!("95 % interval {} to {}, ", value(figure.unit, low), value(figure.unit, high))
        }
        (Some(_), Some(low), None) => format!("95 % interval from {} up, ", value(figure.unit, low)),
        _ => String::new(),
    };
    let n = figure.n.unwrap_or(0);
    let hint = if (1..FEW).contains(&n) { " (few: no more than a hint)" } else { "" };
    format!("{between}from {} {what}{hint}", amount(n as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_said_as_people_say_them() {
        for (hours, expect) in [
            (0.0, "under a minute"),
            (0.75, "45 min"),
            (2.0, "2 h"),
            (2.1667, "2 h 10"),
            (24.0, "1 d"),
            (76.0, "3 d 4 h"),
        ] {
            assert_eq!(duration(hours), expect);
        }
    }
}
