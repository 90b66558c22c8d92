//! Backups that move between databases: one consistent moment of all rows as a zstd-compressed tar.
//!
//! `mainstreet.json` says what follows; `tables/NAME/00001.jsonl` hold rows, one JSON array a line;
//! `manifest.json` ends the archive with the count and two hashes of each table. A file without its manifest is
//! not whole. The log is written with new numbers, 1 to n in commit order, and its readers' positions with it:
//! transaction numbers mean nothing on another server.
//!
//! **Invariant:** [`restore`] either ends with the very rows that were written, or changes nothing.

mod read;
mod tables;
mod write;

use mainstreet_kernel::{Error, Result, Timestamp};
pub use read::{restore, verify};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
pub use write::{copy, write};

use crate::value::Value;

/// The layout described above. Raise it when a reader of this version would misread the file.
const FORMAT: u32 = 1;
const HEAD: &str = "mainstreet.json";
const MANIFEST: &str = "manifest.json";
/// The database's own tables: what is in them belongs to one installation.
const LEFT_OUT: &[&str] = &["schema_migrations", "nodes"];

/// What the archive says before its rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Head {
    format: u32,
    /// When it was made.
    pub made_at: Timestamp,
    /// `sqlite` or `postgres`.
    pub made_from: String,
    /// Numbers and names of the migrations its tables have.
    pub schema: Vec<(i64, String)>,
    tables: Vec<Table>,
}

/// One table: its columns, and the columns by which it is paged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Table {
    name: String,
    columns: Vec<String>,
    key: Vec<String>,
}

/// What is in one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Its name.
    pub table: String,
    /// How many rows.
    pub rows: u64,
    /// SHA-256 of its lines as they stand in the archive: the file is undamaged.
    pub sha256: String,
    /// Sum of the SHA-256 of each line: a database holds the same rows, in whatever order.
    pub content: String,
}

/// How the archive ends.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// What was said at the start.
    pub head: Head,
    /// Every table.
    pub tables: Vec<Count>,
}

impl Manifest {
    /// Rows of all tables.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|count| count.rows).sum()
    }
}

/// How far a long run is.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// The table at hand.
    pub table: &'a str,
    /// Rows done, of all tables.
    pub rows: u64,
    /// Rows there are, when that is known.
    pub of: Option<u64>,
}

/// Adds up what a table holds, line by line.
struct Tally {
    rows: u64,
    lines: Sha256,
    sum: [u64; 4],
}

impl Tally {
    fn new() -> Self {
        Self { rows: 0, lines: Sha256::new(), sum: [0; 4] }
    }

    /// `line` without its line feed.
    fn add(&mut self, line: &str) {
        self.rows += 1;
        self.lines.update(line);
        self.lines.update("\n");
        let digest = Sha256::digest(line);
        for (sum, part) in self.sum.iter_mut().zip(digest.chunks_exact(8)) {
            let number = part.iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
            *sum = sum.wrapping_add(number);
        }
    }

    fn finish(self, table: &str) -> Count {
        Count {
            table: table.to_owned(),
            rows: self.rows,
            sha256: hex(&self.lines.finalize()),
            content: self.sum.iter().map(|part| format!("{part:016x}")).collect(),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A row as one line of JSON. Fractions are written as text, because readers of JSON round them.
fn encode(values: &[Value]) -> Result<String> {
    let mut line = String::from("[");
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        match value {
            Value::Null => line.push_str("null"),
            Value::Int(number) => line.push_str(&number.to_string()),
            Value::Real(number) => line.push_str(&format!("{{\"real\":\"{number}\"}}")),
            // One of the databases refuses NUL inside text.
            Value::Text(text) => {
                line.push_str(&serde_json::to_string(&text.replace('\0', "")).map_err(Error::internal)?);
            }
            Value::Word(word) => line.push_str(&serde_json::to_string(word).map_err(Error::internal)?),
            Value::Blob(bytes) => line.push_str(&format!("{{\"hex\":\"{}\"}}", hex(bytes))),
        }
    }
    line.push(']');
    Ok(line)
}

/// Reads what [`encode`] wrote.
fn decode(line: &str) -> Result<Vec<Value>> {
    let cells: Vec<serde_json::Value> =
        serde_json::from_str(line).map_err(|_| damaged("a row is no JSON"))?;
    cells
        .into_iter()
        .map(|cell| decode_cell(cell).ok_or_else(|| damaged("a row holds an unknown value")))
        .collect()
}

fn decode_cell(cell: serde_json::Value) -> Option<Value> {
    match cell {
        serde_json::Value::Null => Some(Value::Null),
        serde_json::Value::Number(number) => number.as_i64().map(Value::Int),
        serde_json::Value::String(text) => Some(Value::Text(text)),
        serde_json::Value::Object(object) => {
            if let Some(real) = object.get("real") {
                return real.as_str()?.parse().ok().map(Value::Real);
            }
            let digits = object.get("hex")?.as_str()?.as_bytes();
            let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
            digits.chunks(2).map(byte).collect::<Option<_>>().map(Value::Blob)
        }
        _ => None,
    }
}

fn damaged(why: impl Into<String>) -> Error {
    Error {
        source: Some(why.into().into()),
        ..Error::invalid("This archive is damaged or not whole. Use another one.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(values: &[Value], expect: &str) {
        let line = encode(values).unwrap();
        assert_eq!(line, expect);
        assert_eq!(decode(&line).unwrap(), values);
    }

    #[test]
    fn a_row_comes_back_as_it_was() {
        check(&[], "[]");
        check(&[Value::Null, Value::Int(i64::MIN)], "[null,-9223372036854775808]");
        check(&[Value::Real(0.1), Value::Real(1.0)], r#"[{"real":"0.1"},{"real":"1"}]"#);
        check(&[Value::Text("a \"b\"\n\u{1F600}".into())], "[\"a \\\"b\\\"\\n\u{1F600}\"]");
        check(&[Value::Blob(vec![0, 255])], r#"[{"hex":"00ff"}]"#);
    }

    #[test]
    fn nonsense_is_refused() {
        for line in ["", "{}", "[1.5]", "[true]", "[{\"hex\":\"zz\"}]", "[{}]"] {
            assert!(decode(line).is_err(), "{line}");
        }
    }

    #[test]
    fn the_sum_does_not_care_about_order_and_the_hash_does() {
        let tally = |lines: &[&str]| {
            let mut tally = Tally::new();
            lines.iter().for_each(|line| tally.add(line));
            tally.finish("t")
        };
        let (one, other) = (tally(&["[1]", "[2]"]), tally(&["[2]", "[1]"]));
        assert_eq!(one.content, other.content);
        assert_ne!(one.sha256, other.sha256);
        assert_ne!(one.content, tally(&["[1]", "[1]"]).content);
    }
}
