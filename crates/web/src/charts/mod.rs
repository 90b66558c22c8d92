//! Charts as plain SVG and tables, made on the server: no script, no inline style, classes of `app.css` only.
//!
//! A chart shows; the sentence above it states the finding, and the table behind it holds the numbers. Points
//! that lead somewhere are links, so the keyboard reaches them. All text is escaped here; what these functions
//! return is ready for the page.

mod bars;
mod curve;
mod heat;
mod line;
mod numbers;
mod spark;
mod versus;
mod whiskers;

use std::fmt::Write as _;

pub use bars::{Bar, Bars, Part, bars};
pub use curve::{Mark, SurvivalCurve, Tread, survival_curve};
pub use heat::{Cell, Heat, HeatRow, heat};
pub use line::{Line, Point, Series, line};
pub use numbers::{Numbers, numbers};
pub use spark::{Spark, spark};
pub use versus::{Versus, VersusWeek, versus};
pub use whiskers::{Whisker, whiskers};

/// `text` as it may stand in HTML and SVG, between tags and within quoted attributes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// The drawing area of a chart, in the units of its view box.
#[derive(Clone, Copy)]
struct Frame {
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Frame {
    const USUAL: Self =
        Self { width: 640.0, height: 260.0, left: 52.0, right: 20.0, top: 22.0, bottom: 44.0 };

    /// The horizontal place of `part` (0 left, 1 right).
    fn x(&self, part: f64) -> f64 {
        self.left + part * (self.width - self.left - self.right)
    }

    /// The vertical place of `part` (0 bottom, 1 top).
    fn y(&self, part: f64) -> f64 {
        self.height - self.bottom - part * (self.height - self.top - self.bottom)
    }

    /// Opens the picture. A group, not an image: its links stay reachable.
    fn open(&self, label: &str) -> String {
        format!(
            r#"<svg class="chart" viewBox="0 0 {} {}" role="group" aria-label="{}">"#,
            at(self.width),
            at(self.height),
            escape(label)
        )
    }

    /// Horizontal grid lines with their values, and the label of the vertical axis above them.
    fn scale(&self, out: &mut String, scale: &Scale, label: &str) {
        let (left, right) = (at(self.x(0.0)), at(self.x(1.0)));
        for tick in &scale.ticks {
            let y = self.y(tick / scale.top);
            let class = if *tick == 0.0 { "axis" } else { "grid" };
            let _ = write!(
                out,
                r#"<line class="{class}" x1="{left}" x2="{right}" y1="{y}" y2="{y}"/><text class="end" x="{}" y="{}">{}</text>"#,
                at(self.x(0.0) - 8.0),
                at(y + 4.0),
                escape(&scale.name(*tick)),
                y = at(y),
            );
        }
        let _ = write!(out, r#"<text x="0" y="{}">{}</text>"#, at(self.top - 12.0), escape(label));
    }

    /// The label of the horizontal axis, below its right end.
    fn below(&self, out: &mut String, label: &str) {
        let (x, y) = (at(self.x(1.0)), at(self.height - 6.0));
        let _ = write!(out, r#"<text class="end" x="{x}" y="{y}">{}</text>"#, escape(label));
    }
}

/// A vertical axis from zero to a round number.
struct Scale {
    top: f64,
    ticks: Vec<f64>,
    percent: bool,
}

impl Scale {
    /// Round steps that hold `max`.
    fn up_to(max: f64, percent: bool) -> Self {
        let max = if max.is_finite() && max > 0.0 { max } else { 1.0 };
        let rough = max / 4.0;
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0]
            .into_iter()
            .map(|unit| unit * power)
            .find(|step| *step >= rough * 0.999);
        let step = step.unwrap_or(power * 10.0);
        let step = if percent { step } else { step.max(if max >= 2.0 { 1.0 } else { 0.0 }) };
        let count = (max / step * 0.999_999).ceil().max(1.0) as u32;
        Self {
            top: step * f64::from(count),
            ticks: (0..=count).map(|n| step * f64::from(n)).collect(),
            percent,
        }
    }

    fn name(&self, tick: f64) -> String {
        if self.percent { percent(tick) } else { amount(tick) }
    }
}

/// A share as people read it: `58 %`, `0.4 %`.
pub fn percent(share: f64) -> String {
    let value = share * 100.0;
    if value != 0.0 && value.abs() < 1.0 { format!("{value:.1} %") } else { format!("{value:.0} %") }
}

/// A plain number as people read it: whole when it is, thousands set apart by a thin space.
pub fn amount(value: f64) -> String {
    let text = if value == value.trunc() {
        format!("{value:.0}")
    } else if value.abs() < 10.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.1}")
    };
    let (whole, rest) =
        text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let digits = whole.trim_start_matches('-');
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if digits.len() > 4 && place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    let sign = if whole.starts_with('-') { "−" } else { "" };
    let rest = rest.map(|rest| rest.trim_end_matches('0')).filter(|rest| !rest.is_empty());
    rest.map_or_else(|| format!("{sign}{grouped}"), |rest| format!("{sign}{grouped}.{rest}"))
}

/// A coordinate with one decimal: smaller pages, same picture.
fn at(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// Wraps `inner` in a link when there is somewhere to go, and names it for those who cannot see it.
fn link(href: Option<&str>, label: &str, inner: &str) -> String {
    match href {
        Some(href) => format!(
            r#"<a href="{}" aria-label="{}">{inner}<title>{}</title></a>"#,
            escape(href),
            escape(label),
            escape(label)
        ),
        None => format!(r"<g>{inner}<title>{}</title></g>", escape(label)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_place() {
        assert_eq!(escape(r#"<a href='x'>"&"#), "&lt;a href=&#39;x&#39;&gt;&quot;&amp;");
        let drawn = link(Some(r#""><script>"#), "<b>", "");
        assert!(!drawn.contains("<script>") && !drawn.contains("<b>"));
    }

    #[test]
    fn scales_are_round() {
        let ticks = |max, percent| Scale::up_to(max, percent).ticks;
        assert_eq!(ticks(40.0, false), [0.0, 10.0, 20.0, 30.0, 40.0]);
        assert_eq!(ticks(3.0, false), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(ticks(0.0, false), [0.0, 0.25, 0.5, 0.75, 1.0]);
        assert_eq!(ticks(1.0, true), [0.0, 0.25, 0.5, 0.75, 1.0]);
        for max in [0.004, 0.7, 9.0, 11.0, 999.0, 123_456.0] {
            let scale = Scale::up_to(max, false);
            assert!(scale.top >= max && scale.ticks.len() <= 7, "{max}: {:?}", scale.ticks);
        }
    }

    #[test]
    fn numbers_read_well() {
        for (value, expect) in [
            (412.0, "412"),
            (2.5, "2.5"),
            (12_345.0, "12\u{202f}345"),
            (-3.25, "−3.25"),
            (1999.0, "1999"),
            (11.04, "11"),
        ] {
            assert_eq!(amount(value), expect);
        }
        assert_eq!(percent(0.583), "58 %");
        assert_eq!(percent(0.004), "0.4 %");
        assert_eq!(percent(0.0), "0 %");
    }
}
