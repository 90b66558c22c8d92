//! The desk of a place that was put back to an earlier time (`mainstreet_community::rewind`): it forgets its items and
//! its figures, and hears the log again from the beginning. Who answers for what and the prepared answers stay.

mod store;

use mainstreet_db::Tx;
use mainstreet_kernel::Result;

use crate::metrics;

/// Empties the inbox and the roll-ups. The log's readers must have been set back before.
pub fn forget(tx: &mut Tx<'_>) -> Result<()> {
    store::empty_inbox(tx)?;
    metrics::rollups::build_again(tx)
}
