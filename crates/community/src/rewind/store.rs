//! The statements of a rewind, in their order. `$1` is the time to go back to.

use mainstreet_db::{Tx, params};
use mainstreet_kernel::{Result, Timestamp};

/// What hangs on posts and topics, and what they said and were.
pub(super) const BEFORE: &[&str] = &[
    "DELETE FROM flags WHERE created_at > $1 OR post_id IN (SELECT id FROM posts WHERE created_at > $1)",
    "UPDATE flags SET state = 'open', decided_at = NULL, decided_by = NULL WHERE decided_at > $1",
    "DELETE FROM mentions WHERE post_id IN (SELECT id FROM posts WHERE created_at > $1)",
    "DELETE FROM reactions WHERE created_at > $1 OR post_id IN (SELECT id FROM posts WHERE created_at > $1)",
    "DELETE FROM reaction_counts WHERE post_id IN (SELECT id FROM posts WHERE created_at > $1)",
    "UPDATE reaction_counts SET count = unattributed + (SELECT COUNT(*) FROM reactions r
       WHERE r.post_id = reaction_counts.post_id AND r.kind = reaction_counts.kind)",
    "DELETE FROM reaction_counts WHERE count = 0",
    "DELETE FROM post_originals WHERE post_id IN (SELECT id FROM posts WHERE created_at > $1)",
    "UPDATE topics SET title = (SELECT r.title FROM post_revisions r WHERE r.post_id = topics.first_post_id
         AND r.created_at > $1 AND r.title IS NOT NULL ORDER BY r.version LIMIT 1)
     WHERE EXISTS (SELECT 1 FROM post_revisions r WHERE r.post_id = topics.first_post_id
         AND r.created_at > $1 AND r.title IS NOT NULL)",
    "UPDATE posts SET html = '', renderer = 0,
       body = (SELECT r.body FROM post_revisions r WHERE r.post_id = posts.id AND r.created_at > $1
         ORDER BY r.version LIMIT 1)
     WHERE EXISTS (SELECT 1 FROM post_revisions r WHERE r.post_id = posts.id AND r.created_at > $1)",
    "DELETE FROM post_revisions WHERE created_at > $1",
    "UPDATE posts SET edited_at = (SELECT MAX(r.created_at) FROM post_revisions r WHERE r.post_id = posts.id)
     WHERE edited_at > $1",
    "UPDATE posts SET state = 'published', state_by = NULL, state_why = NULL, state_at = NULL WHERE state_at > $1",
    "UPDATE topics SET state = (SELECT p.state FROM posts p WHERE p.id = topics.first_post_id)
     WHERE first_post_id IS NOT NULL
       AND EXISTS (SELECT 1 FROM posts p WHERE p.id = topics.first_post_id AND p.state <> topics.state)",
    "UPDATE topics SET closed_at = NULL WHERE closed_at > $1",
    "UPDATE topics SET accepted_post_id = NULL, accepted_at = NULL, accepted_by = NULL
     WHERE accepted_at > $1 OR accepted_post_id IN (SELECT id FROM posts WHERE created_at > $1)",
    "DELETE FROM redirects WHERE target_kind = 'post' AND target_id IN (SELECT id FROM posts WHERE created_at > $1)",
];

/// Posts that were not written.
pub(super) const POSTS: &str = "DELETE FROM posts WHERE created_at > $1";

/// What belongs to conversations that had not begun: nothing was said in them.
pub(super) const EMPTY: &[&str] = &[
    "DELETE FROM topic_tags WHERE topic_id NOT IN (SELECT topic_id FROM posts)",
    "DELETE FROM reading WHERE seen_at > $1 OR topic_id NOT IN (SELECT topic_id FROM posts)",
    "DELETE FROM redirects WHERE target_kind = 'topic' AND target_id NOT IN (SELECT topic_id FROM posts)",
];

/// Conversations that had not begun.
pub(super) const TOPICS: &str = "DELETE FROM topics WHERE created_at > $1 AND NOT EXISTS (SELECT 1 FROM posts p WHERE p.topic_id = topics.id)";

/// Everything that belongs to a person who had not come, or to a visit.
pub(super) const PEOPLE: &[&str] = &[
    "DELETE FROM notifications",
    "DELETE FROM member_notices",
    "DELETE FROM member_standings",
    "DELETE FROM post_vectors",
    "DELETE FROM models",
    "DELETE FROM topic_limits",
    "DELETE FROM topic_locks",
    "DELETE FROM post_labels",
    "DELETE FROM calms",
    "DELETE FROM cool_offs",
    "DELETE FROM member_link_limits",
    "DELETE FROM sessions",
    "DELETE FROM mail_links",
    "DELETE FROM mails",
    "DELETE FROM attempts",
    "UPDATE members SET suspended_until = NULL, suspended_why = NULL WHERE suspended_until > $1
       AND NOT EXISTS (SELECT 1 FROM activities a WHERE a.verb = 'member.suspended' AND a.object_id = members.person_id
         AND a.occurred_at <= $1)",
    "DELETE FROM members WHERE role = 'member' AND person_id IN (SELECT id FROM people WHERE joined_at > $1)",
    "DELETE FROM identities WHERE person_id IN (SELECT p.id FROM people p WHERE p.joined_at > $1
       AND NOT EXISTS (SELECT 1 FROM members m WHERE m.person_id = p.id)
       AND NOT EXISTS (SELECT 1 FROM posts o WHERE o.person_id = p.id)
       AND NOT EXISTS (SELECT 1 FROM reactions r WHERE r.person_id = p.id)
       AND NOT EXISTS (SELECT 1 FROM mentions n WHERE n.person_id = p.id)
       AND NOT EXISTS (SELECT 1 FROM flags f WHERE f.person_id = p.id)
       AND NOT EXISTS (SELECT 1 FROM topics t WHERE t.person_id = p.id))",
    "UPDATE people SET merged_into = NULL WHERE merged_into IN (SELECT p.id FROM people p WHERE p.joined_at > $1
       AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.person_id = p.id))",
];

/// People who had not come: nothing of theirs is left.
pub(super) const STRANGERS: &str = "DELETE FROM people WHERE joined_at > $1
     AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.person_id = people.id)
     AND NOT EXISTS (SELECT 1 FROM members m WHERE m.person_id = people.id)
     AND NOT EXISTS (SELECT 1 FROM posts o WHERE o.person_id = people.id)
     AND NOT EXISTS (SELECT 1 FROM reactions r WHERE r.person_id = people.id)
     AND NOT EXISTS (SELECT 1 FROM mentions n WHERE n.person_id = people.id)
     AND NOT EXISTS (SELECT 1 FROM flags f WHERE f.person_id = people.id)
     AND NOT EXISTS (SELECT 1 FROM topics t WHERE t.person_id = people.id)";

/// What the counters do not cover.
pub(super) const AFTER: &[&str] = &[
    "UPDATE topics SET post_count = COALESCE((SELECT MAX(p.number) FROM posts p WHERE p.topic_id = topics.id), 0)",
    "UPDATE people SET joined_at = $1 WHERE joined_at > $1",
];

pub(super) fn run(tx: &mut Tx<'_>, statement: &str, at: Timestamp) -> Result<u64> {
    // Some statements put right what others left, whatever the time.
    if statement.contains("$1") { tx.run(statement, params![at]) } else { tx.run(statement, &[]) }
}
