//! Background work on two nodes: each job is done once, whichever node takes it, also when one is killed over it.

use std::collections::BTreeMap;

use mainstreet_community::accounts::{self, NewMember};
use mainstreet_community::topics::{self, NewTopic};
use mainstreet_db::params;
use mainstreet_db::testing::{TEST_NOW, TestDb};
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::SpaceId;
use mainstreet_kernel::{Actor, Role};

use crate::support::{Place, Program, eventually};

const JOBS: i64 = 400;
const QUESTIONS: i64 = 40;

/// Has the database itself write down who takes and ends each job: nodes are told apart by their connections.
fn watch(db: &TestDb) {
    db.write_now(|tx| {
        for step in [
            "CREATE TABLE trail (what TEXT NOT NULL, job BIGINT NOT NULL, node TEXT NOT NULL)",
            "CREATE FUNCTION follow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN
               IF TG_OP = ''DELETE'' THEN
                 INSERT INTO trail VALUES (''done'', OLD.id, current_setting(''application_name''));
               ELSIF NEW.attempts > OLD.attempts THEN
                 INSERT INTO trail VALUES (''taken'', NEW.id, current_setting(''application_name''));
               END IF;
               RETURN NULL;
             END'",
            "CREATE TRIGGER followed AFTER UPDATE OR DELETE ON jobs FOR EACH ROW EXECUTE FUNCTION follow()",
        ] {
            tx.run(step, &[])?;
        }
        Ok(())
    })
    .unwrap();
}

/// Puts many sweeps into the queue, due now.
fn enqueue(db: &TestDb) -> Vec<i64> {
    db.write_now(|tx| {
        let ids: Vec<i64> = (0..JOBS).map(|_| tx.mint()).collect();
        let rows: Vec<Vec<mainstreet_db::Value>> = ids.iter().map(|id| params![*id].to_vec()).collect();
        for row in &rows {
            tx.run(
                "INSERT INTO jobs (id, name, payload, run_at, attempts, created_at) VALUES ($1, 'sweep', '{}', 0, 0, 0)",
                row,
            )?;
        }
        Ok(ids)
    })
    .unwrap()
}

/// Questions of three days ago that nobody answered: a sweep has something to do about each.
fn ask(db: &TestDb) {
    let now = count(db, "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS n");
    db.hand.advance(now - TEST_NOW.0 - 3 * DAY);
    db.write_now(|tx| {
        let member = NewMember {
            username: "mira".to_owned(),
            name: "Mira".to_owned(),
            email: "mira@example.org".to_owned(),
            password_hash: None,
        };
        let mira = Actor::signed_in(accounts::open(tx, &member, Role::Member)?, Role::Member);
        let space = tx.one("SELECT id FROM spaces LIMIT 1", &[], |row| row.get::<SpaceId>("id"))?;
        for number in 0..QUESTIONS {
            let new = NewTopic {
                space,
                title: format!("How long is plank number {number}?"),
                body: "Nobody has measured it.".to_owned(),
                tags: Vec::new(),
                question: true,
                form_token: None,
            };
            topics::open(tx, mira, &new)?;
        }
        Ok(())
    })
    .unwrap();
}

/// For each job and step, by which nodes it was made.
fn trail(db: &TestDb) -> BTreeMap<(i64, String), Vec<String>> {
    let rows = db
        .read_now(|tx| {
            tx.all("SELECT what, job, node FROM trail", &[], |row| {
                Ok(((row.get::<i64>("job")?, row.get::<String>("what")?), row.get::<String>("node")?))
            })
        })
        .unwrap();
    let mut trail: BTreeMap<(i64, String), Vec<String>> = BTreeMap::new();
    for (step, node) in rows {
        trail.entry(step).or_default().push(node);
    }
    trail
}

fn count(db: &TestDb, sql: &'static str) -> i64 {
    db.read_now(move |tx| tx.count(sql, &[])).unwrap()
}

/// How many jobs this node has done.
fn done_by(db: &TestDb, node: &str) -> usize {
    trail(db).iter().filter(|((_, what), nodes)| what == "done" && nodes.iter().any(|by| by == node)).count()
}

fn wait_for_all(db: &TestDb, all: &[i64]) {
    eventually("the end of all jobs", || {
        let trail = trail(db);
        all.iter().all(|job| trail.contains_key(&(*job, "done".to_owned()))).then_some(())
    });
}

#[test]
fn each_job_is_done_once_on_two_nodes_also_when_one_is_killed() {
    let Ok(url) = std::env::var("MAINSTREET_TEST_POSTGRES") else { return };
    let db = TestDb::postgres(&url).unwrap();
    let folder = std::env::temp_dir().join(format!("mainstreet-jobs-{}", std::process::id()));
    let data = |name: &str| folder.join(name).display().to_string();
    Place::open(&db, &data("setup")).program.kill();
    watch(&db);
    ask(&db);
    let start = |name: &str| {
        Program::serve(&format!("{}&application_name={name}", db.address_text()), &["--data", &data(name)])
    };
    let (one, two) = (start("one"), start("two"));

    // Both at work: every job is taken once and done once, and what they do happens once.
    let jobs = enqueue(&db);
    wait_for_all(&db, &jobs);
    let steps = trail(&db);
    for job in &jobs {
        for what in ["taken", "done"] {
            assert_eq!(steps[&(*job, what.to_owned())].len(), 1, "job {job} was {what} once");
        }
    }
    assert!(done_by(&db, "one") > 0 && done_by(&db, "two") > 0, "both nodes work");
    eventually("a signal for each question", || {
        let signals = "SELECT COUNT(*) AS n FROM signal_causes WHERE kind = 'question'";
        (count(&db, signals) == QUESTIONS).then_some(())
    });
    let twice = "SELECT COUNT(*) AS n FROM (SELECT object_id FROM activities WHERE verb = 'signal.opened'
                 GROUP BY object_id HAVING COUNT(*) > 1) AS twice";
    assert_eq!(count(&db, twice), 0, "no signal is opened twice");
    let opened = count(&db, "SELECT COUNT(*) AS n FROM activities WHERE verb = 'signal.opened'");
    assert_eq!(opened, count(&db, "SELECT COUNT(*) AS n FROM signals"), "each is in the log");

    // The second node is killed in the middle. What it held is taken over when its lease ends; the rest goes on.
    let before = done_by(&db, "two");
    let jobs = enqueue(&db);
    eventually("work of the second node", || (done_by(&db, "two") > before + 3).then_some(()));
    two.kill();
    eventually("all that the dead node did not hold", || {
        let open = "SELECT COUNT(*) AS n FROM jobs WHERE run_at = 0 AND lease_until IS NULL";
        (count(&db, open) == 0).then_some(())
    });
    db.write_now(|tx| tx.run("UPDATE jobs SET lease_until = 0 WHERE run_at = 0", &[])).unwrap();
    wait_for_all(&db, &jobs);
    let steps = trail(&db);
    assert!(jobs.iter().all(|job| steps[&(*job, "done".to_owned())].len() == 1), "each was done once");
    let again = jobs.iter().filter(|job| steps[&(**job, "taken".to_owned())].len() > 1).count();
    assert!(again <= 1, "a node holds one job at a time, so at most one was taken over, not {again}");
    drop(one);
    let _ = std::fs::remove_dir_all(folder);
}
