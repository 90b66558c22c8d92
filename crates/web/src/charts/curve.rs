//! A survival curve: the share still waiting, over time since the start, with its 95 % band.

use std::fmt::Write as _;

use super::{Frame, Scale, at, escape, link, percent};

/// A survival curve over hours.
pub struct SurvivalCurve<'a> {
    /// What is drawn, for those who cannot see it.
    pub label: &'a str,
    /// The vertical axis: `still waiting`.
    pub unit: &'a str,
    /// The treads of the stairs, in order of time.
    pub treads: Vec<Tread>,
    /// How far the curve was observed, in hours.
    pub until_hours: f64,
    /// Times worth a mark, such as 24 h.
    pub marks: Vec<Mark>,
    /// The median, in hours, drawn as a rule.
    pub median_hours: Option<f64>,
    /// The horizontal axis: `time since asking`.
    pub across: &'a str,
}

/// From this time on, this share is still waiting.
pub struct Tread {
    /// Hours from the start.
    pub hours: f64,
    /// The share still waiting.
    pub share: f64,
    /// Its interval.
    pub interval: (f64, f64),
}

/// A mark on the curve.
pub struct Mark {
    /// Hours from the start.
    pub hours: f64,
    /// The share still waiting there.
    pub share: f64,
    /// Said of it: `After 24 h 42 % were still waiting`.
    pub label: String,
    /// Where it leads.
    pub href: Option<String>,
}

const TICKS: [(f64, &str); 7] =
    [(0.0, "0"), (1.0, "1 h"), (4.0, "4 h"), (24.0, "1 d"), (72.0, "3 d"), (168.0, "7 d"), (672.0, "28 d")];

/// Draws a survival curve. The time axis is compressed (logarithm of 1 + hours): the first hours, in which most
/// is decided, get room, and the long tail still fits.
pub fn survival_curve(chart: &SurvivalCurve<'_>) -> String {
    let frame = Frame::USUAL;
    let end = chart.until_hours.clamp(24.0, 24.0 * 365.0);
    let x = |hours: f64| frame.x(hours.min(end).ln_1p() / end.ln_1p());
    let mut out = frame.open(chart.label);
    frame.scale(&mut out, &Scale::up_to(1.0, true), chart.unit);
    frame.below(&mut out, chart.across);
    for (hours, name) in TICKS.iter().filter(|(hours, _)| *hours <= end) {
        let (x, y) = (at(x(*hours)), at(frame.height - frame.bottom + 17.0));
        let _ = write!(out, r#"<text class="mid" x="{x}" y="{y}">{name}</text>"#);
    }
    let shown: Vec<&Tread> = chart.treads.iter().filter(|tread| tread.hours <= end).collect();
    band(&mut out, &frame, &shown, &x, end);
    stairs(&mut out, &frame, &shown, &x, end);
    if let Some(median) = chart.median_hours.filter(|median| *median <= end) {
        let (x, foot, head) = (at(x(median)), at(frame.y(0.0)), at(frame.y(0.5)));
        let _ = write!(out, r#"<line class="rule" x1="{x}" x2="{x}" y1="{foot}" y2="{head}"/>"#);
    }
    for mark in chart.marks.iter().filter(|mark| mark.hours <= end) {
        marked(&mut out, &frame, mark, x(mark.hours));
    }
    out.push_str("</svg>");
    out
}

fn stairs(out: &mut String, frame: &Frame, treads: &[&Tread], x: &dyn Fn(f64) -> f64, end: f64) {
    let mut path = format!("M{} {}", at(x(0.0)), at(frame.y(1.0)));
    for tread in treads {
        let _ = write!(path, "H{}V{}", at(x(tread.hours)), at(frame.y(tread.share)));
    }
    let _ = write!(out, r#"<path class="curve" d="{path}H{}"/>"#, at(x(end)));
}

fn band(out: &mut String, frame: &Frame, treads: &[&Tread], x: &dyn Fn(f64) -> f64, end: f64) {
    let Some(first) = treads.first() else { return };
    let mut path = format!("M{} {}", at(x(first.hours)), at(frame.y(first.interval.1)));
    for tread in treads {
        let _ = write!(path, "H{}V{}", at(x(tread.hours)), at(frame.y(tread.interval.1)));
    }
    let _ = write!(path, "H{}", at(x(end)));
    for (index, tread) in treads.iter().enumerate().rev() {
        let _ = write!(path, "V{}H{}", at(frame.y(tread.interval.0)), at(x(tread.hours)));
        if index == 0 {
            path.push('Z');
        }
    }
    let _ = write!(out, r#"<path class="band" d="{path}"/>"#);
}

fn marked(out: &mut String, frame: &Frame, mark: &Mark, x: f64) {
    let y = frame.y(mark.share);
    let dot = format!(
        r#"<circle cx="{x}" cy="{y}" r="12" fill="transparent"/><circle class="dot" cx="{x}" cy="{y}" r="4"/><text class="strong mid" x="{x}" y="{}">{}</text>"#,
        at(y - 10.0),
        escape(&percent(mark.share)),
        x = at(x),
        y = at(y),
    );
    out.push_str(&link(mark.href.as_deref(), &mark.label, &dot));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stairs_start_at_the_top_and_have_a_band() {
        let drawn = survival_curve(&SurvivalCurve {
            label: "Waiting",
            unit: "still waiting",
            treads: vec![
                Tread { hours: 1.0, share: 0.5, interval: (0.3, 0.7) },
                Tread { hours: 5.0, share: 0.25, interval: (0.1, 0.5) },
            ],
            until_hours: 72.0,
            marks: vec![Mark { hours: 24.0, share: 0.25, label: "After 1 d 25 %".to_owned(), href: None }],
            median_hours: Some(1.0),
            across: "time",
        });
        assert!(drawn.contains(r#"<path class="curve" d="M52 22H"#), "{drawn}");
        assert!(
            drawn.contains("class=\"band\"") && drawn.contains("class=\"rule\"") && drawn.contains("25 %")
        );
        assert!(!drawn.contains("NaN") && !drawn.contains("7 d"));
    }

    #[test]
    fn a_curve_without_steps_is_flat() {
        let drawn = survival_curve(&SurvivalCurve {
            label: "Waiting",
            unit: "still waiting",
            treads: vec![],
            until_hours: 0.0,
            marks: vec![],
            median_hours: None,
            across: "time",
        });
        assert!(!drawn.contains("band") && drawn.contains("M52 22H620"));
    }
}
