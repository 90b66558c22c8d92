//! One definition for each counter: what it should be, by the key of its row.

use mainstreet_db::Tx;
use mainstreet_kernel::Result;

/// A kept count.
pub(super) struct Counter {
    pub(super) table: &'static str,
    pub(super) column: &'static str,
    /// What stands there when nothing is counted.
    nothing: &'static str,
    /// Answers `k`, the id of a row, and `n`, what its column should hold.
    counted: &'static str,
}

const fn count(table: &'static str, column: &'static str, counted: &'static str) -> Counter {
    Counter { table, column, nothing: "0", counted }
}

const fn fact(table: &'static str, column: &'static str, counted: &'static str) -> Counter {
    Counter { table, column, nothing: "NULL", counted }
}

/// In an order in which each may rely on those before it.
pub(super) const COUNTERS: &[Counter] = &[
    count(
        "posts",
        "reaction_count",
        "SELECT post_id AS k, CAST(SUM(count) AS BIGINT) AS n FROM reaction_counts GROUP BY post_id",
    ),
    count(
        "posts",
        "reply_count",
        "SELECT q.id AS k, COUNT(*) AS n FROM posts p
         JOIN posts q ON q.topic_id = p.topic_id AND q.number = p.reply_to
         WHERE p.state = 'published' GROUP BY q.id",
    ),
    count(
        "topics",
        "reply_count",
        "SELECT topic_id AS k, COUNT(*) AS n FROM posts WHERE state = 'published' AND number > 1 GROUP BY topic_id",
    ),
    count(
        "topics",
        "people_count",
        "SELECT topic_id AS k, COUNT(DISTINCT person_id) AS n FROM posts WHERE state = 'published' GROUP BY topic_id",
    ),
    count(
        "topics",
        "reaction_count",
        "SELECT topic_id AS k, CAST(SUM(reaction_count) AS BIGINT) AS n FROM posts
         WHERE state = 'published' GROUP BY topic_id",
    ),
    fact(
        "topics",
        "last_post_id",
        "SELECT p.topic_id AS k, p.id AS n FROM posts p
         JOIN (SELECT topic_id, MAX(number) AS number FROM posts WHERE state = 'published' GROUP BY topic_id) m
           ON m.topic_id = p.topic_id AND m.number = p.number",
    ),
    fact(
        "topics",
        "last_person_id",
        "SELECT p.topic_id AS k, p.person_id AS n FROM posts p
         JOIN (SELECT topic_id, MAX(number) AS number FROM posts WHERE state = 'published' GROUP BY topic_id) m
           ON m.topic_id = p.topic_id AND m.number = p.number",
    ),
    fact(
        "topics",
        "first_reply_at",
        "SELECT p.topic_id AS k, MIN(p.created_at) AS n FROM posts p JOIN topics t ON t.id = p.topic_id
         WHERE p.state = 'published' AND p.number > 1 AND p.person_id <> t.person_id
           AND p.person_class IN ('member', 'staff') GROUP BY p.topic_id",
    ),
    count("spaces", "topic_count", "SELECT space_id AS k, COUNT(*) AS n FROM topics WHERE state = 'published' GROUP BY space_id"),
    count(
        "spaces",
        "post_count",
        "SELECT t.space_id AS k, COUNT(*) AS n FROM posts p JOIN topics t ON t.id = p.topic_id
         WHERE t.state = 'published' AND p.state = 'published' GROUP BY t.space_id",
    ),
    count(
        "tags",
        "topic_count",
        "SELECT tt.tag_id AS k, COUNT(*) AS n FROM topic_tags tt JOIN topics t ON t.id = tt.topic_id
         WHERE t.state = 'published' GROUP BY tt.tag_id",
    ),
    count("people", "post_count", "SELECT person_id AS k, COUNT(*) AS n FROM posts WHERE state = 'published' GROUP BY person_id"),
    fact(
        "people",
        "last_post_at",
        "SELECT person_id AS k, MAX(created_at) AS n FROM posts WHERE state = 'published' GROUP BY person_id",
    ),
    Counter {
        table: "topics",
        column: "bumped_at",
        nothing: "t.created_at",
        counted: "SELECT t.id AS k, p.created_at AS n FROM topics t JOIN posts p ON p.id = t.last_post_id",
    },
    // Whoever answers themselves gets no credit.
    count(
        "people",
        "accepted_count",
        "SELECT p.person_id AS k, COUNT(*) AS n FROM topics t JOIN posts p ON p.id = t.accepted_post_id
         WHERE t.person_id <> p.person_id GROUP BY p.person_id",
    ),
];

/// In how many rows the counter is wrong.
pub(super) fn differing(tx: &mut Tx<'_>, counter: &Counter) -> Result<i64> {
    let Counter { table, column, nothing, counted } = counter;
    tx.count(
        &format!(
            "SELECT COUNT(*) AS n FROM {table} t LEFT JOIN ({counted}) c ON c.k = t.id
             WHERE t.{column} IS DISTINCT FROM COALESCE(c.n, {nothing})"
        ),
        &[],
    )
}

/// Puts right what is wrong; answers in how many rows.
pub(super) fn mend(tx: &mut Tx<'_>, counter: &Counter) -> Result<u64> {
    let Counter { table, column, nothing, counted } = counter;
    tx.run(
        &format!(
            "UPDATE {table} SET {column} = d.n FROM
               (SELECT t.id AS k, COALESCE(c.n, {nothing}) AS n FROM {table} t
                LEFT JOIN ({counted}) c ON c.k = t.id
                WHERE t.{column} IS DISTINCT FROM COALESCE(c.n, {nothing})) d
             WHERE {table}.id = d.k"
        ),
        &[],
    )
}
