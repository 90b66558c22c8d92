use std::str::FromStr;

use mainstreet_community::moderation::{Act, Order};
use mainstreet_kernel::id::{DecisionId, FlagId, PersonId, SpaceId};
use mainstreet_kernel::{Error, Timestamp};

/// How staff came to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A member flagged it.
    Flag,
    /// A rule or threshold hit it.
    Rule,
    /// Staff came across it.
    Own,
    /// An appeal brought it up.
    Appeal,
}

impl Source {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Flag, Self::Rule, Self::Own, Self::Appeal];

    /// The word stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Rule => "rule",
            Self::Own => "own",
            Self::Appeal => "appeal",
        }
    }

    /// What the statement says.
    pub fn label(self) -> &'static str {
        match self {
            Self::Flag => "Members flagged it.",
            Self::Rule => "An automatic rule pointed it out.",
            Self::Own => "A moderator came across it.",
            Self::Appeal => "It came up in an appeal.",
        }
    }

    /// The word of the Digital Services Act's database for where a matter came from.
    pub fn dsa(self) -> &'static str {
        match self {
            Self::Flag => "SOURCE_TYPE_OTHER_NOTIFICATION",
            Self::Rule | Self::Own | Self::Appeal => "SOURCE_VOLUNTARY",
        }
    }
}

impl FromStr for Source {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|source| source.as_str() == word).ok_or_else(|| {
            Error::invalid("A decision comes from a flag, a rule, an own finding or an appeal.")
        })
    }
}

/// On what a decision rests: our guidelines, or the law (Digital Services Act, Article 17, 3 d and e).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// It does not fit the guidelines.
    Incompatible,
    /// It breaks the law.
    Illegal,
}

impl Ground {
    /// The word stored.
    pub fn as_str(self) -> &'static str {
        if self == Self::Illegal { "illegal" } else { "incompatible" }
    }

    /// The word of the Digital Services Act's database.
    pub fn dsa(self) -> &'static str {
        match self {
            Self::Incompatible => "DECISION_GROUND_INCOMPATIBLE_CONTENT",
            Self::Illegal => "DECISION_GROUND_ILLEGAL_CONTENT",
        }
    }
}

impl FromStr for Ground {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self, Error> {
        match word {
            "incompatible" => Ok(Self::Incompatible),
            "illegal" => Ok(Self::Illegal),
            _ => Err(Error::invalid("A decision rests on the guidelines or on the law.")),
        }
    }
}

/// What is to be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What is done to what. Its reason is the facts that the member reads.
    pub order: Order,
    /// The clause that was broken; may be empty of an act that restricts nobody.
    pub clause: String,
    /// How it was found.
    pub source: Source,
    /// The flag, rule or appeal.
    pub source_id: Option<i64>,
    /// True when a program pointed it out.
    pub detected: bool,
    /// On what it rests.
    pub ground: Ground,
}

/// A decision as it stands in the record.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Which. Also the number in statements of reasons, never used again.
    pub id: DecisionId,
    /// `post`, `topic` or `person`.
    pub object_kind: String,
    /// Its number.
    pub object: i64,
    /// The version of a post's text that was decided on.
    pub object_version: Option<i64>,
    /// Whom it concerns.
    pub person: PersonId,
    /// Their name now.
    pub person_name: String,
    /// Where, unless it is about a member.
    pub space: Option<SpaceId>,
    /// What was done.
    pub act: Act,
    /// The state before.
    pub was: String,
    /// The state after.
    pub became: String,
    /// The clause it cites.
    pub clause: String,
    /// The version of the guidelines that held.
    pub guideline_version: i64,
    /// What was found, as the member reads it.
    pub facts: String,
    /// How it was found.
    pub source: Source,
    /// The flag, rule or appeal.
    pub source_id: Option<i64>,
    /// True when a program pointed it out.
    pub detected: bool,
    /// True when a program decided.
    pub automatic: bool,
    /// When it ends by itself.
    pub until: Option<Timestamp>,
    /// On what it rests.
    pub ground: Ground,
    /// When the content was written.
    pub content_at: Option<Timestamp>,
    /// Tag of the language it is written in, such as `de`; empty: not known.
    pub content_language: String,
    /// What was before, and which flags it decided: JSON.
    pub(super) before: String,
    /// What it weighs.
    pub strikes: i64,
    /// Until when it weighs.
    pub strikes_until: Option<Timestamp>,
    /// Who decided; nothing: Mainstreet itself.
    pub by: Option<PersonId>,
    /// Their name now.
    pub by_name: Option<String>,
    /// When.
    pub at: Timestamp,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
    /// Why.
    pub undone_why: String,
}

/// What a decision keeps for taking it back.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(super) struct Kept {
    pub before: mainstreet_community::moderation::Before,
    pub flags: Vec<FlagId>,
    /// What the act needed besides; nothing in rows of old.
    #[serde(default)]
    pub detail: Option<mainstreet_community::moderation::Detail>,
}

impl Decision {
    /// The words of the Digital Services Act's database for what was done: on visibility and on the account.
    pub fn dsa(&self) -> (Option<&'static str>, Option<&'static str>) {
        match self.act {
            Act::Delete => (Some("DECISION_VISIBILITY_CONTENT_REMOVED"), None),
            Act::Hide | Act::Hold => (Some("DECISION_VISIBILITY_CONTENT_DISABLED"), None),
            Act::Label => (Some("DECISION_VISIBILITY_CONTENT_LABELLED"), None),
            Act::Slow | Act::Lock | Act::RequireApproval | Act::Mute | Act::LimitLinks | Act::Silence => {
                (Some("DECISION_VISIBILITY_CONTENT_INTERACTION_RESTRICTED"), None)
            }
            Act::Suspend => (None, Some("DECISION_ACCOUNT_SUSPENDED")),
            Act::Ban => (None, Some("DECISION_ACCOUNT_TERMINATED")),
            _ => (Some("DECISION_VISIBILITY_OTHER"), None),
        }
    }
}
