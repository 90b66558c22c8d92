//! The data layer on both databases.

mod archive;
mod full;
mod load;

use mainstreet_db::testing::{TEST_NOW, TestDb, on_each_database};
use mainstreet_db::{jobs, log, params};
use mainstreet_kernel::clock::MINUTE;
use mainstreet_kernel::id::PostId;
use mainstreet_kernel::{Activity, Actor, Error, Kind, Verb};

fn happened(verb: Verb, id: i64) -> Activity {
    Activity::new(verb, Actor::SYSTEM, PostId(id), TEST_NOW)
}

#[test]
fn an_error_rolls_back_and_its_neighbours_stay() {
    on_each_database(|db| {
        db.write_now(|tx| tx.run("INSERT INTO settings (key, value, changed_at) VALUES ('a', '1', 0)", &[]))?;
        let failed = db.write_now(|tx| {
            tx.run("INSERT INTO settings (key, value, changed_at) VALUES ('b', '2', 0)", &[])?;
            Err::<(), _>(Error::invalid("no"))
        });
        assert_eq!(failed.unwrap_err().kind, Kind::Invalid);
        assert_eq!(db.read_now(|tx| tx.count("SELECT COUNT(*) AS n FROM settings", &[]))?, 1);
        Ok(())
    });
}

#[test]
fn a_panic_in_a_closure_is_an_error_and_nothing_is_kept() {
    on_each_database(|db| {
        let failed = db.write_now(|tx| -> mainstreet_kernel::Result<()> {
            tx.run("INSERT INTO settings (key, value, changed_at) VALUES ('b', '2', 0)", &[])?;
            panic!("on purpose")
        });
        assert_eq!(failed.unwrap_err().kind, Kind::Internal);
        assert_eq!(db.read_now(|tx| tx.count("SELECT COUNT(*) AS n FROM settings", &[]))?, 0);
        Ok(())
    });
}

#[test]
fn many_writers_at_once_all_count() {
    on_each_database(|db| {
        db.write_now(|tx| tx.run("INSERT INTO settings (key, value, changed_at) VALUES ('n', '', 0)", &[]))?;
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..25 {
                        db.write_now(|tx| {
                            tx.run(
                                "UPDATE settings SET changed_at = changed_at + 1 WHERE key = $1",
                                params!["n"],
                            )
                        })
                        .unwrap();
                    }
                });
            }
        });
        assert_eq!(db.read_now(|tx| tx.count("SELECT changed_at AS n FROM settings", &[]))?, 200);
        Ok(())
    });
}

#[test]
fn exactly_one_row_is_the_lock() {
    on_each_database(|db| {
        db.write_now(|tx| {
            tx.run("INSERT INTO settings (key, value, changed_at) VALUES ('lock', 'free', 0)", &[])
        })?;
        let take = |who: &'static str| {
            db.write_now(move |tx| {
                tx.run_one(
                    "UPDATE settings SET value = $1 WHERE key = 'lock' AND value = 'free'",
                    params![who],
                    "Taken.",
                )
            })
        };
        take("ada")?;
        assert_eq!(take("ben").unwrap_err().kind, Kind::Conflict);
        Ok(())
    });
}

#[test]
fn a_reader_sees_every_row_once_also_after_a_late_commit() {
    on_each_database(|db| {
        db.write_now(|tx| {
            tx.record_all(&[happened(Verb::TopicCreated, 1), happened(Verb::ReplyCreated, 2)])
        })?;
        let step = || {
            db.wait_for_log();
            db.write_now(|tx| {
                let mut seen = Vec::new();
                log::advance(tx, "test", 10, |_, entries| {
                    seen.extend(entries.iter().map(|entry| entry.object_id));
                    Ok(())
                })?;
                Ok(seen)
            })
        };
        assert_eq!(step()?, [1, 2]);
        assert_eq!(step()?, [0_i64; 0]);
        db.write_now(|tx| tx.record(&happened(Verb::PostEdited, 3)))?;
        assert_eq!(step()?, [3]);
        Ok(())
    });
}

#[test]
fn the_log_waits_for_transactions_in_flight() {
    let Ok(url) = std::env::var("MAINSTREET_TEST_POSTGRES") else { return };
    let db = TestDb::postgres(&url).unwrap();
    let (entered, wait) = std::sync::mpsc::channel::<()>();
    let (go, gone) = std::sync::mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| {
            db.write_now(move |tx| {
                tx.record(&happened(Verb::TopicCreated, 1))?;
                entered.send(()).unwrap();
                gone.recv().unwrap();
                Ok(())
            })
        });
        wait.recv().unwrap();
        db.write_now(|tx| tx.record(&happened(Verb::TopicCreated, 2))).unwrap();
        let early = db.read_now(|tx| log::read(tx, log::Cursor::default(), 10)).unwrap();
        assert!(early.is_empty(), "row 2 must not be read while row 1 may still come before it");
        go.send(()).unwrap();
        slow.join().unwrap().unwrap();
    });
    db.wait_for_log();
    let all = db.read_now(|tx| log::read(tx, log::Cursor::default(), 10)).unwrap();
    assert_eq!(all.iter().map(|entry| entry.object_id).collect::<Vec<_>>(), [1, 2]);
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Greet {
    name: String,
}

impl jobs::Job for Greet {
    const NAME: &'static str = "greet";

    fn once_key(&self) -> Option<String> {
        Some(self.name.clone())
    }
}

#[test]
fn a_job_runs_once_is_retried_and_survives_its_process() {
    on_each_database(|db| {
        db.write_now(|tx| {
            let now = tx.now();
            let job = Greet { name: "mira".into() };
            jobs::enqueue(tx, &job, now)?;
            jobs::enqueue(tx, &job, now)
        })?;
        let first = db.write_now(jobs::claim)?.unwrap();
        assert!(db.write_now(jobs::claim)?.is_none(), "held, and its twin was never put in");
        db.hand.advance(jobs::LEASE + 1);
        let again = db.write_now(jobs::claim)?.unwrap();
        assert_eq!((first.id, again.attempts), (again.id, 1), "the first process died");
        let held = again.clone();
        db.write_now(move |tx| jobs::retry(tx, &held, "no answer"))?;
        assert!(db.write_now(jobs::claim)?.is_none());
        db.hand.advance(3 * MINUTE);
        let third = db.write_now(jobs::claim)?.unwrap();
        db.write_now(move |tx| jobs::finish(tx, third.id))?;
        assert_eq!(db.read_now(jobs::counts)?, (0, 0));
        Ok(())
    });
}

#[test]
fn a_job_that_was_taken_over_has_its_effect_once() {
    on_each_database(|db| {
        db.write_now(|tx| {
            let now = tx.now();
            tx.run("INSERT INTO settings (key, value, changed_at) VALUES ('greeted', '', 0)", &[])?;
            jobs::enqueue(tx, &Greet { name: "mira".into() }, now)
        })?;
        let slow = db.write_now(jobs::claim)?.unwrap();
        db.hand.advance(jobs::LEASE + 1);
        let other = db.write_now(jobs::claim)?.unwrap();
        assert_eq!(slow.id, other.id);
        let greet = |job: jobs::Claimed| {
            db.write_now(move |tx| {
                tx.run("UPDATE settings SET changed_at = changed_at + 1 WHERE key = 'greeted'", &[])?;
                jobs::finish(tx, job.id)
            })
        };
        greet(other)?;
        assert_eq!(greet(slow).unwrap_err().kind, Kind::Conflict);
        let times = "SELECT changed_at AS n FROM settings WHERE key = 'greeted'";
        assert_eq!(db.read_now(|tx| tx.count(times, &[]))?, 1);
        Ok(())
    });
}

#[test]
fn processes_have_numbers_of_their_own() {
    on_each_database(|db| {
        let second = db.second_handle()?;
        assert_ne!(db.node(), second.node());
        Ok(())
    });
}

#[test]
fn rows_go_in_by_the_thousand() {
    on_each_database(|db| {
        let inserted = db.write_now(|tx| {
            let rows: Vec<Vec<mainstreet_db::Value>> =
                (0..1_234).map(|n| params![format!("k{n}"), "v", n].to_vec()).collect();
            tx.insert_many(
                "INSERT INTO settings (key, value, changed_at)",
                &rows,
                "ON CONFLICT (key) DO NOTHING",
            )
        })?;
        assert_eq!(inserted, 1_234);
        Ok(())
    });
}

#[test]
fn a_reader_at_the_end_of_a_long_log_looks_at_no_old_rows() {
    let db = TestDb::sqlite().unwrap();
    let plan = |sql: &'static str| {
        db.read_now(move |tx| tx.all(sql, params![0, 7], |row| row.get::<String>("detail")))
            .unwrap()
            .join("; ")
    };
    let same = plan(
        "EXPLAIN QUERY PLAN SELECT verb FROM activities WHERE tx = $1 AND seq > $2 ORDER BY seq LIMIT 5",
    );
    assert!(same.contains("(tx=? AND seq>?)") || same.contains("(rowid>?)"), "{same}");
    assert!(!same.contains("TEMP B-TREE"), "{same}");
    let later = plan(
        "EXPLAIN QUERY PLAN SELECT verb FROM activities WHERE tx > $1 AND tx < 1 ORDER BY tx, seq LIMIT $2",
    );
    assert!(later.contains("(tx>? AND tx<?)") && !later.contains("TEMP B-TREE"), "{later}");
}
