//! One connection to a PostgreSQL server.

use std::collections::HashMap;
use std::sync::Arc;

use mainstreet_kernel::{Error, Kind, Result};
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, NoTls, Statement};

use crate::dialect::Dialect;
use crate::value::{Row, Value};

type Cause = Box<dyn std::error::Error + Sync + Send>;

pub(crate) struct Postgres {
    client: Client,
    statements: HashMap<String, (Statement, Arc<[String]>)>,
}

/// Splits `?schema=NAME` off a `postgres://` URL: the driver does not know it.
pub(crate) fn split_schema(url: &str) -> (String, Option<String>) {
    let Some((base, query)) = url.split_once('?') else { return (url.to_owned(), None) };
    let (mut schema, mut rest) = (None, Vec::new());
    for pair in query.split('&') {
        match pair.strip_prefix("schema=") {
            Some(name) => schema = Some(name.to_owned()),
            None => rest.push(pair),
        }
    }
    let base = if rest.is_empty() { base.to_owned() } else { format!("{base}?{}", rest.join("&")) };
    (base, schema)
}

impl Postgres {
    pub(crate) fn open(url: &str) -> Result<Self> {
        let client = connect(url)?;
        Ok(Self { client, statements: HashMap::new() })
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).map_err(trouble)
    }

    fn prepare(&mut self, sql: &str) -> Result<(Statement, Arc<[String]>)> {
        if let Some((statement, columns)) = self.statements.get(sql) {
            return Ok((statement.clone(), Arc::clone(columns)));
        }
        if self.statements.len() > 500 {
            self.statements.clear();
        }
        let statement = self.client.prepare(&Dialect::Postgres.translate(sql)).map_err(trouble)?;
        let columns: Arc<[String]> =
            statement.columns().iter().map(|column| column.name().to_owned()).collect();
        self.statements.insert(sql.to_owned(), (statement.clone(), Arc::clone(&columns)));
        Ok((statement, columns))
    }

    pub(crate) fn run(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        let (statement, _) = self.prepare(sql)?;
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|value| value as _).collect();
        self.client.execute(&statement, &params).map_err(trouble)
    }

    pub(crate) fn query<T>(
        &mut self,
        sql: &str,
        params: &[Value],
        each: &mut dyn FnMut(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        let (statement, columns) = self.prepare(sql)?;
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|value| value as _).collect();
        let rows = self.client.query(&statement, &params).map_err(trouble)?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let values = (0..columns.len()).map(|at| value(row, at)).collect::<Result<Vec<_>>>()?;
            found.push(each(&Row::new(Arc::clone(&columns), values))?);
        }
        Ok(found)
    }
}

/// A fresh client for `url`, with `?schema=NAME` honoured.
pub(crate) fn connect(url: &str) -> Result<Client> {
    let (base, schema) = split_schema(url);
    let mut client = Client::connect(&base, NoTls).map_err(|cause| {
        Error::unavailable(
            "PostgreSQL does not answer. Is the server running, and are address, user and database right?",
            cause,
        )
    })?;
    if let Some(schema) = schema {
        let safe = schema.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        if !safe {
            return Err(Error::invalid("A schema name is made of letters, digits and underscores."));
        }
        client.batch_execute(&format!("SET search_path TO {schema}")).map_err(trouble)?;
    }
    Ok(client)
}

/// An empty schema called `name`, instead of whatever had that name.
pub(crate) fn make_schema(base: &str, name: &str) -> Result<()> {
    // Refuses names that are not plain.
    drop(connect(&format!("{base}{}schema={name}", if base.contains('?') { '&' } else { '?' }))?);
    connect(base)?
        .batch_execute(&format!("DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}"))
        .map_err(trouble)
}

fn value(row: &postgres::Row, at: usize) -> Result<Value> {
    let wrong = |cause: postgres::Error| Error::internal(cause);
    let kind = row.columns()[at].type_();
    let value = match *kind {
        Type::INT8 => row.try_get::<_, Option<i64>>(at).map_err(wrong)?.map(Value::Int),
        Type::INT4 => row.try_get::<_, Option<i32>>(at).map_err(wrong)?.map(Value::from),
        Type::INT2 => {
            row.try_get::<_, Option<i16>>(at).map_err(wrong)?.map(|number| Value::Int(number.into()))
        }
        Type::BOOL => row.try_get::<_, Option<bool>>(at).map_err(wrong)?.map(Value::from),
        Type::FLOAT8 => row.try_get::<_, Option<f64>>(at).map_err(wrong)?.map(Value::Real),
        Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(at).map_err(wrong)?.map(Value::Blob),
        Type::TEXT | Type::VARCHAR | Type::NAME | Type::BPCHAR => {
            row.try_get::<_, Option<String>>(at).map_err(wrong)?.map(Value::Text)
        }
        _ => {
            return Err(Error::internal(format!(
                "column '{}' is {kind}; cast it in SQL",
                row.columns()[at].name()
            )));
        }
    };
    Ok(value.unwrap_or(Value::Null))
}

impl ToSql for Value {
    fn to_sql(&self, kind: &Type, out: &mut postgres::types::private::BytesMut) -> Result<IsNull, Cause> {
        match (self, kind) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Int(number), &Type::INT4) => i32::try_from(*number)?.to_sql(kind, out),
            (Self::Int(number), &Type::INT2) => i16::try_from(*number)?.to_sql(kind, out),
            (Self::Int(number), &Type::FLOAT8) => (*number as f64).to_sql(kind, out),
            (Self::Int(number), &Type::BOOL) => (*number != 0).to_sql(kind, out),
            (Self::Int(number), &Type::TEXT) => number.to_string().to_sql(kind, out),
            (Self::Int(number), _) => number.to_sql(kind, out),
            (Self::Real(number), _) => number.to_sql(kind, out),
            // PostgreSQL refuses NUL inside text; nobody means it.
            (Self::Text(text), _) if text.contains('\0') => text.replace('\0', "").to_sql(kind, out),
            (Self::Text(text), _) => text.to_sql(kind, out),
            (Self::Word(word), _) => word.to_sql(kind, out),
            (Self::Blob(bytes), _) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

pub(crate) fn trouble(cause: postgres::Error) -> Error {
    let code = cause.code().map(|state| state.code().to_owned()).unwrap_or_default();
    match code.as_str() {
        "23505" | "23503" | "40001" | "40P01" => Error {
            kind: Kind::Conflict,
            safe: "Somebody else did the same thing at the same moment. Look at the page again, then try once more.".into(),
            source: Some(Box::new(cause)),
        },
        "53100" => Error::unavailable("The database server's disk is full, so nothing was saved. Keep what you wrote, and send it again once those who run this place have freed some space.", cause),
        "25006" => Error::unavailable("The database is read-only, so nothing was saved.", cause),
        "" => Error::unavailable("The connection to the database broke, so nothing was saved. Try again in a moment.", cause),
        code if code.starts_with("53") || code.starts_with("57") => {
            Error::unavailable("The database server cannot take this just now. Try again in a moment.", cause)
        }
        _ => Error::internal(cause),
    }
}
