//! One connection to a SQLite file.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use mainstreet_kernel::{Error, Kind, Result};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql};

use crate::dialect::Dialect;
use crate::value::{Row, Value};

pub(crate) struct Sqlite {
    pub(crate) raw: Connection,
    texts: HashMap<String, Arc<str>>,
}

impl Sqlite {
    pub(crate) fn open(path: &Path, writer: bool) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | if writer { OpenFlags::SQLITE_OPEN_CREATE } else { OpenFlags::empty() };
        if writer {
            keep_private(path);
        }
        let raw = Connection::open_with_flags(path, flags).map_err(|cause| {
            Error::unavailable(
                format!(
                    "The database file '{}' cannot be opened. Does its folder exist, and may we write there?",
                    path.display()
                ),
                cause,
            )
        })?;
        raw.set_prepared_statement_cache_capacity(256);
        // FULL: an acknowledged write survives a power cut, not only a killed process; group commit pays for it.
        raw.execute_batch(
            "PRAGMA busy_timeout = 20000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA temp_store = MEMORY; PRAGMA cache_size = -1600; PRAGMA journal_size_limit = 16777216;",
        )
        .map_err(trouble)?;
        if !writer {
            raw.execute_batch("PRAGMA query_only = ON").map_err(trouble)?;
        }
        Ok(Self { raw, texts: HashMap::new() })
    }

    fn text(&mut self, sql: &str) -> Arc<str> {
        if let Some(text) = self.texts.get(sql) {
            return Arc::clone(text);
        }
        if self.texts.len() > 1_000 {
            self.texts.clear();
        }
        let text: Arc<str> = Dialect::Sqlite.translate(sql).into();
        self.texts.insert(sql.to_owned(), Arc::clone(&text));
        text
    }

    /// False after a statement failed so badly (a full disk) that SQLite undid the whole transaction.
    pub(crate) fn is_in_transaction(&self) -> bool {
        !self.raw.is_autocommit()
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        self.raw.execute_batch(sql).map_err(trouble)
    }

    pub(crate) fn run(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        let text = self.text(sql);
        let mut statement = self.raw.prepare_cached(&text).map_err(trouble)?;
        let changed = if statement.column_count() > 0 {
            let mut rows = statement.query(rusqlite::params_from_iter(params)).map_err(trouble)?;
            let mut count = 0;
            while rows.next().map_err(trouble)?.is_some() {
                count += 1;
            }
            count
        } else {
            statement.execute(rusqlite::params_from_iter(params)).map_err(trouble)?
        };
        Ok(changed as u64)
    }

    /// Inserts rows, `size` of them in one statement and each of the rest in its own; `sql` writes the statement
    /// for so many rows.
    pub(crate) fn insert<R: AsRef<[Value]>>(
        &mut self,
        sql: impl Fn(usize) -> String,
        size: usize,
        mut rows: impl Iterator<Item = R>,
    ) -> Result<u64> {
        let mut changed = 0;
        let mut several: Option<Arc<str>> = None;
        let mut part: Vec<R> = rows.by_ref().take(size).collect();
        while part.len() == size {
            let text = several.get_or_insert_with(|| self.text(&sql(size)));
            let mut statement = self.raw.prepare_cached(text).map_err(trouble)?;
            let values = part.iter().flat_map(AsRef::as_ref);
            changed += statement.execute(rusqlite::params_from_iter(values)).map_err(trouble)?;
            part.clear();
            part.extend(rows.by_ref().take(size));
        }
        if part.is_empty() {
            return Ok(changed as u64);
        }
        let single = self.text(&sql(1));
        let mut statement = self.raw.prepare_cached(&single).map_err(trouble)?;
        for row in &part {
            changed += statement.execute(rusqlite::params_from_iter(row.as_ref())).map_err(trouble)?;
        }
        Ok(changed as u64)
    }

    pub(crate) fn query<T>(
        &mut self,
        sql: &str,
        params: &[Value],
        each: &mut dyn FnMut(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        let text = self.text(sql);
        let mut statement = self.raw.prepare_cached(&text).map_err(trouble)?;
        let columns: Arc<[String]> = statement.column_names().map(str::to_owned).collect();
        let width = columns.len();
        let mut rows = statement.query(rusqlite::params_from_iter(params)).map_err(trouble)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(trouble)? {
            let mut values = Vec::with_capacity(width);
            for at in 0..width {
                values.push(match row.get_ref(at).map_err(trouble)? {
                    ValueRef::Null => Value::Null,
                    ValueRef::Integer(number) => Value::Int(number),
                    ValueRef::Real(number) => Value::Real(number),
                    ValueRef::Text(bytes) => Value::Text(String::from_utf8_lossy(bytes).into_owned()),
                    ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
                });
            }
            found.push(each(&Row::new(Arc::clone(&columns), values))?);
        }
        Ok(found)
    }
}

/// A new file is for its owner alone: it holds addresses and hashes of passwords. An existing one keeps its mode.
fn keep_private(path: &Path) {
    let mut new = std::fs::OpenOptions::new();
    new.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut new, 0o600);
    // Whatever goes wrong here goes wrong again, with its reason, when the file is opened.
    drop(new.open(path));
}

/// Removes a database file and what belongs to it.
pub(crate) fn remove(path: &Path) {
    for end in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        let _ = std::fs::remove_file(name);
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Real(number) => ValueRef::Real(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Word(word) => ValueRef::Text(word.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// What members and whoever runs the server do next.
const FULL: &str = "The server's disk takes no more, so nothing was saved. Keep what you wrote, and send it again once those who run this place have freed some space.";

pub(crate) fn trouble(cause: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode::{ConstraintViolation, DatabaseBusy, DatabaseLocked, DiskFull, ReadOnly};
    use rusqlite::ffi::{
        SQLITE_IOERR_FSYNC, SQLITE_IOERR_SHMSIZE, SQLITE_IOERR_TRUNCATE, SQLITE_IOERR_WRITE,
    };
    // A quota, or a limit set for the process, does not say "full" but stops the write.
    let stopped = matches!(
        cause.sqlite_extended_error_code(),
        Some(SQLITE_IOERR_WRITE | SQLITE_IOERR_FSYNC | SQLITE_IOERR_TRUNCATE | SQLITE_IOERR_SHMSIZE)
    );
    match cause.sqlite_error_code() {
        Some(ConstraintViolation) => Error {
            kind: Kind::Conflict,
            safe: "Somebody else did the same thing at the same moment. Look at the page again, then try once more.".into(),
            source: Some(Box::new(cause)),
        },
        Some(DiskFull) => Error::unavailable(FULL, cause),
        _ if stopped => Error::unavailable(FULL, cause),
        Some(ReadOnly) => Error::unavailable("The database is read-only, so nothing was saved.", cause),
        Some(DatabaseBusy | DatabaseLocked) => {
            Error::unavailable("The database is busy with something long. Try again in a moment.", cause)
        }
        _ => Error::internal(cause),
    }
}
