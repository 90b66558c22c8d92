//! Every SQL string about two members.

use mainstreet_db::{Tx, params};
use mainstreet_kernel::Result;
use mainstreet_kernel::id::PersonId;

use super::Shared;

/// When `$1` answered, mentioned, reacted to, flagged `$2`, in the order of [`super::WAYS`].
pub(super) const MET: [&str; 4] = [
    "SELECT p.created_at AS at FROM posts p JOIN posts q ON q.topic_id = p.topic_id AND q.number = p.reply_to
     WHERE p.person_id = $1 AND q.person_id = $2 ORDER BY p.created_at",
    "SELECT p.created_at AS at FROM mentions m JOIN posts p ON p.id = m.post_id
     WHERE p.person_id = $1 AND m.person_id = $2 ORDER BY p.created_at",
    "SELECT r.created_at AS at FROM reactions r JOIN posts p ON p.id = r.post_id
     WHERE r.person_id = $1 AND p.person_id = $2 ORDER BY r.created_at",
    "SELECT f.created_at AS at FROM flags f JOIN posts p ON p.id = f.post_id
     WHERE f.person_id = $1 AND p.person_id = $2 ORDER BY f.created_at",
];

pub(super) fn shared(tx: &mut Tx<'_>, one: PersonId, other: PersonId) -> Result<Vec<Shared>> {
    tx.all(
        "SELECT t.id, t.title,
           CAST(SUM(CASE WHEN p.person_id = $1 THEN 1 ELSE 0 END) AS BIGINT) AS one,
           CAST(SUM(CASE WHEN p.person_id = $2 THEN 1 ELSE 0 END) AS BIGINT) AS other
         FROM posts p JOIN topics t ON t.id = p.topic_id WHERE p.person_id IN ($1, $2)
         GROUP BY t.id, t.title HAVING COUNT(DISTINCT p.person_id) = 2 ORDER BY MAX(p.id) DESC LIMIT 20",
        params![one, other],
        |row| {
            Ok(Shared {
                topic: row.get("id")?,
                title: row.get("title")?,
                one: row.get("one")?,
                other: row.get("other")?,
            })
        },
    )
}

pub(super) fn shared_count(tx: &mut Tx<'_>, one: PersonId, other: PersonId) -> Result<i64> {
    tx.count(
        "SELECT COUNT(*) AS n FROM (SELECT topic_id FROM posts WHERE person_id IN ($1, $2) GROUP BY topic_id
           HAVING COUNT(DISTINCT person_id) = 2) both_wrote",
        params![one, other],
    )
}
