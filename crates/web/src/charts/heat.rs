//! A cohort table: one row a cohort, one column a week, darker where more came back.

use std::fmt::Write as _;

use super::{escape, percent};

/// A cohort heat table.
pub struct Heat<'a> {
    /// What the table holds.
    pub caption: &'a str,
    /// The head of the first column: `First wrote in the week of`.
    pub cohort: &'a str,
    /// The heads of the other columns.
    pub columns: Vec<String>,
    /// The cohorts, oldest first.
    pub rows: Vec<HeatRow>,
}

/// One cohort.
pub struct HeatRow {
    /// Its name.
    pub name: String,
    /// How many people it holds.
    pub size: u64,
    /// One cell a column; nothing where not all have lived through it.
    pub cells: Vec<Option<Cell>>,
}

/// One cell.
pub struct Cell {
    /// How many of the cohort came back.
    pub count: u64,
    /// The interval of their share.
    pub interval: (f64, f64),
    /// Where it leads: those people.
    pub href: String,
}

/// From which share a cell takes which shade. The darkest shade of the scale is left out: text on it would not
/// be legible.
const SHADES: [(f64, &str); 4] = [(0.20, "s4"), (0.10, "s3"), (0.05, "s2"), (0.0, "s1")];

/// Draws a cohort table. Cells of cohorts under ten people say `k of n` instead of a percentage.
pub fn heat(table: &Heat<'_>) -> String {
    let mut out = format!(
        r#"<div class="scroll"><table class="heat"><caption class="vh">{}</caption><thead><tr><th scope="col">{}</th><th scope="col">people</th>"#,
        escape(table.caption),
        escape(table.cohort)
    );
    for column in &table.columns {
        let _ = write!(out, r#"<th scope="col">{}</th>"#, escape(column));
    }
    out.push_str("</tr></thead><tbody>");
    for row in &table.rows {
        let _ =
            write!(out, r#"<tr><th scope="row">{}</th><td class="n">{}</td>"#, escape(&row.name), row.size);
        for cell in &row.cells {
            out.push_str(&drawn(cell.as_ref(), row.size));
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>");
    out
}

fn drawn(cell: Option<&Cell>, size: u64) -> String {
    let Some(cell) = cell else { return "<td></td>".to_owned() };
    let share = if size == 0 { 0.0 } else { cell.count as f64 / size as f64 };
    let shade = SHADES.iter().find(|(from, _)| share > *from).map_or("", |(_, shade)| shade);
    let (low, high) = cell.interval;
    let (count, href) = (cell.count, escape(&cell.href));
    let text = if size < 10 { format!("{count} of {size}") } else { percent(share) };
    let class = if shade.is_empty() { String::new() } else { format!(r#" class="{shade}""#) };
    format!(
        r#"<td{class}><a href="{href}" title="{count} of {size}, 95 % interval {} to {}">{text}</a></td>"#,
        percent(low),
        percent(high)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_shaded_linked_and_honest_about_small_cohorts() {
        let cell = |count| Some(Cell { count, interval: (0.1, 0.4), href: "/people?c=1&w=2".to_owned() });
        let drawn = heat(&Heat {
            caption: "Weekly <retention>",
            cohort: "First wrote in the week of",
            columns: vec!["week 1".to_owned(), "week 2".to_owned()],
            rows: vec![
                HeatRow { name: "2 Mar".to_owned(), size: 40, cells: vec![cell(10), None] },
                HeatRow { name: "9 Mar".to_owned(), size: 4, cells: vec![cell(0), None] },
            ],
        });
        assert!(drawn.contains(r#"<td class="s4"><a href="/people?c=1&amp;w=2" title="10 of 40, 95 % interval 10 % to 40 %">25 %</a></td>"#));
        assert!(drawn.contains(">0 of 4</a>") && drawn.contains("Weekly &lt;retention&gt;"));
        assert!(!drawn.contains("style="));
    }
}
