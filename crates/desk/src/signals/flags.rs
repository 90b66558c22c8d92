//! The flags behind an item are decided with it.

use mainstreet_community::flags;
use mainstreet_db::Tx;
use mainstreet_kernel::id::SignalId;
use mainstreet_kernel::{Actor, Result};

use super::store;

/// Upholds or clears the open flags behind an item; true when there was any. A decision on a flag is told to the
/// log and stays: a step that made one cannot be taken back.
pub(super) fn decide(tx: &mut Tx<'_>, actor: Actor, signal: SignalId, upheld: bool) -> Result<bool> {
    let open = store::flags_behind(tx, signal)?;
    for flag in &open {
        flags::decide(tx, actor, *flag, upheld)?;
    }
    Ok(!open.is_empty())
}
