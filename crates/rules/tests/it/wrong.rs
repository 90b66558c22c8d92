//! Wrong rules, and what is said about them. Each case of `wrong.txt` is one part of a rule that is otherwise
//! sound; behind `=>` stand the findings.

use mainstreet_kernel::Role;
use mainstreet_rules::{Names, Setting, Vocabulary, examine};

/// The rule around a part: what the part does not say itself.
fn around(part: &str) -> String {
    let key = part.split(':').next().unwrap_or_default();
    let mut lines = vec!["rule: r", part];
    for (name, line) in [
        ("guideline", "guideline: no-spam"),
        ("when", "when: flag"),
        ("if", "if:\n  - post.text has any: [spam]"),
        ("then", "then: [hide until reviewed]"),
    ] {
        let said = key == name
            || name == "if" && key == "if any"
            || name == "when" && (key == "on" || key == "every" && part.contains("schedule"));
        if !said {
            lines.push(if name == "if" && key == "unless" { "if: [author.posts < 4]" } else { line });
        }
    }
    lines.join("\n")
}

#[test]
fn wrong_rules_are_refused_with_a_place_and_a_sentence() {
    let names =
        Names::default().guideline("no-spam", 2).with("tags", ["first-post"]).with("webhooks", ["status"]);
    let setting = Setting { vocabulary: Vocabulary::standard(), names: &names, role: Role::Moderator };
    let mut said = String::new();
    for part in include_str!("wrong.txt").lines().filter(|line| !line.starts_with("=> ")) {
        let findings = examine(&around(part), &setting).findings;
        assert!(!findings.is_empty(), "nothing was found wrong with: {part}");
        said.push_str(&format!("{part}\n"));
        findings.iter().for_each(|finding| said.push_str(&format!("=> {finding}\n")));
    }
    if std::env::var_os("MAINSTREET_WRITE_LISTS").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/wrong.txt"), &said).unwrap();
    }
    assert_eq!(said, include_str!("wrong.txt"));
}
