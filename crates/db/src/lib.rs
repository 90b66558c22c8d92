//! The data layer: one SQL text, two databases.
//!
//! [`Db`] owns threads, each with a connection. Work is handed to them as closures: [`Db::read`] and
//! [`Db::write`] for async callers, [`Db::read_now`] and [`Db::write_now`] for the rest. Inside a closure code is
//! plain synchronous Rust over a [`Tx`]; a transaction cannot be held across a network call, because the
//! closure cannot await.
//!
//! **Invariant:** this is the only crate that names a database driver.

pub mod archive;
mod checkup;
mod dialect;
mod engine;
pub mod jobs;
mod load;
pub mod log;
mod migrate;
mod nodes;
mod postgres;
mod sqlite;
pub mod testing;
mod tx;
mod value;

use std::path::PathBuf;
use std::sync::Arc;

pub use checkup::{Checkup, Jobs, Mail, Reader, checkup};
pub use dialect::{Dialect, placeholders};
use mainstreet_kernel::{Clock, Error, IdMint, Result};
pub use migrate::{Migration, Schema};
pub use tx::Tx;
pub use value::{FromValue, Row, Value};

use crate::engine::Engine;

/// Where the database is: `sqlite:PATH` or `postgres://user@host/name[?schema=NAME]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// An embedded file.
    Sqlite(PathBuf),
    /// A server.
    Postgres(String),
}

impl std::str::FromStr for Address {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err(Error::invalid("The database address names no file. Write sqlite:PATH."));
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        Err(Error::invalid(format!(
            "'{}' is no database address. Write sqlite:PATH or postgres://user@host/name.",
            text.split('@').next_back().unwrap_or_default()
        )))
    }
}

impl Address {
    /// Another database beside this one, told apart by `mark`: a file in the same folder, or a schema on the same
    /// server. `mark` holds letters, digits and underscores.
    #[must_use]
    pub fn beside(&self, mark: &str) -> Self {
        match self {
            Self::Sqlite(path) => {
                let mut name = path.file_stem().unwrap_or_default().to_owned();
                name.push(format!(".{mark}.sqlite"));
                Self::Sqlite(path.with_file_name(name))
            }
            Self::Postgres(url) => {
                let (base, schema) = postgres::split_schema(url);
                let schema = schema.map_or_else(|| mark.to_owned(), |schema| format!("{schema}_{mark}"));
                let join = if base.contains('?') { '&' } else { '?' };
                Self::Postgres(format!("{base}{join}schema={schema}"))
            }
        }
    }

    /// Is there anything at this address?
    pub fn exists(&self) -> Result<bool> {
        match self {
            Self::Sqlite(path) => Ok(path.exists()),
            Self::Postgres(_) => nodes::alone(self, mainstreet_kernel::Timestamp(0), |tx| {
                let schemas = "SELECT COUNT(*) AS n FROM information_schema.schemata WHERE schema_name = current_schema()";
                Ok(tx.count(schemas, &[])? > 0)
            }),
        }
    }

    /// Makes an empty place at this address, instead of whatever was there. Only for copies made with
    /// [`Address::beside`].
    pub fn clear(&self) -> Result<()> {
        match self {
            Self::Sqlite(path) => {
                sqlite::remove(path);
                Ok(())
            }
            Self::Postgres(url) => match postgres::split_schema(url) {
                (base, Some(schema)) => postgres::make_schema(&base, &schema),
                _ => Err(Error::internal("only a schema can be cleared")),
            },
        }
    }
}

/// A handle to the database. Cheap to clone; the last one closes it.
#[derive(Clone)]
pub struct Db {
    engine: Arc<Engine>,
}

impl Db {
    /// Opens the database, applies missing migrations and claims a node number for this process. Refuses a file
    /// whose filling was interrupted.
    pub fn open(address: &Address, clock: Clock) -> Result<Self> {
        Self::open_with(address, clock, 0)
    }

    /// Like [`Db::open`]; `seed` makes the ids of imported things repeatable (0: spread by the clock).
    pub fn open_with(address: &Address, clock: Clock, seed: u32) -> Result<Self> {
        outside_runtime(|| Self::open_here(address, clock, seed))
    }

    fn open_here(address: &Address, clock: Clock, seed: u32) -> Result<Self> {
        load::refuse_half_filled(address)?;
        migrate::apply(address, clock.now())?;
        let node = nodes::claim(address, clock.now())?;
        let seed = if seed == 0 {
            (clock.now().0 as u32).wrapping_mul(2_654_435_761) ^ std::process::id()
        } else {
            seed
        };
        let mint = IdMint::new(node, seed);
        Ok(Self { engine: Arc::new(Engine::start(address, clock, mint, node)?) })
    }

    /// Runs `work` on a connection that only reads, on its own thread.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        self.engine.submit_read(work, move |result| drop(sender.send(result)))?;
        receiver.await.map_err(|_| stopped())?
    }

    /// Runs `work` in a write transaction and answers once it is committed and durable. An error rolls back.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        self.engine.submit_write(work, move |result| drop(sender.send(result)))?;
        receiver.await.map_err(|_| stopped())?
    }

    /// [`Db::read`] for callers outside the async runtime.
    pub fn read_now<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (sender, receiver) = crossbeam_channel::bounded(1);
        self.engine.submit_read(work, move |result| drop(sender.send(result)))?;
        receiver.recv().map_err(|_| stopped())?
    }

    /// [`Db::write`] for callers outside the async runtime.
    pub fn write_now<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (sender, receiver) = crossbeam_channel::bounded(1);
        self.engine.submit_write(work, move |result| drop(sender.send(result)))?;
        receiver.recv().map_err(|_| stopped())?
    }

    /// Changes whenever activities may have been added to the log, by this process or (on PostgreSQL) any other.
    pub fn log_changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.engine.changes.subscribe()
    }

    /// Which database this is.
    pub fn dialect(&self) -> Dialect {
        self.engine.dialect
    }

    /// Where the database is.
    pub fn address(&self) -> &Address {
        &self.engine.address
    }

    /// The number of this process among those on the database.
    pub fn node(&self) -> u8 {
        self.engine.node
    }

    /// The clock every transaction reads.
    pub fn clock(&self) -> &Clock {
        &self.engine.clock
    }

    /// Renews this process's claim on its node number. Call it every few minutes in a long-running process.
    pub async fn renew_node(&self) -> Result<()> {
        let node = self.engine.node;
        self.write(move |tx| nodes::renew(tx, node)).await
    }
}

/// Runs `work`, which connects and waits, where a caller inside the async runtime may wait too.
fn outside_runtime<T>(work: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    match Handle::try_current() {
        Ok(handle) if handle.runtime_flavor() == RuntimeFlavor::MultiThread => {
            tokio::task::block_in_place(work)
        }
        _ => work(),
    }
}

fn stopped() -> Error {
    Error::unavailable("The database is shutting down. Try again in a moment.", "a database thread has ended")
}
