//! `mainstreet import`, as a script uses it: the real program, real files, both databases.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use mainstreet_community::counters;
use mainstreet_db::testing::TestDb;
use serde_json::Value;

fn mainstreet() -> Command {
    Command::new(env!("CARGO_BIN_EXE_mainstreet"))
}

/// Runs an import and answers its exit status, its answer and what it told on standard error.
fn import(db: &str, format: &str, path: &Path, more: &[&str]) -> (i32, Value, String) {
    let done = mainstreet()
        .args(["import", format])
        .arg(path)
        .args(["--json", "--database", db])
        .args(more)
        .output()
        .unwrap();
    let answer = String::from_utf8(done.stdout).unwrap();
    let answer = answer.lines().last().map_or(Value::Null, |line| serde_json::from_str(line).unwrap());
    (done.status.code().unwrap_or(-1), answer, String::from_utf8_lossy(&done.stderr).into_owned())
}

fn count(db: &TestDb, sql: &'static str) -> i64 {
    db.read_now(move |tx| tx.count(sql, &[])).unwrap()
}

/// What an archive holds, by counting that shares nothing with the importer.
#[derive(Debug, PartialEq, Eq)]
struct Holds {
    topics: usize,
    posts: usize,
    people: usize,
    reactions: i64,
    accepted: usize,
}

impl Holds {
    fn of(answer: &Value) -> Self {
        let number =
            |key: &str| answer[key].as_u64().unwrap_or_else(|| panic!("no {key} in {answer}")) as usize;
        Self {
            topics: number("topics"),
            posts: number("posts"),
            people: number("people"),
            reactions: number("reactions") as i64,
            accepted: number("accepted"),
        }
    }
}

fn unpacked(path: &Path) -> Box<dyn BufRead> {
    let file = std::fs::File::open(path).unwrap();
    Box::new(BufReader::new(zstd::stream::read::Decoder::new(file).unwrap()))
}

/// Discourse: every post once, as its newest copy is: by time of change, then by readers, then by place in the file.
fn discourse_holds(posts: impl Iterator<Item = Value>) -> Holds {
    let mut newest: HashMap<i64, (String, i64, Value)> = HashMap::new();
    for post in posts {
        let rank =
            (post["updated_at"].as_str().unwrap_or("").to_owned(), post["reads"].as_i64().unwrap_or(0));
        let id = post["id"].as_i64().unwrap();
        if newest.get(&id).is_none_or(|known| (&known.0, known.1) <= (&rank.0, rank.1)) {
            newest.insert(id, (rank.0, rank.1, post));
        }
    }
    let posts: Vec<Value> = newest.into_values().map(|(_, _, post)| post).collect();
    let reactions = |post: &Value| -> i64 {
        let likes = || post["actions_summary"].as_array().into_iter().flatten().filter(|a| a["id"] == 2);
        match post["reactions"].as_array() {
            Some(kinds) => kinds.iter().filter_map(|kind| kind["count"].as_i64()).sum(),
            None => likes().filter_map(|like| like["count"].as_i64()).sum(),
        }
    };
    let topics = |only_accepted: bool| {
        let kept = posts.iter().filter(|post| !only_accepted || post["accepted_answer"] == true);
        kept.map(|post| post["topic_id"].as_i64().unwrap()).collect::<HashSet<_>>().len()
    };
    Holds {
        topics: topics(false),
        posts: posts.len(),
        people: posts.iter().map(|post| post["user_id"].as_i64().unwrap()).collect::<HashSet<_>>().len(),
        reactions: posts.iter().map(reactions).sum(),
        accepted: topics(true),
    }
}

fn slack_holds(path: &Path) -> Holds {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut holds = Holds { topics: 0, posts: 0, people: 0, reactions: 0, accepted: 0 };
    let mut threads = HashSet::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        if name == "users.json" {
            holds.people = serde_json::from_str::<Vec<Value>>(&text).unwrap().len();
        }
        let Some((channel, _)) = name.split_once('/').filter(|(_, day)| day.starts_with("20")) else {
            continue;
        };
        for message in serde_json::from_str::<Vec<Value>>(&text).unwrap() {
            if message["subtype"] == "channel_join" || message["subtype"] == "channel_leave" {
                continue;
            }
            holds.posts += 1;
            let root = message["thread_ts"].as_str().or(message["ts"].as_str()).unwrap();
            threads.insert(format!("{channel} {root}"));
            let kinds = message["reactions"].as_array().into_iter().flatten();
            holds.reactions += kinds.map(|kind| kind["users"].as_array().unwrap().len() as i64).sum::<i64>();
        }
    }
    holds.topics = threads.len();
    holds
}

/// Imports twice on each database and compares with `holds`: the answers, and the rows.
fn comes_in_exactly(format: &str, path: &Path, holds: &Holds) {
    for db in TestDb::each() {
        let (status, answer, told) = import(&db.address_text(), format, path, &[]);
        assert_eq!(status, 0, "{told}");
        assert_eq!(&Holds::of(&answer), holds, "{format} on {:?}", db.dialect());
        assert_eq!(answer["new"].as_u64(), Some(holds.posts as u64));
        assert_eq!(count(&db, "SELECT COUNT(*) AS n FROM posts") as usize, holds.posts);
        assert_eq!(count(&db, "SELECT COUNT(*) AS n FROM topics") as usize, holds.topics);
        let reactions = "SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) AS n FROM reaction_counts";
        assert_eq!(count(&db, reactions), holds.reactions);
        let accepted = "SELECT COUNT(*) AS n FROM topics WHERE accepted_post_id IS NOT NULL";
        assert_eq!(count(&db, accepted) as usize, holds.accepted);
        assert!(count(&db, "SELECT COUNT(*) AS n FROM people") as usize >= holds.people);
        assert_eq!(db.write_now(counters::drifts).unwrap(), []);

        let log = count(&db, "SELECT COUNT(*) AS n FROM activities");
        let (status, again, told) = import(&db.address_text(), format, path, &[]);
        assert_eq!(status, 0, "{told}");
        assert_eq!((Holds::of(&again), again["new"].as_u64()), (Holds::of(&answer), Some(0)));
        assert_eq!(count(&db, "SELECT COUNT(*) AS n FROM activities"), log, "a second run adds nothing");
    }
}

fn archives() -> Option<PathBuf> {
    let folder = std::env::var_os("MAINSTREET_ARCHIVES").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("MAINSTREET_ARCHIVES names no folder of archives: only the small ones were read.");
    }
    folder
}

#[test]
fn real_archives_come_in_exactly() {
    let Some(folder) = archives() else { return };
    let lines = |path: &Path| {
        unpacked(path).lines().map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap())
    };
    let posts = folder.join("discourse-delving-bitcoin/posts.jsonl.zst");
    comes_in_exactly("discourse", &posts, &discourse_holds(lines(&posts)));
    let topics = folder.join("discourse-urho3d-sample/topics.jsonl.zst");
    let posts = lines(&topics).flat_map(|topic| topic["post_stream"]["posts"].as_array().unwrap().clone());
    comes_in_exactly("discourse", &topics, &discourse_holds(posts));
    let export = folder.join("slack-r-contributors/slack-export.zip");
    comes_in_exactly("slack", &export, &slack_holds(&export));
}

fn fixture(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../connectors/src").join(path)
}

#[test]
fn small_archives_come_in_and_broken_records_are_told() {
    for db in TestDb::each() {
        let at = db.address_text();
        let (status, answer, told) =
            import(&at, "discourse", &fixture("discourse/fixtures/posts.jsonl"), &["--account", "tides"]);
        assert_eq!(status, 0, "{told}");
        let holds = Holds { topics: 1, posts: 5, people: 5, reactions: 5, accepted: 1 };
        assert_eq!((Holds::of(&answer), answer["new"].as_u64()), (holds, Some(5)));
        let at_lines: Vec<&str> =
            answer["skipped"].as_array().unwrap().iter().filter_map(|one| one["at"].as_str()).collect();
        assert_eq!(at_lines, ["posts.jsonl:3", "posts.jsonl:5", "posts.jsonl:8"]);

        let (status, answer, told) =
            import(&at, "slack", &fixture("slack/fixtures/export"), &["--into", "Old Slack"]);
        assert_eq!(status, 0, "{told}");
        let holds = Holds { topics: 8, posts: 10, people: 3, reactions: 2, accepted: 0 };
        assert_eq!(Holds::of(&answer), holds);
        assert_eq!(
            count(&db, "SELECT topic_count AS n FROM spaces WHERE slug = 'old-slack'"),
            7,
            "one was deleted"
        );
        assert_eq!(count(&db, "SELECT COUNT(*) AS n FROM members"), 0);
        assert_eq!(db.write_now(counters::drifts).unwrap(), []);
    }
}

#[test]
fn a_rehearsal_writes_nothing() {
    let folder = std::env::temp_dir().join(format!("mainstreet-rehearsal-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let database = format!("sqlite:{}", folder.join("none.sqlite").display());
    let posts = fixture("discourse/fixtures/posts.jsonl");
    let (status, answer, told) = import(&database, "discourse", &posts, &["--dry-run"]);
    assert_eq!((status, answer["posts"].as_u64(), answer["new"].as_u64()), (0, Some(5), Some(0)), "{told}");
    assert!(!folder.join("none.sqlite").exists());
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn mistakes_are_told_in_a_sentence() {
    let folder = std::env::temp_dir().join(format!("mainstreet-mistakes-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("empty.json"), "").unwrap();
    std::fs::write(folder.join("not-a.zip"), "PK").unwrap();
    let database = format!("sqlite:{}", folder.join("new.sqlite").display());
    for (format, path, status, says) in [
        ("discourse", "nowhere.json", 1, "There is no file or folder"),
        ("discourse", "empty.json", 1, "is empty"),
        ("slack", "not-a.zip", 1, "is not a Slack export"),
        ("phpbb", "empty.json", 2, "Choose discourse or slack"),
    ] {
        let (code, _, told) = import(&database, format, &folder.join(path), &[]);
        assert_eq!(code, status, "{told}");
        assert!(told.contains(says), "{path}: {told}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// An invented forum: `topics` topics of twenty posts, written by fifty people.
fn invented(path: &Path, topics: i64) {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    for id in 0..topics * 20 {
        let (topic, number, user) = (id / 20 + 1, id % 20 + 1, id * 7 % 50 + 1);
        let time = mainstreet_kernel::Timestamp(1_600_000_000_000 + id * 60_000);
        let post = serde_json::json!({
            "id": id + 1, "topic_id": topic, "post_number": number, "user_id": user, "username": format!("user{user}"),
            "created_at": time.to_string(), "raw": format!("This is post {number} of topic {topic}."), "category_id": topic % 3 + 1,
            "topic_slug": format!("topic-{topic}"), "topic_title": format!("Topic {topic}"), "reactions": [{"id": "heart", "count": 2}],
        });
        writeln!(file, "{post}").unwrap();
    }
    file.flush().unwrap();
}

#[test]
fn killed_and_started_again() {
    let folder = std::env::temp_dir().join(format!("mainstreet-killed-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("forum.jsonl");
    invented(&path, 400);
    for db in TestDb::each() {
        let mut running = mainstreet()
            .args(["import", "discourse"])
            .arg(&path)
            .args(["--json", "--database", &db.address_text()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while running.try_wait().unwrap().is_none() && count(&db, "SELECT COUNT(*) AS n FROM posts") < 2_000 {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        running.kill().unwrap();
        running.wait().unwrap();
        let before = count(&db, "SELECT COUNT(*) AS n FROM posts");
        assert_eq!(
            count(
                &db,
                "SELECT COUNT(*) AS n FROM activities WHERE verb LIKE '%.created' AND object_kind = 'post'"
            ),
            before
        );

        let (status, answer, told) = import(&db.address_text(), "discourse", &path, &[]);
        assert_eq!(status, 0, "{told}");
        let holds = Holds { topics: 400, posts: 8_000, people: 50, reactions: 16_000, accepted: 0 };
        assert_eq!((Holds::of(&answer), answer["new"].as_i64()), (holds, Some(8_000 - before)));
        assert_eq!(count(&db, "SELECT COUNT(*) AS n FROM posts"), 8_000);
        assert_eq!(db.write_now(counters::drifts).unwrap(), []);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
