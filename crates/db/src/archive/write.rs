//! Writing an archive of a live database.

use std::io::Write;
use std::thread;

use mainstreet_kernel::{Error, Result, Timestamp};

use super::{FORMAT, HEAD, Head, MANIFEST, Manifest, Progress, Tally, tables};
use crate::nodes::alone;
use crate::tx::Tx;
use crate::{Address, Dialect, migrate};

/// A part of a table is written when it is so long.
const PART_BYTES: usize = 4 << 20;

/// Writes everything in the database at `address` to `out`, as it is at one moment; others may go on writing.
pub fn write(
    address: &Address,
    now: Timestamp,
    out: impl Write,
    mut progress: impl FnMut(Progress<'_>),
) -> Result<Manifest> {
    if let Address::Sqlite(path) = address
        && !path.is_file()
    {
        return Err(Error::not_found(format!(
            "There is no database file '{}'. Check the path.",
            path.display()
        )));
    }
    alone(address, now, |tx| {
        tx.batch(match tx.dialect() {
            Dialect::Sqlite => "BEGIN",
            Dialect::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        })?;
        let manifest = write_snapshot(tx, now, out, &mut progress)?;
        tx.batch("COMMIT")?;
        Ok(manifest)
    })
}

/// Copies everything from one database into another that holds nothing, of either kind.
pub fn copy(
    from: &Address,
    to: &Address,
    now: Timestamp,
    progress: impl FnMut(Progress<'_>),
) -> Result<Manifest> {
    let (reader, writer) = std::io::pipe().map_err(Error::internal)?;
    thread::scope(|scope| {
        let written = scope.spawn(move || write(from, now, writer, |_| {}));
        let read = super::restore(to, now, reader, progress);
        written.join().map_err(|_| Error::internal("the copying thread panicked"))??;
        read
    })
}

fn write_snapshot(
    tx: &mut Tx<'_>,
    now: Timestamp,
    out: impl Write,
    progress: &mut impl FnMut(Progress<'_>),
) -> Result<Manifest> {
    let schema = migrate::applied(tx)?;
    let tables = tables::all(tx)?;
    let of = tables::rows(tx, &tables)?;
    let made_from = match tx.dialect() {
        Dialect::Sqlite => "sqlite",
        Dialect::Postgres => "postgres",
    };
    let head = Head { format: FORMAT, made_at: now, made_from: made_from.to_owned(), schema, tables };
    let encoder = zstd::Encoder::new(out, 3).map_err(unwritable)?;
    let mut tar = Tar { tar: tar::Builder::new(encoder), seconds: u64::try_from(now.0 / 1000).unwrap_or(0) };
    tar.add(HEAD, &serde_json::to_vec_pretty(&head).map_err(Error::internal)?)?;
    let mut counts = Vec::new();
    let mut done = 0;
    for table in &head.tables {
        let mut tally = Tally::new();
        let (mut part, mut number) = (Vec::new(), 0);
        tables::walk(tx, table, &mut tally, |line, rows| {
            part.extend_from_slice(line.as_bytes());
            part.push(b'\n');
            if part.len() >= PART_BYTES {
                number += 1;
                tar.add(&format!("tables/{}/{number:05}.jsonl", table.name), &part)?;
                part.clear();
                progress(Progress { table: &table.name, rows: done + rows, of: Some(of) });
            }
            Ok(())
        })?;
        if !part.is_empty() {
            tar.add(&format!("tables/{}/{:05}.jsonl", table.name, number + 1), &part)?;
        }
        done += tally.rows;
        progress(Progress { table: &table.name, rows: done, of: Some(of) });
        counts.push(tally.finish(&table.name));
    }
    let manifest = Manifest { head, tables: counts };
    tar.add(MANIFEST, &serde_json::to_vec_pretty(&manifest).map_err(Error::internal)?)?;
    let encoder = tar.tar.into_inner().map_err(unwritable)?;
    encoder.finish().and_then(|mut out| out.flush()).map_err(unwritable)?;
    Ok(manifest)
}

struct Tar<W: Write> {
    tar: tar::Builder<W>,
    seconds: u64,
}

impl<W: Write> Tar<W> {
    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        header.set_mtime(self.seconds);
        self.tar.append_data(&mut header, name, bytes).map_err(unwritable)
    }
}

fn unwritable(cause: std::io::Error) -> Error {
    Error::unavailable("The archive cannot be written. Is there space, and may we write there?", cause)
}
