//! Databases for tests: every store and verb test runs on SQLite and, when `MAINSTREET_TEST_POSTGRES` names a
//! server, the same test on PostgreSQL in a schema of its own.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use mainstreet_kernel::clock::Hand;
use mainstreet_kernel::{Clock, Result, Timestamp};

use crate::{Address, Db, Dialect, params};

/// A fresh, migrated database with a clock that stands at 2026-03-02T09:00Z (a Monday) until moved.
pub struct TestDb {
    db: Option<Db>,
    /// Moves the clock.
    pub hand: Hand,
    address: Address,
    clean: Clean,
}

enum Clean {
    Folder(PathBuf),
    Schema { url: String, name: String },
}

impl Deref for TestDb {
    type Target = Db;

    #[expect(clippy::expect_used, reason = "the database is there until drop")]
    fn deref(&self) -> &Db {
        self.db.as_ref().expect("open")
    }
}

/// When the clock of a test stands unless it is moved: Monday, 2 March 2026, 09:00 UTC.
pub const TEST_NOW: Timestamp = Timestamp(1_772_442_000_000);

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Runs `test` on a fresh database of each kind that is at hand. A failure names the database it was on.
#[expect(clippy::panic, reason = "a test fails by panicking")]
pub fn on_each_database(test: impl Fn(&TestDb) -> Result<()>) {
    for database in TestDb::each() {
        let kind = database.dialect();
        if let Err(error) = test(&database) {
            panic!("on {kind:?}: {error:?}");
        }
    }
}

/// Every row of every table but `except`, sorted, without their versions: what an act and its undoing must leave as
/// it was.
pub fn rows(db: &Db, except: &'static [&'static str]) -> Result<BTreeMap<String, Vec<String>>> {
    db.read_now(move |tx| {
        let (tables, columns) = match tx.dialect() {
            Dialect::Sqlite => (
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
                "SELECT name FROM pragma_table_info($1) ORDER BY name",
            ),
            Dialect::Postgres => (
                "SELECT CAST(table_name AS text) AS name FROM information_schema.tables
                 WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name",
                "SELECT CAST(column_name AS text) AS name FROM information_schema.columns
                 WHERE table_schema = current_schema() AND table_name = $1 ORDER BY column_name",
            ),
        };
        let names: Vec<String> = tx.all(tables, &[], |row| row.get("name"))?;
        let mut all = BTreeMap::new();
        for name in names.into_iter().filter(|name| !except.contains(&name.as_str())) {
            let mut columns: Vec<String> = tx.all(columns, params![&name], |row| row.get("name"))?;
            columns.retain(|column| column != "version");
            let list = columns.join(", ");
            let mut rows = tx.all(&format!("SELECT {list} FROM {name}"), &[], |row| Ok(format!("{row:?}")))?;
            rows.sort();
            all.insert(name, rows);
        }
        Ok(all)
    })
}

impl TestDb {
    /// One fresh database of each kind that is at hand.
    #[expect(clippy::expect_used, reason = "a test without its database cannot go on")]
    pub fn each() -> Vec<Self> {
        let mut all = vec![Self::sqlite().expect("a SQLite file")];
        if let Ok(url) = std::env::var("MAINSTREET_TEST_POSTGRES") {
            all.push(Self::postgres(&url).expect("a PostgreSQL schema"));
        }
        all
    }

    fn unique() -> String {
        format!("t{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
    }

    /// A fresh SQLite file in the system's temporary folder.
    pub fn sqlite() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("mainstreet-{}", Self::unique()));
        std::fs::create_dir_all(&folder).map_err(mainstreet_kernel::Error::internal)?;
        Self::open(Address::Sqlite(folder.join("test.sqlite")), Clean::Folder(folder))
    }

    /// A fresh schema on the server at `url`.
    pub fn postgres(url: &str) -> Result<Self> {
        let name = Self::unique();
        let mut client = crate::postgres::connect(url)?;
        client
            .batch_execute(&format!("DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}"))
            .map_err(crate::postgres::trouble)?;
        let join = if url.contains('?') { '&' } else { '?' };
        let address = Address::Postgres(format!("{url}{join}schema={name}"));
        Self::open(address, Clean::Schema { url: url.to_owned(), name })
    }

    fn open(address: Address, clean: Clean) -> Result<Self> {
        let (clock, hand) = Clock::standing(TEST_NOW);
        let db = Db::open_with(&address, clock, 1)?;
        Ok(Self { db: Some(db), hand, address, clean })
    }

    /// Waits until readers may see everything recorded so far: other tests share the server, and their
    /// transactions hold the log's horizon back for a moment.
    #[expect(clippy::panic, reason = "a test fails by panicking")]
    pub fn wait_for_log(&self) {
        for _ in 0..600 {
            let hidden = self.read_now(|tx| {
                tx.count("SELECT COUNT(*) AS n FROM activities WHERE tx > 0 AND tx >= {{HORIZON}}", &[])
            });
            if matches!(hidden, Ok(0)) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("another transaction has held the log back for half a minute");
    }

    /// Where it is, for tests that start a program on it.
    pub fn address_text(&self) -> String {
        match &self.address {
            Address::Sqlite(path) => format!("sqlite:{}", path.display()),
            Address::Postgres(url) => url.clone(),
        }
    }

    /// Opens it once more, as another process would.
    pub fn second_handle(&self) -> Result<Db> {
        Db::open_with(&self.address, self.clock().clone(), 2)
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        self.db = None;
        match &self.clean {
            Clean::Folder(folder) => drop(std::fs::remove_dir_all(folder)),
            Clean::Schema { url, name } => {
                if let Ok(mut client) = crate::postgres::connect(url) {
                    let _ = client.batch_execute(&format!("DROP SCHEMA IF EXISTS {name} CASCADE"));
                }
            }
        }
    }
}
