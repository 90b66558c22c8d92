//! `mainstreet doctor` says how far behind the log the search index and the roll-ups are.

use std::process::Command;

use mainstreet_community::posts;
use mainstreet_db::testing::TestDb;
use mainstreet_kernel::id::{PersonId, TopicId};
use mainstreet_kernel::{Actor, Role};
use serde_json::Value;

use crate::support::{Place, Program, eventually};

/// What the check called `name` found.
fn finding(db: &TestDb, data: &str, name: &str) -> Value {
    let asked = Command::new(env!("CARGO_BIN_EXE_mainstreet"))
        .args(["doctor", "--json", "--database", &db.address_text(), "--data", data])
        .output()
        .unwrap();
    let answer: Value = serde_json::from_slice(&asked.stdout)
        .unwrap_or_else(|_| panic!("no JSON but: {}", String::from_utf8_lossy(&asked.stderr)));
    let findings = answer["findings"].as_array().unwrap();
    findings
        .iter()
        .find(|finding| finding["check"] == name)
        .unwrap_or_else(|| panic!("no {name}: {answer}"))
        .clone()
}

fn behind(db: &TestDb, data: &str, name: &str) -> i64 {
    finding(db, data, name)["behind"].as_i64().unwrap_or(-1)
}

#[test]
fn the_doctor_says_how_far_search_and_figures_are_behind() {
    for db in TestDb::each() {
        let folder =
            std::env::temp_dir().join(format!("mainstreet-doctor-{}-{:?}", std::process::id(), db.dialect()));
        let data = folder.display().to_string();
        let Place { program, topic, .. } = Place::open(&db, &data);
        for name in ["search", "roll-ups"] {
            eventually(name, || (behind(&db, &data, name) == 0).then_some(()));
        }
        program.kill();

        let topic: TopicId = topic.id.parse().unwrap();
        db.write_now(move |tx| {
            let owner = tx.one("SELECT person_id FROM members WHERE role = 'owner'", &[], |row| {
                row.get::<PersonId>("person_id")
            })?;
            for number in 0..3 {
                let body = format!("Written while no node runs: {number}.");
                let new = posts::NewReply { topic, body, reply_to: None, form_token: None };
                posts::reply(tx, Actor::signed_in(owner, Role::Owner), &new)?;
            }
            Ok(())
        })
        .unwrap();
        db.wait_for_log();
        let search = finding(&db, &data, "search");
        assert_eq!(search["behind"], 3, "{search}");
        assert_eq!(search["health"], "look", "the test's clock stands months back: {search}");
        assert!(search["seen"].as_str().unwrap().starts_with("the index is 3 activities and"), "{search}");
        assert!(search["do"].as_str().unwrap().contains("mainstreet serve"), "{search}");
        let figures = finding(&db, &data, "roll-ups");
        assert!(figures["behind"].as_i64().unwrap() >= 3 && figures["health"] == "look", "{figures}");
        let elsewhere = finding(&db, &folder.join("nothing").display().to_string(), "search");
        assert!(elsewhere["seen"].as_str().unwrap().contains("there is no index"), "{elsewhere}");

        let program = Program::serve(&db.address_text(), &["--data", &data]);
        for name in ["search", "roll-ups"] {
            eventually(name, || (behind(&db, &data, name) == 0).then_some(()));
        }
        drop(program);
        let _ = std::fs::remove_dir_all(folder);
    }
}
