//! The few places where the two databases need different words. Everything else is one SQL text.

/// Which database this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// An embedded file.
    Sqlite,
    /// A server, version 15 or later.
    Postgres,
}

/// The named tokens a statement may hold: (token, on SQLite, on PostgreSQL).
const TOKENS: &[(&str, &str, &str)] = &[
    // Rows read here are about to be changed: nobody else may change them meanwhile.
    ("{{FOR_UPDATE}}", "", "FOR UPDATE"),
    // The same, passing over rows that somebody else holds.
    ("{{SKIP_LOCKED}}", "", "FOR UPDATE SKIP LOCKED"),
    // The oldest transaction still running: the log may be read up to here, exclusively.
    ("{{HORIZON}}", "1", "CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS BIGINT)"),
];

impl Dialect {
    /// `sql` as this database wants it. SQLite numbers `$2` by first appearance, so `$n` becomes `?n` there.
    pub(crate) fn translate(self, sql: &str) -> String {
        let mut text = sql.to_owned();
        for (token, sqlite, postgres) in TOKENS {
            if text.contains(token) {
                text = text.replace(token, if self == Self::Sqlite { sqlite } else { postgres });
            }
        }
        if self == Self::Postgres {
            return text;
        }
        let mut out = String::with_capacity(text.len());
        let mut quoted = false;
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            quoted ^= letter == '\'';
            let number = !quoted && letter == '$' && letters.peek().is_some_and(char::is_ascii_digit);
            out.push(if number { '?' } else { letter });
        }
        out
    }
}

/// The placeholders `$first, $first+1, …` for a list of `count` parameters, for `IN (…)`.
pub fn placeholders(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_mean_the_same_on_both() {
        let sql = "UPDATE t SET a = $2, b = '$1' WHERE id = $1 {{FOR_UPDATE}}";
        assert_eq!(Dialect::Sqlite.translate(sql), "UPDATE t SET a = ?2, b = '$1' WHERE id = ?1 ");
        assert_eq!(
            Dialect::Postgres.translate(sql),
            "UPDATE t SET a = $2, b = '$1' WHERE id = $1 FOR UPDATE"
        );
        assert_eq!(placeholders(2, 3), "$2, $3, $4");
    }
}
