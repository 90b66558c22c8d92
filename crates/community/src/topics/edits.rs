//! Changes to a topic as a whole: its title, tags, space and place in lists.

use mainstreet_db::Tx;
use mainstreet_kernel::id::{SpaceId, TopicId};
use mainstreet_kernel::{Activity, Actor, Error, Result, Verb, text};
use serde_json::json;

use super::model::{SpaceName, State, Topic};
use super::{actions, rules, store};
use crate::{moderation, spaces, tags};

/// Gives a topic a new title or new tags, where they differ. The caller has asked for permission and holds the
/// topic's row. True when something changed.
pub(crate) fn retitle(
    tx: &mut Tx<'_>,
    actor: Actor,
    (topic, space): (&Topic, &SpaceName),
    title: Option<&str>,
    names: Option<&[String]>,
) -> Result<bool> {
    let title = title.map(|title| title.split_whitespace().collect::<Vec<_>>().join(" "));
    let title = title.filter(|title| *title != topic.title);
    if let Some(title) = &title {
        store::set_title(tx, topic.id, title, &text::slug(title))?;
    }
    let tagged = match names {
        Some(names) => tags::set(tx, topic.id, &tags::check(names)?, topic.state == State::Published)?,
        None => false,
    };
    if title.is_none() && !tagged {
        return Ok(false);
    }
    let props = json!({ "title": title, "was": title.is_some().then_some(&topic.title), "tags": names.filter(|_| tagged) });
    tx.record(&actions::about(Verb::TopicEdited, actor, topic, space, tx).with(props))?;
    Ok(true)
}

/// Moves a topic to another space. Errors: not staff; it is there already.
pub fn move_to(tx: &mut Tx<'_>, actor: Actor, id: TopicId, to: SpaceId) -> Result<()> {
    rules::may_close(actor)?;
    let (topic, _) = store::hold(tx, id)?;
    moderation::must_cover(tx, actor, topic.space)?;
    let target = spaces::store::find(tx, to)?;
    if topic.space == to {
        return Err(Error::conflict("The topic is in this space already."));
    }
    store::set_space(tx, id, to)?;
    tx.record(
        &Activity::new(Verb::TopicEdited, actor, id, tx.now())
            .within(id, to)
            .to(topic.person)
            .seen_by(target.visibility)
            .with(json!({ "from_space": topic.space.to_string(), "to_space": to.to_string() })),
    )?;
    if topic.state == State::Published {
        let posts = super::tally::tally(tx, id, topic.person)?.published;
        let mut changes = [(topic.space, -1), (to, 1)];
        changes.sort_unstable();
        for (space, sign) in changes {
            spaces::store::count(tx, space, sign, sign * posts)?;
        }
    }
    Ok(())
}

/// Shows a topic first in its space, or no longer. Errors: not staff.
pub fn pin(tx: &mut Tx<'_>, actor: Actor, id: TopicId, pinned: bool) -> Result<()> {
    rules::may_close(actor)?;
    let (topic, space) = store::hold(tx, id)?;
    moderation::must_cover(tx, actor, topic.space)?;
    if topic.pinned == pinned {
        return Ok(());
    }
    store::set_pinned(tx, id, pinned)?;
    tx.record(&actions::about(Verb::TopicEdited, actor, &topic, &space, tx).with(json!({ "pinned": pinned })))
}
