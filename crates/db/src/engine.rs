//! The threads that own connections.
//!
//! SQLite: one writer, a few readers. The writer takes all closures that wait, runs each in a savepoint, commits
//! once, and only then answers: many small writes share one disk flush without their authors knowing.
//! PostgreSQL: a pool of equal connections; the server does the sharing.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossbeam_channel::{Receiver, Sender, unbounded};
use mainstreet_kernel::{Clock, Error, IdMint, Kind, Result};
use tokio::sync::watch;

use crate::dialect::Dialect;
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::tx::{Connection, Tx};
use crate::{Address, nodes};

const SQLITE_READERS: usize = 3;
const POSTGRES_CONNECTIONS: usize = 8;
/// At most so many closures share one commit, so that the first does not wait for ever.
const GROUP: usize = 128;

/// Answers the caller once the commit's fate is known.
type Finish = Box<dyn FnOnce(Result<()>) + Send>;

/// A closure on its way to a thread: runs (unless there is no transaction to run in), and says whether to keep
/// its changes.
type Work = Box<dyn FnOnce(Result<&mut Tx<'_>>) -> (bool, Finish) + Send>;

enum Request {
    Read(Work),
    Write(Work),
    /// As a write, but in no transaction: for what a database only does outside of one.
    Bare(Work),
}

pub(crate) struct Engine {
    pub(crate) dialect: Dialect,
    pub(crate) address: Address,
    pub(crate) clock: Clock,
    pub(crate) node: u8,
    pub(crate) changes: watch::Sender<u64>,
    reads: Sender<Request>,
    writes: Sender<Request>,
    alive: Arc<AtomicBool>,
}

struct Shared {
    address: Address,
    clock: Clock,
    mint: Arc<IdMint>,
    changes: watch::Sender<u64>,
}

impl Engine {
    pub(crate) fn start(address: &Address, clock: Clock, mint: IdMint, node: u8) -> Result<Self> {
        let (changes, _) = watch::channel(0);
        let alive = Arc::new(AtomicBool::new(true));
        let (reads, read_queue) = unbounded();
        let shared = Arc::new(Shared {
            address: address.clone(),
            clock: clock.clone(),
            mint: Arc::new(mint),
            changes: changes.clone(),
        });
        let (dialect, writes) = match address {
            Address::Sqlite(path) => {
                let (writes, write_queue) = unbounded();
                let writer = Connection::Sqlite(Sqlite::open(path, true)?);
                spawn("db-writer", Arc::clone(&shared), writer, write_queue, write_in_groups)?;
                for _ in 0..SQLITE_READERS {
                    let reader = Connection::Sqlite(Sqlite::open(path, false)?);
                    spawn("db-reader", Arc::clone(&shared), reader, read_queue.clone(), serve_one_by_one)?;
                }
                (Dialect::Sqlite, writes)
            }
            Address::Postgres(url) => {
                for _ in 0..POSTGRES_CONNECTIONS {
                    let connection = Connection::Postgres(Postgres::open(url)?);
                    spawn("db", Arc::clone(&shared), connection, read_queue.clone(), serve_one_by_one)?;
                }
                crate::log::listen(url.clone(), changes.clone(), Arc::clone(&alive));
                (Dialect::Postgres, reads.clone())
            }
        };
        Ok(Self { dialect, address: address.clone(), clock, node, changes, reads, writes, alive })
    }

    pub(crate) fn submit_read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
        answer: impl FnOnce(Result<T>) + Send + 'static,
    ) -> Result<()> {
        self.reads.send(Request::Read(package(work, answer))).map_err(|_| crate::stopped())
    }

    pub(crate) fn submit_write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
        answer: impl FnOnce(Result<T>) + Send + 'static,
    ) -> Result<()> {
        self.writes.send(Request::Write(package(work, answer))).map_err(|_| crate::stopped())
    }

    /// Runs `work` on the SQLite writer's connection in no transaction.
    pub(crate) fn submit_bare(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<()> + Send + 'static,
        answer: impl FnOnce(Result<()>) + Send + 'static,
    ) -> Result<()> {
        self.writes.send(Request::Bare(package(work, answer))).map_err(|_| crate::stopped())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.alive.store(false, Ordering::Relaxed);
        let _ = crate::outside_runtime(|| nodes::release(&self.address, self.node));
    }
}

/// Wraps a typed closure so that a thread can run it without knowing its result.
fn package<T: Send + 'static>(
    work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    answer: impl FnOnce(Result<T>) + Send + 'static,
) -> Work {
    Box::new(move |tx| {
        let result = tx.and_then(|tx| {
            catch_unwind(AssertUnwindSafe(|| work(tx)))
                .unwrap_or_else(|_| Err(Error::internal("a database closure panicked")))
        });
        let keep = result.is_ok();
        (keep, Box::new(move |commit: Result<()>| answer(commit.and(result))))
    })
}

fn spawn(
    name: &str,
    shared: Arc<Shared>,
    connection: Connection,
    queue: Receiver<Request>,
    run: fn(&Shared, Connection, &Receiver<Request>),
) -> Result<()> {
    thread::Builder::new()
        .name(name.to_owned())
        .stack_size(1 << 20)
        .spawn(move || run(&shared, connection, &queue))
        .map(drop)
        .map_err(Error::internal)
}

/// The SQLite writer.
fn write_in_groups(shared: &Shared, mut connection: Connection, queue: &Receiver<Request>) {
    let mut held = None;
    while let Some(request) = held.take().or_else(|| queue.recv().ok()) {
        let mut tx = Tx::new(&mut connection, &shared.clock, &shared.mint);
        let first = match request {
            Request::Bare(work) => {
                work(Ok(&mut tx)).1(Ok(()));
                continue;
            }
            Request::Read(work) | Request::Write(work) => work,
        };
        if let Err(error) = tx.batch("BEGIN IMMEDIATE") {
            first(Err(error)).1(Ok(()));
            continue;
        }
        let mut waiting = Vec::new();
        let mut next = Some(first);
        while let Some(work) = next {
            let finish = in_savepoint(&mut tx, work);
            waiting.push(finish);
            next = match if waiting.len() < GROUP && tx.is_open() { queue.try_recv().ok() } else { None } {
                Some(Request::Read(work) | Request::Write(work)) => Some(work),
                bare => {
                    held = bare;
                    None
                }
            };
        }
        let recorded = tx.recorded;
        // A full disk ends the whole group: what came before the one that met it is gone as well.
        let commit = if tx.is_open() { tx.batch("COMMIT") } else { Err(undone()) };
        if commit.is_err() {
            let _ = tx.batch("ROLLBACK");
        } else if recorded > 0 {
            shared.changes.send_modify(|count| *count += 1);
        }
        for finish in waiting {
            finish(commit.as_ref().copied().map_err(|error| Error::new(error.kind, error.safe.clone())));
        }
        if let Err(error) = commit {
            tracing::error!(?error, "a group of writes was not committed");
        }
    }
}

fn undone() -> Error {
    Error::new(
        Kind::Unavailable,
        "The database could not keep what was written at this moment, so nothing was saved. Keep what you wrote, and try again.",
    )
}

fn in_savepoint(tx: &mut Tx<'_>, work: Work) -> Finish {
    if let Err(error) = tx.batch("SAVEPOINT one") {
        return work(Err(error)).1;
    }
    let before = tx.recorded;
    let (keep, finish) = work(Ok(tx));
    if !tx.is_open() {
        return finish;
    }
    let ended = if keep { tx.batch("RELEASE one") } else { tx.batch("ROLLBACK TO one; RELEASE one") };
    if !keep {
        tx.recorded = before;
    }
    match ended {
        Ok(()) => finish,
        Err(error) => Box::new(move |_| finish(Err(error))),
    }
}

/// A SQLite reader, or any PostgreSQL connection.
fn serve_one_by_one(shared: &Shared, mut connection: Connection, queue: &Receiver<Request>) {
    while let Ok(request) = queue.recv() {
        if let (Connection::Postgres(postgres), Address::Postgres(url)) = (&connection, &shared.address)
            && postgres.is_closed()
            && let Ok(fresh) = Postgres::open(url)
        {
            connection = Connection::Postgres(fresh);
        }
        let mut tx = Tx::new(&mut connection, &shared.clock, &shared.mint);
        match request {
            Request::Read(work) => {
                let snapshot = tx.dialect() == Dialect::Sqlite && tx.batch("BEGIN").is_ok();
                let (_, finish) = work(Ok(&mut tx));
                if snapshot {
                    let _ = tx.batch("COMMIT");
                }
                finish(Ok(()));
            }
            Request::Bare(work) => work(Ok(&mut tx)).1(Ok(())),
            Request::Write(work) => {
                if let Err(error) = tx.batch("BEGIN") {
                    work(Err(error)).1(Ok(()));
                    continue;
                }
                let (keep, finish) = work(Ok(&mut tx));
                let end = match (keep, tx.recorded) {
                    (false, _) => "ROLLBACK",
                    (true, 0) => "COMMIT",
                    (true, _) => "NOTIFY mainstreet_log; COMMIT",
                };
                let ended = tx.batch(end);
                if ended.is_ok() && keep && tx.recorded > 0 {
                    shared.changes.send_modify(|count| *count += 1);
                }
                finish(ended);
            }
        }
    }
}
