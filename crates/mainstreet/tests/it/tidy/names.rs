//! Names that say nothing, and words that do not belong here.

use super::source::without_tests;
use super::{files, none};

#[test]
fn names_say_what_a_thing_is() {
    let mut breaches = Vec::new();
    let vague = ["util.rs", "utils.rs", "helper.rs", "helpers.rs", "common.rs", "misc.rs"];
    let doers = ["Manager", "Service", "Helper", "Handler", "Util", "Factory", "Impl"];
    for file in files("crates", &[".rs"]) {
        if vague.iter().any(|name| file.path.ends_with(&format!("/{name}"))) {
            breaches.push(file.path.clone());
        }
        for line in file.text.lines() {
            let declared = ["struct ", "enum ", "trait "].iter().find_map(|word| {
                line.trim_start()
                    .trim_start_matches("pub(crate) ")
                    .trim_start_matches("pub ")
                    .strip_prefix(word)
            });
            let name = declared.and_then(|rest| rest.split(|letter: char| !letter.is_alphanumeric()).next());
            if let Some(name) = name
                && doers.iter().any(|doer| name.ends_with(doer))
            {
                breaches.push(format!("{}: {name}", file.path));
            }
        }
    }
    none("Verbs instead of doers, nouns of the job instead of drawers:", &breaches);
}

#[test]
fn nothing_is_left_undone_or_tied_to_one_machine() {
    // Written in pieces, so that this file does not break its own law.
    let words: Vec<String> = [
        ["TO", "DO"],
        ["FIX", "ME"],
        ["todo", "!("],
        ["unimplemented", "!("],
        ["#[ig", "nore"],
        ["/wor", "k/"],
        ["/tm", "p/"],
        ["/ho", "me/"],
        ["/ro", "ot/"],
        ["/var/ca", "che"],
    ]
    .iter()
    .map(|parts| parts.concat())
    .collect();
    let mut breaches = Vec::new();
    for file in files("", &[".rs", ".md", ".toml", ".html", ".js", ".css", ".sql", ".txt", ".yml"]) {
        let fixture = file.path.contains("/fixtures/");
        for (at, line) in file.text.lines().enumerate() {
            if let Some(word) = words.iter().find(|word| !fixture && line.contains(word.as_str())) {
                breaches.push(format!("{}:{} {word}", file.path, at + 1));
            }
        }
    }
    none("Finish it, file it, or leave it out:", &breaches);
}

#[test]
fn lints_are_expected_with_a_reason() {
    let mut breaches = Vec::new();
    for file in files("crates", &[".rs"]) {
        for (at, line) in without_tests(&file.text).lines().enumerate() {
            let line = line.trim_start();
            if line.starts_with("#[allow(") || line.starts_with("#![allow(") {
                breaches.push(format!("{}:{} {line}", file.path, at + 1));
            }
        }
    }
    none("Write #[expect(lint, reason = \"…\")]:", &breaches);
}

/// What staff do to a post, a topic or a member is a decision with a clause, a statement and an appeal. There is one
/// door to it, so that nobody restricts anybody past the record.
#[test]
fn only_decisions_carry_acts_out() {
    let breaches: Vec<String> = super::files("crates", &[".rs"])
        .into_iter()
        .filter(|file| !super::is_test(&file.path))
        .filter(|file| {
            !["decisions.rs", "reversal.rs"]
                .iter()
                .any(|door| file.path == format!("crates/desk/src/moderation/{door}"))
        })
        .filter(|file| {
            let text = super::source::without_tests(&file.text);
            ["moderation::carry_out(", "moderation::take_back(", "acts::carry_out(", "acts::take_back("]
                .iter()
                .any(|call| text.contains(call))
        })
        .map(|file| file.path)
        .collect();
    super::none("only the desk's decisions carry acts out and take them back:", &breaches);
}
