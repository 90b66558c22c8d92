//! What an import tells at its end.

use std::fmt::Write as _;

use mainstreet_kernel::channel::Skipped;
use serde::Serialize;

use super::{Counts, Plan};

/// The end of an import. Serialized, it is the answer to `--json`: the counts are what the archive holds, which is
/// now in the database, so a second run tells the same, with nothing new.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// Conversations.
    pub(crate) topics: u64,
    /// Posts, each once.
    pub(crate) posts: u64,
    /// People that the archive lists; where it has no list, authors.
    pub(crate) people: u64,
    /// Reactions, counted one by one.
    pub(crate) reactions: u64,
    /// Topics with an accepted answer.
    pub(crate) accepted: u64,
    /// Posts added by this run.
    pub(crate) new: u64,
    /// Records that could not be read.
    pub(crate) skipped: Vec<Skipped>,
    /// Posts that this run brought up to date.
    #[serde(skip)]
    pub(crate) changed: u64,
    #[serde(skip)]
    account: String,
    #[serde(skip)]
    spaces: u64,
    #[serde(skip)]
    joins: u64,
    #[serde(skip)]
    notes: Vec<(u64, String)>,
}

impl Report {
    /// The report of what was counted.
    pub(super) fn of(plan: &Plan, mut counts: Counts) -> Self {
        let sums = counts.sums();
        let mut notes = vec![
            (
                counts.copies,
                "copies of posts that the archive holds more than once; the newest is kept".to_owned(),
            ),
            (sums.headless, "topics whose first post is not in the archive".to_owned()),
            (sums.unnamed, "reactions of which the archive tells the number, not who gave them".to_owned()),
            (counts.unlisted(), "authors that the archive does not list: integrations, or guests".to_owned()),
            (
                counts.namesakes(),
                "people who show the name of another one: perhaps the same person twice".to_owned(),
            ),
        ];
        if plan.into.is_none() {
            notes.push((
                counts.unnamed_spaces(),
                "categories without a name in the archive; they are called \"Category N\" until you rename them".to_owned(),
            ));
        }
        notes.extend(counts.gaps.iter().map(|(kind, count)| (*count, (*kind).to_owned())));
        notes.extend(counts.left.iter().map(|(kind, count)| (*count, format!("{kind}, left out"))));
        notes.retain(|(count, _)| *count > 0);
        Self {
            topics: sums.topics,
            posts: sums.posts,
            people: counts.people(),
            reactions: sums.reactions,
            accepted: sums.accepted,
            new: 0,
            changed: 0,
            account: plan.account_name(),
            spaces: counts.spaces(),
            joins: counts.joins(),
            notes,
            skipped: counts.all_skipped(),
        }
    }

    /// What the log keeps.
    pub(super) fn for_log(&self) -> serde_json::Value {
        serde_json::json!({
            "account": self.account, "topics": self.topics, "posts": self.posts, "people": self.people,
            "reactions": self.reactions, "accepted": self.accepted, "new": self.new, "skipped": self.skipped.len(),
        })
    }

    /// The report for people. `rehearsed` when nothing was written.
    pub(crate) fn text(&self, rehearsed: bool) -> String {
        let mut text = String::new();
        let verb = if rehearsed { "would be imported as" } else { "is in as" };
        let _ = writeln!(text, "The archive {verb} the account '{}':", self.account);
        for (count, what) in [
            (self.topics, "topics"),
            (self.posts, "posts"),
            (self.people, "people, staged: they cannot sign in"),
            (self.reactions, "reactions"),
            (self.accepted, "accepted answers"),
            (self.spaces, "spaces"),
            (self.joins, "joins"),
        ] {
            let _ = writeln!(text, "{count:>10}  {what}");
        }
        if !rehearsed {
            let _ =
                writeln!(text, "{:>10}  posts are new, {} were brought up to date", self.new, self.changed);
        }
        if !self.notes.is_empty() {
            let _ = writeln!(text, "Worth knowing:");
            for (count, what) in &self.notes {
                let _ = writeln!(text, "{count:>10}  {what}");
            }
        }
        if !self.skipped.is_empty() {
            let _ = writeln!(text, "Could not be read ({}):", self.skipped.len());
            for skipped in self.skipped.iter().take(20) {
                let _ = writeln!(text, "            {}: {}", skipped.at, skipped.why);
            }
            if self.skipped.len() > 20 {
                let _ = writeln!(text, "            … all of them with --json");
            }
        }
        text.trim_end().to_owned()
    }
}
