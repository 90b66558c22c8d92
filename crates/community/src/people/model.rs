use std::collections::HashMap;

use mainstreet_kernel::id::{AccountId, PersonId};
use mainstreet_kernel::{Actor, ActorClass, Role, Timestamp, Visibility};

/// Somebody who reads: decides what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// Who, when signed in.
    pub person: Option<PersonId>,
    /// What they may do, when signed in.
    pub role: Option<Role>,
}

impl Viewer {
    /// Somebody not signed in.
    pub const GUEST: Self = Self { person: None, role: None };

    /// True for those who work in the desk.
    pub fn is_staff(self) -> bool {
        self.role.is_some_and(Role::is_staff)
    }

    /// True when this is `person`.
    pub fn is(self, person: PersonId) -> bool {
        self.person == Some(person)
    }

    /// True when things of this visibility may be shown.
    pub fn sees(self, visibility: Visibility) -> bool {
        self.ceiling() >= visibility
    }

    /// The most restricted visibility that may be shown.
    pub fn ceiling(self) -> Visibility {
        match self.role {
            None => Visibility::Public,
            Some(role) if role.audits() => Visibility::Staff,
            Some(_) => Visibility::Members,
        }
    }

    /// The words for `visibility IN ($a, $b, $c)`.
    pub(crate) fn words(self) -> [&'static str; 3] {
        match self.ceiling() {
            Visibility::Public => ["public"; 3],
            Visibility::Members => ["public", "members", "members"],
            Visibility::Staff => ["public", "members", "staff"],
        }
    }
}

impl From<Actor> for Viewer {
    fn from(actor: Actor) -> Self {
        Self { person: actor.person, role: Some(actor.role) }
    }
}

/// What is shown of a person beside what they wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Face {
    /// Who.
    pub id: PersonId,
    /// The name they show.
    pub name: String,
    /// The name used to mention them: their username, or their handle on the channel they came from.
    pub handle: String,
    /// Person or program.
    pub class: ActorClass,
    /// Their role, if they can sign in here.
    pub role: Option<Role>,
}

/// A person's account on a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Which channel account.
    pub account: AccountId,
    /// Its name, such as `Our forum` or the archive's.
    pub account_name: String,
    /// Their name there.
    pub handle: String,
}

/// A person's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Name and role.
    pub face: Face,
    /// What they say about themselves, as Markdown.
    pub about: String,
    /// When they came.
    pub joined_at: Timestamp,
    /// Published posts.
    pub post_count: i64,
    /// Accepted answers to other people's questions.
    pub accepted_count: i64,
    /// Time of their latest published post.
    pub last_post_at: Option<Timestamp>,
    /// True when staff marked them as a spammer.
    pub spammer: bool,
    /// Until when they may not write.
    pub suspended_until: Option<Timestamp>,
    /// Their accounts on channels.
    pub identities: Vec<Identity>,
}

/// Who each folded handle names: the people a text may mention.
pub type Handles = HashMap<String, PersonId>;
