//! What pages may hold: nothing from elsewhere, nothing inline, and no desk without a badge.

use super::source::{functions, without_tests};
use super::{files, none};

/// Addresses that are names, not places that a browser would load from.
const NAMES: &[&str] = &[
    "http://www.w3.org/",
    "https://schema.org",
    "http://www.sitemaps.org/",
    "http://www.apache.org/licenses/",
];

#[test]
fn templates_load_nothing_from_elsewhere_and_hold_no_inline_code() {
    let mut breaches = Vec::new();
    for file in files("crates/web/templates", &[".html", ".xml"]) {
        for (at, line) in file.text.lines().enumerate() {
            let mut outside = line.split("http").skip(1).map(|rest| format!("http{rest}"));
            let loads = outside.any(|url| {
                url.contains("://") && !NAMES.iter().any(|name| url.starts_with(name)) && is_loaded(line)
            });
            let inline = line.contains(" style=\"")
                || line.contains("<style")
                || line.contains("javascript:")
                || (line.contains("<script") && !line.contains("src=") && !line.contains("application/"))
                || [" onclick", " onload", " onsubmit", " onchange", " oninput", " onerror"]
                    .iter()
                    .any(|handler| line.contains(&format!("{handler}=")));
            if loads || inline {
                breaches.push(format!("{}:{} {}", file.path, at + 1, line.trim()));
            }
        }
    }
    none("The content security policy allows neither inline code nor other hosts:", &breaches);
}

fn is_loaded(line: &str) -> bool {
    ["src=", "srcset=", "<link", "action="].iter().any(|word| line.contains(word))
}

#[test]
fn styles_and_scripts_load_nothing_from_elsewhere() {
    let mut breaches = Vec::new();
    for file in files("crates/web/assets", &[".css", ".js", ".svg"]) {
        for (at, line) in file.text.lines().enumerate() {
            let loads = ["url(http", "url(\"http", "@import", "from \"http", "import(\"http", "fetch(\"http"];
            if loads.iter().any(|word| line.contains(word)) {
                breaches.push(format!("{}:{} {}", file.path, at + 1, line.trim()));
            }
        }
    }
    none("Everything a page needs comes with the program:", &breaches);
}

#[test]
fn every_template_belongs_to_a_page() {
    let mut sources = files("crates/web/src", &[".rs"]);
    let templates = files("crates/web/templates", &[".html", ".xml", ".txt"]);
    sources.extend(files("crates/web/templates", &[".html", ".xml", ".txt"]));
    let mut breaches = Vec::new();
    for template in &templates {
        let name = template.path.trim_start_matches("crates/web/templates/");
        let quoted = format!("\"{name}\"");
        if !sources.iter().any(|source| source.path != template.path && source.text.contains(&quoted)) {
            breaches.push(template.path.clone());
        }
    }
    none("A template that nobody renders is dead:", &breaches);
}

#[test]
fn every_page_of_the_desk_asks_for_staff() {
    let mut breaches = Vec::new();
    for file in files("crates/web/src/desk", &[".rs"]) {
        let code = without_tests(&file.text);
        let lines: Vec<&str> = code.lines().collect();
        for (name, line, length) in functions(code) {
            let body = lines[line - 1..(line - 1 + length).min(lines.len())].join("\n");
            let guarded = [
                ".staff(",
                ".audits(",
                ".reads_figures(",
                ".at_least(Role::Manager)",
                ".at_least(Role::Owner)",
            ]
            .iter()
            .any(|ask| body.contains(ask));
            if body.contains("async fn ") && body.contains("cx: Cx") && !guarded {
                breaches.push(format!("{}:{line} {name}", file.path));
            }
        }
    }
    none(
        "The first line of a desk handler is `let staff = cx.staff()?;`, or asks for more than staff:",
        &breaches,
    );
}
