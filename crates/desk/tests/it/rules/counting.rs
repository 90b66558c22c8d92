//! How many people a segment holds, in a community too large to be asked at every look.

use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_desk::segments;
use mainstreet_kernel::Result;
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::id::SegmentId;

use crate::support::cast;

const LABELLED: &str = "segment: customers\nif:\n  - author.labels includes any: [customer]\n";
const QUIET: &str = "segment: customers\nif:\n  - not author.labels includes any: [customer]\n";

/// More people than are counted at each look.
fn crowd(db: &TestDb) -> Result<()> {
    db.write_now(|tx| {
        tx.run(
            "INSERT INTO people (id, name, class, joined_at) WITH RECURSIVE n(i) AS
               (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4001)
             SELECT 9000000 + i, 'Somebody', 'member', 0 FROM n",
            &[],
        )
        .map(drop)
    })
}

/// People in it, of how many, and when that was counted.
fn counted(db: &TestDb, id: SegmentId) -> Result<Option<(i64, i64, i64)>> {
    let found = db.read_now(segments::counts)?;
    Ok(found.get(&id).map(|count| (count.people, count.of, count.at.0)))
}

#[test]
fn a_large_community_is_counted_every_hour_and_after_a_change() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let (segment, _) = db.write_now(move |tx| segments::save(tx, cast.ada, None, LABELLED))?;
        db.write_now(move |tx| segments::give(tx, cast.ada, "mira", "customer", 30).map(drop))?;
        let all = counted(db, segment.id)?.map(|(people, of, _)| (people, of));
        let Some((1, few)) = all else { panic!("a small place is counted at each look: {all:?}") };
        crowd(db)?;
        assert_eq!(counted(db, segment.id)?, None, "a large one waits to be counted");
        let first = db.clock().now().0;
        segments::recount(db)?;
        assert_eq!(counted(db, segment.id)?, Some((1, few + 4001, first)));
        // What comes within the hour is not in it.
        db.hand.advance(HOUR - 1);
        db.write_now(move |tx| segments::give(tx, cast.ada, "nils", "customer", 30).map(drop))?;
        segments::recount(db)?;
        assert_eq!(counted(db, segment.id)?, Some((1, few + 4001, first)));
        db.hand.advance(1);
        segments::recount(db)?;
        assert_eq!(counted(db, segment.id)?, Some((2, few + 4001, first + HOUR)));
        // Another text is another segment: its old count says nothing.
        db.write_now(move |tx| segments::save(tx, cast.ada, Some(segment.id), QUIET).map(drop))?;
        assert_eq!(counted(db, segment.id)?, None);
        segments::recount(db)?;
        assert_eq!(counted(db, segment.id)?, Some((few + 4001 - 2, few + 4001, first + HOUR)));
        // One that went in the middle of it leaves no count behind.
        db.write_now(move |tx| segments::remove(tx, cast.ada, segment.id))?;
        segments::recount(db)?;
        assert_eq!(db.read_now(|tx| tx.count("SELECT COUNT(*) AS n FROM segment_counts", &[]))?, 0);
        Ok(())
    });
}
