//! Reading Rust source well enough for house law: the string literals of a file, and the length of functions.

/// A string literal and the line it starts on.
pub(super) struct Literal {
    pub(super) line: usize,
    pub(super) text: String,
}

/// The part of a file before its inline tests.
pub(super) fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod ").next().unwrap_or(text)
}

/// Every string literal, raw ones too; comments and characters are passed over.
pub(super) fn literals(source: &str) -> Vec<Literal> {
    let mut found = Vec::new();
    let (mut rest, mut line) = (source, 1);
    while let Some(next) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("'\"'") {
            3
        } else if rest.starts_with("'\\''") || rest.starts_with("'\\\"'") {
            4
        } else if let Some((skip, close)) = opening(rest) {
            let body = &rest[skip..];
            let end =
                if close == "\"" { unescaped_quote(body) } else { body.find(&close).unwrap_or(body.len()) };
            found.push(Literal { line, text: body[..end].to_owned() });
            (skip + end + close.len()).min(rest.len())
        } else {
            next.len_utf8()
        };
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    found
}

/// When a literal starts here: how long its opening is, and how it closes.
fn opening(rest: &str) -> Option<(usize, String)> {
    if rest.starts_with('"') {
        return Some((1, "\"".to_owned()));
    }
    let hashes = rest.strip_prefix('r')?;
    let count = hashes.len() - hashes.trim_start_matches('#').len();
    (count > 0 && hashes[count..].starts_with('"')).then(|| (count + 2, format!("\"{}", "#".repeat(count))))
}

fn unescaped_quote(body: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in body.char_indices() {
        match letter {
            '"' if !escaped => return at,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    body.len()
}

/// Name, first line and number of lines of each function, as `rustfmt` lays them out.
pub(super) fn functions(source: &str) -> Vec<(String, usize, usize)> {
    let lines: Vec<&str> = source.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let Some((before, after)) = code.split_once("fn ") else { continue };
        let declares = before.split_whitespace().all(|word| {
            matches!(word, "pub" | "pub(crate)" | "pub(super)" | "async" | "const" | "unsafe" | "extern")
        });
        if !declares {
            continue;
        }
        let indent = &line[..line.len() - code.len()];
        let close = format!("{indent}}}");
        let length =
            lines[at..].iter().position(|line| *line == close || line.ends_with("{}") || line.ends_with(';'));
        let whole = lines[at..].iter().position(|line| *line == close);
        let name = after.split(['(', '<']).next().unwrap_or_default().to_owned();
        // A declaration without a body, or an empty one, ends before any brace of its own.
        let first = lines[at..].iter().position(|line| line.ends_with('{'));
        if let (Some(open), Some(whole), Some(length)) = (first, whole, length)
            && open <= whole
            && (length >= open || length == whole)
        {
            found.push((name, at + 1, whole + 1));
        }
    }
    found
}

#[test]
fn the_scanner_reads_rust() {
    let source = "fn one() {\n    let a = \"x \\\" y\"; // \"no\"\n    let b = r#\"raw \"quoted\"\"#;\n    let c = '\"';\n}\nfn two();\nfn three() {}\n";
    let texts: Vec<String> = literals(source).into_iter().map(|literal| literal.text).collect();
    assert_eq!(texts, ["x \\\" y", "raw \"quoted\""]);
    assert_eq!(functions(source), [("one".to_owned(), 1, 5)]);
}
