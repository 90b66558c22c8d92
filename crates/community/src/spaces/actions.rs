use mainstreet_db::Tx;
use mainstreet_kernel::id::{AccountId, SpaceId};
use mainstreet_kernel::{Activity, Actor, Error, Result, Role, Verb, Visibility, text};
use serde_json::json;

use super::model::{Kind, Space};
use super::store;
use crate::people::Viewer;

/// What a space's form holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The name shown; at most 60 characters.
    pub name: String,
    /// What it is for; at most 500 characters.
    pub description: String,
    /// What is done here.
    pub kind: Kind,
    /// Who may see it.
    pub visibility: Visibility,
    /// Its colour, 1 to 8.
    pub hue: i64,
}

impl Draft {
    fn checked(mut self) -> Result<Self> {
        self.name = self.name.split_whitespace().collect::<Vec<_>>().join(" ");
        self.description = self.description.trim().to_owned();
        self.hue = self.hue.clamp(1, 8);
        if self.name.is_empty() || self.name.chars().count() > 60 {
            return Err(Error::invalid("Give the space a name of at most 60 characters."));
        }
        if self.description.chars().count() > 500 {
            return Err(Error::invalid("Say what the space is for in at most 500 characters."));
        }
        Ok(self)
    }
}

/// Managers and owners arrange spaces.
fn may_arrange(actor: Actor) -> Result<()> {
    if actor.role >= Role::Manager {
        Ok(())
    } else {
        Err(Error::forbidden("Only managers can arrange spaces."))
    }
}

/// Who may open a topic here: those who see the space; in announcements only staff.
pub fn may_open_topic(actor: Actor, space: &Space) -> Result<()> {
    if !Viewer::from(actor).sees(space.visibility) {
        return Err(Error::not_found("There is no such space."));
    }
    if space.kind == Kind::Announcements && !actor.role.is_staff() {
        return Err(Error::forbidden("Only the team posts announcements. Choose another space."));
    }
    Ok(())
}

/// The account of our own place, made when it is first asked for.
pub fn own_account(tx: &mut Tx<'_>) -> Result<AccountId> {
    if let Some(id) = store::account_of_kind(tx, "own")? {
        return Ok(id);
    }
    let id = AccountId(tx.mint());
    store::insert_account(tx, id, "own", "This community")?;
    store::account_of_kind(tx, "own")?.ok_or_else(|| Error::internal("the own account vanished"))
}

/// Opens a space at the end of the list.
pub fn open(tx: &mut Tx<'_>, actor: Actor, draft: Draft) -> Result<Space> {
    may_arrange(actor)?;
    let draft = draft.checked()?;
    let account = own_account(tx)?;
    let slug = store::free_slug(tx, &text::slug(&draft.name))?;
    let space = Space {
        id: SpaceId(tx.mint()),
        account,
        slug,
        name: draft.name,
        description: draft.description,
        kind: draft.kind,
        visibility: draft.visibility,
        hue: draft.hue,
        position: store::next_position(tx)?,
        topic_count: 0,
        post_count: 0,
        created_at: tx.now(),
    };
    store::insert(tx, &space, None)?;
    let mut activity = Activity::new(Verb::SpaceCreated, actor, space.id, tx.now()).seen_by(space.visibility);
    activity.space = Some(space.id);
    tx.record(&activity.with(json!({ "name": space.name })))?;
    Ok(space)
}

/// Changes a space; its address stays.
pub fn edit(tx: &mut Tx<'_>, actor: Actor, id: SpaceId, draft: Draft) -> Result<Space> {
    may_arrange(actor)?;
    let draft = draft.checked()?;
    let before = store::find(tx, id)?;
    store::update(tx, id, &draft)?;
    let changes = json!({
        "setting": "space", "space": id.to_string(), "name": draft.name,
        "visibility": draft.visibility.as_str(), "was_visibility": before.visibility.as_str(),
    });
    let mut activity = Activity::new(Verb::SettingChanged, actor, id, tx.now()).seen_by(Visibility::Staff);
    activity.space = Some(id);
    tx.record(&activity.with(changes))?;
    store::find(tx, id)
}

/// The space at `slug`, if `viewer` may know of it.
pub fn seen(tx: &mut Tx<'_>, viewer: Viewer, slug: &str) -> Result<Space> {
    store::by_slug(tx, slug)?
        .filter(|space| viewer.sees(space.visibility))
        .ok_or_else(|| Error::not_found("There is no such space."))
}
