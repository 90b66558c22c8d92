//! What two versions say differently: clause by clause, line by line.

use super::model::{Clause, Version};

/// A line of a text beside another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// In both.
    Same(String),
    /// Only in the new one.
    Added(String),
    /// Only in the old one.
    Removed(String),
}

/// What became of a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its slug.
    pub slug: String,
    /// Its heading, the new one where there is one.
    pub title: String,
    /// `new`, `gone` or `changed`.
    pub what: &'static str,
    /// Severity before and after, where it changed.
    pub severity: Option<(&'static str, &'static str)>,
    /// Its text, line by line.
    pub lines: Vec<Line>,
}

/// The clauses that differ: those of the new version in its order, then those that are gone.
pub fn compare(old: &Version, new: &Version) -> Vec<Difference> {
    let mut found: Vec<Difference> = new
        .clauses
        .iter()
        .filter(|clause| old.clause(&clause.slug) != Some(clause))
        .map(|clause| difference(old.clause(&clause.slug), Some(clause)))
        .collect();
    found.extend(
        old.clauses
            .iter()
            .filter(|clause| new.clause(&clause.slug).is_none())
            .map(|clause| difference(Some(clause), None)),
    );
    found
}

fn difference(old: Option<&Clause>, new: Option<&Clause>) -> Difference {
    let (what, either) = match (old, new) {
        (Some(_), Some(new)) => ("changed", Some(new)),
        (None, new) => ("new", new),
        (old, None) => ("gone", old),
    };
    let severity = match (old, new) {
        (Some(old), Some(new)) if old.severity != new.severity => {
            Some((old.severity.as_str(), new.severity.as_str()))
        }
        _ => None,
    };
    Difference {
        slug: either.map(|clause| clause.slug.clone()).unwrap_or_default(),
        title: either.map(|clause| clause.text.title.clone()).unwrap_or_default(),
        what,
        severity,
        lines: lines(&whole(old), &whole(new)),
    }
}

/// Title, summary and text of a clause in all its languages, as lines.
fn whole(clause: Option<&Clause>) -> Vec<String> {
    let Some(clause) = clause else { return Vec::new() };
    let mut lines = Vec::new();
    for text in std::iter::once(&clause.text).chain(&clause.translations) {
        lines.extend([text.title.clone(), text.summary.clone()]);
        lines.extend(text.body.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned));
    }
    lines
}

/// What two lists of lines share and do not: their longest common subsequence. Clauses are short, so the plain table
/// will do.
pub fn lines(old: &[String], new: &[String]) -> Vec<Line> {
    let width = new.len() + 1;
    let mut table = vec![0_usize; (old.len() + 1) * width];
    let at = |table: &[usize], i: usize, j: usize| table.get(i * width + j).copied().unwrap_or(0);
    for (i, a) in old.iter().enumerate().rev() {
        for (j, b) in new.iter().enumerate().rev() {
            let best = if a == b {
                at(&table, i + 1, j + 1) + 1
            } else {
                at(&table, i + 1, j).max(at(&table, i, j + 1))
            };
            if let Some(cell) = table.get_mut(i * width + j) {
                *cell = best;
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut found = Vec::new();
    loop {
        match (old.get(i), new.get(j)) {
            (Some(a), Some(b)) if a == b => {
                found.push(Line::Same(a.clone()));
                (i, j) = (i + 1, j + 1);
            }
            (Some(a), b) if b.is_none() || at(&table, i + 1, j) >= at(&table, i, j + 1) => {
                found.push(Line::Removed(a.clone()));
                i += 1;
            }
            (_, Some(b)) => {
                found.push(Line::Added(b.clone()));
                j += 1;
            }
            (_, None) => return found,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(old: &str, new: &str, expect: &str) {
        let split = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let shown: Vec<String> = lines(&split(old), &split(new))
            .into_iter()
            .map(|line| match line {
                Line::Same(text) => text,
                Line::Added(text) => format!("+{text}"),
                Line::Removed(text) => format!("-{text}"),
            })
            .collect();
        assert_eq!(shown.join(" "), expect);
    }

    #[test]
    fn lines_that_stay_are_found_among_those_that_change() {
        check("a b c", "a b c", "a b c");
        check("a b c", "a x c", "a -b +x c");
        check("", "a b", "+a +b");
        check("a b", "", "-a -b");
        check("a b c d", "b d e", "-a b -c d +e");
    }
}
