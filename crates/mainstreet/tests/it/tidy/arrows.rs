//! Which crate may know which, and what only one crate may know.

use super::source::without_tests;
use super::{File, files, is_test, none, root};

/// Each crate and those of ours it may depend on.
const ARROWS: &[(&str, &[&str])] = &[
    ("kernel", &[]),
    ("db", &["kernel"]),
    ("language", &["kernel"]),
    ("rules", &["kernel"]),
    ("embeddings", &["kernel"]),
    ("community", &["kernel", "db", "language", "embeddings"]),
    ("desk", &["kernel", "db", "language", "rules", "community"]),
    ("connectors", &["kernel"]),
    ("web", &["kernel", "db", "language", "rules", "community", "desk"]),
    (
        "mainstreet",
        &["kernel", "db", "language", "embeddings", "rules", "community", "desk", "connectors", "web"],
    ),
];

/// A library, and the crates whose business it is.
const OWNERS: &[(&str, &[&str])] = &[
    ("rusqlite", &["db"]),
    ("postgres", &["db"]),
    ("askama", &["web"]),
    ("axum", &["web"]),
    ("clap", &["mainstreet"]),
    ("anyhow", &["mainstreet"]),
    ("tantivy", &["community"]),
    ("granit-parser", &["rules"]),
    ("rten", &["embeddings"]),
    ("usearch", &["embeddings"]),
];

/// The names in the `[dependencies]` of a manifest.
fn dependencies(manifest: &str) -> Vec<String> {
    let section = manifest.split("\n[dependencies]\n").nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    section.lines().filter_map(|line| line.split(['.', '=', ' ']).next()).map(str::to_owned).collect()
}

fn manifest(name: &str) -> Vec<String> {
    dependencies(&std::fs::read_to_string(root().join("crates").join(name).join("Cargo.toml")).unwrap())
}

#[test]
fn crates_know_only_what_they_may() {
    let mut breaches = Vec::new();
    for entry in std::fs::read_dir(root().join("crates")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let Some((_, allowed)) = ARROWS.iter().find(|(other, _)| *other == name) else {
            breaches.push(format!("crate '{name}' is not in the architecture"));
            continue;
        };
        for dependency in manifest(&name) {
            if let Some(ours) = dependency.strip_prefix("mainstreet-")
                && !allowed.contains(&ours)
            {
                breaches.push(format!("{name} -> {ours}"));
            }
            if let Some((_, owners)) = OWNERS.iter().find(|(library, _)| *library == dependency)
                && !owners.contains(&name.as_str())
            {
                breaches.push(format!("{name} knows {dependency}, which is the business of {owners:?}"));
            }
        }
    }
    none("Arrows between crates:", &breaches);
}

fn sources(folders: &[&str]) -> Vec<File> {
    let all = folders.iter().flat_map(|name| files(&format!("crates/{name}/src"), &[".rs"]));
    all.filter(|file| !is_test(&file.path)).collect()
}

#[test]
fn the_domain_does_not_look_at_the_clock_or_the_machine() {
    let mut breaches = Vec::new();
    let words = [
        "SystemTime",
        "Instant::now",
        "Timestamp::now()",
        "Zoned::now",
        "std::env::",
        "async fn ",
        "thread::sleep",
    ];
    for file in sources(&["kernel", "language", "rules", "community", "desk"]) {
        let code = without_tests(&file.text);
        for word in words.iter().filter(|word| code.contains(**word)) {
            breaches.push(format!("{} uses {word}", file.path));
        }
    }
    none("Time, environment and waiting are the caller's:", &breaches);
}

#[test]
fn the_desk_never_writes_the_places_tables() {
    let tables =
        ["posts", "topics", "people", "members", "reactions", "spaces", "tags", "flags", "activities"];
    let mut breaches = Vec::new();
    for file in sources(&["desk"]) {
        for table in tables {
            for start in ["INSERT INTO ", "UPDATE ", "DELETE FROM "] {
                let write = format!("{start}{table} ");
                if without_tests(&file.text).contains(&write) {
                    breaches.push(format!("{}: {write}", file.path));
                }
            }
        }
    }
    none("The desk calls the community's verbs instead of writing its tables:", &breaches);
}
