//! Rules at work, on both databases.

mod acting;
mod counting;
mod mentions;
mod people;
mod replay;
mod segments;
mod working;

use mainstreet_db::{Db, log};
use mainstreet_desk::rules::{self, Report, Watch, live};
use mainstreet_kernel::{Result, Timestamp};

/// Lets the rules read the log to its end, so many rows at a time, and look at the clock.
pub(crate) fn read(db: &Db, batch: usize) -> Result<()> {
    loop {
        let taken = db.write_now(move |tx| log::advance(tx, rules::READER, batch, live::advance))?;
        if taken == 0 && unread(db)? == 0 {
            break;
        }
        if taken == 0 {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
    db.write_now(live::sweep)
}

fn unread(db: &Db) -> Result<i64> {
    db.read_now(|tx| {
        tx.count(
            "SELECT COUNT(*) AS n FROM activities a, log_cursors c WHERE c.reader = 'rules'
             AND (a.tx > c.tx OR (a.tx = c.tx AND a.seq > c.seq))",
            &[],
        )
    })
}

/// Back-tests the rules of a text.
pub(crate) fn backtest(db: &Db, text: &str, from: Timestamp, to: Timestamp) -> Result<Vec<Report>> {
    let text = text.to_owned();
    db.read_now(move |tx| {
        let reading = rules::check(tx, mainstreet_kernel::Role::Owner, &text)?;
        assert!(mainstreet_rules::may_be_saved(&reading.findings), "{:?}", reading.findings);
        rules::backtest(tx, &reading.rules, from, to, &Watch::default())
    })
}
