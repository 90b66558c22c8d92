//! Importing an archive: a connector reads it, the intake takes it in, batch by batch.
//!
//! Reading and writing overlap: one thread reads and converts, the database's thread writes. Each batch is one
//! transaction, so a run may be killed at any moment and started again; what is there already is recognised.

mod counts;
mod report;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};

use mainstreet_community::intake::{self, Outcome, Source};
use mainstreet_connectors::{Format, Found, Progress};
use mainstreet_db::Db;
use mainstreet_kernel::channel::Incoming;
use mainstreet_kernel::{Error, Result, text};

pub(crate) use counts::Counts;
pub(crate) use report::Report;

/// Most things in one transaction.
const BATCH: usize = 1_000;
/// Most bytes of text in one transaction.
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// Batches that may wait for the database.
const WAITING: usize = 2;
/// Topics marked as questions in one transaction, once all was read.
const SETTLE: usize = 5_000;

/// What is to be imported, and where to.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// What the archive is.
    pub(crate) format: Format,
    /// Its files or folders.
    pub(crate) paths: Vec<PathBuf>,
    /// The space that takes everything.
    pub(crate) into: Option<String>,
    /// What the archive's place is called, when it is not told by `into` or the path.
    pub(crate) account: Option<String>,
}

/// How far an import has come.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watch {
    /// Bytes read, of how many.
    pub(crate) bytes: Progress,
    posts: Arc<AtomicU64>,
}

impl Watch {
    /// Posts that are in the database by now (in a dry run: posts read).
    pub(crate) fn posts(&self) -> u64 {
        self.posts.load(Ordering::Relaxed)
    }
}

impl Plan {
    /// The name of the account that tells the ids of this archive from those of others: what the caller says, else
    /// the space it goes into, else the name of the archive's file, or of its folder when the file's says nothing.
    pub(crate) fn account_name(&self) -> String {
        if let Some(name) = self.account.as_deref().or(self.into.as_deref()) {
            return name.trim().to_owned();
        }
        let path = self.paths.first().map(PathBuf::as_path).unwrap_or(Path::new("."));
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        name_of(&path).unwrap_or_else(|| self.format.as_str().to_owned())
    }
}

/// File names that every archive has: its folder says more.
const PLAIN_NAMES: &[&str] = &[
    "posts",
    "topics",
    "post",
    "topic",
    "export",
    "slack-export",
    "archive",
    "data",
    "dump",
    "messages",
    "json",
];

fn name_of(path: &Path) -> Option<String> {
    let file = path.file_name()?.to_string_lossy().into_owned();
    let stem = if path.is_dir() { file.as_str() } else { file.split('.').next().unwrap_or("") };
    let name = text::slug(stem);
    if PLAIN_NAMES.contains(&name.as_str()) || name == "-" {
        return path.parent().and_then(name_of).or((name != "-").then_some(name));
    }
    Some(name)
}

/// Reads the archive and counts what it holds, without a database.
///
/// # Errors
/// As [`mainstreet_connectors::read`].
pub(crate) fn rehearse(plan: &Plan, watch: &Watch) -> Result<Report> {
    let mut counts = Counts::default();
    mainstreet_connectors::read(plan.format, &plan.paths, &watch.bytes, &mut |found| {
        if let Found::Incoming(Incoming::Message(_)) = &found {
            watch.posts.fetch_add(1, Ordering::Relaxed);
        }
        counts.see(&found);
        Ok(())
    })?;
    Ok(Report::of(plan, counts))
}

/// Takes the archive in.
///
/// # Errors
/// As [`mainstreet_connectors::read`] and [`intake::receive`]. What was committed before stays.
pub(crate) fn run(db: &Db, plan: &Plan, watch: &Watch) -> Result<Report> {
    let (sender, batches) = sync_channel::<Vec<Incoming>>(WAITING);
    let (reading, progress) = (plan.clone(), watch.bytes.clone());
    let reader = std::thread::spawn(move || read(&reading, &progress, &sender));
    let mut source = None;
    let (mut new, mut changed) = (0, 0);
    let mut failed = None;
    for batch in &batches {
        match take(db, plan, &mut source, batch) {
            Ok(taken) => {
                let count =
                    |wanted: Outcome| taken.outcomes.iter().filter(|outcome| **outcome == wanted).count();
                new += count(Outcome::Added) as u64;
                changed += count(Outcome::Changed) as u64;
                watch.posts.fetch_add(taken.outcomes.len() as u64, Ordering::Relaxed);
            }
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
    }
    drop(batches);
    let read = reader.join().map_err(|_| Error::internal("the reader of the archive stopped"))?;
    if let Some(error) = failed {
        return Err(error);
    }
    let counts = read?;
    let mut report = Report::of(plan, counts);
    (report.new, report.changed) = (new, changed);
    if let Some(source) = source {
        end(db, &source, &report)?;
    }
    Ok(report)
}

/// Reads to the end, or until nobody listens any more.
fn read(plan: &Plan, progress: &Progress, sender: &SyncSender<Vec<Incoming>>) -> Result<Counts> {
    let mut counts = Counts::default();
    let mut batch: Vec<Incoming> = Vec::new();
    let (mut bytes, mut last) = (0, String::new());
    let gone = || Error::conflict("The import was stopped.");
    mainstreet_connectors::read(plan.format, &plan.paths, progress, &mut |found| {
        counts.see(&found);
        let Found::Incoming(incoming) = found else { return Ok(()) };
        let id = match &incoming {
            Incoming::Message(message) => message.external_id.as_str(),
            _ => "",
        };
        // Copies of one message stay in one batch, where the newest is chosen.
        if (batch.len() >= BATCH || bytes >= BATCH_BYTES) && (id.is_empty() || id != last) {
            sender.send(std::mem::take(&mut batch)).map_err(|_| gone())?;
            bytes = 0;
        }
        if let Incoming::Message(message) = &incoming {
            bytes += message.markdown.len() + message.original.len();
            last.clone_from(&message.external_id);
        }
        batch.push(incoming);
        Ok(())
    })?;
    if !batch.is_empty() {
        sender.send(batch).map_err(|_| gone())?;
    }
    Ok(counts)
}

fn take(db: &Db, plan: &Plan, source: &mut Option<Source>, batch: Vec<Incoming>) -> Result<intake::Taken> {
    let source = match source {
        Some(source) => source.clone(),
        None => {
            let (kind, name, into) = (plan.format.as_str(), plan.account_name(), plan.into.clone());
            let opened = db.write_now(move |tx| intake::open_account(tx, kind, &name, into.as_deref()))?;
            source.insert(opened).clone()
        }
    };
    db.write_now(move |tx| intake::receive(tx, &source, &batch))
}

/// What can be done only once everything was read.
fn end(db: &Db, source: &Source, report: &Report) -> Result<()> {
    loop {
        let settling = source.clone();
        if db.write_now(move |tx| intake::settle(tx, &settling, SETTLE))? == 0 {
            break;
        }
    }
    if report.new + report.changed == 0 {
        return Ok(());
    }
    let (source, counts) = (source.clone(), report.for_log());
    db.write_now(move |tx| intake::finish(tx, &source, counts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_named_after_their_archive() {
        let plan = |into: Option<&str>, account: Option<&str>, path: &str| Plan {
            format: Format::Discourse,
            paths: vec![PathBuf::from(path)],
            into: into.map(str::to_owned),
            account: account.map(str::to_owned),
        };
        for (into, account, path, expect) in [
            (None, None, "/archives/Harbour Forum/posts.jsonl.zst", "harbour-forum"),
            (None, None, "/archives/harbour.jsonl", "harbour"),
            (None, None, "/posts.json", "posts"),
            (Some("old-forum"), None, "/archives/harbour.jsonl", "old-forum"),
            (Some("old-forum"), Some("Harbour"), "/archives/harbour.jsonl", "Harbour"),
        ] {
            assert_eq!(plan(into, account, path).account_name(), expect);
        }
    }
}
