//! How far an index has come, looked at from outside while its node may be at work.

use std::path::Path;

use mainstreet_db::Tx;
use mainstreet_db::log::Cursor;
use mainstreet_kernel::id::PostId;
use mainstreet_kernel::{Result, Timestamp};
use tantivy::Index;

use super::feed::{self, CONCERNED};
use super::{VERSION, store};

/// How far an index has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Rows of the log, of those that change what can be found, that it has yet to take in.
    pub behind: i64,
    /// When the oldest of them was recorded.
    pub since: Option<Timestamp>,
    /// Posts that are still to be read while it is built anew; `None`: it is complete.
    pub to_read: Option<i64>,
}

/// Compares the index in `folder` with the database; `None` when there is no index. Changes nothing and waits for
/// nobody. Errors: the database cannot be read.
pub fn standing(tx: &mut Tx<'_>, folder: &Path) -> Result<Option<Standing>> {
    let Ok(index) = Index::open_in_dir(folder) else { return Ok(None) };
    let known = feed::position(&index);
    let (place, end) = store::place(tx)?;
    let at = Cursor { tx: known.tx, seq: known.seq };
    // An index of another place, of an older version or ahead of the log is built anew at the next step.
    let foreign = known.version != VERSION || known.place != place || at > end;
    let scan = if foreign { Some(0) } else { known.scan };
    let (behind, since) = store::past(tx, if foreign { Cursor::default() } else { at }, CONCERNED)?;
    let to_read = scan.map(|last| store::posts_after(tx, PostId(last))).transpose()?;
    Ok(Some(Standing { behind, since, to_read }))
}
