//! What the desk forgets, in the order in which its tables depend on each other.

use mainstreet_db::Tx;
use mainstreet_kernel::Result;

const EMPTIED: &[&str] = &[
    "DELETE FROM decision_batch_items",
    "DELETE FROM decision_batches",
    "DELETE FROM appeal_voices",
    "DELETE FROM appeals",
    "DELETE FROM decisions",
    "DELETE FROM triage_corrections",
    "DELETE FROM escalations",
    "DELETE FROM signal_notes",
    "DELETE FROM signal_steps",
    "DELETE FROM signal_causes",
    "DELETE FROM signals",
    "DELETE FROM desk_marks",
];

pub(super) fn empty_inbox(tx: &mut Tx<'_>) -> Result<()> {
    for statement in EMPTIED {
        tx.run(statement, &[])?;
    }
    Ok(())
}
