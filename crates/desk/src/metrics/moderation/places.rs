//! Which spaces somebody may choose for the figures of moderation.

use mainstreet_community::people::Viewer;
use mainstreet_community::spaces::store as spaces;
use mainstreet_db::Tx;
use mainstreet_kernel::id::SpaceId;
use mainstreet_kernel::{Actor, Error, Result, Role};

use crate::moderation::covered;

/// What is said of a space that is none of those to choose from.
pub fn no_such_space() -> Error {
    Error::invalid("There is no such space among those you can choose. Pick one from the list.")
}

/// What is looked at, and what else could be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The space; nothing: all that members read.
    pub space: Option<SpaceId>,
    /// Its name.
    pub name: Option<String>,
    /// The spaces to choose from, in their order.
    pub spaces: Vec<(SpaceId, String)>,
    /// True when all together can be chosen.
    pub whole: bool,
}

impl Choice {
    /// True for the space that is looked at.
    pub fn is_chosen(&self, space: &SpaceId) -> bool {
        self.space == Some(*space)
    }
}

/// Refuses a moderator who is kept to other spaces; nobody who is kept to some sees all together.
///
/// # Errors
/// `Forbidden` with what to do.
pub(super) fn must_read(tx: &mut Tx<'_>, actor: Actor, space: Option<SpaceId>) -> Result<()> {
    let kept = covered(tx, actor)?;
    match space {
        _ if kept.is_empty() => Ok(()),
        Some(space) if kept.contains(&space) => Ok(()),
        Some(_) => Err(Error::forbidden("You moderate other spaces. Choose one of yours.")),
        None => Err(Error::forbidden("You moderate some spaces. Choose one of them.")),
    }
}

/// What `actor` looks at when they ask for this space, and may choose instead. Spaces for staff only are no part of any
/// figure. Who moderates some spaces looks at one of theirs: the first, unless they say which.
///
/// # Errors
/// `Invalid` for a space that is none of those to choose from, or when there is none.
pub fn choose(tx: &mut Tx<'_>, actor: Actor, asked: Option<SpaceId>) -> Result<Choice> {
    let kept = covered(tx, actor)?;
    let whole = kept.is_empty();
    let members = Viewer { person: None, role: Some(Role::Member) };
    let all: Vec<(SpaceId, String)> = spaces::all(tx, members)?
        .into_iter()
        .filter(|space| whole || kept.contains(&space.id))
        .map(|space| (space.id, space.name))
        .collect();
    let found = match asked {
        Some(asked) => all.iter().find(|(id, _)| *id == asked).cloned(),
        None if whole => None,
        None => all.first().cloned(),
    };
    if found.is_none() && (asked.is_some() || !whole) {
        return Err(if all.is_empty() {
            Error::invalid(
                "You moderate no space that members read, so there are no figures for you. Ask a manager.",
            )
        } else {
            no_such_space()
        });
    }
    let (space, name) = found.unzip();
    Ok(Choice { space, name, spaces: all, whole })
}
