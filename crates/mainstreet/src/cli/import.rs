//! `mainstreet import`: take in the archive of another place.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use mainstreet_connectors::Format;
use mainstreet_kernel::Result;

use crate::boot::{Common, Done, Failure};
use crate::importing::{self, Plan, Report, Watch};

#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Safe to kill and to run again: what is there already is recognised by its id, and nothing comes twice.\n\
Formats and what becomes of what is in them: docs/guide/import.md"
)]
pub(crate) struct Options {
    /// What the archive is: discourse or slack
    format: Format,
    /// Files or folders, packed or not
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Put everything into this space, opened when there is none (default: a space for each category or channel)
    #[arg(long, value_name = "SPACE")]
    into: Option<String>,
    /// Name of the place the archive is of; tells its people and posts from those of other places (default: the space
    /// of --into, else the archive's name)
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Write nothing: read the archive, count, and say what is missing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(common: &Common, options: &Options) -> Done {
    let plan = Plan {
        format: options.format,
        paths: options.paths.clone(),
        into: options.into.clone(),
        account: options.account.clone(),
    };
    let watch = Watch::default();
    let report = if options.dry_run {
        show_while(&watch, || importing::rehearse(&plan, &watch))?
    } else {
        // Before the database is made: a wrong path leaves nothing behind.
        for path in &plan.paths {
            if !path.exists() {
                return Err(Failure::Failed(format!(
                    "There is no file or folder '{}'. Check the path; it is read relative to the folder you are in.",
                    path.display()
                )));
            }
        }
        let db = common.open()?;
        show_while(&watch, || importing::run(&db, &plan, &watch))?
    };
    answer(common, &report, options.dry_run)
}

fn answer(common: &Common, report: &Report, rehearsed: bool) -> Done {
    let mut out = std::io::stdout().lock();
    if common.json {
        let json = serde_json::to_string(report).map_err(|cause| Failure::Failed(cause.to_string()))?;
        writeln!(out, "{json}")?;
    } else {
        writeln!(out, "{}", report.text(rehearsed))?;
    }
    Ok(())
}

/// Does `work` while a bar on standard error shows how far it is: posts, rate and time left. Where standard error is
/// no terminal, a plain line for every tenth.
fn show_while(watch: &Watch, work: impl FnOnce() -> Result<Report>) -> Result<Report> {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}  {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let terminal = std::io::stderr().is_terminal();
    let (done, wait) = channel::<()>();
    std::thread::scope(|scope| {
        let shown = bar.clone();
        scope.spawn(move || {
            let mut tenths = 0;
            while wait.recv_timeout(Duration::from_millis(200)) == Err(RecvTimeoutError::Timeout) {
                show(&shown, watch, terminal, &mut tenths);
            }
        });
        let report = work();
        drop(done);
        report
    })
    .inspect(|_| bar.finish_and_clear())
    .inspect_err(|_| bar.abandon())
}

fn show(bar: &ProgressBar, watch: &Watch, terminal: bool, tenths: &mut u64) {
    let (total, done, posts) = (watch.bytes.total(), watch.bytes.done(), watch.posts());
    let rate = posts as f64 / bar.elapsed().as_secs_f64().max(0.001);
    bar.set_length(total);
    bar.set_position(done.min(total));
    bar.set_message(format!("{} posts  {rate:.0}/s", HumanCount(posts)));
    let reached = (done.min(total) * 10).checked_div(total).unwrap_or(0);
    if !terminal && reached > *tenths {
        *tenths = reached;
        let left = bar.elapsed().mul_f64((total.saturating_sub(done)) as f64 / done.max(1) as f64);
        let _ = writeln!(
            std::io::stderr(),
            "{} % read, {posts} posts, {rate:.0} a second, about {} s left",
            reached * 10,
            left.as_secs()
        );
    }
}
