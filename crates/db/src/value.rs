//! What goes into a statement and what comes out of a row, the same for both databases.

use std::cell::Cell;
use std::sync::Arc;

use mainstreet_kernel::id::{
    AccountId, AppealId, BatchId, CalmId, CannedReplyId, CleanupId, ConflictId, DecisionId, EntryId, FlagId,
    IdentityId, JobId, MailId, MeasureId, MediationId, PersonId, PostId, RuleId, SegmentId, SignalId,
    SpaceId, SplitId, TagId, TeamId, ThemeId, TopicId,
};
use mainstreet_kernel::{ActorClass, Day, Error, Result, Role, Timestamp, Verb, Visibility};

/// One value of a row or one parameter of a statement. Booleans are 0 and 1, times are milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// Any whole number, id, time or truth value.
    Int(i64),
    /// A floating-point number.
    Real(f64),
    /// Text; JSON too.
    Text(String),
    /// A word of the program itself, such as a verb or a state: a text that need not be copied. Only in parameters.
    Word(&'static str),
    /// Bytes.
    Blob(Vec<u8>),
}

/// Turns a list of expressions into the parameters of a statement.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::Value::from($value)),*] };
}

/// One row for [`Tx::insert_many`](crate::Tx::insert_many).
#[macro_export]
macro_rules! row {
    ($($value:expr),* $(,)?) => { [$($crate::Value::from($value)),*] };
}

/// A row, read by column name.
#[derive(Clone, Debug)]
pub struct Row {
    pub(crate) columns: Arc<[String]>,
    pub(crate) values: Vec<Value>,
    /// Where the next look-up starts: columns are nearly always read in the order they were selected.
    pub(crate) next: Cell<usize>,
}

impl Row {
    pub(crate) fn new(columns: Arc<[String]>, values: Vec<Value>) -> Self {
        Self { columns, values, next: Cell::new(0) }
    }

    /// The value of `column` as `T`. A missing column or a wrong type is a defect and says which.
    pub fn get<T: FromValue>(&self, column: &str) -> Result<T> {
        let start = self.next.get();
        let length = self.columns.len();
        let found = (0..length).map(|step| (start + step) % length).find(|at| self.columns[*at] == column);
        let at =
            found.ok_or_else(|| Error::internal(format!("no column '{column}' in {:?}", self.columns)))?;
        self.next.set(at + 1);
        T::from_value(&self.values[at]).ok_or_else(|| {
            Error::internal(format!("column '{column}' does not hold what was asked: {:?}", self.values[at]))
        })
    }

    /// The value of `column` read as a word by its `FromStr`: a state, a role, a verb.
    pub fn word<T: std::str::FromStr>(&self, column: &str) -> Result<T> {
        let text: String = self.get(column)?;
        text.parse()
            .map_err(|_| Error::internal(format!("column '{column}' holds the unknown word '{text}'")))
    }

    /// The value of `column` read as JSON; an empty text is null.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: &str) -> Result<T> {
        let text: Option<String> = self.get(column)?;
        let text = text.filter(|text| !text.is_empty()).unwrap_or_else(|| "null".to_owned());
        serde_json::from_str(&text).map_err(Error::internal)
    }

    /// The column names and values, for exports.
    pub fn into_parts(self) -> (Arc<[String]>, Vec<Value>) {
        (self.columns, self.values)
    }
}

/// What a column can be read as.
pub trait FromValue: Sized {
    /// `None` when the value is of another type.
    fn from_value(value: &Value) -> Option<Self>;
}

impl FromValue for i64 {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }
}

impl FromValue for f64 {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Real(number) => Some(*number),
            Value::Int(number) => Some(*number as Self),
            _ => None,
        }
    }
}

impl FromValue for bool {
    fn from_value(value: &Value) -> Option<Self> {
        i64::from_value(value).map(|number| number != 0)
    }
}

impl FromValue for String {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Blob(bytes) => Some(bytes.clone()),
            _ => None,
        }
    }
}

impl FromValue for Value {
    fn from_value(value: &Value) -> Option<Self> {
        Some(value.clone())
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            other => T::from_value(other).map(Some),
        }
    }
}

macro_rules! numbers {
    ($($name:ident)*) => {$(
        impl From<$name> for Value { fn from(value: $name) -> Self { Self::Int(value.0) } }
        impl FromValue for $name {
            fn from_value(value: &Value) -> Option<Self> { i64::from_value(value).map(Self) }
        }
    )*};
}
numbers! {
    Timestamp AccountId AppealId BatchId CalmId CannedReplyId CleanupId ConflictId DecisionId EntryId FlagId IdentityId JobId MailId MeasureId MediationId PersonId PostId RuleId SegmentId SignalId SpaceId SplitId TagId TeamId ThemeId TopicId
}

macro_rules! words {
    ($($name:ident)*) => {$(
        impl From<$name> for Value { fn from(value: $name) -> Self { Self::Word(value.as_str()) } }
    )*};
}
words! { ActorClass Role Verb Visibility }

macro_rules! ints {
    ($($name:ident)*) => {$(
        impl From<$name> for Value {
            fn from(value: $name) -> Self { Self::Int(i64::try_from(value).unwrap_or(i64::MAX)) }
        }
    )*};
}
ints! { i64 i32 u32 u64 usize u8 }

impl From<Day> for Value {
    fn from(value: Day) -> Self {
        Self::Int(i64::from(value.0))
    }
}

impl FromValue for Day {
    fn from_value(value: &Value) -> Option<Self> {
        i64::from_value(value).and_then(|days| i32::try_from(days).ok()).map(Self)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Real(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Blob(value)
    }
}

impl From<&serde_json::Value> for Value {
    fn from(value: &serde_json::Value) -> Self {
        if value.is_null() { Self::Null } else { Self::Text(value.to_string()) }
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
