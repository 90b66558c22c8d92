//! `serve --now`: the place as it was, which is what an archive of that day would have given.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use mainstreet_db::testing::TestDb;
use mainstreet_db::{Address, Db};
use mainstreet_kernel::{Clock, Timestamp};

use crate::support::Program;

const THEN: &str = "2021-03-01T09:00:00.000Z";

/// A small Discourse archive: a topic a day for sixty days around then, each answered the day after.
fn archive(until: Option<Timestamp>) -> String {
    let first = "2021-02-01T08:00Z".parse::<Timestamp>().unwrap();
    let day = 86_400_000;
    let mut lines = String::new();
    let mut posts = Vec::new();
    for topic in 0..60_i64 {
        posts.push((first.plus(topic * day), topic, 1, topic % 7));
        posts.push((first.plus((topic + 1) * day), topic, 2, (topic + 1) % 7));
    }
    posts.retain(|(at, ..)| until.is_none_or(|until| *at <= until));
    for (at, topic, number, who) in posts {
        let record = serde_json::json!({
            "id": topic * 2 + number, "user_id": who + 1, "username": format!("sail{who}"), "name": format!("Sail {who}"),
            "created_at": at.to_string(), "updated_at": at.to_string(), "topic_id": topic + 1,
            "topic_slug": format!("mast-{topic}"), "topic_title": format!("How tall is mast number {topic}?"),
            "category_id": 3, "post_number": number,
            "reply_to_post_number": (number > 1).then_some(1),
            "raw": format!("Measured on day {topic}."), "cooked": format!("<p>Measured on day {topic}.</p>"),
        });
        let _ = writeln!(lines, "{record}");
    }
    lines
}

fn import(database: &str, folder: &Path, name: &str, until: Option<Timestamp>) {
    let file = folder.join(name);
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(&file, archive(until)).unwrap();
    let imported = Command::new(env!("CARGO_BIN_EXE_mainstreet"))
        .args([
            "import",
            "discourse",
            &file.display().to_string(),
            "--database",
            database,
            "--account",
            "masts",
        ])
        .output()
        .unwrap();
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
}

/// What both must have in common.
fn look(db: &Db) -> Vec<i64> {
    let counts = [
        "SELECT COUNT(*) AS n FROM topics",
        "SELECT COUNT(*) AS n FROM posts",
        "SELECT COUNT(*) AS n FROM people",
        "SELECT COUNT(*) AS n FROM activities WHERE verb IN ('topic.created', 'reply.created')",
        "SELECT CAST(SUM(reply_count) AS BIGINT) AS n FROM topics",
        "SELECT CAST(SUM(post_count) AS BIGINT) AS n FROM people",
        "SELECT MAX(bumped_at) AS n FROM topics",
    ];
    db.read_now(move |tx| counts.iter().map(|sql| tx.count(sql, &[])).collect()).unwrap()
}

#[test]
fn a_rehearsal_is_what_an_archive_of_that_day_gives() {
    let then: Timestamp = THEN.parse().unwrap();
    for whole in TestDb::each() {
        let folder = std::env::temp_dir().join(format!(
            "mainstreet-rehearsal-{}-{:?}",
            std::process::id(),
            whole.dialect()
        ));
        import(&whole.address_text(), &folder, "whole.jsonl", None);
        let earlier = TestDb::sqlite().unwrap();
        import(&earlier.address_text(), &folder, "earlier.jsonl", Some(then));
        let before = look(&whole);
        let data = folder.display().to_string();
        drop(Program::serve(&whole.address_text(), &["--now", THEN, "--data", &data]));
        assert_eq!(look(&whole), before, "the community itself is not touched");
        let copy: Address = whole.address().beside("as_of_20210301t0900");
        let (clock, _) = Clock::standing(then);
        assert_eq!(look(&Db::open(&copy, clock).unwrap()), look(&earlier));
        if matches!(copy, Address::Postgres(_)) {
            copy.clear().unwrap();
        }
        let _ = std::fs::remove_dir_all(folder);
    }
}
