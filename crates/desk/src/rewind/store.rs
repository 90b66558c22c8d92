//! What the desk forgets, in the order in which its tables depend on each other.

use mainstreet_db::{Tx, log};
use mainstreet_kernel::Result;

const EMPTIED: &[&str] = &[
    "DELETE FROM cleanup_decisions",
    "DELETE FROM cleanups",
    "DELETE FROM spam_scores",
    "DELETE FROM link_domains",
    "DELETE FROM mediation_words",
    "DELETE FROM mediation_parties",
    "DELETE FROM mediations",
    "DELETE FROM conflicts",
    "DELETE FROM webhook_calls",
    "DELETE FROM sequence_walks",
    "DELETE FROM rule_waits",
    "DELETE FROM answer_requests",
    "DELETE FROM reply_drafts",
    "DELETE FROM letters",
    "DELETE FROM form_asks",
    "DELETE FROM proposals",
    "DELETE FROM recognitions",
    "DELETE FROM member_labels",
    "DELETE FROM segment_counts",
    "DELETE FROM rule_runs",
    "DELETE FROM rule_verdicts",
    "DELETE FROM rule_hits",
    "DELETE FROM rule_marks",
    "DELETE FROM decision_batch_items",
    "DELETE FROM decision_batches",
    "DELETE FROM measures",
    "DELETE FROM audit_seals",
    "DELETE FROM audit_entries",
    "DELETE FROM appeal_voices",
    "DELETE FROM appeals",
    "DELETE FROM decisions",
    "DELETE FROM reviews",
    "DELETE FROM review_samples",
    "DELETE FROM review_marks",
    "DELETE FROM triage_corrections",
    "DELETE FROM draft_requests",
    "DELETE FROM settings WHERE key = 'desk.drafting'",
    "DELETE FROM judgement_answers",
    "DELETE FROM judgement_versions",
    "DELETE FROM judgement_turns",
    "DELETE FROM judgement_left_out",
    "DELETE FROM judgement_marks",
    "DELETE FROM escalations",
    "DELETE FROM signal_notes",
    "DELETE FROM signal_steps",
    "DELETE FROM signal_causes",
    "DELETE FROM signals",
    "DELETE FROM desk_marks",
    "DELETE FROM theme_trends",
    "DELETE FROM theme_told",
    "DELETE FROM theme_steps",
    "DELETE FROM themes_parted",
    "DELETE FROM theme_posts",
    "DELETE FROM themes",
];

pub(super) fn empty_inbox(tx: &mut Tx<'_>) -> Result<()> {
    log::waive(tx)?;
    for statement in EMPTIED {
        tx.run(statement, &[])?;
    }
    log::unwaive(tx)
}
