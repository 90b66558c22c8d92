//! `mainstreet backup` and `mainstreet restore`: one consistent moment in a file, and back.

use std::fs::{self, File, OpenOptions};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use mainstreet_db::Address;
use mainstreet_db::archive::{self, Manifest, Progress};
use serde_json::json;

use crate::boot::{Common, Done, Failure};

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Where to write the archive (default: mainstreet-TIME.tar.zst in this folder)
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write nothing: check that this archive is whole and undamaged
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    verify: Option<PathBuf>,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct RestoreOptions {
    /// The archive to restore; the database named by --database must hold nothing
    file: PathBuf,
}

pub(crate) fn run(common: &Common, options: &Options) -> Done {
    if let Some(file) = &options.verify {
        let manifest = verify(file)?;
        return answer(common, file, &manifest, "is whole");
    }
    let now = common.clock().now();
    let out = options.out.clone().unwrap_or_else(|| {
        let stamp: String = now.to_string().chars().filter(char::is_ascii_digit).take(14).collect();
        PathBuf::from(format!("mainstreet-{stamp}.tar.zst"))
    });
    if out.exists() {
        return Err(Failure::Failed(format!(
            "'{}' exists already. Choose another name with --out.",
            out.display()
        )));
    }
    // Under its own name only once it is whole and on the disk.
    let mut part = out.clone().into_os_string();
    part.push(".part");
    let part = PathBuf::from(part);
    let written = write(&common.address()?, now, &part).and_then(|_| verify(&part)).and_then(|manifest| {
        fs::rename(&part, &out)?;
        Ok(manifest)
    });
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    answer(common, &out, &written?, "is written and checked")
}

fn write(address: &Address, now: mainstreet_kernel::Timestamp, part: &Path) -> Result<(), Failure> {
    let mut open = OpenOptions::new();
    open.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
    let file = open.open(part).map_err(|cause| {
        Failure::Failed(format!(
            "cannot write '{}': {cause}. Choose another place with --out.",
            part.display()
        ))
    })?;
    let bar = bar("writing");
    archive::write(address, now, BufWriter::new(&file), |progress| show(&bar, progress))?;
    bar.finish_and_clear();
    file.sync_all()?;
    Ok(())
}

fn verify(path: &Path) -> Result<Manifest, Failure> {
    let bar = bar("checking");
    let manifest = archive::verify(open(path)?, |progress| show(&bar, progress))?;
    bar.finish_and_clear();
    Ok(manifest)
}

pub(crate) fn restore(common: &Common, options: &RestoreOptions) -> Done {
    let bar = bar("restoring");
    let now = common.clock().now();
    let manifest =
        archive::restore(&common.address()?, now, open(&options.file)?, |progress| show(&bar, progress))?;
    bar.finish_and_clear();
    answer(common, &options.file, &manifest, "is restored and checked")
}

fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|cause| Failure::Failed(format!("cannot read '{}': {cause}", path.display())))
}

/// A line of progress on standard error; nothing where that is not a terminal.
fn bar(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::no_length();
    let style = ProgressStyle::with_template("{prefix} {msg}: {human_pos} rows, {per_sec}, {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_prefix(what);
    bar
}

fn show(bar: &ProgressBar, progress: Progress<'_>) {
    if let Some(of) = progress.of {
        bar.set_length(of);
    }
    bar.set_message(progress.table.to_owned());
    bar.set_position(progress.rows);
}

fn answer(common: &Common, file: &Path, manifest: &Manifest, done: &str) -> Done {
    let bytes = fs::metadata(file)?.len();
    let tables: serde_json::Map<_, _> =
        manifest.tables.iter().map(|count| (count.table.clone(), count.rows.into())).collect();
    let json = json!({
        "file": file, "bytes": bytes, "rows": manifest.rows(), "made_at": manifest.head.made_at.to_string(),
        "made_from": manifest.head.made_from, "tables": tables,
    });
    let posts = manifest.tables.iter().find(|count| count.table == "posts").map_or(0, |count| count.rows);
    let text = format!(
        "{} {done}: {} rows, {posts} posts of them, {:.1} MB, as of {}.",
        file.display(),
        manifest.rows(),
        bytes as f64 / 1e6,
        manifest.head.made_at
    );
    common.answer(&json, &text)
}
