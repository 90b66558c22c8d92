//! Tables: pipe tables, one line a row.

use super::super::tree::Element;
use super::Writer;

/// A table wider than this is written row by row as text: nobody reads it as a table, and hostile input is wide.
const WIDEST: usize = 50;

impl Writer<'_> {
    pub(super) fn table(&mut self, at: usize) -> String {
        let tree = self.tree;
        let mut rows: Vec<Vec<String>> = Vec::new();
        let mut aligned: Vec<&'static str> = Vec::new();
        let mut waiting = vec![at];
        while let Some(index) = waiting.pop() {
            let Some(element) = tree.element(index) else { continue };
            if element.name != "tr" {
                waiting.extend(element.children.iter().rev());
                continue;
            }
            let cells: Vec<(usize, &Element)> = tree.elements(index).collect();
            if rows.is_empty() {
                aligned = cells.iter().map(|(_, cell)| alignment(cell)).collect();
            }
            rows.push(cells.into_iter().map(|(cell, _)| self.cell(cell)).collect());
        }
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        if width == 0 {
            return self.tree.text(at).trim().to_owned();
        }
        if width > WIDEST {
            return rows.iter().map(|row| row.join(" ")).collect::<Vec<_>>().join("\n\n");
        }
        aligned.resize(width, "---");
        let mut lines: Vec<String> = Vec::with_capacity(rows.len() + 1);
        for row in &mut rows {
            row.resize(width, String::new());
            lines.push(format!("| {} |", row.join(" | ")));
        }
        lines.insert(1, format!("| {} |", aligned.join(" | ")));
        lines.join("\n")
    }

    fn cell(&mut self, at: usize) -> String {
        let text = self.inline(at).replace("\\\n", " ").replace('|', "\\|");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

fn alignment(cell: &Element) -> &'static str {
    let style = format!("{};{}", cell.attribute("style"), cell.attribute("align"));
    match style {
        style if style.contains("center") => ":-:",
        style if style.contains("right") => "--:",
        _ => "---",
    }
}
