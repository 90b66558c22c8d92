//! Migrations: numbered SQL files, the same numbers and names for both databases, each applied once in its own
//! transaction. Applied files are frozen: a changed text is refused.

use mainstreet_kernel::{Error, Result, Timestamp};
use sha2::{Digest, Sha256};

use crate::nodes::alone;
use crate::tx::Tx;
use crate::{Address, Dialect, params};

/// One step of the schema.
#[derive(Debug)]
pub struct Migration {
    /// Its place in the order.
    pub number: i64,
    /// What it does, in a word or two.
    pub name: &'static str,
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

const MIGRATIONS: &[Migration] = include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// The whole schema, for tests and `doctor`.
#[derive(Debug)]
pub struct Schema;

impl Schema {
    /// Every migration, in order.
    pub fn migrations() -> &'static [Migration] {
        MIGRATIONS
    }
}

impl Migration {
    /// The text for one database.
    pub fn text(&self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
        }
    }

    /// What its text must hash to once it has been applied somewhere.
    pub fn hash(&self, dialect: Dialect) -> String {
        Sha256::digest(self.text(dialect)).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Applies what is missing.
pub(crate) fn apply(address: &Address, now: Timestamp) -> Result<()> {
    apply_until(address, now, i64::MAX)
}

/// Numbers and names of what is applied, in order.
pub(crate) fn applied(tx: &mut Tx<'_>) -> Result<Vec<(i64, String)>> {
    tx.all("SELECT number, name FROM schema_migrations ORDER BY number", &[], |row| {
        Ok((row.get("number")?, row.get("name")?))
    })
}

/// Names of the migrations that the next start will apply.
pub(crate) fn missing(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    let known = match tx.dialect() {
        Dialect::Sqlite => {
            tx.count("SELECT COUNT(*) AS n FROM sqlite_master WHERE name = 'schema_migrations'", &[])?
        }
        Dialect::Postgres => tx.count(
            "SELECT COUNT(*) AS n FROM information_schema.tables
             WHERE table_schema = current_schema() AND table_name = 'schema_migrations'",
            &[],
        )?,
    };
    let missing: Vec<&Migration> = if known == 0 { MIGRATIONS.iter().collect() } else { pending(tx)? };
    Ok(missing.iter().map(|migration| format!("{:04}_{}", migration.number, migration.name)).collect())
}

/// Applies what is missing up to migration `last`.
pub(crate) fn apply_until(address: &Address, now: Timestamp, last: i64) -> Result<()> {
    alone(address, now, |tx| {
        tx.batch(
            "CREATE TABLE IF NOT EXISTS schema_migrations
             (number BIGINT PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL, applied_at BIGINT NOT NULL)",
        )?;
        if !pending(tx)?.iter().any(|migration| migration.number <= last) {
            return Ok(());
        }
        tx.batch(match tx.dialect() {
            Dialect::Sqlite => "BEGIN IMMEDIATE",
            Dialect::Postgres => "BEGIN; LOCK TABLE schema_migrations",
        })?;
        for migration in pending(tx)?.into_iter().filter(|migration| migration.number <= last) {
            tracing::info!(number = migration.number, name = migration.name, "applying migration");
            let dialect = tx.dialect();
            tx.batch(migration.text(dialect))?;
            tx.run(
                "INSERT INTO schema_migrations (number, name, hash, applied_at) VALUES ($1, $2, $3, $4)",
                params![migration.number, migration.name, migration.hash(dialect), now],
            )?;
        }
        tx.batch("COMMIT")
    })
}

/// Migrations not yet applied. A frozen one that changed, or one from a newer program, is an error.
fn pending(tx: &mut Tx<'_>) -> Result<Vec<&'static Migration>> {
    let dialect = tx.dialect();
    let applied = tx.all("SELECT number, hash FROM schema_migrations ORDER BY number", &[], |row| {
        Ok((row.get::<i64>("number")?, row.get::<String>("hash")?))
    })?;
    for (number, hash) in &applied {
        match MIGRATIONS.iter().find(|migration| migration.number == *number) {
            None => {
                return Err(Error::unavailable(
                    "This database was made by a newer Mainstreet. Install that version, or a later one.",
                    format!("unknown migration {number}"),
                ));
            }
            Some(migration) if migration.hash(dialect) != *hash => {
                return Err(Error::unavailable(
                    "This database's schema differs from this program's. Install the version that made it.",
                    format!("migration {number} has another text than when it was applied"),
                ));
            }
            Some(_) => {}
        }
    }
    Ok(MIGRATIONS
        .iter()
        .filter(|migration| !applied.iter().any(|(number, _)| *number == migration.number))
        .collect())
}
