//! A line over days or weeks; the period still running is dashed.

use std::fmt::Write as _;

use super::{Frame, Scale, at, escape, link};

/// A line chart.
pub struct Line<'a> {
    /// What is drawn, for those who cannot see it.
    pub label: &'a str,
    /// The vertical axis, with its unit: `people a day`.
    pub unit: &'a str,
    /// The horizontal axis: `week beginning`.
    pub across: &'a str,
    /// True when values are shares between 0 and 1.
    pub percent: bool,
    /// The main line, oldest first.
    pub points: Vec<Point>,
    /// Thinner lines beside it, over the same places.
    pub beside: Vec<Series>,
    /// How many of the last points belong to a period still running.
    pub partial: usize,
}

/// One point of the main line.
pub struct Point {
    /// Its value; nothing where there is none.
    pub value: Option<f64>,
    /// Its interval, drawn as a band.
    pub interval: Option<(f64, f64)>,
    /// Said of it: `Week of 2 March: 412 people`.
    pub label: String,
    /// Written below it on the axis.
    pub tick: Option<String>,
    /// Where it leads: the list behind the value.
    pub href: Option<String>,
}

/// A thinner line.
pub struct Series {
    /// What it is, written at its end.
    pub name: String,
    /// One value for each point of the main line.
    pub values: Vec<Option<f64>>,
}

/// Room for a name at a line's end, in units of the picture.
const NAME_HEIGHT: f64 = 15.0;

/// Draws a line chart.
pub fn line(chart: &Line<'_>) -> String {
    let frame = Frame::USUAL;
    // The band may be where values usually lie, so that a value can stand far above it.
    let highest = |point: &Point| {
        [point.value, point.interval.map(|(_, high)| high)].into_iter().flatten().reduce(f64::max)
    };
    let max = chart
        .points
        .iter()
        .filter_map(highest)
        .chain(chart.beside.iter().flat_map(|series| series.values.iter().flatten().copied()))
        .fold(0.0, f64::max);
    let scale = Scale::up_to(max, chart.percent);
    let place = Places { frame, top: scale.top, last: chart.points.len().saturating_sub(1) };
    let mut out = frame.open(chart.label);
    frame.scale(&mut out, &scale, chart.unit);
    frame.below(&mut out, chart.across);
    band(&mut out, chart, &place);
    beside(&mut out, &chart.beside, &place);
    main_line(&mut out, chart, &place);
    ticks(&mut out, chart, &place);
    out.push_str("</svg>");
    out
}

struct Places {
    frame: Frame,
    top: f64,
    last: usize,
}

impl Places {
    fn x(&self, index: usize) -> f64 {
        self.frame.x(if self.last == 0 { 0.5 } else { index as f64 / self.last as f64 })
    }

    fn y(&self, value: f64) -> f64 {
        self.frame.y((value / self.top).clamp(0.0, 1.0))
    }

    /// A path through the values, lifted where one is missing.
    fn path(&self, values: impl Iterator<Item = (usize, Option<f64>)>) -> String {
        let (mut path, mut drawing) = (String::new(), false);
        for (index, value) in values {
            let Some(value) = value else {
                drawing = false;
                continue;
            };
            let step = if drawing { 'L' } else { 'M' };
            let _ = write!(path, "{step}{} {}", at(self.x(index)), at(self.y(value)));
            drawing = true;
        }
        path
    }
}

fn band(out: &mut String, chart: &Line<'_>, place: &Places) {
    let with: Vec<(usize, (f64, f64))> =
        chart.points.iter().enumerate().filter_map(|(index, point)| Some((index, point.interval?))).collect();
    if with.len() < 2 {
        return;
    }
    let above = with.iter().map(|(index, (_, high))| (place.x(*index), place.y(*high)));
    let below = with.iter().rev().map(|(index, (low, _))| (place.x(*index), place.y(*low)));
    let corners: Vec<String> = above.chain(below).map(|(x, y)| format!("{} {}", at(x), at(y))).collect();
    let _ = write!(out, r#"<path class="band" d="M{}Z"/>"#, corners.join("L"));
}

/// Thinner lines with their names at the end, no name closer than a line of text above another.
fn beside(out: &mut String, all: &[Series], place: &Places) {
    let mut names: Vec<(f64, &str)> = Vec::new();
    for series in all {
        let path = place.path(series.values.iter().copied().enumerate());
        let _ = write!(out, r#"<path class="curve-b" d="{path}"/>"#);
        if let Some(Some(value)) = series.values.last() {
            names.push((place.y(*value) - 7.0, &series.name));
        }
    }
    // From the bottom upwards: what would cover the name below it moves up.
    names.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut below = f64::INFINITY;
    for (y, name) in names {
        let y = y.min(below - NAME_HEIGHT);
        below = y;
        let (x, y) = (at(place.x(place.last)), at(y));
        let _ = write!(out, r#"<text class="end" x="{x}" y="{y}">{}</text>"#, escape(name));
    }
}

fn main_line(out: &mut String, chart: &Line<'_>, place: &Places) {
    let whole = chart.points.len().saturating_sub(chart.partial);
    let values = || chart.points.iter().map(|point| point.value).enumerate();
    let _ = write!(out, r#"<path class="curve" d="{}"/>"#, place.path(values().take(whole)));
    if chart.partial > 0 {
        let path = place.path(values().skip(whole.saturating_sub(1)));
        let _ = write!(out, r#"<path class="curve partial" stroke-dasharray="4 4" d="{path}"/>"#);
    }
    for (index, point) in chart.points.iter().enumerate() {
        let (Some(value), true) = (point.value, point.href.is_some() || index == place.last) else {
            continue;
        };
        let class = if index >= whole { "dot partial" } else { "dot" };
        let dot = format!(
            r#"<circle cx="{x}" cy="{y}" r="12" fill="transparent"/><circle class="{class}" cx="{x}" cy="{y}" r="3.5"/>"#,
            x = at(place.x(index)),
            y = at(place.y(value)),
        );
        out.push_str(&link(point.href.as_deref(), &point.label, &dot));
    }
}

fn ticks(out: &mut String, chart: &Line<'_>, place: &Places) {
    let y = at(place.frame.height - place.frame.bottom + 17.0);
    for (index, point) in chart.points.iter().enumerate() {
        let Some(tick) = &point.tick else { continue };
        let class = match index {
            _ if index == place.last && place.last > 0 => "end",
            0 if place.last > 0 => "start",
            _ => "mid",
        };
        let _ = write!(
            out,
            r#"<text class="{class}" x="{}" y="{y}">{}</text>"#,
            at(place.x(index)),
            escape(tick)
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(value: Option<f64>) -> Point {
        Point {
            value,
            interval: None,
            label: "Monday <1>: 4 people".to_owned(),
            tick: Some("Mon & Tue".to_owned()),
            href: Some("/desk/metrics?day=1&x=2".to_owned()),
        }
    }

    fn chart(points: Vec<Point>, partial: usize) -> String {
        line(&Line {
            label: "People",
            unit: "people",
            across: "day",
            percent: false,
            points,
            beside: vec![],
            partial,
        })
    }

    #[test]
    fn a_value_above_its_band_stays_in_the_picture() {
        let above = Point { interval: Some((0.0, 1.0)), ..point(Some(80.0)) };
        let drawn = chart(vec![above, Point { interval: Some((0.0, 1.0)), ..point(Some(2.0)) }], 0);
        assert!(drawn.contains(">80</text>"), "{drawn}");
    }

    #[test]
    fn names_of_lines_that_end_together_do_not_cover_each_other() {
        let series = |name: &str| Series { name: name.to_owned(), values: vec![Some(0.0), Some(0.0)] };
        let drawn = line(&Line {
            label: "People",
            unit: "people",
            across: "day",
            percent: false,
            points: vec![point(Some(0.0)), point(Some(0.0))],
            beside: vec![series("7 days"), series("day")],
            partial: 0,
        });
        let y = |name: &str| -> f64 {
            let end = drawn.find(&format!("\">{name}</text>")).unwrap();
            drawn[..end].rsplit("y=\"").next().unwrap().parse().unwrap()
        };
        assert!((y("7 days") - y("day")).abs() >= 15.0, "{drawn}");
    }

    #[test]
    fn a_running_period_is_dashed() {
        let whole = chart(vec![point(Some(1.0)), point(Some(2.0)), point(Some(3.0))], 0);
        let running = chart(vec![point(Some(1.0)), point(Some(2.0)), point(Some(3.0))], 1);
        assert!(!whole.contains("stroke-dasharray"));
        assert!(running.contains("stroke-dasharray"));
    }

    #[test]
    fn points_are_named_links_and_escaped() {
        let drawn = chart(vec![point(Some(1.0)), point(None), point(Some(3.0))], 0);
        assert_eq!(drawn.matches("<a href=\"/desk/metrics?day=1&amp;x=2\"").count(), 2);
        assert!(drawn.contains("aria-label=\"Monday &lt;1&gt;: 4 people\""));
        assert!(drawn.contains("Mon &amp; Tue"));
        assert!(!drawn.contains("style="));
    }

    #[test]
    fn nothing_and_one_point_still_make_a_picture() {
        for points in [vec![], vec![point(Some(5.0))], vec![point(None)]] {
            let drawn = chart(points, 0);
            assert!(drawn.starts_with("<svg") && drawn.ends_with("</svg>") && !drawn.contains("NaN"));
        }
    }
}
