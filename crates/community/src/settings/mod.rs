//! What the community is called and how it counts its days: one typed value over the table of settings.

pub mod store;

use mainstreet_db::Tx;
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::{Activity, Actor, Error, Object, Result, Role, Verb, Visibility, Zone};

/// The settings of a community.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What it is called.
    pub name: String,
    /// What it is for, in a line.
    pub tagline: String,
    /// Where its days begin and end.
    pub zone: Zone,
    /// A question without an answer for so long is past its target, in milliseconds.
    pub answer_target: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: "Mainstreet".to_owned(),
            tagline: "A community that has just opened.".to_owned(),
            zone: Zone::utc(),
            answer_target: 24 * HOUR,
        }
    }
}

const NAME: &str = "site.name";
const TAGLINE: &str = "site.tagline";
const ZONE: &str = "site.zone";
const ANSWER_TARGET: &str = "desk.answer_target_ms";
/// Not typed by anybody: where the node that started last can be reached.
const ADDRESS: &str = "site.address";

/// Reads the settings; what was never set has its default.
pub fn load(tx: &mut Tx<'_>) -> Result<Settings> {
    let mut settings = Settings::default();
    for (key, value) in store::all(tx)? {
        match key.as_str() {
            NAME => settings.name = value,
            TAGLINE => settings.tagline = value,
            ZONE => settings.zone = value.parse().unwrap_or(settings.zone),
            ANSWER_TARGET => settings.answer_target = value.parse().unwrap_or(settings.answer_target),
            _ => {}
        }
    }
    Ok(settings)
}

/// Saves the settings. Owners only.
pub fn save(tx: &mut Tx<'_>, actor: Actor, settings: &Settings) -> Result<()> {
    if actor.role < Role::Owner {
        return Err(Error::forbidden("Only an owner can change the settings."));
    }
    if settings.name.trim().is_empty()
        || settings.name.chars().count() > 60
        || settings.tagline.chars().count() > 200
    {
        return Err(Error::invalid("A community's name has 1 to 60 characters, its tagline at most 200."));
    }
    store::set(tx, NAME, settings.name.trim())?;
    store::set(tx, TAGLINE, settings.tagline.trim())?;
    store::set(tx, ZONE, settings.zone.name())?;
    store::set(tx, ANSWER_TARGET, &settings.answer_target.to_string())?;
    let at = tx.now();
    let site = Object { kind: "site", id: 0 };
    tx.record(&Activity::new(Verb::SettingChanged, actor, site, at).seen_by(Visibility::Staff))
}

/// A time as people of this place read it: `24 Nov 2026, 17:19 CET`.
pub fn spoken(tx: &mut Tx<'_>, at: mainstreet_kernel::Timestamp) -> Result<String> {
    Ok(load(tx)?.zone.format(at, "%-d %b %Y, %H:%M %Z"))
}

/// Keeps the address at which members reach this place, without a slash at its end; a node says so when it starts.
pub fn keep_address(tx: &mut Tx<'_>, address: &str) -> Result<()> {
    if self::address(tx)? == address { Ok(()) } else { store::set(tx, ADDRESS, address) }
}

/// The address at which members reach this place; empty before a node ever ran.
pub fn address(tx: &mut Tx<'_>) -> Result<String> {
    Ok(store::get(tx, ADDRESS)?.unwrap_or_default())
}

/// A page of this place as mails name it: with the address before its path.
pub fn link(tx: &mut Tx<'_>, path: &str) -> Result<String> {
    Ok(format!("{}{path}", address(tx)?))
}
