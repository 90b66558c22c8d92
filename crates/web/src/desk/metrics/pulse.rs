//! The pulse on the page `Today`: one row a figure, with its change and a sparkline.

use askama::Template;
use mainstreet_desk::metrics::definitions::Unit;
use mainstreet_desk::metrics::pulse::{Beat, Change};
use mainstreet_kernel::{Error, Result};

use super::words::{duration, value};
use crate::charts::{Spark, amount, spark};

/// The table of the pulse, ready for the page.
pub(crate) fn table(beats: Vec<Beat>) -> Result<String> {
    let table = Pulse { pulse: beats.into_iter().map(Row::from).collect() };
    table.render().map_err(Error::internal)
}

#[derive(Template)]
#[template(path = "desk/metrics/pulse.html")]
struct Pulse {
    pulse: Vec<Row>,
}

struct Row {
    name: &'static str,
    span: &'static str,
    value: String,
    /// `no clear change` unless it is more than chance.
    change: String,
    /// `up` when the change is for the better, `down` when not, else nothing.
    tone: &'static str,
    spark: String,
    href: String,
}

impl From<Beat> for Row {
    fn from(beat: Beat) -> Self {
        let unit = beat.definition.unit;
        let (change, tone) = match beat.change {
            Change::Unknown => ("nothing to compare".to_owned(), ""),
            Change::NotClear => ("no clear change".to_owned(), ""),
            Change::Clear { by, good } => (difference(unit, by), if good { "up" } else { "down" }),
        };
        let anchor = match beat.definition.id {
            "contributing-week" => "people",
            "repeat-participation" => "repeat",
            "first-response-median" => "first-response",
            _ => "unanswered",
        };
        let normal = beat.normal.map(|normal| (normal.low, normal.high));
        Self {
            name: beat.definition.name,
            span: beat.span,
            value: beat.value.map_or_else(|| "-".to_owned(), |found| value(unit, found)),
            change,
            tone,
            spark: spark(&Spark { values: &beat.course, normal }),
            href: format!("/desk/metrics?days=7#{anchor}"),
        }
    }
}

/// A difference in words, such as `+12`, `−18 min` or `−3 points`.
fn difference(unit: Unit, by: f64) -> String {
    let sign = if by < 0.0 { "−" } else { "+" };
    let size = by.abs();
    match unit {
        Unit::Share => format!("{sign}{:.0} points", size * 100.0),
        Unit::Hours => format!("{sign}{}", duration(size)),
        Unit::Ratio => format!("{sign}{}", amount(size)),
        _ => format!("{sign}{size:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_said() {
        assert_eq!(difference(Unit::Share, -0.03), "−3 points");
        assert_eq!(difference(Unit::Hours, 0.3), "+18 min");
        assert_eq!(difference(Unit::People, 12.4), "+12");
    }
}
