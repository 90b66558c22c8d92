//! What the stores of several capabilities share.

use mainstreet_db::Value;

/// `ids` as parameters for `IN (…)`, filled up with the last one to a power of two: statements are cached by
/// their text, and this keeps the texts few. Never empty: no id is 0.
pub(crate) fn list<I: Copy + Into<Value>>(ids: &[I]) -> Vec<Value> {
    let mut values: Vec<Value> = ids.iter().map(|id| (*id).into()).collect();
    let last = values.last().cloned().unwrap_or(Value::Int(0));
    values.resize(values.len().max(1).next_power_of_two(), last);
    values
}

/// `$first, $first+1, …` for the values of a [`list`].
pub(crate) fn marks(first: usize, list: &[Value]) -> String {
    mainstreet_db::placeholders(first, list.len())
}
