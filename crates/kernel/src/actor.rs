//! Who does something.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::id::PersonId;

/// What a signed-in person may do, in rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads and writes.
    Member,
    /// A member who sees the figures, and no text that others do not see.
    Analyst,
    /// A member who reads everything, the log of moderation too, and decides nothing.
    Auditor,
    /// Keeps the place safe: the desk's inbox, hiding and restoring posts.
    Moderator,
    /// Runs the community: everything in the desk.
    Manager,
    /// Owns the installation: settings and roles as well.
    Owner,
}

impl Role {
    /// The word stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Analyst => "analyst",
            Self::Auditor => "auditor",
            Self::Moderator => "moderator",
            Self::Manager => "manager",
            Self::Owner => "owner",
        }
    }

    /// Every role, in rising order.
    pub const ALL: [Self; 6] =
        [Self::Member, Self::Analyst, Self::Auditor, Self::Moderator, Self::Manager, Self::Owner];

    /// True for those who may look at the community's figures.
    pub fn reads_figures(self) -> bool {
        self >= Self::Analyst
    }

    /// True for those who may read what was decided, by whom and why.
    pub fn audits(self) -> bool {
        self >= Self::Auditor
    }

    /// True for those who work in the desk.
    pub fn is_staff(self) -> bool {
        self >= Self::Moderator
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| Error::invalid("A role is member, analyst, auditor, moderator, manager or owner."))
    }
}

/// What kind of participant acted, frozen at the time of the act. Metrics count `Member` unless they say
/// otherwise (`docs/guide/metrics.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActorClass {
    /// A person of the community, volunteer moderators among them.
    Member,
    /// A person with a paid or desk role.
    Staff,
    /// A program that posts.
    Bot,
    /// Mainstreet itself, or the system account of a channel.
    System,
    /// Somebody not signed in.
    Guest,
}

impl ActorClass {
    /// The word stored in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Staff => "staff",
            Self::Bot => "bot",
            Self::System => "system",
            Self::Guest => "guest",
        }
    }
}

impl FromStr for ActorClass {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        [Self::Member, Self::Staff, Self::Bot, Self::System, Self::Guest]
            .into_iter()
            .find(|class| class.as_str() == text)
            .ok_or_else(|| Error::invalid("Unknown class of actor."))
    }
}

/// Somebody who may act: every verb takes one and asks it for permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Who. `None` is Mainstreet itself.
    pub person: Option<PersonId>,
    /// What they may do.
    pub role: Role,
    /// What the log will call them.
    pub class: ActorClass,
}

impl Actor {
    /// Mainstreet acting on its own, by a rule or on a schedule.
    pub const SYSTEM: Self = Self { person: None, role: Role::Owner, class: ActorClass::System };

    /// A signed-in person. Managers and owners are staff in the log; moderators count as members, because
    /// most are volunteers (`docs/guide/metrics.md`).
    pub fn signed_in(person: PersonId, role: Role) -> Self {
        let class = if role >= Role::Manager { ActorClass::Staff } else { ActorClass::Member };
        Self { person: Some(person), role, class }
    }

    /// True when this is `person`.
    pub fn is(&self, person: PersonId) -> bool {
        self.person == Some(person)
    }
}
