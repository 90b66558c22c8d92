//! Kept up as the log grows, or built again from its start: the same numbers.

use std::cell::RefCell;

use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_db::{Dialect, Tx};
use mainstreet_kernel::Result;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use super::history::{Act, ZONE, acts, advance, set_zone, settle, sweep};
use mainstreet_desk::metrics::rollups;

const TABLES: [(&str, &str); 6] = [
    ("metric_contributions", "space_id, day, class"),
    ("metric_person_days", "space_id, person_id, class, day"),
    ("metric_first_days", "space_id, person_id"),
    ("metric_active", "space_id, measure, day"),
    ("metric_cohorts", "space_id, cohort, week"),
    ("metric_clocks", "topic_id"),
];

/// Every roll-up as text, one line a row.
fn dump(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for (table, order) in TABLES {
        let sql = format!("SELECT * FROM {table} ORDER BY {order}");
        lines.extend(tx.all(&sql, &[], |row| Ok(format!("{table} {:?}", row.clone().into_parts().1)))?);
    }
    Ok(lines)
}

/// Lives through a history, catching up now and then, and says what the roll-ups hold; then builds them again.
fn both_ways(database: &TestDb, history: &[Act], batch: usize) -> Result<(Vec<String>, Vec<String>)> {
    database.write_now(sweep)?;
    for part in history.chunks(7) {
        let part = part.to_vec();
        database.write_now(move |tx| part.iter().try_for_each(|act| act.happen(tx)))?;
        database.write_now(move |tx| advance(tx, batch))?;
    }
    settle(database, batch)?;
    let kept = database.write_now(dump)?;
    database.write_now(rollups::build_again)?;
    Ok((kept, database.write_now(dump)?))
}

#[test]
fn keeping_up_and_building_again_agree() {
    on_each_database(|database| {
        let cases = if database.dialect() == Dialect::Sqlite { 40 } else { 6 };
        let mut runner = TestRunner::new(Config {
            cases,
            failure_persistence: None,
            max_shrink_iters: 300,
            ..Config::default()
        });
        let trouble = RefCell::new(None);
        let result = runner.run(&(acts(80), 1..30_usize), |(history, batch)| {
            match both_ways(database, &history, batch) {
                Ok((kept, built)) => {
                    let differing = |a: &[String], b: &[String]| -> Vec<String> {
                        a.iter().filter(|line| !b.contains(line)).cloned().collect()
                    };
                    let (only_kept, only_built) = (differing(&kept, &built), differing(&built, &kept));
                    prop_assert!(
                        only_kept.is_empty() && only_built.is_empty(),
                        "kept {only_kept:#?} built {only_built:#?}"
                    );
                }
                Err(error) => {
                    let text = format!("{error:?}");
                    *trouble.borrow_mut() = Some(error);
                    return Err(TestCaseError::fail(text));
                }
            }
            Ok(())
        });
        assert!(result.is_ok(), "{}", result.err().map(|error| error.to_string()).unwrap_or_default());
        trouble.into_inner().map_or(Ok(()), Err)
    });
}

#[test]
fn another_zone_cuts_other_days() {
    on_each_database(|database| {
        database.write_now(sweep)?;
        database.write_now(super::telling::one_question)?;
        settle(database, 10)?;
        let kolkata = database.write_now(dump)?;
        // The change of the setting is an activity itself, so the reader notices.
        database.write_now(|tx| set_zone(tx, "UTC"))?;
        settle(database, 10)?;
        assert_ne!(kolkata, database.write_now(dump)?, "19:00 UTC is the next day in Kolkata");
        database.write_now(|tx| set_zone(tx, ZONE))?;
        settle(database, 10)?;
        assert_eq!(kolkata, database.write_now(dump)?);
        Ok(())
    });
}
