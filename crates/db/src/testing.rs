//! Databases for tests: every store and verb test runs on SQLite and, when `MAINSTREET_TEST_POSTGRES` names a
//! server, the same test on PostgreSQL in a schema of its own.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use mainstreet_kernel::clock::Hand;
use mainstreet_kernel::{Clock, Result, Timestamp};

use crate::{Address, Db};

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
