//! The table behind a chart.

use std::fmt::Write as _;

use super::escape;

/// The numbers behind a chart.
pub struct Numbers {
    /// What the table holds.
    pub caption: String,
    /// Heads; the first names the rows.
    pub columns: Vec<String>,
    /// Rows of text; the first cell names the row.
    pub rows: Vec<Vec<String>>,
}

/// Draws the table, folded away behind "Show the numbers".
pub fn numbers(table: &Numbers) -> String {
    let mut out = format!(
        r#"<details><summary>Show the numbers</summary><div class="scroll" tabindex="0" role="region" aria-label="{caption}"><table class="table"><caption class="vh">{caption}</caption><thead><tr>"#,
        caption = escape(&table.caption)
    );
    for (index, column) in table.columns.iter().enumerate() {
        let class = if index == 0 { "" } else { r#" class="r""# };
        let _ = write!(out, r#"<th scope="col"{class}>{}</th>"#, escape(column));
    }
    out.push_str("</tr></thead><tbody>");
    for row in &table.rows {
        out.push_str("<tr>");
        for (index, cell) in row.iter().enumerate() {
            let cell = escape(cell);
            let _ = match index {
                0 => write!(out, r#"<th scope="row">{cell}</th>"#),
                _ => write!(out, r#"<td class="r">{cell}</td>"#),
            };
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div></details>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_columns_are_named() {
        let drawn = numbers(&Numbers {
            caption: "Numbers".to_owned(),
            columns: vec!["week".to_owned(), "people".to_owned()],
            rows: vec![vec!["2 Mar".to_owned(), "<4".to_owned()]],
        });
        assert!(drawn.contains(r#"<th scope="row">2 Mar</th><td class="r">&lt;4</td>"#));
        assert!(drawn.contains(r#"<th scope="col" class="r">people</th>"#));
    }
}
