//! What is written about the project agrees with it.

use mainstreet_kernel::Verb;

use super::{files, none, root};

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|_| panic!("{path} is missing"))
}

#[test]
fn every_activity_is_explained() {
    let guide = read("docs/guide/activities.md");
    let listed: Vec<&str> = guide
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split('`').next())
        .collect();
    let verbs: Vec<&str> = Verb::ALL.iter().map(|verb| verb.as_str()).collect();
    assert_eq!(listed, verbs, "docs/guide/activities.md lists the verbs of the kernel, in their order");
}

#[test]
fn the_documents_of_the_root_are_there_and_short() {
    for (path, most) in [
        ("README.md", 120),
        ("ARCHITECTURE.md", 240),
        ("STYLE.md", 200),
        ("CONTRIBUTING.md", 120),
        ("SECURITY.md", 80),
        ("CHANGELOG.md", 2_000),
        ("LICENSE", 250),
    ] {
        let lines = read(path).lines().count();
        assert!(lines > 5 && lines <= most, "{path} has {lines} lines; at most {most} are read");
    }
}

#[test]
fn the_first_lines_of_the_readme_are_the_two_commands() {
    let readme = read("README.md");
    let start: String = readme.lines().take(14).collect::<Vec<_>>().join("\n");
    assert!(start.contains("cargo run --release -- demo") && start.contains("bin/test"), "{start}");
    for picture in readme.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        if picture.ends_with(".png") {
            assert!(root().join(picture).is_file(), "README shows {picture}, which is missing");
        }
    }
}

#[test]
fn every_decision_has_a_number_a_context_and_consequences() {
    let records = files("docs/adr", &[".md"]);
    let mut breaches = Vec::new();
    for (at, record) in records.iter().enumerate() {
        let number = format!("docs/adr/{:04}-", at + 1);
        let sections = ["**Context.**", "**Decision.**", "**Consequences.**"];
        if !record.path.starts_with(&number) || !sections.iter().all(|section| record.text.contains(section))
        {
            breaches.push(record.path.clone());
        }
    }
    assert!(!records.is_empty());
    none("A decision is numbered and says context, decision and consequences:", &breaches);
}

#[test]
fn every_crate_and_folder_the_architecture_names_exists() {
    let architecture = read("ARCHITECTURE.md");
    let mut breaches = Vec::new();
    for name in architecture.split('`').skip(1).step_by(2) {
        let path = name.split("::").next().unwrap_or_default();
        if (path.starts_with("crates/") || path.starts_with("docs/") || path.starts_with("bin/"))
            && !path.contains(['{', '*', '…'])
            && !root().join(path).exists()
        {
            breaches.push(path.to_owned());
        }
    }
    none("ARCHITECTURE.md is true to the tree:", &breaches);
}

#[test]
fn every_connector_explains_itself_and_is_tested_from_files() {
    let root = root().join("crates/connectors/src");
    let mut breaches = Vec::new();
    for name in ["discourse", "slack"] {
        let folder = root.join(name);
        for wanted in ["help.md", "fixtures", "tests.rs"] {
            if !folder.join(wanted).exists() {
                breaches.push(format!("{name}/{wanted}"));
            }
        }
    }
    none("A connector's folder holds help, fixtures and tests:", &breaches);
}
