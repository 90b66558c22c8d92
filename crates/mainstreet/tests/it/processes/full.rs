//! A disk that takes no more, under a running program: what was acknowledged stays, what is refused says so and
//! keeps the text, reading goes on, and so does writing once there is space.

use std::path::Path;

use mainstreet_community::counters;
use mainstreet_db::params;
use mainstreet_db::testing::TestDb;

use crate::support::{Place, Program, Topic, Visitor, eventually};

/// Room that is left when the disk begins to fill, in bytes.
const ROOM: u64 = 600_000;

fn text(writer: usize, number: usize) -> String {
    format!("Reply {number} by writer {writer}. {}", "Steam it for twenty minutes. ".repeat(400))
}

/// Writes until it is refused; answers what was acknowledged and what was not.
fn fill(mut by: Visitor, topic: &Topic, writer: usize) -> (Vec<String>, String) {
    let mut acknowledged = Vec::new();
    for number in 0..500 {
        let text = text(writer, number);
        let answer = topic.reply(&mut by, &text).unwrap();
        if answer.status == 303 {
            acknowledged.push(text);
            continue;
        }
        assert_eq!(answer.status, 503, "{}", answer.text());
        assert!(answer.body.contains("nothing was saved") && answer.body.contains("Keep what you wrote"));
        assert!(answer.body.contains(text.trim()), "what was typed is on the page");
        return (acknowledged, text);
    }
    panic!("the disk never filled");
}

fn how_often(db: &TestDb, text: &str) -> i64 {
    let text = text.trim().to_owned();
    db.read_now(move |tx| tx.count("SELECT COUNT(*) AS n FROM posts WHERE body = $1", params![text])).unwrap()
}

fn size(file: &Path) -> u64 {
    std::fs::metadata(file).map_or(0, |about| about.len())
}

/// What was acknowledged is there once, what was refused is not, and all counts agree.
fn is_whole(db: &TestDb, written: &[(Vec<String>, String)]) {
    for (acknowledged, refused) in written {
        for text in acknowledged {
            assert_eq!(how_often(db, text), 1, "an acknowledged reply is there, once");
        }
        assert_eq!(how_often(db, refused), 0, "a refused reply is not there");
    }
    assert_eq!(db.read_now(counters::drifts).unwrap(), []);
}

#[test]
fn a_full_disk_loses_nothing_and_readers_do_not_notice() {
    let db = TestDb::sqlite().unwrap();
    let file = std::path::PathBuf::from(db.address_text().trim_start_matches("sqlite:"));
    let data = file.with_file_name("data").display().to_string();
    let Place { program, owner, topic } = Place::open(&db, &data);
    let log = file.with_file_name("test.sqlite-wal");
    program.disk(Some(size(&file).max(size(&log)) + ROOM));

    let written: Vec<_> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..3)
            .map(|writer| {
                let (by, topic) = (owner.clone(), &topic);
                scope.spawn(move || fill(by, topic, writer))
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    assert!(written.iter().map(|(acknowledged, _)| acknowledged.len()).sum::<usize>() > 0);
    is_whole(&db, &written);

    // Visitors and members read on; a new topic is refused with what was typed, too.
    for path in ["/", &topic.path, "/search?q=rib", "/desk", "/desk/inbox"] {
        owner.clone().see(path);
    }
    Visitor::new(program.at).see(&topic.path);
    let title = "Which glue holds when wet?";
    let page = owner.clone().see("/new").body;
    let space = page.split("<option value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let long = text(9, 9);
    let fields = [("space", space), ("title", title), ("body", &long), ("tags", "glue"), ("act", "send")];
    let answer = owner.clone().fill("/new", "/new", &fields).unwrap();
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert!(answer.body.contains(title) && answer.body.contains(long.trim()));

    // There is space again: the same program goes on, and its search takes in what it missed.
    program.disk(None);
    let again = eventually("a reply once there is space", || {
        let text = "The plank from the spindleberry tree held.";
        let answer = topic.reply(&mut owner.clone(), text).unwrap();
        (answer.status == 303).then_some(text)
    });
    eventually("the reply in the search", || {
        let found = Visitor::new(program.at).get("/search?q=spindleberry").ok()?;
        found.body.contains("bend an oak rib").then_some(())
    });
    program.kill();
    let restarted = Program::serve(&db.address_text(), &["--data", &data]);
    is_whole(&db, &written);
    assert_eq!(how_often(&db, again), 1);
    Visitor::new(restarted.at).see(&topic.path);
}
