//! A transaction, as the verbs of `community` and `desk` see it.

use mainstreet_kernel::{Activity, Clock, Error, IdMint, Result, Timestamp};

use crate::dialect::Dialect;
use crate::log;
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::value::{Row, Value};

/// Values that one inserting statement takes on SQLite: some twenty rows of the log.
const SQLITE_VALUES: usize = 260;

/// One open connection.
pub(crate) enum Connection {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// A transaction: statements, the time it began, new ids, and the log. Verbs take `&mut Tx`, so they compose
/// and cannot half-commit.
pub struct Tx<'a> {
    connection: &'a mut Connection,
    clock: &'a Clock,
    mint: &'a IdMint,
    now: Timestamp,
    pub(crate) recorded: usize,
}

impl<'a> Tx<'a> {
    pub(crate) fn new(connection: &'a mut Connection, clock: &'a Clock, mint: &'a IdMint) -> Self {
        Self { connection, clock, mint, now: clock.now(), recorded: 0 }
    }

    /// The time this transaction began. It stands still inside, so that everything done together has one time.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Takes the time anew. Only for long batch work that spans hours.
    pub fn refresh_now(&mut self) {
        self.now = self.clock.now();
    }

    /// A new id for something that happens now: `let id: PostId = PostId(tx.mint())`.
    pub fn mint(&self) -> i64 {
        self.mint.mint(self.now)
    }

    /// A new id for something that happened at `at`, which an archive or a late channel tells us only now.
    pub fn mint_at(&self, at: Timestamp) -> i64 {
        self.mint.mint_past(at)
    }

    /// Which database this is. Only for code that must speak to one of them differently.
    pub fn dialect(&self) -> Dialect {
        match self.connection {
            Connection::Sqlite(_) => Dialect::Sqlite,
            Connection::Postgres(_) => Dialect::Postgres,
        }
    }

    /// All rows, each turned into `T`.
    pub fn all<T>(
        &mut self,
        sql: &str,
        params: &[Value],
        mut each: impl FnMut(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        match self.connection {
            Connection::Sqlite(sqlite) => sqlite.query(sql, params, &mut each),
            Connection::Postgres(postgres) => postgres.query(sql, params, &mut each),
        }
        .map_err(|error| name_statement(error, sql))
    }

    /// The first row, if there is one.
    pub fn first<T>(
        &mut self,
        sql: &str,
        params: &[Value],
        each: impl FnMut(&Row) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.all(sql, params, each)?.into_iter().next())
    }

    /// The one row there must be, such as a count.
    pub fn one<T>(&mut self, sql: &str, params: &[Value], each: impl FnMut(&Row) -> Result<T>) -> Result<T> {
        self.first(sql, params, each)?.ok_or_else(|| Error::internal(format!("no row from: {sql}")))
    }

    /// The number in column `n` of the one row there must be: `SELECT COUNT(*) AS n …`.
    pub fn count(&mut self, sql: &str, params: &[Value]) -> Result<i64> {
        self.one(sql, params, |row| row.get::<Option<i64>>("n")).map(Option::unwrap_or_default)
    }

    /// Runs a statement; answers how many rows it changed.
    pub fn run(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        match self.connection {
            Connection::Sqlite(sqlite) => sqlite.run(sql, params),
            Connection::Postgres(postgres) => postgres.run(sql, params),
        }
        .map_err(|error| name_statement(error, sql))
    }

    /// Runs a statement that must change exactly one row. That condition is the lock: whoever comes second
    /// changes none and gets a conflict saying `taken`.
    pub fn run_one(&mut self, sql: &str, params: &[Value], taken: &'static str) -> Result<()> {
        match self.run(sql, params)? {
            1 => Ok(()),
            0 => Err(Error::conflict(taken)),
            more => Err(Error::internal(format!("{more} rows changed instead of one: {sql}"))),
        }
    }

    /// Inserts many rows: `head` is `INSERT INTO t (a, b)`, `tail` an `ON CONFLICT …` or nothing; a row is a
    /// [`row!`](crate::row) or a vector, all of one length. The fastest way on both databases. Answers how many
    /// rows went in.
    pub fn insert_many<R: AsRef<[Value]>>(
        &mut self,
        head: &str,
        rows: impl IntoIterator<Item = R>,
        tail: &str,
    ) -> Result<u64> {
        let mut rows = rows.into_iter().peekable();
        let Some(width) = rows.peek().map(|row| row.as_ref().len().max(1)) else { return Ok(0) };
        let values = |count: usize| {
            let tuples: Vec<String> =
                (0..count).map(|at| format!("({})", crate::placeholders(at * width + 1, width))).collect();
            format!("{head} VALUES {} {tail}", tuples.join(", "))
        };
        // SQLite is fastest with a few rows in a statement kept at hand; PostgreSQL with many rows a round trip.
        let postgres = match self.connection {
            Connection::Sqlite(sqlite) => {
                let size = (SQLITE_VALUES / width).max(1);
                return sqlite.insert(values, size, rows).map_err(|error| name_statement(error, head));
            }
            Connection::Postgres(postgres) => postgres,
        };
        let most = (30_000 / width).clamp(1, 500);
        let (mut inserted, mut length, mut sql) = (0, 0, String::new());
        while rows.peek().is_some() {
            let part: Vec<Value> = rows.by_ref().take(most).flat_map(|row| row.as_ref().to_vec()).collect();
            if part.len() != length {
                length = part.len();
                sql = values(length / width);
            }
            inserted += postgres.run(&sql, &part).map_err(|error| name_statement(error, &sql))?;
        }
        Ok(inserted)
    }

    /// Appends one row to the log, in this transaction.
    pub fn record(&mut self, activity: &Activity) -> Result<()> {
        self.record_all(std::slice::from_ref(activity))
    }

    /// Appends many rows to the log, in this transaction.
    pub fn record_all(&mut self, activities: &[Activity]) -> Result<()> {
        self.record_written(activities.iter().map(|activity| (activity, Value::from(&activity.props))))
    }

    /// Appends many rows to the log whose `props` are written as JSON already: they stand beside each activity,
    /// whose own are not looked at.
    pub fn record_written<'b>(
        &mut self,
        activities: impl ExactSizeIterator<Item = (&'b Activity, Value)>,
    ) -> Result<()> {
        self.recorded += activities.len();
        log::append(self, activities)
    }

    /// False after the database itself has undone the whole transaction.
    pub(crate) fn is_open(&self) -> bool {
        match &self.connection {
            Connection::Sqlite(sqlite) => sqlite.is_in_transaction(),
            Connection::Postgres(_) => true,
        }
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        match self.connection {
            Connection::Sqlite(sqlite) => sqlite.batch(sql),
            Connection::Postgres(postgres) => postgres.batch(sql),
        }
        .map_err(|error| name_statement(error, sql))
    }

    /// The raw SQLite connection, for the backup of a live file; `None` on PostgreSQL.
    pub fn sqlite_backup_to(&mut self, path: &std::path::Path) -> Result<bool> {
        let Connection::Sqlite(sqlite) = self.connection else { return Ok(false) };
        sqlite
            .raw
            .backup("main", path, None::<fn(rusqlite::backup::Progress)>)
            .map_err(crate::sqlite::trouble)?;
        Ok(true)
    }
}

/// An internal error's log line names the statement; parameters stay out, they may hold what people wrote.
fn name_statement(error: Error, sql: &str) -> Error {
    match error {
        Error { kind: mainstreet_kernel::Kind::Internal, safe, source: Some(source) } => Error {
            kind: mainstreet_kernel::Kind::Internal,
            safe,
            source: Some(format!("{source} [{}]", mainstreet_kernel::text::excerpt(sql, 300)).into()),
        },
        other => other,
    }
}
