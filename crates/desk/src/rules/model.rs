//! What is kept of rules.

use mainstreet_kernel::id::{EntryId, PersonId, RuleId, TopicId};
use mainstreet_kernel::{Error, Timestamp};
use mainstreet_rules::{Outcome, Rule};
use serde::{Deserialize, Serialize};

use crate::triage::words;

words! {
    /// What a rule is allowed to do.
    Mode, "A rule is a draft, in shadow, enforced, paused or expired." {
        /// Written, not tried.
        Draft = "draft",
        /// Tried on what happens; hits are kept, nothing is done.
        Shadow = "shadow",
        /// Acts.
        Enforce = "enforce",
        /// Kept for later.
        Paused = "paused",
        /// Its time is over: it only watches.
        Expired = "expired",
    }
}

impl Mode {
    /// True when the rule is tried on what happens.
    pub fn watches(self) -> bool {
        matches!(self, Self::Shadow | Self::Enforce | Self::Expired)
    }
}

/// A rule with its latest text.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Which.
    pub id: RuleId,
    /// Its name.
    pub name: String,
    /// Its place in the list; the earlier one wins when all else is equal.
    pub place: i64,
    /// Number of the latest text.
    pub version: i64,
    /// What it may do.
    pub mode: Mode,
    /// Since when.
    pub mode_since: Timestamp,
    /// Since when this version is tried on what happens.
    pub watched_from: Timestamp,
    /// Who looks after it; may be empty.
    pub owner: String,
    /// When somebody looks at it again.
    pub review_at: Option<Timestamp>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// When its text or mode last changed.
    pub changed_at: Timestamp,
    /// Its text.
    pub text: String,
}

impl Kept {
    /// The rule as the language understands it. A text that cannot be read any more is no rule: it is said so on its
    /// page, and it does nothing.
    pub fn rule(&self) -> Option<Rule> {
        let reading = mainstreet_rules::read(&self.text, mainstreet_rules::Vocabulary::standard());
        reading.rules.into_iter().next()
    }
}

/// A version of the text of a rule or a segment.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its number, from 1.
    pub version: i64,
    /// The text.
    pub text: String,
    /// Who wrote it; nothing: a command.
    pub author: Option<PersonId>,
    /// When.
    pub at: Timestamp,
}

/// A change of mode.
#[derive(Clone, Debug)]
pub struct Turn {
    /// The version it was about.
    pub version: i64,
    /// What the rule was.
    pub was: Mode,
    /// What it became.
    pub became: Mode,
    /// Who did it; nothing: Mainstreet itself.
    pub actor: Option<PersonId>,
    /// Why.
    pub why: String,
    /// True when the gate would have refused it.
    pub overrides: bool,
    /// When.
    pub at: Timestamp,
}

/// What was done by a hit, and what not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Doing {
    /// What was done, in the words of the rule.
    pub done: Vec<String>,
    /// What was not done, and why.
    pub withheld: Vec<(String, String)>,
}

/// An answer that a rule proposes for an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The rule's name.
    pub rule: String,
    /// The prepared answer it was made from.
    pub template: String,
    /// Its text, filled in.
    pub body: String,
    /// When.
    pub at: Timestamp,
}

/// A match that was kept.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Which.
    pub id: EntryId,
    /// The rule.
    pub rule: RuleId,
    /// The version of the rule.
    pub version: i64,
    /// What the rule was allowed to do then.
    pub mode: Mode,
    /// The event that set it off.
    pub event: String,
    /// `post` or `person`.
    pub object_kind: String,
    /// Which post or person.
    pub object: i64,
    /// Which version of it.
    pub object_version: i64,
    /// The conversation.
    pub topic: Option<TopicId>,
    /// Whose it is.
    pub person: Option<PersonId>,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When we found it.
    pub found_at: Timestamp,
    /// Every condition and what was seen.
    pub trace: Option<Outcome>,
    /// What was done.
    pub doing: Doing,
    /// True when something was done.
    pub acted: bool,
    /// When something that arrived late took it back.
    pub withdrawn_at: Option<Timestamp>,
}

impl Hit {
    /// What came of it, in sentences for somebody who never saw a rule.
    pub fn came(&self) -> String {
        if self.withdrawn_at.is_some() {
            return "At first it seemed to match; what arrived later showed that it does not.".to_owned();
        }
        let Doing { done, withheld } = &self.doing;
        if done.is_empty() && self.mode != Mode::Enforce {
            let stand =
                if self.mode == Mode::Expired { "its time is over" } else { "it is still being tried out" };
            return format!("It matched. The rule only takes note, because {stand}, so nothing was done.");
        }
        let mut said = vec!["It matched.".to_owned()];
        if !done.is_empty() {
            said.push(format!("Done: {}.", done.join("; ")));
        }
        said.extend(withheld.iter().map(|(what, why)| match what.as_str() {
            "everything" => format!("Nothing was done: {why}."),
            what => format!("Not done: {what} ({why})."),
        }));
        said.join(" ")
    }

    /// Every condition and what was seen, as lines for people.
    pub fn explained(&self) -> String {
        self.trace.as_ref().map(mainstreet_rules::why).unwrap_or_default()
    }
}

impl std::fmt::Display for Doing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let withheld = self.withheld.iter().map(|(what, why)| format!("not {what}: {why}"));
        let all: Vec<String> = self.done.iter().cloned().chain(withheld).collect();
        f.write_str(&all.join("; "))
    }
}

/// The refusal of a text that has faults.
pub(super) fn refused(findings: &[mainstreet_rules::Finding]) -> Error {
    let faults: Vec<String> = findings
        .iter()
        .filter(|finding| finding.gravity == mainstreet_rules::Gravity::Error)
        .map(ToString::to_string)
        .collect();
    Error::invalid(faults.join("\n"))
}
