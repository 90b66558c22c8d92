//! Looking a database over without changing it, for `mainstreet doctor`.

use mainstreet_kernel::clock::MINUTE;
use mainstreet_kernel::{Result, Timestamp};

use crate::nodes::alone;
use crate::tx::Tx;
use crate::{Address, Dialect, migrate, params};

/// What a database looks like from outside.
#[derive(Clone, Debug, Default)]
pub struct Checkup {
    /// Migrations that the next start will apply.
    pub pending: Vec<String>,
    /// What the database itself says about damaged pages, rows without their owner, or its version. Empty: sound.
    pub damage: Vec<String>,
    /// How far its clock is ahead of ours, in milliseconds; `None` for a file, which has no clock.
    pub clock_ahead: Option<i64>,
    /// Rows of the log recorded later than now.
    pub from_the_future: i64,
    /// How long the oldest running transaction has been open, in milliseconds: readers of the log wait for it.
    pub oldest_transaction: i64,
    /// Readers of the log.
    pub readers: Vec<Reader>,
    /// Background work.
    pub jobs: Jobs,
    /// Mail that could not be sent, and how much waits.
    pub mail: Mail,
    /// Processes with a claim on the database.
    pub nodes: i64,
}

/// A reader of the log and what it has yet to read.
#[derive(Clone, Debug)]
pub struct Reader {
    /// Its name.
    pub name: String,
    /// How many rows it is behind.
    pub behind: i64,
    /// When the oldest of them was recorded.
    pub since: Option<Timestamp>,
}

/// Background work.
#[derive(Clone, Debug, Default)]
pub struct Jobs {
    /// Not yet done.
    pub waiting: i64,
    /// Due for more than fifteen minutes, and held by nobody.
    pub overdue: i64,
    /// Given up: name and last error of the latest few.
    pub failed: Vec<(String, String)>,
}

/// Mail on its way out.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    /// Not yet sent.
    pub waiting: i64,
    /// When the oldest of them was written.
    pub since: Option<Timestamp>,
    /// What went wrong with the latest that failed.
    pub error: Option<String>,
}

/// Looks the database over. An error means that it cannot be reached or is of another version.
pub fn checkup(address: &Address, now: Timestamp) -> Result<Checkup> {
    alone(address, now, |tx| {
        let pending = migrate::missing(tx)?;
        let mut found = Checkup { pending, ..Checkup::default() };
        match tx.dialect() {
            Dialect::Sqlite => inspect_file(tx, &mut found)?,
            Dialect::Postgres => inspect_server(tx, now, &mut found)?,
        }
        if found.pending.is_empty() {
            read_tables(tx, now, &mut found)?;
        }
        Ok(found)
    })
}

fn inspect_file(tx: &mut Tx<'_>, found: &mut Checkup) -> Result<()> {
    let lines =
        tx.all("SELECT integrity_check AS line FROM pragma_integrity_check LIMIT 20", &[], |row| {
            row.get::<String>("line")
        })?;
    found.damage.extend(lines.into_iter().filter(|line| line != "ok"));
    let orphans = tx.all(
        "SELECT \"table\" AS child, parent, COUNT(*) AS n FROM pragma_foreign_key_check GROUP BY 1, 2",
        &[],
        |row| {
            let (child, parent, n): (String, String, i64) =
                (row.get("child")?, row.get("parent")?, row.get("n")?);
            Ok(format!("{n} rows of {child} point to missing {parent}"))
        },
    )?;
    found.damage.extend(orphans);
    Ok(())
}

fn inspect_server(tx: &mut Tx<'_>, now: Timestamp, found: &mut Checkup) -> Result<()> {
    let version = tx.count("SELECT CAST(current_setting('server_version_num') AS BIGINT) AS n", &[])?;
    if version < 150_000 {
        found
            .damage
            .push(format!("the server is version {}, and 15 is the oldest supported", version / 10_000));
    }
    for setting in ["fsync", "full_page_writes"] {
        let value = tx
            .one("SELECT current_setting($1) AS value", params![setting], |row| row.get::<String>("value"))?;
        if value != "on" {
            found.damage.push(format!("{setting} is {value}: a power cut can destroy the database"));
        }
    }
    let server = tx.count("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS n", &[])?;
    found.clock_ahead = Some(server - now.0);
    found.oldest_transaction = tx.count(
        "SELECT CAST(COALESCE(MAX(EXTRACT(EPOCH FROM clock_timestamp() - xact_start)) * 1000, 0) AS BIGINT) AS n
         FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()",
        &[],
    )?;
    Ok(())
}

fn read_tables(tx: &mut Tx<'_>, now: Timestamp, found: &mut Checkup) -> Result<()> {
    found.from_the_future =
        tx.count("SELECT COUNT(*) AS n FROM activities WHERE recorded_at > $1", params![now.plus(MINUTE)])?;
    let readers = tx.all("SELECT reader, tx, seq FROM log_cursors ORDER BY reader", &[], |row| {
        Ok((row.get::<String>("reader")?, row.get::<i64>("tx")?, row.get::<i64>("seq")?))
    })?;
    for (name, at_tx, at_seq) in readers {
        let (behind, since) = tx.one(
            "SELECT COUNT(*) AS n, MIN(recorded_at) AS since FROM activities WHERE tx > $1 OR (tx = $1 AND seq > $2)",
            params![at_tx, at_seq],
            |row| Ok((row.get("n")?, row.get("since")?)),
        )?;
        found.readers.push(Reader { name, behind, since });
    }
    let late = now.plus(-15 * MINUTE);
    found.jobs = Jobs {
        waiting: tx.count("SELECT COUNT(*) AS n FROM jobs WHERE failed_at IS NULL", &[])?,
        overdue: tx.count(
            "SELECT COUNT(*) AS n FROM jobs
             WHERE failed_at IS NULL AND run_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)",
            params![late],
        )?,
        failed: tx.all(
            "SELECT name, COALESCE(last_error, '') AS why FROM jobs
             WHERE failed_at IS NOT NULL ORDER BY failed_at DESC LIMIT 5",
            &[],
            |row| Ok((row.get("name")?, row.get("why")?)),
        )?,
    };
    let (waiting, since) = tx.one(
        "SELECT COUNT(*) AS n, MIN(created_at) AS since FROM mails WHERE sent_at IS NULL",
        &[],
        |row| Ok((row.get("n")?, row.get("since")?)),
    )?;
    let error = tx.first(
        "SELECT last_error FROM mails WHERE sent_at IS NULL AND last_error IS NOT NULL ORDER BY id DESC LIMIT 1",
        &[],
        |row| row.get("last_error"),
    )?;
    found.mail = Mail { waiting, since, error };
    found.nodes = tx.count("SELECT COUNT(*) AS n FROM nodes WHERE lease_until > $1", params![now])?;
    Ok(())
}
