//! Pages of a list, by key instead of offset: page one million costs what page one costs.

/// A slice of a list that can go on in both directions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows, in the list's order.
    pub rows: Vec<T>,
    /// True when more rows follow.
    pub more: bool,
}

impl<T> Page<T> {
    /// Cuts what a query for `limit + 1` rows returned into a page of `limit`.
    pub fn cut(mut rows: Vec<T>, limit: usize) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        Self { rows, more }
    }
}
