//! Nothing is so long that nobody reads it.

use super::source::functions;
use super::{files, none, root};

const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 70;

/// Tests that are read as one story. This list may only shrink.
const STORIES: &[&str] = &["play", "a_question_is_asked_waited_for_answered_and_solved"];

#[test]
fn files_are_short() {
    let mut breaches = Vec::new();
    for file in files("crates", &[".rs", ".html", ".js", ".css"]) {
        let lines = file.text.lines().count();
        if lines > FILE_LINES {
            breaches.push(format!("{} has {lines} lines", file.path));
        }
    }
    none("A file has at most 500 lines:", &breaches);
}

#[test]
fn functions_are_short() {
    let mut breaches = Vec::new();
    for file in files("crates", &[".rs"]) {
        for (name, line, length) in functions(&file.text) {
            if length > FUNCTION_LINES && !STORIES.contains(&name.as_str()) {
                breaches.push(format!("{}:{line} {name} has {length} lines", file.path));
            }
        }
    }
    none("A function has at most 70 lines:", &breaches);
}

#[test]
fn scripts_for_developers_are_short() {
    let mut breaches = Vec::new();
    for entry in std::fs::read_dir(root().join("bin")).unwrap() {
        let path = entry.unwrap().path();
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        if lines > 30 {
            breaches.push(format!("{} has {lines} lines", path.display()));
        }
    }
    none("What needs more than 30 lines of shell is a subcommand:", &breaches);
}
