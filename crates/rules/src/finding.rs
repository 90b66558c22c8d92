//! What is wrong with a text of rules, where, and what was probably meant.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A place in a text of rules. It does not take part in comparisons: two rules that say the same are equal
/// wherever they stand.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct At {
    /// Line, from 1; 0 when the thing does not come from a text.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl PartialEq for At {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl At {
    /// This place, `columns` characters further right.
    #[must_use]
    pub fn right(self, columns: usize) -> Self {
        Self { column: self.column.saturating_add(u32::try_from(columns).unwrap_or(0)), ..self }
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// How much a [`Finding`] matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gravity {
    /// The rules cannot be saved like this.
    Error,
    /// The rules can be saved; somebody should know this.
    Notice,
}

/// One thing found while reading or checking rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Where it stands.
    pub at: At,
    /// Whether it hinders saving.
    pub gravity: Gravity,
    /// What is wrong, as a sentence for somebody who is no programmer.
    pub message: String,
    /// What was probably meant, as it would be written.
    pub meant: Option<String>,
    /// Name of the rule it is about, when it has one.
    pub rule: Option<String>,
}

impl Finding {
    /// Something that hinders saving.
    pub fn error(at: At, message: impl Into<String>) -> Self {
        Self { at, gravity: Gravity::Error, message: message.into(), meant: None, rule: None }
    }

    /// Something worth knowing.
    pub fn notice(at: At, message: impl Into<String>) -> Self {
        Self { gravity: Gravity::Notice, ..Self::error(at, message) }
    }

    /// The same, with what was probably meant.
    #[must_use]
    pub fn meaning(mut self, meant: Option<impl Into<String>>) -> Self {
        self.meant = meant.map(Into::into);
        self
    }
}

impl fmt::Display for Finding {
    /// `12:5 There is no field "author.agee". Did you mean "author.age"?`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.gravity == Gravity::Notice { "note: " } else { "" };
        write!(f, "{} {word}{}", self.at, self.message)?;
        match &self.meant {
            Some(meant) if meant.contains('"') => write!(f, " Did you mean this: {meant}"),
            Some(meant) => write!(f, " Did you mean \"{meant}\"?"),
            None => Ok(()),
        }
    }
}

/// True when nothing among `findings` hinders saving.
pub fn may_be_saved(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| finding.gravity != Gravity::Error)
}

/// The one of `known` that is closest to `written`, when it is close enough to have been meant: at most a third
/// of its letters differ, or one is the beginning of the other.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 60;
    let written: Vec<char> = written.trim().to_lowercase().chars().take(LONGEST + 1).collect();
    if written.is_empty() || written.len() > LONGEST {
        return None;
    }
    let mut best: Option<(usize, &str)> = None;
    for name in known {
        let other: Vec<char> = name.to_lowercase().chars().take(LONGEST).collect();
        let longest = written.len().max(other.len());
        let start = written.len().min(other.len());
        let prefix = start >= 3 && written.get(..start) == other.get(..start);
        let most = (longest / 3).max(1);
        if !prefix && longest - start > most {
            continue;
        }
        let away = if prefix { 1 } else { distance(&written, &other) };
        if away <= most && start > 1 && best.is_none_or(|(least, _)| away < least) {
            best = Some((away, name));
        }
    }
    best.map(|(_, name)| name)
}

/// Letters to insert, drop, replace or swap with their neighbour to turn `a` into `b`.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let keep = last[j] + usize::from(x != y);
            let mut best = keep.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i - 1] == *y && *x == b[j - 1] {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_found() {
        let known = ["author.age", "author.posts", "post.links.count", "post.text"];
        for (written, expect) in [
            ("author.agee", Some("author.age")),
            ("auhtor.posts", Some("author.posts")),
            ("post.links", Some("post.links.count")),
            ("Post.Text", Some("post.text")),
            ("weather", None),
            ("", None),
            ("x", None),
        ] {
            assert_eq!(nearest(written, known), expect, "{written}");
        }
        assert_eq!(nearest(&"a".repeat(100_000), known), None);
    }
}
