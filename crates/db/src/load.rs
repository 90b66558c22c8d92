//! Filling an empty database with millions of rows.
//!
//! On SQLite that is several times as fast without the indexes that only readers need (they are made at the end,
//! from sorted rows), without looking up every reference, and without waiting for the disk after each batch. What
//! this gives up is the use of a database whose filling was interrupted. So a mark is on the disk before the first
//! row and goes when the last one is there; a database with the mark is not opened. PostgreSQL is left as it is.

use mainstreet_kernel::{Error, Kind, Result};

use crate::nodes::alone;
use crate::tx::Tx;
use crate::{Address, Db, Dialect, params};

/// Bytes of the file kept in memory: enough that rows of many tables do not push each other out.
const CACHE: &str = "PRAGMA cache_size = -262144; PRAGMA wal_autocheckpoint = 20000;";

impl Db {
    /// Prepares an empty database for being filled; `kept` names the indexes that the filling itself reads. Call
    /// [`Db::end_load`] when all is there. A database in which that did not happen cannot be opened again.
    pub fn begin_load(&self, kept: &'static [&'static str]) -> Result<()> {
        self.bare(move |tx| {
            in_transaction(tx, |tx| set_indexes_aside(tx, kept))?;
            tx.batch(CACHE)?;
            tx.batch("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF")
        })
    }

    /// [`Db::write_now`] for a batch of the filling: on SQLite alone in its transaction and in no savepoint, in which
    /// every page changed would be copied aside, and looked through after each statement.
    pub fn load(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<()> + Send + 'static) -> Result<()> {
        if self.dialect() == Dialect::Postgres {
            return self.write_now(work);
        }
        self.bare(move |tx| in_transaction(tx, work))
    }

    /// Makes the indexes, sees to it that everything is on the disk, and is as careful again as always.
    pub fn end_load(&self) -> Result<()> {
        self.bare(|tx| {
            let made =
                tx.all("SELECT sql FROM load_indexes ORDER BY name", &[], |row| row.get::<String>("sql"))?;
            // Sorting may need more room than there is memory, and more than one thread.
            tx.batch("PRAGMA temp_store = FILE; PRAGMA threads = 2")?;
            for sql in &made {
                tx.batch(sql)?;
            }
            tx.batch("PRAGMA temp_store = MEMORY; PRAGMA synchronous = FULL")?;
            // Nothing of the filling may be lost once the mark is gone.
            tx.batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
            tx.batch("PRAGMA foreign_keys = ON; DROP TABLE load_indexes")
        })
    }

    fn bare(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<()> + Send + 'static) -> Result<()> {
        if self.dialect() == Dialect::Postgres {
            return Ok(());
        }
        let (sender, receiver) = crossbeam_channel::bounded(1);
        self.engine.submit_bare(work, move |result| drop(sender.send(result)))?;
        receiver.recv().map_err(|_| crate::stopped())?
    }
}

impl Address {
    /// Whether filling the database here was begun and did not end. It is of no use then.
    pub fn is_half_filled(&self) -> Result<bool> {
        match self {
            Self::Sqlite(path) if path.exists() => {
                alone(self, mainstreet_kernel::Timestamp(0), |tx| Ok(marked(tx)? > 0))
            }
            Self::Sqlite(_) | Self::Postgres(_) => Ok(false),
        }
    }
}

/// Refuses a database that has the mark.
pub(crate) fn refuse_half_filled(address: &Address) -> Result<()> {
    match address {
        Address::Sqlite(path) if address.is_half_filled()? => Err(Error::new(
            Kind::Conflict,
            format!(
                "'{}' is being filled, or filling it was interrupted. If nothing is at work on it, delete it and begin again.",
                path.display()
            ),
        )),
        _ => Ok(()),
    }
}

fn in_transaction(tx: &mut Tx<'_>, work: impl FnOnce(&mut Tx<'_>) -> Result<()>) -> Result<()> {
    tx.batch("BEGIN IMMEDIATE")?;
    work(tx).and_then(|()| tx.batch("COMMIT")).inspect_err(|_| {
        // It may have ended already, when the disk is full.
        let _ = tx.batch("ROLLBACK");
    })
}

/// Sets the mark: what the dropped indexes were.
fn set_indexes_aside(tx: &mut Tx<'_>, kept: &[&str]) -> Result<()> {
    let sql = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name";
    let indexes: Vec<(String, String)> = tx.all(sql, &[], |row| Ok((row.get("name")?, row.get("sql")?)))?;
    tx.batch("CREATE TABLE load_indexes (name TEXT PRIMARY KEY, sql TEXT NOT NULL)")?;
    for (name, sql) in indexes.iter().filter(|(name, _)| !kept.contains(&name.as_str())) {
        tx.run("INSERT INTO load_indexes (name, sql) VALUES ($1, $2)", params![name, sql])?;
        tx.batch(&format!("DROP INDEX {name}"))?;
    }
    Ok(())
}

fn marked(tx: &mut Tx<'_>) -> Result<i64> {
    tx.count("SELECT COUNT(*) AS n FROM sqlite_master WHERE type = 'table' AND name = 'load_indexes'", &[])
}
