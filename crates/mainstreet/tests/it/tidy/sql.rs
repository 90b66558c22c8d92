//! Where SQL may stand, and which words it may use.

use super::source::{literals, without_tests};
use super::{File, files, is_test, none};

const STARTS: &[&str] = &[
    "SELECT ",
    "INSERT INTO ",
    "UPDATE ",
    "DELETE FROM ",
    "CREATE TABLE",
    "ALTER TABLE",
    "DROP TABLE",
    "PRAGMA ",
];

/// Words that mean something on one database only, or that take time and chance from the server.
const FOREIGN: &[(&str, &str)] = &[
    ("now()", "time is a parameter"),
    ("current_timestamp", "time is a parameter"),
    ("random()", "chance is a parameter"),
    (" ilike ", "fold in Rust and compare a stored folded column"),
    ("distinct on", "rank in Rust, or use a grouped sub-select"),
    ("insert or ", "ON CONFLICT … DO says the same on both"),
    (" true", "truth is 0 and 1"),
    (" false", "truth is 0 and 1"),
    ("strftime", "days are cut in Rust"),
    ("date_trunc", "days are cut in Rust"),
    ("array[", "expand placeholders instead"),
];

fn is_sql(text: &str) -> bool {
    let text = text.trim_start().trim_start_matches('\\').trim_start();
    STARTS.iter().any(|start| {
        text.starts_with(start) && (*start != "UPDATE " || text.contains(" SET ") || text.contains("\n"))
    })
}

fn product() -> Vec<File> {
    let mut all = files("crates", &[".rs"]);
    all.retain(|file| {
        file.path.contains("/src/") && !is_test(&file.path) && !file.path.starts_with("crates/db/")
    });
    all
}

#[test]
fn sql_stands_in_stores_only() {
    let mut breaches = Vec::new();
    for file in product() {
        if file.path.ends_with("/store.rs") || file.path.contains("/store/") {
            continue;
        }
        for literal in literals(without_tests(&file.text)) {
            if is_sql(&literal.text) {
                breaches.push(format!("{}:{} {}", file.path, literal.line, first_words(&literal.text)));
            }
        }
    }
    none("SQL stands in `store.rs`, a `store` folder, crates/db or a migration:", &breaches);
}

#[test]
fn sql_means_the_same_on_both_databases() {
    let mut breaches = Vec::new();
    for file in product() {
        for literal in literals(without_tests(&file.text)).iter().filter(|literal| is_sql(&literal.text)) {
            let folded = literal.text.to_lowercase();
            for (word, instead) in FOREIGN {
                if folded.contains(word) {
                    breaches.push(format!("{}:{} '{}': {instead}", file.path, literal.line, word.trim()));
                }
            }
            let sums = folded.matches("sum(").count();
            let cast = folded.matches("cast(sum(").count() + folded.matches("cast(coalesce(sum(").count();
            if sums > cast {
                breaches.push(format!(
                    "{}:{} SUM of whole numbers needs CAST(SUM(…) AS BIGINT)",
                    file.path, literal.line
                ));
            }
        }
    }
    none("One SQL text serves SQLite and PostgreSQL:", &breaches);
}

fn first_words(text: &str) -> String {
    text.split_whitespace().take(6).collect::<Vec<_>>().join(" ")
}
