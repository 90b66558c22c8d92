//! A disk that takes no more.

use std::sync::Mutex;

use mainstreet_db::testing::TestDb;
use mainstreet_db::{Db, params};
use mainstreet_kernel::{Kind, Result};

fn put(db: &Db, key: String) -> Result<u64> {
    db.write_now(move |tx| {
        tx.run(
            "INSERT INTO settings (key, value, changed_at) VALUES ($1, $2, 0)",
            params![key, "x".repeat(3_000)],
        )
    })
}

fn room_for(db: &Db, pages: i64) -> Result<()> {
    db.write_now(move |tx| tx.all(&format!("PRAGMA max_page_count = {pages}"), &[], |_| Ok(())).map(drop))
}

#[test]
fn a_full_disk_takes_nothing_back_and_keeps_nothing_that_was_refused() {
    let db = TestDb::sqlite().unwrap();
    let pages = db.read_now(|tx| tx.count("SELECT page_count AS n FROM pragma_page_count", &[])).unwrap();
    room_for(&db, pages + 40).unwrap();
    let (kept, refused) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let (db, kept, refused) = (&db, &kept, &refused);
            scope.spawn(move || {
                for number in 0..20 {
                    let key = format!("{writer}-{number}");
                    match put(db, key.clone()) {
                        Ok(_) => kept.lock().unwrap().push(key),
                        Err(error) => {
                            assert_eq!(error.kind, Kind::Unavailable, "{error:?}");
                            assert!(error.safe.contains("Keep what you wrote"), "{}", error.safe);
                            refused.lock().unwrap().push(key);
                        }
                    }
                }
            });
        }
    });
    let (kept, refused) = (kept.into_inner().unwrap(), refused.into_inner().unwrap());
    assert!(!kept.is_empty() && !refused.is_empty(), "{} kept, {} refused", kept.len(), refused.len());
    let is_there = |key: &String| {
        let key = key.clone();
        db.read_now(move |tx| tx.count("SELECT COUNT(*) AS n FROM settings WHERE key = $1", params![key]))
            .unwrap()
    };
    for key in &kept {
        assert_eq!(is_there(key), 1, "{key} was acknowledged");
    }
    for key in &refused {
        assert_eq!(is_there(key), 0, "{key} was refused");
    }
    room_for(&db, pages + 4_000).unwrap();
    for key in refused {
        put(&db, key).unwrap();
    }
}
