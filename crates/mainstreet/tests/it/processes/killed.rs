//! What was acknowledged is there, whatever happens to the process.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use mainstreet_community::counters;
use mainstreet_db::params;
use mainstreet_db::testing::TestDb;

use crate::support::{Place, Program, Topic, Visitor, eventually};

const WRITERS: usize = 4;
/// So many replies are acknowledged before the process is killed.
const ENOUGH: usize = 120;

/// Writes replies until the process is gone; answers the texts that were acknowledged.
fn write_on(
    mut writer: Visitor,
    topic: &Topic,
    name: usize,
    stop: &AtomicBool,
    count: &AtomicUsize,
) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let text = format!("Reply {number} by writer {name}: steam it for twenty minutes.");
        match topic.reply(&mut writer, &text) {
            Ok(answer) if answer.status == 303 => {
                acknowledged.push(text);
                count.fetch_add(1, Ordering::Relaxed);
            }
            Ok(answer) => panic!("{}: {}", answer.status, answer.text()),
            Err(_) => break,
        }
    }
    acknowledged
}

fn killed_while_writing(db: &TestDb) {
    let folder =
        std::env::temp_dir().join(format!("mainstreet-killed-{}-{:?}", std::process::id(), db.dialect()));
    let data = folder.display().to_string();
    let place = Place::open(db, &data);
    let stop = AtomicBool::new(false);
    let count = AtomicUsize::new(0);
    let mut acknowledged = Vec::new();
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|name| {
                let (writer, topic, stop, count) = (place.owner.clone(), &place.topic, &stop, &count);
                scope.spawn(move || write_on(writer, topic, name, stop, count))
            })
            .collect();
        eventually("enough replies", || (count.load(Ordering::Relaxed) >= ENOUGH).then_some(()));
        place.program.interrupt_hard();
        stop.store(true, Ordering::Relaxed);
        acknowledged = writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect();
    });
    assert!(acknowledged.len() >= ENOUGH);
    let restarted = Program::serve(&db.address_text(), &["--data", &data]);
    for text in &acknowledged {
        let text = text.clone();
        let there = db
            .read_now(move |tx| {
                tx.count(
                    "SELECT COUNT(*) AS n FROM posts WHERE body = $1 AND state = 'published'",
                    params![text],
                )
            })
            .unwrap();
        assert_eq!(there, 1, "an acknowledged reply is there, once");
    }
    let recorded = db
        .read_now(|tx| tx.count("SELECT COUNT(*) AS n FROM activities WHERE verb = 'reply.created'", &[]))
        .unwrap();
    let written =
        db.read_now(|tx| tx.count("SELECT COUNT(*) AS n FROM posts WHERE number > 1", &[])).unwrap();
    assert_eq!(recorded, written, "a post and its row in the log are one");
    assert_eq!(db.read_now(counters::drifts).unwrap(), []);
    let mut reader = Visitor::new(restarted.at);
    assert!(reader.see(&place.topic.path).body.contains("How do I bend an oak rib?"));
    drop(restarted);
    let _ = std::fs::remove_dir_all(folder);
}

#[test]
fn an_acknowledged_post_survives_a_kill_on_sqlite() {
    killed_while_writing(&TestDb::sqlite().unwrap());
}

#[test]
fn an_acknowledged_post_survives_a_kill_on_postgres() {
    let Ok(url) = std::env::var("MAINSTREET_TEST_POSTGRES") else { return };
    killed_while_writing(&TestDb::postgres(&url).unwrap());
}
