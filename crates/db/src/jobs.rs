//! Background work, kept in a table so that it is enqueued in the same transaction as its cause and survives a
//! crash. At least once: a job whose process dies runs again when its lease ends, so jobs must bear that.

use mainstreet_kernel::clock::{DAY, MINUTE};
use mainstreet_kernel::id::JobId;
use mainstreet_kernel::{Result, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::params;
use crate::tx::Tx;

/// Work to do later. The payload is the value itself.
pub trait Job: Serialize + DeserializeOwned {
    /// The name in the table.
    const NAME: &'static str;
    /// At most one such job with the same [`Job::once_key`] waits at a time.
    fn once_key(&self) -> Option<String> {
        None
    }
}

/// A job that this process holds until its lease ends.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Its id.
    pub id: JobId,
    /// [`Job::NAME`].
    pub name: String,
    /// The job as JSON.
    pub payload: String,
    /// How often it has been tried before.
    pub attempts: i64,
}

/// How long a process may hold a job before another may take it over.
pub const LEASE: i64 = 5 * MINUTE;
/// A job that failed so often is left alone, for a person to look at.
pub const MOST_ATTEMPTS: i64 = 12;

/// Puts `job` into the queue, to run at `run_at` or soon after.
pub fn enqueue<J: Job>(tx: &mut Tx<'_>, job: &J, run_at: Timestamp) -> Result<()> {
    let payload = serde_json::to_string(job).map_err(mainstreet_kernel::Error::internal)?;
    let id = JobId(tx.mint());
    tx.run(
        "INSERT INTO jobs (id, name, payload, once_key, run_at, attempts, created_at)
         VALUES ($1, $2, $3, $4, $5, 0, $6) ON CONFLICT (name, once_key) DO NOTHING",
        params![id, J::NAME, payload, job.once_key(), run_at, tx.now()],
    )
    .map(drop)
}

/// Takes the job that is due longest and that nobody holds.
pub fn claim(tx: &mut Tx<'_>) -> Result<Option<Claimed>> {
    let now = tx.now();
    let due = tx.first(
        "SELECT id, name, payload, attempts FROM jobs
         WHERE run_at <= $1 AND (lease_until IS NULL OR lease_until <= $1) AND failed_at IS NULL
         ORDER BY run_at, id LIMIT 1 {{SKIP_LOCKED}}",
        params![now],
        |row| {
            Ok(Claimed {
                id: row.get("id")?,
                name: row.get("name")?,
                payload: row.get("payload")?,
                attempts: row.get("attempts")?,
            })
        },
    )?;
    if let Some(job) = &due {
        tx.run(
            "UPDATE jobs SET lease_until = $2, attempts = attempts + 1, once_key = NULL WHERE id = $1",
            params![job.id, now.plus(LEASE)],
        )?;
    }
    Ok(due)
}

/// The job did what it should; its row goes. Called in the transaction that did it: when another process took the
/// job over and was faster, this is an error, and what was done twice is undone.
pub fn finish(tx: &mut Tx<'_>, id: JobId) -> Result<()> {
    tx.run_one(
        "DELETE FROM jobs WHERE id = $1",
        params![id],
        "Another process took this job over and has done it.",
    )
}

/// The job failed, but may succeed later: tried again after a pause that doubles, from one minute up to a day.
/// After [`MOST_ATTEMPTS`] it stays for a person to look at.
pub fn retry(tx: &mut Tx<'_>, job: &Claimed, why: &str) -> Result<()> {
    if job.attempts + 1 >= MOST_ATTEMPTS {
        return give_up(tx, job.id, why);
    }
    let pause = (MINUTE << job.attempts.clamp(0, 20)).min(DAY);
    let at = tx.now().plus(pause);
    tx.run(
        "UPDATE jobs SET lease_until = NULL, run_at = $2, last_error = $3 WHERE id = $1",
        params![job.id, at, why],
    )
    .map(drop)
}

/// The job will never succeed; it stays for a person to look at.
pub fn give_up(tx: &mut Tx<'_>, id: JobId, why: &str) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE jobs SET lease_until = NULL, failed_at = $2, last_error = $3 WHERE id = $1",
        params![id, now, why],
    )
    .map(drop)
}

/// How many jobs wait, and how many were given up.
pub fn counts(tx: &mut Tx<'_>) -> Result<(i64, i64)> {
    let waiting = tx.count("SELECT COUNT(*) AS n FROM jobs WHERE failed_at IS NULL", &[])?;
    let failed = tx.count("SELECT COUNT(*) AS n FROM jobs WHERE failed_at IS NOT NULL", &[])?;
    Ok((waiting, failed))
}
