//! Whose an item is: the community's own map, line by line, before the default one; and the owners' addresses.

use mainstreet_db::Tx;
use mainstreet_kernel::id::{EntryId, SpaceId, TopicId};
use mainstreet_kernel::{Actor, Error, Result, text};

use super::clocks::{may_set, record_setting};
use super::model::{Assessment, Intent, Label, Owner, Risk, SetBy};
use super::store;

/// The longest map, in lines.
pub const MOST_LINES: usize = 100;

/// A line of the map: what is none fits anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: EntryId,
    /// Only this intent.
    pub intent: Option<Intent>,
    /// Only where this is the gravest risk.
    pub risk: Option<Risk>,
    /// Only topics with this tag (its slug).
    pub tag: Option<String>,
    /// Only this space.
    pub space: Option<SpaceId>,
    /// Whose it is then.
    pub owner: Owner,
}

/// Where an item stands, for the map.
pub(super) struct Place<'a> {
    pub intent: Intent,
    pub risk: Option<Risk>,
    pub tags: &'a [String],
    pub space: SpaceId,
}

impl Line {
    fn fits(&self, place: &Place<'_>) -> bool {
        self.intent.is_none_or(|intent| intent == place.intent)
            && self.risk.is_none_or(|risk| Some(risk) == place.risk)
            && self.tag.as_ref().is_none_or(|tag| place.tags.contains(tag))
            && self.space.is_none_or(|space| space == place.space)
    }

    /// The line in words: `complaint, brand safety, tag billing`.
    pub fn says(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        parts.extend(self.intent.map(|intent| intent.to_string()));
        parts.extend(self.risk.map(|risk| risk.label().to_owned()));
        parts.extend(self.tag.as_ref().map(|tag| format!("tag {tag}")));
        parts.extend(self.space.map(|_| "its space".to_owned()));
        parts.join(", ")
    }
}

/// What the first line that fits says; none: the default map holds.
pub(super) fn owner_by_lines(lines: &[Line], place: &Place<'_>) -> Option<Label<Owner>> {
    let line = lines.iter().find(|line| line.fits(place))?;
    let reasons = vec![format!("your owner map: {}", line.says())];
    Some(Label { is: line.owner, by: SetBy::Rule, reasons })
}

/// Sets the owner by the community's map, unless a person set one or no line fits.
pub(crate) fn place(
    tx: &mut Tx<'_>,
    assessed: &mut Assessment,
    topic: TopicId,
    space: SpaceId,
) -> Result<()> {
    if assessed.owner.by == SetBy::Person {
        return Ok(());
    }
    let lines = store::lines(tx)?;
    if lines.is_empty() {
        return Ok(());
    }
    let tags: Vec<String> =
        mainstreet_community::tags::store::of_topic(tx, topic)?.into_iter().map(|tag| tag.slug).collect();
    let place = Place { intent: assessed.intent.is, risk: assessed.gravest(), tags: &tags, space };
    if let Some(owner) = owner_by_lines(&lines, &place) {
        assessed.owner = owner;
    }
    Ok(())
}

/// The community's map, in the order it is asked.
pub fn lines(tx: &mut Tx<'_>) -> Result<Vec<Line>> {
    store::lines(tx)
}

/// A line about to be added, as [`Line`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLine {
    /// Only this intent.
    pub intent: Option<Intent>,
    /// Only this risk.
    pub risk: Option<Risk>,
    /// Only this tag, as it was typed; empty: any.
    pub tag: String,
    /// Only this space.
    pub space: Option<SpaceId>,
    /// Whose it is then.
    pub owner: Owner,
}

/// Adds a line at the end of the map. It holds for what comes from now on. Managers may.
///
/// # Errors
/// `Invalid` for a line that says nothing, a tag nobody uses, or one line too many.
pub fn add_line(tx: &mut Tx<'_>, actor: Actor, new: &NewLine) -> Result<()> {
    may_set(actor)?;
    let tag = match new.tag.trim() {
        "" => None,
        typed => Some(
            mainstreet_community::tags::store::by_slug(tx, &text::slug(typed))?
                .ok_or_else(|| Error::invalid(format!("No topic has the tag '{typed}' yet.")))?
                .slug,
        ),
    };
    if new.intent.is_none() && new.risk.is_none() && tag.is_none() && new.space.is_none() {
        return Err(Error::invalid(
            "Choose an intent, a risk, a tag or a space: the line has to fit something.",
        ));
    }
    let known = store::lines(tx)?;
    if known.len() >= MOST_LINES {
        return Err(Error::invalid("The map has 100 lines. Remove one before you add another."));
    }
    let id = EntryId(tx.mint());
    let line = Line { id, intent: new.intent, risk: new.risk, tag, space: new.space, owner: new.owner };
    if known.iter().any(|other| Line { id, owner: line.owner, ..other.clone() } == line) {
        return Err(Error::conflict("There is a line for this already. Remove it first."));
    }
    store::add_line(tx, &line)?;
    let props = serde_json::json!({ "key": "desk.owner_map", "added": line.says(), "owner": line.owner });
    record_setting(tx, actor, props)
}

/// Takes a line out of the map. Managers may.
pub fn remove_line(tx: &mut Tx<'_>, actor: Actor, id: EntryId) -> Result<()> {
    may_set(actor)?;
    store::remove_line(tx, id)?;
    record_setting(tx, actor, serde_json::json!({ "key": "desk.owner_map", "removed": id }))
}

/// Moves a line up by one. Managers may.
pub fn raise_line(tx: &mut Tx<'_>, actor: Actor, id: EntryId) -> Result<()> {
    may_set(actor)?;
    let mut order: Vec<EntryId> = store::lines(tx)?.into_iter().map(|line| line.id).collect();
    if let Some(at) = order.iter().position(|other| *other == id).filter(|at| *at > 0) {
        order.swap(at, at - 1);
        store::order_lines(tx, &order)?;
        record_setting(tx, actor, serde_json::json!({ "key": "desk.owner_map", "raised": id }))?;
    }
    Ok(())
}

/// How an owner is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Whose address it is.
    pub owner: Owner,
    /// The address; empty: nobody is mailed.
    pub email: String,
    /// How long they may take to answer, in milliseconds; none: by the urgency.
    pub answer_within: Option<i64>,
}

/// How each owner is reached, in reading order.
pub fn teams(tx: &mut Tx<'_>) -> Result<Vec<Team>> {
    let known = store::teams(tx)?;
    let unknown = |owner: Owner| Team { owner, email: String::new(), answer_within: None };
    let all = Owner::ALL.iter();
    Ok(all
        .map(|owner| known.iter().find(|team| team.owner == *owner).cloned().unwrap_or(unknown(*owner)))
        .collect())
}

/// How one owner is reached.
pub fn team(tx: &mut Tx<'_>, owner: Owner) -> Result<Team> {
    let found = store::teams(tx)?.into_iter().find(|team| team.owner == owner);
    Ok(found.unwrap_or(Team { owner, email: String::new(), answer_within: None }))
}

/// Says how an owner is reached. Managers may.
///
/// # Errors
/// `Invalid` for what is not a mail address.
pub fn set_team(tx: &mut Tx<'_>, actor: Actor, team: &Team) -> Result<()> {
    may_set(actor)?;
    let email = team.email.trim();
    if !email.is_empty() && !mainstreet_community::accounts::looks_like_email(email) {
        return Err(Error::invalid("Write a whole address, such as support@example.org."));
    }
    store::set_team(tx, &Team { email: email.to_owned(), ..team.clone() })?;
    let props =
        serde_json::json!({ "key": "desk.owner_team", "owner": team.owner, "mailed": !email.is_empty() });
    record_setting(tx, actor, props)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(intent: Option<Intent>, risk: Option<Risk>, tag: Option<&str>, owner: Owner) -> Line {
        Line { id: EntryId(1), intent, risk, tag: tag.map(str::to_owned), space: None, owner }
    }

    #[track_caller]
    fn check(lines: &[Line], intent: Intent, risk: Option<Risk>, tags: &[&str], expect: Option<Owner>) {
        let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
        let place = Place { intent, risk, tags: &tags, space: SpaceId(7) };
        let found = owner_by_lines(lines, &place);
        assert_eq!(found.as_ref().map(|label| label.is), expect);
        assert!(found.is_none_or(|label| !label.reasons.is_empty()), "an owner without a reason");
    }

    #[test]
    fn the_first_line_that_fits_decides() {
        let lines = [
            line(None, None, Some("billing"), Owner::Marketing),
            line(Some(Intent::Complaint), Some(Risk::Compliance), None, Owner::Legal),
            line(Some(Intent::Complaint), None, None, Owner::Support),
        ];
        check(&lines, Intent::Complaint, None, &["billing", "sync"], Some(Owner::Marketing));
        check(&lines, Intent::Complaint, Some(Risk::Compliance), &[], Some(Owner::Legal));
        check(&lines, Intent::Complaint, Some(Risk::Harassment), &["sync"], Some(Owner::Support));
        check(&lines, Intent::Support, Some(Risk::Compliance), &["sync"], None);
        check(&[], Intent::Support, None, &[], None);
        let space = [Line { space: Some(SpaceId(7)), ..line(None, None, None, Owner::Product) }];
        check(&space, Intent::Unclear, None, &[], Some(Owner::Product));
        let other = [Line { space: Some(SpaceId(8)), ..line(None, None, None, Owner::Product) }];
        check(&other, Intent::Unclear, None, &[], None);
    }
}
