//! Two directions, week by week: what one does to the other above the line, what comes back below it.

use std::fmt::Write as _;

use super::{at, escape};

/// A chart of two directions.
pub struct Versus<'a> {
    /// What is drawn, for those who cannot see it.
    pub label: &'a str,
    /// What stands above the line.
    pub above: &'a str,
    /// What stands below it.
    pub below: &'a str,
    /// The parts of a bar, from the line outwards.
    pub ways: [&'static str; 4],
    /// From left to right.
    pub weeks: Vec<VersusWeek>,
}

/// One week.
pub struct VersusWeek {
    /// When it begins, for people.
    pub label: String,
    /// Written below it.
    pub tick: Option<String>,
    /// Counts above the line, in the order of the ways.
    pub above: [i64; 4],
    /// Counts below it.
    pub below: [i64; 4],
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 200.0;
const MIDDLE: f64 = 96.0;
const REACH: f64 = 72.0;
const CLASSES: [&str; 4] = ["s1", "s3", "s5", "lamp"];

/// Draws it with its legend. The numbers stand in the table beside it.
pub fn versus(chart: &Versus<'_>) -> String {
    let sums = chart.weeks.iter().flat_map(|week| [week.above, week.below]);
    let most = sums.map(|counts| counts.iter().sum::<i64>()).max().unwrap_or(0).max(1) as f64;
    let mut out = String::from(r#"<ul class="legend">"#);
    for (way, class) in chart.ways.iter().zip(CLASSES) {
        let class = if class == "lamp" { "k-lamp" } else { class };
        let _ = write!(out, r#"<li><i class="{class}"></i>{}</li>"#, escape(way));
    }
    let _ = write!(
        out,
        r#"</ul><svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}"><text x="0" y="14">{}</text><text x="0" y="{}">{}</text>"#,
        at(WIDTH),
        at(HEIGHT),
        escape(chart.label),
        escape(chart.above),
        at(HEIGHT - 4.0),
        escape(chart.below)
    );
    let slot = WIDTH / chart.weeks.len().max(1) as f64;
    for (place, week) in chart.weeks.iter().enumerate() {
        let x = place as f64 * slot + slot * 0.15;
        let _ = write!(out, "<g><title>{}</title>", escape(&words(chart, week)));
        for (counts, up) in [(week.above, true), (week.below, false)] {
            let mut from = 0.0;
            for (count, class) in counts.iter().zip(CLASSES).filter(|(count, _)| **count > 0) {
                let height = *count as f64 / most * REACH;
                let y = if up { MIDDLE - from - height } else { MIDDLE + from };
                let _ = write!(
                    out,
                    r#"<rect class="{class}" x="{}" y="{}" width="{}" height="{}"/>"#,
                    at(x),
                    at(y),
                    at(slot * 0.7),
                    at(height)
                );
                from += height;
            }
        }
        out.push_str("</g>");
        if let Some(tick) = &week.tick {
            let _ = write!(out, r#"<text x="{}" y="{}">{}</text>"#, at(x), at(HEIGHT - 18.0), escape(tick));
        }
    }
    let _ = write!(
        out,
        r#"<line class="axis" x1="0" x2="{}" y1="{MIDDLE}" y2="{MIDDLE}"/></svg>"#,
        at(WIDTH),
        MIDDLE = at(MIDDLE)
    );
    out
}

fn words(chart: &Versus<'_>, week: &VersusWeek) -> String {
    let list = |counts: &[i64; 4]| {
        let named: Vec<String> = chart
            .ways
            .iter()
            .zip(counts)
            .filter(|(_, count)| **count > 0)
            .map(|(way, count)| format!("{count} {way}"))
            .collect();
        if named.is_empty() { "nothing".to_owned() } else { named.join(", ") }
    };
    format!(
        "Week of {}. {}: {}. {}: {}.",
        week.label,
        chart.above,
        list(&week.above),
        chart.below,
        list(&week.below)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_back_hangs_below_the_line() {
        let drawn = versus(&Versus {
            label: "Ann & Bo",
            above: "Ann to Bo",
            below: "Bo to Ann",
            ways: ["answers", "mentions", "reactions", "flags"],
            weeks: vec![VersusWeek {
                label: "2 Mar".to_owned(),
                tick: None,
                above: [2, 0, 0, 0],
                below: [0, 0, 0, 1],
            }],
        });
        assert!(drawn.contains(r#"aria-label="Ann &amp; Bo""#), "{drawn}");
        assert!(drawn.contains(r#"<rect class="s1" x="96" y="24" width="448" height="72"/>"#), "{drawn}");
        assert!(drawn.contains(r#"<rect class="lamp" x="96" y="96" width="448" height="36"/>"#), "{drawn}");
        assert!(drawn.contains("Ann to Bo: 2 answers. Bo to Ann: 1 flags."), "{drawn}");
    }
}
