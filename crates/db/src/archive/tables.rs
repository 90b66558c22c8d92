//! Which tables there are, and walking through one in pages.

use mainstreet_kernel::{Error, Result};

use super::{LEFT_OUT, Table, Tally, encode};
use crate::dialect::Dialect;
use crate::params;
use crate::tx::Tx;
use crate::value::Value;

const PAGE: usize = 2_000;
const LOG: &str = "activities";
const CURSORS: &str = "log_cursors";

/// Every table that belongs into an archive, by name.
pub(super) fn all(tx: &mut Tx<'_>) -> Result<Vec<Table>> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        }
        Dialect::Postgres => {
            "SELECT CAST(table_name AS text) AS name FROM information_schema.tables
             WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name"
        }
    };
    let mut names: Vec<String> = tx.all(sql, &[], |row| row.get("name"))?;
    names.retain(|name| !LEFT_OUT.contains(&name.as_str()));
    names.sort();
    names.into_iter().map(|name| describe(tx, name)).collect()
}

fn describe(tx: &mut Tx<'_>, name: String) -> Result<Table> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => "SELECT name, pk FROM pragma_table_info($1) ORDER BY name",
        Dialect::Postgres => {
            "SELECT CAST(a.attname AS text) AS name,
               CAST(COALESCE(array_position(CAST(i.indkey AS smallint[]), a.attnum) + 1, 0) AS BIGINT) AS pk
             FROM pg_attribute a
             LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
             WHERE a.attrelid = CAST(CAST($1 AS text) AS regclass) AND a.attnum > 0 AND NOT a.attisdropped
             ORDER BY a.attname"
        }
    };
    let mut columns: Vec<(String, i64)> =
        tx.all(sql, params![&name], |row| Ok((row.get("name")?, row.get("pk")?)))?;
    columns.sort();
    let mut key: Vec<(i64, String)> = columns
        .iter()
        .filter(|(_, place)| *place > 0)
        .map(|(column, place)| (*place, column.clone()))
        .collect();
    key.sort();
    if key.is_empty() {
        return Err(Error::internal(format!("table '{name}' has no primary key, so it cannot be archived")));
    }
    let key = if name == LOG {
        vec!["tx".to_owned(), "seq".to_owned()]
    } else {
        key.into_iter().map(|(_, column)| column).collect()
    };
    Ok(Table { name, columns: columns.into_iter().map(|(column, _)| column).collect(), key })
}

/// How many rows the tables hold together.
pub(super) fn rows(tx: &mut Tx<'_>, tables: &[Table]) -> Result<u64> {
    let mut sum = 0;
    for table in tables {
        sum += tx.count(&format!("SELECT COUNT(*) AS n FROM {}", table.name), &[])?;
    }
    u64::try_from(sum).map_err(Error::internal)
}

/// Walks through a table and gives each row, as a line, to `each`.
pub(super) fn walk(
    tx: &mut Tx<'_>,
    table: &Table,
    tally: &mut Tally,
    mut each: impl FnMut(&str, u64) -> Result<()>,
) -> Result<()> {
    let columns = table.columns.join(", ");
    let key = table.key.join(", ");
    let marks = crate::placeholders(1, table.key.len());
    let first = format!("SELECT {columns} FROM {} ORDER BY {key} LIMIT {PAGE}", table.name);
    let next =
        format!("SELECT {columns} FROM {} WHERE ({key}) > ({marks}) ORDER BY {key} LIMIT {PAGE}", table.name);
    let key_at: Vec<usize> =
        table.key.iter().filter_map(|key| table.columns.iter().position(|column| column == key)).collect();
    let mut last: Option<Vec<Value>> = None;
    loop {
        let page = match &last {
            None => tx.all(&first, &[], |row| Ok(row.clone().into_parts().1))?,
            Some(key) => tx.all(&next, key, |row| Ok(row.clone().into_parts().1))?,
        };
        let Some(end) = page.last() else { return Ok(()) };
        last = Some(key_at.iter().map(|at| end[*at].clone()).collect());
        let whole = page.len() == PAGE;
        for mut row in page {
            renumber(tx, table, &mut row, tally.rows)?;
            let line = encode(&row)?;
            tally.add(&line);
            each(&line, tally.rows)?;
        }
        if !whole {
            return Ok(());
        }
    }
}

/// Rows of the log are numbered 1 to n in commit order; a reader stands at as many rows as it has read.
fn renumber(tx: &mut Tx<'_>, table: &Table, row: &mut [Value], before: u64) -> Result<()> {
    if table.name != LOG && table.name != CURSORS {
        return Ok(());
    }
    let place = |name: &str| table.columns.iter().position(|column| column == name);
    let (Some(at_tx), Some(at_seq)) = (place("tx"), place("seq")) else {
        return Err(Error::internal("the log has no numbers"));
    };
    let number = if table.name == LOG {
        i64::try_from(before + 1).map_err(Error::internal)?
    } else {
        tx.count(
            "SELECT COUNT(*) AS n FROM activities WHERE tx < $1 OR (tx = $1 AND seq <= $2)",
            &[row[at_tx].clone(), row[at_seq].clone()],
        )?
    };
    row[at_tx] = Value::Int(0);
    row[at_seq] = Value::Int(number);
    Ok(())
}
