//! Mistakes of people who are no programmers, as whole rules, and what is said about them. In `mistakes.txt` a line of
//! `=====` ends a case, `=> ` begins a finding, `⇥` stands for a tab and `␣` for a space that word processors put in.
//! `MAINSTREET_WRITE_LISTS=1` writes the list anew; read it before you keep it.

use mainstreet_kernel::Role;
use mainstreet_rules::{Names, Setting, Vocabulary, examine, may_be_saved};

const LIST: &str = include_str!("mistakes.txt");

#[test]
fn every_mistake_of_a_volunteer_gets_a_place_and_a_sentence() {
    let names = Names::default()
        .guideline("no-spam", 2)
        .guideline("be-kind", 1)
        .with("tags", ["first-post", "bug", "help"])
        .with("spaces", ["How-to", "Integrations"])
        .with("templates", [])
        .with("segments", ["customers"])
        .with("owners", ["support", "product"]);
    let setting = Setting { vocabulary: Vocabulary::standard(), names: &names, role: Role::Manager };
    let mut said = String::new();
    for case in LIST.split("=====\n").filter(|case| !case.trim().is_empty()) {
        let lines = case.lines().filter(|line| !line.starts_with("=> "));
        let written: String = lines.map(|line| format!("{line}\n")).collect();
        let findings = examine(&written.replace('⇥', "\t").replace('␣', "\u{a0}"), &setting).findings;
        for finding in &findings {
            assert!(finding.at.line > 0 && finding.at.column > 0, "{finding} has no place in:\n{written}");
        }
        said.push_str(&written);
        findings.iter().for_each(|finding| said.push_str(&format!("=> {finding}\n")));
        if may_be_saved(&findings) {
            said.push_str("=> It is understood.\n");
        }
        said.push_str("=====\n");
    }
    if std::env::var_os("MAINSTREET_WRITE_LISTS").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/mistakes.txt"), &said).unwrap();
    }
    assert_eq!(said, LIST);
}
