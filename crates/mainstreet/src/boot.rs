//! What every command needs: the database, the clock, and how to answer.

use std::io::Write as _;
use std::time::SystemTime;

use mainstreet_db::{Address, Db};
use mainstreet_kernel::{Clock, Error, Timestamp};

/// Where the community lives when nobody says.
pub(crate) const DEFAULT_DATABASE: &str = "sqlite:mainstreet.sqlite";

/// Options that every command takes.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Common {
    /// Where the community lives: sqlite:PATH or postgres://user@host/name
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "MAINSTREET_DATABASE",
        default_value = DEFAULT_DATABASE
    )]
    pub(crate) database: String,
    /// Run as if it were this time, such as 2021-03-01T09:00Z; the clock goes on from there
    #[arg(long, global = true, value_name = "TIME")]
    pub(crate) now: Option<Timestamp>,
    /// Answer with one JSON object on standard output; progress goes to standard error
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// Starts this program once more, in the same process, with the allocator told to give memory back at once; answers
/// when that was done already. It reads its settings before `main` begins, so they cannot be changed from here.
pub(crate) fn give_memory_back() {
    const DELAY: &str = "MIMALLOC_PURGE_DELAY";
    #[cfg(unix)]
    if std::env::var_os(DELAY).is_none()
        && let Ok(program) = std::env::current_exe()
    {
        use std::os::unix::process::CommandExt as _;
        let failed =
            std::process::Command::new(program).args(std::env::args_os().skip(1)).env(DELAY, "0").exec();
        tracing::debug!(?failed, "memory is given back late");
    }
}

/// Why a command ends without having done its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It was called wrongly (exit status 2).
    Usage(String),
    /// It could not be done; the sentence says what to do (exit status 1).
    Failed(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        tracing::debug!(?error, "a command failed");
        match &error.source {
            Some(source) => Self::Failed(format!("{} ({source})", error.safe)),
            None => Self::Failed(error.safe.into_owned()),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(format!("{error:#}"))
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// What a command answers.
pub(crate) type Done = Result<(), Failure>;

impl Common {
    /// The clock on the wall, or one that started at `--now`.
    pub(crate) fn clock(&self) -> Clock {
        let shift = self.now.map_or(0, |at| at.since(wall()));
        Clock::from_fn(move || wall().plus(shift))
    }

    /// Where the database is.
    pub(crate) fn address(&self) -> Result<Address, Failure> {
        self.database.parse().map_err(|error: Error| Failure::Usage(error.safe.into_owned()))
    }

    /// Opens the database, making it when it is new.
    pub(crate) fn open(&self) -> Result<Db, Failure> {
        Ok(Db::open(&self.address()?, self.clock())?)
    }

    /// Writes the answer of a command: `json` as one line when `--json` was given, else `text`.
    pub(crate) fn answer(&self, json: &serde_json::Value, text: &str) -> Done {
        let mut out = std::io::stdout().lock();
        if self.json {
            writeln!(out, "{json}")?;
        } else {
            writeln!(out, "{text}")?;
        }
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
fn wall() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
