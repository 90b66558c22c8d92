//! Until when something is due: the targets by urgency, counted in the team's opening hours.

use mainstreet_community::settings::store as settings;
use mainstreet_db::Tx;
use mainstreet_kernel::clock::{DAY, HOUR, MINUTE};
use mainstreet_kernel::{
    Activity, Actor, Error, FieldErrors, Object, Result, Role, Timestamp, Verb, Visibility,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::hours::{Hours, Written};
use super::model::{Targets, Urgency};

const TARGETS: &str = "desk.targets";
const OWNER_TARGETS: &str = "desk.owner_targets";
const HOURS: &str = "desk.hours";

/// What due times are counted with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clocks {
    /// How long the community may take to a first response.
    pub targets: Targets,
    /// When the team works.
    pub hours: Hours,
}

impl Clocks {
    /// When a response is due that the community owes since `from`. Urgent matters run on the clock, whatever the
    /// hour; others count open hours only.
    pub fn due(&self, from: Timestamp, urgency: Urgency) -> Timestamp {
        due(&self.hours, from, self.targets.of(urgency), urgency)
    }
}

/// When `span` since `from` is over: in open hours, or on the clock for what is urgent.
pub(crate) fn due(hours: &Hours, from: Timestamp, span: i64, urgency: Urgency) -> Timestamp {
    if urgency == Urgency::Urgent { from.plus(span) } else { hours.due(from, span) }
}

/// The targets and hours in force.
pub fn clocks(tx: &mut Tx<'_>) -> Result<Clocks> {
    Ok(Clocks { targets: targets(tx)?, hours: Hours::read(&hours(tx)?).unwrap_or_default() })
}

/// The response-time targets in force: those set here; before that, the default ones around the answer target of
/// the community's settings.
pub fn targets(tx: &mut Tx<'_>) -> Result<Targets> {
    if let Some(targets) = kept(tx, TARGETS)? {
        return Ok(targets);
    }
    let normal = mainstreet_community::settings::load(tx)?.answer_target;
    let default = Targets::default();
    Ok(Targets {
        normal,
        high: default.high.min(normal),
        urgent: default.urgent.min(normal),
        low: default.low.max(normal),
    })
}

/// How long owners may take to answer.
pub fn owner_targets(tx: &mut Tx<'_>) -> Result<Targets> {
    Ok(kept(tx, OWNER_TARGETS)?.unwrap_or(Targets::OWNERS))
}

/// The team's opening hours as they were written.
pub fn hours(tx: &mut Tx<'_>) -> Result<Written> {
    Ok(kept(tx, HOURS)?.unwrap_or_default())
}

/// Changes the response-time targets. They apply to what comes from now on. Managers may.
///
/// # Errors
/// `Invalid` unless each is at least a minute and urgent ≤ high ≤ normal ≤ low.
pub fn set_targets(tx: &mut Tx<'_>, actor: Actor, targets: &Targets) -> Result<()> {
    rising(targets)?;
    keep(tx, actor, TARGETS, targets)
}

/// Changes how long owners may take. Managers may.
///
/// # Errors
/// As [`set_targets`].
pub fn set_owner_targets(tx: &mut Tx<'_>, actor: Actor, targets: &Targets) -> Result<()> {
    rising(targets)?;
    keep(tx, actor, OWNER_TARGETS, targets)
}

/// Changes the opening hours. Managers may. Mistakes are told by field, and nothing is changed then.
pub fn set_hours(tx: &mut Tx<'_>, actor: Actor, written: &Written) -> Result<Option<FieldErrors>> {
    if let Err(errors) = Hours::read(written) {
        return Ok(Some(errors));
    }
    keep(tx, actor, HOURS, written)?;
    Ok(None)
}

fn rising(targets: &Targets) -> Result<()> {
    let rising = [MINUTE, targets.urgent, targets.high, targets.normal, targets.low];
    if rising.is_sorted() {
        return Ok(());
    }
    Err(Error::invalid("Targets rise from urgent to low, and none is under a minute."))
}

fn kept<T: DeserializeOwned>(tx: &mut Tx<'_>, key: &str) -> Result<Option<T>> {
    Ok(settings::get(tx, key)?.and_then(|text| serde_json::from_str(&text).ok()))
}

fn keep(tx: &mut Tx<'_>, actor: Actor, key: &'static str, value: &impl Serialize) -> Result<()> {
    may_set(actor)?;
    settings::set(tx, key, &serde_json::to_string(value).map_err(Error::internal)?)?;
    let props = serde_json::json!({ "key": key, "value": value });
    record_setting(tx, actor, props)
}

/// Managers and owners set how the desk works.
pub(super) fn may_set(actor: Actor) -> Result<()> {
    if actor.role < Role::Manager {
        return Err(Error::forbidden("Only a manager changes how the desk works."));
    }
    Ok(())
}

pub(super) fn record_setting(tx: &mut Tx<'_>, actor: Actor, props: serde_json::Value) -> Result<()> {
    let site = Object { kind: "site", id: 0 };
    let now = tx.now();
    tx.record(&Activity::new(Verb::SettingChanged, actor, site, now).seen_by(Visibility::Staff).with(props))
}

/// Reads a span as people write it: `30 min`, `4 h`, `1 day`, `2 weeks`. From a minute to a year.
pub fn read_span(text: &str) -> Option<i64> {
    let text = text.trim();
    let (number, unit) = text.split_at(text.find(|letter: char| !letter.is_ascii_digit())?);
    let unit = match unit.trim() {
        "m" | "min" | "mins" | "minute" | "minutes" => MINUTE,
        "h" | "hour" | "hours" => HOUR,
        "d" | "day" | "days" => DAY,
        "w" | "week" | "weeks" => 7 * DAY,
        _ => return None,
    };
    let span = number.parse::<i64>().ok()?.checked_mul(unit)?;
    (MINUTE..=365 * DAY).contains(&span).then_some(span)
}

/// Writes a span so that [`read_span`] reads the same.
pub fn write_span(millis: i64) -> String {
    match millis {
        DAY => "1 day".to_owned(),
        _ if millis % DAY == 0 => format!("{} days", millis / DAY),
        _ if millis % HOUR == 0 => format!("{} h", millis / HOUR),
        _ => format!("{} min", millis / MINUTE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_they_are_written() {
        for (text, expect) in [
            ("30 min", Some(30 * MINUTE)),
            ("90m", Some(90 * MINUTE)),
            (" 4 hours ", Some(4 * HOUR)),
            ("1 day", Some(DAY)),
            ("2 weeks", Some(14 * DAY)),
            ("4", None),
            ("0 min", None),
            ("-1 h", None),
            ("soon", None),
            ("", None),
            ("400 days", None),
            ("99999999999999999999 h", None),
        ] {
            assert_eq!(read_span(text), expect, "{text}");
        }
        for span in [MINUTE, 90 * MINUTE, 4 * HOUR, DAY, 3 * DAY, 30 * HOUR] {
            assert_eq!(read_span(&write_span(span)), Some(span));
        }
    }
}
