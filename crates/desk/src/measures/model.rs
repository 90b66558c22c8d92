use std::str::FromStr;

use mainstreet_kernel::id::{MeasureId, PersonId, SpaceId};
use mainstreet_kernel::{Error, Result, Timestamp};
use serde::Serialize;

use crate::audit;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $label:literal;)*) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind { $($(#[$doc])* $name,)* }

        impl Kind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word stored.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What pages say.
            pub fn label(self) -> &'static str {
                match self { $(Self::$name => $label,)* }
            }
        }

        impl FromStr for Kind {
            type Err = Error;

            fn from_str(word: &str) -> Result<Self> {
                match word { $($word => Ok(Self::$name),)* _ => Err(Error::invalid("Choose a measure from the list.")) }
            }
        }
    };
}

kinds! {
    /// Calm mode began.
    CalmOn = "calm_on", "Calm mode on";
    /// Calm mode ended.
    CalmOff = "calm_off", "Calm mode off";
    /// Raid mode began.
    RaidOn = "raid_on", "Raid mode on";
    /// Raid mode ended.
    RaidOff = "raid_off", "Raid mode off";
    /// A raid was cleaned up.
    Cleanup = "cleanup", "Clean-up of a raid";
    /// A clean-up was taken back.
    CleanupUndone = "cleanup_undone", "Clean-up taken back";
    /// Replies were split off.
    Split = "split", "Replies split off";
    /// They were moved back.
    SplitBack = "split_back", "Replies moved back";
    /// A member has another role.
    Role = "role", "Role changed";
    /// A moderator is kept to some spaces, or no longer.
    Scope = "scope", "Spaces of a moderator changed";
    /// A team was made or changed.
    Team = "team", "Team saved";
    /// A team is no more.
    TeamRemoved = "team_removed", "Team removed";
    /// Who reads the log changed.
    Openness = "openness", "Readers of the log changed";
    /// What was written about somebody was erased.
    Erased = "erased", "Texts about a member erased";
}

impl Kind {
    /// True when it concerns those who take part, so that it stands in the open log and in the report. What is about
    /// the team alone is read by staff and auditors.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Role | Self::Scope | Self::Team | Self::TeamRemoved | Self::Openness)
    }
}

/// A measure as it stands in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Which.
    pub id: MeasureId,
    /// The entry of the log of activities.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who did it; nothing: Mainstreet itself.
    pub actor: Option<PersonId>,
    /// Their name now.
    pub actor_name: Option<String>,
    /// What.
    pub kind: Kind,
    /// `site`, `space`, `topic` or `person`.
    pub place: String,
    /// Its number; 0: the site.
    pub place_id: i64,
    /// The space of the place.
    pub space: Option<SpaceId>,
    /// Name of the space now.
    pub space_name: Option<String>,
    /// The clause it cites, where it cites one.
    pub clause: String,
    /// The facts in words, without names.
    pub details: String,
    /// Whom it is about.
    pub people: Vec<PersonId>,
    /// Their names now.
    pub names: Vec<String>,
    /// Why.
    pub why: String,
}

impl Measure {
    /// What can never change of it.
    pub(crate) fn digest(&self) -> String {
        let people: Vec<String> = self.people.iter().map(ToString::to_string).collect();
        audit::hash(&[
            &self.id.0.to_string(),
            &self.seq.to_string(),
            &self.at.0.to_string(),
            &self.actor.map(|actor| actor.0.to_string()).unwrap_or_default(),
            self.kind.as_str(),
            &self.place,
            &self.place_id.to_string(),
            &self.space.map(|space| space.0.to_string()).unwrap_or_default(),
            &self.clause,
            &self.details,
            &people.join(" "),
        ])
    }

    /// The row of the report: without names and reasons.
    pub fn row(&self) -> Row {
        Row {
            number: self.id.to_string(),
            at: self.at.to_string(),
            measure: self.kind.as_str(),
            by: if self.actor.is_none() { "program" } else { "person" },
            place: self.place.clone(),
            clause: self.clause.clone(),
            details: self.details.clone(),
        }
    }
}

/// A measure as the report gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Its number, never used again.
    pub number: String,
    /// When, such as `2026-03-01T09:00:00.000Z`.
    pub at: String,
    /// What was done.
    pub measure: &'static str,
    /// `person` or `program`.
    pub by: &'static str,
    /// `site`, `space`, `topic` or `person`.
    pub place: String,
    /// The clause it cites, where it cites one.
    pub clause: String,
    /// The facts in words.
    pub details: String,
}
