//! Who may read the log of moderation, without names.

use std::str::FromStr;

use mainstreet_community::settings::store as settings;
use mainstreet_community::spaces;
use mainstreet_db::Tx;
use mainstreet_kernel::{Activity, Actor, Error, Object, Result, Role, Timestamp, Verb, Visibility};
use serde_json::json;

use super::store;
use crate::measures::{self, Kind};

/// The key it is kept under.
const OPENNESS: &str = "moderation.log";

/// Who reads the log without names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Openness {
    /// Only staff and auditors, with names.
    Nobody,
    /// Members.
    Members,
    /// Everybody.
    Public,
}

impl Openness {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Nobody, Self::Members, Self::Public];

    /// The word stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Members => "members",
            Self::Public => "public",
        }
    }

    /// The words of the form.
    pub fn label(self) -> &'static str {
        match self {
            Self::Nobody => "Only staff and auditors",
            Self::Members => "Members, without names",
            Self::Public => "Everybody, without names",
        }
    }
}

impl FromStr for Openness {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|one| one.as_str() == word)
            .ok_or_else(|| Error::invalid("The log is read by nobody else, members or everybody."))
    }
}

/// A line of the log without names, texts about people and closed spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redacted {
    /// When.
    pub at: Timestamp,
    /// What was done.
    pub what: &'static str,
    /// The clause it cites.
    pub clause: String,
    /// The space, where everybody who reads this may know it.
    pub space: Option<String>,
    /// True when a program decided.
    pub automatic: bool,
    /// True when it was taken back.
    pub undone: bool,
    /// What became of an appeal.
    pub appeal: Option<String>,
    /// Of measures: the facts, and the reason that everybody there was given.
    pub told: String,
}

/// Who reads it now; nobody else unless an owner said so.
pub fn openness(tx: &mut Tx<'_>) -> Result<Openness> {
    Ok(settings::get(tx, OPENNESS)?.and_then(|word| word.parse().ok()).unwrap_or(Openness::Nobody))
}

/// Says who reads it. Managers and above.
pub fn set_openness(tx: &mut Tx<'_>, actor: Actor, to: Openness) -> Result<()> {
    if actor.role < Role::Manager {
        return Err(Error::forbidden("Only a manager can open the log."));
    }
    settings::set(tx, OPENNESS, to.as_str())?;
    let site = Object { kind: "site", id: 0 };
    let activity = Activity::new(Verb::SettingChanged, actor, site, tx.now()).seen_by(Visibility::Staff);
    tx.record(&activity.with(json!({ "setting": "moderation_log", "to": to.as_str() })))
}

/// The latest decisions and measures without names. `member`: the reader is signed in.
///
/// # Errors
/// `NotFound` when the log is not open to this reader.
pub fn redacted(tx: &mut Tx<'_>, member: bool, limit: usize) -> Result<Vec<Redacted>> {
    let open = match openness(tx)? {
        Openness::Nobody => false,
        Openness::Members => member,
        Openness::Public => true,
    };
    if !open {
        return Err(Error::not_found("The log of moderation is not open here."));
    }
    let mut rows = store::redacted(tx, member, limit)?;
    let filter = measures::Filter { open: true, ..measures::Filter::default() };
    for measure in measures::list(tx, &filter, limit)? {
        let seen = match measure.space {
            Some(space) => visible(spaces::store::find(tx, space)?.visibility, member),
            None => true,
        };
        let calm = matches!(measure.kind, Kind::CalmOn | Kind::RaidOn);
        let told = if calm { format!("{}. {}", measure.details, measure.why) } else { measure.details };
        rows.push(Redacted {
            at: measure.at,
            what: measure.kind.label(),
            clause: measure.clause,
            space: measure.space_name.filter(|_| seen),
            automatic: measure.actor.is_none(),
            undone: false,
            appeal: None,
            told: if seen { told } else { String::new() },
        });
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.at));
    rows.truncate(limit);
    Ok(rows)
}

/// Whether this reader may know of a space.
fn visible(of: Visibility, member: bool) -> bool {
    of == Visibility::Public || (member && of == Visibility::Members)
}
