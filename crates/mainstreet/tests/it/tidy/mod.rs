//! House law: what the architecture promises, held by tests instead of by memory. Each test says which file
//! breaks it; an exception is a line in the test, with its reason, and those lists may only shrink.

mod arrows;
mod documents;
mod migrations;
mod names;
mod pages;
mod setup;
mod sizes;
mod source;
mod sql;

use std::path::{Path, PathBuf};

/// The root of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A file of the project: its path from the root, and its text.
struct File {
    path: String,
    text: String,
}

/// Every text file of the project under `folder` whose name ends with one of `ends` (none: every one).
fn files(folder: &str, ends: &[&str]) -> Vec<File> {
    let root = root();
    let mut found = Vec::new();
    walk(&root, &root.join(folder), ends, &mut found);
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn walk(root: &Path, folder: &Path, ends: &[&str], found: &mut Vec<File>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if entry.file_type().unwrap().is_dir() {
            if !matches!(name.as_str(), "target" | "node_modules" | ".git" | ".cargo") {
                walk(root, &path, ends, found);
            }
        } else if ends.is_empty() || ends.iter().any(|end| name.ends_with(end)) {
            let path = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            if let Ok(text) = std::fs::read_to_string(root.join(&path)) {
                found.push(File { path, text });
            }
        }
    }
}

/// Tests beside the code they test.
fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs")
}

/// Fails with every breach on a line of its own.
#[track_caller]
fn none(law: &str, breaches: &[String]) {
    assert!(breaches.is_empty(), "{law}\n  {}\n", breaches.join("\n  "));
}
