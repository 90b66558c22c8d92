use mainstreet_db::{Tx, Value, params};
use mainstreet_kernel::id::{PersonId, PostId};
use mainstreet_kernel::{Result, Timestamp};

use super::super::changes::unnamed_in;
use super::super::posts::Reacted;

/// Reactions of new posts, each as of its post's time.
pub(in super::super) fn add_reactions(
    tx: &mut Tx<'_>,
    posts: &[(PostId, Timestamp, &[Reacted])],
) -> Result<()> {
    let (mut rows, mut counts): (Vec<Vec<Value>>, Vec<Vec<Value>>) = (Vec::new(), Vec::new());
    for (post, at, reactions) in posts {
        for reaction in *reactions {
            for person in &reaction.by {
                rows.push(params![*post, &reaction.kind, *person, *at].to_vec());
            }
            counts.push(params![*post, &reaction.kind, reaction.count, unnamed_in(reaction)].to_vec());
        }
    }
    tx.insert_many("INSERT INTO reactions (post_id, kind, person_id, created_at)", &rows, "")?;
    tx.insert_many("INSERT INTO reaction_counts (post_id, kind, count, unattributed)", &counts, "").map(drop)
}

/// Brings reactions of one kind up to date; those given here stay. Answers who is new.
pub(in super::super) fn set_reaction(
    tx: &mut Tx<'_>,
    post: PostId,
    at: Timestamp,
    reaction: &Reacted,
) -> Result<Vec<PersonId>> {
    let mut new = Vec::new();
    for person in &reaction.by {
        let inserted = tx.run(
            "INSERT INTO reactions (post_id, kind, person_id, created_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (post_id, kind, person_id) DO NOTHING",
            params![post, &reaction.kind, *person, at],
        )?;
        if inserted == 1 {
            new.push(*person);
        }
    }
    let named = tx.count(
        "SELECT COUNT(*) AS n FROM reactions WHERE post_id = $1 AND kind = $2",
        params![post, &reaction.kind],
    )?;
    let unnamed = unnamed_in(reaction);
    tx.run(
        "INSERT INTO reaction_counts (post_id, kind, count, unattributed) VALUES ($1, $2, $3, $4)
         ON CONFLICT (post_id, kind) DO UPDATE SET count = excluded.count, unattributed = excluded.unattributed",
        params![post, &reaction.kind, named + unnamed, unnamed],
    )?;
    tx.run("DELETE FROM reaction_counts WHERE post_id = $1 AND count = 0", params![post])?;
    Ok(new)
}

/// Sets a post's count of reactions to the sum over their kinds, and answers it.
pub(in super::super) fn sum_reactions(tx: &mut Tx<'_>, post: PostId) -> Result<i64> {
    let sum = tx.count(
        "SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) AS n FROM reaction_counts WHERE post_id = $1",
        params![post],
    )?;
    tx.run("UPDATE posts SET reaction_count = $2 WHERE id = $1", params![post, sum])?;
    Ok(sum)
}
