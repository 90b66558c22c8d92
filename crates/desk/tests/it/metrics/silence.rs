//! Nobody steps in although much is written: somebody must ask whether flags reach anyone.

use mainstreet_db::testing::on_each_database;
use mainstreet_desk::metrics::clocks::Population;
use mainstreet_desk::metrics::figure::Figure;
use mainstreet_desk::metrics::figures::Query;
use mainstreet_desk::metrics::moderation::figures;
use mainstreet_kernel::Zone;
use mainstreet_kernel::clock::{DAY, HOUR};

use crate::support::{answer, ask, cast};

#[track_caller]
fn found<'a>(all: &'a [Figure], id: &str) -> &'a Figure {
    all.iter().find(|figure| figure.id == id).unwrap_or_else(|| panic!("no figure {id}"))
}

#[test]
fn silence_is_noticed_when_much_is_written() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let from = db.clock().now();
        let (topic, _) = ask(db, cast.mira, cast.help, "Which register is it?", "Nothing is said.", true)?;
        for number in 0..520 {
            db.hand.advance(HOUR);
            if number % 130 == 0 {
                answer(db, cast.nils, topic, &format!("It is register {number}."))?;
            }
        }
        db.write_now(move |tx| {
            let rows: Vec<_> = (0..520_i64)
                .map(|number| {
                    let (id, at) = (tx.mint(), tx.now().plus(-(number + 30) * HOUR));
                    mainstreet_db::row![id, topic, 1_000 + number, cast.nils.person, at]
                })
                .collect();
            for row in rows {
                tx.run(
                    "INSERT INTO posts (id, topic_id, account_id, number, person_id, person_class, body, html, state,
                       created_at) SELECT $1, $2, account_id, $3, $4, 'member', 'x', '', 'published', $5 FROM topics",
                    &row,
                )?;
            }
            Ok(())
        })?;
        db.hand.advance(14 * DAY);
        let now = db.clock().now();
        let query =
            Query { from, to: now, now, zone: Zone::utc(), space: None, population: Population::Question };
        let all = db.read_now(move |tx| figures(tx, &query))?;
        let silence = found(&all, "intervention-silence");
        assert!(silence.value >= Some(4.0) && silence.n >= Some(500), "{silence:?}");
        assert!(
            silence.note.as_ref().is_some_and(|note| note.contains("Do flags reach someone?")),
            "{silence:?}"
        );
        let coverage = found(&all, "coverage");
        assert_eq!(coverage.k, Some(0), "no staff has read it: {coverage:?}");
        Ok(())
    });
}
