//! Files, folders and packed archives as one stream of named entries.
//!
//! Compression and packing are told by the first bytes, never by the name, and may be nested one in the other
//! (`archive.tar.zst`). Nothing is read into memory as a whole.

mod records;

use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use mainstreet_kernel::{Error, Result};

pub(crate) use records::{Record, records};

/// Bytes a reader gets at a time.
const BUFFER: usize = 256 * 1024;
/// Packings within packings that are followed.
const LAYERS: u8 = 4;

/// How far reading has come, in bytes of the files as they lie on disk. Shared with whoever shows it.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    total: Arc<AtomicU64>,
    done: Arc<AtomicU64>,
}

impl Progress {
    /// Bytes of all files together.
    pub fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    /// Bytes read so far.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self, bytes: u64) {
        self.done.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn expect(&self, bytes: u64) {
        self.total.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// Counts what is read from a file.
pub(crate) struct Counting<R> {
    inner: R,
    progress: Progress,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.progress.add(read as u64);
        Ok(read)
    }
}

/// What a visitor does with one entry: its name, for reports, and its bytes.
pub(crate) type Visit<'a> = dyn FnMut(&str, &mut dyn BufRead) -> Result<()> + 'a;

/// The files that `path` names: itself, or what lies in the folder, in order of their names. Files for which
/// `wanted` is false are left out of folders, never when named directly.
///
/// # Errors
/// `NotFound` when there is nothing at `path`; `Unavailable` when it cannot be read.
pub(crate) fn files(path: &Path, wanted: &dyn Fn(&Path) -> bool) -> Result<Vec<PathBuf>> {
    let about = fs::metadata(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Error::not_found(format!(
            "There is no file or folder '{}'. Check the path; it is read relative to the folder you are in.",
            path.display()
        )),
        _ => unreadable(path, error),
    })?;
    if !about.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    let mut waiting = vec![path.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| unreadable(&folder, error))? {
            let entry = entry.map_err(|error| unreadable(&folder, error))?;
            let kind = entry.file_type().map_err(|error| unreadable(&folder, error))?;
            let path = entry.path();
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if kind.is_dir() {
                waiting.push(path);
            } else if kind.is_file() && wanted(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Gives every entry of the file at `path` to `visit`: the file itself, unpacked, or the files within a tar.
///
/// # Errors
/// What `visit` returns; `Unavailable` when the file cannot be read, `Invalid` when a packing is broken.
pub(crate) fn entries(path: &Path, progress: &Progress, visit: &mut Visit<'_>) -> Result<()> {
    let file = fs::File::open(path).map_err(|error| unreadable(path, error))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let counted = Counting { inner: file, progress: progress.clone() };
    unpack(&name, Box::new(BufReader::with_capacity(BUFFER, counted)), LAYERS, visit)
}

fn unpack<'a>(name: &str, mut bytes: Box<dyn BufRead + 'a>, layers: u8, visit: &mut Visit<'_>) -> Result<()> {
    let broken = |error: io::Error| {
        Error::invalid(format!(
            "'{name}' cannot be unpacked ({error}). Copy or download it again, then start once more."
        ))
    };
    let start = bytes.fill_buf().map_err(broken)?;
    if layers > 0 && start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        let inner = zstd::stream::read::Decoder::with_buffer(bytes).map_err(broken)?;
        return unpack(name, Box::new(BufReader::with_capacity(BUFFER, inner)), layers - 1, visit);
    }
    if layers > 0 && start.starts_with(&[0x1f, 0x8b]) {
        let inner = flate2::bufread::MultiGzDecoder::new(bytes);
        return unpack(name, Box::new(BufReader::with_capacity(BUFFER, inner)), layers - 1, visit);
    }
    if layers > 0 && start.get(257..262) == Some(b"ustar".as_slice()) {
        let mut tar = tar::Archive::new(bytes);
        for entry in tar.entries().map_err(broken)? {
            let entry = entry.map_err(broken)?;
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let inner = entry.path().map_err(broken)?.to_string_lossy().into_owned();
            let base = inner.rsplit('/').next().unwrap_or("");
            if base.starts_with('.') || !holds_records(Path::new(base)) {
                continue;
            }
            unpack(&inner, Box::new(BufReader::with_capacity(BUFFER, entry)), layers - 1, visit)?;
        }
        return Ok(());
    }
    visit(name, &mut bytes)
}

/// True for names that a folder of records uses; pictures and read-me files beside them are left alone.
pub(crate) fn holds_records(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let name = name.trim_end_matches(".zst").trim_end_matches(".gz");
    [".json", ".jsonl", ".ndjson", ".tar", ".tgz"].iter().any(|end| name.ends_with(end))
}

pub(crate) fn unreadable(path: &Path, error: io::Error) -> Error {
    Error::unavailable(
        format!("'{}' cannot be read ({error}). Check its permissions.", path.display()),
        error,
    )
}

#[cfg(test)]
mod tests;
