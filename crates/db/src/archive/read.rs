//! Checking an archive, and filling a database from one.

use std::io::{BufRead, BufReader, Read};

use mainstreet_kernel::{Error, Result, Timestamp};

use super::{Count, FORMAT, HEAD, Head, MANIFEST, Manifest, Progress, Table, Tally, damaged, decode, tables};
use crate::nodes::alone;
use crate::tx::Tx;
use crate::value::Value;
use crate::{Address, Dialect, migrate};

/// No part is longer; a file that says otherwise is not ours.
const MOST_BYTES: u64 = 1 << 30;
const INSERT: usize = 500;

/// Reads the whole archive and compares every table with the manifest.
pub fn verify(input: impl Read, mut progress: impl FnMut(Progress<'_>)) -> Result<Manifest> {
    unpack(input, |_| Ok(()), |_, _| Ok(()), &mut progress)
}

/// Fills the database at `address`, which must hold nothing, and compares it with the archive before it is kept.
pub fn restore(
    address: &Address,
    now: Timestamp,
    input: impl Read,
    progress: impl FnMut(Progress<'_>),
) -> Result<Manifest> {
    let fresh = matches!(address, Address::Sqlite(path) if !path.exists());
    let result = fill(address, now, input, progress);
    match (&result, address) {
        (Err(_), Address::Sqlite(path)) if fresh => crate::sqlite::remove(path),
        (Ok(_), _) => migrate::apply(address, now)?,
        _ => {}
    }
    result
}

fn fill(
    address: &Address,
    now: Timestamp,
    input: impl Read,
    mut progress: impl FnMut(Progress<'_>),
) -> Result<Manifest> {
    alone(address, now, |tx| {
        let keys = std::cell::RefCell::new(Vec::new());
        let tx = std::cell::RefCell::new(tx);
        let filled = unpack(
            input,
            |head| {
                let tx = &mut **tx.borrow_mut();
                prepare(tx, address, now, head)?;
                *keys.borrow_mut() = begin(tx, &head.tables)?;
                Ok(())
            },
            |table, rows| insert(&mut tx.borrow_mut(), table, rows),
            &mut progress,
        );
        let tx = tx.into_inner();
        match filled.and_then(|manifest| end(tx, &keys.into_inner(), manifest)) {
            Ok(manifest) => Ok(manifest),
            Err(error) => {
                let _ = tx.batch("ROLLBACK");
                Err(error)
            }
        }
    })
}

/// Brings the schema to where the archive's is, and refuses what is not empty.
fn prepare(tx: &mut Tx<'_>, address: &Address, now: Timestamp, head: &Head) -> Result<()> {
    let known = migrate::Schema::migrations();
    let fits = head.schema.len() <= known.len()
        && head
            .schema
            .iter()
            .zip(known)
            .all(|((number, name), ours)| *number == ours.number && name == ours.name);
    if !fits {
        return Err(Error::invalid(
            "This archive was made by another version of Mainstreet. Restore it with that version, or a later one.",
        ));
    }
    let last = head.schema.last().map_or(0, |(number, _)| *number);
    migrate::apply_until(address, now, last)?;
    if migrate::applied(tx)? != head.schema {
        return Err(Error::conflict(
            "The target database already has a newer schema than this archive. Restore into a new, empty one.",
        ));
    }
    for table in ["people", "posts", "activities"] {
        if tx.count(&format!("SELECT COUNT(*) AS n FROM (SELECT 1 FROM {table} LIMIT 1) AS one"), &[])? > 0 {
            return Err(Error::conflict(
                "The target database already holds a community, and nothing is ever overwritten. \
                 Restore into a new, empty one.",
            ));
        }
    }
    if tables::all(tx)? != head.tables {
        return Err(damaged("the archive's tables differ from the schema it names"));
    }
    Ok(())
}

/// Opens the transaction and lets rows come in any order. Answers what puts the foreign keys back.
fn begin(tx: &mut Tx<'_>, tables: &[Table]) -> Result<Vec<String>> {
    let mut restore_keys = Vec::new();
    match tx.dialect() {
        Dialect::Sqlite => tx.batch("BEGIN IMMEDIATE; PRAGMA defer_foreign_keys = ON")?,
        Dialect::Postgres => {
            tx.batch("BEGIN")?;
            let keys = tx.all(
                "SELECT CAST(c.relname AS text) AS owner, CAST(k.conname AS text) AS name,
                   pg_get_constraintdef(k.oid) AS definition
                 FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
                 JOIN pg_namespace s ON s.oid = c.relnamespace
                 WHERE k.contype = 'f' AND s.nspname = current_schema() ORDER BY c.relname, k.conname",
                &[],
                |row| {
                    let text = |column| row.get::<String>(column);
                    Ok((text("owner")?, text("name")?, text("definition")?))
                },
            )?;
            for (owner, name, definition) in keys {
                tx.batch(&format!("ALTER TABLE {owner} DROP CONSTRAINT {name}"))?;
                restore_keys.push(format!("ALTER TABLE {owner} ADD CONSTRAINT {name} {definition}"));
            }
        }
    }
    // What migrations put in for a new community gives way to what this one had.
    for table in tables {
        tx.run(&format!("DELETE FROM {}", table.name), &[])?;
    }
    Ok(restore_keys)
}

fn insert(tx: &mut Tx<'_>, table: &Table, rows: &[Vec<Value>]) -> Result<()> {
    let numbered = table.name == "activities" && tx.dialect() == Dialect::Postgres;
    let head = format!(
        "INSERT INTO {} ({}){}",
        table.name,
        table.columns.join(", "),
        if numbered { " OVERRIDING SYSTEM VALUE" } else { "" }
    );
    tx.insert_many(&head, rows, "").map(drop)
}

/// Puts the keys back, compares the database with the manifest, and commits.
fn end(tx: &mut Tx<'_>, keys: &[String], manifest: Manifest) -> Result<Manifest> {
    for key in keys {
        tx.batch(key)?;
    }
    if tx.dialect() == Dialect::Postgres {
        tx.all(
            "SELECT setval(pg_get_serial_sequence('activities', 'seq'),
               (SELECT COALESCE(MAX(seq), 0) + 1 FROM activities), false) AS n",
            &[],
            |_| Ok(()),
        )?;
    }
    for (table, expected) in manifest.head.tables.iter().zip(&manifest.tables) {
        let mut tally = Tally::new();
        tables::walk(tx, table, &mut tally, |_, _| Ok(()))?;
        let found = tally.finish(&table.name);
        if found.rows != expected.rows || found.content != expected.content {
            return Err(Error::internal(format!(
                "restored table differs: {found:?} instead of {expected:?}"
            )));
        }
    }
    tx.batch("COMMIT")?;
    Ok(manifest)
}

/// Walks through the archive: `start` with its head, `rows` with rows as they come, and checks all of it.
fn unpack(
    input: impl Read,
    start: impl FnOnce(&Head) -> Result<()>,
    mut rows: impl FnMut(&Table, &[Vec<Value>]) -> Result<()>,
    progress: &mut impl FnMut(Progress<'_>),
) -> Result<Manifest> {
    let decoder = zstd::Decoder::new(input).map_err(|cause| damaged(cause.to_string()))?;
    let mut tar = tar::Archive::new(decoder);
    let mut entries = tar.entries().map_err(|cause| damaged(cause.to_string()))?;
    let mut next = || entries.next().transpose().map_err(|cause| damaged(cause.to_string()));
    let first = next()?.ok_or_else(|| damaged("it is empty"))?;
    let head: Head = json(first, HEAD)?;
    if head.format != FORMAT {
        return Err(Error::invalid(
            "This archive was made by a newer Mainstreet. Restore it with that version.",
        ));
    }
    start(&head)?;
    let mut tallies: Vec<Tally> = head.tables.iter().map(|_| Tally::new()).collect();
    let mut done = 0;
    while let Some(entry) = next()? {
        let path = entry.path().map_err(|cause| damaged(cause.to_string()))?.display().to_string();
        if path == MANIFEST {
            let manifest: Manifest = json(entry, MANIFEST)?;
            return compare(&head, tallies, manifest);
        }
        let name = path.split('/').nth(1).unwrap_or_default();
        let at = head.tables.iter().position(|table| table.name == name);
        let (Some(at), true) = (at, entry.size() <= MOST_BYTES) else {
            return Err(damaged(format!("'{path}' does not belong here")));
        };
        let table = &head.tables[at];
        let mut batch = Vec::new();
        for line in BufReader::new(entry).lines() {
            let line = line.map_err(|cause| damaged(cause.to_string()))?;
            tallies[at].add(&line);
            let row = decode(&line)?;
            if row.len() != table.columns.len() {
                return Err(damaged("a row has too many or too few columns"));
            }
            batch.push(row);
            if batch.len() == INSERT {
                rows(table, &std::mem::take(&mut batch))?;
            }
        }
        rows(table, &batch)?;
        done = tallies.iter().map(|tally| tally.rows).sum::<u64>().max(done);
        progress(Progress { table: &table.name, rows: done, of: None });
    }
    Err(damaged("it ends before its manifest"))
}

fn compare(head: &Head, tallies: Vec<Tally>, manifest: Manifest) -> Result<Manifest> {
    let found: Vec<Count> =
        head.tables.iter().zip(tallies).map(|(table, tally)| tally.finish(&table.name)).collect();
    if found != manifest.tables || head.tables != manifest.head.tables {
        return Err(damaged("its rows are not those its manifest tells of"));
    }
    Ok(manifest)
}

fn json<T: serde::de::DeserializeOwned>(entry: impl Read, name: &str) -> Result<T> {
    serde_json::from_reader(entry.take(16 << 20)).map_err(|cause| damaged(format!("{name}: {cause}")))
}
