//! Line ends: Discourse shows each one, our Markdown only those that say so.

/// Marks the line ends that Discourse shows with a backslash. Those that end or begin a block need no mark.
pub(super) fn show_line_ends(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::with_capacity(text.len() + 32);
    let mut code = false;
    for (at, line) in lines.iter().enumerate() {
        let (depth, here) = unquoted(line);
        out.push_str(line.trim_end_matches('\r'));
        let fence = is_fence(here);
        code ^= fence;
        if let Some(next) = lines.get(at + 1)
            && !code
            && !fence
            && shown(here, depth, next)
        {
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\\');
        }
        out.push('\n');
    }
    out
}

/// True when the end of the line `here`, quoted `depth` deep, stands within a paragraph.
fn shown(here: &str, depth: usize, next: &str) -> bool {
    let (next_depth, next) = unquoted(next);
    let blank = here.trim().is_empty() || next.trim().is_empty();
    let indented = here.starts_with("    ") || next.starts_with("    ");
    depth == next_depth
        && !blank
        && !indented
        && !here.ends_with('\\')
        && !ends_a_block(here.trim_start())
        && !(begins_a_block(next.trim_start()) || here.contains('|') && next.contains('|'))
}

/// How deep a line is quoted, and what stands behind the marks.
fn unquoted(line: &str) -> (usize, &str) {
    let (mut depth, mut rest) = (0, line);
    while let Some(inner) = rest.trim_start_matches(' ').strip_prefix('>') {
        depth += 1;
        rest = inner.strip_prefix(' ').unwrap_or(inner);
    }
    (depth, rest)
}

fn is_fence(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("```") || line.starts_with("~~~")
}

fn is_heading(line: &str) -> bool {
    let marks = line.bytes().take_while(|byte| *byte == b'#').count();
    (1..=6).contains(&marks) && line.get(marks..).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// A line under a paragraph that makes a heading of it, or divides.
fn is_rule(line: &str) -> bool {
    let line = line.trim_end();
    let only = |mark: char| line.chars().all(|c| c == mark || c == ' ');
    !line.is_empty() && (only('=') || (line.len() >= 3 && (only('-') || only('*') || only('_'))))
}

fn ends_a_block(line: &str) -> bool {
    let html = line.starts_with('<') && line.trim_end().ends_with('>') && !line.starts_with("<http");
    is_heading(line) || is_rule(line) || html || line.starts_with("[^")
}

fn begins_a_block(line: &str) -> bool {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let after = line.get(digits..).unwrap_or("");
    let item = ["- ", "* ", "+ "].iter().any(|mark| line.starts_with(mark))
        || (digits > 0 && (after.starts_with(". ") || after.starts_with(") ")));
    item || is_heading(line)
        || is_rule(line)
        || is_fence(line)
        || line.starts_with("</")
        || line.starts_with("[^")
}
