//! The one table of states and acts.

use std::str::FromStr;

use mainstreet_kernel::{Actor, Error, Result, Role};

use super::person_state::Standing;
use crate::topics::State as Shown;

/// How a topic takes replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flow {
    /// As they come.
    Open,
    /// Each person once in a while.
    Slow,
    /// Not at all.
    Locked,
}

/// The state of a thing that can be acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Of a post.
    Post(Shown),
    /// Of a topic as a whole.
    Topic(Flow),
    /// Of a member.
    Member(Standing),
}

impl State {
    /// The word stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Post(shown) => shown.as_str(),
            Self::Topic(Flow::Open) => "open",
            Self::Topic(Flow::Slow) => "slow",
            Self::Topic(Flow::Locked) => "locked",
            Self::Member(standing) => standing.as_str(),
        }
    }
}

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $label:literal;)*) => {
        /// What staff can do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Act { $($(#[$doc])* $name,)* }

        impl Act {
            /// All of them: posts first, then topics, then members by weight.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word stored.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What forms and statements say.
            pub fn label(self) -> &'static str {
                match self { $(Self::$name => $label,)* }
            }
        }

        impl FromStr for Act {
            type Err = Error;

            fn from_str(word: &str) -> Result<Self> {
                match word { $($word => Ok(Self::$name),)* _ => Err(Error::invalid("Choose an act from the list.")) }
            }
        }
    };
}

acts! {
    /// A post waits, unseen, until a moderator has looked.
    Hold = "hold", "Hold the post until it was looked at";
    /// A post that was held is published.
    Publish = "publish", "Publish the held post";
    /// A post is put away for a reason.
    Hide = "hide", "Hide the post";
    /// A post is deleted.
    Delete = "delete", "Delete the post";
    /// A post that was away is back.
    Restore = "restore", "Bring the post back";
    /// A post's text is changed, with a note.
    Edit = "edit", "Change the post's text";
    /// A word above a post; an empty one takes it off.
    Label = "label", "Put a label on the post";
    /// A topic goes to another space.
    Move = "move", "Move the topic to another space";
    /// Each person replies once in a while.
    Slow = "slow", "Slow the topic down";
    /// A topic takes no more replies.
    Lock = "lock", "Lock the topic";
    /// A topic takes replies as they come.
    Open = "open", "Open the topic again";
    /// A member is told; nothing else changes.
    Warn = "warn", "Warn the member";
    /// What a member writes waits until it was looked at.
    RequireApproval = "require_approval", "Look at the member's posts first";
    /// A member may read and react, not write.
    Mute = "mute", "Mute: may not write";
    /// A member may read only.
    Silence = "silence", "Silence: may only read";
    /// A member may not sign in for a while.
    Suspend = "suspend", "Suspend: may not sign in";
    /// A member may not sign in.
    Ban = "ban", "Ban: may not sign in any more";
    /// What a member writes may hold only so many links for a while.
    LimitLinks = "limit_links", "Limit the links in their posts";
    /// A member writes nothing in one topic for a while.
    CoolOff = "cool_off", "Pause: may not write in one topic";
    /// Two members see and call each other no longer.
    Part = "part", "Keep apart from another member";
    /// All restrictions of a member end.
    Reinstate = "reinstate", "End the restriction";
}

impl Act {
    /// True when a time can be given after which it ends by itself.
    pub fn may_end(self) -> bool {
        matches!(
            self,
            Self::Slow
                | Self::Lock
                | Self::RequireApproval
                | Self::Mute
                | Self::Silence
                | Self::Suspend
                | Self::LimitLinks
                | Self::CoolOff
        )
    }

    /// True when it restricts somebody, so that they are told why and can appeal.
    pub fn restricts(self) -> bool {
        !matches!(self, Self::Publish | Self::Restore | Self::Open | Self::Reinstate | Self::Move)
    }

    /// True when it is done to a member rather than to what they wrote.
    pub fn is_about_member(self) -> bool {
        matches!(
            self,
            Self::Warn
                | Self::RequireApproval
                | Self::Mute
                | Self::Silence
                | Self::Suspend
                | Self::Ban
                | Self::LimitLinks
                | Self::CoolOff
                | Self::Part
                | Self::Reinstate
        )
    }

    /// True when it needs to know a topic or a second member, so that it is done from a page of its own.
    pub fn needs_a_case(self) -> bool {
        matches!(self, Self::CoolOff | Self::Part)
    }

    /// True when it is done to a topic as a whole.
    pub fn is_about_topic(self) -> bool {
        matches!(self, Self::Move | Self::Slow | Self::Lock | Self::Open)
    }
}

/// Who acts, as far as the table asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Mainstreet itself: a rule, a threshold, a clock.
    Machine,
    /// A person with this role.
    Person(Role),
}

impl From<Actor> for By {
    fn from(actor: Actor) -> Self {
        actor.person.map_or(Self::Machine, |_| Self::Person(actor.role))
    }
}

/// Where `act` leads from `from`, when `by` does it. Errors: `Forbidden` when somebody else may, `Conflict` when
/// nobody may, each saying why.
pub fn may_move(from: State, act: Act, by: By) -> Result<State> {
    let to = target(from, act)
        .ok_or_else(|| Error::conflict(format!("{} does not go from “{}”.", act.label(), from.as_str())))?;
    match by {
        By::Machine if !gentle(act) => Err(Error::forbidden(
            "Mainstreet does by itself only what is easily taken back. A person must decide this.",
        )),
        By::Machine => Ok(to),
        By::Person(role) if !role.is_staff() => {
            Err(Error::forbidden("Only moderators can do that. You can flag what needs looking at."))
        }
        By::Person(role) if role < weight(from, act) => {
            Err(Error::forbidden("Only a manager can decide this. Ask one, and hold the post meanwhile."))
        }
        By::Person(_) => Ok(to),
    }
}

/// Where an act leads, whoever does it; nothing: it is not possible.
pub(super) fn target(from: State, act: Act) -> Option<State> {
    use Shown::{Deleted, Held, Hidden, Published};
    let to = match (from, act) {
        (State::Post(Published), Act::Hold) => State::Post(Held),
        (State::Post(Held), Act::Publish) => State::Post(Published),
        (State::Post(Published | Held), Act::Hide) => State::Post(Hidden),
        (State::Post(Published | Held | Hidden), Act::Delete) => State::Post(Deleted),
        (State::Post(Hidden | Deleted), Act::Restore) => State::Post(Published),
        (State::Post(Published | Held | Hidden), Act::Edit) => from,
        (State::Post(Published), Act::Label) => from,
        (State::Topic(_), Act::Move) => from,
        (State::Topic(Flow::Open | Flow::Slow), Act::Slow) => State::Topic(Flow::Slow),
        (State::Topic(Flow::Open | Flow::Slow), Act::Lock) => State::Topic(Flow::Locked),
        (State::Topic(Flow::Slow | Flow::Locked), Act::Open) => State::Topic(Flow::Open),
        (State::Member(Standing::Banned), Act::Reinstate) => State::Member(Standing::Active),
        (State::Member(Standing::Banned), _) => return None,
        (State::Member(_), Act::Warn | Act::LimitLinks | Act::CoolOff | Act::Part) => from,
        (State::Member(standing), Act::Reinstate) if standing != Standing::Active => {
            State::Member(Standing::Active)
        }
        (State::Member(_), Act::RequireApproval) => State::Member(Standing::RequiresApproval),
        (State::Member(_), Act::Mute) => State::Member(Standing::Muted),
        (State::Member(_), Act::Silence) => State::Member(Standing::Silenced),
        (State::Member(_), Act::Suspend) => State::Member(Standing::Suspended),
        (State::Member(_), Act::Ban) => State::Member(Standing::Banned),
        _ => return None,
    };
    Some(to)
}

/// What Mainstreet may do without a person: nothing that deletes, rewrites or shuts somebody out. A move
/// is taken back like everything else.
fn gentle(act: Act) -> bool {
    matches!(
        act,
        Act::Hold
            | Act::Hide
            | Act::Label
            | Act::Move
            | Act::Slow
            | Act::Lock
            | Act::RequireApproval
            | Act::Mute
            | Act::LimitLinks
            | Act::Warn
    )
}

/// The least role that may do it.
fn weight(from: State, act: Act) -> Role {
    match (from, act) {
        (_, Act::Ban) | (State::Member(Standing::Banned), _) => Role::Manager,
        _ => Role::Moderator,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: [State; 13] = [
        State::Post(Shown::Published),
        State::Post(Shown::Held),
        State::Post(Shown::Hidden),
        State::Post(Shown::Deleted),
        State::Topic(Flow::Open),
        State::Topic(Flow::Slow),
        State::Topic(Flow::Locked),
        State::Member(Standing::Active),
        State::Member(Standing::RequiresApproval),
        State::Member(Standing::Muted),
        State::Member(Standing::Silenced),
        State::Member(Standing::Suspended),
        State::Member(Standing::Banned),
    ];

    /// One letter an act, in the order of `Act::ALL`: `p` a program may, `m` a moderator, `M` a manager, `-` nobody.
    fn line(from: State) -> String {
        Act::ALL
            .iter()
            .map(|act| {
                let may = |by| may_move(from, *act, by).is_ok();
                match (may(By::Machine), may(By::Person(Role::Moderator)), may(By::Person(Role::Manager))) {
                    (true, true, true) => 'p',
                    (false, true, true) => 'm',
                    (false, false, true) => 'M',
                    (false, false, false) => '-',
                    other => panic!("{from:?} {act:?}: {other:?}"),
                }
            })
            .collect()
    }

    #[test]
    fn every_act_is_decided_from_every_state() {
        for (from, expect) in STATES.into_iter().zip([
            "p-pm-mp--------------",
            "-mpm-m---------------",
            "---mmm---------------",
            "----m----------------",
            "-------ppp-----------",
            "-------pppm----------",
            "-------p--m----------",
            "-----------pppmmMpmm-",
            "-----------pppmmMpmmm",
            "-----------pppmmMpmmm",
            "-----------pppmmMpmmm",
            "-----------pppmmMpmmm",
            "--------------------M",
        ]) {
            assert_eq!(line(from), expect, "from {}", from.as_str());
        }
    }

    #[test]
    fn members_and_readers_of_the_desk_may_do_none_of_it() {
        for from in STATES {
            for act in Act::ALL {
                for role in [Role::Member, Role::Analyst, Role::Auditor] {
                    let refused = may_move(from, *act, By::Person(role));
                    assert!(refused.is_err_and(|error| error.safe.ends_with('.')), "{from:?} {act:?} {role}");
                }
            }
        }
    }

    #[test]
    fn what_a_program_does_is_never_a_ban_a_deletion_or_a_rewriting() {
        for act in [Act::Delete, Act::Edit, Act::Suspend, Act::Ban, Act::Restore, Act::Reinstate] {
            assert!(STATES.iter().all(|from| may_move(*from, act, By::Machine).is_err()), "{act:?}");
        }
    }

    #[test]
    fn every_act_has_one_word() {
        for act in Act::ALL {
            assert_eq!(act.as_str().parse::<Act>().ok(), Some(*act));
        }
    }
}
