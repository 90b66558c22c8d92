//! What the community is called and how it counts its days: one typed value over the table of settings.

pub mod store;

use mainstreet_db::Tx;
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::{Activity, Actor, Error, Object, Result, Role, Verb, Visibility, Zone, text};

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
/// Names people use for this place besides its own, one a line.
const NAMES: &str = "site.names";
/// Names that may be listened for.
const MOST_NAMES: usize = 20;
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

/// The names people use for this place: its own first.
pub fn names(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    let own = load(tx)?.name;
    let others = store::get(tx, NAMES)?.unwrap_or_default();
    let mut all = vec![own];
    for name in others.lines() {
        if !all.iter().any(|known| text::fold(known) == text::fold(name)) {
            all.push(name.to_owned());
        }
    }
    Ok(all)
}

/// The names in a line: commas or lines stand between them.
///
/// # Errors
/// A name that is too short or too long, or too many of them.
pub fn names_in(names: &str) -> Result<Vec<&str>> {
    let parts = names.split([',', '\n']).map(str::trim).filter(|name| !name.is_empty());
    let all: Vec<&str> = parts.collect();
    let sound = |name: &&str| {
        (2..=60).contains(&name.chars().count())
            && name.chars().any(char::is_alphanumeric)
            && !name.chars().any(char::is_control)
    };
    if all.len() > MOST_NAMES || !all.iter().all(sound) {
        return Err(Error::invalid(
            "Write at most 20 names of 2 to 60 characters, with commas between them.",
        ));
    }
    Ok(all)
}

/// Keeps the names people use for this place besides its own; commas or lines stand between them. Owners only.
///
/// # Errors
/// Not an owner; a name that is too short or too long, or too many of them.
pub fn keep_names(tx: &mut Tx<'_>, actor: Actor, names: &str) -> Result<()> {
    if actor.role < Role::Owner {
        return Err(Error::forbidden("Only an owner can change the settings."));
    }
    store::set(tx, NAMES, &names_in(names)?.join("\n"))?;
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
