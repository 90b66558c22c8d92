//! Filling an empty database.

use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_db::{Dialect, Tx, params};
use mainstreet_kernel::{Error, Kind, Result};

fn add(tx: &mut Tx<'_>, key: &str) -> Result<()> {
    tx.run("INSERT INTO settings (key, value, changed_at) VALUES ($1, '', 0)", params![key]).map(drop)
}

fn settings(db: &TestDb) -> Result<i64> {
    db.read_now(|tx| tx.count("SELECT COUNT(*) AS n FROM settings", &[]))
}

/// Indexes of a SQLite file, as they are written down in it.
fn indexes(db: &TestDb) -> Result<Vec<String>> {
    db.read_now(|tx| {
        let sql = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name";
        tx.all(sql, &[], |row| row.get("sql"))
    })
}

#[test]
fn a_filled_database_is_as_it_was_before_and_holds_more() {
    on_each_database(|db| {
        let sqlite = db.dialect() == Dialect::Sqlite;
        let before = if sqlite { indexes(db)? } else { Vec::new() };
        db.begin_load(&["posts_person"])?;
        if sqlite {
            let during = indexes(db)?;
            assert_eq!(during.len(), 1, "{during:?}");
        }
        db.load(|tx| add(tx, "a"))?;
        let failed = db.load(|tx| add(tx, "b").and(Err(Error::invalid("no"))));
        assert_eq!(failed.unwrap_err().kind, Kind::Invalid);
        db.load(|tx| add(tx, "c"))?;
        db.end_load()?;
        assert_eq!(settings(db)?, 2, "the failed batch left nothing");
        if sqlite {
            assert_eq!(indexes(db)?, before);
        }
        let dangling = db
            .write_now(|tx| tx.run("INSERT INTO topic_tags (topic_id, tag_id) VALUES (1, 1)", &[]).map(drop));
        assert_eq!(dangling.unwrap_err().kind, Kind::Conflict, "references are looked up again");
        assert!(!db.address().is_half_filled()?);
        drop(db.second_handle()?);
        Ok(())
    });
}

#[test]
fn a_half_filled_file_is_not_opened() {
    let db = TestDb::sqlite().unwrap();
    db.begin_load(&[]).unwrap();
    db.load(|tx| add(tx, "a")).unwrap();
    assert!(db.address().is_half_filled().unwrap());
    let refused = db.second_handle().err().unwrap();
    assert_eq!(refused.kind, Kind::Conflict);
    assert!(refused.safe.contains("delete it and begin again"), "{}", refused.safe);
}
