//! What a running node does besides answering requests: it reads the log, runs jobs, and looks at the clock.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use mainstreet_community::{meaning, notifications, ripples};
use mainstreet_db::{Address, Db, log};
use mainstreet_desk::rules::Watch;
use mainstreet_desk::rules::runs::{self, Run};
use mainstreet_desk::{metrics, rhythm, rules};
use mainstreet_kernel::Result;
use mainstreet_web::App;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::{calling, drafting, jobs};

/// Threads that pack pages, search, hash passwords and send mail.
const BLOCKING: usize = 8;

/// How many rows of the log a reader takes in one transaction.
const BATCH: usize = 500;
/// Readers look at the log at least so often, should a wake-up be lost.
const POLL: Duration = Duration::from_millis(500);

/// Ends the background work of a node.
pub(crate) struct Stop {
    signal: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Stop {
    /// Tells all tasks to end after what they are doing, and waits for them.
    pub(crate) async fn stop(self) {
        self.signal.send_replace(true);
        for task in self.tasks {
            let _ = task.await;
        }
    }
}

/// A durable reader of the log: its name and what it does with a batch.
type Work = fn(&mut mainstreet_db::Tx<'_>, &[log::Entry]) -> Result<()>;

/// The durable readers, each run once over the whole community, on whichever node comes first.
pub(crate) const READERS: &[(&str, Work)] = &[
    (ripples::READER, ripples::advance),
    (notifications::READER, notifications::advance),
    (meaning::READER, meaning::advance),
    (rhythm::READER, rhythm::advance),
    (rules::READER, rules::live::advance),
    (metrics::rollups::READER, metrics::rollups::take_in),
];

/// Starts the background work of this node.
pub(crate) fn run(app: App) -> Stop {
    let (signal, stopped) = watch::channel(false);
    let mut tasks = Vec::new();
    for (name, work) in READERS {
        tasks.push(tokio::spawn(follow(app.clone(), name, *work, stopped.clone())));
    }
    tasks.push(tokio::spawn(index(app.clone(), stopped.clone())));
    tasks.push(tokio::spawn(means(app.clone(), stopped.clone())));
    tasks.push(tokio::spawn(work(app.clone(), stopped.clone())));
    tasks.push(tokio::spawn(backtests(app.clone(), stopped.clone())));
    tasks.push(tokio::spawn(calls(app.clone(), stopped.clone())));
    tasks.push(tokio::spawn(drafts(app.clone(), stopped.clone())));
    tasks.push(tokio::spawn(mail(app.clone(), stopped.clone())));
    tasks.push(tokio::spawn(renew(app, stopped)));
    Stop { signal, tasks }
}

async fn follow(app: App, name: &'static str, work: Work, mut stopped: watch::Receiver<bool>) {
    let mut changes = app.db.log_changes();
    while !*stopped.borrow() {
        changes.borrow_and_update();
        match app.db.write(move |tx| log::advance(tx, name, BATCH, work)).await {
            Ok(count) if count == BATCH => continue,
            Ok(_) => {}
            Err(error) => {
                tracing::error!(reader = name, ?error, "a reader of the log failed and will try again");
            }
        }
        tokio::select! {
            _ = changes.changed() => {}
            () = tokio::time::sleep(POLL) => {}
            _ = stopped.changed() => {}
        }
    }
}

/// Keeps this node's search index up with the log.
async fn index(app: App, mut stopped: watch::Receiver<bool>) {
    let mut changes = app.db.log_changes();
    while !*stopped.borrow() {
        changes.borrow_and_update();
        let (search, db) = (app.search.clone(), app.db.clone());
        let step = tokio::task::spawn_blocking(move || search.catch_up(&db)).await;
        if let Ok(Ok(progress)) = &step
            && progress.posts > 0
        {
            app.index_changed();
        }
        match step {
            Ok(Ok(progress)) if progress.more => continue,
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::error!(?error, "the search index fell behind and will try again"),
            Err(error) => tracing::error!(?error, "the search index stopped and will try again"),
        }
        tokio::select! {
            _ = changes.changed() => {}
            () = tokio::time::sleep(POLL) => {}
            _ = stopped.changed() => {}
        }
    }
}

/// Keeps the sentence model of this node the one in use, and its index up with the vectors.
async fn means(app: App, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        let (meaning, db) = (app.meaning.clone(), app.db.clone());
        match tokio::task::spawn_blocking(move || meaning.refresh(&db)).await {
            Ok(Ok(true)) => continue,
            Ok(Ok(false)) => {}
            Ok(Err(error)) => tracing::error!(?error, "the index of meanings fell behind and will try again"),
            Err(error) => tracing::error!(?error, "the index of meanings stopped and will try again"),
        }
        tokio::select! {
            () = tokio::time::sleep(4 * POLL) => {}
            _ = stopped.changed() => {}
        }
    }
}

/// Takes jobs from the table, one at a time, and does them.
async fn work(app: App, mut stopped: watch::Receiver<bool>) {
    if let Err(error) = app.db.write(jobs::plan).await {
        tracing::error!(?error, "regular work was not planned");
    }
    while !*stopped.borrow() {
        match jobs::run_one(&app.db, &app.meaning).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(?error, "a job could not be taken or ended"),
        }
        tokio::select! {
            () = tokio::time::sleep(2 * POLL) => {}
            _ = stopped.changed() => {}
        }
    }
}

/// Tells other programs what rules want them told.
async fn calls(app: App, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        if let Err(error) = calling::send_due(&app.db).await {
            tracing::error!(?error, "other programs could not be told");
        }
        tokio::select! {
            () = tokio::time::sleep(4 * POLL) => {}
            _ = stopped.changed() => {}
        }
    }
}

/// Asks the operator's model for the drafts that people want, one at a time.
async fn drafts(app: App, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        match drafting::send_next(&app.db, app.config.drafting.clone()).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(?error, "no draft could be asked for"),
        }
        tokio::select! {
            () = tokio::time::sleep(2 * POLL) => {}
            _ = stopped.changed() => {}
        }
    }
}

/// Runs the back-tests that were asked for, one at a time, and says how far they are.
async fn backtests(app: App, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        match app.db.write(runs::take).await {
            Ok(Some(run)) => backtest(&app, run, &stopped).await,
            Ok(None) => {}
            Err(error) => tracing::error!(?error, "no back-test could be taken"),
        }
        tokio::select! {
            () = tokio::time::sleep(POLL) => {}
            _ = stopped.changed() => {}
        }
    }
}

async fn backtest(app: &App, run: Run, stopped: &watch::Receiver<bool>) {
    let progress = Arc::new(Watch::default());
    let (own, seen) = (run.clone(), Arc::clone(&progress));
    let work = app.db.read(move |tx| runs::work(tx, &own, &seen));
    tokio::pin!(work);
    let came = loop {
        tokio::select! {
            came = &mut work => break came,
            () = tokio::time::sleep(POLL) => {}
        }
        if *stopped.borrow() {
            // Whoever looks next finds nobody at work on it, and says that it was interrupted.
            progress.cancelled.store(true, Ordering::Relaxed);
            return;
        }
        let (own, seen) = (run.clone(), Arc::clone(&progress));
        if let Err(error) = app.db.write(move |tx| runs::beat(tx, &own, &seen)).await {
            tracing::warn!(?error, "how far a back-test is was not written down");
        }
    };
    if let Err(error) = app.db.write(move |tx| runs::end(tx, &run, came)).await {
        tracing::error!(?error, "a back-test was not kept");
    }
}

/// Sends mail as it is written, and what was left over every half minute.
async fn mail(app: App, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        if let Err(error) = mainstreet_web::deliver_waiting(&app).await {
            tracing::error!(?error, "mail could not be sent");
        }
        tokio::select! {
            () = app.mail_waits() => {}
            () = tokio::time::sleep(Duration::from_secs(30)) => {}
            _ = stopped.changed() => {}
        }
    }
}

async fn renew(app: App, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        if let Err(error) = app.db.renew_node().await {
            tracing::warn!(?error, "the node's claim on its number was not renewed");
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(600)) => {}
            _ = stopped.changed() => {}
        }
    }
}

/// The runtime of a node. Few threads for work that blocks: each keeps the memory it once needed.
pub(crate) fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().max_blocking_threads(BLOCKING).enable_all().build()
}

/// Brings every durable reader up to date now. For commands that write much and then answer.
pub(crate) fn catch_up(db: &Db) -> Result<()> {
    for (name, work) in READERS {
        while db.write_now(move |tx| log::advance(tx, name, BATCH, work))? == BATCH {}
    }
    Ok(())
}

/// Where a node keeps what it can make again: its search index.
pub(crate) fn data_folder(address: &Address, asked: Option<&Path>) -> PathBuf {
    match (asked, address) {
        (Some(folder), _) => folder.to_owned(),
        (None, Address::Sqlite(path)) => {
            let mut name = path.file_name().unwrap_or_default().to_owned();
            name.push(".data");
            path.with_file_name(name)
        }
        (None, Address::Postgres(_)) => PathBuf::from("mainstreet-data"),
    }
}
