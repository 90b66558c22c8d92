//! What a moderator sets for themselves: whether texts stay covered until opened, and when they work.

use mainstreet_db::Tx;
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Actor, Error, FieldErrors, Result};

use super::store;
use crate::triage::hours::{Hours, Written};
use crate::triage::{self};

/// A moderator's own settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// Texts to judge stay covered until opened.
    pub covers: bool,
    /// Their own hours, when they set some.
    pub hours: Option<Written>,
}

impl Own {
    /// The hours that count as theirs: their own, or the community's opening hours. Always open: nobody said when
    /// they work.
    ///
    /// # Errors
    /// When the database fails.
    pub fn working(&self, tx: &mut Tx<'_>) -> Result<Option<Hours>> {
        let written = match &self.hours {
            Some(written) => written.clone(),
            None => triage::hours(tx)?,
        };
        Ok(if written.kept { Hours::read(&written).ok() } else { None })
    }
}

fn must_be_staff(actor: Actor) -> Result<PersonId> {
    actor
        .person
        .filter(|_| actor.role.is_staff())
        .ok_or_else(|| Error::forbidden("Only moderators have settings of this kind."))
}

/// What somebody set for themselves. Covered by default: nobody meets a hard text unprepared.
pub fn own(tx: &mut Tx<'_>, person: PersonId) -> Result<Own> {
    let Some((covers, hours)) = store::settings_of(tx, person)? else {
        return Ok(Own { covers: true, hours: None });
    };
    Ok(Own { covers, hours: serde_json::from_str(&hours).ok() })
}

/// Texts stay covered until opened, or not. For oneself only.
pub fn set_covers(tx: &mut Tx<'_>, actor: Actor, covers: bool) -> Result<()> {
    let person = must_be_staff(actor)?;
    let hours = own(tx, person)?.hours;
    store::set_settings(tx, person, covers, &text(hours.as_ref())?)
}

/// Sets one's own hours; those not kept mean the community's. Mistakes are told by field, and nothing is changed then.
pub fn set_hours(tx: &mut Tx<'_>, actor: Actor, written: &Written) -> Result<Option<FieldErrors>> {
    let person = must_be_staff(actor)?;
    if let Err(errors) = Hours::read(written) {
        return Ok(Some(errors));
    }
    let covers = own(tx, person)?.covers;
    store::set_settings(tx, person, covers, &text(Some(written).filter(|written| written.kept))?)?;
    Ok(None)
}

fn text(hours: Option<&Written>) -> Result<String> {
    hours.map_or(Ok(String::new()), |hours| serde_json::to_string(hours).map_err(Error::internal))
}
