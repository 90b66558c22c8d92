//! Stacked bars: the same parts, week by week.

use std::fmt::Write as _;

use super::{Frame, Scale, at, escape, link};

/// A chart of stacked bars.
pub struct Bars<'a> {
    /// What is drawn, for those who cannot see it.
    pub label: &'a str,
    /// The vertical axis, with its unit.
    pub unit: &'a str,
    /// The horizontal axis.
    pub across: &'a str,
    /// True when values are shares between 0 and 1.
    pub percent: bool,
    /// What the parts of every bar are, from the bottom up.
    pub parts: Vec<Part>,
    /// The bars, from left to right.
    pub bars: Vec<Bar>,
}

/// One kind of part.
pub struct Part {
    /// Its name in the legend.
    pub name: &'static str,
    /// Its class: `s1` to `s5`, `leaf`, `lamp`, `none`.
    pub class: &'static str,
}

/// One bar.
pub struct Bar {
    /// Said of it: `Week of 2 March: 12 topics, 40 replies`.
    pub label: String,
    /// Written below it.
    pub tick: Option<String>,
    /// One value for each part.
    pub values: Vec<f64>,
    /// True while its period is still running.
    pub partial: bool,
    /// Where it leads.
    pub href: Option<String>,
}

/// Draws stacked bars with their legend.
pub fn bars(chart: &Bars<'_>) -> String {
    let frame = Frame::USUAL;
    let max = chart.bars.iter().map(|bar| bar.values.iter().sum()).fold(0.0, f64::max);
    let scale = Scale::up_to(max, chart.percent);
    let mut out = legend(&chart.parts);
    out.push_str(&frame.open(chart.label));
    frame.scale(&mut out, &scale, chart.unit);
    frame.below(&mut out, chart.across);
    let slot = 1.0 / chart.bars.len().max(1) as f64;
    for (index, bar) in chart.bars.iter().enumerate() {
        let left = frame.x(index as f64 * slot);
        let width = frame.x(slot) - frame.x(0.0);
        let gap = (width * 0.18).min(10.0);
        let stack = stack(&frame, &scale, chart, bar, left + gap, width - 2.0 * gap);
        out.push_str(&link(bar.href.as_deref(), &bar.label, &stack));
        if let Some(tick) = &bar.tick {
            let (x, y) = (at(left + width / 2.0), at(frame.height - frame.bottom + 17.0));
            let _ = write!(out, r#"<text class="mid" x="{x}" y="{y}">{}</text>"#, escape(tick));
        }
    }
    out.push_str("</svg>");
    out
}

fn stack(frame: &Frame, scale: &Scale, chart: &Bars<'_>, bar: &Bar, x: f64, width: f64) -> String {
    let (mut out, mut sum) = (String::new(), 0.0);
    let faded = if bar.partial { " partial" } else { "" };
    for (part, value) in chart.parts.iter().zip(&bar.values) {
        let (foot, head) = (frame.y(sum / scale.top), frame.y((sum + value) / scale.top));
        let _ = write!(
            out,
            r#"<rect class="{}{faded}" x="{}" y="{}" width="{}" height="{}"/>"#,
            part.class,
            at(x),
            at(head),
            at(width.max(1.0)),
            at((foot - head).max(0.0)),
        );
        sum += value;
    }
    out
}

fn legend(parts: &[Part]) -> String {
    let keys: String = parts
        .iter()
        .map(|part| {
            let class =
                if part.class.starts_with('s') { part.class.to_owned() } else { format!("k-{}", part.class) };
            format!(r#"<li><i class="{class}"></i>{}</li>"#, escape(part.name))
        })
        .collect();
    format!(r#"<ul class="legend">{keys}</ul>"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_on_each_other() {
        let drawn = bars(&Bars {
            label: "Mix",
            unit: "contributions",
            across: "week beginning",
            percent: false,
            parts: vec![Part { name: "topics", class: "s5" }, Part { name: "open", class: "none" }],
            bars: vec![Bar {
                label: "Week <1>".to_owned(),
                tick: Some("2 Mar".to_owned()),
                values: vec![1.0, 3.0],
                partial: true,
                href: Some("/x".to_owned()),
            }],
        });
        assert!(
            drawn.contains(r#"<rect class="s5 partial" x="62" y="167.5" width="548" height="48.5"/>"#),
            "{drawn}"
        );
        assert!(
            drawn.contains(r#"<rect class="none partial" x="62" y="22" width="548" height="145.5"/>"#),
            "{drawn}"
        );
        assert!(drawn.contains(r#"<i class="k-none"></i>open"#) && drawn.contains("Week &lt;1&gt;"));
        assert!(!drawn.contains("style="));
    }
}
