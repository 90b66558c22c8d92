//! Backups: what was written comes back, into either database, or nothing does.

use mainstreet_db::testing::{TEST_NOW, TestDb};
use mainstreet_db::{Address, Value, archive, log, params};
use mainstreet_kernel::id::PostId;
use mainstreet_kernel::{Activity, Actor, Error, Kind, Result, Verb};

const PEOPLE: i64 = 2_500;

/// Rows of every awkward sort: keys that point forward, more than a page, odd letters, gaps in the log.
fn fill(db: &TestDb) -> Result<()> {
    db.write_now(|tx| {
        let people: Vec<Vec<Value>> = (1..=PEOPLE)
            .map(|id| params![id, format!("Zoë \"{id}\"\n\t\\"), "member", id * 1_000].to_vec())
            .collect();
        tx.insert_many("INSERT INTO people (id, name, class, joined_at)", &people, "")?;
        tx.run("UPDATE people SET merged_into = id + 1 WHERE id < 10", &[])?;
        tx.run("INSERT INTO settings (key, value, changed_at) VALUES ('name', '\u{1F333}', 5)", &[])
    })?;
    for number in 0..5 {
        db.write_now(move |tx| tx.record(&happened(number)))?;
        let undone = db.write_now(move |tx| {
            tx.record(&happened(99))?;
            Err::<(), _>(Error::invalid("taken back, so that a number is missing"))
        });
        assert!(undone.is_err());
    }
    db.wait_for_log();
    db.write_now(|tx| log::advance(tx, "desk", 3, |_, _| Ok(()))).map(drop)
}

fn happened(id: i64) -> Activity {
    Activity::new(Verb::PostEdited, Actor::SYSTEM, PostId(id), TEST_NOW)
}

fn backup(db: &TestDb) -> Result<(Vec<u8>, archive::Manifest)> {
    let mut file = Vec::new();
    let manifest = archive::write(db.address(), TEST_NOW, &mut file, |_| {})?;
    Ok((file, manifest))
}

#[test]
fn an_archive_of_either_database_restores_into_either() {
    for from in TestDb::each() {
        fill(&from).unwrap();
        let (file, written) = backup(&from).unwrap();
        assert_eq!(archive::verify(&file[..], |_| {}).unwrap().tables, written.tables);
        for to in TestDb::each() {
            let read = archive::restore(to.address(), TEST_NOW, &file[..], |_| {}).unwrap();
            assert_eq!(read.tables, written.tables);
            assert_eq!(backup(&to).unwrap().1.tables, written.tables, "a backup of the restored is the same");
            let names = to
                .read_now(|tx| tx.count("SELECT COUNT(*) AS n FROM people WHERE name LIKE 'Zo%'", &[]))
                .unwrap();
            assert_eq!(names, PEOPLE);
        }
    }
}

#[test]
fn readers_of_the_log_go_on_where_they_stood() {
    for from in TestDb::each() {
        fill(&from).unwrap();
        let (file, _) = backup(&from).unwrap();
        for to in TestDb::each() {
            archive::restore(to.address(), TEST_NOW, &file[..], |_| {}).unwrap();
            to.write_now(|tx| tx.record(&happened(5))).unwrap();
            to.wait_for_log();
            let seen = to
                .write_now(|tx| {
                    let mut seen = Vec::new();
                    log::advance(tx, "desk", 100, |_, entries| {
                        seen.extend(entries.iter().map(|entry| entry.object_id));
                        Ok(())
                    })?;
                    Ok(seen)
                })
                .unwrap();
            assert_eq!(seen, [3, 4, 5]);
        }
    }
}

#[test]
fn a_community_is_never_overwritten() {
    for db in TestDb::each() {
        fill(&db).unwrap();
        let (file, written) = backup(&db).unwrap();
        let refused = archive::restore(db.address(), TEST_NOW, &file[..], |_| {}).unwrap_err();
        assert_eq!(refused.kind, Kind::Conflict);
        assert_eq!(backup(&db).unwrap().1.tables, written.tables);
    }
}

#[test]
fn a_damaged_or_shortened_archive_changes_nothing() {
    let from = TestDb::sqlite().unwrap();
    fill(&from).unwrap();
    let (file, _) = backup(&from).unwrap();
    let mut flipped = file.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x10;
    for broken in [&file[..file.len() / 2], &flipped[..], b"not an archive"] {
        assert!(archive::verify(broken, |_| {}).is_err());
        for to in TestDb::each() {
            assert!(archive::restore(to.address(), TEST_NOW, broken, |_| {}).is_err());
            assert_eq!(to.read_now(|tx| tx.count("SELECT COUNT(*) AS n FROM people", &[])).unwrap(), 0);
        }
    }
    let Address::Sqlite(path) = from.address() else { panic!("a file") };
    let fresh = path.with_file_name("fresh.sqlite");
    assert!(archive::restore(&Address::Sqlite(fresh.clone()), TEST_NOW, &file[..9], |_| {}).is_err());
    assert!(!fresh.exists(), "a failed restore leaves no file behind");
}

#[test]
fn rows_that_do_not_fit_the_manifest_are_refused() {
    let from = TestDb::sqlite().unwrap();
    fill(&from).unwrap();
    let (file, _) = backup(&from).unwrap();
    let plain = zstd::decode_all(&file[..]).unwrap();
    let text = String::from_utf8_lossy(&plain).replacen("Zoë", "Zoé", 1);
    let forged = zstd::encode_all(text.as_bytes(), 1).unwrap();
    let error = archive::verify(&forged[..], |_| {}).unwrap_err();
    assert!(format!("{error:?}").contains("manifest"), "{error:?}");
}

#[test]
fn a_copy_is_taken_while_others_write() {
    for from in TestDb::each() {
        fill(&from).unwrap();
        for to in TestDb::each() {
            let writer = from.second_handle().unwrap();
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    (0..20).for_each(|id| writer.write_now(move |tx| tx.record(&happened(id))).unwrap());
                });
                let copied = archive::copy(from.address(), to.address(), TEST_NOW, |_| {}).unwrap();
                assert_eq!(
                    copied.tables.iter().find(|count| count.table == "people").map(|count| count.rows),
                    Some(2_500)
                );
            });
        }
    }
}
