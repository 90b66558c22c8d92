//! How far two people agree beyond chance.

use super::rates::{Interval, Z95};

/// How often the first said one thing and the second another: rows are the first's, columns the second's categories.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The categories, in order of rows and columns.
    pub categories: Vec<String>,
    counts: Vec<u64>,
}

/// Cohen's kappa: agreement beyond what two people would have by chance, 0 for none beyond it and 1 for all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kappa {
    /// The value, from -1 to 1.
    pub value: f64,
    /// Where the true value may lie, at 95 %.
    pub interval: Interval,
    /// The large-sample standard error.
    pub error: f64,
    /// The share on which they agreed.
    pub agreed: f64,
}

impl Table {
    /// Counts pairs of what the first and the second said; categories in alphabetical order.
    pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let pairs: Vec<(&str, &str)> = pairs.into_iter().collect();
        let mut categories: Vec<String> =
            pairs.iter().flat_map(|(first, second)| [(*first).to_owned(), (*second).to_owned()]).collect();
        categories.sort();
        categories.dedup();
        let mut table = Self { counts: vec![0; categories.len() * categories.len()], categories };
        for (first, second) in pairs {
            let place = |word: &str| table.categories.iter().position(|known| known == word).unwrap_or(0);
            let at = place(first) * table.categories.len() + place(second);
            if let Some(count) = table.counts.get_mut(at) {
                *count += 1;
            }
        }
        table
    }

    /// How often the first said `row` and the second `column`.
    pub fn count(&self, row: usize, column: usize) -> u64 {
        self.counts.get(row * self.categories.len() + column).copied().unwrap_or(0)
    }

    /// How many pairs.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// How many pairs said the same.
    pub fn agreed(&self) -> u64 {
        (0..self.categories.len()).map(|place| self.count(place, place)).sum()
    }

    /// Cohen's kappa (Cohen 1960) with the large-sample standard error of Fleiss, Cohen and Everitt (1969). Nothing
    /// without pairs, or when chance alone would explain everything because both always said the same one thing.
    pub fn kappa(&self) -> Option<Kappa> {
        let (n, size) = (self.total() as f64, self.categories.len());
        if self.total() == 0 {
            return None;
        }
        let part = |row: usize, column: usize| self.count(row, column) as f64 / n;
        let row = |at: usize| (0..size).map(|column| part(at, column)).sum::<f64>();
        let column = |at: usize| (0..size).map(|row| part(row, at)).sum::<f64>();
        let agreed: f64 = (0..size).map(|at| part(at, at)).sum();
        let chance: f64 = (0..size).map(|at| row(at) * column(at)).sum();
        if 1.0 - chance < 1e-12 {
            return None;
        }
        let value = (agreed - chance) / (1.0 - chance);
        let mut sum = -(agreed * chance - 2.0 * chance + agreed).powi(2);
        for one in 0..size {
            for other in 0..size {
                let both = if one == other { row(one) + column(one) } else { column(one) + row(other) };
                let away =
                    if one == other { (1.0 - chance) - both * (1.0 - agreed) } else { (1.0 - agreed) * both };
                sum += part(one, other) * away.powi(2);
            }
        }
        let error = (sum.max(0.0) / n).sqrt() / (1.0 - chance).powi(2);
        let interval =
            Interval { low: (value - Z95 * error).max(-1.0), high: (value + Z95 * error).min(1.0) };
        Some(Kappa { value, interval, error, agreed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table(rows: &[&[u64]]) -> Table {
        let categories = (0..rows.len()).map(|place| place.to_string()).collect();
        Table { categories, counts: rows.concat() }
    }

    #[track_caller]
    fn check(rows: &[&[u64]], value: f64, error: f64, low: f64, high: f64) {
        let kappa = table(rows).kappa().unwrap();
        for (found, expect) in [
            (kappa.value, value),
            (kappa.error, error),
            (kappa.interval.low, low),
            (kappa.interval.high, high),
        ] {
            assert!((found - expect).abs() < 5e-5, "{found} is not {expect} of {rows:?}");
        }
    }

    /// By hand and by the Python package `statsmodels` 0.14.
    #[test]
    fn golden_values() {
        check(&[&[20, 5], &[10, 15]], 0.4, 0.126_996, 0.151_092, 0.648_908);
        check(&[&[45, 5], &[3, 47]], 0.84, 0.054_215, 0.733_740, 0.946_260);
        check(&[&[10, 2, 1], &[3, 20, 4], &[0, 1, 9]], 0.649_682, 0.093_075, 0.467_258, 0.832_105);
        check(&[&[88, 4], &[2, 6]], 0.634_146, 0.137_383, 0.364_880, 0.903_412);
    }

    #[test]
    fn nothing_is_said_where_nothing_can_be() {
        assert_eq!(Table::of([]).kappa(), None);
        assert_eq!(Table::of([("fine", "fine"), ("fine", "fine")]).kappa(), None);
        let all = Table::of([("fine", "fine"), ("breaks", "breaks")]).kappa().unwrap();
        assert!((all.value - 1.0).abs() < 1e-12 && all.error == 0.0);
        let none = Table::of([("fine", "breaks"), ("breaks", "fine")]).kappa().unwrap();
        assert!((none.value + 1.0).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn turning_the_two_round_changes_nothing(a in 0..50_u64, b in 1..50_u64, c in 1..50_u64, d in 0..50_u64) {
            let one = table(&[&[a, b], &[c, d]]).kappa().unwrap();
            let other = table(&[&[a, c], &[b, d]]).kappa().unwrap();
            prop_assert!((one.value - other.value).abs() < 1e-9 && (one.error - other.error).abs() < 1e-9);
            prop_assert!((-1.0..=1.0).contains(&one.value));
        }
    }
}
