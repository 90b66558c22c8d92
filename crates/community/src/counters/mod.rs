//! Counts that are kept beside what they count, so that lists need not count: compared, and counted anew.
//!
//! The verbs keep them right one by one. This is for `doctor`, which looks whether they still agree, and for work
//! that changes many rows at once.

mod store;

use mainstreet_db::Tx;
use mainstreet_kernel::Result;

/// A kept count that differs from what it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// Which: `table.column`.
    pub counter: String,
    /// In how many rows.
    pub rows: i64,
}

/// Every counter that is wrong somewhere.
pub fn drifts(tx: &mut Tx<'_>) -> Result<Vec<Drift>> {
    let mut found = Vec::new();
    for counter in store::COUNTERS {
        let rows = store::differing(tx, counter)?;
        if rows > 0 {
            found.push(Drift { counter: format!("{}.{}", counter.table, counter.column), rows });
        }
    }
    Ok(found)
}

/// Counts everything anew. Answers how many rows were wrong.
pub fn recount(tx: &mut Tx<'_>) -> Result<u64> {
    let mut mended = 0;
    for counter in store::COUNTERS {
        mended += store::mend(tx, counter)?;
    }
    Ok(mended)
}
