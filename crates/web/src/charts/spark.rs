//! A line the size of a word, with the band of what is usual.

use std::fmt::Write as _;

use super::at;

/// A sparkline.
pub struct Spark<'a> {
    /// Values, oldest first; nothing where there is none.
    pub values: &'a [Option<f64>],
    /// From where to where values usually lie.
    pub normal: Option<(f64, f64)>,
}

const WIDTH: f64 = 96.0;
const HEIGHT: f64 = 26.0;
const EDGE: f64 = 3.0;

/// Draws a sparkline. It repeats what the words beside it say, so it is hidden from screen readers.
pub fn spark(chart: &Spark<'_>) -> String {
    let known =
        || chart.values.iter().flatten().copied().chain(chart.normal.into_iter().flat_map(|(a, b)| [a, b]));
    let (low, high) =
        known().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    let mut out = format!(r#"<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">"#);
    if low.is_finite() {
        let span = if high > low { high - low } else { 1.0 };
        let y = |value: f64| HEIGHT - EDGE - (value - low) / span * (HEIGHT - 2.0 * EDGE);
        let last = chart.values.len().saturating_sub(1).max(1) as f64;
        if let Some((from, to)) = chart.normal {
            let (top, height) = (at(y(to)), at((y(from) - y(to)).max(1.0)));
            let _ = write!(out, r#"<rect class="norm" y="{top}" width="{WIDTH}" height="{height}"/>"#);
        }
        let points: Vec<(f64, f64)> = chart
            .values
            .iter()
            .enumerate()
            .filter_map(|(index, value)| Some((index as f64 / last * WIDTH, y((*value)?))))
            .collect();
        let path: Vec<String> = points.iter().map(|(x, y)| format!("{} {}", at(*x), at(*y))).collect();
        if let Some((x, y)) = points.last() {
            let (path, x, y) = (path.join("L"), at(*x), at(*y));
            let _ = write!(out, r#"<path d="M{path}"/><circle cx="{x}" cy="{y}" r="2.5"/>"#);
        }
    }
    out.push_str("</svg>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_a_band_and_a_dot() {
        let drawn = spark(&Spark { values: &[Some(1.0), None, Some(3.0)], normal: Some((1.0, 2.0)) });
        assert!(drawn.contains(r#"<path d="M0 23L96 3"/><circle cx="96" cy="3" r="2.5"/>"#), "{drawn}");
        assert!(drawn.contains(r#"<rect class="norm" y="13" width="96" height="10"/>"#), "{drawn}");
    }

    #[test]
    fn nothing_known_is_an_empty_picture() {
        for values in [&[][..], &[None, None][..]] {
            let drawn = spark(&Spark { values, normal: None });
            assert!(drawn.ends_with("\"true\"></svg>"));
        }
        assert!(!spark(&Spark { values: &[Some(4.0); 3], normal: None }).contains("NaN"));
    }
}
