//! Small pieces of Markdown that several converters write.

/// Characters escaped so that Markdown shows `text` as it stands. Line starts are the caller's business.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let letters: Vec<char> = text.chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at)).copied().unwrap_or(' ');
        let after = letters.get(at + 1).copied().unwrap_or(' ');
        let special = match letter {
            '\\' => after.is_ascii_punctuation(),
            '`' | '[' | ']' => true,
            '*' => !(before.is_whitespace() && after.is_whitespace()),
            '_' => !(before.is_alphanumeric() && after.is_alphanumeric()),
            '~' => after == '~' || before == '~',
            '<' => after.is_ascii_alphabetic() || "/!?".contains(after),
            '&' => after == '#' || after.is_ascii_alphabetic(),
            _ => false,
        };
        if special {
            out.push('\\');
        }
        out.push(*letter);
    }
    out
}

/// `text` as code within a line.
pub(crate) fn code_span(text: &str) -> String {
    let text = text.replace('\n', " ");
    if text.trim().is_empty() {
        return text;
    }
    let ticks = "`".repeat(longest_run(&text, '`') + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// `text` as a block of code.
pub(crate) fn fence(text: &str, language: &str) -> String {
    let ticks = "`".repeat(longest_run(text, '`').max(2) + 1);
    let language: String =
        language.chars().filter(|c| c.is_ascii_alphanumeric() || "+-_#.".contains(*c)).collect();
    format!("{ticks}{language}\n{}\n{ticks}", text.trim_end_matches('\n'))
}

/// The target of a link as it may stand between round brackets, or nothing when it leads nowhere safe.
pub(crate) fn link_target(href: &str) -> Option<String> {
    let href = href.trim();
    let href = if href.starts_with("//") { format!("https:{href}") } else { href.to_owned() };
    let scheme = href.split(['/', '?', '#']).next().and_then(|start| start.split_once(':')).map(|(s, _)| s);
    let safe = match scheme {
        Some(scheme) => ["http", "https", "mailto", "tel", "ftp", "irc", "ircs", "matrix", "xmpp", "magnet"]
            .contains(&scheme.to_ascii_lowercase().as_str()),
        None => !href.is_empty(),
    };
    if !safe {
        return None;
    }
    let mut target = String::with_capacity(href.len());
    for letter in href.chars() {
        match letter {
            ' ' => target.push_str("%20"),
            '(' => target.push_str("%28"),
            ')' => target.push_str("%29"),
            '<' => target.push_str("%3C"),
            '>' => target.push_str("%3E"),
            '\\' => target.push_str("%5C"),
            c if c.is_control() => {}
            c => target.push(c),
        }
    }
    Some(target)
}

fn longest_run(text: &str, wanted: char) -> usize {
    let (mut longest, mut run) = (0, 0);
    for letter in text.chars() {
        run = if letter == wanted { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// A line that begins no heading, list or quote by accident.
pub(crate) fn guard_start(line: &str) -> String {
    let mut letters = line.chars();
    let (first, rest) = (letters.next(), letters.as_str());
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    match first {
        Some('#') if rest.trim_start_matches('#').starts_with(' ') => format!("\\{line}"),
        Some('>' | '=') => format!("\\{line}"),
        Some('-' | '+') if rest.is_empty() || rest.starts_with([' ', '-', '\t']) => format!("\\{line}"),
        Some(_)
            if digits > 0
                && line.get(digits..).is_some_and(|s| s.starts_with(". ") || s.starts_with(") ")) =>
        {
            format!("{}\\{}", line.get(..digits).unwrap_or(""), line.get(digits..).unwrap_or(""))
        }
        _ => line.to_owned(),
    }
}

/// Pieces of a line: even ones are text, odd ones code with its ticks.
pub(crate) fn split_code(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        let run = rest.get(start..).unwrap_or("").chars().take_while(|c| *c == '`').count();
        let ticks = "`".repeat(run);
        let Some(length) = rest.get(start + run..).and_then(|after| after.find(&ticks)) else { break };
        let end = start + run + length + run;
        pieces.push(rest.get(..start).unwrap_or(""));
        pieces.push(rest.get(start..end).unwrap_or(""));
        rest = rest.get(end..).unwrap_or("");
    }
    pieces.push(rest);
    pieces
}
