//! Shares with their intervals, one below the other.

use std::fmt::Write as _;

use super::{Frame, at, escape, link, percent};

/// One share.
pub struct Whisker {
    /// What it is: `within 24 h`.
    pub name: String,
    /// The share, between 0 and 1.
    pub value: f64,
    /// Its interval.
    pub interval: (f64, f64),
    /// Where it leads.
    pub href: Option<String>,
}

const ROW: f64 = 34.0;

/// Draws shares with their 95 % intervals on one axis from 0 to 100 %.
pub fn whiskers(label: &str, rows: &[Whisker]) -> String {
    let height = ROW * rows.len().max(1) as f64 + 40.0;
    let frame = Frame { height, left: 150.0, right: 30.0, top: 8.0, bottom: 32.0, ..Frame::USUAL };
    let mut out = frame.open(label);
    let (head, foot) = (at(frame.y(1.0)), at(frame.y(0.0)));
    for tick in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let x = at(frame.x(tick));
        let class = if tick == 0.0 { "axis" } else { "grid" };
        let _ = write!(
            out,
            r#"<line class="{class}" x1="{x}" x2="{x}" y1="{head}" y2="{foot}"/><text class="mid" x="{x}" y="{}">{}</text>"#,
            at(frame.y(0.0) + 18.0),
            percent(tick)
        );
    }
    for (index, row) in rows.iter().enumerate() {
        let y = frame.top + ROW * (index as f64 + 0.5);
        let _ = write!(
            out,
            r#"<text class="end" x="{}" y="{}">{}</text>"#,
            at(frame.left - 12.0),
            at(y + 4.0),
            escape(&row.name)
        );
        let inner = format!(
            r#"<line class="whisker" x1="{}" x2="{}" y1="{y}" y2="{y}"/><circle cx="{x}" cy="{y}" r="12" fill="transparent"/><circle class="dot" cx="{x}" cy="{y}" r="5"/>"#,
            at(frame.x(row.interval.0.clamp(0.0, 1.0))),
            at(frame.x(row.interval.1.clamp(0.0, 1.0))),
            x = at(frame.x(row.value.clamp(0.0, 1.0))),
            y = at(y),
        );
        let (low, high) = (percent(row.interval.0), percent(row.interval.1));
        let said = format!("{}: {}, 95 % interval {low} to {high}", row.name, percent(row.value));
        out.push_str(&link(row.href.as_deref(), &said, &inner));
    }
    out.push_str("</svg>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_share_says_its_interval() {
        let row = Whisker {
            name: "within <1 h".to_owned(),
            value: 0.5,
            interval: (0.25, 0.75),
            href: Some("/x".to_owned()),
        };
        let drawn = whiskers("Answered", &[row]);
        assert!(drawn.contains("aria-label=\"within &lt;1 h: 50 %, 95 % interval 25 % to 75 %\""), "{drawn}");
        assert!(drawn.contains(r#"<line class="whisker" x1="265" x2="495""#), "{drawn}");
        assert!(!drawn.contains("style="));
    }
}
